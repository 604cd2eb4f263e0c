"""Telling the auditors that the keys of sealed fields are being changed (S-40, docs/adr/0012)."""

from sqlalchemy.orm import Session

from app.actors import Role
from app.identity.holders import holders_anywhere
from app.models import NoticeKind
from app.notices import post


def tell_of_rotation(session: Session, key_name: str) -> int:
    """Tell every auditor that everything is being sealed by another key, and its name; give how many.

    Whoever runs the command holds the keys already, so software cannot ask a second person before; it can
    make sure that those who watch over administrators hear of it.
    """
    told = holders_anywhere(session, Role.AUDITOR)
    for user_id, area_code in sorted(told.items()):
        post(
            session,
            NoticeKind.ACCOUNT_ALERT,
            to=user_id,
            area_code=area_code,
            what="keys_rotated",
            key=key_name,
        )
    return len(told)
