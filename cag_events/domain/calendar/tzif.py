"""The changes of a zone's clocks as the `tzdata` package has them: those on record and the yearly rule after them.

Python's `zoneinfo` answers for one instant at a time and keeps the rule to itself, so we read its files (RFC 8536).
"""

import re
import struct
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from cag_events.domain import when

HORIZON: Final = 2100  # the last year for which changes are listed; open rules go on after it

_DAYS: Final = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_LAST_WEEK: Final = 5
_FEBRUARY: Final = 2
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HEADER: Final = struct.Struct(">4s16x6l")
_NAME: Final = r"(?:<([^>]+)>|([A-Za-z]+))"
_CLOCK: Final = r"([+-]?\d+(?::\d+){0,2})"
_DAY_RULE: Final = rf",M(\d+)\.(\d)\.(\d)(?:/{_CLOCK})?"
_FOOTER: Final = re.compile(rf"{_NAME}{_CLOCK}(?:{_NAME}{_CLOCK}?{_DAY_RULE}{_DAY_RULE})?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Clocks put from one offset to another, or summer time kept for good under a new name."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool

    @property
    def wall(self) -> datetime:
        """Return the naive wall time of the change, by clocks not yet changed."""
        return (self.at + self.before).replace(tzinfo=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Yearly:
    """A change on the same weekday of each year: the `week`th one of the month, the last one if `week` is 5."""

    month: int
    week: int
    weekday: int  # 0 is Sunday
    clock: timedelta  # since that day's midnight, by clocks not yet changed; may be negative or more than a day
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool

    def change_in(self, year: int) -> Change:
        """Return the change of one year."""
        days = monthrange(year, self.month)[1]
        first = date(year, self.month, 1).isoweekday() % 7
        day = 1 + (self.weekday - first) % 7 + 7 * (self.week - 1)
        midnight = datetime(year, self.month, day if day <= days else day - 7, tzinfo=UTC)
        return Change(
            at=midnight + self.clock - self.before,
            before=self.before,
            after=self.after,
            name=self.name,
            is_summer=self.is_summer,
        )

    def rrule(self) -> str | None:
        """Return the rule of an open RRULE; None if its days straddle months, which no such rule can say."""
        shift = self.clock // timedelta(days=1)
        weekday = _DAYS[(self.weekday + shift) % 7]
        if not shift:
            nth = -1 if self.week == _LAST_WEEK else self.week
            return f"FREQ=YEARLY;BYMONTH={self.month};BYDAY={nth}{weekday}"
        length = monthrange(2001, self.month)[1]
        last = length if self.week == _LAST_WEEK else 7 * self.week
        days = range(last - 6 + shift, last + 1 + shift)
        if days[0] < 1 or days[-1] > length or (self.week == _LAST_WEEK and self.month == _FEBRUARY):
            return None
        return f"FREQ=YEARLY;BYMONTH={self.month};BYMONTHDAY={','.join(map(str, days))};BYDAY={weekday}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Clocks:
    """All that is known of a zone: what it had at first, each change up to the horizon, the rules still in force."""

    first_offset: timedelta
    first_name: str
    changes: tuple[Change, ...]
    yearly: tuple[Yearly, ...]  # none, or a pair


@lru_cache(maxsize=64)
def clocks(tz: str) -> Clocks:
    """Read the zone of an IANA name."""
    octets = when.zone_file(tz)
    start = _length_of_block(octets, 0, 4)
    _, _, _, _, times, types, letters = _HEADER.unpack_from(octets, start)
    at = start + _HEADER.size
    moments = struct.unpack_from(f">{times}q", octets, at)
    kinds = octets[at + 8 * times : at + 9 * times]
    kind_at = at + 9 * times
    names = octets[kind_at + 6 * types : kind_at + 6 * types + letters]
    offsets = [_kind(octets, kind_at + 6 * index, names) for index in range(types)]
    footer = octets[start + _length_of_block(octets, start, 8) :].strip().decode("ascii")

    current = first = offsets[0]
    changes: list[Change] = []
    for moment, kind in zip(moments, kinds, strict=True):
        after = offsets[kind]
        if (current[0], current[2]) != (after[0], after[2]):
            changes.append(_change(_EPOCH + timedelta(seconds=moment), current, after))
        current = after
    yearly = _yearly(footer)
    if yearly:
        year = changes[-1].at.year if changes else _EPOCH.year
        expected = sorted((rule.change_in(y) for y in range(year, HORIZON + 1) for rule in yearly), key=lambda c: c.at)
        changes += [change for change in expected if not changes or change.at > changes[-1].at]
    return Clocks(
        first_offset=first[0],
        first_name=first[2],
        changes=tuple(changes),
        yearly=yearly,
    )


when.forget_with_zones(clocks.cache_clear)


def _length_of_block(octets: bytes, start: int, width: int) -> int:
    """Return the octets of a header and its data, whose times are `width` octets wide."""
    _, utc_marks, wall_marks, leaps, times, types, letters = _HEADER.unpack_from(octets, start)
    return int(_HEADER.size + times * (width + 1) + types * 6 + letters + leaps * (width + 4) + wall_marks + utc_marks)


def _kind(octets: bytes, at: int, names: bytes) -> tuple[timedelta, bool, str]:
    seconds, is_summer, index = struct.unpack_from(">lBB", octets, at)
    return timedelta(seconds=seconds), bool(is_summer), names[index : names.index(b"\0", index)].decode("ascii")


def _change(at: datetime, before: tuple[timedelta, bool, str], after: tuple[timedelta, bool, str]) -> Change:
    # Some zones call winter the exception (Dublin): to calendars summer is when clocks have been put forward.
    is_summer = after[0] > before[0] and (after[1] or before[1])
    return Change(at=at, before=before[0], after=after[0], name=after[2], is_summer=is_summer)


def _yearly(footer: str) -> tuple[Yearly, ...]:
    """Read the rule pair of a footer as POSIX writes it: `CET-1CEST,M3.5.0,M10.5.0/3`."""
    match = _FOOTER.fullmatch(footer)
    if match is None or match[7] is None:
        return ()
    a, b, standard, c, d, summer = match.groups()[:6]
    west = _clock(standard)
    offset = -west
    other = -_clock(summer) if summer else offset + timedelta(hours=1)
    rules = match.groups()[6:]
    return (
        _rule(rules[:4], offset, other, c or d),
        _rule(rules[4:], other, offset, a or b),
    )


def _rule(parts: tuple[str, ...], before: timedelta, after: timedelta, name: str) -> Yearly:
    month, week, weekday, clock = parts
    return Yearly(
        month=int(month),
        week=int(week),
        weekday=int(weekday),
        clock=_clock(clock) if clock else timedelta(hours=2),
        before=before,
        after=after,
        name=name,
        is_summer=after > before,
    )


def _clock(text: str) -> timedelta:
    hours, minutes, seconds = (*map(int, text.lstrip("+-").split(":")), 0, 0)[:3]
    value = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -value if text.startswith("-") else value
