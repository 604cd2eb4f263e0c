"""Settings: what runs, what is refused, and that a refusal names the variable and the remedy."""

from dataclasses import FrozenInstanceError
from pathlib import Path
from runpy import run_path

import pytest

from app.config import (
    PasswordProfile,
    RateSettings,
    RetentionSettings,
    SessionSettings,
    Settings,
    SettingsError,
    Stage,
    Suite,
    UnknownYears,
)
from app.keys import derived

KEY = "f3a9c1d07b5e48e2a6d4190c3b8e7f52"
RIGHT = {
    "DATABASE_URL": "postgresql://gongdi:geheim@127.0.0.1:5432/gongdi",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "GONGDI_SECRET_KEY": KEY,
    "GONGDI_PUBLIC_URL": "https://gongdi.example.cn",
    "GONGDI_PHOTO_DIR": "/srv/photos",
}
FIELD_KEY = "8c1f5e0b7a924d36e1c80f5ab2693d74c05e9817fd3a462b90e7518cd4f6a23b"
INDEX_KEY = "47d2a90e6b1c835f0e9d24c7ba61f38052ce7d198f46b3a01d75e92c60b84fa3"
PRODUCTION = {
    "GONGDI_ENV": "production",
    "GONGDI_FIELD_KEYS": f"2026a:{FIELD_KEY}",
    "GONGDI_INDEX_KEY": INDEX_KEY,
    "GONGDI_AUDIT_COPIES": "/checkpoints",
    "GONGDI_REDELETE_LIST": "/removals",
}


def read(**changes: str | None) -> Settings:
    environ = RIGHT | changes
    return Settings.read({name: value for name, value in environ.items() if value is not None})


def refusal(**changes: str | None) -> str:
    with pytest.raises(SettingsError) as caught:
        read(**changes)
    return str(caught.value)


def test_the_least_that_is_needed() -> None:
    settings = read()

    assert settings == Settings(
        stage=Stage.DEVELOPMENT,
        database_url="postgresql+psycopg://gongdi:geheim@127.0.0.1:5432/gongdi",
        redis_url="redis://127.0.0.1:6379/0",
        secret_key=KEY,
        field_keys=(("laptop", derived(KEY, "field keys of a laptop")),),
        field_suite=Suite.INTL,
        index_key=derived(KEY, "index key of a laptop"),
        index_suite=Suite.INTL,
        public_url="https://gongdi.example.cn",
        photo_dir=Path("/srv/photos"),
        photo_bucket=None,
        clamd=None,
        trusted_hosts=("gongdi.example.cn",),
        proxy_hops=0,
        font_file=None,
        holidays_file=None,
        unknown_years=UnknownYears.WEEKENDS,
        rates=RateSettings(1200, 600, 6000),
        sessions=SessionSettings(12, 30, 8, 15, 1, PasswordProfile.MLPS),
        photos_a_day=600,
        photo_megabytes_a_day=1000,
        database_pool=8,
        threads=8,
        months_kept=RetentionSettings(audit=13, photos=36, notices=12, care=36, gone=12, ended=36),
        audit_copies=None,
        redelete_list=None,
        wechat=None,
    )


def test_everything_that_may_be_set(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    settings = read(
        **(PRODUCTION | {"GONGDI_AUDIT_COPIES": str(tmp_path / "to come")}),
        GONGDI_TRUSTED_HOSTS="gongdi.example.cn, 10.0.0.5 ,",
        GONGDI_PROXY_HOPS="2",
        GONGDI_FONT_FILE=str(file),
        GONGDI_HOLIDAYS_FILE=str(file),
        GONGDI_UNKNOWN_YEARS="weekends",
        GONGDI_SESSION_HOURS="24",
        GONGDI_USER_READS_A_MINUTE="60",
        GONGDI_USER_WRITES_A_MINUTE="30",
        GONGDI_ADDRESS_REQUESTS_A_MINUTE="1000000",
        GONGDI_PHOTOS_A_DAY="300",
        GONGDI_PHOTO_MEGABYTES_A_DAY="500",
        GONGDI_DATABASE_POOL="100",
        GONGDI_THREADS="16",
        GONGDI_AUDIT_MONTHS="12",
        GONGDI_PHOTO_MONTHS="6",
        GONGDI_NOTICE_MONTHS="3",
        GONGDI_CARE_MONTHS="24",
        GONGDI_GONE_MONTHS="36",
        GONGDI_ENDED_MONTHS="600",
    )

    assert settings.is_production
    assert settings.trusted_hosts == ("gongdi.example.cn", "10.0.0.5")
    assert settings.rates == RateSettings(60, 30, 1_000_000)
    assert (settings.photos_a_day, settings.photo_megabytes_a_day) == (300, 500)
    assert (settings.proxy_hops, settings.sessions.app_hours, settings.database_pool) == (2, 24, 100)
    assert settings.threads == 16
    assert (settings.font_file, settings.holidays_file) == (file, file)
    assert settings.unknown_years is UnknownYears.WEEKENDS
    assert settings.months_kept == RetentionSettings(12, photos=6, notices=3, care=24, gone=36, ended=600)
    assert settings.audit_copies == tmp_path / "to come"


@pytest.mark.parametrize("asked, threads", [(None, 8), ("", 8), ("3", 3)])
def test_gunicorn_and_the_settings_read_the_same_threads(
    monkeypatch: pytest.MonkeyPatch, asked: str | None, threads: int
) -> None:
    """The bulkhead leaves places free among as many threads as gunicorn runs."""
    monkeypatch.delenv("GONGDI_THREADS", raising=False)
    if asked is not None:
        monkeypatch.setenv("GONGDI_THREADS", asked)

    assert run_path("gunicorn.conf.py")["threads"] == threads
    assert read(GONGDI_THREADS=asked).threads == threads


@pytest.mark.parametrize(
    "public_url, host",
    [
        ("http://127.0.0.1:8000/", "127.0.0.1"),
        ("http://[::1]:8000", "[::1]"),
        ("https://Gongdi.example.cn", "gongdi.example.cn"),
    ],
)
def test_our_own_host_is_trusted(public_url: str, host: str) -> None:
    settings = read(GONGDI_PUBLIC_URL=public_url)

    assert settings.trusted_hosts == (host,)
    assert settings.public_url == public_url.rstrip("/")


def test_hosts_that_are_named_stand_beside_our_own() -> None:
    """S-138: who names what probes use does not shut out everybody else."""
    settings = read(GONGDI_TRUSTED_HOSTS="10.0.0.5, 127.0.0.1")

    assert settings.trusted_hosts == ("gongdi.example.cn", "10.0.0.5", "127.0.0.1")


def test_settings_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        read().secret_key = "another"  # type: ignore[misc]


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    shown = repr(read(REDIS_URL="redis://:redis-word@127.0.0.1/0"))

    assert not [secret for secret in (KEY, "geheim", "redis-word") if secret in shown]


@pytest.mark.parametrize("value", [None, "", "   "])
@pytest.mark.parametrize("name", RIGHT)
def test_what_is_needed_must_be_there(name: str, value: str | None) -> None:
    message = refusal(**{name: value})

    assert name in message
    assert "docs/operations.md" in message


@pytest.mark.parametrize(
    "name, value",
    [
        ("GONGDI_ENV", "prod"),
        ("GONGDI_ENV", ""),
        ("GONGDI_ENV", "Production"),
        ("DATABASE_URL", "sqlite:///gongdi.db"),
        ("DATABASE_URL", "mysql://127.0.0.1/gongdi"),
        ("DATABASE_URL", "postgresql+asyncpg://127.0.0.1/gongdi"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("REDIS_URL", "http://127.0.0.1:6379"),
        ("GONGDI_SECRET_KEY", KEY[:-1]),
        ("GONGDI_PUBLIC_URL", "gongdi.example.cn"),
        ("GONGDI_PUBLIC_URL", "ftp://gongdi.example.cn"),
        ("GONGDI_PUBLIC_URL", "https://"),
        ("GONGDI_PUBLIC_URL", "https://gongdi.example.cn/app"),
        ("GONGDI_PUBLIC_URL", "https://gongdi.example.cn?a=1"),
        ("GONGDI_PUBLIC_URL", "https://gongdi.example.cn#a"),
        ("GONGDI_PUBLIC_URL", "https://gongdi.example.cn?"),
        ("GONGDI_PUBLIC_URL", "https://gongdi.example.cn:port"),
        ("GONGDI_PUBLIC_URL", "https://user:word@gongdi.example.cn"),
        ("GONGDI_PUBLIC_URL", "https://gongdi.example.cn:99999"),
        ("GONGDI_PROXY_HOPS", "-1"),
        ("GONGDI_PROXY_HOPS", "6"),
        ("GONGDI_PROXY_HOPS", "one"),
        ("GONGDI_PROXY_HOPS", ""),
        ("GONGDI_SESSION_HOURS", "0"),
        ("GONGDI_SESSION_HOURS", "25"),
        ("GONGDI_SESSION_IDLE_MINUTES", "4"),
        ("GONGDI_CONSOLE_SESSIONS", "0"),
        ("GONGDI_PHOTOS_A_DAY", "0"),
        ("GONGDI_PHOTO_MEGABYTES_A_DAY", "100001"),
        ("GONGDI_SESSION_HOURS", "1.5"),
        ("GONGDI_SESSION_HOURS", "１２"),
        ("GONGDI_DATABASE_POOL", "0"),
        ("GONGDI_DATABASE_POOL", "101"),
        ("GONGDI_THREADS", "0"),
        ("GONGDI_THREADS", "1001"),
        ("GONGDI_AUDIT_MONTHS", "0"),
        ("GONGDI_PHOTO_MONTHS", "0"),
        ("GONGDI_NOTICE_MONTHS", "601"),
        ("GONGDI_CARE_MONTHS", "0"),
        ("GONGDI_GONE_MONTHS", "37"),
        ("GONGDI_ENDED_MONTHS", "601"),
        ("GONGDI_AUDIT_COPIES", "/no/such/folder/copies"),
        ("GONGDI_REDELETE_LIST", "/no/such/folder/removals"),
        ("GONGDI_FONT_FILE", "/no/such/font.otf"),
        ("GONGDI_HOLIDAYS_FILE", "/no/such/days.json"),
        ("GONGDI_HOLIDAYS_FILE", "/"),
        ("GONGDI_UNKNOWN_YEARS", "guess"),
        ("GONGDI_TRUSTED_HOSTS", "*"),
        ("GONGDI_TRUSTED_HOSTS", "https://gongdi.example.cn"),
    ],
)
def test_nonsense_is_refused_with_the_variables_name(name: str, value: str) -> None:
    assert name in refusal(**{name: value})


@pytest.mark.parametrize(
    "name, value",
    [
        ("GONGDI_SECRET_KEY", "sample-f3a9c1d07b5e48e2a6d4190c3b8e7f52"),
        ("GONGDI_SECRET_KEY", "0123" * 8),
        ("GONGDI_SECRET_KEY", "a" * 64),
        ("GONGDI_PUBLIC_URL", "http://gongdi.example.cn"),
        ("GONGDI_AUDIT_MONTHS", "11"),
        ("FLASK_DEBUG", "1"),
        ("GONGDI_DEBUG", "true"),
        ("PYTHONINSPECT", "x"),
    ],
)
def test_production_refuses_what_a_laptop_may_do(name: str, value: str) -> None:
    assert name in refusal(**(PRODUCTION | {name: value}))
    assert read(**{name: value}).stage is Stage.DEVELOPMENT


@pytest.mark.parametrize("value", ["", "0", "false", "no", "False"])
def test_debug_that_is_off_is_off(value: str) -> None:
    assert read(**PRODUCTION, FLASK_DEBUG=value).is_production


@pytest.mark.parametrize("value", [None, "", "  "])
def test_production_keeps_checkpoints_out_of_the_database(value: str | None) -> None:
    """S-101: without that file nobody misses rows that are taken from the trail's end."""
    refused = refusal(**(PRODUCTION | {"GONGDI_AUDIT_COPIES": value}))

    assert refused.startswith("GONGDI_AUDIT_COPIES is not set: ")
    assert read(GONGDI_AUDIT_COPIES=value).audit_copies is None


@pytest.mark.parametrize("value", [None, "", "  "])
def test_production_keeps_removals_out_of_the_database(value: str | None) -> None:
    """S-81: without that file a restored backup brings back what people had removed."""
    refused = refusal(**(PRODUCTION | {"GONGDI_REDELETE_LIST": value}))

    assert refused.startswith("GONGDI_REDELETE_LIST is not set: ")
    assert read(GONGDI_REDELETE_LIST=value).redelete_list is None


def test_production_does_not_guess_working_days() -> None:
    assert read(**PRODUCTION).unknown_years is UnknownYears.REFUSE


def test_a_refusal_shows_no_secret() -> None:
    assert "word" not in refusal(DATABASE_URL="mysql://gongdi:word@127.0.0.1/gongdi")
    assert KEY[:-1] not in refusal(GONGDI_SECRET_KEY=KEY[:-1])


def test_sealing_keys_are_read_in_their_order() -> None:
    settings = read(
        **(PRODUCTION | {"GONGDI_FIELD_KEYS": f"2027a:{INDEX_KEY[::-1]}, 2026a:{FIELD_KEY}"}),
        GONGDI_FIELD_SUITE="gm",
    )

    assert [name for name, _ in settings.field_keys] == ["2027a", "2026a"]
    assert settings.field_keys[1][1] == bytes.fromhex(FIELD_KEY)
    assert (settings.field_suite, settings.index_key) == (Suite.GM, bytes.fromhex(INDEX_KEY))
    assert FIELD_KEY not in repr(settings)
    assert str(bytes.fromhex(INDEX_KEY)) not in repr(settings)


@pytest.mark.parametrize(
    "name, value",
    [
        ("GONGDI_FIELD_KEYS", None),
        ("GONGDI_FIELD_KEYS", FIELD_KEY),
        ("GONGDI_FIELD_KEYS", f"a:{FIELD_KEY[:-1]}"),
        ("GONGDI_FIELD_KEYS", f"a:{FIELD_KEY},a:{INDEX_KEY[::-1]}"),
        ("GONGDI_FIELD_KEYS", f"a b:{FIELD_KEY}"),
        ("GONGDI_FIELD_KEYS", f"a:{'ab' * 32}"),
        ("GONGDI_FIELD_KEYS", f"a:{INDEX_KEY}"),
        ("GONGDI_INDEX_KEY", None),
        ("GONGDI_INDEX_KEY", "0" * 64),
        ("GONGDI_INDEX_KEY", INDEX_KEY + "00"),
        ("GONGDI_FIELD_SUITE", "des"),
    ],
)
def test_production_refuses_missing_weak_and_shared_sealing_keys(name: str, value: str | None) -> None:
    """S-112: keys come from outside, and start-up refuses what is no key."""
    assert name in refusal(**(PRODUCTION | {name: value}))
