"""The seed's data files hold what they promise, and a broken one is refused with the place of the fault."""

import json
from collections import Counter
from typing import Any

import pytest

from app.cli.seed import facts
from app.cli.seed.facts import FieldKind, Goods, RuleTemplate
from app.cli.seed.records import FactsError, read_list, text_of
from app.models import AreaLevel, AutomaticSource, CareCategory, ItemKind, PlaceKind, Rule

_RULE = json.loads(text_of("rules.json"))[0]
_NEVER_SHIPPED = (
    "上访",
    "信访",
    "言论",
    "微信群",
    "丧",
    "殡",
    "葬",
    "宗教",
    "信教",
    "计划生育",
    "计生",
    "党费",
)


def _rules(**changes: Any) -> tuple[RuleTemplate, ...]:
    return read_list(RuleTemplate, json.dumps([_RULE | changes]), "rules.json")


def test_every_division_of_xianning_is_there_under_its_parent() -> None:
    divisions = facts.divisions()

    assert len(divisions) == 1192
    assert Counter(one.level for one in divisions) == {
        AreaLevel.CITY: 1,
        AreaLevel.COUNTY: 6,
        AreaLevel.TOWNSHIP: 89,
        AreaLevel.COMMUNITY: 1096,
    }
    by_code = {one.code: one for one in divisions}
    assert by_code["4212"].name == "咸宁市"
    assert by_code["4212"].parent_code is None
    assert by_code["421222102203"].name == "润田村委会"
    assert by_code["421222102203"].parent_code == "421222102"
    assert by_code["421222102"].name == "塘湖镇"


@pytest.mark.parametrize(
    "county, townships, communities",
    [
        ("421202", 17, 197),
        ("421221", 10, 105),
        ("421222", 16, 190),
        ("421223", 13, 206),
        ("421224", 14, 208),
        ("421281", 19, 190),
    ],
)
def test_each_county_has_its_published_numbers(county: str, townships: int, communities: int) -> None:
    below = Counter(one.level for one in facts.divisions() if one.code.startswith(county))

    assert (below[AreaLevel.TOWNSHIP], below[AreaLevel.COMMUNITY]) == (townships, communities)


@pytest.mark.parametrize(
    "rows, fault",
    [
        ("4212,,city,咸宁市\n4212,,city,咸宁市", "stands twice"),
        ("421202,4212,county,咸安区", "parent is missing"),
        ("4212,,city,咸宁市\n421202,4211,county,咸安区", "not the head of the code"),
        ("4212,,county,咸宁市", "has not 6 digits"),
        ("42a2,,city,咸宁市", "not made of digits"),
        ("4212,,town,咸宁市", "is no AreaLevel"),
        ("4212,,city,", "is no str"),
        ("4212,,city,咸宁市,more", "unknown"),
    ],
)
def test_a_broken_division_is_refused(rows: str, fault: str) -> None:
    with pytest.raises(FactsError, match=fault):
        facts.parse_divisions(f"code,parent_code,level,name\n{rows}\n")


def test_every_kind_of_place_a_settlement_has_comes_with_its_checklist() -> None:
    assert Counter(one.kind for one in facts.checklists()) == {
        PlaceKind.RESIDENTIAL: 2,
        PlaceKind.WORKSHOP: 1,
        PlaceKind.HANDICRAFT: 1,
        PlaceKind.CANTEEN: 1,
        PlaceKind.SLOPE: 1,
        PlaceKind.SHOP: 2,
        PlaceKind.PUBLIC_FACILITY: 1,
        PlaceKind.ROAD: 1,
        PlaceKind.FACTORY: 1,
    }


def test_the_shop_list_has_its_fourteen_boxes_and_titles_are_one_to_a_kind() -> None:
    lists = {one.code: one for one in facts.checklists()}

    assert len(lists["shop"].items) == 14
    assert len({(one.kind, one.title, one.version) for one in lists.values()}) == len(lists)
    assert lists["slope"].source.startswith("《地质灾害防治条例》第十五条、第二十八条；参考：")


def test_the_lists_ask_in_every_way_there_is() -> None:
    assert {item.kind for one in facts.checklists() for item in one.items} == set(ItemKind)


def test_no_question_of_a_list_stands_twice() -> None:
    for checklist in facts.checklists():
        texts = [item.text for item in checklist.items]
        assert len(texts) == len(set(texts)), checklist.code


def test_the_rules_are_plus_rules_a_community_may_ship() -> None:
    rules = facts.rules()

    assert len(rules) == 32
    assert not [
        rule.code for rule in rules for word in _NEVER_SHIPPED if word in rule.title + rule.description
    ]
    assert {rule.code for rule in rules if rule.notice_days == 0} == {"safety_warning"}


def test_an_accepted_hazard_report_earns_two_points_without_notice() -> None:
    (rule,) = (one for one in facts.rules() if one.automatic is AutomaticSource.HAZARD_REPORT_ACCEPTED)

    assert (rule.code, rule.points_min, rule.points_max, rule.notice_days) == ("safety_warning", 2, 2, 0)


def test_rules_fit_the_columns_they_are_loaded_into() -> None:
    columns = set(Rule.__table__.c.keys())
    plain = set(RuleTemplate.__dataclass_fields__) - {"cap"}

    assert plain <= columns


@pytest.mark.parametrize(
    "changes, fault",
    [
        ({"surprise": 1}, r"unknown \['surprise'\]"),
        ({"points_min": 0}, "no range"),
        ({"points_min": 6}, "no range"),
        ({"points_max": 1001}, "no range"),
        ({"points_min": True}, "is no int"),
        ({"points_min": 1.5}, "is no int"),
        ({"title": " "}, "padded"),
        ({"verifier": "anybody"}, "is no Verifier"),
        ({"evidence": ["photo"]}, "is no Evidence"),
        ({"notice_days": 31}, "notice_days"),
        (
            {"points_min": 2, "cap": {"points": 1, "period": "year", "of": "household"}},
            "below the least award",
        ),
        ({"cap": {"points": 9, "period": "century", "of": "household"}}, "is no Period"),
        ({"cap": {"points": 9, "period": "year"}}, r"missing \['of'\]"),
        ({"automatic": "hazard_report_accepted"}, "one figure"),
    ],
)
def test_a_broken_rule_is_refused(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(FactsError, match=fault):
        _rules(**changes)


def test_an_unchanged_rule_is_read() -> None:
    assert [rule.code for rule in _rules()] == [_RULE["code"]]


def test_a_missing_key_a_repeated_key_and_a_repeated_record_are_refused() -> None:
    without = {key: value for key, value in _RULE.items() if key != "origin"}
    with pytest.raises(FactsError, match=r"rules.json\[0\]: missing \['origin'\]"):
        read_list(RuleTemplate, json.dumps([without]), "rules.json")
    with pytest.raises(FactsError, match="code stands twice"):
        read_list(RuleTemplate, '[{"code": "a", "code": "b"}]', "rules.json")
    with pytest.raises(FactsError, match=f"{_RULE['code']} stands twice"):
        read_list(RuleTemplate, json.dumps([_RULE, _RULE]), "rules.json")
    with pytest.raises(FactsError, match="not a list"):
        read_list(RuleTemplate, json.dumps(_RULE), "rules.json")
    with pytest.raises(FactsError, match=r"rules\.json: Expecting"):
        read_list(RuleTemplate, "[", "rules.json")


def test_the_shop_is_as_big_as_a_real_one_and_sells_the_areas_own_products() -> None:
    goods = facts.goods()

    assert (len(goods), sum(one.stock for one in goods)) == (16, 650)
    assert sum(one.own_producer for one in goods) == 6
    assert {one.code: one.price for one in goods}["rice_salt_cleaner"] == 149


def test_goods_that_cost_more_than_their_price_are_refused() -> None:
    raw = json.loads(text_of("goods.json"))[0]
    raw["cost_fen"] = raw["price"] * 100 + 1

    with pytest.raises(FactsError, match="cost_fen"):
        read_list(Goods, json.dumps([raw]), "goods.json")


def test_every_care_category_has_its_form() -> None:
    forms = facts.visit_forms()

    assert {form.category for form in forms} == set(CareCategory)
    assert len(forms) == len(CareCategory)
    assert all(any(field.required for field in form.fields) for form in forms)


def test_the_form_of_a_child_grades_the_guardian_and_asks_for_signs_of_harm() -> None:
    form = next(one for one in facts.visit_forms() if one.category is CareCategory.LEFT_BEHIND_CHILD)
    fields = {field.key: field for field in form.fields}

    assert list(fields["guardian_grade"].options or {}) == ["good", "fair", "poor"]
    assert fields["harm_signs"].kind is FieldKind.MULTI


def test_the_form_of_a_child_asks_what_the_national_form_and_the_law_ask_for() -> None:
    form = next(one for one in facts.visit_forms() if one.category is CareCategory.LEFT_BEHIND_CHILD)
    fields = {field.key: field for field in form.fields}

    assert {"near_water", "road_safe", "stranger_safe", "parents_last_contact", "registered"} <= set(fields)
    lasting = {key for key, field in fields.items() if field.lasting}
    assert {"parents_away", "parents_place", "school", "boarding", "guardian", "aid"} <= lasting
    assert not {"guardian_grade", "parents_last_contact", "harm_signs", "mood"} & lasting, "asked each time"


@pytest.mark.parametrize("category", ["elderly", "disabled", "destitute"])
def test_who_is_in_special_difficulty_is_asked_of_health_home_people_and_needs(category: str) -> None:
    form = next(one for one in facts.visit_forms() if one.category == category)

    asked = {"speech", "mobility", "illness", "medicines", "mood", "memory", "food", "water_and_heat"}
    asked |= {"gas_safe", "electricity_safe", "house_safe", "can_get_out", "cleanliness", "going_out"}
    asked |= {"who_sees", "contact_still_right", "benefits", "needs"}
    assert asked <= {field.key for field in form.fields}


def test_each_question_of_a_form_stands_with_those_of_its_section() -> None:
    for form in facts.visit_forms():
        sections = [field.section for field in form.fields]
        begins = [one for at, one in enumerate(sections) if at == 0 or sections[at - 1] != one]
        assert len(begins) == len(set(begins)) > 2, form.category
        assert any(field.lasting for field in form.fields)


def test_the_form_of_a_left_behind_woman_says_that_it_is_our_own() -> None:
    form = next(one for one in facts.visit_forms() if one.category is CareCategory.LEFT_BEHIND_WOMAN)

    assert "没有找到官方的问题清单" in form.source


@pytest.mark.parametrize(
    "field, fault",
    [
        ({"kind": "choice"}, "choice has no options"),
        ({"kind": "text", "options": {"a": "好"}}, "text has needless options"),
        ({"kind": "multi", "options": {"a": "好", "b": "好"}}, "好 stands twice"),
        ({"kind": "slider"}, "is no FieldKind"),
        ({"kind": "boolean", "key": "Ab"}, "key is not a plain word"),
    ],
)
def test_a_broken_field_of_a_form_is_refused(field: dict[str, Any], fault: str) -> None:
    whole = {"key": "health", "label": "身体怎么样", "required": True, "section": "身体"} | field
    form = {"category": "elderly", "title": "表", "version": 1, "source": "自己列的", "fields": [whole]}

    with pytest.raises(FactsError, match=fault):
        read_list(facts.FormTemplate, json.dumps([form]), "visit_forms.json")
