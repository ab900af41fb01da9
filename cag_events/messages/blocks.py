"""What the messages room adds to one's own registration, to *today* and to the worker's minute."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import ngettext
from sqlalchemy import delete

from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.events.extensions import Block, OwnVisit, Todo
from cag_events.messages.models import AttendanceAsk, ReminderSent, ThanksSent
from cag_events.messages.queries.coming import count_long_silent, find_asked, first_day
from cag_events.messages.services.holding import send_due
from cag_events.messages.services.reminding import remind_due, thank_due
from cag_events.permissions import Actor, Permission, may

SOON = timedelta(days=3)  # before the start, from when on who is silent stands on *today* whenever they were asked


def on_own_page(visit: OwnVisit) -> Block | None:
    """Ask somebody with a seat whether they still come, or show that they have said so."""
    view = visit.view
    is_before = view.starts_at is not None and visit.now < view.starts_at and view.status is EventStatus.PUBLISHED
    asked = find_asked(visit.registration_id) if is_before and visit.is_confirmed else None
    if asked is None or asked.for_on != first_day(view):
        return None
    return Block("messages/_own.html", {"said": asked.answer.value if asked.answer else ""})


def todos(records: Sequence[EventRecord], actor: Actor, now: datetime) -> Iterable[Todo]:
    """Name the events where some have not said for two days whether they come, or it begins soon."""
    coming = {
        record.id: (record, day)
        for record in records
        if record.status is EventStatus.PUBLISHED
        and record.starts_at is not None
        and record.starts_at > now
        and (day := first_day(record)) is not None
    }
    if not coming or not may(actor, Permission.EVENT_EDIT):
        return
    for (event_id, for_on), (silent, long) in count_long_silent(list(coming), now).items():
        record, day = coming[event_id]
        number = silent if when.day_of(now, record.tz) >= day - SOON else long
        if for_on == day and number:
            text = ngettext(
                "%(num)s registration has not answered whether they come",
                "%(num)s registrations have not answered whether they come",
                number,
            )
            url = url_for("messages.of_event", key=record.key, _anchor="coming")
            yield Todo(event_id=event_id, text=text, url=url, due_on=day)


def timed(now: datetime) -> int:
    """Send what is held no longer, remind, thank."""
    return send_due(now) + remind_due(now) + thank_due(now)


def erase(registration_id: int) -> None:
    """Delete what a party was asked and said, and when it was written to; counts of answers hold nobody."""
    for table in (AttendanceAsk, ReminderSent, ThanksSent):
        db.session.execute(delete(table).where(table.registration_id == registration_id))
