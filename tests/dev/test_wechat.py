"""Whether `make run` has a WeChat."""

import os

import pytest

from dev.trouble import MachineError
from dev.wechat import is_wanted


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name == "WECHAT" or name.startswith("GONGDI_WECHAT_"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize("word, wanted", [(None, "one"), ("", "one"), ("demo", "one"), ("off", "none")])
def test_there_is_one_unless_it_is_turned_off(
    monkeypatch: pytest.MonkeyPatch, word: str | None, wanted: str
) -> None:
    if word is not None:
        monkeypatch.setenv("WECHAT", word)

    assert is_wanted() is (wanted == "one")


def test_another_word_is_refused_with_those_that_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WECHAT", "real")

    with pytest.raises(MachineError, match="WECHAT must be off, for no WeChat, or demo"):
        is_wanted()


def test_a_wechat_of_the_callers_own_is_left_to_him(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGDI_WECHAT_APPID", "wx0123456789abcdef")

    assert is_wanted() is False
