"""The platform's error codes, with the form of their texts."""

TEXTS = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40013: "invalid appid",
    40014: "invalid access_token",
    40029: "invalid code",
    40037: "invalid template_id",
    40066: "invalid url",
    40097: "invalid args",
    40125: "invalid appsecret",
    40129: "invalid scene",
    40163: "code been used",
    40226: "code blocked",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    43101: "user refuse to accept the msg",
    43104: "appid not match openid",
    43107: "subscribe message ability is banned",
    43108: "concurrent send to the same user",
    44002: "empty post data",
    44991: "reach max api minute frequency quota limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45168: "sensitive content",
    47001: "data format error",
    47003: "argument invalid!",
    48001: "api unauthorized",
    48006: "forbid to clear quota because of reaching the limit",
    61010: "code is expired",
    61081: "risk rank refused",
}
"""Texts where public replies show them; the others are worded alike. No caller may depend on a text."""


class Refusal(Exception):  # noqa: N818  # the platform refuses; nothing went wrong
    """The platform answers with an error code instead of a result."""

    def __init__(self, errcode: int, detail: str = "") -> None:
        super().__init__(errcode, detail)
        self.errcode = errcode
        self.text = TEXTS.get(errcode, "error") + (f" {detail}" if detail else "")
