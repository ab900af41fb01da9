"""Opening hours of a run: open at this wall time? when next? and the table that visitors read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from cag_events.domain.when import WEEKDAYS


@dataclass(frozen=True, kw_only=True)
class Hours:
    """The days of a run, its weekly hours as (weekday, opens, closes) with times like 18:00, and closed days.

    All times are wall times where it stands. A closing time is not part of the opening hours.
    """

    first: date
    last: date
    weekly: tuple[tuple[str, str, str], ...] = ()
    closed: frozenset[date] = frozenset()

    def spans_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return when it opens and closes on a day, in order; nothing outside the run and on closed days."""
        if not self.first <= day <= self.last or day in self.closed:
            return []
        name = WEEKDAYS[day.weekday()]
        return sorted(
            (datetime.combine(day, time.fromisoformat(opens)), datetime.combine(day, time.fromisoformat(closes)))
            for weekday, opens, closes in self.weekly
            if weekday == name and opens and closes and opens < closes
        )


def is_open(hours: Hours, wall: datetime) -> bool:
    """Tell whether it is open at a wall time."""
    return any(opens <= wall < closes for opens, closes in hours.spans_on(wall.date()))


def closes_at(hours: Hours, wall: datetime) -> datetime | None:
    """Return when it closes, if it is open at a wall time; hours that meet are one stretch."""
    end = None
    for opens, closes in hours.spans_on(wall.date()):
        if (end is None and opens <= wall < closes) or (end is not None and opens <= end < closes):
            end = closes
    return end


def next_opening(hours: Hours, wall: datetime) -> datetime | None:
    """Return the first opening at or after a wall time, None if there is none left."""
    day = max(wall.date(), hours.first)
    while day <= hours.last:
        for opens, _ in hours.spans_on(day):
            if opens >= wall:
                return opens
        day += timedelta(days=1)
    return None


def standing(hours: Hours, wall: datetime) -> tuple[datetime | None, datetime | None]:
    """Return when it closes, if it is open at a wall time, else None and when it opens next, if it ever does."""
    closes = closes_at(hours, wall)
    return closes, None if closes else next_opening(hours, wall)


def overlapping(hours: Hours) -> bool:
    """Tell whether the hours of some weekday overlap."""
    for name in WEEKDAYS:
        spans = sorted((opens, closes) for weekday, opens, closes in hours.weekly if weekday == name)
        if any(later < earlier for (_, earlier), (later, _) in pairwise(spans)):
            return True
    return False


def table(hours: Hours) -> list[tuple[tuple[str, ...], tuple[tuple[str, str], ...]]]:
    """Return the weekly hours as (weekdays, hours), days with the same hours that follow each other together.

    Days on which it is never open have no hours.
    """
    rows: list[tuple[tuple[str, ...], tuple[tuple[str, str], ...]]] = []
    for name in WEEKDAYS:
        spans = tuple(sorted((opens, closes) for weekday, opens, closes in hours.weekly if weekday == name))
        if rows and rows[-1][1] == spans:
            rows[-1] = ((*rows[-1][0], name), spans)
        else:
            rows.append(((name,), spans))
    return rows


def open_days(hours: Hours) -> Iterator[date]:
    """Yield each day of the run on which it opens."""
    day = hours.first
    while day <= hours.last:
        if hours.spans_on(day):
            yield day
        day += timedelta(days=1)
