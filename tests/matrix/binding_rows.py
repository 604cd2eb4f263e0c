"""Rows of bindings, codes and requests, written straight into the tables."""

from datetime import date
from uuid import UUID

from sqlalchemy import select, update

from app.clock import now
from app.identity import NewBindingRequest, sealed_binding_secret, sealed_phone
from app.ids import new_id
from app.models import (
    Binding,
    BindingCode,
    BindingEnd,
    BindingRequest,
    BindingWay,
    Relation,
    Resident,
    Sex,
    User,
)
from app.once import content_hash
from tests import cast
from tests.matrix.people_rows import PHONE, PeopleRows
from tests.sealer import SEALER

ASKED = {"name": "王小兰", "door": "1号楼1单元101", "note": ""}


class BindingRows(PeopleRows):
    """Writes who is which resident."""

    def binding(self) -> UUID:
        """Give the binding of the household's head, to the worker if nobody is bound to him."""
        present = self.session.scalar(select(Binding.id).where(Binding.resident_id == self.resident_id))
        if present is not None:
            return present
        binding_id = new_id()
        self.add(
            Binding(
                id=binding_id,
                area_code=self.area,
                user_id=self.user("worker"),
                resident_id=self.resident_id,
                way=BindingWay.STAFF,
                begun_at=now(),
            )
        )
        return binding_id

    def unbind_everybody(self) -> None:
        """Let nobody be a resident any more."""
        over = {"ended_at": now(), "end_reason": BindingEnd.MOVED_AWAY}
        self.session.execute(update(Binding).where(Binding.ended_at.is_(None)).values(over))
        self.session.execute(update(User).values(resident_id=None))

    def unbound(self) -> UUID:
        """Write an adult of the household without an account."""
        resident_id = new_id()
        self.add(
            Resident(
                id=resident_id,
                area_code=self.area,
                household_id=self.household_id,
                name="王小兰",
                sex=Sex.FEMALE,
                birth_date=date(1980, 5, 6),
                relation=Relation.CHILD,
                content_hash=b"",
                created_at=cast.LONG_AGO,
            )
        )
        return resident_id

    def bound_by_phone(self) -> None:
        """Let the household's head be bound by the phone that WeChat vouches for, which the roster has."""
        bound = self.session.get_one(Binding, self.binding())
        bound.way = BindingWay.PHONE
        user = self.session.get_one(User, bound.user_id)
        for name, value in sealed_phone(SEALER, user.id, PHONE).items():
            setattr(user, name, value)
        user.phone_vouched_at = now()
        self.reachable_resident()

    def binding_code(self) -> str:
        """Write the household's code."""
        row_id, handle, secret = new_id(), "31415926", "27182818"
        self.add(
            BindingCode(
                id=row_id,
                household_id=self.household_id,
                area_code=self.area,
                version=1,
                handle=handle,
                secret_sealed=sealed_binding_secret(SEALER, row_id, secret),
                made_at=now(),
                made_by=self.user("worker"),
                seen_by=[],
            )
        )
        return handle + secret

    def binding_request(self, by: str = "worker") -> UUID:
        """Write that somebody asks to be bound."""
        request_id, user_id = new_id(), self.user(by)
        asked = NewBindingRequest(area_code=self.community, **ASKED)
        self.add(
            BindingRequest(
                id=request_id,
                area_code=self.community,
                user_id=user_id,
                asked_at=now(),
                content_hash=content_hash(user_id, asked),
                **ASKED,
            )
        )
        return request_id
