"""Visit forms: versioned questions per care category."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.clock import now
from app.errors import DomainError, Kind
from app.models import CareCategory, VisitForm


class WrongFormError(DomainError):
    """There is no such published form for this category."""

    code = "wrong_form"
    kind = Kind.INVALID


class FormKey(NamedTuple):
    """The place of a form in the list; as text, it is the list's cursor."""

    category: CareCategory
    version: int

    @classmethod
    def of(cls, form: VisitForm) -> "FormKey":
        """Give the place of a form."""
        return cls(form.category, form.version)

    @classmethod
    def parse(cls, text: str) -> "FormKey":
        """Read it back. Raises ValueError."""
        category, version = text.split(" ")
        return cls(CareCategory(category), int(version))

    def __str__(self) -> str:
        return f"{self.category} {self.version}"


def forms(
    session: Session, *, category: CareCategory | None = None, after: FormKey | None, limit: int
) -> list[VisitForm]:
    """List published forms by category, the newest version first. They are no secret."""
    query = (
        select(VisitForm)
        .where(VisitForm.published_at <= now())
        .order_by(VisitForm.category, VisitForm.version.desc())
        .limit(limit)
    )
    if category is not None:
        query = query.where(VisitForm.category == category)
    if after is not None:
        same = and_(VisitForm.category == after.category, VisitForm.version < after.version)
        query = query.where(or_(VisitForm.category > after.category, same))
    return list(session.scalars(query))


def forms_in_force(session: Session, categories: Collection[CareCategory]) -> Sequence[VisitForm]:
    """Give the newest published form of each of these categories."""
    query = (
        select(VisitForm)
        .ext(distinct_on(VisitForm.category))
        .where(VisitForm.category.in_(categories), VisitForm.published_at <= now())
        .order_by(VisitForm.category, VisitForm.version.desc())
    )
    return session.scalars(query).all()


def form_for(session: Session, category: CareCategory, form_id: UUID) -> VisitForm:
    """Give a published form of a category, of any version: a phone may hold an older one.

    Raises WrongFormError.
    """
    form = session.get(VisitForm, form_id)
    if form is None or form.category is not category or form.published_at > now():
        raise WrongFormError(field="form_id")
    return form
