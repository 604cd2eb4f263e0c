"""Rows that are somebody's by way of others: a visit by the care it belongs to, a photo by what it shows."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, any_, cast, exists, func, or_, select, true

from app.models import ClaimStep, HarmRecord, PhotoOwner
from app.own_data.kinds import TABLES, His, Whose, of_grown_household, of_household, of_resident, of_user
from app.people import guardianship_in_force
from app.retention import (
    belongs_to_a_case,
    earned_by_a_case,
    inspection_of,
    kept_for_a_case,
    opened_a_case,
)

_ABOUT_PEOPLE = (PhotoOwner.VISIT, PhotoOwner.SIGNATURE, PhotoOwner.CLAIM)


def bindings(whose: Whose) -> ColumnElement[bool]:
    """Say which bindings: of his account, and of anybody's to him as he stands on the roster."""
    return of_user("bindings", "user_id")(whose) | of_resident("bindings", "resident_id")(whose)


def proxies(whose: Whose) -> ColumnElement[bool]:
    """Say which proxies: those by which he acts, and those of people who act for him."""
    return of_user("proxies", "user_id")(whose) | of_resident("proxies", "resident_id")(whose)


def guardianships(whose: Whose) -> ColumnElement[bool]:
    """Say which guardianships: those by which he answers for a child now, and reads its day of birth."""
    return of_resident("guardianships", "guardian_id")(whose) & guardianship_in_force()


def other_guardianships(whose: Whose) -> ColumnElement[bool]:
    """Say which are not, or not yet: their last day may tell the birthday of a child that is not his ward."""
    return of_resident("guardianships", "guardian_id")(whose) & ~guardianship_in_force()


def visits(whose: Whose) -> ColumnElement[bool]:
    """Say which visits: not those that opened a case of harm, which the law protects, also from the home."""
    made = TABLES["visits"].c
    care = select(TABLES["care_records"].c.id).where(of_resident("care_records", "resident_id")(whose))
    return made.care_record_id.in_(care) & ~kept_for_a_case(made.id, HarmRecord.VISIT)


def care_events(whose: Whose) -> ColumnElement[bool]:
    """Say which changes: those of his own care."""
    care = select(TABLES["care_records"].c.id).where(of_resident("care_records", "resident_id")(whose))
    return TABLES["care_events"].c.care_record_id.in_(care)


def follow_ups(whose: Whose) -> ColumnElement[bool]:
    """Say what those visits left to do."""
    return TABLES["follow_ups"].c.visit_id.in_(select(TABLES["visits"].c.id).where(visits(whose)))


def claims(whose: Whose) -> ColumnElement[bool]:
    """Say which claims: for himself, or sent by himself for somebody of his household."""
    sent = of_user("claims", "submitted_by")(whose) & of_household("claims", "household_id")(whose)
    shown = _shown("claims", "submitted_by", whose) & ~_rewritten(whose) & ~_of_a_report(whose)
    return (of_resident("claims", "resident_id")(whose) | sent) & shown


def _rewritten(whose: Whose) -> ColumnElement[bool]:
    """Say which claims told of harm when somebody else sent them again: the text is not his any more."""
    steps = TABLES["claim_events"].c
    by_him = steps.actor_id.is_not_distinct_from(whose.user_id)
    return (
        exists()
        .where(
            steps.claim_id == TABLES["claims"].c.id,
            steps.step == ClaimStep.RESUBMIT,
            ~by_him,
            opened_a_case(steps.id),
        )
        .correlate(TABLES["claims"])
    )


def _of_a_report(whose: Whose) -> ColumnElement[bool]:
    """Say which claims reward what somebody else reported, and it told of harm."""
    claim, hazard = TABLES["claims"].c, TABLES["hazards"].c
    his = exists().where(hazard.id == claim.source_id, of_user("hazards", "reported_by")(whose))
    return earned_by_a_case(claim.source_kind, claim.source_id) & ~his.correlate(TABLES["claims"])


def claim_events(whose: Whose) -> ColumnElement[bool]:
    """Say what became of those claims."""
    his = TABLES["claim_events"].c.claim_id.in_(select(TABLES["claims"].c.id).where(claims(whose)))
    return his & _shown("claim_events", "actor_id", whose)


def hazards(whose: Whose) -> ColumnElement[bool]:
    """Say which hazards he reported."""
    return of_user("hazards", "reported_by")(whose) & _shown("hazards", "reported_by", whose)


def hazard_events(whose: Whose) -> ColumnElement[bool]:
    """Say what became of the hazards that he reported."""
    reported = select(TABLES["hazards"].c.id).where(hazards(whose))
    step = TABLES["hazard_events"].c
    others = ~of_user("hazard_events", "actor_id")(whose) & opened_a_case(inspection_of(step.data))
    return step.hazard_id.in_(reported) & _shown("hazard_events", "actor_id", whose) & ~others


def corrections(whose: Whose) -> ColumnElement[bool]:
    """Say which corrections he asked for."""
    return of_user("corrections", "asked_by")(whose) & _shown("corrections", "asked_by", whose)


def corrections_of_him(whose: Whose) -> ColumnElement[bool]:
    """Say which corrections concern him as he stands on the roster."""
    return of_resident("corrections", "resident_id")(whose) & _shown("corrections", "asked_by", whose)


def _shown(table: str, author: str, whose: Whose) -> ColumnElement[bool]:
    """Say which rows do not tell that somebody spoke of harm to a minor.

    A grown-up gets what he wrote himself, else its lack would tell of the case. A minor's copy is in the
    hands of its home, so it has nothing of a record that a case names, whichever step of it told.
    """
    row_id = TABLES[table].c.id
    if whose.is_minor:
        return ~belongs_to_a_case(row_id)
    return ~opened_a_case(row_id) | of_user(table, author)(whose)


def at_work(table: str, *columns: str) -> His:
    """Give the rows that name him as whoever did it; in a minor's copy none that belongs to a case of harm.

    Else the id of a claim would stand there that is missing among the claims.
    """

    def his(whose: Whose) -> ColumnElement[bool]:
        named = of_user(table, *columns)(whose)
        if table == "transfers":
            named &= _held_office(whose)
        return named & ~belongs_to_a_case(TABLES[table].c.id) if whose.is_minor else named

    return his


def _held_office(whose: Whose) -> ColumnElement[bool]:
    """Say whether he ever held one: only then points were approved by him, which no index tells."""
    grants = TABLES["grants"].c
    return exists().where(grants.user_id == whose.user_id)


def inspection_answers(whose: Whose) -> ColumnElement[bool]:
    """Say what his inspections found."""
    filed = select(TABLES["inspections"].c.id).where(of_user("inspections", "worker_id")(whose))
    return TABLES["inspection_answers"].c.inspection_id.in_(filed)


def transfers(whose: Whose) -> ColumnElement[bool]:
    """Say which points: those that he earned, and if he is of age all of his household."""
    earned, made = of_resident("transfers", "resident_id")(whose), TABLES["transfers"].c
    if whose.is_minor:
        return earned & ~belongs_to_a_case(made.source_id)
    mine = select(TABLES["accounts"].c.id).where(of_household("accounts", "household_id")(whose))
    return earned | made.debit_id.in_(mine) | made.credit_id.in_(mine)


def redemptions(whose: Whose) -> ColumnElement[bool]:
    """Say which orders: his own, and if he is of age all of his household."""
    own = of_user("redemptions", "made_by")(whose) & of_household("redemptions", "household_id")(whose)
    return own | of_grown_household("redemptions", "household_id")(whose)


def photo_links(whose: Whose) -> ColumnElement[bool]:
    """Say which photos he named, or others in records of him."""
    links = TABLES["photo_links"].c
    named = of_user("photo_links", "named_by")(whose)
    return (named & ~belongs_to_a_case(links.record_id) if whose.is_minor else named) | _of_his(whose)


def photos_by_him(whose: Whose) -> ColumnElement[bool]:
    """Say which photos he sent; in a minor's copy are none of what tells of harm to him."""
    links, sent = TABLES["photo_links"].c, TABLES["photos"].c
    his = of_user("photos", "uploaded_by")(whose)
    of_case = exists().where(links.photo_id == sent.id, belongs_to_a_case(links.record_id))
    return his & ~of_case.correlate(TABLES["photos"]) if whose.is_minor else his


def photos_of_him(whose: Whose) -> ColumnElement[bool]:
    """Say which photos stand in records of him, sent by whoever made the record."""
    links, photos = TABLES["photo_links"].c, TABLES["photos"].c
    sent = and_(links.photo_id == photos.id, links.named_by == photos.uploaded_by)
    return exists().where(sent, _of_his(whose)).correlate(TABLES["photos"])


def pictures(whose: Whose) -> ColumnElement[bool]:
    """Say of which photos he gets the picture itself: not of those that he took of people whom he served."""
    links, photos = TABLES["photo_links"].c, TABLES["photos"].c
    of_people = and_(links.photo_id == photos.id, links.record_kind.in_(_ABOUT_PEOPLE))
    of_others = exists().where(of_people, ~_of_his(whose)).correlate(TABLES["photos"])
    return or_(photos_by_him(whose) & ~of_others, photos_of_him(whose))


def message_credits(whose: Whose) -> ColumnElement[bool]:
    """Say which messages by WeChat he asked for."""
    return TABLES["message_credits"].c.link_id.in_(_links(whose))


def message_sends(whose: Whose) -> ColumnElement[bool]:
    """Say which messages by WeChat were sent to him."""
    send = TABLES["message_sends"].c
    shown = send.notice_id.in_(select(TABLES["notices"].c.id).where(notices(whose)))
    return send.link_id.in_(_links(whose)) & (shown if whose.is_minor else true())


def notices(whose: Whose) -> ColumnElement[bool]:
    """Say which notices he got; in a minor's copy none that names what tells of harm."""
    told = TABLES["notices"].c
    about = cast(func.coalesce(*(told.data[f"{kind}_id"].astext for kind in HarmRecord)), Uuid)
    his = of_user("notices", "user_id")(whose)
    return his & ~belongs_to_a_case(about) if whose.is_minor else his


def audit_entries(whose: Whose) -> ColumnElement[bool]:
    """Say what he did; in a minor's copy nothing of what tells of harm, nor of a photo that it names."""
    did, links = TABLES["audit_entries"].c, TABLES["photo_links"].c
    his = of_user("audit_entries", "actor_id")(whose)
    pictured = exists().where(links.photo_id == did.object_id, belongs_to_a_case(links.record_id))
    of_case = belongs_to_a_case(did.object_id) | pictured.correlate(TABLES["audit_entries"])
    return his & ~of_case if whose.is_minor else his


def _links(whose: Whose) -> Select[UUID]:
    return select(TABLES["wechat_identities"].c.id).where(of_user("wechat_identities", "user_id")(whose))


def _of_his(whose: Whose) -> ColumnElement[bool]:
    links = TABLES["photo_links"].c
    seen = select(TABLES["visits"].c.id).where(visits(whose))
    claimed = select(TABLES["claims"].c.id).where(claims(whose))
    return links.record_id == any_(func.array(seen.union_all(claimed).scalar_subquery()))
