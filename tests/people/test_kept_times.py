"""The privacy notice tells the times that the rules of retention have."""

import re
from datetime import timedelta

from app import retention
from app.config import RetentionSettings
from app.exports.files import LIFE as EXPORT_LIFE
from app.messages.handling import DEAD_KEPT
from app.messages.upkeep import SENDS_KEPT
from app.own_data.copies import LIFE as COPY_LIFE
from app.people import privacy_notice
from app.people.kept_times import kept_times, shown_months

ODD = RetentionSettings(audit=17, photos=19, notices=23, care=29, gone=31, ended=37)
"""Times that no two settings share, so that none is taken for another."""
_LASTS = re.compile(r"(an|\d+) (hour|day|month)")


def shown(kept: str) -> str:
    """Say in Chinese the time with which a rule's own words begin."""
    found = _LASTS.match(kept)
    assert found, kept
    number, unit = (1 if found[1] == "an" else int(found[1])), found[2]
    return {"hour": f"{number}小时", "day": f"{number}天", "month": shown_months(number)}[unit]


def test_the_notice_tells_every_rule_with_its_time() -> None:
    """S-70, S-81: a rule that comes or changes is told, or this fails."""
    told = {name: one.text for one in kept_times(ODD) for name in one.rules}
    rules = {rule.name: rule.kept for rule in retention.rules(ODD)}

    assert sorted(name for one in kept_times(ODD) for name in one.rules) == sorted(rules)
    for name, kept in rules.items():
        assert shown(kept) in told[name], name


def test_the_notice_tells_the_times_of_jobs_too() -> None:
    """S-70, S-81: messages, copies and exports end by jobs of their own."""
    (kept,) = (one.text for one in privacy_notice(ODD) if one.key == "retention")

    assert SENDS_KEPT == DEAD_KEPT == timedelta(days=90)
    assert "微信消息的记录保存90天" in kept
    assert f"副本，{COPY_LIFE // timedelta(hours=1)}小时以后删除" in kept
    assert f"名册，{EXPORT_LIFE // timedelta(hours=1)}小时以后删除" in kept


def test_months_are_said_in_years_where_they_are_whole() -> None:
    assert [shown_months(months) for months in (1, 12, 13, 36)] == ["1个月", "1年", "13个月", "3年"]
