"""Opening hours of a run: open at this instant? when next? and the table that visitors read.

Hours are wall times where it stands, within one day: hours past midnight are refused where they are typed. An exception
for a date stands in place of the hours of its weekday; a closed day wins over both.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from cag_events.domain import when
from cag_events.domain.when import WEEKDAYS


@dataclass(frozen=True, kw_only=True)
class Hours:
    """The days of a run, its weekly hours as (weekday, opens, closes) with times like 18:00, and what differs.

    `special`: (date, opens, closes) of days with other hours; `closed`: days on which it is closed. All times are wall
    times where it stands. A closing time is not part of the opening hours.
    """

    first: date
    last: date
    weekly: tuple[tuple[str, str, str], ...] = ()
    special: tuple[tuple[date, str, str], ...] = ()
    closed: frozenset[date] = frozenset()

    def spans_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return when it opens and closes on a day, in order; nothing outside the run and on closed days."""
        if not self.first <= day <= self.last or day in self.closed:
            return []
        own = [(opens, closes) for date_, opens, closes in self.special if date_ == day]
        name = WEEKDAYS[day.weekday()]
        usual = [(opens, closes) for weekday, opens, closes in self.weekly if weekday == name]
        return sorted(
            (datetime.combine(day, time.fromisoformat(opens)), datetime.combine(day, time.fromisoformat(closes)))
            for opens, closes in own or usual
            if opens and closes and opens < closes
        )


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Whether it is open at an instant, as wall times where it stands.

    `closes`: it is open, until then; `opens`: it is closed, until then; neither: it opens no more. `today`: when it
    opens and closes on that day, in order.
    """

    closes: datetime | None = None
    opens: datetime | None = None
    today: tuple[tuple[datetime, datetime], ...] = ()


def standing(hours: Hours, moment: datetime, tz: str) -> Standing:
    """Return whether it is open at an instant, and when it closes or opens next."""
    wall = when.wall_of(moment, tz)
    today = tuple(hours.spans_on(wall.date()))
    closes = closes_at(hours, moment, tz)
    return Standing(closes=closes, opens=None if closes else next_opening(hours, moment, tz), today=today)


def is_open(hours: Hours, moment: datetime, tz: str) -> bool:
    """Tell whether it is open at an instant."""
    return closes_at(hours, moment, tz) is not None


def closes_at(hours: Hours, moment: datetime, tz: str) -> datetime | None:
    """Return the wall time at which it closes, if it is open at an instant; hours that meet are one stretch."""
    end: tuple[datetime, datetime] | None = None  # the instant, and the wall time as it was typed
    for opens, closes in hours.spans_on(when.wall_of(moment, tz).date()):
        begins, ends = _instant(opens, tz), _instant(closes, tz)
        if (end is None and begins <= moment < ends) or (end is not None and begins <= end[0] < ends):
            end = ends, closes
    return end[1] if end else None


def next_opening(hours: Hours, moment: datetime, tz: str) -> datetime | None:
    """Return the wall time of the first opening at or after an instant, None if there is none left."""
    day = max(when.wall_of(moment, tz).date(), hours.first)
    while day <= hours.last:
        for opens, closes in hours.spans_on(day):
            if moment <= _instant(opens, tz) < _instant(closes, tz):
                return opens
        day += timedelta(days=1)
    return None


def _instant(wall: datetime, tz: str) -> datetime:
    """The instant of a wall time: the first of a doubled one, the end of the gap for one that the clocks skip."""
    if not when.exists(wall, tz):
        wall = when.gap_around(wall, tz)[1]
    return when.instant(wall, tz)


def overlapping(hours: Hours) -> bool:
    """Tell whether the hours of some weekday, or of some exception, overlap."""
    days = [[(opens, closes) for weekday, opens, closes in hours.weekly if weekday == name] for name in WEEKDAYS]
    dates = {day for day, _, _ in hours.special}
    days += [[(opens, closes) for day, opens, closes in hours.special if day == one] for one in sorted(dates)]
    return any(_overlap(spans) for spans in days)


def _overlap(spans: Iterable[tuple[str, str]]) -> bool:
    return any(later < earlier for (_, earlier), (later, _) in pairwise(sorted(spans)))


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
