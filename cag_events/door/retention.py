"""Deletes what the door room keeps of people and their phones, once its day has come, or with a registration."""

from collections import Counter
from datetime import date

from sqlalchemy import delete, select, union, update

from cag_events.db import count_rows_of, db, transaction
from cag_events.domain.event import EventRecord
from cag_events.domain.retention import kept_until
from cag_events.door.models import DoorAction, DoorHelper, DoorLink, HeadCount, HeadStep


def holding() -> frozenset[int]:
    """Return the events of which presses, names of phones, helpers, or who counted heads are kept."""
    counted = select(HeadCount.event_id).where(HeadCount.counted_by != "")
    kept = (select(model.event_id) for model in (DoorAction, DoorLink, DoorHelper, HeadStep))
    return frozenset(db.session.scalars(union(counted, *kept)))


def delete_due(record: EventRecord, today: date) -> Counter[str]:
    """Delete them with the event's registrations; who was there, walk-ins and heads stay as numbers."""
    kept = kept_until(record)
    if kept is None or today < kept.registration:
        return Counter()
    with transaction():
        named = update(HeadCount).where(HeadCount.event_id == record.id, HeadCount.counted_by != "")
        count_rows_of(named.values(counted_by=""), synchronizes=False)
        return +Counter(
            {
                model.__tablename__: count_rows_of(delete(model).where(model.event_id == record.id), synchronizes=False)
                for model in (DoorAction, DoorLink, DoorHelper, HeadStep)
            }
        )


def erase(registration_id: int) -> None:
    """Delete the presses about one party, within the unit that erases it; that they came is a count."""
    count_rows_of(delete(DoorAction).where(DoorAction.registration_id == registration_id), synchronizes=False)
