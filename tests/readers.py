"""Readers of other projects, each giving the same: all dates that its users see of a calendar.

vobject (Python), ical.js (JavaScript: Thunderbird, Nextcloud), libical (C: GNOME, KDE), and icalendar (Python: khal),
which asks the zone data of this machine instead of the calendar's own. The strict one of ours is in `calendars.py`.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import icalendar
from dateutil.rrule import rrulestr

from tests.calendars import NODE, vobject_calendar
from tests.happenings import Happening, Moment, Text, alike
from tests.libical import library, read_libical, texts_by_libical

_SCRIPT: Final = Path(__file__).parent / "vendor" / "ical.js-2.2.1" / "expand.mjs"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def by_every_reader(octets: bytes) -> list[Happening]:
    """Return what all readers that are there agree on; fails where one sees something else."""
    readings = read_by_all([octets])
    first_name, first = next(iter(readings.items()))
    for name, reading in readings.items():
        assert reading == first, f"{name} and {first_name} differ"
    return first[0]


def read_by_all(calendars: Sequence[bytes]) -> dict[str, list[list[Happening]]]:
    """Return by reader what it sees of each calendar."""
    readings = {
        "ical.js": [reading.dates for reading in read_ical_js(calendars)],
        "vobject": [read_vobject(octets) for octets in calendars],
        "icalendar": [read_icalendar(octets) for octets in calendars],
    }
    if library() is not None:
        readings["libical"] = [read_libical(octets) for octets in calendars]
    return readings


def words_by_all(octets: bytes) -> dict[str, dict[str, Text]]:
    """Return by reader the words of each entry by UID."""
    readings = {
        "ical.js": read_ical_js([octets])[0].words,
        "vobject": _words_of_vobject(octets),
        "icalendar": _words_of_icalendar(octets),
    }
    if library() is not None:
        readings["libical"] = texts_by_libical(octets)
    return readings


class Reading:
    """What ical.js makes of a calendar."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.method: str | None = answer["method"]
        self.events: list[dict[str, Any]] = answer["events"]

    @property
    def dates(self) -> list[Happening]:
        """All dates."""
        return alike(
            {
                "uid": event["uid"],
                "recurrence": None if event["recurrence"] is None else _of_script(event["recurrence"]),
                "starts": [_of_script(moment) for moment in event["starts"]],
                "length": _of_script(event["end"]) - _of_script(event["first"]),
                "status": event["status"],
                "summary": event["summary"],
            }
            for event in self.events
        )

    @property
    def words(self) -> dict[str, Text]:
        """The words of each entry by UID."""
        return {
            event["uid"]: Text(event["summary"], event["description"], event["location"], tuple(event["categories"]))
            for event in self.events
        }


def read_ical_js(calendars: Sequence[bytes]) -> list[Reading]:
    """Read calendars with ical.js, all in one process."""
    run = subprocess.run(
        [NODE, _SCRIPT],
        input=json.dumps([octets.decode() for octets in calendars]).encode(),
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr.decode()
    return [Reading(answer) for answer in json.loads(run.stdout)]


def read_vobject(octets: bytes) -> list[Happening]:
    """Read a calendar with vobject."""
    return alike(_of_vobject(event) for event in vobject_calendar(octets).contents.get("vevent", []))


def read_icalendar(octets: bytes) -> list[Happening]:
    """Read a calendar with icalendar, zones by their names."""
    return alike(_of_icalendar(event) for event in icalendar.Calendar.from_ical(octets).walk("VEVENT"))


def _of_script(moment: str | int) -> Moment:
    return date.fromisoformat(moment) if isinstance(moment, str) else _EPOCH + timedelta(seconds=moment)


def _of_vobject(event: Any) -> dict[str, Any]:
    start, end = _instant(event.dtstart.value), _instant(event.dtend.value)
    starts = [start]
    if "rrule" in event.contents:
        all_day = not isinstance(event.dtstart.value, datetime)
        starts = [found.date() if all_day else _instant(found) for found in event.getrruleset(addRDate=True)]
    own = event.contents.get("recurrence-id")
    return {
        "uid": event.uid.value,
        "recurrence": _instant(own[0].value) if own else None,
        "starts": starts,
        "length": end - start,
        "status": event.status.value,
        "summary": event.summary.value if "summary" in event.contents else "",
    }


def _of_icalendar(event: icalendar.cal.Component) -> dict[str, Any]:
    start, end = event["DTSTART"].dt, event["DTEND"].dt
    starts = [start]
    if rule := event.get("RRULE"):
        starts = list(_dates(rule, start))
    gone = [_instant(day.dt) for line in _listed(event.get("EXDATE")) for day in line.dts]
    own = event.get("RECURRENCE-ID")
    return {
        "uid": str(event["UID"]),
        "recurrence": None if own is None else _instant(own.dt),
        "starts": [_instant(moment) for moment in starts if _instant(moment) not in gone],
        "length": _instant(end) - _instant(start),
        "status": str(event["STATUS"]),
        "summary": str(event.get("SUMMARY", "")),
    }


def _dates(rule: Any, start: datetime | date) -> Iterator[datetime | date]:
    """Expand a rule by wall time, as programs do that ask the zone data; UNTIL compares as an instant."""
    until = rule.get("UNTIL")
    text = ";".join(part for part in rule.to_ical().decode().split(";") if not part.startswith("UNTIL="))
    if not isinstance(start, datetime):
        first = datetime.combine(start, datetime.min.time())
        for found in rrulestr(text, dtstart=first):
            if until and found.date() > until[0]:
                return
            yield found.date()
        return
    for found in rrulestr(text, dtstart=start.replace(tzinfo=None)):
        moment = found.replace(tzinfo=start.tzinfo)
        if until and moment.astimezone(UTC) > until[0]:
            return
        yield moment


def _words_of_vobject(octets: bytes) -> dict[str, Text]:
    return {
        event.uid.value: Text(
            *(event.contents[name][0].value if name in event.contents else "" for name in Text._fields[:3]),
            tuple(event.contents["categories"][0].value if "categories" in event.contents else ()),
        )
        for event in vobject_calendar(octets).contents.get("vevent", [])
    }


def _words_of_icalendar(octets: bytes) -> dict[str, Text]:
    return {
        str(event["UID"]): Text(
            *(str(event.get(name, "")) for name in Text._fields[:3]),
            tuple(str(name) for line in _listed(event.get("CATEGORIES")) for name in line.cats),
        )
        for event in icalendar.Calendar.from_ical(octets).walk("VEVENT")
    }


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _instant(value: Moment) -> Moment:
    if not isinstance(value, datetime):
        return value
    assert value.tzinfo is not None, "a floating time"
    return value.astimezone(UTC)
