"""Recurrence rules as calendars can all read them: bounded, UNTIL in UTC, the start an instance of them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import islice
from typing import Final

from dateutil.rrule import rrulestr

from cag_events.domain import when
from cag_events.domain.calendar import lines

_ORDER: Final = ("FREQ", "INTERVAL", "UNTIL", "COUNT", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST")
_FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_MOST: Final = 1000  # occurrences; more is a slip of the pen
_PART: Final = re.compile(r"([A-Z]+)=([A-Z0-9,+-]+)")
_UNTIL: Final = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule and where it starts. `until` is wall time in `tz`, of a date its last second."""

    start: datetime | date
    tz: str | None
    parts: tuple[tuple[str, str], ...]  # without UNTIL
    until: datetime | None

    def text(self) -> str:
        """Return the value of RRULE, UNTIL in UTC, or a date if the start is one (RFC 5545 §3.3.10)."""
        parts = dict(self.parts)
        if self.until is not None:
            if self.tz:
                parts["UNTIL"] = lines.utc(self.until.replace(tzinfo=when.zone(self.tz)))
            else:
                parts["UNTIL"] = lines.day(self.until)
        return ";".join(f"{name}={parts[name]}" for name in _ORDER if name in parts)

    def starts(self) -> list[datetime]:
        """Return the wall time of each occurrence, exceptions included."""
        parts = dict(self.parts)
        if self.until is not None:
            parts["UNTIL"] = lines.wall(self.until)
        first = self.start if isinstance(self.start, datetime) else datetime.combine(self.start, time())
        rule = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=first)
        return list(islice(rule, _MOST + 1))

    def last(self) -> datetime:
        """Return the wall time of the last occurrence."""
        return self.starts()[-1]


@lru_cache(maxsize=256)
def read_rule(text: str, start: datetime | date, tz: str | None) -> Rule:
    """Read an RRULE value whose UNTIL may be a date, a wall time in `tz` or UTC.

    Raises ValueError for a rule without an end, with a part that not all calendars know, that skips its own start, or
    that has more than a thousand occurrences.
    """
    found = [_PART.fullmatch(part) for part in text.upper().split(";")]
    parts = {match[1]: match[2] for match in found if match}
    if len(parts) != len(found) or not set(parts) <= set(_ORDER) or parts.get("FREQ") not in _FREQUENCIES:
        raise ValueError("recurrence rule cannot be read")
    if ("UNTIL" in parts) == ("COUNT" in parts):
        raise ValueError("recurrence rule needs either UNTIL or COUNT")
    until = _read_until(parts.pop("UNTIL"), tz) if "UNTIL" in parts else None
    rule = Rule(start=start, tz=tz, parts=tuple(parts.items()), until=until)
    starts = rule.starts()
    if not starts or starts[0] != (start if isinstance(start, datetime) else datetime.combine(start, time())):
        raise ValueError("recurrence rule skips its own start")
    if len(starts) > _MOST:
        raise ValueError("recurrence rule has too many occurrences")
    return rule


def _read_until(text: str, tz: str | None) -> datetime:
    match = _UNTIL.fullmatch(text)
    if match is None:
        raise ValueError("UNTIL cannot be read")
    day, clock, zulu = match.groups()
    moment = datetime.fromisoformat(f"{day}T{clock or '235959'}")
    if not zulu:
        return moment
    if tz is None:
        raise ValueError("UNTIL of an all-day rule is a date")
    return moment.replace(tzinfo=UTC).astimezone(when.zone(tz)).replace(tzinfo=None)
