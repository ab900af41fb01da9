"""When people may speak and write at a hearing, worked out from its record."""

from datetime import date, datetime, timedelta
from typing import Any

from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.hearing import Window, is_taking, submissions_kept_until, window_of
from cag_events.domain.lifecycle import Status
from cag_events.kinds import details_of, names_nobody
from cag_events.kinds.hearing import Session, places_to_speak


def session_of(record: EventRecord) -> Session:
    """Return the hearing's own details, those for the team alone too."""
    session: Session = details_of(record).hearing
    return session


def is_nameless(record: EventRecord) -> bool:
    """Tell whether nobody may be named to anybody outside the team."""
    stored: dict[str, Any] = record.team_details or record.details
    return names_nobody(record.kind, record.format, stored)


def places_of(record: EventRecord) -> int:
    """Return how many people from the floor can speak."""
    return places_to_speak(record, details_of(record))


def asking_ends(record: EventRecord) -> datetime | None:
    """Return until when one can ask to speak."""
    if record.starts_at is None:
        return None
    return record.starts_at - timedelta(hours=session_of(record).speaking.closes_hours)


def window(record: EventRecord) -> Window | None:
    """Return when submissions are taken, None where they are not, or while there is no date."""
    rules = session_of(record).submissions
    if not rules.welcome or record.starts_at is None or record.ends_at is None:
        return None
    return window_of(record.starts_at, record.ends_at, record.tz, rules.before_days, rules.after_days)


def takes_submissions(record: EventRecord, now: datetime) -> bool:
    """Tell whether a submission is taken at this moment."""
    when_taken = window(record)
    return record.status is Status.PUBLISHED and when_taken is not None and is_taking(when_taken, now, record.tz)


def kept_until(record: EventRecord) -> date | None:
    """Return the day on which submissions that are not public are deleted."""
    if record.ends_at is None:
        return None
    return submissions_kept_until(record.ends_at, record.tz, session_of(record).submissions.after_days, record.safety)


def speaking_obstacle(record: EventRecord, now: datetime) -> Refused | None:
    """Return why one cannot ask to speak now, None if one can."""
    ends = asking_ends(record)
    if record.status is not Status.PUBLISHED or not places_of(record) or ends is None:
        return Refused("speaking.none", N_("Nobody speaks from the floor at this hearing."))
    if now >= ends:
        return Refused("speaking.closed", N_("It is too late to ask to speak."))
    return None
