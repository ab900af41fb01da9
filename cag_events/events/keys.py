"""Each event's data key: made on first use, kept unwrapped in memory for this application alone."""

from flask import current_app  # noqa: TID251 (the cache belongs to the application)

from cag_events import keyring
from cag_events.db import db, transaction
from cag_events.events.models import EventDataKey


def data_key_of(event_id: int) -> bytes:
    """Return the key that seals an event's registrations; makes it, in a writing unit, if there is none."""
    cache: dict[int, bytes] = current_app.extensions.setdefault("cag_event_keys", {})
    if (known := cache.get(event_id)) is not None:
        return known
    row = db.session.get(EventDataKey, event_id)
    if row is None:
        with transaction():
            key = keyring.new_key()
            db.session.add(EventDataKey(event_id=event_id, wrapped=keyring.wrap(key, _context(event_id))))
            db.session.flush()
        return key  # cached once it is read back, so that a rolled-back key is never used again
    key = keyring.unwrap(row.wrapped, _context(event_id))
    cache[event_id] = key
    return key


def _context(event_id: int) -> str:
    return f"event_data_key:wrapped:{event_id}"
