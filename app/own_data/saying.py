"""Values of a person's copy as people read them: words for codes, names for ids, Chinese time."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Date, DateTime, Enum, Uuid

from app.clock import SHANGHAI
from app.models import NoticeKind, TransferKind
from app.notices import words
from app.own_data.kinds import Copied
from app.own_data.names import Names
from app.own_data.plain_words import word
from app.sealing import UNREADABLE

Row = Mapping[str, Any]
_TEXTS = {"permission": "Permission", "wage": "WageBand"}
"""Codes that are kept as texts, one of them sealed."""
_LISTS = {
    "functions": "ProxyFunction",
    "reasons": "ClosingReason",
    "presence_reasons": "PresenceReason",
    "roles": "Role",
    "off": "NoticeKind",
}
"""Columns that hold lists of codes, and of which kind these are."""
_SPENT = {TransferKind.REDEEM, TransferKind.EXPIRE}


@dataclass(frozen=True)
class Saying:
    """How times are written: on a page as people write them, in a table so that it can be sorted by them."""

    names: Names
    moment: str = "%Y-%m-%d %H:%M:%S"
    day: str = "%Y-%m-%d"

    def value(self, copied: Copied, column: Column[Any], row: Row) -> Any:
        """Say one value of a row (``rows.told``): a number or a text, empty where there is nothing."""
        name = column.name.removesuffix("_sealed")
        special = _SPECIAL.get((copied.table.name, name))
        if special is not None:
            return special(self.names, row)
        value = row[name]
        if value is None:
            return ""
        return self._plain(name, column, value)

    def _plain(self, name: str, column: Column[Any], value: Any) -> Any:
        if isinstance(value, bool):
            return _yes(answer=value)
        if isinstance(value, list | dict):
            return _listed(name, value)
        if not isinstance(value, str):
            return value
        if isinstance(column.type, DateTime | Date):
            return self._time(column, value)
        if isinstance(column.type, Uuid) or name == "area_code":
            return value if column.primary_key else self.names.of(value) or value
        return _worded(name, column, value)

    def _time(self, column: Column[Any], value: str) -> str:
        if isinstance(column.type, Date):
            return date.fromisoformat(value).strftime(self.day)
        return datetime.fromisoformat(value).astimezone(SHANGHAI).strftime(self.moment)


def _worded(name: str, column: Column[Any], value: str) -> str:
    """Say a code in words, and leave a text as it is."""
    if isinstance(column.type, Enum):
        assert column.type.enum_class is not None, "codes are enumerations"
        return word(column.type.enum_class.__name__, value)
    return word(_TEXTS[name], value) if name in _TEXTS else value


def _listed(name: str, value: Any) -> str:
    if name in _LISTS:
        return "、".join(word(_LISTS[name], one) for one in value)
    return json.dumps(value, ensure_ascii=False)


def _yes(*, answer: bool) -> str:
    return "是" if answer else "否"


def _answers(names: Names, row: Row) -> str:
    """Say what was answered on a visit, question by question in the words of its form."""
    if row["answers"] is None:
        return ""
    if row["answers"] == UNREADABLE:  # sealed answers are JSON, which this is not
        return UNREADABLE
    answers = json.loads(row["answers"])
    asked = {one["key"]: one for one in names.questions(row["form_id"])}
    return "\n".join(
        f"{asked[key]['label'] if key in asked else key}：{_answer(asked.get(key, {}), answer)}"
        for key, answer in answers.items()
    )


def _answer(question: Mapping[str, Any], answer: Any) -> str:
    if isinstance(answer, bool):
        return _yes(answer=answer)
    options = {one["value"]: one["label"] for one in question.get("options", ())}
    if isinstance(answer, list):
        return "、".join(options.get(one, str(one)) for one in answer) or "没有"
    return str(options.get(answer, answer))


def _notice(_: Names, row: Row) -> str:
    """Say what a notice told, in the words of the inbox."""
    return words.text_of(NoticeKind(row["kind"]), row["data"])


def _amount(names: Names, row: Row) -> int | str:
    """Give points with a minus where his household lost them."""
    amount: int = row["amount"]
    gained, lost = (row[side] in names.accounts for side in ("credit_id", "debit_id"))
    return -amount if lost or (not gained and row["kind"] in _SPENT) else amount


def _balance(_: Names, row: Row) -> int | str:
    """Give what the household's account held after an entry; the other household's is left out."""
    found = row["credit_balance"] if row["credit_balance"] is not None else row["debit_balance"]
    return "" if found is None else int(found)


def _action(_: Names, row: Row) -> str:
    """Say whether somebody looked or did something; the address stands in the JSON."""
    method = str(row["action"]).partition(" ")[0]
    return {"GET": "查看", "HEAD": "查看", "PUT": "提交", "POST": "办理", "DELETE": "删除"}.get(
        method, method
    )


_SPECIAL: dict[tuple[str, str], Callable[[Names, Row], Any]] = {
    ("visits", "answers"): _answers,
    ("notices", "data"): _notice,
    ("transfers", "credit_balance"): _balance,
    ("transfers", "amount"): _amount,
    ("audit_entries", "action"): _action,
}
"""Values that are said by more than themselves."""
