"""Calendars for tests, and what they are brought into."""

from datetime import datetime, timedelta

from cag_events import clock
from cag_events.imports import known
from cag_events.imports.plans import Plan, Proposal, is_writable, plan_import
from cag_events.imports.reading import read_calendar
from cag_events.imports.services import Report, source_index, take
from cag_events.permissions import SYSTEM, Actor

PLACE = "https://example.org/calendar.ics"
UID = "first@example.org"


def entry(*lines: str, uid: str = UID, title: str = "Open evening", start: str = "20261203T180000") -> str:
    """A VEVENT with a title, two hours in Stockholm unless `lines` say otherwise."""
    names = {line.partition(":")[0].partition(";")[0] for line in lines}
    usual = [
        ("UID", f"UID:{uid}"),
        ("SUMMARY", f"SUMMARY:{title}"),
        ("DTSTART", f"DTSTART;TZID=Europe/Stockholm:{start}"),
    ]
    if not names & {"DTEND", "DURATION", "DTSTART"}:
        end = datetime.fromisoformat(start) + timedelta(hours=2)
        usual.append(("DTEND", f"DTEND;TZID=Europe/Stockholm:{end:%Y%m%dT%H%M%S}"))
    return "\r\n".join(["BEGIN:VEVENT", *(line for name, line in usual if name not in names), *lines, "END:VEVENT"])


def calendar(*parts: str) -> bytes:
    """A calendar of these components."""
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *parts, "END:VCALENDAR", ""]).encode()


def planned(octets: bytes, *, kind: str = "", theme: str = "", lang: str = "sv") -> Plan:
    """What an import would do."""
    around = known.surroundings(lang, ("sv", "en"), kind, theme)
    return plan_import(read_calendar(octets), around, source_index(PLACE), clock.now())


def brought(octets: bytes, *, kind: str = "", theme: str = "", everything: bool = False, by: Actor = SYSTEM) -> Report:
    """What an import did."""

    def choose(one: Proposal) -> bool:
        return one.is_chosen or (everything and is_writable(one))

    return take(octets, known.surroundings("sv", ("sv", "en"), kind, theme), place=PLACE, choose=choose, by=by)


def codes(remarks: object) -> set[str]:
    """The codes of remarks."""
    return {one["code"] if isinstance(one, dict) else one.code for one in remarks}  # type: ignore[attr-defined]
