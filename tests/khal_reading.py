"""A program of its own: shows what khal makes of a folder of entries, as JSON. Arguments: folder, database, years."""

import json
import sys
from datetime import UTC, date, datetime

import pytz
from khal.khalendar import CalendarCollection


def main(folder: str, database: str, first: str, last: str) -> None:
    """Print UID, start, end, status and title of every date from a year to a year, ends as khal tells them."""
    locale = {
        "local_timezone": pytz.timezone("Europe/Stockholm"),
        "default_timezone": pytz.timezone("Europe/Stockholm"),
        "timeformat": "%H:%M",
        "dateformat": "%Y-%m-%d",
        "longdateformat": "%Y-%m-%d",
        "datetimeformat": "%Y-%m-%d %H:%M",
        "longdatetimeformat": "%Y-%m-%d %H:%M",
        "firstweekday": 0,
        "weeknumbers": False,
        "unicode_symbols": True,
    }
    calendar = {"name": "programme", "path": folder, "readonly": True, "color": "", "priority": 10}
    collection = CalendarCollection(
        calendars={"programme": calendar | {"ctype": "calendar", "addresses": ""}}, dbpath=database, locale=locale
    )
    collection.update_db()
    start, end = (datetime(int(year), 1, 1) for year in (first, last))
    found = [*collection.get_localized(pytz.utc.localize(start), pytz.utc.localize(end))]
    found += collection.get_floating(start, end)
    shown = [
        (event.uid, _told(event.start), _told(event.end), str(event._vevents[event.ref].get("STATUS")), event.summary)
        for event in found
    ]
    json.dump(shown, sys.stdout)


def _told(moment: datetime | date) -> str:
    return moment.astimezone(UTC).isoformat() if isinstance(moment, datetime) else moment.isoformat()


if __name__ == "__main__":
    main(*sys.argv[1:])
