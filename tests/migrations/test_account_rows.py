"""Accounts, sessions and notices from before sign-in grew: kept, filled, and there again on the way back."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from tests.migrations.conftest import At, back_to, to
from tests.migrations.test_sealing_rows import row, write, write_household, write_user

PEOPLE, SESSIONS, APPROVALS, WECHAT = "20261124_1145", "20261124_1150", "20261124_1210", "20261124_1215"
CONSENTS, CHILDREN, CREDENTIALS = "20261124_1241", "20261124_1246", "20261124_1250"
HANDED_OUT, LET_IN = "20261201_0500", "20261201_0550"
OLD = {"id", "user_id", "token_hash", "created_at", "expires_at", "ended_at"}
"""Columns of a session in the first version."""


def write_session(connection: Connection, user: UUID, **more: Any) -> UUID:
    return write(
        connection,
        "sign_ins",
        user_id=user,
        token_hash=user.bytes,
        created_at="2026-01-06",
        expires_at="2026-02-06",
        **more,
    )


def write_notice(connection: Connection, user: UUID, kind: str) -> UUID:
    return write(
        connection,
        "notices",
        area_code="4212",
        user_id=user,
        kind=kind,
        data="{}",
        created_at="2026-01-06",
    )


def ids(connection: Connection, table: str) -> set[UUID]:
    return set(connection.scalars(text(f"SELECT id FROM {table}")))  # noqa: S608 - our own names


def refuses_notice(connection: Connection, user: UUID, kind: str) -> bool:
    with pytest.raises(IntegrityError, match="ck_notices_noticekind"), connection.begin_nested():
        write_notice(connection, user, kind)
    return True


def test_open_sessions_end_and_later_ones_live_through_the_way_back(at: At) -> None:
    connection = at(PEOPLE)
    write_household(connection)
    user = write_user(connection)
    write_session(connection, user)
    connection.commit()

    to(connection, SESSIONS)
    after = ids(connection, "sign_ins")
    more = {"family_id": user, "kind": "app", "idle_s": 0, "last_seen_at": "2026-01-06"}
    later = write_session(connection, user, **more)
    connection.commit()
    kept = {name: value for name, value in row(connection, "sign_ins", later).items() if name in OLD}
    back_to(connection, PEOPLE)

    assert after == set()
    assert row(connection, "sign_ins", later) == kept


def test_who_has_no_area_goes_on_the_way_back_with_what_hangs_on_him(at: At) -> None:
    connection = at(APPROVALS)
    write_household(connection)
    known = write_user(connection)
    before = row(connection, "users", known)
    connection.commit()

    to(connection, WECHAT)
    after = row(connection, "users", known)
    stranger = write(connection, "users", name="微信用户", content_hash=b"", created_at="2026-01-06")
    more = {"kind": "app", "idle_s": 0, "last_seen_at": "2026-01-06"}
    kept = write_session(connection, known, family_id=known, **more)
    write_session(connection, stranger, family_id=stranger, **more)
    notice = write_notice(connection, known, "claim_step")
    write_notice(connection, stranger, "claim_step")
    connection.commit()
    back_to(connection, APPROVALS)

    assert after == before | {"phone_vouched_at": None}
    assert row(connection, "users", known) == before
    assert ids(connection, "users") == {known}
    assert ids(connection, "sign_ins") == {kept}
    assert ids(connection, "notices") == {notice}


def test_of_notices_only_those_of_harm_go_on_the_way_back(at: At) -> None:
    connection = at(CONSENTS)
    write_household(connection)
    user = write_user(connection)
    old = write_notice(connection, user, "visit_urgent")
    assert refuses_notice(connection, user, "harm_case")
    before = row(connection, "notices", old)
    connection.commit()

    to(connection, CHILDREN)
    write_notice(connection, user, "harm_case")
    connection.commit()
    after = row(connection, "notices", old)
    back_to(connection, CONSENTS)

    assert after == before
    assert ids(connection, "notices") == {old}
    assert row(connection, "notices", old) == before
    assert refuses_notice(connection, user, "harm_case")


def test_passwords_and_accounts_count_from_the_day_and_come_back_as_they_were(at: At) -> None:
    connection = at(CHILDREN)
    write_household(connection)
    users = {
        "works": write_user(connection, password_hash="a hash"),
        "has no password": write_user(connection),
        "disabled": write_user(connection, password_hash="a hash", disabled_at="2026-01-07"),
    }
    old = write_notice(connection, users["works"], "harm_case")
    before = {name: row(connection, "users", user) for name, user in users.items()}
    connection.commit()

    begun = connection.scalar(text("SELECT now()"))
    connection.commit()
    to(connection, CREDENTIALS)
    after = {name: row(connection, "users", user) for name, user in users.items()}
    new = [write_notice(connection, users["works"], kind) for kind in ("account_alert", "account_unused")]
    connection.commit()
    noticed = ids(connection, "notices")
    back_to(connection, CHILDREN)

    filled = {
        name: [
            moment is not None and moment >= begun for moment in (one["password_set_at"], one["enabled_at"])
        ]
        for name, one in after.items()
    }
    assert filled == {"works": [True, True], "has no password": [False, True], "disabled": [True, False]}
    assert [(one["old_password_hashes"], one["last_signed_in_at"]) for one in after.values()] == [
        ([], None)
    ] * 3
    assert noticed == {old, *new}
    assert {name: row(connection, "users", user) for name, user in users.items()} == before
    assert ids(connection, "notices") == {old}
    assert refuses_notice(connection, users["works"], "account_alert")


def test_whose_code_is_likeliest_behind_an_open_session_and_whose_invitation_behind_a_password(
    at: At,
) -> None:
    """What is open by now may have begun with a code, and a password set in that moment by that link."""
    connection = at(HANDED_OUT)
    write_household(connection)
    staff, other = (write_user(connection, old_password_hashes=[]) for _ in range(2))
    user = write_user(connection, old_password_hashes=[], password_set_at="2026-01-06 08:00:00+00")
    more = {"kind": "app", "idle_s": 0, "last_seen_at": "2026-01-06"}
    begun = write_session(connection, user, family_id=user, **more)
    beside = write_session(connection, other, family_id=other, **more)
    code = {"user_id": user, "handle": "1234", "code_hash": b"", "expires_at": "2026-01-06", "tries": 1}
    for day, by in (("2026-01-05", other), ("2026-01-06", staff)):
        write(connection, "sign_in_codes", handed_out_by=by, created_at=day, ended_at=day, **code)
    link = {"user_id": user, "content_hash": b"", "created_at": "2026-01-05", "expires_at": "2026-01-07"}
    for ended_at, by in (("2026-01-06 07:00+00", other), ("2026-01-06 08:00:00.02+00", staff)):
        write(connection, "invitations", made_by=by, token_hash=by.bytes, ended_at=ended_at, **link)
    connection.commit()

    to(connection, LET_IN)

    assert [row(connection, "sign_ins", one)["let_in_by"] for one in (begun, beside)] == [staff, None]
    assert [row(connection, "users", one)["invited_by"] for one in (user, other)] == [staff, None]
