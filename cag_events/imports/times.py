"""Dates, times and lengths as RFC 5545 §3.3 writes them, and as others do."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from cag_events.domain import when
from cag_events.domain.errors import N_
from cag_events.imports.foreign import Remark, instant_of
from cag_events.imports.lines import Line
from cag_events.imports.zones import UTC_NAMES, Zones

FIRST_YEAR, LAST_YEAR = 1900, 2200
_MOMENT: Final = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE
)
_LENGTH: Final = re.compile(
    r"([+-])?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?", re.IGNORECASE
)
FLOATING: Final = Remark(
    "zone.floating", N_("Times without a time zone were read as those of %(zone)s.")
)  # with its fact where it is used


class BadTime(ValueError):
    """This is no date or time."""


@dataclass(frozen=True)
class Moment:
    """A wall time in a zone; of a day its midnight."""

    wall: datetime
    tz: str
    is_day: bool = False
    is_floating: bool = False
    remark: Remark | None = None

    def told_in(self, tz: str) -> datetime:
        """Return the wall time that clocks of another zone show then; a day is the same everywhere."""
        if self.is_day or self.tz == tz:
            return self.wall
        return when.wall_of(instant_of(self.wall, self.tz), tz)


def moments_of(line: Line, zones: Zones) -> list[Moment]:
    """Return the moments of a line: one, or several with commas between. Raises BadTime."""
    return [_moment(part, line, zones) for part in line.value.split(",") if part.strip()]


def moment_of(line: Line, zones: Zones) -> Moment:
    """Return the moment of a line. Raises BadTime."""
    return _moment(line.value, line, zones)


def _moment(text: str, line: Line, zones: Zones) -> Moment:
    text = text.strip().strip('"')
    if line.parameters.get("VALUE", "").upper() == "PERIOD" or "/" in text:
        text = text.partition("/")[0]
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise BadTime(text[:40])
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadTime(text[:40])
    hour, minute, second = (int(part or 0) for part in found.group(4, 5, 6))
    try:
        wall = datetime(year, month, day)  # noqa: DTZ001 (a wall time)
        if hour > 24 or minute > 59 or second > 60:
            raise ValueError
        is_day = found[4] is None or line.parameters.get("VALUE", "").upper() == "DATE"
        if is_day:
            return Moment(wall, zones.home, is_day=True)
        wall += timedelta(hours=hour, minutes=minute, seconds=min(second, 59))
        return _in_zone(wall, found[7], line.parameters.get("TZID", ""), zones)
    except (ValueError, OverflowError) as fault:
        raise BadTime(text[:40]) from fault


def _in_zone(wall: datetime, offset: str | None, name: str, zones: Zones) -> Moment:
    if offset and offset.upper() != "Z":
        minutes = int(offset[1:3]) * 60 + int(offset[-2:])
        place = timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
        return Moment(wall.replace(tzinfo=place).astimezone(UTC).replace(tzinfo=None), "UTC")
    if offset:
        return Moment(wall, "UTC", remark=_contradiction(name))
    if name:
        tz, remark = zones.find(name, wall)
        return Moment(wall, tz, remark=remark)
    remark = Remark(FLOATING.code, FLOATING.text, {"zone": zones.home})
    return Moment(wall, zones.home, is_floating=True, remark=remark)


def _contradiction(name: str) -> Remark | None:
    """What to say of a time that names a zone and is one of UTC."""
    if not name or name.lower() in UTC_NAMES:
        return None
    text = N_("It says both UTC and the zone “%(name)s”; UTC was believed.")
    return Remark("zone.both", text, {"name": name[:100]})


def length_of(line: Line) -> timedelta | None:
    """Return a DURATION, None for what is none."""
    found = _LENGTH.fullmatch(line.value.strip())
    if found is None or not any(found.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] == "-" else length
