"""Calendar entries as iCalendar octets (RFC 5545, 5546, 6868, 7986) that every client reads alike."""

from cag_events.domain.calendar.block import fingerprint, vevent
from cag_events.domain.calendar.entry import (
    Attendee,
    Entry,
    EntryStatus,
    Organizer,
    cancelled,
    own_sequence,
    withdrawn,
    zones_of,
)
from cag_events.domain.calendar.stream import END, HOURLY, Header, calendar, itip, opening
from cag_events.domain.calendar.text import clean_text, safe_uri
from cag_events.domain.calendar.zones import StaleZoneData, require_current_zone_data, vtimezone

__all__ = [
    "END",
    "HOURLY",
    "Attendee",
    "Entry",
    "EntryStatus",
    "Header",
    "Organizer",
    "StaleZoneData",
    "calendar",
    "cancelled",
    "clean_text",
    "fingerprint",
    "itip",
    "opening",
    "own_sequence",
    "require_current_zone_data",
    "safe_uri",
    "vevent",
    "vtimezone",
    "withdrawn",
    "zones_of",
]
