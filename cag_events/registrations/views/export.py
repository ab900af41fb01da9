"""The list of registrations to take along: for organizers who have just given their password."""

from collections.abc import Iterator

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain.event import EventView
from cag_events.domain.seats import Status
from cag_events.events.queries import get_view
from cag_events.permissions import Permission
from cag_events.registrations import exports
from cag_events.registrations.queries import list_registrations
from cag_events.registrations.views.blueprint import bp
from cag_events.web import sheets, throttle
from cag_events.web.access import confirmed, needs
from cag_events.web.actor import actor


@bp.get("/<lang>/organise/events/<key>/registrations.csv")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def csv(key: str) -> ResponseReturnValue:
    """Take the list along as CSV."""
    view, cells = _wanted(key)
    return sheets.csv_answer(f"registrations-{view.key}", exports.header(view), cells)


@bp.get("/<lang>/organise/events/<key>/registrations.xlsx")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def xlsx(key: str) -> ResponseReturnValue:
    """Take the list along as a workbook."""
    view, cells = _wanted(key)
    return sheets.xlsx_answer(f"registrations-{view.key}", exports.header(view), cells, "registrations")


def _wanted(key: str) -> tuple[EventView, Iterator[list[str | int]]]:
    throttle.spend((throttle.EXPORT_ACCOUNT, str(actor().account_id)))
    view = get_view(key, actor().viewer)
    wanted = request.args.get("status", "")
    statuses = [Status(wanted)] if wanted in {status.value for status in Status} else []
    segments = {row.id: row.key for row in db.session.execute(select(Segment.id, Segment.key))}
    return view, exports.rows(list_registrations(view.id, statuses=statuses), view, segments)
