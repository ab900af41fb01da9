"""Which zone data the instants in the database were computed with, and what an update of them moved."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import Id, Model


class ZoneData(Model):
    """One row: the zone data with which all future instants were last compared."""

    __tablename__ = "zone_data"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[Id]
    number: Mapped[int]  # how many updates there have been
    release: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))  # of all zones
    compared_at: Mapped[datetime]


class ClockChange(Model):
    """An event whose wall times mean other instants since an update of the zone data, or that clocks now skip."""

    __tablename__ = "clock_change"
    __table_args__ = (UniqueConstraint("event_id", "version"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    update_number: Mapped[int] = mapped_column(index=True)
    release: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]  # of the event, since this change
    before: Mapped[dict[str, Any]]  # occurrence id → [start, end] as instants, ISO, before
    gaps: Mapped[list[str]] = mapped_column(default=list)  # wall times that clocks skip or show twice now
    made_at: Mapped[datetime]
