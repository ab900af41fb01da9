"""Reads of notices about another place: what those who are told know of a venue, and which notices one made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select

from cag_events.db import db
from cag_events.domain.event import EventRecord, Mode
from cag_events.domain.lifecycle import Status
from cag_events.domain.noticing import News, State
from cag_events.events.drafts import fields_of, find_revision
from cag_events.events.fields import EventFields
from cag_events.events.models import Event, EventRevision, Venue, VenueChange
from cag_events.events.places import Place, is_elsewhere, place_at, place_of
from cag_events.events.queries import get_record
from cag_events.events.services.planning import what_moved
from cag_events.events.told import HeldAt
from cag_events.messages.models import Notice
from cag_events.messages.queries.notices import count_reached


def known_at(notice: Notice) -> datetime:
    """Return the moment just before which people learned what they know: as their version of the event ended."""
    if notice.known_version is None:
        return notice.made_at
    ended = db.session.scalar(
        select(func.min(EventRevision.saved_at, type_=EventRevision.saved_at.type)).where(
            EventRevision.event_id == notice.event_id, EventRevision.version > notice.known_version
        )
    )
    return min(notice.made_at, ended) if ended is not None else notice.made_at


def find_other_place(notice: Notice, known: EventFields) -> Place | None:
    """Return an event's venue as people know it where it is another place itself, or keeps other clocks; else None.

    `known`: the event as they know it; that it has another venue by now is another matter.
    """
    event = db.session.get_one(Event, notice.event_id)
    venue = db.session.get(Venue, event.venue_id) if event.venue_id is not None else None
    if venue is None or venue.key != known.venue:
        return None
    before = place_at(venue.id, known_at(notice))
    if before is None:
        return None
    goes_there = event.mode is not Mode.ONLINE and not venue.virtual
    is_other = goes_there and is_elsewhere(before, place_of(venue), known.room)
    return before if is_other or (known.tz is None and before["tz"] != venue.tz) else None


def held_place(notice: Notice) -> tuple[Place, Place] | None:
    """Return a held notice's venue as people know it and as it is, where it is another place itself."""
    known = find_revision(notice.event_id, notice.known_version) if notice.known_version is not None else None
    before = find_other_place(notice, known.fields) if known is not None and known.fields is not None else None
    if before is None or known is None or known.fields is None:
        return None
    venue = db.session.scalars(select(Venue).where(Venue.key == known.fields.venue)).one()
    return before, place_of(venue)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldThere:
    """A notice that waits about an event whose venue is another place; `has_more`: it also tells of the event's own."""

    notice: Notice
    record: EventRecord
    people: int
    before: Place
    has_more: bool


def list_held_at(venue_id: int) -> list[HeldThere]:
    """Return the notices that wait because a venue is another place, the event that comes first first."""
    query = (
        select(Notice, Event)
        .join(Event, Event.id == Notice.event_id)
        .where(Event.venue_id == venue_id, Notice.state == State.HELD, Notice.what == News.MOVED)
        .order_by(Event.starts_at, Event.id)
    )
    found = []
    for notice, event in db.session.execute(query):
        known = find_revision(event.id, notice.known_version) if notice.known_version is not None else None
        before = find_other_place(notice, known.fields) if known is not None and known.fields is not None else None
        if before is None or known is None or known.fields is None:
            continue
        is_newer = event.version != notice.known_version
        one = HeldThere(
            notice=notice,
            record=get_record(event.id),
            people=sum(count_reached(event.id).values()),
            before=before,
            has_more=notice.known_status is not Status.PUBLISHED
            or (is_newer and bool(what_moved(known.fields, fields_of(event)))),
        )
        found.append(one)
    return found


def list_held(event_ids: Sequence[int]) -> list[tuple[int, bool]]:
    """Return which of these events have a notice of a change that waits, and whether their venue has changed since."""
    changed = exists().where(
        VenueChange.venue_id == Event.venue_id, VenueChange.changed_at >= Notice.made_at, VenueChange.is_told
    )
    rows = db.session.execute(
        select(Event.id, changed)
        .join(Notice, Notice.event_id == Event.id)
        .where(Event.id.in_(event_ids), Notice.state == State.HELD, Notice.what != News.WRITTEN)
        .order_by(Event.starts_at, Event.id)
    )
    return [(event_id, bool(is_of_venue)) for event_id, is_of_venue in rows]


def events_held() -> frozenset[int]:
    """Return the ids of the events about whose change a notice waits."""
    query = select(Notice.event_id).where(Notice.state == State.HELD, Notice.what != News.WRITTEN)
    return frozenset(db.session.scalars(query))


def held_at(venue_id: int) -> HeldAt | None:
    """Return which mails wait because a venue is another place."""
    found = list_held_at(venue_id)
    if not found:
        return None
    return HeldAt(max(one.notice.due_at for one in found), sum(one.people for one in found), len(found))
