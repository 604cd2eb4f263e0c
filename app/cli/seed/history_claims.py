"""Claims of the year: what households did for the community, and how far each claim came."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from app.actors import Role, community_of
from app.cli.seed import facts
from app.cli.seed.claim_walk import ClaimWalk
from app.cli.seed.history import History, Reward
from app.cli.seed.ids import id_at, named
from app.cli.seed.phone import clocks, happened_at
from app.cli.seed.phrases import Deed, deeds, phrases
from app.cli.seed.rows import Row
from app.cli.seed.site import SITES, Site
from app.cli.seed.world import SeedResident
from app.clock import business_day, end_of
from app.evidence import clock_flag
from app.models import (
    CapOf,
    Claim,
    ClaimStatus,
    ClaimStep,
    Evidence,
    PhotoOwner,
    PresenceState,
    SourceKind,
    Verifier,
)
from app.once import content_hash
from app.points import span

_CLAIMS_A_HOUSEHOLD, _TAKING_PART = 2.0, 0.64
"""In a year, over all households; and the share of households that claim anything."""
_BUSIEST = 12
"""How much more than the least a household does at most."""
_EARNS_FROM = 14
"""Younger ones are not named in claims."""
_GRADES = {
    "env_action": (1, 1, 1, 3, 3, 5),
    "dispute_settled": (1, 1, 3, 10),
    "help_vulnerable": (5, 5, 5, 10),
    "emergency_duty": (1, 1, 2),
    "emergency_duty_vehicle": (2, 3),
    "public_project": (5, 10, 20),
    "event_help": (5, 5, 10),
    "volunteer_hours": (1, 1, 2, 5, 10, 15),
    "donation": (1, 1, 2, 3, 5, 10),
}
"""Points that rules with a range really give."""
_WITHDRAWN, _REJECTED, _RETURNED, _SENT_AGAIN = 0.015, 0.02, 0.03, 0.6
_POSTED_AFTER = timedelta(seconds=20)
"""The job looks once a minute."""
_S, _T = ClaimStatus, ClaimStep


@dataclass
class _Claims:
    """What the rules have given so far."""

    history: History
    rng: Random
    rules: dict[str, facts.RuleTemplate]
    given: dict[tuple[str, UUID, datetime], int] = field(default_factory=lambda: defaultdict(int))

    def has_room(self, rule: facts.RuleTemplate, resident: SeedResident, day: date, points: int) -> bool:
        """Count points under a rule's cap; say no where they would go beyond it."""
        if rule.cap is None:
            return True
        whose = resident.household_id if rule.cap.of is CapOf.HOUSEHOLD else resident.id
        key = (rule.code, whose, span(rule.cap.period, day)[0])
        if self.given[key] + points > rule.cap.points:
            return False
        self.given[key] += points
        return True


def add_claims(history: History) -> None:
    """Add the claims of both sites, and those that accepted reports of hazards made by themselves."""
    claims = _Claims(history, history.rng("claims"), {rule.code: rule for rule in facts.rules()})
    for site in SITES:
        _add_site(claims, site)
    for reward in sorted(history.rewards, key=lambda reward: reward.at):
        _add_reward(claims, reward)


def _add_site(claims: _Claims, site: Site) -> None:
    history, rng = claims.history, claims.rng
    earners = [
        found
        for members in history.world.households.values()
        if members[0].area_code.startswith(site.code) and rng.random() < _TAKING_PART
        if (found := _earners(history, members))
    ]
    zeal = [min(rng.paretovariate(1.2), _BUSIEST) for _ in earners]
    days = (history.last - history.first).days + 1
    weights = [deed.weight for deed in deeds()]
    for _ in range(round(site.households * _CLAIMS_A_HOUSEHOLD)):
        resident = rng.choice(rng.choices(earners, zeal)[0])
        deed = rng.choices(deeds(), weights)[0]
        day = history.first + timedelta(days=rng.randrange(days))
        _add(claims, deed, resident, history.hours.evening(rng, day))


def _earners(history: History, members: list[SeedResident]) -> list[SeedResident]:
    """Give who of a household may have earned something: whoever is at home and not a child."""
    return [
        one
        for one in members
        if one.person.age_on(history.first) >= _EARNS_FROM and one.person.presence is not PresenceState.AWAY
    ]


def _add(claims: _Claims, deed: Deed, resident: SeedResident, moment: datetime) -> None:
    """Add a claim, unless its rule gives no more, or it would come after the history's end."""
    history, rng, rule = claims.history, claims.rng, claims.rules[deed.rule]
    captured_at, received_at = clocks(rng, moment, history.until)
    points = rng.choice(_GRADES.get(rule.code, (rule.points_min,)))
    day = business_day(happened_at(captured_at, received_at))
    if received_at >= history.until or not claims.has_room(rule, resident, day, points):
        return
    walk = _begin(claims, rule, resident, captured_at, received_at, points)
    walk.row["submitted_by"] = submitter = _account(history, resident) or _agent(claims, resident)
    walk.row["text"] = text = rng.choice(deed.texts)
    _prove(walk, submitter, received_at)
    walk.step(_T.SUBMIT, _S.SUBMITTED, received_at, walk.row["id"], by=submitter, note=text)
    _decide(walk, received_at, _verifier(walk, resident, submitter))


def _begin(
    claims: _Claims,
    rule: facts.RuleTemplate,
    resident: SeedResident,
    captured_at: datetime,
    received_at: datetime,
    points: int,
) -> ClaimWalk:
    claim_id = id_at(claims.rng, captured_at)
    row = claims.history.rows.add(
        Claim,
        id=claim_id,
        area_code=resident.area_code,
        household_id=resident.household_id,
        resident_id=resident.id,
        rule_id=named("rule", f"{community_of(resident.area_code)} {rule.code}"),
        points=points,
        text="",
        status=_S.SUBMITTED,
        source_kind=None,
        source_id=None,
        submitted_by=None,
        verified_by=None,
        approved_by=None,
        notice_until=None,
        content_hash=claim_id.bytes,
        captured_at=captured_at,
        received_at=received_at,
        clock_flag=clock_flag(captured_at, received_at),
    )
    return ClaimWalk(claims.history, claims.rng, row, rule, resident.user_id)


def _account(history: History, resident: SeedResident) -> UUID | None:
    """Give the account that the household claims with: the head's, if he has one."""
    return history.world.households[resident.household_id][0].user_id


def _agent(claims: _Claims, resident: SeedResident) -> UUID:
    """Draw who claims for a household without an account: a building lead, so that another one may verify."""
    world = claims.history.world
    leads = world.holders(Role.BUILDING_LEAD, resident.area_code)
    return claims.rng.choice(leads) if len(leads) > 1 else world.admin(resident.area_code)


def _prove(walk: ClaimWalk, submitter: UUID, at: datetime) -> None:
    """Name a photo where the rule asks for one."""
    if walk.rule.evidence is Evidence.PHOTO:
        caption = f"{walk.rule.title} {walk.row['text']}"
        taken = walk.history.take_photos(walk.rng, 1, caption=caption, by=submitter, at=at)
        walk.history.name_photos(PhotoOwner.CLAIM, walk.row["id"], walk.row["area_code"], taken)


def _verifier(walk: ClaimWalk, resident: SeedResident, submitter: UUID) -> UUID:
    """Draw who verifies, as the rule wants it and never who submitted."""
    world, wanted = walk.history.world, walk.rule.verifier
    found: list[UUID] = []
    if wanted is not Verifier.GRID_WORKER:
        found += world.holders(Role.BUILDING_LEAD, resident.area_code)
    if wanted is not Verifier.BUILDING_LEAD:
        found += world.holders(Role.GRID_WORKER, resident.area_code)
    return walk.rng.choice([one for one in found if one != submitter])


def _decide(walk: ClaimWalk, at: datetime, verifier: UUID) -> None:
    """Take a fresh claim as far as its time and luck carry it."""
    hours, rng, luck = walk.history.hours, walk.rng, walk.rng.random()
    submitter = walk.row["submitted_by"]
    at = hours.after(rng, at, 3, 60)
    if luck < _WITHDRAWN:
        walk.step(_T.WITHDRAW, _S.WITHDRAWN, at, by=submitter)
        return
    luck -= _WITHDRAWN
    if luck < _REJECTED:
        reason = rng.choice(phrases("claim_rejected"))
        walk.step(_T.REJECT, _S.REJECTED, at, reason, by=verifier, note=reason)
        return
    if luck < _REJECTED + _RETURNED:
        reason = rng.choice(phrases("claim_returned"))
        if not walk.step(_T.RETURN, _S.RETURNED, at, reason, by=verifier, note=reason):
            return
        at = hours.after(rng, at, 20, 140)
        if rng.random() > _SENT_AGAIN or not _send_again(walk, at, submitter):
            return
        at = hours.after(rng, at, 3, 60)
    if walk.step(_T.VERIFY, _S.VERIFIED, at, "", by=verifier):
        walk.row["verified_by"] = verifier
        _approve(walk, at)


def _send_again(walk: ClaimWalk, at: datetime, submitter: UUID) -> bool:
    """Mend a returned claim and send it again."""
    text = f"{walk.row['text']}时间是{business_day(walk.row['captured_at']).isoformat()}。"
    if not walk.step(_T.RESUBMIT, _S.SUBMITTED, at, text, by=submitter, note=text):
        return False
    walk.row["text"] = text
    return True


def _approve(walk: ClaimWalk, at: datetime) -> None:
    """Approve a verified claim; it is posted when its public notice is over, or at once without one."""
    at = walk.history.hours.after(walk.rng, at, 2, 72)
    admin = walk.history.world.admin(walk.row["area_code"])
    notice = bool(walk.rule.notice_days)
    if not walk.step(_T.APPROVE, _S.IN_NOTICE if notice else _S.APPROVED, at, "", by=admin):
        return
    walk.row["approved_by"] = admin
    if notice:
        walk.row["notice_until"] = end_of(business_day(at) + timedelta(days=walk.rule.notice_days))
        at = walk.row["notice_until"] + _POSTED_AFTER
    if walk.step(_T.POST, _S.POSTED, at, by=None):
        walk.history.posted.append((at, walk.row))


def _add_reward(claims: _Claims, reward: Reward) -> None:
    """Add the claim of an accepted report: whoever accepted it verified it."""
    rule = next(rule for rule in claims.rules.values() if rule.automatic is not None)
    hazard: Row = reward.hazard
    seen_at = happened_at(hazard["captured_at"], hazard["received_at"])
    walk = _begin(claims, rule, reward.resident, seen_at, reward.at, rule.points_min)
    row = walk.row
    row.update(
        id=id_at(claims.rng, reward.at),
        source_kind=SourceKind.HAZARD,
        source_id=hazard["id"],
        content_hash=content_hash(SourceKind.HAZARD, hazard["id"]),
    )
    made = walk.step(_T.SUBMIT, _S.SUBMITTED, reward.at, SourceKind.HAZARD, hazard["id"], by=None)
    if made and walk.step(_T.VERIFY, _S.VERIFIED, reward.at, by=reward.accepted_by):
        row["verified_by"] = reward.accepted_by
        _approve(walk, reward.at)
