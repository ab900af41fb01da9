"""Logs who took along or read what is not for everybody; says that the venue has its list."""

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.events.queries import lock_event
from cag_events.hearings.models import HearingLog
from cag_events.permissions import Actor, Permission, require

PRINTED, TAKEN, HANDED = "visitors.printed", "visitors.taken", "visitors.handed"
WITHHELD, SPEAKERS = "withheld.read", "speakers.taken"


def log(event_id: int, what: str, number: int, *, by: Actor) -> None:
    """Keep that somebody took a list of so many people along, or handed it over. Raises NotFound, NotAllowed."""
    with transaction():
        lock_event(event_id)
        require(by, Permission.ATTENDEES_EXPORT)
        _add(event_id, what, number, by)


def note_read(event_id: int, *, by: Actor) -> None:
    """Keep that somebody opened a submission that was withheld. Raises NotFound, NotAllowed."""
    with transaction():
        lock_event(event_id)
        require(by, Permission.ATTENDEES_SEE)
        _add(event_id, WITHHELD, 1, by)


def _add(event_id: int, what: str, number: int, by: Actor) -> None:
    db.session.add(HearingLog(event_id=event_id, at=clock.now(), account_id=by.account_id, what=what, number=number))
    db.session.flush()
