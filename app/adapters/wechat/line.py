"""How one of our apps asks WeChat: not at all where the day's quota of a call is used up.

WeChat counts by app and call, and begins anew at midnight in China. Whoever went on asking would hear the
same each time, so the first 45009 holds for every process until then.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import redis

from app.adapters.wechat.deadline import Deadline
from app.adapters.wechat.errors import OF_THE_DAY, WeChatQuotaError
from app.adapters.wechat.reply import Reply
from app.adapters.wechat.transport import TOTAL_S, Transport
from app.adapters.wechat.used_up import UsedUp


class Line:
    """The way of one appid, through the transport that all share."""

    def __init__(self, transport: Transport, client: redis.Redis, *, appid: str, secret: str) -> None:
        self._transport = transport
        self._used_up = UsedUp(client, appid)
        self.appid = appid
        self.secret = secret

    def ask(
        self,
        path: str,
        query: Mapping[str, str],
        *,
        body: Mapping[str, Any] | None = None,
        repeatable: bool,
        deadline: Deadline,
        counted_as: str = "",
    ) -> Reply:
        """Ask as ``Transport.ask`` does. What WeChat counts apart from its path is ``counted_as`` a name.

        Raises WeChatQuotaError without asking where the day's quota is used up, and the other kinds.
        """
        call = counted_as or path
        left_s = self._used_up.left_s(call)
        if left_s:
            raise WeChatQuotaError(path, errcode=OF_THE_DAY, retry_after_s=left_s)
        try:
            return self._transport.ask(path, query, body=body, repeatable=repeatable, deadline=deadline)
        except WeChatQuotaError as error:
            if error.errcode == OF_THE_DAY and error.retry_after_s:
                self._used_up.note(call, error.retry_after_s)
            raise

    def used_up(self) -> dict[str, datetime]:
        """List the calls that wait for the day's end, and until when. Raises what Redis raises."""
        return self._used_up.listed()

    def begin_anew(self) -> None:
        """Let WeChat begin the app's quotas anew, which it does ten times a month (then: 48006).

        Raises the WeChatError that fits, and what Redis raises.
        """
        self._transport.ask(
            "/cgi-bin/clear_quota/v2",
            {},
            body={"appid": self.appid, "appsecret": self.secret},
            repeatable=False,
            deadline=Deadline.after(TOTAL_S),
        )
        self._used_up.forget()
