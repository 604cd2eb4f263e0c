"""create_app: the only module that knows every floor."""

import time
from pathlib import Path

import structlog
from flask import Flask, Response, g, request
from flask_swagger_ui import get_swaggerui_blueprint
from werkzeug.middleware.proxy_fix import ProxyFix

from app.adapters import connect, open_photos, wechat
from app.api import PAGES, ROUTES
from app.api.http import problems
from app.api.http.body_bounds import MAX_PHOTO_BYTES, bound_bodies
from app.api.http.bulkhead import Bulkhead, places_of
from app.api.http.call_rates import count_addresses
from app.api.http.cross_site import refuse_cross_site
from app.api.http.description import Api
from app.api.http.headers import require_host, secure
from app.api.http.limits import limiter
from app.api.http.parts import EXTENSION, Parts
from app.api.http.rates import Rates
from app.api.http.strict_json import StrictJSON
from app.api.http.whole_body import WholeBody
from app.audit import AuditKeys
from app.config import Settings
from app.db import REQUEST_STATEMENT_S, db, engine_options
from app.evidence import manifest_signer
from app.ids import new_id
from app.keys import derived
from app.places import CodeSigner
from app.sealing import Sealer
from app.workdays import WorkCalendar

log = structlog.get_logger()


def create_app(settings: Settings | None = None) -> Flask:
    """Compose the application from its settings, by default those of the environment."""
    settings = settings or Settings.read()
    app = Flask("app", root_path=str(Path(__file__).parent), static_folder=None, template_folder="api/pages")
    app.json = StrictJSON(app)
    app.config.update(_flask_config(settings))
    app.wsgi_app = WholeBody(app.wsgi_app)  # type: ignore[method-assign]
    if settings.proxy_hops:
        # The host is that of Host: a proxy that sets no X-Forwarded-Host hands on the caller's own.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxy_hops, x_proto=settings.proxy_hops, x_host=0
        )
    db.init_app(app)
    app.extensions[EXTENSION] = _parts(settings)
    secure(app, production=settings.is_production)
    _number_requests(app)
    count_addresses(app)
    require_host(app, settings.trusted_hosts)
    limiter.init_app(app)
    bound_bodies(app)
    refuse_cross_site(app, settings.public_url)
    api = Api(app)
    problems.register(app)  # after Api, whose own answer to an HTTP error it replaces
    for blueprint in ROUTES:
        api.register_blueprint(blueprint)
    for pages in PAGES:
        app.register_blueprint(pages)
    if not settings.is_production:
        app.register_blueprint(
            get_swaggerui_blueprint("/docs", "/openapi.json", config={"layout": "BaseLayout"})
        )
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    production = settings.is_production
    return {
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings, statement_s=REQUEST_STATEMENT_S),
        "MAX_CONTENT_LENGTH": MAX_PHOTO_BYTES,
        "MAX_FORM_MEMORY_SIZE": 100_000,
        "MAX_FORM_PARTS": 20,
        "API_TITLE": "Gongdi",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": None if production else "/",
        "OPENAPI_JSON_PATH": "openapi.json",
        "API_SPEC_OPTIONS": {
            "info": {"description": "巡查、探访、积分。Errors are RFC 9457 problem documents."},
            "components": {"securitySchemes": {"session": {"type": "http", "scheme": "bearer"}}},
        },
        "RATELIMIT_STORAGE_URI": _limits_url(settings.redis_url),
        "RATELIMIT_STORAGE_OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }


def _limits_url(redis_url: str) -> str:
    """Say a socket's address as the limits package wants to hear it."""
    return redis_url.replace("unix://", "redis+unix://", 1) if redis_url.startswith("unix://") else redis_url


def _parts(settings: Settings) -> Parts:
    redis = connect(settings.redis_url)
    return Parts(
        settings=settings,
        redis=redis,
        rates=Rates(redis, derived(settings.secret_key, "request rates")),
        photos=open_photos(settings),
        signer=CodeSigner(derived(settings.secret_key, "place codes"), settings.public_url),
        sealer=Sealer.of(settings),
        calendar=WorkCalendar.of(settings),
        audit_keys=AuditKeys.of(settings),
        wechat=wechat.open_wechat(
            settings.wechat, redis, secret_key=settings.secret_key, hosts=settings.trusted_hosts
        ),
        wechat_places=Bulkhead(places_of(settings.threads)),
        link_key=derived(settings.secret_key, "photo links"),
        manifest_signer=manifest_signer(settings),
        tries_key=derived(settings.secret_key, "sign-in tries"),
        pickup_key=derived(settings.secret_key, "pick-up codes"),
        refresh_key=derived(settings.secret_key, "refresh tokens"),
    )


def _number_requests(app: Flask) -> None:
    """Give each request an id, and log one line when it is answered: no body, no query, no person."""

    def start() -> None:
        g.request_id = str(new_id())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)
        g.started = time.perf_counter()

    def end(response: Response) -> Response:
        if "request_id" in g:
            response.headers["X-Request-Id"] = g.request_id
            took_ms = round((time.perf_counter() - g.started) * 1000, 1)
            rule = request.url_rule.rule if request.url_rule else None
            log.info("answered", method=request.method, route=rule, status=response.status_code, ms=took_ms)
        return response

    app.before_request(start)
    app.after_request(end)
