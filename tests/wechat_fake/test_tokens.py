"""Access tokens: stable, legacy, and what is wrong with the refused ones (F5 to F7)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.fakes.wechat.control import H5_APPID, MINI_APPID, MINI_SECRET, WeChatFake
from tests.wechat_fake.plain import PHONE, STABLE, WAIT_S, fetch_token, get, post, token

NOON = 1_790_000_000
GOOD = {"grant_type": "client_credential", "appid": MINI_APPID, "secret": MINI_SECRET}


def judged(wechat: WeChatFake, text: str) -> int:
    """Use a token and give the error code; 40029 says that the token itself was good."""
    return int(post(wechat, PHONE, {"code": "0none"}, access_token=text)["errcode"])


def legacy(wechat: WeChatFake) -> str:
    return str(get(wechat, "/cgi-bin/token", **GOOD)["access_token"])


GOOD_TOKEN = 40029


def test_every_caller_gets_the_same_token(wechat: WeChatFake) -> None:
    with ThreadPoolExecutor(8) as pool:
        texts = set(pool.map(lambda _: token(wechat), range(16)))

    assert len(texts) == 1
    assert judged(wechat, texts.pop()) == GOOD_TOKEN


def test_what_is_left_of_a_token_is_said(wechat: WeChatFake) -> None:
    wechat.set_clock(NOON)
    first = fetch_token(wechat)
    wechat.advance(100)

    assert first["expires_in"] == 7200
    assert fetch_token(wechat) == {"access_token": first["access_token"], "expires_in": 7100}


def test_a_token_is_renewed_below_five_minutes_and_both_are_good_until_it_expires(
    wechat: WeChatFake,
) -> None:
    wechat.set_clock(NOON)
    old = token(wechat)

    wechat.advance(7200 - 300)
    assert fetch_token(wechat) == {"access_token": old, "expires_in": 300}
    wechat.advance(1)
    new = token(wechat)
    assert new != old
    assert (judged(wechat, old), judged(wechat, new)) == (GOOD_TOKEN, GOOD_TOKEN)

    wechat.advance(299)
    assert (judged(wechat, old), judged(wechat, new)) == (42001, GOOD_TOKEN)


def test_forcing_kills_the_old_token(wechat: WeChatFake) -> None:
    wechat.set_clock(NOON)
    old = token(wechat)

    forced = fetch_token(wechat, force_refresh=True)

    assert forced["access_token"] != old
    assert forced["expires_in"] == 7200
    assert (judged(wechat, old), judged(wechat, forced["access_token"])) == (40001, GOOD_TOKEN)
    assert token(wechat) == forced["access_token"]


def test_forcing_again_within_thirty_seconds_changes_nothing(wechat: WeChatFake) -> None:
    wechat.set_clock(NOON)
    first = fetch_token(wechat, force_refresh=True)["access_token"]

    wechat.advance(29)
    assert fetch_token(wechat, force_refresh=True)["access_token"] == first
    wechat.advance(1)
    assert fetch_token(wechat, force_refresh=True)["access_token"] != first


def test_forcing_works_twenty_times_a_day(wechat: WeChatFake) -> None:
    wechat.set_clock(NOON)
    texts = set()
    for _ in range(20):
        texts.add(fetch_token(wechat, force_refresh=True)["access_token"])
        wechat.advance(30)

    assert len(texts) == 20
    assert fetch_token(wechat, force_refresh=True)["errcode"] == 45009
    wechat.advance(24 * 3600)
    assert "access_token" in fetch_token(wechat, force_refresh=True)


@pytest.mark.parametrize(
    "changes, errcode",
    [
        ({"appid": None}, 41002),
        ({"secret": None}, 41004),
        ({"appid": "wxffffffffffffffff"}, 40013),
        ({"secret": "0" * 32}, 40125),
        ({"grant_type": "authorization_code"}, 40002),
        ({"force_refresh": "true"}, 47001),
    ],
)
def test_wrong_requests(wechat: WeChatFake, changes: dict[str, object], errcode: int) -> None:
    assert post(wechat, STABLE, GOOD | changes)["errcode"] == errcode


def test_get_and_forms_are_refused(wechat: WeChatFake) -> None:
    assert get(wechat, STABLE, **GOOD)["errcode"] == 43002
    form = requests.post(wechat.url + STABLE, data=GOOD, timeout=WAIT_S)
    assert form.json()["errcode"] == 47001
    empty = requests.post(wechat.url + STABLE, timeout=WAIT_S)
    assert empty.json()["errcode"] == 44002


def test_the_legacy_call_kills_its_last_token_and_leaves_the_stable_one(wechat: WeChatFake) -> None:
    stable, first, second = token(wechat), legacy(wechat), legacy(wechat)

    assert len({stable, first, second}) == 3
    assert judged(wechat, first) == 40001
    assert (judged(wechat, stable), judged(wechat, second)) == (GOOD_TOKEN, GOOD_TOKEN)


def test_missing_and_unknown_tokens(wechat: WeChatFake) -> None:
    assert post(wechat, PHONE, {"code": "0none"})["errcode"] == 41001
    assert judged(wechat, "") == 41001
    assert judged(wechat, "rubbish") == 40014


def test_a_superseded_token_is_cured_by_an_ordinary_fetch(wechat: WeChatFake) -> None:
    old = token(wechat)
    wechat.supersede_token()

    assert judged(wechat, old) == 40001
    new = token(wechat)
    assert new != old
    assert judged(wechat, new) == GOOD_TOKEN


def test_a_poisoned_token_is_cured_by_force_only(wechat: WeChatFake) -> None:
    old = token(wechat)
    wechat.poison_token()

    assert judged(wechat, old) == 40001
    assert token(wechat) == old
    assert judged(wechat, fetch_token(wechat, force_refresh=True)["access_token"]) == GOOD_TOKEN


def test_sticky_40001_is_cured_by_nothing(wechat: WeChatFake) -> None:
    wechat.sticky_40001()

    assert judged(wechat, token(wechat)) == 40001
    assert judged(wechat, fetch_token(wechat, force_refresh=True)["access_token"]) == 40001
    wechat.sticky_40001(on=False)
    assert judged(wechat, token(wechat)) == GOOD_TOKEN


def test_apps_have_tokens_of_their_own(wechat: WeChatFake) -> None:
    mini, h5 = token(wechat), token(wechat, H5_APPID)
    wechat.supersede_token(H5_APPID)

    assert mini != h5
    assert (judged(wechat, mini), judged(wechat, h5)) == (GOOD_TOKEN, 40001)


def test_the_same_seed_gives_the_same_tokens(wechat: WeChatFake) -> None:
    first = token(wechat)
    wechat.reset()
    again = token(wechat)
    wechat.reset(seed=7)

    assert first == again
    assert token(wechat) != first
