"""What the people of the seed write fits the facts it is about."""

from app.cli.seed import facts
from app.cli.seed.phrases import deeds, phrases, problems, reports
from app.cli.seed.site import SITES
from app.models import CareCategory, HazardLevel, PlaceKind


def test_problems_are_those_of_real_items_and_some_are_major() -> None:
    levels = {f"{one.code} {item.code}": item.level for one in facts.checklists() for item in one.items}

    assert {problem.item for problem in problems()} <= levels.keys()
    assert {levels[problem.item] for problem in problems()} == set(HazardLevel)


def test_every_list_of_a_kind_of_place_has_something_that_goes_wrong() -> None:
    assert {problem.item.split()[0] for problem in problems()} == {one.code for one in facts.checklists()}


def test_reports_are_about_places_that_a_site_has() -> None:
    kinds = {spot.kind for site in SITES for spot in site.spots} | {PlaceKind.RESIDENTIAL}

    assert {report.kind for report in reports()} <= kinds


def test_points_are_claimed_under_every_rule_that_people_claim_under() -> None:
    assert {deed.rule for deed in deeds()} == {rule.code for rule in facts.rules() if rule.automatic is None}


def test_every_category_of_care_has_its_needs() -> None:
    assert all(phrases(f"need_{category}") for category in CareCategory)


def test_a_dash_stands_for_nothing_written() -> None:
    assert "" in phrases("visited")
    assert "-" not in phrases("visited")
