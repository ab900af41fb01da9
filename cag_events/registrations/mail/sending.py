"""Finds whom a registration's mail goes to, and queues it."""

from collections.abc import Collection

from cag_events.db import db
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import LIVE, Status
from cag_events.events.queries import get_record
from cag_events.outbox.messages import queue
from cag_events.registrations.mail.reader import CalendarPart, Seen, message
from cag_events.registrations.models import Registration
from cag_events.web.mailing import Letter


def find_reachable(registration_id: int, among: Collection[Status] = LIVE) -> Registration | None:
    """Return a registration, read anew, if it is in one of these states and has an address."""
    registration = db.session.get(Registration, registration_id, populate_existing=True)
    if registration is None or registration.status not in among or not registration.email:
        return None
    return registration


def find_seated(registration_id: int) -> Registration | None:
    """Return a registration that has an address and a seat at an event that is on."""
    registration = find_reachable(registration_id, {Status.CONFIRMED})
    is_on = registration is not None and get_record(registration.event_id).status is EventStatus.PUBLISHED
    return registration if is_on else None


def to_owner(
    registration: Registration,
    event: Seen,
    letter: Letter,
    *,
    key: str,
    kind: str,
    may_wait: bool = False,
    calendar: CalendarPart | None = None,
) -> None:
    """Queue a letter to a registration's owner, in the language of the mails to them; `key`: the same is sent once."""
    queue(
        message(
            event,
            letter,
            key=key,
            kind=kind,
            to=registration.email or "",
            language=registration.language,
            may_wait=may_wait,
            calendar=calendar,
        )
    )
