"""Who accepted which message template, and how many times."""

from collections import Counter

from tests.fakes.wechat.accounts import App, User
from tests.fakes.wechat.refusals import Refusal


class Subscriptions:
    """Sends left by person and template; a long-term template has no end of them."""

    def __init__(self) -> None:
        self._left: Counter[tuple[str, str]] = Counter()
        self._long_term: set[tuple[str, str]] = set()
        self.under_way: set[str] = set()
        """People a message is being sent to: a second one at the same time is refused."""
        self.sensitive_words = ["赌博"]

    def accept(self, app: App, user: User, template_id: str) -> None:
        """Let one message through, or any number where the template is long-term."""
        key = (user.openid(app), template_id)
        if app.templates[template_id].long_term:
            self._long_term.add(key)
        else:
            self._left[key] += 1

    def turn_off(self, app: App, user: User, template_id: str) -> None:
        """Let nothing through any more."""
        key = (user.openid(app), template_id)
        self._left[key] = 0
        self._long_term.discard(key)

    def left(self, app: App, user: User, template_id: str) -> int | None:
        """Return how many messages get through; None is any number."""
        key = (user.openid(app), template_id)
        return None if key in self._long_term else self._left[key]

    def use(self, app: App, user: User, template_id: str) -> None:
        """Use one acceptance up, or refuse."""
        left = self.left(app, user, template_id)
        if left == 0:
            raise Refusal(43101)
        if left is not None:
            self._left[(user.openid(app), template_id)] -= 1
