"""Wall time and instants. The only module that knows zones; instants are aware UTC, wall times are naive."""

import zoneinfo
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from cag_events.domain.errors import N_, Refused

zoneinfo.reset_tzpath(to=())  # the `tzdata` package alone decides, not what an old system image says

MAX_SPAN = timedelta(days=31)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")  # as files and details name them
HOME = "Europe/Stockholm"  # the zone where nobody has said another

_forget: list[Callable[[], None]] = []  # what is kept of zones elsewhere


def read_zones_from(*folders: str) -> None:
    """Read zone files from these folders first and then from the package, and forget what was read before."""
    zoneinfo.reset_tzpath(to=folders)
    ZoneInfo.clear_cache()
    for forget in (zone_names.cache_clear, zone.cache_clear, *_forget):
        forget()


def forget_with_zones(forget: Callable[[], None]) -> None:
    """Let something that is kept of zone data be forgotten when other data are read."""
    _forget.append(forget)


def zone_file(name: str) -> bytes:
    """Return the file of a zone (RFC 8536). Raises Refused when.zone for no zone, paths too."""
    zone(name)
    parts = name.split("/")
    for folder in zoneinfo.TZPATH:
        if (path := Path(folder, *parts)).is_file():
            return path.read_bytes()
    return files("tzdata").joinpath("zoneinfo", *parts).read_bytes()


def zone_release() -> str:
    """Return the release of the zone data, as 2026.6; its year is when they were current."""
    return version("tzdata")


def zone_fingerprint() -> bytes:
    """Return the SHA-256 of all zone data: another one after every update. Takes some hundredths of a second."""
    seal = sha256()
    for name in sorted(zone_names()):
        seal.update(name.encode() + b"\0" + zone_file(name))
    return seal.digest()


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return every IANA zone name that the zone data knows."""
    return frozenset(zoneinfo.available_timezones())


@lru_cache(maxsize=600)
def zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name. Raises Refused when.zone for any other."""
    if name not in zone_names():
        raise Refused("when.zone", N_("There is no time zone called %(name)s."), name=name)
    return ZoneInfo(name)


def exists(wall: datetime, tz: str) -> bool:
    """Tell whether clocks in the zone ever show this wall time."""
    return _round_trip(wall, tz) == wall


def is_doubled(wall: datetime, tz: str) -> bool:
    """Tell whether clocks in the zone show this wall time twice, as in the hour when summer time ends."""
    here = wall.replace(tzinfo=zone(tz))
    return exists(wall, tz) and here.utcoffset() != here.replace(fold=1).utcoffset()


def instant(wall: datetime, tz: str) -> datetime:
    """Return the UTC instant of a wall time; the first of a doubled hour.

    Raises Refused when.gap for a wall time that the clocks skip.
    """
    if not exists(wall, tz):
        before, after = gap_around(wall, tz)
        raise Refused(
            "when.gap",
            N_(
                "%(time)s does not exist on %(date)s, since clocks go forward. "
                "Choose before %(before)s or from %(after)s."
            ),
            time=wall.time(),
            date=wall.date(),
            before=before.time(),
            after=after.time(),
        )
    return wall.replace(tzinfo=zone(tz)).astimezone(UTC)


def meant_by(wall: datetime, tz: str) -> datetime:
    """Return the UTC instant that a wall time means, also one that clocks skip: there they go on as before (RFC 5545).

    For what was right when it was typed, and is not since the law of the clocks has changed.
    """
    return wall.replace(tzinfo=zone(tz)).astimezone(UTC)


def gap_around(wall: datetime, tz: str) -> tuple[datetime, datetime]:
    """Return the wall times at which the gap that holds `wall` opens and closes."""
    first = last = wall.replace(second=0, microsecond=0)
    step = timedelta(minutes=1)
    while not exists(first - step, tz):
        first -= step
    while not exists(last, tz):
        last += step
    return first, last


def doubled_around(wall: datetime, tz: str) -> tuple[datetime, datetime]:
    """Return the wall times at which the doubled hour that holds `wall` begins and ends."""
    first = last = wall.replace(second=0, microsecond=0)
    step = timedelta(minutes=1)
    while is_doubled(first - step, tz):
        first -= step
    while is_doubled(last, tz):
        last += step
    return first, last


def wall_of(moment: datetime, tz: str) -> datetime:
    """Return the naive wall time that clocks in the zone show at an instant."""
    return moment.astimezone(zone(tz)).replace(tzinfo=None)


def day_of(moment: datetime, tz: str) -> date:
    """Return the local date of an instant."""
    return wall_of(moment, tz).date()


def start_of_day(day: date, tz: str) -> datetime:
    """Return the first instant of a local day, also where midnight is skipped."""
    wall = datetime.combine(day, time())
    while not exists(wall, tz):
        wall += timedelta(minutes=15)
    return instant(wall, tz)


def offset_minutes(moment: datetime, tz: str) -> int:
    """Return the zone's offset from UTC at an instant, in minutes."""
    offset = moment.astimezone(zone(tz)).utcoffset()
    return int(offset.total_seconds() // 60) if offset is not None else 0


def monday_of(day: date) -> date:
    """Return the Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def _round_trip(wall: datetime, tz: str) -> datetime:
    return wall.replace(tzinfo=zone(tz)).astimezone(UTC).astimezone(zone(tz)).replace(tzinfo=None)
