"""How many work, for offices: the monthly dispatch and the quarterly bulletin, no figure of few people."""

from datetime import date
from typing import Any

import marshmallow as ma
from flask import Response
from marshmallow import fields

from app import reports
from app.adapters import XLSX
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, area_code
from app.api.http.months import first_of, month_text, with_figures
from app.api.http.months import told as told_month
from app.api.http.paging import PageInput, page, page_of
from app.api.http.quarters import quarter_of, quarter_text
from app.api.http.quarters import told as told_quarter
from app.api.http.recording import note, sensitive, transaction
from app.employment import months_before, this_month
from app.identity import Permission
from app.ids import new_id

blueprint = Blueprint("employment_counts", __name__, description="就业调度和通报")


class _OfMonth(Input):
    """Of which area, and of which month; without one, of the last."""

    area_code = area_code(required=True)
    month = month_text(load_default=None)

    @ma.post_load
    def read_month(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give the month's first day."""
        asked = data["month"]
        if asked is None:
            return data | {"month": months_before(this_month(), 1)}
        return data | {"month": with_figures(first_of(asked))}


class _OfQuarter(Input):
    """Of which area, and of which quarter; without one, of the last."""

    area_code = area_code(required=True)
    quarter = quarter_text(load_default=None)

    @ma.post_load
    def read_quarter(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give the quarter's first day."""
        return data | {"quarter": quarter_of(data["quarter"])}


class WorkMonthInput(_OfMonth, PageInput):
    """A page of areas."""


class WorkQuarterInput(_OfQuarter, PageInput):
    """A page of areas."""


class WorkFiguresOutput(Output):
    """Figures, or how they changed; null where one is kept back, or was not counted.

    ``in_city`` is in the city and not in the county, ``in_province`` in the province and not in the city.
    ``stable_homes`` is not known before three months are on record.
    """

    working_age = fields.Integer(required=True, allow_none=True)
    written = fields.Integer(required=True, allow_none=True)
    working = fields.Integer(required=True, allow_none=True)
    in_county = fields.Integer(required=True, allow_none=True)
    in_city = fields.Integer(required=True, allow_none=True)
    in_province = fields.Integer(required=True, allow_none=True)
    outside = fields.Integer(required=True, allow_none=True)
    homes = fields.Integer(required=True, allow_none=True)
    stable_homes = fields.Integer(required=True, allow_none=True)


class AreaMonthOutput(Output):
    """An area's figures of a month, and how they changed since the month before."""

    area_code = fields.String(required=True, attribute="area.code")
    name = fields.String(required=True, attribute="area.name")
    figures = fields.Nested(WorkFiguresOutput, required=True)
    change = fields.Nested(WorkFiguresOutput, required=True)


class QuartersMonthOutput(Output):
    """The figures of one of the months."""

    month = fields.String(required=True)
    figures = fields.Nested(WorkFiguresOutput, required=True)


class AreaQuarterOutput(Output):
    """An area's figures of a quarter: its months, and how the last differs from the last of the one before.

    ``share`` is how many of a hundred of working age work, ``share_change`` by how many that changed.
    """

    area_code = fields.String(required=True, attribute="area.code")
    name = fields.String(required=True, attribute="area.name")
    months = fields.List(fields.Nested(QuartersMonthOutput), required=True)
    change = fields.Nested(WorkFiguresOutput, required=True)
    share = fields.Float(required=True, allow_none=True)
    share_change = fields.Float(required=True, allow_none=True)

    @ma.pre_dump
    def flatten(self, one: reports.AreaQuarter, **_: Any) -> dict[str, Any]:
        """Name the months."""
        months = [{"month": told_month(month), "figures": figures} for month, figures in one.months]
        return {"area": one.area, "months": months} | {
            name: getattr(one, name) for name in ("change", "share", "share_change")
        }


def _month_known() -> fields.String:
    """Give a field for the first month of which it can be known who is stably employed; null if none is."""
    return fields.String(required=True, allow_none=True)


class FallsOutput(Output):
    """Communities where the share of who works fell most in a quarter, the worst first, up to twenty.

    ``stable_homes_from`` is the first month of which it can be known who is stably employed.
    """

    quarter = fields.String(required=True)
    stable_homes_from = _month_known()
    items = fields.List(fields.Nested(AreaQuarterOutput), required=True)


@blueprint.route("/work-dispatch", methods=["GET"])
@allow(Permission.WORK_COUNT)
@blueprint.answer(
    page_of(AreaMonthOutput, month=fields.String(required=True), stable_homes_from=_month_known())
)
@blueprint.query(WorkMonthInput)
def get_dispatch(area_code: str, month: date, limit: int, after: str | None) -> dict[str, Any]:
    """Show the monthly dispatch: an area's figures and those right below it, with the change in a month.

    What is under five is null, and so is what would tell it. Grids have no figures. ``stable_homes_from`` is
    the first month of which it can be known who is stably employed.
    """

    def fetch(**span: Any) -> Any:
        return reports.month_figures(session, actor(), area_code, month, **span)

    with transaction() as session:
        shown = page(fetch, lambda one: one.area.code, limit=limit, after=after, parse=str)
        return shown | {"month": told_month(month)} | _known(session, area_code)


@blueprint.route("/work-bulletin", methods=["GET"])
@allow(Permission.WORK_COUNT)
@blueprint.answer(
    page_of(AreaQuarterOutput, quarter=fields.String(required=True), stable_homes_from=_month_known())
)
@blueprint.query(WorkQuarterInput)
def get_bulletin(area_code: str, quarter: date, limit: int, after: str | None) -> dict[str, Any]:
    """Show the quarterly bulletin: an area's figures of three months and those right below it.

    ``stable_homes_from`` is the first month of which it can be known who is stably employed.
    """

    def fetch(**span: Any) -> Any:
        return reports.quarter_figures(session, actor(), area_code, quarter, **span)

    with transaction() as session:
        shown = page(fetch, lambda one: one.area.code, limit=limit, after=after, parse=str)
        return shown | {"quarter": told_quarter(quarter)} | _known(session, area_code)


@blueprint.route("/work-bulletin/falls", methods=["GET"])
@allow(Permission.WORK_COUNT)
@blueprint.answer(FallsOutput)
@blueprint.query(_OfQuarter)
def list_falls(area_code: str, quarter: date) -> dict[str, Any]:
    """List the communities of an area where the share of who works fell most, for those who are to urge them.

    Communities whose figures are kept back are not among them.
    """
    with transaction() as session:
        fallen = {"items": reports.falls(session, actor(), area_code, quarter)}
        return fallen | {"quarter": told_quarter(quarter)} | _known(session, area_code)


@blueprint.route("/work-dispatch/workbook", methods=["GET"])
@allow(Permission.WORK_COUNT)
@sensitive
@blueprint.file(XLSX)
@blueprint.query(_OfMonth)
def get_dispatch_workbook(area_code: str, month: date) -> Response:
    """Give the monthly dispatch of an area and all below it as an Excel workbook."""
    export_id = new_id()
    note(area_code=area_code, export_id=str(export_id))
    with transaction() as session:
        file = reports.dispatch_workbook(session, actor(), area_code, month, export_id)
    return _file(file, f"dispatch-{area_code}-{told_month(month)}")


@blueprint.route("/work-bulletin/workbook", methods=["GET"])
@allow(Permission.WORK_COUNT)
@sensitive
@blueprint.file(XLSX)
@blueprint.query(_OfQuarter)
def get_bulletin_workbook(area_code: str, quarter: date) -> Response:
    """Give the quarterly bulletin of an area and all below it as an Excel workbook."""
    export_id = new_id()
    note(area_code=area_code, export_id=str(export_id))
    with transaction() as session:
        file = reports.bulletin_workbook(session, actor(), area_code, quarter, export_id)
    return _file(file, f"bulletin-{area_code}-{told_quarter(quarter)}")


def _known(session: Any, area_code: str) -> dict[str, str | None]:
    known = reports.stable_homes_from(session, area_code)
    return {"stable_homes_from": None if known is None else told_month(known)}


def _file(made: bytes, name: str) -> Response:
    response = Response(made, mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
