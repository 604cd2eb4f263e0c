"""What notices say: every kind and code has its words, and none of them tells of a person."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.adapters import wechat
from app.ids import new_id
from app.models import HAZARD_QUIET, ClaimStatus, HazardStep, Notice, NoticeKind
from app.notices.links import Link, link_of
from app.notices.pace import PACES
from app.notices.words import WORDS, text_of, text_of_many, title_of
from tests.notices.spelled_out import is_spelled_out
from tests.notices.world import notice

_CHINESE = re.compile("[\u4e00-\u9fff]")
_IN_A_MESSAGE = 20


def texts(kind: NoticeKind) -> Iterator[str]:
    """Give all that notices of a kind can say."""
    yield from (text_of(kind, {}), text_of_many(kind, 12))
    yield from WORDS[kind].by_code.values()


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_has_words_that_tell_of_nobody(kind: NoticeKind) -> None:
    """S-59: no number, nothing of health, hardship or minors; short, in Chinese, nothing left to fill in."""
    for text in (title_of(kind), *texts(kind)):
        assert not wechat.says_too_much(text), text
        assert _CHINESE.search(text), text
        assert len(text) <= 60, text
        assert "{" not in text, text
    assert "12" in text_of_many(kind, 12)


@pytest.mark.parametrize("kind", sorted(wechat.TEMPLATES))
def test_what_goes_out_by_wechat_fits_into_a_field(kind: str) -> None:
    """S-57: so that phone and inbox say the same, and nothing is cut."""
    assert [text for text in texts(NoticeKind(kind)) if len(text) > _IN_A_MESSAGE] == []


def test_every_kind_has_words_and_a_pace_and_none_is_left_over() -> None:
    """A new kind of notice fails here until somebody says what its reader reads, and how soon."""
    assert set(WORDS) == set(PACES) == set(NoticeKind)


def test_every_step_and_state_has_a_sentence() -> None:
    assert set(WORDS[NoticeKind.HAZARD_STEP].by_code) == set(HazardStep) - HAZARD_QUIET
    assert set(WORDS[NoticeKind.CLAIM_STEP].by_code) == set(ClaimStatus)


def test_a_notice_without_words_is_not_written_in_any_test(session: Session) -> None:
    """Whoever adds a code to a notice learns here, by his own test, that it needs a sentence."""
    assert not is_spelled_out(NoticeKind.APPROVAL, {"what": "unheard_of"})
    session.add(notice("worker", NoticeKind.APPROVAL, what="unheard_of"))
    with pytest.raises(AssertionError, match="no words"):
        session.flush()
    session.rollback()


def test_a_code_that_older_code_wrote_still_reads() -> None:
    assert text_of(NoticeKind.APPROVAL, {"what": "of long ago"}) == "有一件事等您审批"


@pytest.mark.parametrize(
    "named, kind",
    [
        (("hazard_id",), "hazard"),
        (("visit_id", "care_record_id", "follow_up_id"), "follow_up"),
        (("visit_id", "care_record_id"), "visit"),
        (("request_id", "resident_id"), "binding_request"),
        (("consent_id", "resident_id", "user_id"), "consent"),
        (("redemption_id", "by_id"), "redemption"),
        (("ticket_id",), "viewing_ticket"),
    ],
)
def test_a_link_names_what_the_notice_is_about(named: tuple[str, ...], kind: str) -> None:
    data = {name: str(new_id()) for name in named}

    assert link_of(data) == Link(kind, data[kind_id] if (kind_id := f"{kind}_id") in data else data[named[0]])


def test_a_notice_of_no_record_has_no_link() -> None:
    assert link_of({"what": "granted", "by_id": str(new_id()), "care_record_id": None}) is None
    assert Notice.__tablename__ == "notices"
