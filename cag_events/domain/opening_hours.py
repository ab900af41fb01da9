"""Opening hours of what stands for days: is it open at a moment, when does it open next? Wall times of its zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from cag_events.domain.event import EventRecord

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Rule:
    """Open on these weekdays (Monday is 0) from `start` to `end`."""

    days: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Hours:
    """When something is open within its run; days inclusive. Without rules nobody has said."""

    first: date
    last: date
    rules: tuple[Rule, ...]
    closed: frozenset[date] = frozenset()

    def on(self, day: date) -> list[tuple[time, time]]:
        """Return the spans of a day on which it is open, in order."""
        if not self.first <= day <= self.last or day in self.closed:
            return []
        return sorted((rule.start, rule.end) for rule in self.rules if day.weekday() in rule.days)


class State(NamedTuple):
    """`closes`: the wall time until which it is open, None when it is closed; `opens`: the next opening, if any."""

    closes: datetime | None
    opens: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self.closes is not None


def state_at(hours: Hours, now: datetime) -> State:
    """Tell whether it is open at a wall time, until when, and when it opens next."""
    for start, end in hours.on(now.date()):
        if start <= now.time() < end:
            return State(datetime.combine(now.date(), end), None)
    return State(None, next_opening(hours, now))


def next_opening(hours: Hours, now: datetime) -> datetime | None:
    """Return the first opening after a wall time, None when there is none within the run."""
    day = max(now.date(), hours.first)
    last = min(hours.last, day + timedelta(days=400))
    while day <= last:
        for start, _end in hours.on(day):
            opens = datetime.combine(day, start)
            if opens > now:
                return opens
        day += timedelta(days=1)
    return None


def hours_of(record: EventRecord) -> Hours | None:
    """Return the opening hours that an event's details hold, None for one that has no run or says nothing of hours."""
    if record.run_from is None or record.run_to is None:
        return None
    for section in record.details.values():
        if isinstance(section, Mapping) and section.get("opening"):
            return Hours(
                record.run_from,
                record.run_to,
                tuple(rule for row in section["opening"] if (rule := _rule(row))),
                frozenset(_days(section.get("closed") or ())),
            )
    return None


def _rule(row: Mapping[str, Any]) -> Rule | None:
    days = frozenset(WEEKDAYS.index(day) for day in row.get("days", ()) if day in WEEKDAYS)
    try:
        return Rule(days, time.fromisoformat(row.get("start", "")), time.fromisoformat(row.get("end", "")))
    except ValueError:
        return None


def _days(rows: Sequence[Any]) -> list[date]:
    found = []
    for row in rows:
        raw = row.get("date") if isinstance(row, Mapping) else row
        try:
            found.append(raw if isinstance(raw, date) else date.fromisoformat(str(raw)))
        except ValueError:
            continue
    return found
