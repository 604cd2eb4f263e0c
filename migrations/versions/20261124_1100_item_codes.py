"""Name checklists and their items by codes that last, and open hazards by these."""

from uuid import UUID, uuid5

import sqlalchemy as sa
from alembic import op

revision = "20261124_1100"
down_revision = "20261124_1030"
branch_labels = None
depends_on = None

KNOWN = {
    "residential_block": (
        "exit_clear fire_lane no_piling emergency_light window_bars ebike_in_stairwell battery_indoors "
        "flying_wire fire_in_stairwell extinguisher hydrant shaft_locked illegal_addition rubbish_sewage "
        "keeper_named monthly_record"
    ),
    "house_quality": (
        "no_tilt diagonal_crack vertical_crack wall_stands roof_timber joints_closed no_cut_structure "
        "no_three_in_one record_known"
    ),
    "workshop": (
        "safety_officer duties_and_rules training_record licences check_record machine_guard emergency_stop "
        "wiring protective_gear exits hot_work_ticket dangerous_goods_store dangerous_goods_in_use "
        "plan_and_drill"
    ),
    "handicraft": (
        "fire_resistance solid_wall no_foam_shed bars_with_opening nobody_lives_in exits_clear staff_know "
        "emergency_light exit_sign two_extinguishers smoke_alarm no_pulled_wires"
    ),
    "canteen": (
        "licence_and_health_cards purchase_ledger no_expired additives raw_cooked_apart disinfection "
        "food_samples packing_room pests gas extinguisher_blanket prices_and_menu open_kitchen "
        "daily_weekly_monthly"
    ),
    "slope": (
        "ground_crack slope_bulge trees_upright springs toe_and_load house_near_slope retaining_wall drain "
        "warning_sign evacuation_route clear_card rain_gauge who_to_call"
    ),
    "shop": (
        "nobody_sleeps stairs_to_roof roof_door escape_opening rescue_ladder smoke_alarm extinguisher "
        "sign_and_light fire_and_power cable_in_pipe not_combustible exit_unlocked goods_off_stairs "
        "pact_signed"
    ),
    "public_facility": (
        "lighting lift pump overhead_wires drain_cover fitness_gear charging_shed public_toilet "
        "rubbish_point keeper"
    ),
    "road": ("guard_rail signs_and_mirrors junction road_surface no_riding_on_truck helmet slow_near_school"),
    "factory": (
        "safety_officer duties_and_rules training_record licences check_record machine_guard emergency_stop "
        "wiring protective_gear exits cloth_and_dust hot_work_ticket dangerous_goods_store plan_and_drill"
    ),
}
"""Items by list, as the seed wrote them until now; their ids follow from these words."""
_SEED = UUID("676f6e67-6469-7000-8000-736565640000")
_OPEN = "status NOT IN ('rejected', 'duplicate', 'closed')"
_PLAIN_WORD = "code ~ '^[a-z0-9_]{1,40}$'"


def upgrade() -> None:
    op.add_column("checklists", sa.Column("code", sa.Text(), nullable=True))
    op.add_column("checklist_items", sa.Column("code", sa.Text(), nullable=True))
    op.add_column("hazards", sa.Column("item_key", sa.Text(), nullable=True))
    _name_what_the_seed_wrote()
    _name_the_rest()
    _rename_hazards()
    for table in ("checklists", "checklist_items"):
        op.alter_column(table, "code", nullable=False)
        op.create_check_constraint(op.f(f"ck_{table}_code"), table, _PLAIN_WORD)
    op.drop_constraint(op.f("uq_checklists_area_code_kind_title_version"), "checklists")
    op.create_unique_constraint(
        op.f("uq_checklists_area_code_code_version"), "checklists", ["area_code", "code", "version"]
    )
    op.create_unique_constraint(
        op.f("uq_checklist_items_checklist_id_code"), "checklist_items", ["checklist_id", "code"]
    )
    op.create_check_constraint(
        op.f("ck_hazards_item_keyed"), "hazards", "(item_id IS NULL) = (item_key IS NULL)"
    )
    _index_open_hazards_by("item_key")


def downgrade() -> None:
    _index_open_hazards_by("item_id")
    op.drop_constraint(op.f("ck_hazards_item_keyed"), "hazards")
    op.drop_column("hazards", "item_key")
    op.drop_column("checklist_items", "code")
    op.drop_column("checklists", "code")
    op.create_unique_constraint(
        op.f("uq_checklists_area_code_kind_title_version"),
        "checklists",
        ["area_code", "kind", "title", "version"],
    )


def _name_what_the_seed_wrote() -> None:
    for list_code, words in KNOWN.items():
        _name("checklists", uuid5(_SEED, f"checklist {list_code}"), list_code)
        for code in words.split():
            _name("checklist_items", uuid5(_SEED, f"checklist item {list_code} {code}"), code)


def _name(table: str, row_id: UUID, code: str) -> None:
    row = sa.table(table, sa.column("id", sa.Uuid()), sa.column("code", sa.Text()))
    op.execute(row.update().where(row.c.id == row_id).values(code=code))


def _name_the_rest() -> None:
    """Give versions of one title one code; which of their items are the same nobody wrote down.

    So each item gets a code of its own, and its open hazards stay apart as they were. The next version
    may take the codes over.
    """
    op.execute(
        """
        UPDATE checklists SET code = named.code
        FROM (
            SELECT area_code, kind, title,
                   coalesce(min(code), 'list_' || replace(min(id::text), '-', '')) AS code
            FROM checklists GROUP BY area_code, kind, title
        ) AS named
        WHERE checklists.code IS NULL
          AND (checklists.area_code, checklists.kind, checklists.title)
            = (named.area_code, named.kind, named.title)
        """
    )
    op.execute("UPDATE checklist_items SET code = 'item_' || replace(id::text, '-', '') WHERE code IS NULL")


def _rename_hazards() -> None:
    op.execute(
        """
        UPDATE hazards
        SET item_key = concat_ws('/', checklists.area_code, checklists.code, checklist_items.code)
        FROM checklist_items JOIN checklists ON checklists.id = checklist_items.checklist_id
        WHERE checklist_items.id = hazards.item_id
        """
    )


def _index_open_hazards_by(column: str) -> None:
    op.drop_index("uq_hazards_open_item", table_name="hazards", postgresql_where=sa.text(_OPEN))
    op.create_index(
        "uq_hazards_open_item", "hazards", ["place_id", column], unique=True, postgresql_where=sa.text(_OPEN)
    )
