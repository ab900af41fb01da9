"""When an event is: its instants and its registration window, computed from what was typed."""

import uuid
from datetime import datetime, timedelta
from itertools import count

from cag_events.domain import when
from cag_events.domain.errors import N_, Refused
from cag_events.domain.recurrence import dates_of
from cag_events.domain.texts import Texts
from cag_events.events.models import Event, Occurrence


def registration_window(event: Event) -> tuple[datetime | None, datetime | None]:
    """Return when registration opens and closes: days and hours before the first start.

    What stands for days, with parts that one registers for, is open until its end: each part closes by itself.
    """
    if event.starts_at is None:
        return None, None
    if event.run_from is not None and event.per_occurrence:
        opens = event.starts_at - timedelta(days=event.opens_days) if event.opens_days is not None else None
        return opens, event.ends_at
    opens = event.starts_at - timedelta(days=event.opens_days) if event.opens_days is not None else None
    closes = event.starts_at - timedelta(hours=event.closes_hours or 0)
    return opens, closes


def make_occurrences(
    starts_wall: datetime,
    ends_wall: datetime,
    tz: str,
    *,
    key: str | None = None,
    title: Texts | None = None,
    rrule: str | None = None,
    position: int = 0,
) -> list[Occurrence]:
    """Return the occurrence that was typed and, for a rule, the dates that it makes, in order; not yet stored.

    The rule's later dates keep the wall time; whoever stores them sets `series_of`. Raises Refused when.gap,
    when.span, when.rule, with `start` or `end` as its field.
    """
    length = ends_wall - starts_wall
    made = []
    for number, start in zip(count(), dates_of(starts_wall, rrule)):
        end = start + length
        starts_at, ends_at = instants_of(start, end, tz)
        made.append(
            Occurrence(
                uid=str(uuid.uuid4()),
                key=key if number == 0 else None,
                title=dict(title or {}),
                starts_wall=f"{start:%Y-%m-%dT%H:%M}",
                ends_wall=f"{end:%Y-%m-%dT%H:%M}",
                tz=tz,
                starts_at=starts_at,
                ends_at=ends_at,
                rrule=rrule if number == 0 else None,
                ruled_start=f"{start:%Y-%m-%dT%H:%M}" if rrule else None,
                ruled_end=f"{end:%Y-%m-%dT%H:%M}" if rrule else None,
                position=position,
            )
        )
    return made


def instants_of(starts_wall: datetime, ends_wall: datetime, tz: str) -> tuple[datetime, datetime]:
    """Return the instants of a date's wall times. Raises Refused when.… with the field that is at fault."""
    if not timedelta(0) < ends_wall - starts_wall <= when.MAX_SPAN:
        raise Refused("when.span", N_("The end must be after the start."), field="end")
    instants = []
    for name, wall in (("start", starts_wall), ("end", ends_wall)):
        try:
            instants.append(when.instant(wall, tz))
        except Refused as refused:
            refused.field = name
            raise
    return instants[0], instants[1]


def set_span(event: Event, occurrences: list[Occurrence]) -> None:
    """Set an event's first start and last end from its occurrences, cancelled ones aside, and its run."""
    living = [row for row in occurrences if row.cancelled_on is None] or occurrences
    starts = [row.starts_at for row in living]
    ends = [row.ends_at for row in living]
    if event.run_from is not None and event.run_to is not None:
        tz = event.tz or (occurrences[0].tz if occurrences else when.HOME)
        starts.append(when.start_of_day(event.run_from, tz))
        ends.append(when.start_of_day(event.run_to + timedelta(days=1), tz))
    event.starts_at = min(starts, default=None)
    event.ends_at = max(ends, default=None)
