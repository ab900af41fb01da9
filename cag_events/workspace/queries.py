"""Reads what the organisers' pages show across rooms, each in one statement whatever the number of events."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from cag_events.db import db
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import Status
from cag_events.domain.seats import Status as RegistrationStatus
from cag_events.events import records
from cag_events.events.models import (
    Campaign,
    Checklist,
    ChecklistTick,
    Event,
    EventRecordRow,
    Room,
    Venue,
)
from cag_events.events.queries import visible_to
from cag_events.permissions import Actor
from cag_events.registrations.models import Registration

MOST_EVENTS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """An event with what only its organisers ask: whose it is, whether its outcome is told, whether its room is set."""

    record: EventRecord
    lead_id: int | None
    has_outcome: bool
    has_online_room: bool


def list_watched(first: datetime, last: datetime, actor: Actor) -> list[Watched]:
    """Return the events that touch a time, and drafts without a date, that an actor may find, in order of time."""
    touches = and_(Event.starts_at < last, Event.ends_at > first)
    return _watched(or_(touches, and_(Event.status == Status.DRAFT, Event.starts_at.is_(None))), actor)


def list_between(first: datetime, last: datetime, actor: Actor) -> list[Watched]:
    """Return the events that touch a time and that an actor may find, in order of time."""
    return _watched(and_(Event.starts_at < last, Event.ends_at > first), actor)


def list_these(event_ids: Collection[int], actor: Actor) -> list[Watched]:
    """Return these events, as far as an actor may find them, in order of time."""
    return _watched(Event.id.in_(event_ids), actor)


def _watched(condition: ColumnElement[bool], actor: Actor) -> list[Watched]:
    rows = db.session.execute(
        select(
            EventRecordRow.body, Event.lead_id, Event.outcome, Event.online_url_sealed.is_not(None).label("has_room")
        )
        .join(Event, Event.id == EventRecordRow.event_id)
        .where(visible_to(actor), condition)
        .order_by(Event.starts_at, Event.id)
        .limit(MOST_EVENTS)
    )
    return [
        Watched(
            record=records.decode(row.body),
            lead_id=row.lead_id,
            has_outcome=bool(row.outcome),
            has_online_room=bool(row.has_room),
        )
        for row in rows
    ]


def count_waiting(event_ids: Collection[int]) -> Mapping[int, Mapping[RegistrationStatus, int]]:
    """Return how many registrations of each event wait for an answer or for a seat."""
    waiting = (RegistrationStatus.PENDING, RegistrationStatus.WAITLISTED)
    rows = db.session.execute(
        select(Registration.event_id, Registration.status, func.count(Registration.id).label("number"))
        .where(
            Registration.event_id.in_(event_ids),
            Registration.status.in_(waiting),
            Registration.name_sealed.is_not(None),  # else long over, and counted only
        )
        .group_by(Registration.event_id, Registration.status)
    )
    found: dict[int, dict[RegistrationStatus, int]] = defaultdict(dict)
    for row in rows:
        found[row.event_id][row.status] = row.number
    return found


def list_checklists() -> Sequence[Checklist]:
    """Return all checklists in their order."""
    return db.session.scalars(select(Checklist).order_by(Checklist.position, Checklist.id)).all()


def list_ticks(event_ids: Collection[int]) -> set[tuple[int, str, int]]:
    """Return which tasks of these events are done: event, checklist, number."""
    rows = db.session.execute(
        select(ChecklistTick.event_id, ChecklistTick.checklist, ChecklistTick.task).where(
            ChecklistTick.event_id.in_(event_ids)
        )
    )
    return {(row.event_id, row.checklist, row.task) for row in rows}


def list_rooms() -> Mapping[str, frozenset[str]]:
    """Return the keys of the rooms of each venue."""
    rooms: dict[str, set[str]] = defaultdict(set)
    for row in db.session.execute(select(Venue.key, Room.key.label("room")).join(Room, Room.venue_id == Venue.id)):
        rooms[row.key].add(row.room)
    return {key: frozenset(found) for key, found in rooms.items()}


def list_zones() -> Sequence[str]:
    """Return the zones that venues are in, by how many are."""
    query = select(Venue.tz).where(Venue.virtual.is_(False)).group_by(Venue.tz).order_by(func.count().desc(), Venue.tz)
    return db.session.scalars(query).all()


def has_events() -> bool:
    """Tell whether anything was ever planned here."""
    return db.session.scalar(select(Event.id).limit(1)) is not None


def list_campaigns() -> Sequence[Campaign]:
    """Return all campaigns in order of time."""
    return db.session.scalars(select(Campaign).order_by(Campaign.starts_on, Campaign.id)).all()


def find_event_id(key: str, actor: Actor) -> int | None:
    """Return the id of an event that an actor may find."""
    return db.session.scalar(select(Event.id).where(Event.key == key, visible_to(actor)))
