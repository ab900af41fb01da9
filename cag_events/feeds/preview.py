"""The next entries of a feed, read from the very octets that it sends."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from cag_events.domain import when
from cag_events.domain.calendar.rules import read_rule
from cag_events.feeds.rows import Row

_BEGIN: Final = re.compile(rb"^BEGIN:VEVENT\r\n", re.MULTILINE)  # at the beginning of a line: a title may end so
_FOLD: Final = re.compile(rb"\r\n[ \t]")
_LINE: Final = re.compile(r'([A-Z0-9-]+)((?:;[^:"]*(?:"[^"]*")?)*):(.*)', re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_TZID: Final = re.compile(r";TZID=([^;:]+)")
_LANGUAGE: Final = re.compile(r";LANGUAGE=([^;:]+)")

Properties = Sequence[tuple[str, str, str]]  # name, parameters, value


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """An entry as a calendar will show it. Timed: naive wall times in `tz`; of whole days: `tz` is empty."""

    uid: str
    title: str
    title_lang: str | None
    starts: datetime
    ends: datetime
    tz: str
    place: str
    status: str  # CONFIRMED, TENTATIVE, CANCELLED
    is_busy: bool
    repeats: bool
    reminders: tuple[int, ...]  # minutes
    url: str

    @property
    def is_all_day(self) -> bool:
        """Whether it fills whole days."""
        return not self.tz

    @property
    def last_day(self) -> date:
        """The last day of an entry of whole days."""
        return (self.ends - timedelta(days=1)).date()


def coming(rows: Iterable[Row], now: datetime, limit: int) -> list[Shown]:
    """Return what comes next of these entries, dates of rules one by one; what began and is not over comes first."""
    found: list[tuple[datetime, str, Shown]] = []
    for row in rows:
        for shown in _of(row.body):
            ends = _instant(shown.ends, shown.tz)
            if ends > now:
                found.append((_instant(shown.starts, shown.tz), shown.uid, shown))
    found.sort(key=lambda one: one[:2])
    return [shown for _, _, shown in found[:limit]]


def _instant(wall: datetime, tz: str) -> datetime:
    return wall.replace(tzinfo=when.zone(tz) if tz else UTC).astimezone(UTC)


def _of(body: bytes) -> Iterator[Shown]:
    """Yield the entries of one UID: a rule's dates but for those left out or changed, and the changed ones."""
    blocks = [_properties(block) for block in _BEGIN.split(body)[1:]]
    changed = {_moment(block, "RECURRENCE-ID")[0] for block in blocks if _find(block, "RECURRENCE-ID")}
    for block in blocks:
        shown = _shown(block)
        rule = _find(block, "RRULE")
        if not rule:
            yield shown
            continue
        left_out = {datetime.fromisoformat(value) for _, _, value in _all(block, "EXDATE")} | changed
        length = shown.ends - shown.starts
        for start in read_rule(rule[2], shown.starts, shown.tz or None).starts():
            if start not in left_out:
                yield replace(shown, starts=start, ends=start + length, repeats=True)


def _properties(block: bytes) -> Properties:
    """Return names, parameters and values in order; those of parts within the entry begin with the part's name."""
    found, within = [], ""
    for line in _FOLD.sub(b"", block).decode().split("\r\n"):
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        name, parameters, value = match.groups()
        if name == "BEGIN":
            within = f"{value}."
        elif name == "END":
            within = ""
        else:
            found.append((within + name, parameters, value))
    return found


def _all(block: Properties, name: str) -> list[tuple[str, str, str]]:
    return [line for line in block if line[0] == name]


def _find(block: Properties, name: str) -> tuple[str, str, str] | None:
    return next((line for line in block if line[0] == name), None)


def _text(block: Properties, name: str) -> str:
    line = _find(block, name)
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], line[2]) if line else ""


def _moment(block: Properties, name: str) -> tuple[datetime, str]:
    line = _find(block, name)
    if line is None:
        raise ValueError(f"an entry has no {name}")
    zone = _TZID.search(line[1])
    return datetime.fromisoformat(line[2]), zone[1] if zone else ""


def _shown(block: Properties) -> Shown:
    starts, tz = _moment(block, "DTSTART")
    language = _LANGUAGE.search((_find(block, "SUMMARY") or ("", "", ""))[1])
    triggers = [re.fullmatch(r"-PT(\d+)M", value) for _, _, value in _all(block, "VALARM.TRIGGER")]
    return Shown(
        uid=_text(block, "UID"),
        title=_text(block, "SUMMARY"),
        title_lang=language[1] if language else None,
        starts=starts,
        ends=_moment(block, "DTEND")[0],
        tz=tz,
        place=_text(block, "LOCATION"),
        status=_text(block, "STATUS"),
        is_busy=_text(block, "TRANSP") == "OPAQUE",
        repeats=_find(block, "RECURRENCE-ID") is not None,
        reminders=tuple(int(match[1]) for match in triggers if match),
        url=_text(block, "URL"),
    )
