"""The search after all tests finds what was planted, in every place it looks."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from dev.canaries import FOLDER, Canaries, search, secret_in
from dev.servers import Servers, ensure_database, libpq_url, scratch_servers
from tests import canaries

PHONE, TOKEN, PASSWORD = "13900007777", "a-Token_that-nobody_else-has-0001", "谁也猜不到的长口令"
CODES = {
    "sign_in_code": "483920175561",
    "binding_code": "9350174826605519",
    "pickup_code": "q7Zk-Vd0_eXw3RtYb81LsA",
    "wechat_code": "0h3Jd8sKw02mZxPq7TtYvB4nR6cL1aFg",
    "openid": "oTest5Kd5ggOC-bXrbNODIiE3bGY",
    "totp": "718293",
}
HALVES = {"half of sign_in_code": "20175561", "half of binding_code": "26605519"}


@pytest.fixture
def servers() -> Iterator[Servers]:
    """Give servers in which nobody else writes."""
    with scratch_servers() as running:
        yield running


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Give the folder of a run that used three secrets, and in whose logs and refusals none stands."""
    canaries = Canaries()
    for kind, value in (("phone", PHONE), ("token", TOKEN), ("password", PASSWORD)):
        canaries.add(kind, value)
    canaries.write(tmp_path / "seen-1.json")
    (tmp_path / "log-1.txt").write_text(f"139000077778 1{PHONE} 139****7777\n")
    (tmp_path / "refusals-1.txt").write_text('{"code": "wrong_credentials"}\n')
    return tmp_path


def write(servers: Servers, database: str, value: str) -> None:
    """Write a value into a table, and undo it."""
    url = ensure_database(servers.database_url, database)
    with psycopg.connect(libpq_url(url)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS things (id integer, text text, more text)")
        connection.commit()
        connection.execute("INSERT INTO things VALUES (1, %s, 'more')", (value,))
        connection.rollback()


def test_nothing_is_found_where_nothing_is(servers: Servers, kept: Path) -> None:
    assert search(servers, kept) == []


def test_rolled_back_rows_are_found_but_not_those_of_old_schemas(servers: Servers, kept: Path) -> None:
    write(servers, "migrations_1", PHONE)
    assert search(servers, kept) == []

    for value in (PHONE, TOKEN, PASSWORD):
        write(servers, "test_1", value)
    assert search(servers, kept) == [
        f"{kind} in clear in things of database test (1 times)" for kind in ("password", "phone", "token")
    ]


def test_what_redis_was_told_is_found_also_when_it_forgot(servers: Servers, kept: Path) -> None:
    with redis.Redis.from_url(servers.redis_url) as client:
        client.set("state", f"token:{TOKEN}")
        client.delete("state")

    assert "token in clear in Redis (1 times)" in search(servers, kept)


@pytest.mark.parametrize("file, where", [("log-2.txt", "log"), ("refusals-2.txt", "refusals")])
def test_logs_and_refusals_are_searched(servers: Servers, kept: Path, file: str, where: str) -> None:
    (kept / file).write_text(f"who={PHONE}, {PASSWORD}\n", encoding="utf-8")

    found = search(servers, kept)

    assert {f"phone in clear in {where} (1 times)", f"password in clear in {where} (1 times)"} <= set(found)


def used(codes: dict[str, str]) -> Canaries:
    """Give codes as a run keeps them."""
    canaries = Canaries()
    for kind, value in codes.items():
        canaries.add(kind, value)
    return canaries


@pytest.mark.parametrize(
    "line", ["code={}", '{{"code": "{}", "at": 1}}', r'"{{\"x\": \"{}\"}}"', "['{}', 1]", "totp{}"]
)
@pytest.mark.parametrize("kind, value", (CODES | HALVES).items())
def test_a_code_is_found_beside_its_name_and_as_a_value(line: str, kind: str, value: str) -> None:
    assert (value, kind) in used(CODES).finder().found_in(line.format(value).encode())


@pytest.mark.parametrize(
    "line", ["at {}", "{}.5", "0x{}f", "code=1{}", '"{}1"', '"{}, 1"', "code of 2026: {}"]
)
@pytest.mark.parametrize("value", [CODES["totp"], *HALVES.values()])
def test_a_few_digits_by_chance_are_no_code(line: str, value: str) -> None:
    assert list(used(CODES).finder().found_in(line.format(value).encode())) == []


def test_codes_are_found_in_every_place(servers: Servers, kept: Path) -> None:
    used(CODES).write(kept / "seen-2.json")
    assert search(servers, kept) == []

    wanted = CODES | HALVES
    with redis.Redis.from_url(servers.redis_url) as client:
        for number, value in enumerate(wanted.values()):
            write(servers, "test_1", value)
            client.set(f"state {number}", value)
    (kept / "log-2.txt").write_text("".join(f"code={value}\n" for value in wanted.values()))

    assert set(search(servers, kept)) == {
        f"{kind} in clear in {where} (1 times)"
        for where in ("Redis", "things of database test", "log")
        for kind in wanted
    }


def test_what_was_told_in_the_open_is_no_secret(servers: Servers, kept: Path) -> None:
    """A test sends its words in every field; only what another process sent apart stays a secret."""
    (kept / "refusals-2.txt").write_text(f"{PHONE} {TOKEN}")
    told = Canaries()
    told.tell(PHONE)
    told.tell("")
    told.write(kept / "seen-2.json")

    assert search(servers, kept) == ["token in clear in refusals (1 times)"]


def test_what_an_answer_shows_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a leak into an answer would hide itself."""
    monkeypatch.setenv(FOLDER, str(tmp_path))
    monkeypatch.setattr(canaries, "_seen", Canaries())
    canaries.look_at({"phone": PHONE, "name": TOKEN}, sent=True)
    canaries.look_at({"refresh_token": TOKEN, "value": PHONE, "list": [{"token": TOKEN}]}, sent=False)
    canaries.pytest_sessionfinish()

    assert Canaries.read(tmp_path).values == {PHONE: "phone"}


def test_a_run_that_kept_nothing_proves_nothing(servers: Servers, tmp_path: Path) -> None:
    assert search(servers, tmp_path) == ["no canary was kept: nothing was searched"]


URI = "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&issuer=x"


@pytest.mark.parametrize(
    "path, name, value, found",
    [
        ("", "phone", PHONE, ("phone", PHONE)),
        ("", "phone", "139****7777", None),
        ("", "id_number", "00000019550308002X", ("id_number", "00000019550308002X")),
        ("", "token", None, None),
        ("", "name", PHONE, None),
        ("", "old_password", PASSWORD + "!", ("old_password", PASSWORD + "!")),
        ("/v1/residents/x/reveal", "value", PHONE, ("number", PHONE)),
        ("/v1/rules", "value", PHONE, None),
        ("/v1/sessions/code", "code", "1" * 12, ("sign_in_code", "1" * 12)),
        ("/v1/areas", "code", "1" * 12, None),
        ("/v1/me/binding/id-number", "code", "1" * 16, ("binding_code", "1" * 16)),
        ("/v1/redemptions/x/hand-over", "code", "x" * 22, ("pickup_code", "x" * 22)),
        ("/v1/me/phone/wechat", "code", "x" * 32, ("wechat_code", "x" * 32)),
        ("/v1/visits", "code", "x" * 32, None),
        ("/v1/me/totp", "otpauth_uri", URI, ("totp_secret", "JBSWY3DPEHPK3PXP")),
    ],
)
def test_what_counts_as_a_secret(
    path: str, name: str, value: str | None, found: tuple[str, str] | None
) -> None:
    assert secret_in(name, value, path) == found


@pytest.mark.parametrize("refused, kept", [(True, {}), (False, {CODES["totp"]: "totp"})])
def test_a_guess_is_nobodys_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, refused: bool, kept: dict[str, str]
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    monkeypatch.setattr(canaries, "_seen", Canaries())
    canaries.look_at({"totp": CODES["totp"]}, sent=True, refused=refused)
    canaries.look_at_address(f"/v1/oauth/wechat/callback?code={CODES['wechat_code']}&state=x")
    canaries.pytest_sessionfinish()

    assert Canaries.read(tmp_path).values == {CODES["wechat_code"]: "wechat_code"} | kept
