"""Zones as VTIMEZONE: what the values of a calendar need, written so that every reader agrees.

Readers resolve local times by this component alone, some by one rule of it, and many misread RDATE lists; so a zone
with summer time is two open yearly rules, a fixed one a single sub-component, and anything else one for each change.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from cag_events.domain import when
from cag_events.domain.calendar import lines
from cag_events.domain.calendar.tzif import HORIZON, Change, Yearly, clocks

_FIXED_SINCE: Final = datetime(2010, 1, 1, tzinfo=UTC)  # before any event of ours
_EVER: Final = datetime(1601, 1, 1, tzinfo=UTC)  # where Windows begins to count
_DAY: Final = timedelta(days=1)


class StaleZoneData(RuntimeError):
    """The zone data of this machine are too old to plan events with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Observance:
    """A STANDARD or DAYLIGHT sub-component; `onset` is wall time by clocks not yet changed."""

    onset: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool = False
    rrule: str | None = None


def require_current_zone_data() -> None:
    """Raise StaleZoneData if the zone data lack the change of 2024 in Kazakhstan, and would plan events an hour off."""
    at = datetime(2024, 3, 1, 12, tzinfo=when.zone("Asia/Almaty"))
    if at.utcoffset() != timedelta(hours=5):
        raise StaleZoneData(
            f"Time zone data are out of date: Asia/Almaty is {at:%z} on 2024-03-01, it should be +0500. "
            "Install a current release of the package tzdata, and leave PYTHONTZPATH unset or empty."
        )


def vtimezone(tz: str, first: datetime, last: datetime) -> bytes:
    """Return the VTIMEZONE of an IANA zone for all values from `first` to `last`, wall times or instants.

    It holds no more than they need, has no end date, and no list of dates. Raises Refused when.zone for an unknown one.
    """
    observances = _observances(tz, _instant(first, tz), _instant(last, tz))
    return b"".join(
        (
            b"BEGIN:VTIMEZONE\r\n",
            lines.line("TZID", tz),
            *(_written(observance) for observance in observances),
            b"END:VTIMEZONE\r\n",
        )
    )


def _instant(moment: datetime, tz: str) -> datetime:
    return moment.replace(tzinfo=when.zone(tz)).astimezone(UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _observances(tz: str, first: datetime, last: datetime) -> list[_Observance]:
    known = clocks(tz)
    current = bisect_right(known.changes, first, key=lambda change: change.at) - 1
    open_rules = [(since, rule, text) for since, rule, text in _open_rules(tz) if since.at <= last]
    needed = [change for change in known.changes[max(current, 0) :] if change.at <= last]
    singles = [
        change
        for change in needed
        if not any(change.at >= since.at and change == rule.change_in(change.at.year) for since, rule, _ in open_rules)
    ]
    observances = [_single(change) for change in singles]
    if current < 0:
        observances.insert(0, _fixed(known.first_offset, known.first_name, first))
    elif singles and singles[0] is known.changes[current] and _is_long_past(singles[0], first):
        observances[0] = _fixed(singles[0].after, singles[0].name, first)
    observances += [
        _Observance(
            onset=since.wall,
            before=rule.before,
            after=rule.after,
            name=rule.name,
            is_summer=rule.is_summer,
            rrule=text,
        )
        for since, rule, text in sorted(open_rules, key=lambda entry: entry[1].is_summer)
    ]
    return observances


@lru_cache(maxsize=64)
def _open_rules(tz: str) -> list[tuple[Change, Yearly, str]]:
    """Return the yearly rules in force, each with the first change since which it has held without a break."""
    known = clocks(tz)
    found = [(rule, rule.rrule()) for rule in known.yearly]
    if any(text is None for _, text in found):
        return []
    changes = set(known.changes)
    rules = []
    for rule, text in found:
        year = HORIZON
        while rule.change_in(year - 1) in changes:
            year -= 1
        rules.append((rule.change_in(year), rule, text or ""))
    return rules


when.forget_with_zones(_open_rules.cache_clear)


def _is_long_past(change: Change, first: datetime) -> bool:
    return change.at < _FIXED_SINCE - _DAY and first > _FIXED_SINCE + _DAY


def _fixed(offset: timedelta, name: str, first: datetime) -> _Observance:
    since = _FIXED_SINCE if first > _FIXED_SINCE + _DAY else _EVER
    return _Observance(onset=since.replace(tzinfo=None), before=offset, after=offset, name=name)


def _single(change: Change) -> _Observance:
    return _Observance(
        onset=change.wall, before=change.before, after=change.after, name=change.name, is_summer=change.is_summer
    )


def _written(observance: _Observance) -> bytes:
    kind = "DAYLIGHT" if observance.is_summer else "STANDARD"
    rule = f"RRULE:{observance.rrule}\r\n" if observance.rrule else ""
    return (
        f"BEGIN:{kind}\r\n"
        f"DTSTART:{lines.wall(observance.onset)}\r\n"
        f"TZOFFSETFROM:{lines.offset(observance.before)}\r\n"
        f"TZOFFSETTO:{lines.offset(observance.after)}\r\n"
        f"TZNAME:{observance.name}\r\n"
        f"{rule}"
        f"END:{kind}\r\n"
    ).encode()
