"""Everything that may be held of a resident with an account, written straight into the tables."""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from PIL import Image
from sqlalchemy import select

from app.adapters import PhotoStore
from app.clock import now
from app.evidence import keep
from app.identity import sealed_phone, sealed_secret
from app.ids import new_id
from app.models import (
    AccountEvent,
    AccountStep,
    Base,
    Binding,
    BindingEnd,
    BindingRequest,
    BindingRequestState,
    BindingWay,
    ClaimEvent,
    ClaimStatus,
    ClaimStep,
    Correction,
    Deletion,
    DeletionKind,
    HazardEvent,
    HazardStatus,
    HazardStep,
    Invitation,
    MessageAcceptance,
    MessageCredit,
    MessageSend,
    Notice,
    NoticeKind,
    OwnRequestState,
    PhotoLink,
    PhotoOwner,
    RefreshToken,
    Resident,
    Reveal,
    RevealField,
    SecondFactor,
    SendState,
    SignInCode,
    SourceKind,
    Transfer,
    TransferKind,
    User,
    ViewingTicket,
    Visit,
    VisitMode,
    VisitOutcome,
    WeChatApp,
    WeChatLink,
)
from app.people import Numbers, sealed_numbers
from app.sealing import Cell
from app.visits import sealed_visit
from tests.cast import acting, named, person
from tests.matrix.side import captured
from tests.matrix.stage import Stage
from tests.sealer import SEALER


@dataclass(frozen=True)
class Life(Stage):
    """Writes the rows of one resident of the first grid; what he writes himself carries his mark."""

    who: str = "resident"

    @property
    def household_id(self) -> UUID:
        """His household."""
        return named("household home" if self.who == "resident" else "household neighbour")

    @property
    def resident_id(self) -> UUID:
        """Himself on the roster."""
        return named(self.who)

    @property
    def me(self) -> UUID:
        """His account."""
        return person(self.who).user_id

    @property
    def mark(self) -> str:
        """Stands in every text of his."""
        return f"的字迹属于{self.who}"

    def own(self, kind: type[Base], /, **values: Any) -> UUID:
        """Write a row under a new id, with a hash where there is one."""
        row_id = new_id()
        hashes = {
            name: row_id.bytes
            for name in ("content_hash", "token_hash", "code_hash", "openid_index")
            if name in kind.__table__.columns
        }
        area = {"area_code": self.area} if "area_code" in kind.__table__.columns else {}
        self.add(kind(id=row_id, **hashes | area | values))
        return row_id

    def write(self, photos: PhotoStore) -> dict[str, UUID]:
        """Write all of it; give the ids that tests ask for."""
        self._numbers()
        self._account()
        self._bound()
        self._corrected()
        self._looks()
        made = self._care(photos) | self._reports(photos) | self._points(photos)
        data = {"claim_id": str(new_id()), "by": str(self.user("admin"))}
        told = {"kind": NoticeKind.CLAIM_STEP, "data": data, "created_at": now()}
        self._messages(self.own(Notice, user_id=self.me, **told))
        self.session.commit()
        return made

    def _numbers(self) -> None:
        digits = "1" if self.who == "resident" else "2"
        resident = self.session.get_one(Resident, self.resident_id)
        numbers = Numbers(f"1380070000{digits}", f"00000019550307{digits}020")
        values = sealed_numbers(SEALER, resident.id, resident.area_code, numbers)
        user = self.session.get_one(User, self.me)
        user.old_password_hashes = ["a hash"]
        for row, columns in ((resident, values), (user, sealed_phone(SEALER, user.id, numbers.phone or ""))):
            for name, value in columns.items():
                setattr(row, name, value)
        self.session.flush()

    def _account(self) -> None:
        later = {"created_at": now(), "expires_at": now() + timedelta(days=1)}
        link_id, factor_id = new_id(), new_id()
        openid = SEALER.seal(f"openid{self.mark}", Cell("wechat_identities", "openid_sealed", link_id))
        self.add(
            WeChatLink(
                id=link_id,
                app=WeChatApp.MINI,
                user_id=self.me,
                openid_sealed=openid,
                openid_index=link_id.bytes,
                created_at=now(),
            )
        )
        secret = sealed_secret(SEALER, factor_id, f"SECRET{self.who}")
        self.add(SecondFactor(id=factor_id, user_id=self.me, secret_sealed=secret, created_at=now()))
        self.own(RefreshToken, user_id=self.me, family_id=named(f"sign-in {self.who}"), **later)
        self.own(Invitation, user_id=self.me, made_by=self.user("system"), **later)
        self.own(
            AccountEvent, user_id=self.me, actor_id=self.user("system"), step=AccountStep.ENABLE, at=now()
        )
        handed = {"handle": self.who, "handed_out_by": self.user("worker"), "tries": 0}
        self.own(SignInCode, user_id=self.me, **handed, **later)

    def _messages(self, notice_id: UUID) -> None:
        """Write that he asked for a message by WeChat, and got it."""
        self.session.flush()
        mine = select(WeChatLink.id).where(WeChatLink.user_id == self.me)
        by = {"link_id": self.session.scalars(mine).one(), "template_id": "template"}
        self.own(MessageAcceptance, user_id=self.me, template_ids=["template"], created_at=now())
        self.own(MessageCredit, **by, since=now(), app_told_at=now())
        sent = {"state": SendState.SENT, "begun_at": now(), "ended_at": now()}
        self.own(MessageSend, **by, notice_id=notice_id, **sent)

    def _bound(self) -> None:
        """Write that he was bound, by a request that the admin approved, and left."""
        admin = {"decided_by": self.user("admin"), "decided_at": now()}
        said = {"name": self.who, "door": "101", "note": f"我住这里{self.mark}", "asked_at": now()}
        approved = {"state": BindingRequestState.APPROVED, "resident_id": self.resident_id}
        self.own(BindingRequest, user_id=self.me, **said, **admin, **approved)
        span = {"begun_at": now(), "begun_by": self.user("admin"), "ended_at": now(), "ended_by": self.me}
        bound = {"user_id": self.me, "resident_id": self.resident_id, "way": BindingWay.REQUEST}
        self.own(Binding, **bound, **span, end_reason=BindingEnd.LEFT, end_note="张三丰也说他是这个人")

    def _corrected(self) -> None:
        """Write that he asked to put something right, and that the admin said no."""
        row_id = self.correction(self.who)
        row = self.session.get_one(Correction, row_id)
        row.content_hash = row_id.bytes
        row.advance(OwnRequestState.REFUSED)
        row.decided_by, row.decided_at, row.decision_note = self.user("admin"), now(), "户口本上不是"
        self.session.flush()
        asked = {"asked_by": self.me, "asked_at": now(), "due_at": now(), "decided_at": now()}
        answer = {
            "state": OwnRequestState.REFUSED,
            "decided_by": self.user("admin"),
            "decision_note": "依法保留",
        }
        self.own(Deletion, resident_id=self.resident_id, what=DeletionKind.NOTES, **asked, **answer)

    def _looks(self) -> None:
        seen = {"field": RevealField.PHONE, "revealed_at": now()}
        looked = {"user_id": self.user("worker"), "purpose": "怀疑家里打孩子"}
        self.own(Reveal, resident_id=self.resident_id, **looked, **seen)
        self.own(ViewingTicket, resident_id=self.resident_id, days=7, asked_at=now(), **looked)
        self.guardianship()
        self.consent()

    def _care(self, photos: PhotoStore) -> dict[str, UUID]:
        """Write a care record with a visit, its follow-up and photo, and a visit that opened a case."""
        visit_id, _ = self.visit()
        visit = self.session.get_one(Visit, visit_id)
        harm_id = new_id()
        self.add(
            Visit(
                id=harm_id,
                area_code=self.area,
                care_record_id=visit.care_record_id,
                form_id=visit.form_id,
                worker_id=self.user("worker"),
                mode=VisitMode.IN_PERSON,
                outcome=VisitOutcome.SEEN_WELL,
                lng=114.5,
                lat=29.5,
                accuracy_m=9,
                **sealed_visit(SEALER, harm_id, answers={"mood": "身上有伤"}, note="身上有伤"),
                **captured(),
            )
        )
        case_id = self.harm_case(harm_id)
        return {
            "visit": visit_id,
            "harm_visit": harm_id,
            "case": case_id,
            "visit_photo": self.picture(photos, "worker", visit_id, PhotoOwner.VISIT),
            "harm_photo": self.picture(photos, "worker", harm_id, PhotoOwner.VISIT),
        }

    def _reports(self, photos: PhotoStore) -> dict[str, UUID]:
        fixed = {"responsible": "张三丰"}
        given = {"reported_by": self.me, "text": f"=楼道堆物{self.mark}", "assignee_id": self.user("lead")}
        hazard_id = self.hazard(HazardStatus.ASSIGNED, five_fixed=fixed, controls="张三丰看守", **given)
        for number, actor_id in enumerate((self.me, self.user("admin"))):
            self.own(
                HazardEvent,
                hazard_id=hazard_id,
                number=number + 1,
                step=HazardStep.REPORT,
                status_after=HazardStatus.REPORTED,
                actor_id=actor_id,
                at=now(),
                note=f"请{self.user('lead')}看一下",
                data={"assignee_id": str(self.user("lead"))},
            )
        return {
            "hazard": hazard_id,
            "hazard_photo": self.picture(photos, self.who, hazard_id, PhotoOwner.HAZARD),
        }

    def _points(self, photos: PhotoStore) -> dict[str, UUID]:
        account_id = self.account(balance=10)
        claim_id = self.claim(
            ClaimStatus.IN_NOTICE,
            text=f"扫雪{self.mark}",
            submitted_by=self.me,
            verified_by=self.user("worker"),
        )
        self.own(
            ClaimEvent,
            claim_id=claim_id,
            number=1,
            step=ClaimStep.SUBMIT,
            status_after=ClaimStatus.SUBMITTED,
            points=2,
            actor_id=self.me,
            at=now(),
        )
        self.own(
            Transfer,
            debit_id=new_id(),
            credit_id=account_id,
            amount=10,
            kind=TransferKind.AWARD,
            source_kind=SourceKind.CLAIM,
            source_id=claim_id,
            resident_id=self.resident_id,
            by_id=self.user("admin"),
            at=now(),
            note=f"扫雪{self.mark}",
            credit_balance=10,
        )
        return {
            "account": account_id,
            "claim": claim_id,
            "claim_photo": self.picture(photos, self.who, claim_id, PhotoOwner.CLAIM),
        }

    def picture(self, photos: PhotoStore, who: str, record_id: UUID, kind: PhotoOwner) -> UUID:
        """Keep a real photo that somebody of the cast sent and names in his record."""
        photo_id, made = new_id(), BytesIO()
        Image.frombytes("RGB", (4, 4), (photo_id.bytes * 3)[:48]).save(made, "PNG")
        keep(self.session, photos, acting(who), photo_id, made.getvalue())
        self.add(
            PhotoLink(
                record_id=record_id,
                photo_id=photo_id,
                record_kind=kind,
                area_code=self.area,
                position=0,
                named_by=person(who).user_id,
            )
        )
        return photo_id
