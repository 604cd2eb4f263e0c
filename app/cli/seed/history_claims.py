"""Claims of the year: what households did for the community, and how far each claim came."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from app.actors import Role, community_of
from app.cli.seed import facts
from app.cli.seed.history import History, Reward
from app.cli.seed.ids import id_at, named
from app.cli.seed.phrases import Deed, deeds
from app.cli.seed.rows import Row
from app.cli.seed.site import SITES, Site
from app.cli.seed.world import SeedResident
from app.clock import business_day, end_of
from app.models import (
    AutomaticSource,
    CapOf,
    Claim,
    ClaimEvent,
    ClaimStatus,
    ClaimStep,
    ClockFlag,
    Notice,
    NoticeKind,
    SourceKind,
    Verifier,
)
from app.points import span

_CLAIMS_A_HOUSEHOLD = 2.0
_TAKING_PART = 0.55
"""Share of households that claim anything within the year."""
_EARNS_FROM = 14
"""Younger ones are not named in claims."""
_RETURNED, _REJECTED, _WITHDRAWN = 0.03, 0.02, 0.015
_INBOX_DAYS, _READ = 30, 0.6
_S, _T = ClaimStatus, ClaimStep


@dataclass
class Claims:
    """The claims so far, and what each rule has given whom."""

    history: History
    rng: Random
    given: dict[tuple[str, UUID, datetime], int] = field(default_factory=lambda: defaultdict(int))

    def room(self, rule: facts.RuleTemplate, resident: SeedResident, day: date, points: int) -> bool:
        """Count points under a rule's cap; say no where they would go beyond it."""
        if rule.cap is None:
            return True
        whose = resident.household_id if rule.cap.of is CapOf.HOUSEHOLD else resident.id
        key = (rule.code, whose, span(rule.cap.period, day)[0])
        if self.given[key] + points > rule.cap.points:
            return False
        self.given[key] += points
        return True

    def begin(self, rule: facts.RuleTemplate, resident: SeedResident, at: datetime, points: int) -> Row:
        """Add a claim; it is submitted, and nothing more yet."""
        community = community_of(resident.area_code)
        return self.history.rows.add(
            Claim,
            id=id_at(self.rng, at),
            area_code=resident.area_code,
            household_id=resident.household_id,
            resident_id=resident.id,
            rule_id=named("rule", f"{community} {rule.code}"),
            points=points,
            text="",
            status=_S.SUBMITTED,
            source_kind=None,
            source_id=None,
            submitted_by=None,
            verified_by=None,
            approved_by=None,
            notice_until=None,
            content_hash=b"",
            captured_at=at,
            received_at=at,
            clock_flag=ClockFlag.OK,
        )

    def step(
        self, claim: Row, number: int, step: ClaimStep, to: ClaimStatus, at: datetime, by: UUID | None
    ) -> None:
        """Add a step, and let the claim stand where it led."""
        claim["status"] = to
        self.history.rows.add(
            ClaimEvent,
            id=id_at(self.rng, at),
            area_code=claim["area_code"],
            claim_id=claim["id"],
            number=number,
            step=step,
            status_after=to,
            points=claim["points"],
            actor_id=by,
            at=at,
            note=claim["text"] if step is _T.SUBMIT else _REASONS.get(step, ""),
            content_hash=b"",
        )
        if step is not _T.SUBMIT and self.history.days_ago(at) < _INBOX_DAYS:
            self._tell(claim, step, to, at)

    def _tell(self, claim: Row, step: ClaimStep, status: ClaimStatus, at: datetime) -> None:
        """Add a notice to whoever submitted the claim."""
        if claim["submitted_by"] is None:
            return
        self.history.rows.add(
            Notice,
            id=id_at(self.rng, at),
            area_code=claim["area_code"],
            user_id=claim["submitted_by"],
            kind=NoticeKind.CLAIM_STEP,
            data={"claim_id": str(claim["id"]), "step": step.value, "status": status.value},
            created_at=at,
            read_at=at if self.rng.random() < _READ else None,
        )


_REASONS = {_T.RETURN: "照片看不清,请补一张", _T.REJECT: "经核实,当天没有参加"}


def add_claims(history: History) -> None:
    """Add the claims of both sites, and those that accepted reports of hazards made by themselves."""
    claims = Claims(history, history.rng("claims"))
    rules = {rule.code: rule for rule in facts.rules()}
    for site in SITES:
        _add_site(claims, rules, site)
    automatic = next(
        rule for rule in rules.values() if rule.automatic is AutomaticSource.HAZARD_REPORT_ACCEPTED
    )
    for reward in sorted(history.rewards, key=lambda reward: reward.at):
        _add_reward(claims, automatic, reward)


def _add_site(claims: Claims, rules: dict[str, facts.RuleTemplate], site: Site) -> None:
    history, rng = claims.history, claims.rng
    earners = [
        [one for one in members if one.person.age_on(history.last) >= _EARNS_FROM]
        for members in history.world.households.values()
        if members[0].area_code.startswith(site.code) and rng.random() < _TAKING_PART
    ]
    days = (history.last - history.first).days
    weights = [deed.weight for deed in deeds()]
    for _ in range(round(site.households * _CLAIMS_A_HOUSEHOLD)):
        resident = rng.choice(rng.choice(earners))
        deed = rng.choices(deeds(), weights)[0]
        day = history.first + timedelta(days=rng.randrange(days + 1))
        _add_claim(claims, rules[deed.rule], deed, resident, history.hours.evening(rng, day))


def _add_claim(
    claims: Claims, rule: facts.RuleTemplate, deed: Deed, resident: SeedResident, at: datetime
) -> None:
    rng, world = claims.rng, claims.history.world
    spread = rule.points_max - rule.points_min
    points = rule.points_min + (rng.randint(0, spread) if spread and rng.random() < _MORE else 0)
    if at >= claims.history.until or not claims.room(rule, resident, business_day(at), points):
        return
    claim = claims.begin(rule, resident, at, points)
    claim["text"] = rng.choice(deed.texts)
    lead = rng.choice(world.holders(Role.BUILDING_LEAD, resident.area_code))
    claim["submitted_by"] = submitter = resident.user_id or lead
    claims.step(claim, 1, _T.SUBMIT, _S.SUBMITTED, at, submitter)
    verifier = world.worker(resident.area_code)
    if rule.verifier is Verifier.BUILDING_LEAD:
        leads = [one for one in world.holders(Role.BUILDING_LEAD, resident.area_code) if one != submitter]
        verifier = rng.choice(leads) if leads else verifier
    _decide(claims, claim, rule, at, verifier)


_MORE = 0.35
"""Share of claims that ask for more than the least where a rule has a range."""


def _decide(claims: Claims, claim: Row, rule: facts.RuleTemplate, at: datetime, verifier: UUID) -> None:
    """Take a fresh claim as far as its time and luck carry it."""
    history, rng = claims.history, claims.rng
    luck = rng.random()
    at = history.hours.after(rng, at, 4, 60)
    if at >= history.until:
        return
    if luck < _WITHDRAWN:
        claims.step(claim, 2, _T.WITHDRAW, _S.WITHDRAWN, at, claim["submitted_by"])
        return
    if luck < _WITHDRAWN + _RETURNED:
        claims.step(claim, 2, _T.RETURN, _S.RETURNED, at, verifier)
        return
    if luck < _WITHDRAWN + _RETURNED + _REJECTED:
        claims.step(claim, 2, _T.REJECT, _S.REJECTED, at, verifier)
        return
    if claim["submitted_by"] == verifier:
        return
    claim["verified_by"] = verifier
    claims.step(claim, 2, _T.VERIFY, _S.VERIFIED, at, verifier)
    _approve(claims, claim, rule, at)


def _approve(claims: Claims, claim: Row, rule: facts.RuleTemplate, at: datetime) -> None:
    history = claims.history
    at = history.hours.after(claims.rng, at, 2, 72)
    if at >= history.until:
        return
    admin = history.world.admin(claim["area_code"])
    claim["approved_by"] = admin
    if rule.notice_days:
        claim["notice_until"] = end_of(business_day(at) + timedelta(days=rule.notice_days))
        claims.step(claim, 3, _T.APPROVE, _S.IN_NOTICE, at, admin)
        at = claim["notice_until"] + timedelta(seconds=20)
    else:
        claims.step(claim, 3, _T.APPROVE, _S.APPROVED, at, admin)
    if at < history.until:
        claims.step(claim, 4, _T.POST, _S.POSTED, at, None)
        history.posted.append((at, claim))


def _add_reward(claims: Claims, rule: facts.RuleTemplate, reward: Reward) -> None:
    """Add the claim of an accepted report: whoever accepted it verified it."""
    claim = claims.begin(rule, reward.resident, reward.at, rule.points_min)
    claim["source_kind"], claim["source_id"] = SourceKind.HAZARD, reward.hazard["id"]
    claims.step(claim, 1, _T.SUBMIT, _S.SUBMITTED, reward.at, None)
    claim["verified_by"] = reward.accepted_by
    claims.step(claim, 2, _T.VERIFY, _S.VERIFIED, reward.at, reward.accepted_by)
    _approve(claims, claim, rule, reward.at)
