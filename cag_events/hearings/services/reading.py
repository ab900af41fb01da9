"""Logs who took along or read what is not for everybody."""

from cag_events.audit.services import record
from cag_events.db import transaction
from cag_events.events.queries import lock_event
from cag_events.permissions import Actor, Permission, require


def note_taken(event_id: int, people: int, *, by: Actor) -> None:
    """Log that somebody took the list of so many speakers along. Raises NotFound, NotAllowed."""
    with transaction():
        lock_event(event_id)
        require(by, Permission.ATTENDEES_EXPORT)
        record("speakers.taken", by=by, event_id=event_id, people=people)


def note_read(event_id: int, *, by: Actor) -> None:
    """Log that somebody opened a submission that was withheld. Raises NotFound, NotAllowed."""
    with transaction():
        lock_event(event_id)
        require(by, Permission.ATTENDEES_SEE)
        record("withheld.read", by=by, event_id=event_id)
