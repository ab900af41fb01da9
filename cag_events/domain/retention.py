"""How long what people tell us is kept: dates that forms and pages show and that the daily job keeps to."""

from datetime import date, timedelta
from typing import NamedTuple

from cag_events.domain import when
from cag_events.domain.event import EventRecord, Safety
from cag_events.domain.lifecycle import Status

REGISTRATION_DAYS = {Safety.OPEN: 30, Safety.CAREFUL: 30, Safety.GUARDED: 7}
SENSITIVE_DAYS = 7  # needs and diet: health data; why somebody wanted to come: told for the choice alone
QUEUE_DAYS = 7  # those who still wait for a seat or an answer
SUBMISSION_DAYS = {Safety.OPEN: 30, Safety.CAREFUL: 30, Safety.GUARDED: 7}  # not public, after the last day to submit
VISITOR_LIST_DAYS = 1  # names as on identity documents
POSTPONED_DAYS = 180  # all of it, while an event that has not been waits for its new date
MAIL_DAYS = 7  # texts and recipients of mails, after they were sent or given up
FACT_DAYS = 7  # what mails were made of, after it was followed up
AUDIT_DAYS = 365  # entries of the log

SENSITIVE = frozenset({"needs", "diet", "motivation"})  # names of answers
VISITOR_LIST = frozenset({"id_name"})


class KeptUntil(NamedTuple):
    """Days, in the event's zone, until which things are kept; on them the daily job deletes."""

    registration: date
    sensitive: date
    queue: date
    visitor_list: date


def kept_until(record: EventRecord) -> KeptUntil | None:
    """Return until when an event's registrations are kept; None while the event has no date."""
    if record.ends_at is None:
        return None
    last = when.day_of(record.ends_at, record.tz)
    if record.status is Status.POSTPONED:
        return KeptUntil(*[last + timedelta(days=POSTPONED_DAYS)] * 4)
    most = REGISTRATION_DAYS[record.safety]
    days = (most, min(SENSITIVE_DAYS, most), min(QUEUE_DAYS, most), min(VISITOR_LIST_DAYS, most))
    return KeptUntil(*(last + timedelta(days=number) for number in days))
