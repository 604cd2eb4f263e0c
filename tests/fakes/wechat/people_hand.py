"""What a tester lets people with WeChat do."""

from dataclasses import dataclass
from typing import Any

from tests import canaries
from tests.fakes.wechat.accounts import H5_APPID, MINI_APPID
from tests.fakes.wechat.hand import ANSWER_S, FakeError, Hand


@dataclass(frozen=True)
class Person:
    """A person with WeChat, as the fake knows him."""

    name: str
    openids: dict[str, str]
    """By appid."""
    unionids: dict[str, str | None]

    @property
    def openid(self) -> str:
        """Return the openid within the mini-program."""
        return self.openids[MINI_APPID]

    @property
    def h5_openid(self) -> str:
        """Return the openid within the service account."""
        return self.openids[H5_APPID]

    @property
    def unionid(self) -> str | None:
        """Return the unionid, as the mini-program gets it."""
        return self.unionids[MINI_APPID]


class PeopleHand(Hand):
    """People, their codes, and what they tap."""

    def user(self, name: str, **changes: Any) -> Person:
        """Register a person, or change one: the attributes of ``accounts.User``."""
        found = self._do("user", name=name, **changes)
        for openid in found["openids"].values():
            canaries.look_at({"openid": openid}, sent=True)
        return Person(name, found["openids"], found["unionids"])

    def login_code(self, user: str | Person, appid: str = MINI_APPID) -> str:
        """Return what ``wx.login`` gives on this person's phone."""
        return self._code("login", user, appid)

    def phone_code(self, user: str | Person, appid: str = MINI_APPID) -> str:
        """Return what a tap on the phone number button gives."""
        return self._code("phone", user, appid)

    def oauth_code(self, user: str | Person, appid: str = H5_APPID, *, scope: str = "snsapi_base") -> str:
        """Return the code that the authorize page would send to the callback."""
        return self._code("oauth", user, appid, scope=scope)

    def browse_as(self, user: str | Person | None) -> None:
        """Say whose browser comes to the authorize page; None lets the page ask."""
        self._do("browser", **({} if user is None else {"user": _name(user)}))

    def authorize(self, address: str, user: str | Person) -> str:
        """Open an authorize address as this person and return where the browser is sent.

        Open that address twice for a callback that arrives twice. Raises FakeError if the page shows trouble.
        """
        self.browse_as(user)
        answer = self._http.get(address, allow_redirects=False, timeout=ANSWER_S)
        self.browse_as(None)
        if "Location" not in answer.headers:
            raise FakeError(answer.text)
        canaries.look_at_address(answer.headers["Location"])
        return answer.headers["Location"]

    def visit(self, user: str | Person, appid: str = MINI_APPID) -> None:
        """Let a person open the mini-program now; a login does so too."""
        self._do("visit", user=_name(user), appid=appid)

    def accept(self, user: str | Person, *templates: str, appid: str = MINI_APPID) -> None:
        """Let a person accept templates: one message each, or any number of a long-term one."""
        self.popup(user, dict.fromkeys(templates, "accept"), appid)

    def popup(self, user: str | Person, answers: dict[str, str], appid: str = MINI_APPID) -> None:
        """Let a person answer ``accept``, ``reject`` or ``ban`` to templates; the event waits."""
        self._do("popup", user=_name(user), answers=answers, appid=appid)

    def turn_off(self, user: str | Person, template: str, appid: str = MINI_APPID) -> None:
        """Let a person turn a template off in the settings; the event waits to be pushed."""
        self._do("turn_off", user=_name(user), template=template, appid=appid)

    def left(self, user: str | Person, template: str, appid: str = MINI_APPID) -> int | None:
        """Return how many messages would still reach a person; None is any number."""
        found: int | None = self._do("left", user=_name(user), template=template, appid=appid)["left"]
        return found

    def message_under_way(self, user: str | Person, appid: str = MINI_APPID) -> bool:
        """Return whether a message to a person is under way, as ``habit(holds_messages=True)`` keeps it."""
        return bool(self._do("under_way", user=_name(user), appid=appid)["under_way"])

    def revoke(self, user: str | Person, info: int, appid: str = MINI_APPID) -> None:
        """Let a person take an authorisation back: 8 phone, 13 location, 14 photos. The event waits."""
        self._privacy(user, "user_authorization_revoke", info, appid)

    def close_account(self, user: str | Person, appid: str = MINI_APPID) -> None:
        """Let a person close the account: nothing reaches the person any more. The event waits."""
        self._privacy(user, "user_authorization_cancellation", "", appid)

    def clean_profile(self, user: str | Person, appid: str = MINI_APPID) -> None:
        """Let the platform clean a person's data. The event waits."""
        self._privacy(user, "user_info_modified", "", appid)

    def _privacy(self, user: str | Person, event: str, info: object, appid: str) -> None:
        self._do("privacy", user=_name(user), event=event, info=info, appid=appid)

    def _code(self, kind: str, user: str | Person, appid: str, **more: str) -> str:
        code = str(self._do("code", kind=kind, user=_name(user), appid=appid, **more)["code"])
        canaries.look_at({"wechat_code": code}, sent=True)
        return code


def _name(user: str | Person) -> str:
    return user if isinstance(user, str) else user.name
