"""Headers that every answer carries, and the one that every request must."""

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest

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


def require_host(app: Flask) -> None:
    """Refuse HTTP/1.1 without a Host (RFC 9112, 3.2); else the server's own name would stand in for it."""

    def check() -> None:
        if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.1" and "HTTP_HOST" not in request.environ:
            raise BadRequest

    app.before_request(check)
