"""How long what people tell us is kept: dates that forms show and that the daily job keeps to."""

from datetime import date, timedelta
from typing import NamedTuple

from cag_events.domain import when
from cag_events.domain.event import EventRecord, Safety

REGISTRATION_DAYS = {Safety.OPEN: 30, Safety.CAREFUL: 30, Safety.GUARDED: 7}
SENSITIVE_DAYS = 7  # needs and diet: health data
QUEUE_DAYS = 7  # those who never got a seat


class KeptUntil(NamedTuple):
    """Last days, in the event's zone, on which names and answers and sensitive answers are kept."""

    registration: date
    sensitive: date


def kept_until(record: EventRecord) -> KeptUntil | None:
    """Return until when an event's registrations are kept; None while the event has no date."""
    if record.ends_at is None:
        return None
    last = when.day_of(record.ends_at, record.tz)
    return KeptUntil(
        registration=last + timedelta(days=REGISTRATION_DAYS[record.safety]),
        sensitive=last + timedelta(days=min(SENSITIVE_DAYS, REGISTRATION_DAYS[record.safety])),
    )
