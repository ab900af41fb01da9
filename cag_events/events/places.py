"""What a venue was: where people would have gone who know an event from before its venue changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from cag_events.db import db
from cag_events.domain.texts import Texts
from cag_events.events.models import Room, Venue, VenueChange

Place = Mapping[str, Any]  # a venue's columns as they were, and `rooms`: key → name
TEXTS: Final = ("name", "city_names")
COLUMNS: Final = ("street", "postcode", "city", "country", "tz")
POINT: Final = ("lat", "lon", "accuracy_m")  # kept to be put back; a corrected point is no other place


def place_of(venue: Venue) -> Place:
    """Return where a venue is now, its rooms too."""
    rooms = db.session.execute(select(Room.key, Room.name).where(Room.venue_id == venue.id))
    kept: dict[str, Any] = {name: getattr(venue, name) for name in (*COLUMNS, *POINT)}
    return kept | {name: dict(getattr(venue, name)) for name in TEXTS} | {"rooms": {row.key: row.name for row in rooms}}


def place_at(venue_id: int, moment: datetime) -> Place | None:
    """Return where a venue was for those who know it as it was just before a moment; None: where it is now."""
    query = select(VenueChange.before).where(
        VenueChange.venue_id == venue_id, VenueChange.changed_at >= moment, VenueChange.is_told
    )
    return db.session.scalar(query.order_by(VenueChange.changed_at, VenueChange.id).limit(1))


def last_change(venue_id: int) -> datetime | None:
    """Return when a venue last became another place; None if it never did."""
    query = select(VenueChange.changed_at).where(VenueChange.venue_id == venue_id)
    return db.session.scalar(query.order_by(VenueChange.changed_at.desc(), VenueChange.id.desc()).limit(1))


def is_elsewhere(before: Place, after: Place, room: str | None) -> bool:
    """Tell whether people would go somewhere else, or look for another name. `room`: the key of theirs.

    A name that was translated is none that anybody knew before.
    """
    return (
        any(before[name] != after[name] for name in COLUMNS if name != "tz")
        or any(_renamed(before[name], after[name]) for name in TEXTS)
        or (room is not None and before["rooms"].get(room, "") != after["rooms"].get(room, ""))
    )


def is_changed(before: Place, after: Place) -> bool:
    """Tell whether anything that is kept of a place differs, for anybody."""
    return any(before[name] != after[name] for name in (*COLUMNS, *TEXTS, "rooms"))


def _renamed(before: Texts, after: Texts) -> bool:
    known = before.keys() & after.keys()
    return any(before[lang] != after[lang] for lang in known) or (not known and bool(before) and bool(after))
