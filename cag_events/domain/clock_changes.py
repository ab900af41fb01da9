"""Where a series crosses a change of clocks: from when on it begins at another hour for those in another zone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cag_events.domain import when


@dataclass(frozen=True, kw_only=True)
class ClockChange:
    """In `tz` the dates from `starts_at` on begin at `after` o'clock; those before it at `before`. Wall times there."""

    tz: str
    starts_at: datetime
    before: datetime
    after: datetime


def changes_of(starts: Sequence[datetime], own: str, others: Sequence[str]) -> list[ClockChange]:
    """Return the changes that dates at the same hour in their own zone cross, in order; `starts` are wall times there.

    A zone whose clocks change with those of the dates' own has none.
    """
    found = [change for tz in others for change in _in(starts, own, tz)]
    return sorted(found, key=lambda change: (change.starts_at, change.tz))


def _in(starts: Sequence[datetime], own: str, tz: str) -> Iterator[ClockChange]:
    before: tuple[int, datetime] | None = None
    for wall in sorted(starts):
        at = when.meant_by(wall, own)
        apart = when.offset_minutes(at, tz) - when.offset_minutes(at, own)
        there = when.wall_of(at, tz)
        if before is not None and before[0] != apart:
            yield ClockChange(tz=tz, starts_at=at, before=before[1], after=there)
        before = (apart, there)
