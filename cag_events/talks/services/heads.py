"""Counts the people in the room, by segment: with a phone by a link, or afterwards from a note."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from cag_events import clock
from cag_events.accounts.models import Account
from cag_events.audiences.models import Segment
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.events.models import Occurrence
from cag_events.events.queries import lock_event
from cag_events.events.services import holder_of
from cag_events.permissions import Actor, Permission, require
from cag_events.talks.models import HeadCount, HeadStep
from cag_events.talks.queries import HEADS

MOST = 99_999
MOST_AT_ONCE = 100
EARLY = timedelta(hours=1)  # before its start a date is counted already


@dataclass(frozen=True, kw_only=True)
class Step:
    """One press on the counter. `segment`: a key, empty where it is not said; `id`: the same when it is sent again."""

    occurrence_id: int
    segment: str
    change: int
    id: str


def count_heads(event_id: int, step: Step, *, by: Actor) -> int:
    """Count people in the room up or down; return how many of the segment there are, never below 0.

    A step that was counted already changes nothing. Raises NotFound, NotAllowed, Refused heads.change.
    """
    require(by, Permission.ATTENDEES_EDIT)
    return _count(event_id, step, _name_of(by))


def count_heads_by_link(token: str, step: Step) -> int:
    """Do the same for whoever came by a link. Raises NotFound for one that is over."""
    holder = holder_of(token, HEADS)
    return _count(holder.record.id, step, holder.name)


def set_heads(event_id: int, occurrence_id: int, people: Mapping[str, int], *, by: Actor) -> None:
    """Write down how many there were, by segment key. Raises NotFound, NotAllowed, Refused heads.number."""
    require(by, Permission.ATTENDEES_EDIT)
    with transaction():
        lock_event(event_id)
        _require_part(event_id, occurrence_id)
        for segment, number in people.items():
            if not 0 <= number <= MOST:
                raise Refused("heads.number", N_("This number is too small or too large."), field=f"people-{segment}")
            row = _row(event_id, occurrence_id, segment)
            if row in db.session.new or row.people != number:
                row.people, row.counted_at, row.counted_by = number, clock.now(), _name_of(by)
            if not number and segment and row in db.session.new:
                db.session.expunge(row)
        db.session.flush()


def _count(event_id: int, step: Step, name: str) -> int:
    if not 0 < abs(step.change) <= MOST_AT_ONCE or not 0 < len(step.id) <= 40:
        raise Refused("heads.change", N_("Count at most 100 at a time."))
    with transaction():
        lock_event(event_id)
        _require_part(event_id, step.occurrence_id)
        row = _row(event_id, step.occurrence_id, step.segment)
        if db.session.get(HeadStep, (event_id, step.id)) is not None:
            return row.people
        db.session.add(HeadStep(event_id=event_id, step=step.id))
        row.people = min(max(row.people + step.change, 0), MOST)
        row.counted_at, row.counted_by = clock.now(), name
        db.session.flush()
        return row.people


def _require_part(event_id: int, occurrence_id: int) -> None:
    if db.session.scalar(select(Occurrence.event_id).where(Occurrence.id == occurrence_id)) != event_id:
        raise NotFound(occurrence_id)


def _row(event_id: int, occurrence_id: int, segment: str) -> HeadCount:
    """Return the row of a segment at an occurrence, a new one where nobody has counted it; under the event's lock."""
    segment_id = db.session.scalar(select(Segment.id).where(Segment.key == segment)) if segment else None
    if segment and segment_id is None:
        raise NotFound(segment)
    row = db.session.scalar(
        select(HeadCount).where(HeadCount.occurrence_id == occurrence_id, HeadCount.segment_id == segment_id)
    )
    if row is None:
        row = HeadCount(
            event_id=event_id,
            occurrence_id=occurrence_id,
            segment_id=segment_id,
            people=0,
            counted_at=clock.now(),
            counted_by="",
        )
        db.session.add(row)
    return row


def _name_of(by: Actor) -> str:
    account = db.session.get(Account, by.account_id) if by.account_id else None
    return account.name[:100] if account is not None else ""
