"""Logs every list that is printed or taken along, with its reason where the event is guarded."""

from collections.abc import Mapping

from cag_events.audit.services import Fact, record
from cag_events.db import transaction
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord, Safety
from cag_events.events.queries import get_record, lock_event
from cag_events.permissions import Actor, Permission, require

LEAST_REASON = 5  # letters


def needs_reason(event: EventRecord) -> bool:
    """Tell whether whoever takes names along has to say why."""
    return event.safety is Safety.GUARDED


def check_reason(event: EventRecord, reason: str) -> str:
    """Return a reason as it is kept. Raises Refused list.reason where one is needed and nothing is said."""
    reason = " ".join(reason.split())
    if needs_reason(event) and len(reason) < LEAST_REASON:
        raise Refused("list.reason", N_("Say why you need the list. Who reads the log sees it."), field="reason")
    return reason


def note_taken(event_id: int, what: str, facts: Mapping[str, Fact], *, by: Actor, reason: str = "") -> None:
    """Log that somebody prints a list or takes it along. Raises NotFound, NotAllowed, Refused list.reason."""
    with transaction():
        require(by, Permission.ATTENDEES_EXPORT)
        event = get_record(event_id)
        kept = check_reason(event, reason)
        record(what, by=by, event_id=event_id, reason=kept if needs_reason(event) else "", facts=facts)


def hand_over(event_id: int, people: int, *, by: Actor) -> None:
    """Say that the venue has the visitor list now. Raises NotFound, NotAllowed."""
    with transaction():
        lock_event(event_id)
        require(by, Permission.ATTENDEES_EXPORT)
        record("visitors.handed", by=by, event_id=event_id, people=people)
