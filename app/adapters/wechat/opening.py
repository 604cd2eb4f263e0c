"""Making the client from the settings."""

from dataclasses import dataclass

import redis

from app.adapters.wechat.access_token import AccessToken
from app.adapters.wechat.callbacks import Callbacks
from app.adapters.wechat.line import Line
from app.adapters.wechat.mini_program import MiniProgram
from app.adapters.wechat.service_account import ServiceAccount
from app.adapters.wechat.transport import Transport
from app.config import WeChatSettings
from app.keys import derived


@dataclass(frozen=True)
class WeChat:
    """What of WeChat this installation uses; one for each process, shared by its threads."""

    mini: MiniProgram
    web: ServiceAccount | None
    """Absent unless a service account is set."""
    callbacks: Callbacks | None
    """Absent unless the callback's token and keys are set."""
    lines: tuple[Line, ...]
    """Of the mini-program and, if there is one, the service account: what of their quotas is left."""


def open_wechat(
    settings: WeChatSettings | None, client: redis.Redis, *, secret_key: str, hosts: tuple[str, ...]
) -> WeChat | None:
    """Make the client; None if the settings name no mini-program. ``hosts`` are those of our own web pages.

    Raises WeChatConfigurationError for an unknown template.
    """
    if settings is None:
        return None
    transport = Transport(settings.base_url)
    key = derived(secret_key, "wechat tokens")

    line = Line(transport, client, appid=settings.appid, secret=settings.secret)
    lines = [line]
    mini = MiniProgram(
        line,
        client,
        AccessToken(line, client, key=key),
        template_ids=dict(settings.templates),
        long_term=settings.long_term,
    )
    web = callbacks = None
    if settings.web_appid:
        line = Line(transport, client, appid=settings.web_appid, secret=settings.web_secret)
        lines.append(line)
        web = ServiceAccount(
            line,
            client,
            AccessToken(line, client, key=key),
            key=key,
            login_url=settings.login_url,
            hosts=hosts,
        )
    if settings.callback_keys:
        callbacks = Callbacks(
            client,
            appid=settings.appid,
            token=settings.callback_token,
            encoding_keys=settings.callback_keys,
        )
    return WeChat(mini, web, callbacks, tuple(lines))
