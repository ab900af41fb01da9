"""Three readers of calendars that did not write them: a strict one of ours, vobject, and ical.js.

ical.js runs in the node that Playwright's wheel carries, so it is there on every machine that has the pins.
"""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import icalendar
import playwright
import vobject

NODE = Path(playwright.__file__).parent / "driver" / "node"
_SCRIPT = Path(__file__).parent / "vendor" / "ical.js-2.2.1" / "read.mjs"
_LINE = re.compile(r'([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:"[^"]*"|[^";:,]+(?:,[^";:,]+)*))*):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';([A-Z0-9-]+)=(?:"([^"]*)"|([^";:]*))')
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


@dataclass
class Property:
    """One content line."""

    name: str
    parameters: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        """The value as TEXT; fails on an escape that RFC 5545 §3.3.11 does not know."""
        assert re.fullmatch(r"(?:[^\\;,]|\\[\\;,nN])*", self.value, re.DOTALL), self.value
        return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], self.value)


@dataclass
class Component:
    """One component with all in it, in order."""

    name: str
    properties: list[Property] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        """Return every property of a name."""
        return [entry for entry in self.properties if entry.name == name]

    def one(self, name: str) -> Property:
        """Return the only property of a name."""
        (found,) = self.all(name)
        return found

    def components(self, name: str) -> list["Component"]:
        """Return the parts of a name."""
        return [part for part in self.parts if part.name == name]


def read_strictly(octets: bytes) -> Component:
    """Read a stream as RFC 5545 §3.1 writes it, and refuse all that it does not allow."""
    root = Component("")
    stack = [root]
    for line in _lines(octets):
        match = _LINE.fullmatch(line)
        assert match, f"no content line: {line!r}"
        name, parameters, value = match.groups()
        if name == "BEGIN":
            stack.append(Component(value))
            stack[-2].parts.append(stack[-1])
        elif name == "END":
            assert stack.pop().name == value
        else:
            pairs = [(key, _unescaped(quoted or bare)) for key, quoted, bare in _PARAMETER.findall(parameters)]
            assert len(dict(pairs)) == len(pairs), f"parameter twice: {line!r}"
            stack[-1].properties.append(Property(name, dict(pairs), value))
    (calendar,) = root.parts
    assert stack == [root]
    assert calendar.name == "VCALENDAR"
    _check_calendar(calendar)
    return calendar


def read_block(octets: bytes) -> Component:
    """Read a lone component strictly."""
    return read_strictly(
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//T//T//EN\r\n" + octets + b"END:VCALENDAR\r\n"
    ).parts[0]


def read_vobject(octets: bytes) -> dict[str, tuple[datetime | date, datetime | date]]:
    """Return start and end by UID as vobject reads them, instants in UTC."""
    calendar = vobject_calendar(octets)
    return {
        event.uid.value: (_instant(event.dtstart.value), _instant(event.dtend.value))
        for event in calendar.contents.get("vevent", [])
    }


def read_icalendar(octets: bytes) -> dict[str, tuple[datetime | date, datetime | date]]:
    """Return start and end by UID as icalendar reads them, instants in UTC; zones by name, from the zone data."""
    calendar = icalendar.Calendar.from_ical(octets)
    return {
        str(event["UID"]): (_instant(event["DTSTART"].dt), _instant(event["DTEND"].dt))
        for event in calendar.walk("VEVENT")
    }


def vobject_offsets(octets: bytes, walls: Mapping[str, list[datetime]]) -> dict[str, list[int]]:
    """Return the offsets, in seconds, that vobject reads from the VTIMEZONEs for wall times."""
    zones = {part.tzid.value: part.tzinfo for part in vobject_calendar(octets).contents["vtimezone"]}
    return {
        tz: [int(zones[tz].utcoffset(wall.replace(tzinfo=zones[tz])).total_seconds()) for wall in all_of_it]
        for tz, all_of_it in walls.items()
    }


def read_ical_js(octets: bytes, walls: Mapping[str, list[datetime]] | None = None) -> dict[str, Any]:
    """Return events and, for wall times by zone, offsets in seconds as ical.js reads them."""
    times = {tz: [list(wall.timetuple())[:6] for wall in all_of_it] for tz, all_of_it in (walls or {}).items()}
    run = subprocess.run(
        [NODE, _SCRIPT],
        input=json.dumps({"calendar": octets.decode(), "walls": times}).encode(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr.decode()
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


def vobject_calendar(octets: bytes) -> Any:
    """Read with vobject, which would go on using the first VTIMEZONE that it has ever seen of a name."""
    text = octets.decode()
    for tz in re.findall("(?m)^TZID:(.+?)\r$", text):
        vobject.icalendar.registerTzid(tz, None)
    return vobject.readOne(text)


def _instant(value: datetime | date) -> datetime | date:
    if not isinstance(value, datetime):
        return value
    assert value.tzinfo is not None, "a floating time"
    return value.astimezone(UTC)


def _lines(octets: bytes) -> Iterator[str]:
    """Yield unfolded content lines, each physical line checked."""
    assert octets.endswith(b"\r\n")
    logical = b""
    for number, line in enumerate(octets[:-2].split(b"\r\n")):
        assert 0 < len(line) <= 75, f"line {number} has {len(line)} octets"
        text = line.decode()  # fails where a character is torn apart
        assert not _CONTROL.search(text), f"control character in {text!r}"
        if line.startswith(b" "):
            assert number, "folded before it began"
            logical += line[1:]
        else:
            if logical:
                yield logical.decode()
            logical = line
    yield logical.decode()


def _unescaped(value: str) -> str:
    return re.sub(r"\^(['n^])", lambda match: {"'": '"', "n": "\n", "^": "^"}[match[1]], value)


def _check_calendar(calendar: Component) -> None:
    """Check what RFC 5545 §3.6 demands of a calendar of ours."""
    assert calendar.one("VERSION").value == "2.0"
    assert calendar.one("PRODID").value
    names = [part.name for part in calendar.parts]
    assert names == sorted(names, key=["VTIMEZONE", "VEVENT"].index), "a zone after an event"
    zones = [zone.one("TZID").value for zone in calendar.components("VTIMEZONE")]
    used = {
        entry.parameters["TZID"] for event in calendar.parts for entry in event.properties if "TZID" in entry.parameters
    }
    if calendar.components("VEVENT") and zones:
        assert sorted(used) == zones
    for zone in calendar.components("VTIMEZONE"):
        assert {part.name for part in zone.parts} <= {"STANDARD", "DAYLIGHT"}
        assert zone.parts
        for part in zone.parts:
            for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"):
                part.one(name)
    for event in calendar.components("VEVENT"):
        for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "CREATED", "LAST-MODIFIED", "TRANSP"):
            event.one(name)
        for name in ("SUMMARY", "DESCRIPTION", "LOCATION", "GEO", "URL", "RRULE", "RECURRENCE-ID", "ORGANIZER"):
            assert len(event.all(name)) <= 1
