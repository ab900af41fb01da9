"""Keeps the opening hours of venues, which exhibitions there may follow."""

from typing import Any

from sqlalchemy import select

from cag_events.db import db, transaction
from cag_events.domain.errors import NotFound
from cag_events.events import records
from cag_events.events.models import Event, Venue, VenueHours
from cag_events.kinds._opening import Week
from cag_events.kinds._shape import write
from cag_events.permissions import Actor, Permission, require


def save_hours(venue_id: int, week: Week, *, by: Actor) -> None:
    """Set the hours of a venue; what follows them shows them at once. Raises NotFound, NotAllowed."""
    with transaction():
        require(by, Permission.VENUE_EDIT)
        if db.session.scalar(select(Venue.id).where(Venue.id == venue_id)) is None:
            raise NotFound(venue_id)
        written: dict[str, Any] = {name: rows for name, rows in write(week).items() if rows}
        row = db.session.get(VenueHours, venue_id)
        if row is None:
            db.session.add(VenueHours(venue_id=venue_id, hours=written))
        else:
            row.hours = written
        db.session.flush()
        records.refresh_where(Event.venue_id == venue_id)
