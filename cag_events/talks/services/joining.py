"""Counts who goes into the online room through our page, and keeps its telephone number sealed."""

from collections.abc import Mapping, Sequence
from typing import Any

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, Refused
from cag_events.events.queries import lock_event
from cag_events.permissions import Actor, Permission, require
from cag_events.talks.models import DialIn, JoinClick

LONGEST = 200
PATH = "webinar.dial_in"


def click(registration_id: int, occurrence_id: int) -> None:
    """Count that a registration went into the room of an occurrence; once, however often it does."""
    with transaction():
        if db.session.get(JoinClick, (registration_id, occurrence_id), with_for_update=True) is None:
            db.session.add(
                JoinClick(registration_id=registration_id, occurrence_id=occurrence_id, first_at=clock.now())
            )
            db.session.flush()


def keep_dial_in(event_id: int, number: str, *, by: Actor) -> None:
    """Keep a telephone number and its code; an empty one removes it. Raises NotFound, NotAllowed, Refused room.long."""
    with transaction():
        lock_event(event_id)
        require(by, Permission.EVENT_PUBLISH)
        if len(number) > LONGEST:
            raise Refused("room.long", N_("At most %(most)s characters, please."), field="number", most=LONGEST)
        _store(event_id, number.strip())


def keep_given(event_id: int, given: Mapping[str, Sequence[tuple[str, Any]]]) -> None:
    """Keep the number that a programme file gives, within the unit that loads it."""
    for _place, number in given.get(PATH, ()):
        _store(event_id, str(number or "").strip()[:LONGEST])


def _store(event_id: int, number: str) -> None:
    row = db.session.get(DialIn, event_id)
    if row is not None and not number:
        db.session.delete(row)
    elif row is not None and row.number != number:
        row.number = number
    elif row is None and number:
        db.session.add(DialIn(event_id=event_id, number=number))
    db.session.flush()
