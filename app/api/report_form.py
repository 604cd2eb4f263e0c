"""The form at a printed code: what a visitor without an account sends, read and judged field by field."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID, uuid5

import marshmallow as ma
from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from app.api.http.fields import Input, Text, uid, word
from app.clock import now
from app.evidence import CLOCK_AHEAD, Signals
from app.hazards import HazardCategory, HazardReport
from app.ids import new_id

MAX_PHOTOS = 3
MAX_TEXT = 500
MAX_PHOTO_MB = 12
_MAX_PHOTO_BYTES = MAX_PHOTO_MB * 1024 * 1024
MAX_FORM_BYTES = MAX_PHOTOS * _MAX_PHOTO_BYTES + 100_000
_TIME_ORDERED = 7
"""Version of the UUIDs that begin with the millisecond they were made in (RFC 9562)."""
_TIME_SHIFT = 80
_SENTENCES = {
    "id": "页面太旧了，请重新提交一次",
    "category": "请选一项",
    "text": f"请写一下哪里不安全，最多{MAX_TEXT}字",
}
_KEY_BYTES = 18
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_REPLACED = "\ufffd"
"""Stands where bytes were no text."""
_DAMAGED = f"有些字没有传对，变成了“{_REPLACED}”，请改好再提交"


class ReportFormInput(Input):
    """The form's fields beside the photos."""

    id = uid(required=True)
    category = word(HazardCategory, required=True)
    text = Text(MAX_TEXT, least=1, lines=True, required=True)

    @ma.validates("id")
    def check_id(self, value: UUID, **_: Any) -> None:
        """Take ids as we make them only: they say when the form was opened."""
        latest_ms = (now() + CLOCK_AHEAD).timestamp() * 1000
        if value.version != _TIME_ORDERED or value.int >> _TIME_SHIFT > latest_ms:
            raise ma.ValidationError(_SENTENCES["id"])

    @ma.validates("text")
    def check_text(self, value: str, **_: Any) -> None:
        """Refuse what did not arrive as it was written."""
        if _REPLACED in value:
            raise ma.ValidationError(_DAMAGED)


@dataclass(frozen=True)
class ReportForm:
    """What the form shows: as opened, or as sent, with a message at each field that is wrong."""

    id: UUID
    category: str = ""
    text: str = ""
    photos: tuple[bytes, ...] = ()
    chose_photos: bool = False
    """No page can put chosen files back into its fields: they are to be chosen again."""
    errors: dict[str, str] = field(default_factory=dict)
    key: str = ""
    """Made with the form: whoever has it later says that the report was his. Empty if it came without."""

    @classmethod
    def fresh(cls) -> "ReportForm":
        """Give an empty form; its id makes a repeated sending harmless."""
        return cls(new_id(), key=_new_key())

    @classmethod
    def written(cls, request: Request) -> "ReportForm":
        """Read a sent form without its photos; a field that is wrong gets a message, nothing is raised."""
        texts = _texts(request)
        sent = {name: texts.get(name, "") for name in ReportFormInput().fields}
        try:
            right, errors = ReportFormInput().load(sent), {}
        except ma.ValidationError as error:
            sentences = _SENTENCES | ({"text": _DAMAGED} if _REPLACED in sent["text"] else {})
            right, errors = error.valid_data, {name: sentences[name] for name in error.messages}
        return cls(
            id=right.get("id") or new_id(),
            category=sent["category"],
            text=right.get("text", sent["text"]),
            chose_photos=bool(_uploads(request)),
            errors=errors,
            key=right_key(texts.get("key", "")),
        )

    @classmethod
    def read(cls, request: Request) -> "ReportForm":
        """Read a sent form with its photos, which can be read once; the rest as in ``written``."""
        form, uploads, errors = cls.written(request), _uploads(request), {}
        if len(uploads) > MAX_PHOTOS:
            errors["photos"] = f"最多{MAX_PHOTOS}张照片"
        photos = tuple(_bytes(upload) for upload in uploads[:MAX_PHOTOS])
        if any(len(photo) > _MAX_PHOTO_BYTES for photo in photos):
            errors["photos"] = "有一张照片超过12MB，请换一张，或用手机相机的普通模式拍"
        return replace(form, photos=photos, errors=form.errors | errors)

    def as_another(self) -> "ReportForm":
        """Give the same words as a report of their own."""
        return replace(self, id=new_id(), key=_new_key())

    def with_error(self, name: str, message: str) -> "ReportForm":
        """Give the same form with a message at a field."""
        return replace(self, errors={**self.errors, name: message})

    def named_photos(self) -> dict[UUID, bytes]:
        """Give the photos by ids that follow from the form's and their content: sent again, the same."""
        return {uuid5(self.id, hashlib.sha256(photo).hexdigest()): photo for photo in self.photos}

    def report(self, code: str) -> HazardReport:
        """Give what the domain takes; it was seen when the form was opened, whenever it was sent."""
        assert not self.errors, "a form with errors is shown again, not filed"
        return HazardReport(
            category=HazardCategory(self.category),
            text=self.text,
            signals=Signals(captured_at=_opened_at(self.id), code=code),
            photo_ids=tuple(self.named_photos()),
        )


def right_key(sent: str) -> str:
    """Give a receipt's key as we make them, or nothing."""
    return sent if _KEY.fullmatch(sent) else ""


def _new_key() -> str:
    return secrets.token_urlsafe(_KEY_BYTES)


def _uploads(request: Request) -> list[FileStorage]:
    return [upload for upload in request.files.getlist("photo") if upload.filename]


def _texts(request: Request) -> MultiDict[str, str]:
    """Read the form's texts, with a sign of its own for what is no UTF-8.

    So does Werkzeug where a form comes in parts, as from our page; else it would keep such bytes as %FF.
    """
    if request.mimetype != "application/x-www-form-urlencoded":
        return request.form
    sent = request.get_data()
    if len(sent) > (request.max_form_memory_size or 0):
        raise RequestEntityTooLarge  # as Werkzeug does where a form comes in parts
    return MultiDict(parse_qsl(sent.decode(errors="replace"), keep_blank_values=True))


def _bytes(upload: FileStorage) -> bytes:
    """Read an upload, a byte more than allowed at most, and give its temporary file back at once."""
    with upload.stream as sent:
        return sent.read(_MAX_PHOTO_BYTES + 1)


def _opened_at(form_id: UUID) -> datetime:
    return datetime.fromtimestamp((form_id.int >> _TIME_SHIFT) / 1000, UTC)
