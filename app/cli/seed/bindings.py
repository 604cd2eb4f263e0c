"""Who is which resident, and by what proof; households' codes; and those who wait to be told from others."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from app.cli.seed.history import History
from app.cli.seed.hours import TOLD_FOR
from app.cli.seed.ids import id_at
from app.cli.seed.site import BIG_SITE, SMALL_SITE, Site
from app.cli.seed.world import SeedResident
from app.identity import BINDING_DIGITS, NAME_BEFORE_BINDING
from app.models import (
    Binding,
    BindingCode,
    BindingRequest,
    BindingRequestState,
    BindingWay,
    Consent,
    ConsentChannel,
    ConsentPurpose,
    NoticeKind,
    User,
)
from app.people import ADULT_YEARS, SHIPPED_TEXTS

_WAYS = {BindingWay.PHONE: 55, BindingWay.ID_NUMBER: 15, BindingWay.REQUEST: 10, BindingWay.STAFF: 20}
_HALF = BINDING_DIGITS // 2
_WITH_CODE = 0.3
"""Share of the other households that have a code on paper."""
_DECIDED_AFTER = timedelta(days=1)
_OPEN = {BIG_SITE: 6, SMALL_SITE: 2}
_REJECTED = {BIG_SITE: 2, SMALL_SITE: 0}
_NOTES = ("", "在外打工，手机号换了", "登记的是我爸的手机号", "刚搬来不久")


def add_bindings(history: History) -> None:
    """Add the bindings of all who have an account, and the queue as it stands at the end."""
    rng, consents = history.rng("bindings"), history.rng("consents")
    for row in history.rows.of(User):
        row["phone_vouched_at"] = None
    accounts = {row["id"]: row for row in history.rows.of(User)}
    handles: set[str] = set()
    for members in history.world.households.values():
        has_code = rng.random() < _WITH_CODE
        for one in members:
            if one.user_id is not None:
                account = accounts[one.user_id]
                (way,) = rng.choices(list(_WAYS), list(_WAYS.values()))
                if way is BindingWay.PHONE:
                    account["phone_vouched_at"] = account["created_at"]
                _bind(history, rng, one, way, account["created_at"])
                has_code |= way is BindingWay.ID_NUMBER
                for purpose in (ConsentPurpose.LOCATION, ConsentPurpose.PHOTO):
                    _agree(history, consents, one, account["created_at"], purpose)
        if has_code:
            _add_code(history, rng, members[0], handles)
    for site, number in _OPEN.items():
        asking = list(_without_account(history, rng, site, number + _REJECTED[site]))
        for position, one in enumerate(asking):
            _ask(history, rng, one, is_open=position < number)


def _bind(history: History, rng: Random, one: SeedResident, way: BindingWay, at: datetime) -> None:
    assert one.user_id is not None, "somebody with an account"
    admin = history.world.admin(one.area_code)
    begun_by = admin if way in {BindingWay.REQUEST, BindingWay.STAFF} else one.user_id
    asked_at, at = at, at + _DECIDED_AFTER if way is BindingWay.REQUEST else at
    history.rows.add(
        Binding,
        id=id_at(rng, at),
        area_code=one.area_code,
        user_id=one.user_id,
        resident_id=one.id,
        way=way,
        begun_at=at,
        begun_by=begun_by,
        end_note="",
    )
    if way is BindingWay.ID_NUMBER:
        _agree(history, rng, one, at, ConsentPurpose.ID_NUMBER)
    if way is BindingWay.REQUEST:
        _add_request(
            history,
            rng,
            one,
            one.user_id,
            asked_at,
            state=BindingRequestState.APPROVED,
            decided_at=at,
            decided_by=admin,
            resident_id=one.id,
        )


def _agree(history: History, rng: Random, one: SeedResident, at: datetime, purpose: ConsentPurpose) -> None:
    text, consent_id = SHIPPED_TEXTS[purpose], id_at(rng, at)
    history.rows.add(
        Consent,
        id=consent_id,
        area_code=one.area_code,
        resident_id=one.id,
        decided_by=one.id,
        purpose=purpose,
        text_id=text.id,
        text_hash=text.text_hash,
        given=True,
        channel=ConsentChannel.APP,
        recorded_by=one.user_id,
        decided_at=at,
        content_hash=consent_id.bytes,
    )


def _add_code(history: History, rng: Random, one: SeedResident, handles: set[str]) -> None:
    at = history.until - TOLD_FOR
    handle = next(code for code in _digits(rng) if code not in handles)
    handles.add(handle)
    history.rows.add(
        BindingCode,
        id=id_at(rng, at),
        household_id=one.household_id,
        area_code=one.area_code,
        version=1,
        handle=handle,
        secret=next(_digits(rng)),
        made_at=at,
        made_by=history.world.worker(one.area_code),
        seen_by=[history.world.worker(one.area_code)],
    )


def _digits(rng: Random) -> Iterator[str]:
    while True:
        yield f"{rng.randrange(10**_HALF):0{_HALF}d}"


def _without_account(history: History, rng: Random, site: Site, number: int) -> list[SeedResident]:
    """Choose adults who are nobody's user."""
    able = [
        one
        for one in history.world.residents()
        if one.area_code.startswith(site.code)
        and one.user_id is None
        and one.person.age_on(history.last) >= ADULT_YEARS
    ]
    return rng.sample(able, number)


def _ask(history: History, rng: Random, one: SeedResident, *, is_open: bool) -> None:
    """Let somebody come by WeChat and ask; whom the roster does not have was told no."""
    at = history.until - timedelta(hours=rng.uniform(3, 60))
    user_id = id_at(rng, at)
    history.rows.add(
        User,
        id=user_id,
        area_code=None,
        phone=None,
        name=NAME_BEFORE_BINDING,
        password_hash=None,
        password_set_at=None,
        last_signed_in_at=at,
        resident_id=None,
        content_hash=b"",
        created_at=at,
        phone_vouched_at=None,
    )
    admin = history.world.admin(one.area_code)
    decided = {
        "state": BindingRequestState.REJECTED,
        "decided_at": at + timedelta(hours=2),
        "decided_by": admin,
        "decision_note": "姓名和门牌对不上，请带身份证来社区核对",
    }
    row = _add_request(history, rng, one, user_id, at, **({} if is_open else decided))
    community = one.area_code[:12]
    history.notify(NoticeKind.BINDING, admin, community, at, what="asked", request_id=row)


def _add_request(
    history: History, rng: Random, one: SeedResident, user_id: UUID, at: datetime, **decided: object
) -> UUID:
    request_id = id_at(rng, at)
    undecided: dict[str, object] = {
        "state": BindingRequestState.OPEN,
        "decided_at": None,
        "decided_by": None,
        "decision_note": "",
        "resident_id": None,
    }
    history.rows.add(
        BindingRequest,
        id=request_id,
        area_code=one.area_code[:12],
        user_id=user_id,
        name=one.person.name,
        door=f"{one.place.name}{one.door}",
        note=rng.choice(_NOTES),
        asked_at=at,
        content_hash=request_id.bytes,
        **undecided | decided,
    )
    return request_id
