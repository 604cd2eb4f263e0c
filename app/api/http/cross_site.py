"""What another site makes somebody's browser send is refused (ASVS 3.5).

A token in a header is sent by our own pages and apps only. A cookie is sent by the browser, whoever made it
ask; so a request that comes with the cookie and could change something must come from a page of our own. So
must one that asks for the cookie: else another site could sign somebody in under its own account.
Browsers say where a request comes from in Sec-Fetch-Site, and older ones in Origin; pages can forge neither.
"""

from flask import Flask, request

from app.api.http.allow import COOKIE
from app.api.http.problems import CrossSiteError

_SAFE = {"GET", "HEAD", "OPTIONS"}


def refuse_cross_site(app: Flask, public_url: str) -> None:
    """Refuse, before the view, what changes something, has or wants the cookie, and is not from our pages."""

    def check() -> None:
        if request.method in _SAFE:
            return
        if COOKIE not in request.cookies and not _is_foreign_sign_in(public_url):
            return
        site = request.headers.get("Sec-Fetch-Site")
        ours = site == "same-origin" if site is not None else request.headers.get("Origin") == public_url
        if not ours:
            raise CrossSiteError

    app.before_request(check)


def _is_foreign_sign_in(public_url: str) -> bool:
    """Say whether a browser asks for the cookie on a page that it says is not ours; programs say nothing."""
    if request.args.get("cookie", "0") == "0":
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site != "same-origin"
    return request.headers.get("Origin", public_url) != public_url
