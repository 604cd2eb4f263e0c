"""Headers that every answer carries, and the one that every request must."""

import re
from collections.abc import Collection

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest

from app.errors import DomainError, Kind

_CSP = (
    "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_DOCS_CSP = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
)
"""Swagger UI draws with inline styles; the page is not served in production."""
_PERMISSIONS = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()"
"""The phone app takes photos and positions; nothing else is asked of a device."""
_HOST = re.compile(r"([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")


class HostUnknownError(DomainError):
    """The request names a host that is neither the public URL's own nor one of `GONGDI_TRUSTED_HOSTS`."""

    code = "host_unknown"
    kind = Kind.BAD_REQUEST


def secure(app: Flask, *, production: bool) -> None:
    """Add security headers to every answer, refusals included."""

    def add(response: Response) -> Response:
        docs = request.path.startswith("/docs")
        response.headers.setdefault("Content-Security-Policy", _DOCS_CSP if docs else _CSP)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        response.headers.setdefault("Cache-Control", "no-store")
        if production:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        return response

    app.after_request(add)


def require_host(app: Flask, trusted: Collection[str]) -> None:
    """Refuse another host than ours, before any view, and HTTP/1.1 without one (RFC 9112, 3.2).

    Flask's own TRUSTED_HOSTS minds the case of letters, and knows no host that is an address of IPv6.
    """
    ours = {name.lower() for name in trusted}

    def check() -> None:
        host = request.environ.get("HTTP_HOST")
        if host is None:
            if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.1":
                raise BadRequest
            return  # an old probe of a load balancer; nothing is made of a name that is not told
        found = _HOST.fullmatch(host.lower())
        if found is None or found[1] not in ours:
            raise HostUnknownError

    app.before_request(check)
