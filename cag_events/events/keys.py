"""Each event's data key: made when it first seals something, kept unwrapped in memory for this application alone."""

from flask import current_app  # noqa: TID251 (the cache belongs to the application)
from sqlalchemy import Executable, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from cag_events import keyring
from cag_events.db import db, transaction, unit
from cag_events.events.models import EventDataKey
from cag_events.keyring import KeyMissing


def data_key_of(event_id: int) -> bytes:
    """Return the key that seals an event's registrations. Raises KeyMissing where there is none, or none any more."""
    cache: dict[int, bytes] = current_app.extensions.setdefault("cag_event_keys", {})
    if (known := cache.get(event_id)) is not None:
        return known
    wrapped = _stored(event_id)
    if wrapped is None:
        raise KeyMissing(f"event {event_id} has no data key")
    key = keyring.unwrap(wrapped, _context(event_id))
    if event_id not in unit().get("data_keys", ()):  # else the unit that made it may still be undone
        cache[event_id] = key
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


def has_data_key(event_id: int) -> bool:
    """Tell, under the event's lock, whether it has a data key; forgets one that another process has destroyed."""
    if _stored(event_id) is not None:
        return True
    current_app.extensions.setdefault("cag_event_keys", {}).pop(event_id, None)
    return False


def destroy_data_key(event_id: int) -> int:
    """Destroy an event's data key, within a writing unit; returns how many there were."""
    current_app.extensions.setdefault("cag_event_keys", {}).pop(event_id, None)
    done = db.session.execute(delete(EventDataKey).where(EventDataKey.event_id == event_id))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _stored(event_id: int) -> bytes | None:
    return db.session.scalar(select(EventDataKey.wrapped).where(EventDataKey.event_id == event_id))


def _insert(event_id: int, wrapped: bytes) -> Executable:
    """A statement that stores a key unless somebody else did so at the same moment: theirs counts then."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    return insert(EventDataKey).values(event_id=event_id, wrapped=wrapped).on_conflict_do_nothing()


def _context(event_id: int) -> str:
    return f"event_data_key:wrapped:{event_id}"
