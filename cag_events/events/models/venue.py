"""Where: venues, their rooms and access facts."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cag_events.db import Id, Model
from cag_events.domain.texts import Texts


class Venue(Model):
    """A place, or the one row that stands for online."""

    __tablename__ = "venue"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[Texts]
    name_local: Mapped[str] = mapped_column(String(200), default="")
    street: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    city_names: Mapped[Texts] = mapped_column(default=dict)  # only where it differs: city_en, city_sv in files
    country: Mapped[str] = mapped_column(String(2), default="")
    tz: Mapped[str] = mapped_column(String(64))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    accuracy_m: Mapped[int | None]
    access: Mapped[dict[str, Any]] = mapped_column(default=dict)  # step_free … → bool, checked → ISO date
    travel: Mapped[Texts] = mapped_column(default=dict)
    virtual: Mapped[bool] = mapped_column(default=False)
    visitor_list_hours: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)

    rooms: Mapped[list["Room"]] = relationship(
        order_by="Room.position", cascade="all, delete-orphan", lazy="raise", passive_deletes=True
    )


class VenueHours(Model):
    """A venue's own opening hours, which what stands there may follow; `hours` has the shape of exhibition.Week."""

    __tablename__ = "venue_hours"

    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"), primary_key=True)
    hours: Mapped[dict[str, Any]] = mapped_column(default=dict)


class VenueChange(Model):
    """What a venue was before a change of its place; `before` has the shape of events/places.py, with all rooms."""

    __tablename__ = "venue_change"
    __table_args__ = (Index("ix_venue_change_changed", "venue_id", "changed_at"),)

    id: Mapped[Id]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    before: Mapped[dict[str, Any]]
    is_told: Mapped[bool]  # else a spelling was corrected, of which nobody gets a mail
    changed_at: Mapped[datetime]


class Room(Model):
    """A room at a venue; capacity in people."""

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("venue_id", "key"), CheckConstraint("capacity >= 0", name="capacity"))

    id: Mapped[Id]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    capacity: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
