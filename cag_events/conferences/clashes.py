"""Rooms and people in two places at once, across events: rules of a conference's publish gate.

What clashes within the programme the kind says itself; here it is held against everything else that is published, item
by item, since a speaker of the afternoon may well be elsewhere in the morning.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, true

from cag_events.conferences.items import placed_of
from cag_events.conferences.queries import SERVED
from cag_events.db import db
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import Status
from cag_events.domain.texts import pick
from cag_events.events.models import Event, EventPart, Occurrence, Room, Venue
from cag_events.events.queries import list_records
from cag_events.kinds import details_of
from cag_events.kinds.conference import Conference, Placed, placed


@dataclass(frozen=True)
class _Taken:
    """When a room and people are taken by another event."""

    title: str
    starts_at: datetime
    ends_at: datetime
    venue: str
    room: str
    people: frozenset[str]


def clashes_of(record: EventRecord, _now: datetime) -> Iterator[Refused]:
    """Yield items with more seats than their room, and items whose room or people are taken by other events."""
    details: Conference = details_of(record)
    items = [one for one in placed(details, record) if not one.is_cancelled]
    yield from _too_full(items, record)
    if not items:
        return
    people = {person.key: person.name for person in record.people}
    rooms = record.venue.rooms if record.venue else {}
    venue = record.venue.key if record.venue and not record.venue.virtual else ""
    for taken in _taken_elsewhere(record, items):
        for one in items:
            if one.starts_at >= taken.ends_at or taken.starts_at >= one.ends_at:
                continue
            if venue and taken.venue == venue and one.item.room and one.item.room == taken.room:
                yield Refused(
                    "conference.room_elsewhere",
                    N_("“%(title)s”: %(room)s is taken at that time by “%(other)s”."),
                    field="kind-programme",
                    title=one.name,
                    room=rooms.get(taken.room, taken.room),
                    other=taken.title,
                )
            for who in sorted(set(one.item.who) & taken.people):
                yield Refused(
                    "conference.person_elsewhere",
                    N_("“%(title)s”: %(who)s is at “%(other)s” at that time."),
                    field="kind-programme",
                    title=one.name,
                    who=people.get(who, who),
                    other=taken.title,
                )


def _too_full(items: list[Placed], record: EventRecord) -> Iterator[Refused]:
    """Yield items that give out more seats than their room has."""
    if record.venue is None:
        return
    sizes = {
        row.key: row.capacity
        for row in db.session.execute(
            select(Room.key, Room.capacity).join(Venue, Venue.id == Room.venue_id).where(Venue.key == record.venue.key)
        )
    }
    for one in items:
        size = sizes.get(one.item.room, 0)
        if size and one.item.capacity and one.item.capacity > size:
            yield Refused(
                "conference.item_room_size",
                N_("“%(title)s” has %(seats)s seats, but %(room)s holds %(size)s."),
                field="kind-programme",
                title=one.name,
                seats=one.item.capacity,
                room=record.venue.rooms.get(one.item.room, one.item.room),
                size=size,
            )


def _taken_elsewhere(record: EventRecord, items: list[Placed]) -> Iterator[_Taken]:
    """Yield what other published events take while the conference lasts; its whole and its parts aside."""
    starts, ends = min(one.starts_at for one in items), max(one.ends_at for one in items)
    own = or_(EventPart.event_id == record.id, EventPart.whole_id == record.id)
    tied = {record.id}
    for row in db.session.execute(select(EventPart.event_id, EventPart.whole_id).where(own)):
        tied |= {row.event_id, row.whole_id}
    meanwhile = select(Occurrence.event_id).where(Occurrence.starts_at < ends, Occurrence.ends_at > starts)
    others = list_records(
        true(), Event.id.in_(meanwhile), Event.id.not_in(tied), Event.status == Status.PUBLISHED, order_by=(Event.id,)
    )
    for other in others:
        title = pick(other.title, "sv").text
        venue = other.venue.key if other.venue and not other.venue.virtual else ""
        if other.kind in SERVED:
            for one in placed_of(other).values():
                if not one.is_cancelled:
                    yield _Taken(title, one.starts_at, one.ends_at, venue, one.item.room, frozenset(one.item.who))
            continue
        room, people = other.room.key if other.room else "", frozenset(person.key for person in other.people)
        for part in other.living:
            yield _Taken(title, part.starts_at, part.ends_at, venue, room, people)
