"""What somebody takes back at WeChat is taken back here."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import (
    ClaimStatus,
    Consent,
    ConsentChannel,
    ConsentPurpose,
    Hazard,
    HazardStatus,
    Photo,
    PhotoLink,
    PhotoOwner,
    RefreshToken,
    SignIn,
    User,
    WeChatLink,
)
from app.people import SHIPPED_TEXTS
from tests.api.sign_in.conftest import grant
from tests.api.wechat.pushes import events, tell
from tests.binding_world import HOUSEHOLD, by_phone, refused, write_unbound
from tests.cast import forget_consents, named, person
from tests.client import Client
from tests.fakes.wechat.control import Person, WeChatFake
from tests.matrix.stage import Stage

PHONE, POSITION, ALBUM, CHOSEN = 8, 13, 14, 18
HERE = {"lng": 114.4826, "lat": 29.6063, "accuracy_m": 12.0, "datum": "wgs84"}
SignedIn = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def _nobody_agreed_yet(session: Session) -> None:
    forget_consents(session)


def user_of(session: Session, client: Client) -> User:
    assert client.person is not None
    return session.get_one(User, client.person.user_id, populate_existing=True)


def bind(session: Session, client: Client) -> User:
    """Bind somebody to a resident of the roster who has no account."""
    user = user_of(session, client)
    session.get_one(User, person("resident").user_id).resident_id = None
    session.flush()
    user.resident_id = named("resident")
    session.commit()
    return user


def consent(session: Session, user: User, purpose: ConsentPurpose) -> Consent:
    text = SHIPPED_TEXTS[purpose]
    made = Consent(
        id=new_id(), area_code=Stage(session).area, resident_id=user.resident_id, decided_by=user.resident_id,
        purpose=purpose, text_id=text.id, text_hash=text.text_hash, given=True, channel=ConsentChannel.APP,
        recorded_by=user.id, decided_at=now(), content_hash=b"",
    )  # fmt: skip
    session.add(made)
    session.commit()
    return made


def test_a_phone_taken_back_is_forgotten(
    phone: Client, signed_in: SignedIn, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-63: revoke 8 takes the vouched number away; the account and its sign-in stay."""
    client = signed_in(lan)
    client.post("/v1/me/phone/wechat", json={"code": wechat.phone_code(lan)})
    before = user_of(session, client).phone_vouched_at
    wechat.revoke(lan, PHONE)
    tell(phone, session, wechat)
    user = user_of(session, client)

    assert before is not None
    assert (user.phone_sealed, user.phone_index, user.phone_vouched_at) == (None, None, None)
    assert client.get("/v1/me").status_code == 200


def test_a_number_that_a_password_hangs_on_is_only_vouched_for_no_more(
    phone: Client, signed_in: SignedIn, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-63: staff wrote such a number down; what WeChat gave was its word for it."""
    client = signed_in(lan)
    client.post("/v1/me/phone/wechat", json={"code": wechat.phone_code(lan)})
    user_of(session, client).password_hash = "a hash"
    session.commit()
    wechat.revoke(lan, PHONE)
    tell(phone, session, wechat)
    user = user_of(session, client)

    assert user.phone_index is not None
    assert user.phone_vouched_at is None


def test_who_was_bound_by_the_phone_stays_who_he_is_and_it_binds_nobody_any_more(
    phone: Client, signed_in: SignedIn, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-63: what was done before stands (PIPL 15); whoever wants to be unbound leaves himself."""
    resident_id = write_unbound(session, phone="13900000001")
    client = signed_in(lan)
    client.post("/v1/me/phone/wechat", json={"code": wechat.phone_code(lan)})
    bound = by_phone(client)
    wechat.revoke(lan, PHONE)
    tell(phone, session, wechat)
    binding = client.get("/v1/me/binding").json["binding"]
    reached = client.get(f"/v1/households/{HOUSEHOLD}").status_code
    client.post("/v1/sessions/current/check", json={"wechat_code": wechat.login_code(lan)})
    left = client.post(f"/v1/me/bindings/{binding['id']}/end", json={"reason": "left"})
    again = by_phone(client)

    assert bound.status_code == 200
    assert (binding["resident_id"], binding["ended_at"], reached) == (str(resident_id), None, 200)
    assert user_of(session, client).phone_index is None
    assert left.status_code == 200, left.text
    assert refused(again) == (409, "phone_not_vouched")


@pytest.mark.parametrize("info", [POSITION, CHOSEN])
def test_a_position_taken_back_ends_the_consent_and_empties_what_was_given(
    phone: Client, signed_in: SignedIn, session: Session, wechat: WeChatFake, lan: Person, info: int
) -> None:
    """S-63: revoke 13 and 18: consent withdrawn, positions of his own reports gone, those of others kept."""
    user = bind(session, signed_in(lan))
    given = consent(session, user, ConsentPurpose.LOCATION)
    other = consent(session, user, ConsentPurpose.PHOTO)
    stage = Stage(session)
    mine = session.get_one(Hazard, stage.hazard(HazardStatus.REPORTED, **HERE))
    theirs = session.get_one(Hazard, stage.hazard(HazardStatus.REPORTED, **HERE))
    mine.reported_by, mine.item_id, mine.item_key = user.id, None, None
    theirs.reported_by = person("worker").user_id
    session.commit()
    wechat.revoke(lan, info)
    tell(phone, session, wechat)

    assert (given.withdrawn_by, other.withdrawn_at) == (user.id, None)
    assert (mine.lng, mine.lat, mine.accuracy_m, mine.datum) == (None, None, None, None)
    assert theirs.lng == HERE["lng"]


def test_photos_taken_back_end_their_consent(
    phone: Client, signed_in: SignedIn, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-63: revoke 14 ends the consent to photos, and no other."""
    user = bind(session, signed_in(lan))
    position = consent(session, user, ConsentPurpose.LOCATION)
    photo = consent(session, user, ConsentPurpose.PHOTO)
    wechat.revoke(lan, ALBUM)
    tell(phone, session, wechat)

    assert (position.withdrawn_at, photo.withdrawn_by) == (None, user.id)


@pytest.mark.parametrize("way", ["album", "account"])
def test_photos_that_no_record_needs_go_with_their_consent(
    phone: Client, signed_in: SignedIn, session: Session, wechat: WeChatFake, lan: Person, way: str
) -> None:
    """S-63: unnamed ones and those of ended claims go; a running claim's, a report's and others' stay."""
    user = bind(session, signed_in(lan))
    stage = Stage(session)
    photos = {
        "posted": stage.photo(stage.claim(ClaimStatus.POSTED), PhotoOwner.CLAIM),
        "runs": stage.photo(stage.claim(ClaimStatus.SUBMITTED), PhotoOwner.CLAIM),
        "hazard": stage.photo(stage.hazard(HazardStatus.CLOSED), PhotoOwner.HAZARD),
        "unnamed": stage.photo(new_id(), PhotoOwner.CLAIM),
        "worker's": stage.photo(new_id(), PhotoOwner.CLAIM),
    }
    nameless = [photos["unnamed"], photos["worker's"]]
    session.execute(delete(PhotoLink).where(PhotoLink.photo_id.in_(nameless)))
    mine = [one for name, one in photos.items() if name != "worker's"]
    session.execute(update(Photo).where(Photo.id.in_(mine)).values(uploaded_by=user.id))
    session.commit()
    if way == "album":
        wechat.revoke(lan, ALBUM)
    else:
        wechat.close_account(lan)
    tell(phone, session, wechat)
    left = set(session.scalars(select(Photo.id)))

    assert {name for name, one in photos.items() if one in left} == {"runs", "hazard", "worker's"}
    linked = select(PhotoLink.photo_id).where(PhotoLink.photo_id.in_(photos.values()))
    assert set(session.scalars(linked)) == {photos["runs"], photos["hazard"]}


def test_photos_of_staff_on_duty_stay(
    phone: Client, signed_in: SignedIn, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-63: they do not rest on consent."""
    user = user_of(session, signed_in(lan))
    grant(session, user.id)
    photo_id = Stage(session).photo(new_id(), PhotoOwner.CLAIM)
    session.execute(delete(PhotoLink).where(PhotoLink.photo_id == photo_id))
    session.execute(update(Photo).where(Photo.id == photo_id).values(uploaded_by=user.id))
    session.commit()
    wechat.revoke(lan, ALBUM)
    tell(phone, session, wechat)

    assert session.scalar(select(func.count()).where(Photo.id == photo_id)) == 1


def test_a_closed_account_leaves_nothing_of_wechat(
    phone: Client, signed_in: SignedIn, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-63: cancellation: identity, number, consents and sessions end; the same person is somebody new."""
    client = signed_in(lan)
    client.post("/v1/me/phone/wechat", json={"code": wechat.phone_code(lan)})
    user = bind(session, client)
    given = [consent(session, user, one) for one in (ConsentPurpose.LOCATION, ConsentPurpose.PHOTO)]
    wechat.close_account(lan)
    tell(phone, session, wechat)
    user = user_of(session, client)
    links = session.scalars(select(WeChatLink).where(WeChatLink.user_id == user.id)).all()
    open_sessions, going_on = (
        select(func.count()).where(one.user_id == user.id, one.ended_at.is_(None))
        for one in (SignIn, RefreshToken)
    )

    assert [(link.openid_sealed, link.openid_index, link.unionid_index) for link in links] == [(None,) * 3]
    assert (user.phone_index, user.phone_vouched_at) == (None, None)
    assert [row.withdrawn_by for row in given] == [user.id] * 2
    assert (session.scalar(open_sessions), session.scalar(going_on)) == (0, 0)
    assert client.get("/v1/me").status_code == 401
    assert user.disabled_at is None, "he is still somebody of the roster"


def test_an_account_of_nothing_but_wechat_ends_with_it(
    phone: Client, signed_in: SignedIn, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-63: nobody could sign in to it any more."""
    client = signed_in(lan)
    wechat.close_account(lan)
    tell(phone, session, wechat)

    assert user_of(session, client).disabled_at is not None


def test_somebody_unknown_asks_nothing(
    phone: Client, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-63: an event about nobody of ours is done without effect."""
    users = session.scalar(select(func.count()).select_from(User))
    wechat.close_account(lan)
    tell(phone, session, wechat)

    assert [row.state for row in events(session)] == ["done"]
    assert session.scalar(select(func.count()).select_from(User)) == users
