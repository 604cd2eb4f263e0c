"""The journal: what a test may assert about its client's requests (F24)."""

from concurrent.futures import ThreadPoolExecutor

import requests

from tests.fakes.wechat.control import MINI_APPID, MINI_SECRET, WeChatFake
from tests.wechat_fake.plain import LOGIN, PHONE, STABLE, WAIT_S, get, login, post, token


def test_a_call_is_written_down_without_its_secrets(wechat: WeChatFake) -> None:
    person = wechat.user("王芳", phone="13800000001")
    code, text = wechat.phone_code(person), token(wechat)
    post(wechat, PHONE, {"code": code, "openid": person.openid}, access_token=text)

    fetched, asked = wechat.journal()

    assert (fetched.path, fetched.errcode, fetched.status) == (STABLE, None, 200)
    assert (asked.number, asked.method, asked.path, asked.errcode) == (2, "POST", PHONE, 0)
    assert asked.body["openid"] == person.openid
    assert asked.content_type == "application/json"
    assert asked.tls is False
    assert asked.user_agent.startswith("python-requests/")
    shown = repr([fetched, asked])
    assert [secret for secret in (code, text, MINI_SECRET) if secret in shown] == []
    assert wechat.flags() == []


def test_equal_secrets_have_equal_prints(wechat: WeChatFake) -> None:
    for text in ("one", "one", "two"):
        post(wechat, PHONE, {"code": "0none"}, access_token=text)

    prints = [entry.query["access_token"] for entry in wechat.journal(PHONE)]

    assert prints[0] == prints[1] != prints[2]


def test_times_follow_the_fakes_clock(wechat: WeChatFake) -> None:
    wechat.set_clock(1_790_000_000)
    token(wechat)
    wechat.advance(60)
    token(wechat)

    assert [entry.at for entry in wechat.journal()] == [1_790_000_000, 1_790_000_060]


def test_secrets_in_an_address_that_did_not_ask_for_them(wechat: WeChatFake) -> None:
    good = {"grant_type": "client_credential", "appid": MINI_APPID, "secret": MINI_SECRET}
    post(wechat, STABLE, good, secret=MINI_SECRET)

    assert wechat.flags() == [f"{STABLE} secret_in_url:secret", f"{STABLE} unknown_query:secret"]


def test_the_secret_belongs_into_the_address_of_code2session(wechat: WeChatFake) -> None:
    login(wechat, "0none")

    assert wechat.flags() == []


def test_unknown_parameters_forms_and_strange_headers(wechat: WeChatFake) -> None:
    get(wechat, LOGIN, appid="wx1", lang="zh")
    requests.post(
        f"{wechat.url}{PHONE}?access_token=a&access_token=b",
        data={"code": "0none"},
        headers={"Cookie": "a=b", "Authorization": "Bearer c"},
        timeout=WAIT_S,
    )
    post(wechat, PHONE, {"code": "0none", "phone": "13800000001"}, access_token="a")

    assert wechat.flags() == [
        f"{LOGIN} unknown_query:lang",
        f"{PHONE} body:not_json",
        f"{PHONE} content_type:application/x-www-form-urlencoded",
        f"{PHONE} repeated_query:access_token",
        f"{PHONE} unexpected_header:cookie",
        f"{PHONE} unexpected_header:authorization",
        f"{PHONE} unknown_body:phone",
    ]


def test_a_path_that_does_not_exist(wechat: WeChatFake) -> None:
    answer = requests.get(f"{wechat.url}/cgi-bin/nowhere", timeout=WAIT_S)

    assert (answer.status_code, answer.json()["errcode"]) == (404, 40066)
    assert [(entry.path, entry.status, entry.errcode) for entry in wechat.journal()] == [
        ("/cgi-bin/nowhere", 404, 40066)
    ]


def test_faults_are_written_down(wechat: WeChatFake) -> None:
    wechat.fault(STABLE, "busy")
    good = {"grant_type": "client_credential", "appid": MINI_APPID, "secret": MINI_SECRET}
    post(wechat, STABLE, good)

    assert [(entry.fault, entry.errcode) for entry in wechat.journal(STABLE)] == [("busy", -1)]


def test_the_highest_rate_is_known(wechat: WeChatFake) -> None:
    assert wechat.max_qps() == 0
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: login(wechat, "0none"), range(6)))

    times = [entry.wall_s for entry in wechat.journal(LOGIN)]
    assert wechat.max_qps(LOGIN) == max(sum(at - 1 < other <= at for other in times) for at in times)
    assert wechat.max_qps(STABLE) == 0


def test_the_journal_can_be_cleared(wechat: WeChatFake) -> None:
    token(wechat)
    wechat.clear_journal()

    assert wechat.journal() == []
    assert wechat.calls(STABLE) == 0
