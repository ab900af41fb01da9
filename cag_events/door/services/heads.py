"""Counts the people in the room, press by press: each once, whichever phone or page it came from."""

from dataclasses import dataclass

from sqlalchemy import select

from cag_events import clock
from cag_events.audiences.models import Segment
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.door.models import HeadCount, HeadStep
from cag_events.events.models import Occurrence
from cag_events.events.queries import lock_event

MOST = 99_999
MOST_AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class Step:
    """One press on the counter. `segment`: a key, empty where it is not said; `id`: the same when it is sent again."""

    occurrence_id: int
    segment: str
    change: int
    id: str


def count_step(event_id: int, step: Step, name: str) -> int:
    """Count people up or down; return how many of the segment there are, never below 0. Counted already: no change.

    `name`: of the link or the account. Raises NotFound, Refused heads.change.
    """
    if not 0 < abs(step.change) <= MOST_AT_ONCE or not 0 < len(step.id) <= 40:
        raise Refused("heads.change", N_("Count at most 100 at a time."))
    with transaction():
        lock_event(event_id)
        require_part(event_id, step.occurrence_id)
        row = head_row(event_id, step.occurrence_id, step.segment)
        if db.session.get(HeadStep, (event_id, step.id)) is not None:
            return row.people
        db.session.add(HeadStep(event_id=event_id, step=step.id))
        row.people = min(max(row.people + step.change, 0), MOST)
        row.counted_at, row.counted_by = clock.now(), name
        db.session.flush()
        return row.people


def require_part(event_id: int, occurrence_id: int) -> None:
    """Raise NotFound unless the occurrence is the event's and takes place."""
    part = db.session.get(Occurrence, occurrence_id, populate_existing=True)
    if part is None or part.event_id != event_id or part.cancelled_on is not None:
        raise NotFound(occurrence_id)


def head_row(event_id: int, occurrence_id: int, segment: str) -> HeadCount:
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
