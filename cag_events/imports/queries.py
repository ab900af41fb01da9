"""Reads imports: files that are looked at, entries that were taken before, addresses of our own entries."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import select

from cag_events.db import db
from cag_events.domain.errors import NotFound
from cag_events.domain.lifecycle import Status
from cag_events.events.models import Event, Occurrence
from cag_events.imports.models import CalendarImport, ImportedEntry
from cag_events.permissions import Actor

CHUNK: Final = 400
HOURS_ENTRIES: Final = 24  # that the opening hours of one run may fill in a feed of ours
LATEST: Final = 20
Identity = tuple[str, str]  # uid and recurrence


def get_import(row_id: str, by: Actor) -> CalendarImport:
    """Return an import that somebody made. Raises NotFound, also for what somebody else brought."""
    found = db.session.scalar(select(CalendarImport).where(CalendarImport.row_id == row_id))
    if found is None or (not by.is_system and found.account_id != by.account_id):
        raise NotFound(row_id)
    return found


def list_imports(by: Actor) -> list[CalendarImport]:
    """Return what somebody imported lately, the newest first."""
    query = select(CalendarImport).where(CalendarImport.account_id == by.account_id)
    query = query.where(CalendarImport.done_at.is_not(None)).order_by(
        CalendarImport.made_at.desc(), CalendarImport.id.desc()
    )
    return list(db.session.scalars(query.limit(LATEST)))


def own_uids(uids: Iterable[str]) -> dict[str, str]:
    """Return which of these UIDs are of our own entries, with the key of the event."""
    found: dict[str, str] = {}
    wanted = {uid for uid in uids if _is_uuid(uid)}
    for part in _parts(wanted):
        found |= {
            row.uid: row.key for row in db.session.execute(select(Event.uid, Event.key).where(Event.uid.in_(part)))
        }
        for column in (Occurrence.uid, Occurrence.series_uid):
            query = select(column, Event.key).join(Event, Event.id == Occurrence.event_id).where(column.in_(part))
            found |= {uid: key for uid, key in db.session.execute(query) if uid}
    if any(UUID(uid).version == 5 for uid in wanted - set(found)):
        runs = db.session.execute(select(Event.uid, Event.key).where(Event.run_from.is_not(None)))
        hours = {str(uuid5(UUID(uid), f"hours-{n}")): key for uid, key in runs for n in range(HOURS_ENTRIES)}
        found |= {uid: hours[uid] for uid in wanted & set(hours)}
    return found


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def taken_before(identities: Iterable[Identity]) -> dict[Identity, ImportedEntry]:
    """Return the entries that were taken before, by their identity."""
    wanted = set(identities)
    found: dict[Identity, ImportedEntry] = {}
    for part in _parts({uid for uid, _ in wanted}):
        for row in db.session.scalars(select(ImportedEntry).where(ImportedEntry.uid.in_(part))):
            found[row.uid, row.recurrence] = row
    return {identity: row for identity, row in found.items() if identity in wanted}


def events_of(rows: Iterable[ImportedEntry]) -> dict[int, Event]:
    """Return the events that were made of entries, by id."""
    ids = {row.event_id for row in rows if row.event_id is not None}
    return {
        event.id: event for part in _parts(ids) for event in db.session.scalars(select(Event).where(Event.id.in_(part)))
    }


def gone_from(source_index: bytes, present: set[Identity], now: datetime) -> list[tuple[ImportedEntry, Event]]:
    """Return what was taken from this place before and is not there any more, though it is to come."""
    query = (
        select(ImportedEntry, Event)
        .join(Event, Event.id == ImportedEntry.event_id)
        .where(ImportedEntry.source_index == source_index, Event.ends_at > now, Event.status != Status.CANCELLED)
        .order_by(Event.starts_at, Event.id)
    )
    return [(row, event) for row, event in db.session.execute(query) if (row.uid, row.recurrence) not in present]


def made_in(import_id: int) -> list[tuple[ImportedEntry, Event]]:
    """Return the entries that an import made events of, and these."""
    query = (
        select(ImportedEntry, Event)
        .join(Event, Event.id == ImportedEntry.event_id)
        .where(ImportedEntry.made_in == import_id)
        .order_by(Event.starts_at, Event.id)
    )
    return [(row, event) for row, event in db.session.execute(query)]


def keys_there(keys: Iterable[str]) -> set[str]:
    """Return which of these keys are of events that there still are."""
    parts = _parts({key for key in keys if key})
    return {key for part in parts for key in db.session.scalars(select(Event.key).where(Event.key.in_(part)))}


def is_untouched(row: ImportedEntry, event: Event) -> bool:
    """Tell whether an event is as an import made it: nobody has changed or published it since."""
    return event.status is Status.DRAFT and event.published_at is None and event.version == row.made_version


def _parts(items: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(items)
    while part := list(islice(rest, CHUNK)):
        yield part
