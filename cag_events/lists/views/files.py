"""The registrations as a file, for organizers who have just given their password; and the page of all lists."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from cag_events.audiences.models import Segment
from cag_events.audit.services import record_reading
from cag_events.db import db
from cag_events.domain.event import EventView
from cag_events.domain.seats import Status
from cag_events.lists.extension import wants_visitor_list
from cag_events.lists.forms import NOT_SAID, RegistrationsForm
from cag_events.lists.queries import names_of_members
from cag_events.lists.reasons import reasoned
from cag_events.lists.services import needs_reason
from cag_events.lists.views.blueprint import (
    around,
    bp,
    dates_of,
    for_team,
    form_page,
    named,
    occurrence_of,
    prefilled,
    sent,
    taken,
)
from cag_events.permissions import Permission
from cag_events.registrations import exports
from cag_events.registrations.queries import list_registrations, occurrences_of
from cag_events.registrations.queries.care import may_care
from cag_events.web.access import confirmed, needs
from cag_events.web.actor import actor
from cag_events.web.sheets import Cell, csv_answer, xlsx_answer

TEMPLATE = "lists/registrations.html"
FORM = "lists.registrations"


@bp.get("/<lang>/organise/events/<key>/lists")
@needs(Permission.COUNTS_SEE)
def home(key: str) -> ResponseReturnValue:
    """See which lists there are."""
    view = for_team(key)
    return render_template(
        "lists/home.html", **around(view), is_guarded=needs_reason(view), has_visitors=wants_visitor_list(view)
    )


@bp.get("/<lang>/organise/events/<key>/lists/registrations")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def registrations(key: str) -> ResponseReturnValue:
    """Choose which registrations to take along."""
    view = for_team(key)
    return form_page(RegistrationsForm(view, formdata=None, data=prefilled()), view, TEMPLATE)


@bp.post("/<lang>/organise/events/<key>/lists/registrations")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def take_registrations(key: str) -> ResponseReturnValue:
    """Lead to the file."""
    view = for_team(key)
    form = RegistrationsForm(view)
    return sent(form, view, f"lists.{'csv' if form.format.data == 'csv' else 'xlsx'}", TEMPLATE)


@bp.get("/<lang>/organise/events/<key>/registrations.csv")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
@reasoned(FORM, for_team)
def csv(key: str) -> ResponseReturnValue:
    """Take the registrations along as CSV."""
    view = for_team(key)
    columns, cells = _wanted(view, "csv")
    return csv_answer(named(view, "registrations"), columns, cells)


@bp.get("/<lang>/organise/events/<key>/registrations.xlsx")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
@reasoned(FORM, for_team)
def xlsx(key: str) -> ResponseReturnValue:
    """Take the registrations along as a workbook."""
    view = for_team(key)
    columns, cells = _wanted(view, "xlsx")
    return xlsx_answer(named(view, "registrations"), columns, cells, "registrations")


def _wanted(view: EventView, file_format: str) -> tuple[list[str], list[list[Cell]]]:
    wanted = request.args.get("status", "")
    statuses = [Status(wanted)] if wanted in {status.value for status in Status} else []
    segment = request.args.get("segment") or None
    found = list_registrations(view.id, statuses=statuses, segment="" if segment == NOT_SAID else segment)
    occurrence = occurrence_of(view)
    if occurrence is not None and "occurrence" in request.args:
        coming = occurrences_of([row.id for row in found])
        found = [row for row in found if occurrence.id in coming[row.id]]
    keys = {row.id: row.key for row in db.session.execute(select(Segment.id, Segment.key))}
    cares = may_care(view.id, actor())
    columns = exports.header(view, cares=cares)
    cells: list[list[Cell]] = [list(row) for row in exports.rows(found, view, keys, cares=cares)]
    if len(columns) > len(exports.header(view)):
        record_reading("care.read", by=actor(), event_id=view.id)
    if request.args.get("by") == "person":
        members = names_of_members([row.id for row in found])
        parties = [(row.party, members.get(row.id, {})) for row in found]
        columns, cells = _by_person(columns, cells, parties)
    facts = {"status": statuses[0].value} if statuses else {}
    taken(view, "registrations.taken", format=file_format, count=len(cells), **facts, **dates_of(occurrence))
    return columns, cells


def _by_person(
    columns: list[str], cells: list[list[Cell]], parties: list[tuple[int, dict[int, str]]]
) -> tuple[list[str], list[list[Cell]]]:
    """One row for each person of a party, by a column `person`; what the contact told stands in the contact's row."""
    shared = {"code", "segment", "party", "mode", "status", "registered_at", "checked_in_at", "organisation"}
    rows: list[list[Cell]] = []
    for row, (party, members) in zip(cells, parties, strict=True):
        rows.append([*row, 1])
        for position in range(2, party + 1):
            other = [cell if name in shared else "" for name, cell in zip(columns, row, strict=True)]
            other[columns.index("name")] = members.get(position, "")
            rows.append([*other, position])
    return [*columns, "person"], rows
