"""Rows of children, guardians and consents, written straight into the tables."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.clock import now
from app.ids import new_id
from app.models import (
    Closing,
    Consent,
    ConsentChannel,
    ConsentPurpose,
    Correction,
    CorrectionField,
    Deletion,
    DeletionKind,
    GuardianRelation,
    Guardianship,
    HarmCase,
    Household,
    Relation,
    Resident,
    Sex,
    User,
    ViewingTicket,
)
from app.own_data import DECIDED_WITHIN, TAKEN_BACK_WITHIN
from app.people import SHIPPED_TEXTS, Numbers, sealed_numbers, sealed_proof
from app.sealing import Cell
from tests import cast
from tests.matrix.side import Side
from tests.sealer import SEALER

PHONE, ID_NUMBER = "13900001234", "000000195503080020"


class PeopleRows(Side):
    """Writes what the roster knows besides names."""

    def reachable_resident(self, resident_id: UUID | None = None) -> UUID:
        """Give a resident, or else the household's head, a phone and an ID number."""
        resident = self.session.get_one(Resident, resident_id or self.resident_id)
        numbers = sealed_numbers(SEALER, resident.id, resident.area_code, Numbers(PHONE, ID_NUMBER))
        for name, value in numbers.items():
            setattr(resident, name, value)
        self.session.flush()
        return resident.id

    def child(self) -> UUID:
        """Write a child of the household."""
        child_id = new_id()
        self.add(
            Resident(
                id=child_id,
                area_code=self.area,
                household_id=self.household_id,
                name="王小明",
                sex=Sex.MALE,
                birth_date=date(2016, 6, 1),
                relation=Relation.GRANDCHILD,
                content_hash=b"",
                created_at=cast.LONG_AGO,
            )
        )
        return child_id

    def neighbour(self) -> UUID:
        """Write the head of another household of the building."""
        home_id, resident_id = new_id(), new_id()
        self.add(
            Household(
                id=home_id,
                area_code=self.area,
                place_id=self.place_id,
                door="9单元908",
                content_hash=b"",
                created_at=cast.LONG_AGO,
            )
        )
        self.add(
            Resident(
                id=resident_id,
                area_code=self.area,
                household_id=home_id,
                name="李大山",
                sex=Sex.MALE,
                birth_date=date(1970, 6, 1),
                relation=Relation.HEAD,
                content_hash=b"",
                created_at=cast.LONG_AGO,
            )
        )
        return resident_id

    def guardianship(self) -> UUID:
        """Write an unverified guardianship of the household's head over a child."""
        row_id = new_id()
        self.add(
            Guardianship(
                id=row_id,
                area_code=self.area,
                child_id=self.child(),
                guardian_id=self.resident_id,
                relation=GuardianRelation.GRANDPARENT,
                proof_sealed=sealed_proof(SEALER, row_id, "户口本"),
                recorded_by=self.user("worker"),
                created_at=now(),
                valid_until=date(2029, 12, 31),
                content_hash=b"",
            )
        )
        return row_id

    def bound_to_head(self) -> UUID:
        """Give the account of the household's head: only he may ask, or his guardian."""
        found = self.session.scalar(select(User.id).where(User.resident_id == self.resident_id))
        if found is not None:
            return found
        user_id, at = new_id(), now()
        self.add(
            User(
                id=user_id,
                area_code=self.area,
                name="王桂兰",
                resident_id=self.resident_id,
                content_hash=b"",
                created_at=at,
            )
        )
        return user_id

    def correction(self, by: str | None = None) -> UUID:
        """Write that somebody asks to put right the name of the household's head."""
        row_id, user_id = new_id(), self.user(by) if by else self.bound_to_head()
        self.add(
            Correction(
                id=row_id,
                area_code=self.area,
                asked_by=user_id,
                resident_id=self.resident_id,
                field=CorrectionField.NAME,
                wanted_sealed=SEALER.seal("王桂蓝", Cell("corrections", "wanted_sealed", row_id)),
                said_sealed=SEALER.seal("写错了", Cell("corrections", "said_sealed", row_id)),
                asked_at=now(),
                due_at=now() + DECIDED_WITHIN,
                content_hash=b"",
            )
        )
        return row_id

    def deletion(self, by: str | None = None) -> UUID:
        """Write that somebody asks to delete the numbers of the household's head."""
        row_id, user_id = new_id(), self.user(by) if by else self.bound_to_head()
        self.add(
            Deletion(
                id=row_id,
                area_code=self.area,
                asked_by=user_id,
                resident_id=self.resident_id,
                what=DeletionKind.NUMBERS,
                asked_at=now(),
                due_at=now() + DECIDED_WITHIN,
                content_hash=b"",
            )
        )
        return row_id

    def closing(self, by: str = "worker") -> UUID:
        """Write that somebody wants his account closed."""
        row_id, user_id = new_id(), self.user(by)
        self.add(
            Closing(
                id=row_id,
                area_code=self.area,
                asked_by=user_id,
                user_id=user_id,
                asked_at=now(),
                carry_out_at=now() + TAKEN_BACK_WITHIN,
                due_at=now() + DECIDED_WITHIN,
                content_hash=b"",
            )
        )
        return row_id

    def ticket(self) -> UUID:
        """Write that a colleague asks to read a child's record, where the office may decide too."""
        ticket_id = new_id()
        self.add(
            ViewingTicket(
                id=ticket_id,
                area_code=self.area,
                resident_id=self.child(),
                user_id=self.user("worker" if self.far else "colleague"),
                purpose="接手探访",
                days=7,
                asked_at=now(),
                office_decides=True,
                content_hash=b"",
            )
        )
        return ticket_id

    def harm_case(self, visit_id: UUID) -> UUID:
        """Write a case that a visit opened."""
        case_id = new_id()
        self.add(
            HarmCase(
                id=case_id,
                area_code=self.area,
                resident_id=self.resident_id,
                visit_id=visit_id,
                told_id=visit_id,
                signals=["flag"],
                opened_at=now(),
                opened_by=self.user("worker"),
            )
        )
        return case_id

    def consent(self) -> UUID:
        """Write that the household's head agreed to one text."""
        consent_id, text = new_id(), SHIPPED_TEXTS[ConsentPurpose.LOCATION]
        self.add(
            Consent(
                id=consent_id,
                area_code=self.area,
                resident_id=self.resident_id,
                decided_by=self.resident_id,
                purpose=ConsentPurpose.LOCATION,
                text_id=text.id,
                text_hash=text.text_hash,
                given=True,
                channel=ConsentChannel.APP,
                recorded_by=self.user("worker"),
                decided_at=now(),
                content_hash=b"",
            )
        )
        return consent_id
