"""Rows for one line of the matrix, written straight into the tables: in HOME or in FAR."""

from dataclasses import dataclass
from uuid import UUID

from app.clock import now
from app.ids import new_id
from app.models import (
    AuditVerification,
    MatchKind,
    Notice,
    NoticeKind,
    Photo,
    PhotoLink,
    PhotoMatch,
    PhotoOwner,
    PlaceCode,
)
from tests.cast import person
from tests.matrix.approval_rows import ApprovalRows
from tests.matrix.care_rows import CareRows
from tests.matrix.patrol_rows import PatrolRows
from tests.matrix.points_rows import PointsRows
from tests.matrix.proxy_rows import ProxyRows


@dataclass(frozen=True)
class Stage(PatrolRows, CareRows, PointsRows, ProxyRows, ApprovalRows):
    """Writes all kinds of rows on one side of the world."""

    def code(self) -> tuple[UUID, str]:
        """Write a printed code of the building; give its id and serial."""
        code_id = new_id()
        serial = code_id.hex[-9:]
        self.add(
            PlaceCode(
                id=code_id,
                area_code=self.area,
                place_id=self.place_id,
                version=1,
                serial=serial,
                issued_at=now(),
            )
        )
        return code_id, serial

    def photo(self, record_id: UUID, kind: PhotoOwner) -> UUID:
        """Write a photo that a record names."""
        photo_id = new_id()
        self.add(
            Photo(
                id=photo_id,
                sha256=photo_id.bytes,
                width=10,
                height=10,
                uploaded_by=self.user("worker"),
                received_at=now(),
            )
        )
        self.add(
            PhotoLink(
                record_id=record_id,
                photo_id=photo_id,
                record_kind=kind,
                area_code=self.area,
                position=0,
                named_by=self.user("worker"),
            )
        )
        return photo_id

    def match(self) -> UUID:
        """Write two inspections whose photos may be one."""
        earlier, later = (self.photo(self.inspection(), PhotoOwner.INSPECTION) for _ in range(2))
        match_id = new_id()
        self.add(
            PhotoMatch(id=match_id, photo_id=later, earlier_id=earlier, kind=MatchKind.LIKELY, found_at=now())
        )
        return match_id

    def notice(self, name: str) -> UUID:
        """Write a notice to somebody of the cast."""
        notice_id = new_id()
        self.add(
            Notice(
                id=notice_id,
                area_code=self.area,
                user_id=person(name).user_id,
                kind=NoticeKind.CLAIM_STEP,
                data={},
                created_at=now(),
            )
        )
        return notice_id

    def verification(self) -> None:
        """Write a verification of the audit trail that found nothing."""
        self.add(AuditVerification(id=new_id(), at=now(), entries=3, head=2, findings_count=0, findings=[]))
