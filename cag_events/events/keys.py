"""Each event's data key: made when it first seals something, kept unwrapped in memory for this application alone."""

from datetime import datetime, timedelta
from typing import NamedTuple

from flask import current_app  # noqa: TID251 (the cache belongs to the application)
from sqlalchemy import Executable, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from cag_events import clock, keyring
from cag_events.db import count_rows_of, db, transaction, unit
from cag_events.events.models import EventDataKey
from cag_events.keyring import KeyMissing

REMEMBERED = timedelta(hours=1)  # then a key is read again, since another process may have destroyed it


class _Read(NamedTuple):
    key: bytes
    at: datetime


def data_key_of(event_id: int) -> bytes:
    """Return the key that seals an event's registrations. Raises KeyMissing where there is none, or none any more."""
    known = _cache().get(event_id)
    if known is not None and clock.now() - known.at < REMEMBERED:
        return known.key
    wrapped = _stored(event_id)
    if wrapped is None:
        raise KeyMissing(f"event {event_id} has no data key")
    key = keyring.unwrap(wrapped, _context(event_id))
    if event_id not in unit().get("data_keys", ()):  # else the unit that made it may still be undone
        _cache()[event_id] = _Read(key, clock.now())
    return key


def make_data_key(event_id: int) -> bytes:
    """Return the key that seals an event's registrations; makes it, in a writing unit, if there is none yet."""
    try:
        return data_key_of(event_id)
    except KeyMissing:
        with transaction():
            unit().setdefault("data_keys", set()).add(event_id)
            db.session.execute(_insert(event_id, keyring.wrap(keyring.new_key(), _context(event_id))))
            return data_key_of(event_id)


def is_key_current(event_id: int, since: datetime | None = None) -> bool:
    """Tell, under the event's lock, whether what was sealed a moment ago can be opened again; else forgets the key.

    Another process may have destroyed it. `since`: when the event was changed last; a key that was read after that is
    right without asking, since one is destroyed only when the event is over and not yet given another date.
    """
    known = _cache().get(event_id)
    if known is not None and since is not None and known.at >= since:
        return True
    wrapped = _stored(event_id)
    if wrapped is not None and (known is None or keyring.unwrap(wrapped, _context(event_id)) == known.key):
        return True
    _cache().pop(event_id, None)
    return False


def destroy_data_key(event_id: int) -> int:
    """Destroy an event's data key, within a writing unit; returns how many there were."""
    _cache().pop(event_id, None)
    return count_rows_of(delete(EventDataKey).where(EventDataKey.event_id == event_id))


def _cache() -> dict[int, _Read]:
    cache: dict[int, _Read] = current_app.extensions.setdefault("cag_event_keys", {})
    return cache


def _stored(event_id: int) -> bytes | None:
    return db.session.scalar(select(EventDataKey.wrapped).where(EventDataKey.event_id == event_id))


def _insert(event_id: int, wrapped: bytes) -> Executable:
    """A statement that stores a key unless somebody else did so at the same moment: theirs counts then."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    return insert(EventDataKey).values(event_id=event_id, wrapped=wrapped).on_conflict_do_nothing()


def _context(event_id: int) -> str:
    return f"event_data_key:wrapped:{event_id}"
