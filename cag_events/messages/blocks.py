"""What the messages room adds to one's own registration, to *today* and to the worker's minute."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete

from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.events.extensions import Block, OwnVisit, Todo
from cag_events.messages.models import AttendanceAsk, ReminderSent, ThanksSent
from cag_events.messages.queries.clocks import events_of_clock_changes, list_clock_changes
from cag_events.messages.queries.coming import count_long_silent, find_asked, first_day
from cag_events.messages.queries.places import events_held, list_held
from cag_events.messages.services.holding import send_due
from cag_events.messages.services.reminding import remind_due, thank_due
from cag_events.permissions import Actor, Permission, may

NEWS_OF_CLOCKS = timedelta(days=14)
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


def clock_todos(records: Sequence[EventRecord], actor: Actor, now: datetime) -> Iterable[Todo]:
    """Name the events to come that a new law of the clocks has moved in the last weeks, or left in an hour that is not.

    Saving the event, or two weeks, ends it; an hour that clocks skip is named until it is mended.
    """
    coming = {record.id: record for record in records if record.ends_at is not None and record.ends_at > now}
    if not coming or not may(actor, Permission.EVENT_EDIT):
        return
    named: set[int] = set()
    for change in list_clock_changes(list(coming)):
        record = coming[change.event_id]
        has_gap = any(
            _is_skipped(one.starts_wall, one.tz) or _is_skipped(one.ends_wall, one.tz) for one in record.occurrences
        )
        is_news = change.version == record.version and change.before and now < change.made_at + NEWS_OF_CLOCKS
        if record.id in named or record.status is EventStatus.CANCELLED or not (has_gap or is_news):
            continue
        named.add(record.id)
        if has_gap:
            text = _("The clocks there skip its hour now, or show it twice: choose another time")
            yield Todo(event_id=record.id, text=text, url=url_for("events.edit", key=record.key), is_late=True)
        else:
            text = _("The law of the clocks has changed there: for everybody else it is at another time now")
            yield Todo(event_id=record.id, text=text, url=url_for("messages.of_event", key=record.key))


def held_todos(records: Sequence[EventRecord], actor: Actor) -> Iterable[Todo]:
    """Name what is about to be told of changes, while it can be undone; of a venue that is another place once."""
    if not records or not may(actor, Permission.EVENT_PUBLISH):
        return
    known = {record.id: record for record in records}
    at_venues: dict[str, list[int]] = {}
    for event_id, is_of_venue in list_held([*known]):
        venue = known[event_id].venue
        if is_of_venue and venue is not None:
            at_venues.setdefault(venue.key, []).append(event_id)
        else:
            url = url_for("messages.of_event", key=known[event_id].key)
            yield Todo(event_id=event_id, text=_("A mail about a change waits, and can be undone"), url=url)
    for key, ids in at_venues.items():
        text = ngettext(
            "The venue is another place: the mail of %(num)s event waits, and can be undone",
            "The venue is another place: the mails of %(num)s events wait, and can be undone",
            len(ids),
        )
        yield Todo(event_id=ids[0], text=text, url=url_for("messages.of_venue", key=key))


def _is_skipped(wall: datetime, tz: str) -> bool:
    return not when.exists(wall, tz) or when.is_doubled(wall, tz)


def all_todos(records: Sequence[EventRecord], actor: Actor, now: datetime) -> Iterable[Todo]:
    """Name all that this room asks to be done."""
    yield from held_todos(records, actor)
    yield from clock_todos(records, actor, now)
    yield from todos(records, actor, now)


def watching(now: datetime) -> frozenset[int]:
    """Name the events about which a mail waits or that a law of the clocks has moved, however far away they are."""
    return events_of_clock_changes(now - NEWS_OF_CLOCKS) | events_held()


def timed(now: datetime) -> int:
    """Send what is held no longer, remind, thank."""
    return send_due(now) + remind_due(now) + thank_due(now)


def erase(registration_id: int) -> None:
    """Delete what a party was asked and said, and when it was written to; counts of answers hold nobody."""
    for table in (AttendanceAsk, ReminderSent, ThanksSent):
        db.session.execute(delete(table).where(table.registration_id == registration_id))
