"""The dates of a foreign series, in bounded time: rules that never end, never hit, or hit each second do no harm."""

import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from dateutil.rrule import rrulestr

from cag_events.imports.ending import Ending, Over
from cag_events.imports.foreign import ForeignCalendar, ForeignEntry, ForeignOccurrence, instant_of

MOST_DATES: Final = 730  # of one series in one answer
MOST_STEPS: Final = 40_000  # dates that a rule may give before those that are asked for: a century of days
MOST_SECONDS: Final = 5.0  # for a whole calendar
RULE_LONGEST: Final = 500
_TOO_OFTEN: Final = ("SECONDLY", "MINUTELY", "HOURLY")
_END: Final = re.compile(r";?(?:COUNT|UNTIL)=[^;]*")


def occurrences_between(calendar: ForeignCalendar, first: datetime, last: datetime) -> list[ForeignOccurrence]:
    """Return the dates that touch the time from `first` to `last` (aware), in order; cancelled ones too.

    A changed date stands in the place of its series' date, wherever it was moved. At most 730 of one series; where a
    file takes longer than five seconds, what is found until then.
    """
    deadline = time.monotonic() + MOST_SECONDS
    changed: dict[str, dict[datetime, ForeignEntry]] = {}
    for entry in calendar.entries:
        if entry.recurrence_wall is not None:
            changed.setdefault(entry.uid, {})[instant_of(entry.recurrence_wall, entry.tz)] = entry
    found: list[ForeignOccurrence] = []
    for entry in calendar.entries:
        if time.monotonic() > deadline:
            break
        others = changed.get(entry.uid, {})
        if entry.recurrence_wall is not None:
            found.append(_one(entry, instant_of(entry.recurrence_wall, entry.tz)))
        elif entry.repeats:
            found += _of_series(entry, set(others), first, last)
        elif entry.starts_at not in others:
            found.append(_one(entry, None))
    touching = [item for item in found if item.starts_at <= last and (item.ends_at > first or item.starts_at >= first)]
    return sorted(touching, key=lambda item: (item.starts_at, item.ends_at, item.entry.uid))


def _one(entry: ForeignEntry, recurrence_at: datetime | None) -> ForeignOccurrence:
    return ForeignOccurrence(entry=entry, starts_at=entry.starts_at, ends_at=entry.ends_at, recurrence_at=recurrence_at)


def _of_series(entry: ForeignEntry, changed: set[datetime], first: datetime, last: datetime) -> list[ForeignOccurrence]:
    found: list[ForeignOccurrence] = []
    length = entry.ends_wall - entry.starts_wall
    exact = entry.ends_at - entry.starts_at
    for wall in walls_of(entry, _local(last)):
        at = instant_of(wall, entry.tz)
        if at in changed:
            continue
        # A length of days is one of the wall, any other is exact (RFC 5545 §3.8.5.3).
        ends = instant_of(wall + length, entry.tz) if entry.is_all_day else at + exact
        if ends > first or at >= first:
            found.append(ForeignOccurrence(entry=entry, starts_at=at, ends_at=ends, recurrence_at=at))
        if len(found) >= MOST_DATES:
            break
    return found


def _local(moment: datetime) -> datetime:
    """A wall time that is later than any clock's at the moment."""
    return moment.replace(tzinfo=None) + timedelta(days=2)


def walls_of(entry: ForeignEntry, until: datetime) -> list[datetime]:
    """Return the wall times that a series gives until a wall time, those taken out left out, in order."""
    gone = set(entry.exdates)
    walls = {wall for wall in _ruled(entry, until) if wall not in gone}
    walls |= {wall for wall in entry.rdates if wall not in gone and wall <= until}
    return sorted(walls)


def ruled_walls(entry: ForeignEntry, until: datetime) -> list[datetime]:
    """Return the wall times that a series' rule gives until a wall time, those taken out too, and its first one."""
    return sorted(set(_ruled(entry, until)))


def _ruled(entry: ForeignEntry, until: datetime) -> Iterator[datetime]:
    """The dates of a rule and the first one, which is always of the series."""
    yield entry.starts_wall
    if not can_follow(entry.rrule):
        return
    ends = re.search(r"UNTIL=(\d{8}T\d{6})", entry.rrule)
    counted = re.search(r"COUNT=(\d{1,9})", entry.rrule)
    last = min(until, datetime.strptime(ends[1], "%Y%m%dT%H%M%S")) if ends else until  # noqa: DTZ007 (a wall time)
    most = min(int(counted[1]), MOST_STEPS) if counted else MOST_STEPS
    try:
        rule = rrulestr(_END.sub("", entry.rrule).strip(";"), dtstart=entry.starts_wall, ignoretz=True)
        for number, wall in enumerate(Ending.until(rule, last)):
            if number >= most:
                return
            yield wall
    except (Over, ValueError, TypeError, OverflowError, AssertionError, KeyError, AttributeError, IndexError):
        return


def can_follow(rule: str) -> bool:
    """Tell whether a rule is one that events follow: daily or less often, at one time of the day."""
    if not rule or len(rule) > RULE_LONGEST or "FREQ=" not in rule or any(word in rule for word in _TOO_OFTEN):
        return False
    if "BYSECOND" in rule or re.search(r"BY(?:MINUTE|HOUR)=[^;]*,", rule):
        return False
    interval = re.search(r"INTERVAL=([^;]*)", rule)
    return interval is None or bool(re.fullmatch(r"[1-9]\d{0,3}", interval[1]))
