"""Settings: read once from the environment, frozen, loud when wrong."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from app.config.photo_files import BucketSettings, ScannerSettings, read_bucket, read_scanner
from app.config.rates import RateSettings, read_rates
from app.config.retention import RetentionSettings, read_retention
from app.config.sessions import SessionSettings, read_sessions
from app.config.wechat import WeChatSettings, read_wechat
from app.keys import derived
from app.threads import THREADS_NAME, threads_asked

SAMPLE_KEY_PREFIX = "sample-"
"""Keys that stand in docs and examples begin like this; production refuses them."""
_KEY_LENGTH = 32
_KEY_NAME = re.compile(r"[A-Za-z0-9-]{1,20}")
_HEX_KEY = re.compile(r"[0-9A-Fa-f]{64}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.IGNORECASE)
_Word = TypeVar("_Word", bound=StrEnum)
_Group = TypeVar("_Group")


class Stage(StrEnum):
    """Where this process runs."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class UnknownYears(StrEnum):
    """What to do with working days of a year whose holidays are not published yet."""

    REFUSE = "refuse"
    WEEKENDS = "weekends"


class Suite(StrEnum):
    """Algorithms of sealed fields: AES-256-GCM and HMAC-SHA-256, or SM4-GCM and HMAC-SM3 (GB/T 39786)."""

    INTL = "intl"
    GM = "gm"


class SettingsError(Exception):
    """The environment asks for something that must not run; the text says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything the process takes from its environment."""

    stage: Stage
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    field_keys: tuple[tuple[str, bytes], ...] = field(repr=False)
    """Names and keys of sealed fields: the first one seals, all of them open."""
    field_suite: Suite
    index_key: bytes = field(repr=False)
    """Makes the blind indexes by which sealed values are found again."""
    index_suite: Suite
    """Of the blind indexes: chosen once, for all look-ups go by it."""
    public_url: str
    photo_dir: Path
    """Folder of photo files, where no bucket holds them."""
    photo_bucket: BucketSettings | None
    clamd: ScannerSettings | None
    trusted_hosts: tuple[str, ...]
    proxy_hops: int
    """Reverse proxies in front whose X-Forwarded-For is believed."""
    font_file: Path | None
    holidays_file: Path | None
    """JSON with holidays and make-up days of years that the calendar package does not know."""
    unknown_years: UnknownYears
    sessions: SessionSettings
    rates: RateSettings
    photos_a_day: int
    """How many photos one person may send on a day in China."""
    photo_megabytes_a_day: int
    database_pool: int
    threads: int
    """Of each web process, as gunicorn reads them too."""
    months_kept: RetentionSettings
    audit_copies: Path | None
    """File that takes a copy of each checkpoint of the audit trail."""
    redelete_list: Path | None
    """File that takes a line for each removal that people asked for."""
    wechat: WeChatSettings | None
    """None where this installation does without WeChat."""

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read and check the environment.

        Raises SettingsError naming the variable and the remedy.
        """
        stage = _one_of(environ, "GONGDI_ENV", Stage, Stage.DEVELOPMENT)
        public_url = _need(environ, "GONGDI_PUBLIC_URL").rstrip("/")
        font = environ.get("GONGDI_FONT_FILE")
        holidays = environ.get("GONGDI_HOLIDAYS_FILE")
        default_unknown = UnknownYears.REFUSE if stage is Stage.PRODUCTION else UnknownYears.WEEKENDS
        bucket = _group(read_bucket, environ, stage)
        settings = cls(
            stage=stage,
            database_url=_database_url(_need(environ, "DATABASE_URL")),
            redis_url=_need(environ, "REDIS_URL"),
            secret_key=_need(environ, "GONGDI_SECRET_KEY"),
            field_keys=_field_keys(environ, stage),
            field_suite=_one_of(environ, "GONGDI_FIELD_SUITE", Suite, Suite.INTL),
            index_key=_index_key(environ, stage),
            index_suite=_one_of(environ, "GONGDI_INDEX_SUITE", Suite, Suite.INTL),
            public_url=public_url,
            photo_dir=Path(
                environ.get("GONGDI_PHOTO_DIR", "") if bucket else _need(environ, "GONGDI_PHOTO_DIR")
            ),
            photo_bucket=bucket,
            clamd=_group(read_scanner, environ, stage),
            trusted_hosts=_hosts(environ.get("GONGDI_TRUSTED_HOSTS"), public_url),
            proxy_hops=_whole(environ, "GONGDI_PROXY_HOPS", 0, 0, 5),
            font_file=_existing("GONGDI_FONT_FILE", font),
            holidays_file=_existing("GONGDI_HOLIDAYS_FILE", holidays),
            unknown_years=_one_of(environ, "GONGDI_UNKNOWN_YEARS", UnknownYears, default_unknown),
            rates=read_rates(partial(_whole, environ)),
            sessions=read_sessions(partial(_whole, environ), partial(_one_of, environ)),
            photos_a_day=_whole(environ, "GONGDI_PHOTOS_A_DAY", 600, 1, 100_000),
            photo_megabytes_a_day=_whole(environ, "GONGDI_PHOTO_MEGABYTES_A_DAY", 1000, 1, 100_000),
            database_pool=_whole(environ, "GONGDI_DATABASE_POOL", 8, 1, 100),
            threads=_number(THREADS_NAME, threads_asked(environ), 1, 1000),
            months_kept=read_retention(partial(_whole, environ), audit_least=_months_least(stage)),
            audit_copies=_in_folder("GONGDI_AUDIT_COPIES", environ.get("GONGDI_AUDIT_COPIES")),
            redelete_list=_in_folder("GONGDI_REDELETE_LIST", environ.get("GONGDI_REDELETE_LIST")),
            wechat=_group(read_wechat, environ, stage),
        )
        _check(settings, environ)
        return settings

    @property
    def is_production(self) -> bool:
        """Say whether real people depend on this process."""
        return self.stage is Stage.PRODUCTION


def _check(settings: Settings, environ: Mapping[str, str]) -> None:
    if len(settings.secret_key) < _KEY_LENGTH:
        message = (
            f"GONGDI_SECRET_KEY is shorter than {_KEY_LENGTH} signs: make one with `openssl rand -hex 32`"
        )
        raise SettingsError(message)
    if not _is_origin(settings.public_url):
        message = "GONGDI_PUBLIC_URL must be scheme and host only, such as https://gongdi.example.cn"
        raise SettingsError(message)
    if not all(_HOST.fullmatch(host) for host in settings.trusted_hosts):
        message = (
            "GONGDI_TRUSTED_HOSTS must be host names only, with commas between, such as gongdi.example.cn"
        )
        raise SettingsError(message)
    if urlsplit(settings.redis_url).scheme not in {"redis", "rediss", "unix"}:
        message = "REDIS_URL must start with redis://, rediss:// or unix://"
        raise SettingsError(message)
    if settings.is_production:
        _check_production(settings, environ)


def _check_production(settings: Settings, environ: Mapping[str, str]) -> None:
    key = settings.secret_key
    if key.startswith(SAMPLE_KEY_PREFIX) or len(set(key)) < _KEY_LENGTH // 4:
        message = "GONGDI_SECRET_KEY is a sample or too regular: make one with `openssl rand -hex 32`"
        raise SettingsError(message)
    if not settings.public_url.startswith("https://"):
        message = "GONGDI_PUBLIC_URL must be https:// in production"
        raise SettingsError(message)
    if key in environ["GONGDI_FIELD_KEYS"] or settings.index_key in dict(settings.field_keys).values():
        message = "GONGDI_SECRET_KEY, GONGDI_FIELD_KEYS and GONGDI_INDEX_KEY must differ from each other"
        raise SettingsError(message)
    if settings.audit_copies is None:
        message = (
            "GONGDI_AUDIT_COPIES is not set: production copies each checkpoint of the audit trail to "
            "a file that another machine fetches, see docs/audit.md, checkpoints"
        )
        raise SettingsError(message)
    if settings.redelete_list is None:
        message = (
            "GONGDI_REDELETE_LIST is not set: production keeps what people had removed in a file that "
            "another machine fetches, or a restored backup brings it back, see docs/operations.md, backup"
        )
        raise SettingsError(message)
    for name in ("FLASK_DEBUG", "GONGDI_DEBUG", "PYTHONINSPECT"):
        if environ.get(name, "0").lower() not in {"", "0", "false", "no"}:
            message = f"{name} must not be set in production"
            raise SettingsError(message)


def _is_origin(url: str) -> bool:
    """Say whether it is http or https with a host, perhaps a port, and nothing else."""
    parts = urlsplit(url)
    try:
        port_fits = parts.port != 0
    except ValueError:
        return False
    bare = url == f"{parts.scheme}://{parts.netloc}" and "@" not in parts.netloc
    return bare and port_fits and parts.scheme in {"http", "https"} and bool(parts.hostname)


def _need(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        message = f"{name} is not set: see docs/operations.md, settings"
        raise SettingsError(message)
    return value


def _field_keys(environ: Mapping[str, str], stage: Stage) -> tuple[tuple[str, bytes], ...]:
    """Read ``name:64 hexadecimal digits``, with commas between; a laptop derives one from its secret."""
    if stage is not Stage.PRODUCTION and not environ.get("GONGDI_FIELD_KEYS"):
        return (("laptop", derived(_need(environ, "GONGDI_SECRET_KEY"), "field keys of a laptop")),)
    pairs = [pair.strip().partition(":") for pair in _need(environ, "GONGDI_FIELD_KEYS").split(",")]
    names = [name for name, _, _ in pairs]
    if not all(_KEY_NAME.fullmatch(name) for name in names) or len(set(names)) < len(names):
        message = (
            "GONGDI_FIELD_KEYS: each key needs its own name of 1 to 20 letters, digits or hyphens, "
            "such as 2026a:<64 hexadecimal digits>"
        )
        raise SettingsError(message)
    return tuple((name, _hex_key("GONGDI_FIELD_KEYS", digits)) for name, _, digits in pairs)


def _index_key(environ: Mapping[str, str], stage: Stage) -> bytes:
    if stage is not Stage.PRODUCTION and not environ.get("GONGDI_INDEX_KEY"):
        return derived(_need(environ, "GONGDI_SECRET_KEY"), "index key of a laptop")
    return _hex_key("GONGDI_INDEX_KEY", _need(environ, "GONGDI_INDEX_KEY"))


def _hex_key(name: str, digits: str) -> bytes:
    if not _HEX_KEY.fullmatch(digits):
        message = f"{name} needs keys of 64 hexadecimal digits: make one with `openssl rand -hex 32`"
        raise SettingsError(message)
    key = bytes.fromhex(digits)
    if len(set(key)) < _KEY_LENGTH // 4:
        message = f"{name} holds a key that is too regular: make one with `openssl rand -hex 32`"
        raise SettingsError(message)
    return key


def _group(read: Callable[..., _Group | None], environ: Mapping[str, str], stage: Stage) -> _Group | None:
    """Read settings that belong together, and that an installation may do without."""
    try:
        return read(environ, production=stage is Stage.PRODUCTION)
    except ValueError as error:
        raise SettingsError(*error.args) from None


def _one_of(environ: Mapping[str, str], name: str, words: type[_Word], default: _Word) -> _Word:
    value = environ.get(name)
    if value is None:
        return default
    try:
        return words(value)
    except ValueError:
        message = f"{name} must be one of {', '.join(words)}, not {value!r}"
        raise SettingsError(message) from None


def _whole(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    value = environ.get(name)
    return default if value is None else _number(name, value, least, most)


def _number(name: str, value: str, least: int, most: int) -> int:
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        message = f"{name} must be a whole number from {least} to {most}, not {value!r}"
        raise SettingsError(message)
    return int(value)


def _existing(name: str, value: str | None) -> Path | None:
    if not value:
        return None
    if not Path(value).is_file():
        message = f"{name} names a file that is not there: {value}"
        raise SettingsError(message)
    return Path(value)


def _in_folder(name: str, value: str | None) -> Path | None:
    if not value or not value.strip():
        return None
    if not Path(value).parent.is_dir():
        message = f"{name} names a file in a folder that is not there: {value}"
        raise SettingsError(message)
    return Path(value)


def _months_least(stage: Stage) -> int:
    """Give a year where real people depend on it (互联网政务应用安全管理规定, article 20)."""
    return 12 if stage is Stage.PRODUCTION else 1


def _hosts(value: str | None, public_url: str) -> tuple[str, ...]:
    """Give the public URL's own host, under which people come in any case, and those named beside it."""
    named = [host.strip() for host in (value or "").split(",") if host.strip()]
    own = urlsplit(public_url).hostname or ""
    return tuple(dict.fromkeys([f"[{own}]" if ":" in own else own, *named]))


def _database_url(value: str) -> str:
    if value.startswith("postgresql://"):
        value = value.replace("postgresql://", "postgresql+psycopg://", 1)
    if not value.startswith("postgresql+psycopg://"):
        message = "DATABASE_URL must start with postgresql://"
        raise SettingsError(message)
    return value
