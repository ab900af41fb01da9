"""Settles the notices of a venue that became another place, those of all events there in one press."""

from cag_events.db import transaction
from cag_events.domain.errors import N_, Refused
from cag_events.events.services.venues import lock_venue, put_back
from cag_events.messages.queries.places import HeldThere, list_held_at
from cag_events.messages.services.holding import drop, send_now
from cag_events.permissions import Actor, Permission, require


def send_all(venue_id: int, *, by: Actor) -> int:
    """Send what waits about a venue without waiting; returns how many registrations are told. Raises as drop_all()."""
    with transaction():
        return sum(send_now(one.notice.id, by=by) for one in _held(venue_id, by))


def drop_all(venue_id: int, reason: str, *, by: Actor) -> int:
    """Keep a venue's change and write to nobody about it; returns for how many events.

    What waits about events that have changed otherwise too is left as it is. Raises NotAllowed, NotFound, Refused
    notice.settled where nothing waits any more, notice.reason.
    """
    with transaction():
        alone = [one for one in _held(venue_id, by) if not one.has_more]
        for one in alone:
            drop(one.notice.id, reason, by=by)
        return len(alone)


def undo_all(venue_id: int, *, by: Actor) -> int:
    """Put a venue back to where people know it to be; returns for how many events something waited."""
    with transaction():
        found = _held(venue_id, by)
        first = min(found, key=lambda one: (one.notice.made_at, one.notice.id))
        put_back(venue_id, first.before, by=by)
        return len(found)


def _held(venue_id: int, by: Actor) -> list[HeldThere]:
    require(by, Permission.EVENT_PUBLISH)
    lock_venue(venue_id)
    found = list_held_at(venue_id)
    if not found:
        raise Refused("notice.settled", N_("It was sent or undone meanwhile."))
    return found
