"""Acting for a resident (代办): asked for, confirmed by him or an admin who heard him, ended at any time."""

from enum import StrEnum
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields, validate

from app import identity, people
from app.actors import ProxyFunction
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, Signs, Text, day, listed, sent_moment, uid, word
from app.api.http.limits import each_person
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import decided, reading, transaction
from app.identity import (
    Permission,
    Proxy,
    ProxyEnd,
    ProxyRelation,
    ProxyState,
    ProxyWord,
    proxies,
    proxy_asking,
)
from app.people import GuardianRelation

_OFTEN = "30 per minute; 100 per hour"
"""Of one person; what is guessed at is counted by user and household besides."""
_OF_KIN = frozenset(ProxyRelation) - {ProxyRelation.STAFF}
blueprint = Blueprint("proxies", __name__, description="代办")


class Side(StrEnum):
    """Whose proxies somebody asks for."""

    FOR_ME = "for_me"
    BY_ME = "by_me"


class ProxyInput(Input):
    """Who shall act for whom, by default I myself; ``consent`` says how the resident agreed."""

    resident_id = uid(required=True)
    user_id = uid(load_default=None, allow_none=True)
    relation = word(ProxyRelation, required=True)
    functions = listed(word(ProxyFunction), len(ProxyFunction), least=1, required=True)
    valid_until = day(required=True)
    consent = Text(200, least=2, required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> proxy_asking.NewProxy:
        """Give what the domain takes."""
        functions = tuple(sorted(set(data.pop("functions"))))
        return proxy_asking.NewProxy(functions=functions, **data)


class KinProxyInput(Input):
    """For whom I ask to act, his household's code, and who I am to him; ``consent`` says how he agreed."""

    code = Signs(
        identity.BINDING_DIGITS,
        checks=[validate.Regexp(r"^[0-9]{16}$", error="请填16位绑定码")],
        required=True,
        load_only=True,
    )
    resident_name = Text(40, least=1, required=True)
    my_name = Text(40, least=1, required=True)
    relation = word(
        ProxyRelation, required=True, validate=validate.OneOf(_OF_KIN, error="请从列出的选项里选")
    )
    functions = listed(word(ProxyFunction), len(ProxyFunction), least=1, required=True)
    valid_until = day(required=True)
    consent = Text(200, least=2, required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> proxy_asking.KinProxy:
        """Give what the domain takes."""
        functions = tuple(sorted(set(data.pop("functions"))))
        return proxy_asking.KinProxy(asker_name=data.pop("my_name"), functions=functions, **data)


class HeardInput(Input):
    """How I heard the resident say yes."""

    how = word(ProxyWord, required=True, validate=validate.OneOf(proxies.HEARD, error="请从列出的选项里选"))


class ProxyListInput(PageInput):
    """Which proxies."""

    resident_id = uid(load_default=None)
    user_id = uid(load_default=None)
    state = word(ProxyState, load_default=None)


class MyProxyListInput(PageInput):
    """Those of people who act for me, or of people for whom I act."""

    side = word(Side, required=True)


class ProxyOutput(Output):
    """Somebody who may act for a resident, or asked for it."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    resident_id = fields.UUID(required=True)
    resident_name = fields.String(required=True, attribute="resident.name")
    user_id = fields.UUID(required=True)
    user_name = fields.String(required=True, attribute="user.name")
    asker_name = fields.String(required=True, allow_none=True)
    relation = fields.Enum(ProxyRelation, by_value=True, required=True)
    functions = fields.List(fields.String(validate=validate.OneOf(list(ProxyFunction))), required=True)
    valid_until = fields.Date(required=True)
    consent = fields.String(required=True)
    state = fields.Enum(ProxyState, by_value=True, required=True)
    asked_by = fields.UUID(required=True)
    asked_at = sent_moment(required=True)
    confirmed_by = fields.UUID(required=True, allow_none=True)
    confirmed_at = sent_moment(required=True, allow_none=True)
    confirmed_how = fields.Enum(ProxyWord, by_value=True, required=True, allow_none=True)
    ended_by = fields.UUID(required=True, allow_none=True)
    ended_at = sent_moment(required=True, allow_none=True)
    end_reason = fields.Enum(ProxyEnd, by_value=True, required=True, allow_none=True)


ProxyPage = page_of(ProxyOutput)


class WardOutput(Output):
    """A child for whom I act as its guardian."""

    id = fields.UUID(required=True)
    resident_id = fields.UUID(required=True, attribute="child_id")
    resident_name = fields.String(required=True, attribute="child.name")
    relation = fields.Enum(GuardianRelation, by_value=True, required=True)
    valid_until = fields.Date(required=True)


@blueprint.route("/proxies/<uuid:proxy_id>", methods=["PUT"])
@allow(Permission.PROXY_ASK)
@blueprint.made_once(ProxyOutput)
@blueprint.body(ProxyInput)
def put_proxy(new: proxy_asking.NewProxy, proxy_id: UUID) -> tuple[Any, int]:
    """Ask that somebody may act for a resident; it holds once he, or an admin who heard him, confirms."""
    with transaction() as session:
        row, made = proxy_asking.ask_proxy(session, actor(), proxy_id, new)
        return row, once(made)


@blueprint.route("/proxies", methods=["GET"])
@allow(Permission.PROXY_DECIDE)
@blueprint.answer(ProxyPage)
@blueprint.query(ProxyListInput)
def list_proxies(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List proxies of my areas, ended ones too, the newest first."""

    def fetch(**span: Any) -> Any:
        return proxies.proxies_in_scope(session, actor(), **filters, **span)

    with transaction() as session:
        return page(fetch, lambda row: row.id, limit=limit, after=after)


@blueprint.route("/proxies/<uuid:proxy_id>/confirm", methods=["POST"])
@allow(Permission.PROXY_DECIDE, checked=True)
@blueprint.answer(ProxyOutput)
@blueprint.body(HeardInput)
def confirm_proxy(sent: dict[str, Any], proxy_id: UUID) -> Proxy:
    """Note that I heard the resident say yes; not who asked or acts, nor who lives with one of the two.

    A sensitive step: it stands for the resident's own word.
    """
    with transaction() as session:
        return proxies.confirm_proxy(session, actor(), proxy_id, **sent)


@blueprint.route("/proxies/<uuid:proxy_id>/end", methods=["POST"])
@allow(Permission.PROXY_DECIDE)
@blueprint.answer(ProxyOutput)
def end_proxy(proxy_id: UUID) -> Proxy:
    """End a proxy of my areas at once, but none of my own home; both sides are told."""
    with transaction() as session:
        return proxies.end_proxy(session, actor(), proxy_id)


@blueprint.route("/me/proxies", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(ProxyPage)
@blueprint.query(MyProxyListInput)
def my_proxies(side: Side, limit: int, after: str | None) -> dict[str, Any]:
    """List who acts for me, or for whom I act, the newest first."""

    def fetch(**span: Any) -> Any:
        listing = proxies.proxies_for if side is Side.FOR_ME else proxies.proxies_by
        return listing(session, actor(), **span)

    with reading() as session:
        return page(fetch, lambda row: row.id, limit=limit, after=after)


@blueprint.route("/me/proxies/<uuid:proxy_id>", methods=["PUT"])
@allow(Permission.SELF)
@each_person(_OFTEN)
@blueprint.made_once(ProxyOutput)
@blueprint.body(KinProxyInput)
def put_my_proxy(new: proxy_asking.KinProxy, proxy_id: UUID) -> tuple[Any, int]:
    """Ask to act for a resident of another household, by his name and that household's binding code."""
    having = parts()
    row, made = decided(
        lambda session: proxy_asking.ask_as_kin(
            session, actor(), having.sealer, having.tries_key, proxy_id, new
        )
    )
    return row, once(made)


@blueprint.route("/me/wards", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(page_of(WardOutput))
@blueprint.query(PageInput)
def my_wards(limit: int, after: str | None) -> dict[str, Any]:
    """List the children whose verified guardian I am now; I act for them without a proxy."""

    def fetch(**span: Any) -> Any:
        return people.wards(session, actor(), **span)

    with reading() as session:
        return page(fetch, lambda row: row.id, limit=limit, after=after)


@blueprint.route("/me/proxies/<uuid:proxy_id>/confirm", methods=["POST"])
@allow(Permission.SELF, checked=True)
@blueprint.answer(ProxyOutput)
def confirm_own(proxy_id: UUID) -> Proxy:
    """Say yes to somebody who wants to act for me."""
    with transaction() as session:
        return proxies.confirm_own(session, actor(), proxy_id)


@blueprint.route("/me/proxies/<uuid:proxy_id>/end", methods=["POST"])
@allow(Permission.SELF)
@blueprint.answer(ProxyOutput)
def end_own(proxy_id: UUID) -> Proxy:
    """Let nobody act for me any more by this proxy, or act by it no more myself; at once."""
    with transaction() as session:
        return proxies.end_own(session, actor(), proxy_id)
