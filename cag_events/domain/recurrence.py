"""A rule for repeating (RFC 5545 §3.3.10) → the wall times that it gives, and rules made from a few choices."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from dateutil.rrule import rrulestr

from cag_events.domain.errors import N_, Refused

MAX_DATES = 730
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST = -1  # the last such weekday of a month
_WEEK = 7
_FIFTH = 5
_NTH = re.compile(r"([+-]?\d)?([A-Z]{2})")


class Scope(StrEnum):
    """What of a series a change is meant for."""

    THIS = "this"
    FOLLOWING = "following"  # this date and those after it
    ALL = "all"


class Every(StrEnum):
    """After what a series repeats."""

    DAY = "daily"
    WEEK = "weekly"
    MONTH = "monthly"  # on the same day of the month
    MONTH_WEEKDAY = "weekday"  # on the same weekday of the month, as the second Tuesday
    YEAR = "yearly"


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """What a rule says, in a few choices. `weekdays`: 0 is Monday, only of weeks; none: that of the start.

    `nth`: of MONTH_WEEKDAY, which such weekday of the month, LAST for the last one.
    """

    every: Every
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nth: int | None = None
    count: int | None = None
    until: date | None = None


def dates_of(starts_wall: datetime, rrule: str | None) -> list[datetime]:
    """Return the wall times that a rule gives from a start; the start alone without one. Raises Refused when.rule."""
    if not rrule:
        return [starts_wall]
    if any(word in rrule.upper() for word in ("SECONDLY", "MINUTELY", "HOURLY")):
        raise Refused("when.rule", N_("Events cannot repeat more often than daily."), field="rrule")
    if "COUNT=" not in rrule.upper() and "UNTIL=" not in rrule.upper():
        raise Refused("when.rule", N_("Say how many times it repeats, or until when."), field="rrule")
    try:
        dates = [date for _, date in zip(range(MAX_DATES), rrulestr(rrule, dtstart=starts_wall, ignoretz=True))]
    except (ValueError, TypeError) as fault:
        raise Refused("when.rule", N_("This is not a rule for repeating."), field="rrule") from fault
    if not dates or dates[0] != starts_wall:
        raise Refused("when.rule", N_("The first date must be one that the rule gives."), field="rrule")
    return dates


def rule_of(pattern: Pattern, start: datetime) -> str:
    """Return the rule of a pattern that begins at a wall time."""
    parts = {"FREQ": {Every.DAY: "DAILY", Every.WEEK: "WEEKLY", Every.YEAR: "YEARLY"}.get(pattern.every, "MONTHLY")}
    if pattern.interval > 1:
        parts["INTERVAL"] = str(pattern.interval)
    if pattern.until is not None:
        parts["UNTIL"] = f"{pattern.until:%Y%m%d}T235959"
    elif pattern.count is not None:
        parts["COUNT"] = str(pattern.count)
    weekdays = sorted({*pattern.weekdays, start.weekday()})
    if pattern.every is Every.WEEK and len(weekdays) > 1:
        parts["BYDAY"] = ",".join(DAYS[day] for day in weekdays)
    if pattern.every is Every.MONTH_WEEKDAY:
        parts["BYDAY"] = f"{pattern.nth or nth_of(start)}{DAYS[start.weekday()]}"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def pattern_of(rrule: str) -> Pattern | None:
    """Return what a rule says in the few choices that we offer; None where it says something else."""
    parts = _parts(rrule)
    every = {"DAILY": Every.DAY, "WEEKLY": Every.WEEK, "MONTHLY": Every.MONTH, "YEARLY": Every.YEAR}.get(
        parts.pop("FREQ", "")
    )
    if every is None or not set(parts) <= {"INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"}:
        return None
    found = [_NTH.fullmatch(day) for day in parts["BYDAY"].split(",")] if "BYDAY" in parts else []
    if any(match is None or match[2] not in DAYS for match in found):
        return None
    days = [(match[1], DAYS.index(match[2])) for match in found if match]
    weekdays: tuple[int, ...] = ()
    nth: int | None = None
    if every is Every.WEEK and not any(number for number, _ in days):
        weekdays = tuple(day for _, day in days)
    elif every is Every.MONTH and len(days) == 1 and days[0][0]:
        every, nth = Every.MONTH_WEEKDAY, int(days[0][0])
        if nth < LAST or nth > _FIFTH:
            return None
    elif days:
        return None
    until = datetime.strptime(parts["UNTIL"][:8], "%Y%m%d").date() if "UNTIL" in parts else None  # noqa: DTZ007
    return Pattern(
        every=every,
        interval=int(parts.get("INTERVAL", "1")),
        weekdays=weekdays,
        nth=nth,
        count=int(parts["COUNT"]) if "COUNT" in parts else None,
        until=until,
    )


def nth_of(day: date) -> int:
    """Return which such weekday of its month a day is; the fifth one is called the last, for not all months have it."""
    number = (day.day - 1) // _WEEK + 1
    return LAST if number == _FIFTH else number


def with_count(rrule: str, count: int) -> str:
    """Return a rule that ends after so many dates."""
    parts = {name: value for name, value in _parts(rrule).items() if name != "UNTIL"} | {"COUNT": str(count)}
    return ";".join(f"{name}={value}" for name, value in parts.items())


def moved_rule(rrule: str, before: datetime, after: datetime, count: int) -> str:
    """Return the rule of a series whose first date of `count` is at another wall time.

    On the same day the rule stays as it is. On another one it gives the dates that belong to the new start: other
    weekdays by as many days, another day of the month, another weekday of the month.
    """
    parts = _parts(rrule)
    days = (after.date() - before.date()).days
    if days and "BYDAY" in parts:
        shifted = []
        for match in (_NTH.fullmatch(day) for day in parts["BYDAY"].split(",")):
            if match is None or match[2] not in DAYS:
                return with_count(rrule, count)
            weekday = DAYS[(DAYS.index(match[2]) + days) % _WEEK]
            number = match[1] and str(LAST if int(match[1]) == LAST and _is_last(after) else nth_of(after))
            shifted.append(f"{number or ''}{weekday}")
        parts["BYDAY"] = ",".join(dict.fromkeys(shifted))
    if days and "BYMONTHDAY" in parts and parts["BYMONTHDAY"] == str(before.day):
        parts["BYMONTHDAY"] = str(after.day)
    if days and "BYMONTH" in parts and parts["BYMONTH"] == str(before.month):
        parts["BYMONTH"] = str(after.month)
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    return with_count(text, count) if "UNTIL" in parts or parts.get("COUNT") != str(count) else text


def _is_last(day: date) -> bool:
    return (day + timedelta(days=_WEEK)).month != day.month


def _parts(rrule: str) -> dict[str, str]:
    return {name: value for name, _, value in (part.partition("=") for part in rrule.upper().split(";")) if value}
