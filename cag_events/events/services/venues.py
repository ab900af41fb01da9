"""Keeps venues and their rooms; what changes at a venue changes on the page of every event there."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select

from cag_events import clock, outbox
from cag_events.db import count_rows_of, db, transaction
from cag_events.domain import when
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.slugs import first_free
from cag_events.domain.texts import Texts, pick
from cag_events.events import records
from cag_events.events.models import Event, Occurrence, Room, Venue, VenueChange
from cag_events.events.places import COLUMNS, POINT, TEXTS, Place, is_changed, place_of
from cag_events.events.queries import lock_event
from cag_events.events.timing import set_span
from cag_events.permissions import Actor, Permission, require

KEPT: Final = timedelta(days=30)  # what a venue was, at least: more than any mail about it waits


@dataclass(frozen=True, kw_only=True)
class RoomFields:
    """A room; `id` is the row's, None for a new one."""

    id: int | None = None
    name: str
    capacity: int


@dataclass(frozen=True, kw_only=True)
class VenueFields:
    """A venue as its editor knows it."""

    name: Texts
    name_local: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    city_names: Texts = field(default_factory=dict)
    country: str = ""
    tz: str
    lat: float | None = None
    lon: float | None = None
    accuracy_m: int | None = None
    access: dict[str, Any] = field(default_factory=dict)
    travel: Texts = field(default_factory=dict)
    visitor_list_hours: int | None = None
    rooms: tuple[RoomFields, ...] = ()


def save_venue(venue_id: int | None, fields: VenueFields, *, tells: bool = True, by: Actor) -> Venue:
    """Make or change a venue with its rooms. A new zone moves the instants of its events, not their wall times.

    `tells`: those who are registered are told of another place; not where a spelling is corrected.

    Raises NotFound, NotAllowed, Refused venue.… with the field, when.gap. Notes event.changed for the events there;
    venue.changed where its name, address, zone or a room's name is another.
    """
    with transaction():
        require(by, Permission.VENUE_EDIT)
        when.zone(fields.tz)
        venue = lock_venue(venue_id) if venue_id else _new(fields)
        had_tz, before = venue.tz, place_of(venue)
        for name in (
            *("name_local", "street", "postcode", "city", "country", "tz", "lat", "lon", "accuracy_m"),
            "visitor_list_hours",
        ):
            setattr(venue, name, getattr(fields, name))
        for name in ("name", "city_names", "travel", "access"):
            setattr(venue, name, dict(getattr(fields, name)))
        db.session.flush()
        _save_rooms(venue, fields.rooms)
        if had_tz != venue.tz:
            _retime(venue)
        records.refresh_where(Event.venue_id == venue.id)
        if venue_id:
            note_place(venue, before, tells=tells, account_id=by.account_id)
    return venue


def put_back(venue_id: int, place: Place, *, by: Actor) -> None:
    """Give a venue the name, address, zone and names of rooms that it had; all else stays. Raises as save_venue()."""
    with transaction():
        venue = lock_venue(venue_id)
        rooms = db.session.scalars(select(Room).where(Room.venue_id == venue_id).order_by(Room.position, Room.id))
        kept = {name: getattr(venue, name) for name in ("name_local", "access", "travel", "visitor_list_hours")}
        earlier = {name: place[name] for name in (*TEXTS, *COLUMNS, *POINT)}
        named = tuple(
            RoomFields(id=row.id, name=place["rooms"].get(row.key, row.name), capacity=row.capacity) for row in rooms
        )
        save_venue(venue_id, VenueFields(**kept, **earlier, rooms=named), by=by)


def note_place(venue: Venue, before: Place, *, tells: bool, account_id: int | None) -> None:
    """Keep what a venue was where it is another place now, within the writing unit; notes venue.changed."""
    if is_changed(before, place_of(venue)):
        change = VenueChange(venue_id=venue.id, before=dict(before), is_told=tells, changed_at=clock.now())
        db.session.add(change)
        outbox.note("venue.changed", venue_id=venue.id, tells=tells, account_id=account_id)


def sweep_places() -> int:
    """Delete what venues were once all is over that somebody may know from before; returns how many rows."""
    now = clock.now()
    with transaction():
        known = select(Event.id).where(
            Event.venue_id == VenueChange.venue_id, Event.ends_at > now, Event.created_at <= VenueChange.changed_at
        )
        gone = delete(VenueChange).where(VenueChange.changed_at < now - KEPT, ~known.exists())
        return count_rows_of(gone, synchronizes=False)


def lock_venue(venue_id: int) -> Venue:
    """Return a venue, locked; before any event there. Raises NotFound."""
    venue = db.session.scalar(select(Venue).where(Venue.id == venue_id).with_for_update(key_share=True))
    if venue is None:
        raise NotFound(venue_id)
    return venue


def _new(fields: VenueFields) -> Venue:
    key = first_free(pick(fields.name, "sv").text, {"new", *db.session.scalars(select(Venue.key))})
    last = db.session.scalar(select(func.max(Venue.position))) or 0
    venue = Venue(key=key, name=dict(fields.name), tz=fields.tz, position=last + 1)
    db.session.add(venue)
    db.session.flush()
    return venue


def _save_rooms(venue: Venue, wanted: tuple[RoomFields, ...]) -> None:
    known = {row.id: row for row in db.session.scalars(select(Room).where(Room.venue_id == venue.id))}
    kept = {room.id for room in wanted if room.id is not None}
    for gone in set(known) - kept:
        if db.session.scalar(select(Event.id).where(Event.room_id == gone).limit(1)):
            raise Refused(
                "venue.room_used",
                N_("%(room)s cannot be removed: there are events in it."),
                field="rooms",
                room=known[gone].name,
            )
        db.session.delete(known[gone])
    keys = {row.key for row in known.values()}
    for position, room in enumerate(wanted):
        row = known.get(room.id or 0)
        if row is None:
            key = first_free(room.name, keys)
            keys.add(key)
            db.session.add(Room(venue_id=venue.id, key=key, name=room.name, capacity=room.capacity, position=position))
        else:
            row.name, row.capacity, row.position = room.name, room.capacity, position
    db.session.flush()


def _retime(venue: Venue) -> None:
    """Compute the instants of the events that follow the venue's zone anew."""
    for event_id in db.session.scalars(
        select(Event.id).where(Event.venue_id == venue.id, Event.tz.is_(None)).order_by(Event.id)
    ).all():
        event = lock_event(event_id)
        rows = list(db.session.scalars(select(Occurrence).where(Occurrence.event_id == event_id)))
        for row in rows:
            row.tz = venue.tz
            row.starts_at = when.instant(datetime.fromisoformat(row.starts_wall), venue.tz)
            row.ends_at = when.instant(datetime.fromisoformat(row.ends_wall), venue.tz)
        set_span(event, sorted(rows, key=lambda row: row.starts_at))
