"""Programme items as their readers and calendars know them: placed in time, with UIDs, and what changed in words."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from cag_events import clock
from cag_events.conferences.models import ConferenceItem
from cag_events.conferences.queries import having_versions, items_known
from cag_events.db import db
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import SHOWN
from cag_events.domain.texts import pick
from cag_events.events.queries import get_record
from cag_events.kinds import read_details
from cag_events.kinds.conference import Conference, Item, Placed, placed


def programme_of(record: EventRecord) -> Conference:
    """Return the programme in a record or view, as its readers see it: the published one."""
    details: Conference = read_details(record.kind, record.details)
    return details


def placed_of(record: EventRecord) -> dict[str, Placed]:
    """Return the items of the programme that have a place in time, by key, in the order in which they happen."""
    return {one.key: one for one in placed(programme_of(record), record)}


def settle(event_ids: Collection[int]) -> None:
    """Keep up what calendars know of the items of published programmes; runs within the unit that changes events.

    An item's sequence rises with whatever calendars show of it: time, title, room, people, whether it takes place.
    """
    for event_id in having_versions(event_ids):
        record = get_record(event_id)
        if record.status in SHOWN:
            _settle(record)
    db.session.flush()


def _settle(record: EventRecord) -> None:
    known, now = items_known(record.id), clock.now()
    there = placed_of(record) if _has_programme(record) else {}
    for key, one in there.items():
        digest, last = _digest(one, record), last_of(one)
        row = known.get(key)
        if row is None:
            new = ConferenceItem(
                event_id=record.id, key=key, uid=str(uuid.uuid4()), changed_at=now, sha256=digest, last=last
            )
            db.session.add(new)
        elif row.sha256 != digest or row.is_gone:
            row.sequence, row.changed_at, row.sha256 = row.sequence + 1, now, digest
            row.last, row.is_gone = last, False
    for key, row in known.items():
        if key not in there and not row.is_gone:
            row.sequence, row.changed_at, row.is_gone = row.sequence + 1, now, True


def _has_programme(record: EventRecord) -> bool:
    return "programme" in record.details


def last_of(one: Placed) -> dict[str, Any]:
    """Return what a calendar needs to call an item off: its day, times and zone."""
    return {
        "day": one.part.uid,
        "starts": one.starts_wall.isoformat(),
        "ends": one.ends_wall.isoformat(),
        "tz": one.part.tz,
    }


def _digest(one: Placed, record: EventRecord) -> bytes:
    """The SHA-256 of all that some calendar may show of an item."""
    venue = record.venue
    names = sorted(person.name for person in record.people if person.key in one.item.who)
    told = (
        *(one.starts_wall, one.ends_wall, one.part.tz, one.part.uid, one.item.title, one.item.note),
        *(one.item.lang, one.is_cancelled, names, record.status.value),
        *((venue.rooms.get(one.item.room), venue.name, venue.street, venue.city) if venue else ()),
    )
    return sha256(msgspec.json.encode(told)).digest()


def with_named(items: Sequence[Item], record: EventRecord) -> tuple[Item, ...]:
    """Return items that name only the people whom a view names: for comparing versions in public."""
    keys = {person.key for person in record.people}
    return tuple(replace(item, who=tuple(who for who in item.who if who in keys)) for item in items)


def title_in(item: Item, lang: str) -> str:
    """Return an item's title in a language, else in another."""
    return pick(item.title, lang).text


def is_over(one: Placed, now: datetime) -> bool:
    """Tell whether it is too late to choose an item: it has begun."""
    return one.starts_at <= now
