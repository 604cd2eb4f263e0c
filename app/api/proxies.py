"""Acting for a resident (代办): asked for, confirmed by him or an admin who heard him, ended at any time."""

from enum import StrEnum
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields, validate

from app import people
from app.actors import ProxyFunction
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, Text, day, listed, sent_moment, uid, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import reading, transaction
from app.identity import Permission, Proxy, ProxyEnd, ProxyRelation, ProxyState, ProxyWord, proxies
from app.people import GuardianRelation

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
    def build(self, data: dict[str, Any], **_: Any) -> proxies.NewProxy:
        """Give what the domain takes."""
        functions = tuple(sorted(set(data.pop("functions"))))
        return proxies.NewProxy(functions=functions, **data)


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
def put_proxy(new: proxies.NewProxy, proxy_id: UUID) -> tuple[Any, int]:
    """Ask that somebody may act for a resident; it holds once he, or an admin who heard him, confirms."""
    with transaction() as session:
        row, made = proxies.ask_proxy(session, actor(), proxy_id, new)
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
@allow(Permission.PROXY_DECIDE)
@blueprint.answer(ProxyOutput)
@blueprint.body(HeardInput)
def confirm_proxy(sent: dict[str, Any], proxy_id: UUID) -> Proxy:
    """Note that I heard the resident say yes; not who asked or acts, nor who lives with one of the two."""
    with transaction() as session:
        return proxies.confirm_proxy(session, actor(), proxy_id, **sent)


@blueprint.route("/proxies/<uuid:proxy_id>/end", methods=["POST"])
@allow(Permission.PROXY_DECIDE)
@blueprint.answer(ProxyOutput)
def end_proxy(proxy_id: UUID) -> Proxy:
    """End a proxy of my areas at once; both sides are told."""
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
@allow(Permission.SELF)
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
