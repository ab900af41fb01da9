"""Which events to come have a room or somebody at the same time, among those that a page has read already."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from cag_events.domain.conflicts import taken
from cag_events.domain.event import EventRecord, Mode
from cag_events.domain.lifecycle import Status
from cag_events.domain.plans import Conflict, Known, Other, Place, Someone, Span
from cag_events.events.conflicts import BUSY, plan_of


def taken_among(records: Collection[EventRecord], now: datetime) -> Iterator[tuple[EventRecord, Conflict]]:
    """Yield the published events to come, of those given, whose room or people another of them has at the time."""
    at_venue: dict[str, list[Other]] = defaultdict(list)
    with_person: dict[str, list[Other]] = defaultdict(list)
    for record in records:
        if record.status in BUSY:
            for other in _others_of(record, now):
                if other.venue:
                    at_venue[other.venue].append(other)
                for key in other.people:
                    with_person[key].append(other)
    for record in records:
        if record.status is Status.PUBLISHED and record.starts_at is not None and record.starts_at > now:
            near = [*at_venue.get(record.venue.key if record.venue else "", ())]
            near += [other for person in record.people for other in with_person[person.key]]
            others = {(other.key, other.span): other for other in near if other.key != record.key}
            for conflict in taken(plan_of(record), _known_of(record, [*others.values()]), now):
                yield record, conflict


def _others_of(record: EventRecord, now: datetime) -> Iterator[Other]:
    """The dates to come of an event whose reader would find it."""
    for one in record.occurrences:
        if one.cancelled_on is None and one.ends_at > now:
            yield Other(
                key=record.key,
                title=record.title,
                span=Span(one.starts_wall, one.ends_wall, one.tz),
                setup_minutes=record.setup_minutes,
                clear_minutes=record.clear_minutes,
                venue=record.venue.key if record.venue else None,
                room=record.room.key if record.room else None,
                city=record.venue.city if record.venue else "",
                is_on_site=record.mode is not Mode.ONLINE,
                people=frozenset(person.key for person in record.people),
                whole=record.part_of.key if record.part_of else None,
            )


def _known_of(record: EventRecord, others: Sequence[Other]) -> Known:
    """What an event's own record knows of its surroundings."""
    venue, whole = record.venue, record.part_of.key if record.part_of else None
    return Known(
        place=Place(
            key=venue.key,
            name=venue.name,
            city=venue.city,
            country=venue.country,
            tz=venue.tz,
            is_virtual=venue.virtual,
            rooms=venue.rooms,
        )
        if venue is not None
        else None,
        people={one.key: Someone(key=one.key, name=one.name, country=one.country) for one in record.people},
        others=[
            replace(other, is_kin=True) if other.key == whole or other.whole == record.key else other
            for other in others
        ],
    )
