"""Names of time zones as programs invent them → IANA names: by name, by Windows' name, by what their rules say."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from dateutil.rrule import rrulestr

from cag_events.domain import when
from cag_events.domain.errors import N_
from cag_events.domain.texts import fold
from cag_events.imports.ending import Ending, Over
from cag_events.imports.foreign import Remark
from cag_events.imports.lines import Component

OURS: Final = (when.HOME, "Asia/Bishkek", "Asia/Almaty", "Asia/Dushanbe", "Asia/Tashkent")
UTC_NAMES: Final = frozenset(
    {"utc", "gmt", "z", "zulu", "etc/utc", "etc/gmt", "etc/uct", "etc/zulu", "uct", "universal"}
)
_WALL: Final = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)?")
_OFFSET: Final = re.compile(r"([+-])(\d\d):?(\d\d)")
_SAMPLES: Final = tuple(
    datetime(2025 + n // 24, n % 24 // 2 + 1, 3 if n % 2 else 17, 12, tzinfo=UTC) for n in range(72)
)
_YEARLY: Final = re.compile(
    r"(?=.*FREQ=YEARLY)(?:(?:FREQ|BYMONTH|BYDAY|BYMONTHDAY|UNTIL|COUNT|INTERVAL|WKST)=[A-Z0-9,+\-]{1,40};?)+"
)
_LAST: Final = datetime(2027, 12, 31)  # noqa: DTZ001 (a wall time, after all samples)
_WORDS: Final = re.compile(r"[^\W\d_]{4,}")
_BARE_OFFSET: Final = re.compile(r"(?:UTC|GMT)\s?([+-])(\d\d?)(?::?(\d\d))?", re.IGNORECASE)


class Zones:
    """The zones of one file. `home` is where times without a zone, and those in UTC, are told."""

    def __init__(self, components: Sequence[Component], home: str) -> None:
        self.home = home
        self._rules = {name.value.strip().strip('"'): part for part in components if (name := part.first("TZID"))}
        self._known: dict[tuple[str, date | None], tuple[str, Remark | None]] = {}

    def find(self, name: str, wall: datetime | None = None) -> tuple[str, Remark | None]:
        """Return the IANA name for a TZID, and what to say where it is another; "UTC" stays UTC.

        `wall`: the time that is told there. Where no zone keeps all the rules that the file gives, it is one that
        keeps them at that time.
        """
        name = name.strip().strip('"')[:200]
        key = (name, wall.date() if wall and name in self._rules else None)
        if key not in self._known:
            self._known[key] = self._find(name, wall)
        return self._known[key]

    def _find(self, name: str, wall: datetime | None) -> tuple[str, Remark | None]:
        if name.lower() in UTC_NAMES or name.lower().endswith("/utc"):
            return "UTC", None
        by_name = _by_name(name)
        if by_name is not None:
            return by_name, self._contradiction(name, by_name, wall)
        found = _by_windows(name) or _by_city(name, self.home)
        if found is None and name in self._rules:
            found = _by_rules(self._rules[name], self.home, wall)
        if found is None:  # names that are misspelt are believed only where the file does not say what they mean
            found = _spelled().get(name.lower()) or _by_offset(name, self.home)
        if found is None:
            text = N_("The time zone “%(name)s” is not known; its times were read as those of %(zone)s.")
            return self.home, Remark("zone.unknown", text, {"name": name, "zone": self.home})
        if found != self.home and _clock(found) == _clock(self.home):
            found = self.home
        text = N_("The time zone “%(name)s” was read as %(zone)s.")
        return found, Remark("zone.read", text, {"name": name, "zone": found})

    def _contradiction(self, name: str, found: str, wall: datetime | None) -> Remark | None:
        """What to say where the file's own rules for a zone show another instant: old programs, or another zone."""
        if wall is None or name not in self._rules:
            return None
        try:
            onsets = _onsets_of(self._rules[name])
        except (ValueError, TypeError, OverflowError, KeyError, AttributeError, Over):
            return None
        here = wall.replace(tzinfo=UTC)
        if not onsets or here - onsets[0][0] < timedelta(days=1):
            return None
        offset = _offset_at(here - timedelta(minutes=_offset_at(here, onsets)), onsets)
        if when.offset_minutes(here - timedelta(minutes=offset), found) == offset:
            return None
        text = N_(
            "The file's own rules for %(zone)s differ from those of today, which were followed; look at the time."
        )
        return Remark("zone.rules", text, {"zone": found})


def _by_name(name: str) -> str | None:
    """An IANA name, alone or behind the marks of a program: /mozilla.org/2005_1/Europe/Stockholm."""
    parts = [part for part in name.split("/") if part]
    for first in range(len(parts) - 1):
        tail = "/".join(parts[first:])
        if tail in when.zone_names():
            return tail
    return None


@lru_cache(maxsize=1)
def _spelled() -> dict[str, str]:
    return {name.lower(): name for name in when.zone_names() if "/" in name}


def _by_windows(name: str) -> str | None:
    found = _windows().get(name.lower())
    return found if found in when.zone_names() else None


@lru_cache(maxsize=1)
def _windows() -> dict[str, str]:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # noqa: PLC0415 (large, and seldom needed)

    return {name.lower(): zone for name, zone in WINDOWS_TO_OLSON.items()}


def _by_city(name: str, home: str) -> str | None:
    """A zone whose city the name holds: (UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna."""
    if not name.startswith("("):
        return None
    words = {fold(word) for word in _WORDS.findall(name)}
    cities = _cities()
    found = [cities[word] for word in sorted(words) if word in cities]
    return home if home in found else found[0] if found else None


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    return {
        name.rpartition("/")[2].lower(): name
        for name in sorted(when.zone_names(), reverse=True)
        if name.startswith(("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Pacific/"))
    }


def _by_rules(part: Component, home: str, wall: datetime | None) -> str | None:
    """The zone whose clocks say, over three years, what the rules of a VTIMEZONE say; home and ours first.

    Where none does (rules of one year, or of nowhere): one whose clocks say so at the wall time.
    """
    try:
        onsets = _onsets_of(part)
    except (ValueError, TypeError, OverflowError, KeyError, AttributeError, Over):
        return None
    if not onsets:
        return None
    wanted = tuple(_offset_at(sample, onsets) for sample in _SAMPLES)
    found = _first_zone(home, lambda name: _clock(name) == wanted)
    if found is None and wall is not None:
        here = wall.replace(tzinfo=UTC)
        offset = _offset_at(here - timedelta(minutes=_offset_at(here, onsets)), onsets)
        moment = here - timedelta(minutes=offset)
        found = _first_zone(home, lambda name: when.offset_minutes(moment, name) == offset)
    return found


def _by_offset(name: str, home: str) -> str | None:
    """A zone for a bare difference from UTC that clocks keep all the year: UTC+5, GMT+05:00."""
    found = _BARE_OFFSET.fullmatch(name)
    if found is None:
        return None
    minutes = (int(found[2]) * 60 + int(found[3] or 0)) * (-1 if found[1] == "-" else 1)
    return _first_zone(home, lambda name: set(_clock(name)) == {minutes})


def _first_zone(home: str, fits: Callable[[str], bool]) -> str | None:
    return next((name for name in (home, *OURS, *_ordered()) if fits(name)), None)


@lru_cache(maxsize=1)
def _ordered() -> list[str]:
    return sorted((name for name in when.zone_names() if "/" in name), key=lambda name: (_region(name), name))


def _region(name: str) -> int:
    regions = ("Europe/", "Asia/", "America/", "Africa/", "Australia/", "Pacific/", "Atlantic/")
    return next((number for number, region in enumerate(regions) if name.startswith(region)), len(regions))


@lru_cache(maxsize=600)
def _clock(name: str) -> tuple[int, ...]:
    return tuple(when.offset_minutes(sample, name) for sample in _SAMPLES)


def _onsets_of(part: Component) -> list[tuple[datetime, int]]:
    """The instants at which the rules of a VTIMEZONE change its clocks, and to how many minutes from UTC."""
    onsets: list[tuple[datetime, int]] = []
    for rule in part.inside[:60]:
        start, before, after = (rule.first(name) for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO"))
        if start is None or after is None:
            continue
        to = _minutes(after.value)
        shift = timedelta(minutes=_minutes(before.value) if before else to)
        onsets += [((wall - shift).replace(tzinfo=UTC), to) for wall in _onsets(rule, _wall(start.value))]
    return sorted(onsets)


def _offset_at(moment: datetime, onsets: list[tuple[datetime, int]]) -> int:
    return next((offset for onset, offset in reversed(onsets) if onset <= moment), onsets[0][1])


def _onsets(rule: Component, first: datetime) -> list[datetime]:
    """The wall times at which a rule of a VTIMEZONE begins to hold, as far as the samples need them."""
    found = [first]
    repeats = rule.first("RRULE")
    # Half a century of changes is what a rule from 1970 gives; a rule that gives more is none of a clock.
    text = repeats.value.strip().upper() if repeats else ""
    if _YEARLY.fullmatch(text):
        bounded = re.sub(r";?(UNTIL|COUNT)=[^;]*", "", text)
        until = re.search(r"UNTIL=(\d{8})", text)
        since = max(first, first.replace(year=max(1960, first.year)))
        for moment in Ending.until(rrulestr(bounded, dtstart=since), _LAST):
            if (until and f"{moment:%Y%m%d}" > until[1]) or len(found) > 300:
                break
            found.append(moment)
    for line in rule.every("RDATE"):
        found += [_wall(value) for value in line.value.split(",")[:300] if _WALL.match(value.strip())]
    return found


def _wall(text: str) -> datetime:
    found = _WALL.match(text.strip().upper())
    if found is None:
        raise ValueError("no time")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001


def _minutes(text: str) -> int:
    found = _OFFSET.match(text.strip())
    if found is None:
        raise ValueError("no offset")
    return (int(found[2]) * 60 + int(found[3])) * (-1 if found[1] == "-" else 1)
