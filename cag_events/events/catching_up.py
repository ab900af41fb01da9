"""Writes the records that a migration took away, once the program that knows their new shape runs."""

from sqlalchemy import select

from cag_events.db import db, transaction
from cag_events.events import records
from cag_events.events.models import Event, EventRecordRow


def write_missing() -> int:
    """Write the records of events that have none, in a unit of its own; returns how many.

    A migration deletes records that its program would write otherwise; this is asked whenever a program starts.
    """
    query = select(Event.id).where(~select(EventRecordRow.event_id).where(EventRecordRow.event_id == Event.id).exists())
    if db.session.scalar(query.limit(1)) is None:
        return 0
    with transaction():
        ids = list(db.session.scalars(query.order_by(Event.id)))
        records.refresh(ids)
    return len(ids)
