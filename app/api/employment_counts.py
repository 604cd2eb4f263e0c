"""How many work, for offices: the monthly dispatch and the quarterly bulletin, no figure of few people."""

import re
from datetime import date
from typing import Any

import marshmallow as ma
from flask import Response
from marshmallow import fields, validate

from app import reports
from app.adapters import XLSX
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, Text, area_code
from app.api.http.months import first_of, month_text
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import note, sensitive, transaction
from app.employment import months_before, this_month
from app.identity import Permission
from app.ids import new_id

blueprint = Blueprint("employment_counts", __name__, description="就业调度和通报")
_QUARTER_FORM = re.compile(r"^(19|20|21)[0-9]{2}-Q[1-4]$")
_QUARTER = validate.Regexp(_QUARTER_FORM, error="季度请写成2026-Q4这样")
_MONTHS = 3


def _first_of_quarter(quarter: str | None) -> date:
    """Give the first day of a quarter that was sent, or else of the one before this month's."""
    if quarter is None:
        last = months_before(this_month(), _MONTHS)
        return last.replace(month=last.month - (last.month - 1) % _MONTHS)
    return date(int(quarter[:4]), 1 + _MONTHS * (int(quarter[-1]) - 1), 1)


class _OfMonth(Input):
    """Of which area, and of which month; without one, of the last."""

    area_code = area_code(required=True)
    month = month_text(load_default=None)

    @ma.post_load
    def read_month(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give the month's first day."""
        asked = data["month"]
        return data | {"month": months_before(this_month(), 1) if asked is None else first_of(asked)}


class _OfQuarter(Input):
    """Of which area, and of which quarter; without one, of the last."""

    area_code = area_code(required=True)
    quarter = Text(7, checks=[_QUARTER], load_default=None)

    @ma.post_load
    def read_quarter(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give the quarter's first day."""
        return data | {"quarter": _first_of_quarter(data["quarter"])}


class WorkMonthInput(_OfMonth, PageInput):
    """A page of areas."""


class WorkQuarterInput(_OfQuarter, PageInput):
    """A page of areas."""


class WorkFiguresOutput(Output):
    """Figures, or how they changed; null where one is kept back, or was not counted.

    ``in_city`` is in the city and not in the county, ``in_province`` in the province and not in the city.
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
        months = [{"month": f"{month:%Y-%m}", "figures": figures} for month, figures in one.months]
        return {"area": one.area, "months": months} | {
            name: getattr(one, name) for name in ("change", "share", "share_change")
        }


class FallsOutput(Output):
    """Communities where the share of who works fell most, the worst first, up to twenty."""

    items = fields.List(fields.Nested(AreaQuarterOutput), required=True)


@blueprint.route("/work-dispatch", methods=["GET"])
@allow(Permission.WORK_COUNT)
@blueprint.answer(page_of(AreaMonthOutput))
@blueprint.query(WorkMonthInput)
def get_dispatch(area_code: str, month: date, limit: int, after: str | None) -> dict[str, Any]:
    """Show the monthly dispatch: an area's figures and those right below it, with the change in a month.

    What is under five is null, and so is what would tell it. Grids have no figures.
    """

    def fetch(**span: Any) -> Any:
        return reports.month_figures(session, actor(), area_code, month, **span)

    with transaction() as session:
        return page(fetch, lambda one: one.area.code, limit=limit, after=after, parse=str)


@blueprint.route("/work-bulletin", methods=["GET"])
@allow(Permission.WORK_COUNT)
@blueprint.answer(page_of(AreaQuarterOutput))
@blueprint.query(WorkQuarterInput)
def get_bulletin(area_code: str, quarter: date, limit: int, after: str | None) -> dict[str, Any]:
    """Show the quarterly bulletin: an area's figures of three months and those right below it."""

    def fetch(**span: Any) -> Any:
        return reports.quarter_figures(session, actor(), area_code, quarter, **span)

    with transaction() as session:
        return page(fetch, lambda one: one.area.code, limit=limit, after=after, parse=str)


@blueprint.route("/work-bulletin/falls", methods=["GET"])
@allow(Permission.WORK_COUNT)
@blueprint.answer(FallsOutput)
@blueprint.query(_OfQuarter)
def list_falls(area_code: str, quarter: date) -> dict[str, Any]:
    """List the communities of an area where the share of who works fell most, for those who are to urge them.

    Communities whose figures are kept back are not among them.
    """
    with transaction() as session:
        return {"items": reports.falls(session, actor(), area_code, quarter)}


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
    return _file(file, f"dispatch-{area_code}-{month:%Y-%m}")


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
    return _file(file, f"bulletin-{area_code}-{quarter:%Y-%m}")


def _file(made: bytes, name: str) -> Response:
    response = Response(made, mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
