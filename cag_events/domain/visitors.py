"""How many came to see something that nobody registers for: readings of a counter, day figures, taps on a phone.

One day is never counted twice. A reading counts for all days since the reading before it, itself included; a day figure
counts on days after the last reading; taps count on days that have neither. What does not count still tells when in the
day people came, and of which groups.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Source(StrEnum):
    """Where a figure comes from."""

    READING = "reading"  # of a counter at the entrance, since its last reading
    DAY = "day"  # typed for one day
    TAP = "tap"  # counted with the phone


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """People on a day, in an hour of it (0–23) and of a segment, where that is known."""

    day: date
    people: int
    source: Source
    hour: int | None = None
    segment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The people of a stretch of days, from one source; a single day but for readings."""

    first: date
    last: date
    people: int
    source: Source


@dataclass(frozen=True, slots=True)
class Tally:
    """All figures of one exhibition: what counts, and what was noted of groups and hours, counted or not."""

    stretches: tuple[Stretch, ...]
    by_segment: dict[str, int]
    by_hour: dict[int, int]

    @property
    def total(self) -> int:
        """How many visitors there were."""
        return sum(stretch.people for stretch in self.stretches)


def tally(figures: Iterable[Figure], first_day: date | None = None) -> Tally:
    """Return what counts of the figures of one exhibition that opened on a day."""
    known = list(figures)
    readings = sorted((one for one in known if one.source is Source.READING), key=lambda one: one.day)
    stretches = _stretches(readings, first_day)
    read_until = readings[-1].day if readings else date.min
    days: dict[date, dict[Source, int]] = defaultdict(lambda: defaultdict(int))
    for one in known:
        if one.source is not Source.READING and one.day > read_until:
            days[one.day][one.source] += one.people
    for day in sorted(days):
        source = Source.DAY if Source.DAY in days[day] else Source.TAP
        stretches.append(Stretch(first=day, last=day, people=days[day][source], source=source))
    return Tally(tuple(stretches), _by_segment(known), _by_hour(known))


def _stretches(readings: Sequence[Figure], first_day: date | None) -> list[Stretch]:
    people: dict[date, int] = defaultdict(int)
    for one in readings:
        people[one.day] += one.people
    found: list[Stretch] = []
    for day, number in people.items():
        start = found[-1].last + timedelta(days=1) if found else min(first_day or day, day)
        found.append(Stretch(first=start, last=day, people=number, source=Source.READING))
    return found


def _by_segment(figures: Iterable[Figure]) -> dict[str, int]:
    """People by segment as noted, the day figure before the taps of the same day; "" for those of no known group."""
    by_day: dict[date, dict[Source, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for one in figures:
        if one.source is not Source.READING:
            by_day[one.day][one.source][one.segment] += one.people
    found: dict[str, int] = defaultdict(int)
    for sources in by_day.values():
        for segment, people in sources.get(Source.DAY, sources.get(Source.TAP, {})).items():
            found[segment] += people
    return {segment: people for segment, people in sorted(found.items()) if people}


def _by_hour(figures: Iterable[Figure]) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for one in figures:
        if one.hour is not None:
            found[one.hour] += one.people
    return {hour: people for hour, people in sorted(found.items()) if people}
