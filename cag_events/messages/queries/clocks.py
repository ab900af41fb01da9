"""Reads what an update of the zone data has moved."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.events.models import ClockChange, Event


def list_clock_changes(event_ids: Collection[int]) -> list[ClockChange]:
    """Return what new laws of the clocks did to these events, the last first."""
    query = select(ClockChange).where(ClockChange.event_id.in_(event_ids))
    return list(db.session.scalars(query.order_by(ClockChange.made_at.desc(), ClockChange.id.desc())))


def events_of_clock_changes(since: datetime) -> frozenset[int]:
    """Return the ids of the events to come that were moved since then, or are left in an hour that is not."""
    query = (
        select(ClockChange.event_id, ClockChange.made_at, ClockChange.gaps)
        .join(Event, Event.id == ClockChange.event_id)
        .where(Event.ends_at > clock.now())
    )
    return frozenset(event_id for event_id, made_at, gaps in db.session.execute(query) if gaps or made_at >= since)
