"""Whole calendars: a header, the zones in use, and entries that may have been written long ago."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from cag_events.domain.calendar import lines
from cag_events.domain.calendar.block import vevent
from cag_events.domain.calendar.entry import Entry, EntryStatus, zones_of
from cag_events.domain.calendar.text import clean_text, safe_uri
from cag_events.domain.calendar.zones import vtimezone

PRODUCT: Final = "cag_events 1"  # raised when the form of our calendars changes, not with each release
HOURLY: Final = timedelta(hours=1)
END: Final = b"END:VCALENDAR\r\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """What a calendar says of itself.

    A feed has a name; a file of one event has none, lest some programs make a calendar of it. `source` and `url` only
    in public feeds: a copy of a personal one would carry its secret. `color` is a CSS3 name. `method` only in mails.
    """

    organisation: str
    product: str = PRODUCT
    language: str = "EN"
    name: str = ""
    description: str = ""
    color: str = ""
    refresh: timedelta | None = None
    source: str = ""
    url: str = ""
    method: Literal["REQUEST", "CANCEL"] | None = None


def calendar(header: Header, blocks: Iterable[bytes], zones: Mapping[str, tuple[datetime, datetime]]) -> bytes:
    """Return one VCALENDAR: the header, each zone for its first and last value, and the blocks as they are.

    Blocks are those of vevent(), already in order of start and UID; zones as zones_of() gives them.
    """
    return b"".join((opening(header, zones), *blocks, END))


def opening(header: Header, zones: Mapping[str, tuple[datetime, datetime]]) -> bytes:
    """Return a calendar up to its first entry."""
    return b"".join((header_lines(header), *(vtimezone(tz, *zones[tz]) for tz in sorted(zones))))


def header_lines(header: Header) -> bytes:
    """Return BEGIN:VCALENDAR and the properties of a calendar."""
    organisation, product = (
        clean_text(part, single_line=True).replace("//", "/") for part in (header.organisation, header.product)
    )
    written = [
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",
        lines.text("PRODID", f"-//{organisation}//{product}//{header.language}"),
        b"CALSCALE:GREGORIAN\r\n",
        f"METHOD:{header.method}\r\n".encode() if header.method else b"",
    ]
    written += [lines.text(name, header.name, single_line=True) for name in ("NAME", "X-WR-CALNAME")]
    written += [lines.text(name, header.description) for name in ("DESCRIPTION", "X-WR-CALDESC")]
    written.append(lines.text("COLOR", header.color))
    if header.refresh:
        period = lines.duration(header.refresh)
        written.append(f"REFRESH-INTERVAL;VALUE=DURATION:{period}\r\nX-PUBLISHED-TTL:{period}\r\n".encode())
    if header.source:
        written.append(lines.line("SOURCE;VALUE=URI", safe_uri(header.source)))
    if header.url:
        written.append(lines.line("URL", safe_uri(header.url)))
    return b"".join(written)


def itip(entry: Entry, method: Literal["REQUEST", "CANCEL"]) -> bytes:
    """Return the calendar of one mail to the entry's attendee (RFC 5546 §3.2.2, §3.2.5).

    Its `stamp` is the time of sending. CANCEL calls the entry off by itself. Raises ValueError if organizer, attendee
    or stamp is missing, or if a cancelled entry is asked for.
    """
    organizer = entry.organizer
    if organizer is None or entry.attendee is None or entry.stamp is None:
        raise ValueError("a mail's entry needs organizer, attendee and stamp")
    if method == "CANCEL":
        entry = replace(entry, status=EntryStatus.CANCELLED)
    elif entry.is_cancelled:
        raise ValueError("a cancelled entry cannot be a request")
    header = Header(organisation=organizer.name, method=method)
    return calendar(header, (vevent(entry),), zones_of((entry,)))
