"""An entry as the octets of its VEVENT, properties always in the same order."""

from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Final

from cag_events.domain import when
from cag_events.domain.calendar import lines, rich
from cag_events.domain.calendar.entry import Entry, day_after
from cag_events.domain.calendar.text import safe_uri

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


def vevent(entry: Entry) -> bytes:
    """Return the VEVENT of an entry: CRLF, lines of at most 75 octets, the same octets for the same entry.

    Raises ValueError for an address or a text that no calendar may hold.
    """
    return b"".join(
        (
            b"BEGIN:VEVENT\r\n",
            _identity(entry),
            _times(entry),
            _texts(entry),
            _links(entry),
            _people(entry),
            b"TRANSP:TRANSPARENT\r\n" if entry.transparent or entry.is_cancelled else b"TRANSP:OPAQUE\r\n",
            lines.text("RELATED-TO;RELTYPE=PARENT", entry.related_to or ""),
            rich.properties(entry.rich) if entry.rich and not entry.is_cancelled else b"",
            *((_alarm(entry, minutes) for minutes in entry.alarm_minutes) if not entry.is_cancelled else ()),
            rich.components(entry.rich) if entry.rich and not entry.is_cancelled else b"",
            b"END:VEVENT\r\n",
        )
    )


def fingerprint(entry: Entry) -> str:
    """Return the SHA-256, in hexadecimal, of what people see of an entry: all but its version and its times of change.

    Two entries with the same one need no new SEQUENCE.
    """
    unversioned = replace(entry, sequence=0, created=_NEVER, last_modified=_NEVER, stamp=None)
    return sha256(vevent(unversioned)).hexdigest()


def _identity(entry: Entry) -> bytes:
    stamp = lines.utc(entry.stamp or entry.last_modified)
    return (
        lines.text("UID", entry.uid)
        + f"DTSTAMP:{stamp}\r\nSEQUENCE:{entry.sequence}\r\nSTATUS:{entry.status}\r\n".encode()
        + f"CREATED:{lines.utc(entry.created)}\r\nLAST-MODIFIED:{lines.utc(entry.last_modified)}\r\n".encode()
    )


def _times(entry: Entry) -> bytes:
    end = entry.end if isinstance(entry.end, datetime) else day_after(entry.end)
    moments = [("DTSTART", entry.start), ("DTEND", end)]
    if entry.recurrence_id is not None:
        moments.insert(0, ("RECURRENCE-ID", entry.recurrence_id))
    written = [_moment(name, moment, entry.tz) for name, moment in moments]
    if rule := entry.rule():
        written.append(lines.line("RRULE", rule.text()))
    written += [_moment("EXDATE", moment, entry.tz) for moment in sorted(entry.exdates)]
    return b"".join(written)


def _moment(name: str, moment: datetime | date, tz: str | None) -> bytes:
    if tz is None or not isinstance(moment, datetime):
        return lines.line(f"{name};VALUE=DATE", lines.day(moment))
    # A wall time that clocks skip is moved to the instant that RFC 5545 §3.3.5 gives it: readers differ about it.
    return lines.line(f"{name};TZID={tz}", lines.wall(_shown(moment, tz)))


def _texts(entry: Entry) -> bytes:
    language = f";LANGUAGE={entry.language}" if entry.language else ""
    derived = ";DERIVED=TRUE" if entry.rich and entry.rich.html and not entry.is_cancelled else ""  # RFC 9073 §6.5
    return b"".join(
        (
            lines.text(f"SUMMARY{language}", entry.summary, single_line=True),
            lines.text(f"DESCRIPTION{derived}", "\n".join(entry.description)),
            lines.text("LOCATION", entry.location, single_line=True),
            lines.line("GEO", degrees(*entry.geo)) if entry.geo else b"",
        )
    )


def _links(entry: Entry) -> bytes:
    written = []
    if entry.url:
        written.append(lines.line("URL", safe_uri(entry.url)))
    written.append(lines.texts("CATEGORIES", entry.categories))
    if entry.image:
        written.append(lines.line("IMAGE;VALUE=URI;DISPLAY=BADGE", safe_uri(entry.image)))
    if entry.conference_url and not entry.is_cancelled:
        label = f";LABEL={lines.parameter(entry.conference_label)}" if entry.conference_label else ""
        written.append(lines.line(f"CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO{label}", safe_uri(entry.conference_url)))
    return b"".join(written)


def _people(entry: Entry) -> bytes:
    written = b""
    if entry.organizer:
        name, mail = entry.organizer
        written = lines.line(f"ORGANIZER;CN={lines.parameter(name)}", lines.mailto(mail))
    if entry.attendee:
        mail, partstat, rsvp = entry.attendee
        answer = "TRUE" if rsvp else "FALSE"
        name = f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};RSVP={answer}"
        written += lines.line(name, lines.mailto(mail))
    return written


def _alarm(entry: Entry, minutes: int) -> bytes:
    return b"".join(
        (
            b"BEGIN:VALARM\r\nACTION:DISPLAY\r\n",
            lines.text("DESCRIPTION", entry.summary, single_line=True),
            f"TRIGGER:-PT{minutes}M\r\nEND:VALARM\r\n".encode(),
        )
    )


def _shown(wall: datetime, tz: str) -> datetime:
    zone = when.zone(tz)
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone).replace(tzinfo=None)


def degrees(latitude: float, longitude: float) -> str:
    """Return the value of GEO."""
    return f"{_degrees(latitude)};{_degrees(longitude)}"


def _degrees(value: float) -> str:
    written = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written
