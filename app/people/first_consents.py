"""The consent of somebody who has no place on the roster yet: he agrees with the act itself, before it."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import Consent, ConsentChannel, ConsentPurpose, ConsentText, Resident
from app.once import content_hash
from app.people.consents import ConsentChangedError, NoBasisError, check_basis, text_in_force


def check_text(session: Session, text_id: UUID, purpose: ConsentPurpose) -> ConsentText:
    """Give the text that somebody agreed to, if it is the one in force of this purpose.

    Raises NoBasisError for a text of something else, ConsentChangedError for an older one.
    """
    text = session.get(ConsentText, text_id)
    if text is None or text.purpose is not purpose:
        raise NoBasisError(purpose=purpose)
    if text.id != text_in_force(session, purpose).id:
        raise ConsentChangedError(purpose=purpose)
    return text


def keep_consent(session: Session, resident: Resident, text: ConsentText, *, by: UUID) -> Consent:
    """Keep that a resident, known by now, agreed to a text in force; agreed to before, it is no change."""
    try:
        return check_basis(session, resident.id, text.purpose)
    except (NoBasisError, ConsentChangedError):
        pass
    row = Consent(
        id=new_id(),
        area_code=resident.area_code,
        resident_id=resident.id,
        decided_by=resident.id,
        purpose=text.purpose,
        text_id=text.id,
        text_hash=text.text_hash,
        given=True,
        channel=ConsentChannel.APP,
        recorded_by=by,
        decided_at=now(),
        content_hash=content_hash(by, text.id, resident.id),
    )
    session.add(row)
    session.flush()
    return row
