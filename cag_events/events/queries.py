"""Reads events: who may see which, one by its key, the record of each."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, select, true, type_coerce

from cag_events import clock
from cag_events.db import db
from cag_events.domain.disclosure import Viewer, disclose, may_know
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventRecord, EventView, Visibility
from cag_events.domain.lifecycle import SHOWN
from cag_events.events import records
from cag_events.events.models import Event, EventOldKey, EventRecordRow, Occurrence, ProgrammeVersion
from cag_events.permissions import Actor, Permission, may


def visible_to(actor: Actor, *, is_last: bool = False) -> ColumnElement[bool]:
    """Return the condition on Event for what an actor may find in lists; unlisted and private are found by nobody.

    `is_last`: other conditions find fewer events, so that the database is kept from beginning with this one's index.
    """
    if may(actor, Permission.EVENT_SEE):
        return true()
    seen = [Visibility.PUBLIC]
    if may(actor, Permission.MEMBERS_SEE):
        seen.append(Visibility.MEMBERS)
    if is_last:
        return _by_no_index(tuple(seen))
    return Event.visibility.in_(seen) & Event.status.in_(SHOWN)


@cache
def _by_no_index(seen: tuple[Visibility, ...]) -> ColumnElement[bool]:
    """Return the condition on what is written in the columns, for which no index helps; made once, which takes long."""
    visibility, status = (type_coerce(column, String) + "" for column in (Event.visibility, Event.status))
    return visibility.in_([one.value for one in seen]) & status.in_([one.value for one in SHOWN])


def find_record(key: str) -> EventRecord | None:
    """Return the record of the event with this key; whether it may be shown is another question."""
    body = db.session.scalar(select(EventRecordRow.body).join(Event).where(Event.key == key))
    return records.decode(body) if body is not None else None


def get_record(event_id: int) -> EventRecord:
    """Return the record of an event. Raises NotFound."""
    body = db.session.scalar(select(EventRecordRow.body).where(EventRecordRow.event_id == event_id))
    if body is None:
        raise NotFound(event_id)
    return records.decode(body)


def get_record_of(key: str) -> EventRecord:
    """Return the record of the event with this key, for pages of the team. Raises NotFound."""
    record = find_record(key)
    if record is None:
        raise NotFound(key)
    return record


def get_view(key: str, viewer: Viewer, at: datetime | None = None) -> EventView:
    """Return what a viewer may see of the event with this key. Raises NotFound also for what may not be known of."""
    at = at or clock.now()
    record = find_record(key)
    if record is None or not may_know(record, viewer):
        raise NotFound(key)
    return disclose(record, viewer, at)


def find_new_key(old_key: str) -> str | None:
    """Return the present key of an event that once had this one."""
    return db.session.scalar(select(Event.key).join(EventOldKey).where(EventOldKey.key == old_key))


def list_records(
    *conditions: ColumnElement[bool], order_by: Sequence[Any] = (), limit: int | None = None, offset: int = 0
) -> list[EventRecord]:
    """Return the records of the events that satisfy the conditions, by first start unless ordered otherwise."""
    order = order_by or (Event.starts_at, Event.id)
    query = select(EventRecordRow.body).join(Event, Event.id == EventRecordRow.event_id).order_by(*order)
    if limit is None and not offset:
        query = query.where(*conditions)
    else:  # chosen by an index first: records are large, and only those on the page are read
        chosen = select(Event.id).where(*conditions).order_by(*order).limit(limit).offset(offset)
        query = query.where(Event.id.in_(chosen))
    return [records.decode(body) for body in db.session.scalars(query)]


def keys_of_parts(event_id: int) -> dict[int, str]:
    """Return the keys of an event's occurrences that have one, by id; programme items name them."""
    query = select(Occurrence.id, Occurrence.key).where(Occurrence.event_id == event_id, Occurrence.key.is_not(None))
    return {row.id: str(row.key) for row in db.session.execute(query)}


_LOCKED = (
    select(Event).where(Event.id == bindparam("event_id")).with_for_update().execution_options(populate_existing=True)
)  # made once: it stands at the beginning of every registration


def lock_event(event_id: int) -> Event:
    """Return an event for writing, locked until the writing unit ends. Raises NotFound."""
    event = db.session.scalar(_LOCKED, {"event_id": event_id})
    if event is None:
        raise NotFound(event_id)
    return event


_VERSION = select(ProgrammeVersion.number, ProgrammeVersion.changed_at)  # asked with each request


def programme_version() -> tuple[int, datetime]:
    """Return the number that rises with every change of the programme, and when it last did."""
    row = db.session.connection().execute(_VERSION).first()
    return (row.number, row.changed_at) if row else (0, datetime.fromisoformat("2000-01-01T00:00:00+00:00"))
