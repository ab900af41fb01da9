"""What *today* says of exhibitions and their tours: what is due, and what is late."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from flask import url_for
from flask_babel import gettext as _

from cag_events.domain import tours, when
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import Status
from cag_events.domain.tours import StopStatus
from cag_events.domain.visitors import Figure
from cag_events.events.extensions import Todo
from cag_events.exhibitions.models import TourStop
from cag_events.exhibitions.queries.tours import LEFT, Tour, stops_of_events, stops_with_note
from cag_events.exhibitions.queries.visitors import figures_of
from cag_events.permissions import Actor, Permission, may

QUIET = timedelta(days=7)  # without a figure while it is open
SOON = timedelta(days=3)


def todos(records: Sequence[EventRecord], actor: Actor, now: datetime) -> Iterator[Todo]:
    """Yield what is to be done for exhibitions and the stops that they are."""
    if not records or not may(actor, Permission.EVENT_EDIT):
        return
    figures = figures_of(records)
    for record in records:
        yield from _of_visitors(record, figures.get(record.id, []), now)
    found = stops_of_events([record.id for record in records])
    checked = stops_with_note("return", [stop.id for _tour, stop in found])
    by_id = {record.id: record for record in records}
    for tour, stop in found:
        today = when.day_of(now, by_id[stop.event_id or 0].tz)
        yield from _of_stop(tour, stop, today, is_checked=stop.id in checked)


def _of_visitors(record: EventRecord, figures: Sequence[Figure], now: datetime) -> Iterator[Todo]:
    today = when.day_of(now, record.tz)
    if record.status is not Status.PUBLISHED or record.run_from is None or record.run_to is None:
        return
    if not record.run_from <= today <= record.run_to:
        return
    last = max((figure.day for figure in figures), default=record.run_from - timedelta(days=1))
    due = max(last, record.run_from) + QUIET
    if today >= due:
        yield Todo(
            event_id=record.id,
            text=_("No visitors were counted for a week."),
            url=url_for("exhibitions.visitors", key=record.key),
            due_on=due,
            is_late=today > due,
        )


def _of_stop(tour: Tour, stop: TourStop, today: date, *, is_checked: bool) -> Iterator[Todo]:
    assert stop.event_id is not None
    url = url_for("exhibitions.stop", row_id=stop.row_id)

    def due(text: str, on: date) -> Todo:
        return Todo(event_id=stop.event_id or 0, text=text, url=url, due_on=on, is_late=on < today)

    agreed_by = stop.install_from - timedelta(weeks=tour.production.agreed_weeks)
    if stop.status not in tours.BINDING and today >= agreed_by:
        yield due(_("The stop is not agreed with the host yet."), agreed_by)
    texts_by = stop.opens_on - timedelta(days=tour.production.texts_days)
    if stop.status is StopStatus.AGREED and texts_by - SOON <= today <= texts_by:
        yield due(_("The texts are due at the host."), texts_by)
    arriving = tour.leg_to(stop)
    if arriving and stop.status is StopStatus.AGREED and not tour.is_ticked(arriving, LEFT) and tour.crates:
        leave_by = stop.install_from - timedelta(days=arriving.days)
        if today >= leave_by - timedelta(days=1):
            yield due(_("The crates must leave so that they arrive in time."), leave_by)
    if stop.status in (StopStatus.CLOSED, StopStatus.RETURNED) and not is_checked:
        yield due(_("The condition of the crates was not noted when they were packed."), stop.until)
    if stop.status is StopStatus.CLOSED and today > stop.until:
        yield due(_("The crates should be back."), stop.until)
