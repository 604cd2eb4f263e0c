"""The sheet of guardians: who answers for which child, by which document; an admin verifies each as ever."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.actors import Scope
from app.clock import business_day
from app.identity import Permission, guardian_notices
from app.imports import cells
from app.imports.entering import one_by_one
from app.imports.findings import Found
from app.imports.reading import Row
from app.imports.resident_columns import DOOR, ID, NAME, PLACE
from app.imports.scene import Judged, Scene, folded
from app.imports.sheets import Column, SheetKind
from app.imports.telling import Became
from app.imports.who import Fields, Somebody, somebody
from app.models import GuardianRelation, Guardianship, ImportSheet
from app.own_data import word_for
from app.people import ADULT_YEARS, NewGuardianship, age_on, last_day_as_minor, record_guardian

_RELATIONS = {word_for(one): one.value for one in GuardianRelation}
_ALSO = {
    **dict.fromkeys(("父亲", "母亲", "父", "母", "爸爸", "妈妈"), "parent"),
    **dict.fromkeys(
        ("祖父母", "外祖父母", "祖父", "祖母", "外祖父", "外祖母", "爷爷", "奶奶", "外公", "外婆"),
        "grandparent",
    ),
    **dict.fromkeys(("哥哥", "姐姐", "兄", "姐"), "sibling"),
}
GUARDIAN, ITS_PLACE, ITS_DOOR, ITS_ID = "guardian", "guardian_place", "guardian_door", "guardian_id_number"
RELATION, PROOF, UNTIL = "guardian_relation", "proof", "valid_until"
_CHILD = Fields(NAME, PLACE, DOOR, ID)
_MOST, _LEAST_PROOF = 200, 2
GUARDIANS = SheetKind(
    ImportSheet.GUARDIANS,
    "监护人",
    (Permission.GUARDIAN_RECORD,),
    "社区管理员",
    (
        Column(
            NAME, "孩子姓名", cells.name(40), required=True, also=("儿童姓名",), examples=("李小", "李小")
        ),
        Column(PLACE, "孩子楼栋", cells.text(60), also=("楼栋",), examples=("1号楼", "1号楼")),
        Column(DOOR, "孩子门牌", cells.text(40), also=("门牌",), examples=("1单元101", "1单元101")),
        Column(
            ID,
            "孩子身份证号",
            cells.id_number,
            also=("孩子身份证号码",),
            help="填了可以不填楼栋和门牌",
            width=22,
        ),
        Column(GUARDIAN, "监护人姓名", cells.name(40), required=True, examples=("李四", "张三")),
        Column(
            ITS_PLACE,
            "监护人楼栋",
            cells.text(60),
            help="和孩子住一起的空着",
        ),
        Column(ITS_DOOR, "监护人门牌", cells.text(40), help="和孩子住一起的空着"),
        Column(
            ITS_ID,
            "监护人身份证号",
            cells.id_number,
            also=("监护人身份证号码",),
            help="填了可以不填楼栋和门牌",
            width=22,
        ),
        Column(
            RELATION,
            "是孩子的",
            cells.choice(_RELATIONS, _ALSO),
            required=True,
            also=("监护关系", "与孩子关系", "关系"),
            help="监护人是孩子的什么人",
            choices=tuple(_RELATIONS),
            examples=tuple(_RELATIONS)[:2],
            width=16,
        ),
        Column(
            PROOF,
            "证明材料",
            cells.text(_MOST),
            required=True,
            also=("证明", "凭证"),
            help="看过哪种证件，如户口本、出生证",
            examples=("户口本", "户口本"),
            width=20,
        ),
        Column(UNTIL, "有效期至", cells.day, help="空着就到满18岁前一天"),
    ),
)


def judge(scene: Scene, rows: Sequence[Row]) -> Iterator[Judged]:
    """Say of each row whether a guardian would be put on record; what is there is changed elsewhere."""
    there = _open(scene)
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        child, guardian = _two(scene, row)
        if len(row.values.get(PROOF, "说明")) < _LEAST_PROOF:
            row.find(Found.PROOF_SHORT, PROOF)
        if child is None or guardian is None or row.is_faulty:
            yield Judged.of(row)
            continue
        _check_two(row, child, guardian)
        values = row.values
        who = tuple(folded(values.get(name, "")) for name in (*_CHILD, GUARDIAN, ITS_PLACE, ITS_DOOR, ITS_ID))
        key = (child.id, guardian.id) if child.id and guardian.id else who
        if seen.setdefault(key, row.number) != row.number:
            row.find(Found.ROW_TWICE, NAME, str(seen[key]))
        known = there.get((child.id, guardian.id))
        if known is not None and (known.relation, known.valid_until) != (
            values[RELATION],
            date.fromisoformat(values.get(UNTIL, known.valid_until.isoformat())),
        ):
            row.find(Found.GUARDIAN_THERE, RELATION)
        yield Judged.of(row, target=known.id if known else None)


def enter(scene: Scene, rows: Sequence[tuple[UUID, Judged]]) -> dict[UUID, Became]:
    """Put guardians on record; admins are told of each that it is to be verified."""

    def make(row_id: UUID, one: Judged) -> None:
        values = one.row.values
        child, guardian = _two(scene, one.row)
        assert child is not None, "it was found a moment ago"
        assert guardian is not None, "he was found a moment ago"
        assert child.id is not None, "people are entered before their guardians"
        assert guardian.id is not None, "people are entered before their wards"
        until = _until(one.row, child)
        relation = GuardianRelation(values[RELATION])
        new = NewGuardianship(child.id, guardian.id, relation, values[PROOF], until)
        made, is_new = record_guardian(scene.session, scene.actor, scene.sealer, row_id, new)
        if is_new:
            guardian_notices.tell_verifiers(scene.session, scene.actor, made)

    return one_by_one(scene, rows, make)


def _two(scene: Scene, row: Row) -> tuple[Somebody | None, Somebody | None]:
    """Give the child and its guardian; where a row does not say where he lives, it is with the child."""
    place = ITS_PLACE if ITS_PLACE in row.values else PLACE
    door = ITS_DOOR if ITS_DOOR in row.values else DOOR
    child = somebody(scene, row, _CHILD)
    return child, somebody(scene, row, Fields(GUARDIAN, place, door, ITS_ID))


def _check_two(row: Row, child: Somebody, guardian: Somebody) -> None:
    today = business_day()
    if age_on(child.birth_date, today) >= ADULT_YEARS:
        row.find(Found.NOT_A_MINOR, NAME)
    elif not today <= _until(row, child) <= last_day_as_minor(child.birth_date):
        row.find(Found.GUARDIAN_UNTIL, UNTIL)
    if age_on(guardian.birth_date, today) < ADULT_YEARS:
        row.find(Found.GUARDIAN_MINOR, GUARDIAN)


def _until(row: Row, child: Somebody) -> date:
    said = row.values.get(UNTIL)
    return last_day_as_minor(child.birth_date) if said is None else date.fromisoformat(said)


def _open(scene: Scene) -> dict[tuple[UUID | None, UUID | None], Guardianship]:
    """Give what is on record and not over, by the two."""
    query = select(Guardianship).where(
        Scope(areas=(scene.area_code,)).clause(Guardianship.area_code),
        Guardianship.ended_at.is_(None),
        Guardianship.valid_until >= business_day(),
    )
    return {(one.child_id, one.guardian_id): one for one in scene.session.scalars(query)}
