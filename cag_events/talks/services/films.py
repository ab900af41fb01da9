"""Keeps that the size of a film's audience was reported to whoever gave the licence."""

from datetime import date

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain import when
from cag_events.domain.errors import N_, Refused
from cag_events.events.queries import get_record, lock_event
from cag_events.permissions import Actor, Permission, require
from cag_events.talks.models import FilmReport
from cag_events.talks.queries import audience_of


def report_audience(event_id: int, on: date, *, by: Actor) -> None:
    """Keep the day on which the audience was reported, and the figure as counted by then.

    Raises NotFound, NotAllowed, Refused film.not_counted, .day.
    """
    with transaction():
        lock_event(event_id)
        require(by, Permission.EVENT_PUBLISH)
        record = get_record(event_id)
        audience = audience_of(record)
        if audience is None:
            raise Refused("film.not_counted", N_("Nobody has counted the heads at every showing yet."))
        if on > when.day_of(clock.now(), record.tz):
            raise Refused("film.day", N_("This day has not come yet."), field="reported_on")
        if record.starts_at is not None and on < when.day_of(record.starts_at, record.tz):
            raise Refused("film.day", N_("The film had not been shown on that day."), field="reported_on")
        row = db.session.get(FilmReport, event_id) or FilmReport(event_id=event_id)
        row.people, row.reported_on, row.account_id = audience, on, by.account_id
        db.session.add(row)
        db.session.flush()


def take_report_back(event_id: int, *, by: Actor) -> None:
    """Forget that it was reported, as when the day was wrong. Raises NotFound, NotAllowed."""
    with transaction():
        lock_event(event_id)
        require(by, Permission.EVENT_PUBLISH)
        row = db.session.get(FilmReport, event_id)
        if row is not None:
            db.session.delete(row)
        db.session.flush()
