"""The texts that are shipped are those that a migration published."""

from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import RetentionSettings
from app.models import ConsentPurpose, ConsentText
from app.people import NOTICE_VERSION, SHIPPED_TEXTS, privacy_notice


def test_each_purpose_has_its_shipped_text(session: Session) -> None:
    """S-71: the newest text of a purpose, with its version and the hash of what is read."""
    rows = session.scalars(select(ConsentText).order_by(ConsentText.version))
    published = {row.purpose: (row.id, row.version, row.title, row.text, row.text_hash) for row in rows}

    assert set(SHIPPED_TEXTS) == set(ConsentPurpose)
    assert published == {
        purpose: (
            one.id,
            one.version,
            one.title,
            one.text,
            _hash(one.title, one.text),
        )
        for purpose, one in SHIPPED_TEXTS.items()
    }


def _hash(title: str, text: str) -> bytes:
    return sha256(f"{title}\n{text}".encode()).digest()


def test_the_notice_says_what_the_law_wants_said() -> None:
    """S-70, S-93: the eight things of PIPL 17, why sensitive data is needed, and the rules for children."""
    notice = privacy_notice(RetentionSettings())
    said = [one.key for one in notice]

    assert said == [
        "who",
        "contact",
        "purpose",
        "method",
        "kinds",
        "retention",
        "rights",
        "refusal",
        "necessity",
        "children",
    ]
    assert all(one.title and one.text.endswith("。") for one in notice)


def test_other_words_of_the_notice_are_another_version() -> None:
    """S-70: who read one version can be shown what it said. Change both together."""
    words = "\n".join(f"{one.key} {one.title} {one.text}" for one in privacy_notice(RetentionSettings()))

    assert (NOTICE_VERSION, sha256(words.encode()).hexdigest()[:16]) == (13, "eb39fccd3bd8bc6c")
