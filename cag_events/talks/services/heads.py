"""Counts the people in the room, by segment: with a phone by a link, or afterwards from a note."""

from collections.abc import Mapping
from datetime import timedelta

from cag_events import clock
from cag_events.accounts.models import Account
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, Refused
from cag_events.door.services.heads import MOST, Step, count_step, head_row, require_part
from cag_events.events.queries import lock_event
from cag_events.events.services import holder_of
from cag_events.permissions import Actor, Permission, require
from cag_events.talks.queries import HEADS

EARLY = timedelta(hours=1)  # before its start a date is counted already


def count_heads(event_id: int, step: Step, *, by: Actor) -> int:
    """Count people in the room up or down; return how many of the segment there are, never below 0.

    A step that was counted already changes nothing. Raises NotFound, NotAllowed, Refused heads.change.
    """
    require(by, Permission.ATTENDEES_EDIT)
    return count_step(event_id, step, _name_of(by))


def count_heads_by_link(token: str, step: Step) -> int:
    """Do the same for whoever came by a link. Raises NotFound for one that is over."""
    holder = holder_of(token, HEADS)
    return count_step(holder.record.id, step, holder.name)


def set_heads(event_id: int, occurrence_id: int, people: Mapping[str, int], *, by: Actor) -> None:
    """Write down how many there were, by segment key. Raises NotFound, NotAllowed, Refused heads.number."""
    require(by, Permission.ATTENDEES_EDIT)
    with transaction():
        lock_event(event_id)
        require_part(event_id, occurrence_id)
        for segment, number in people.items():
            if not 0 <= number <= MOST:
                raise Refused("heads.number", N_("This number is too small or too large."), field=f"people-{segment}")
            row = head_row(event_id, occurrence_id, segment)
            if row in db.session.new or row.people != number:
                row.people, row.counted_at, row.counted_by = number, clock.now(), _name_of(by)
            if not number and segment and row in db.session.new:
                db.session.expunge(row)
        db.session.flush()


def _name_of(by: Actor) -> str:
    account = db.session.get(Account, by.account_id) if by.account_id else None
    return account.name[:100] if account is not None else ""
