"""Weather alerts: an area's next visits are made earlier, and then as before."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import visits
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import (
    Input,
    Output,
    Text,
    area_code,
    day,
    has_words,
    listed,
    sent_moment,
    word,
)
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import transaction
from app.identity import Permission
from app.visits import CareCategory, CareLevel, WeatherKind

blueprint = Blueprint("weather_alerts", __name__, description="天气预警")
_MOST_REASON = 200


class WeatherAlertInput(Input):
    """Which weather where and when; without ``levels`` and ``categories`` everybody is called on."""

    area_code = area_code(required=True)
    kind = word(WeatherKind, required=True)
    from_on = day(required=True)
    until_on = day(required=True)
    reason = Text(_MOST_REASON, least=2, lines=True, checks=[has_words], required=True)
    levels = listed(word(CareLevel), len(CareLevel), load_default=())
    categories = listed(word(CareCategory), len(CareCategory), load_default=())

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> visits.NewAlert:
        """Give what the domain takes."""
        for name in ("levels", "categories"):
            data[name] = tuple(dict.fromkeys(data[name]))
        return visits.NewAlert(**data)


class WeatherAlertOutput(Output):
    """An alert."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    kind = fields.Enum(WeatherKind, by_value=True, required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    reason = fields.String(required=True)
    levels = fields.List(fields.String(), required=True)
    categories = fields.List(fields.String(), required=True)
    made_at = sent_moment(required=True)
    ended_at = sent_moment(required=True, allow_none=True)


@blueprint.route("/weather-alerts", methods=["GET"])
@allow(Permission.WEATHER_READ)
@blueprint.answer(page_of(WeatherAlertOutput))
@blueprint.query(PageInput)
def list_weather_alerts(limit: int, after: str | None) -> dict[str, Any]:
    """List alerts for my areas and what lies around them, the newest first."""

    def fetch(**span: Any) -> Any:
        return visits.alerts(session, actor(), **span)

    with transaction() as session:
        return page(fetch, lambda alert: alert.id, limit=limit, after=after)


@blueprint.route("/weather-alerts/<uuid:alert_id>", methods=["PUT"])
@allow(Permission.WEATHER_WARN)
@blueprint.made_once(WeatherAlertOutput)
@blueprint.body(WeatherAlertInput)
def put_weather_alert(new: visits.NewAlert, alert_id: UUID) -> tuple[Any, int]:
    """Bring the next visits of an area forward; within a minute, each once."""
    with transaction() as session:
        alert, made = visits.warn(session, actor(), alert_id, new)
    return alert, once(made)


@blueprint.route("/weather-alerts/<uuid:alert_id>/end", methods=["POST"])
@allow(Permission.WEATHER_WARN)
@blueprint.answer(WeatherAlertOutput)
def end_weather_alert(alert_id: UUID) -> Any:
    """End an alert before its last day; visits go back to their own days."""
    with transaction() as session:
        return visits.end_alert(session, actor(), alert_id)
