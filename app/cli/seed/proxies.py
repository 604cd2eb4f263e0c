"""Who acts for whom: family for the old at home, a worker for who has nobody, and some who wait for a yes."""

from datetime import timedelta
from random import Random
from uuid import UUID

from app.actors import ProxyFunction
from app.cli.seed.history import History
from app.cli.seed.ids import id_at
from app.cli.seed.site import BIG_SITE, SMALL_SITE, Site
from app.cli.seed.world import SeedResident
from app.models import NoticeKind, Proxy, ProxyRelation, ProxyState, ProxyWord
from app.people import ADULT_YEARS

_OLD_YEARS = 65
_FAMILY = {BIG_SITE: 6, SMALL_SITE: 2}
_STAFF = {BIG_SITE: 3, SMALL_SITE: 1}
_BEFORE = timedelta(days=20)
_YES_AFTER = timedelta(hours=20)
_LASTS = timedelta(days=180)


def add_proxies(history: History) -> None:
    """Add proxies of both sites; the last of the family's still waits to be confirmed."""
    for site, number in _FAMILY.items():
        rng = history.rng(f"proxies {site.code}")
        pairs = _pairs(history, site)
        for position, (old, helper) in enumerate(pairs[:number]):
            assert helper.user_id is not None, "somebody with an account"
            waits = position == number - 1
            _add(history, rng, old, helper.user_id, ProxyRelation.RELATIVE, waits=waits)
        for old in _alone(history, site)[: _STAFF[site]]:
            worker = history.world.worker(old.area_code)
            _add(history, rng, old, worker, ProxyRelation.STAFF, waits=False)


def _is_old(history: History, one: SeedResident) -> bool:
    return one.user_id is None and one.person.age_on(history.last) >= _OLD_YEARS


def _pairs(history: History, site: Site) -> list[tuple[SeedResident, SeedResident]]:
    """Give old people without an account, each with an adult of the home who has one."""
    pairs = []
    for members in history.world.households.values():
        helpers = [
            one
            for one in members
            if one.user_id is not None and one.person.age_on(history.last) >= ADULT_YEARS
        ]
        old = [one for one in members if _is_old(history, one) and one.area_code.startswith(site.code)]
        if helpers and old:
            pairs.append((old[0], helpers[0]))
    return pairs


def _alone(history: History, site: Site) -> list[SeedResident]:
    """Give old people in whose home nobody has an account."""
    return [
        members[0]
        for members in history.world.households.values()
        if members[0].area_code.startswith(site.code)
        and _is_old(history, members[0])
        and all(one.user_id is None for one in members)
    ]


def _add(
    history: History,
    rng: Random,
    old: SeedResident,
    user_id: UUID,
    relation: ProxyRelation,
    *,
    waits: bool,
) -> None:
    at = history.until - _BEFORE
    proxy_id, admin = id_at(rng, at), history.world.admin(old.area_code)
    history.rows.add(
        Proxy,
        id=proxy_id,
        area_code=old.area_code,
        resident_id=old.id,
        user_id=user_id,
        relation=relation,
        functions=sorted(ProxyFunction),
        valid_until=history.last + _LASTS,
        consent="老人没有手机，到家里当面说过，同意代办积分和兑换",
        state=ProxyState.ASKED if waits else ProxyState.CONFIRMED,
        asked_by=user_id,
        asked_at=at,
        confirmed_by=None if waits else admin,
        confirmed_at=None if waits else at + _YES_AFTER,
        confirmed_how=None if waits else ProxyWord.IN_PERSON,
        ended_by=None,
        ended_at=None,
        end_reason=None,
        content_hash=proxy_id.bytes,
    )
    told, what, when = (admin, "asked", at) if waits else (user_id, "confirmed", at + _YES_AFTER)
    history.notify(NoticeKind.PROXY, told, old.area_code, when, what=what, proxy_id=proxy_id)
