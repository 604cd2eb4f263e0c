"""Entry of `python -m app.jobs`."""

import sys

from app.adapters import connect, open_photos, wechat
from app.audit import AuditKeys
from app.config import Settings, SettingsError
from app.db import engine_for
from app.jobs.scheduler import CONNECTIONS, serve
from app.jobs.work import Means
from app.logs import write_json_lines
from app.sealing import Sealer
from app.workdays import WorkCalendar

write_json_lines()
try:
    settings = Settings.read()
except SettingsError as error:
    sys.exit(f"Error: {error}")
client = wechat.open_wechat(
    settings.wechat,
    connect(settings.redis_url),
    secret_key=settings.secret_key,
    hosts=settings.trusted_hosts,
)
serve(
    Means(
        engine_for(settings, connections=CONNECTIONS),
        open_photos(settings),
        AuditKeys.of(settings),
        Sealer.of(settings),
        settings.audit_copies,
        settings.months_kept,
        client.mini if client else None,
        settings.redelete_list,
        WorkCalendar.of(settings),
    )
)
