"""Entries with dull valid defaults."""

from datetime import UTC, date, datetime
from typing import Any

from cag_events.domain.calendar import Entry, calendar, vevent, zones_of
from cag_events.domain.calendar.stream import Header

CREATED = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
CHANGED = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
HEADER = Header(organisation="Example")


def make_entry(**changes: Any) -> Entry:
    """Return a timed entry in Stockholm, changed as told."""
    fields: dict[str, Any] = {
        "uid": "6d3f3c1e-2b0a-4a53-9a51-0c0a8f1d7e01",
        "sequence": 2,
        "created": CREATED,
        "last_modified": CHANGED,
        "start": datetime(2027, 3, 8, 18, 0),
        "end": datetime(2027, 3, 8, 20, 0),
        "tz": "Europe/Stockholm",
        "summary": "Lecture",
    }
    return Entry(**fields | changes)


def make_all_day(**changes: Any) -> Entry:
    """Return an entry of whole days, changed as told."""
    return make_entry(**{"start": date(2027, 5, 3), "end": date(2027, 5, 30), "tz": None} | changes)


def in_calendar(*entries: Entry) -> bytes:
    """Return a calendar of just these entries."""
    return calendar(HEADER, [vevent(entry) for entry in entries], zones_of(entries))
