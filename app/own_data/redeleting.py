"""Doing again, after an older backup was restored, what the re-delete list says was removed since.

Each removal that the database does not know (``removals``) happened after the backup was made: no clock is
compared. It is done by its ids, idempotently, and then known. What tells of harm to a minor stays.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.models import Correction, Deletion, HarmRecord, Removal, RemovalKind
from app.own_data import closing_again, ending_again, removing_again
from app.own_data.outcomes import Outcome, Tools
from app.own_data.removal_list import Removed

_FIRST = (RemovalKind.PROXY_ENDED, RemovalKind.BINDING_ENDED, RemovalKind.CLOSING_BEGUN)
ROUNDS: tuple[frozenset[RemovalKind], ...] = (
    *(frozenset({what}) for what in _FIRST),
    frozenset(RemovalKind).difference(_FIRST),
)
"""What is done before what. What ends with a binding or an account is over by then, so that nobody is told of
it a second time, and keeps its own reason, in whose place a closing would put another. The closings need the
numbers that are gone afterwards, to take them out of texts."""


def redelete(session: Session, tools: Tools, one: Removed) -> Outcome:
    """Do one removal again and know it from now on, both in the session's transaction."""
    session.execute(text("SET LOCAL gongdi.redeleting = 'on'"))
    outcome = _AGAIN[one.what](session, tools, one)
    session.flush()
    know(session, one)
    return outcome


def know(session: Session, one: Removed) -> None:
    """Know a removal from now on. It is numbered with all others of the list, once all are known."""
    session.add(Removal(id=one.id, at=one.at, what=one.what, row_id=one.row_id, facts=one.facts))
    session.flush()


_AGAIN: Mapping[RemovalKind, Callable[[Session, Tools, Removed], Outcome]] = {
    RemovalKind.CLOSING_BEGUN: closing_again.close,
    RemovalKind.CLOSING_WITHDRAWN: closing_again.withdraw_closing,
    RemovalKind.PHONE_OF_RESIDENT: removing_again.emptying(
        "phone_sealed", "phone_index", "phone_tail_index", harm=None
    ),
    RemovalKind.ID_NUMBER_OF_RESIDENT: removing_again.emptying(
        "id_number_sealed", "id_number_index", harm=None
    ),
    RemovalKind.PHONE_OF_USER: removing_again.forget_phone,
    RemovalKind.WORDS_OF_VISIT: removing_again.emptying(
        "answers_sealed", "note_sealed", "word_sealed", harm=("id", HarmRecord.VISIT)
    ),
    RemovalKind.WORDS_OF_FOLLOW_UP: removing_again.emptying(
        "need_sealed", "result_sealed", "course_sealed", harm=("visit_id", HarmRecord.VISIT)
    ),
    RemovalKind.PHOTO: removing_again.forget_photo,
    RemovalKind.POSITION_OF_PHOTO: removing_again.forget_position,
    RemovalKind.POSITION_OF_HAZARD: removing_again.emptying(
        "lng", "lat", "accuracy_m", "datum", harm=("id", HarmRecord.HAZARD)
    ),
    RemovalKind.CONSENT_WITHDRAWN: ending_again.withdraw_consent,
    RemovalKind.CONSENT_REFUSED: ending_again.refuse_consent,
    RemovalKind.BINDING_ENDED: ending_again.end_binding,
    RemovalKind.BINDING_REQUEST_WITHDRAWN: ending_again.withdraw_binding_request,
    RemovalKind.BINDING_CODE: removing_again.delete_code,
    RemovalKind.PROXY_ENDED: ending_again.end_proxy,
    RemovalKind.GUARDIANSHIP_ENDED: ending_again.end_guardianship,
    RemovalKind.WECHAT_ENDED: ending_again.end_link,
    RemovalKind.CORRECTED: removing_again.tell_correction,
    RemovalKind.CORRECTION_WITHDRAWN: ending_again.withdrawing(Correction),
    RemovalKind.DELETION_WITHDRAWN: ending_again.withdrawing(Deletion),
}
