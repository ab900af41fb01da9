"""Decides whether a workshop is held."""

from datetime import date

from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.deciding import Decision
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import Status
from cag_events.domain.texts import Texts
from cag_events.events import records
from cag_events.events.queries import get_record, lock_event
from cag_events.events.services import cancel_event
from cag_events.messages.queries.coming import first_day
from cag_events.outbox.facts import note_each
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.models import Registration
from cag_events.workshops.models import WorkshopDecision
from cag_events.workshops.queries import count_people, find_decision, standing_of


def go_ahead(event_id: int, *, tells: bool, by: Actor) -> int:
    """Decide that a workshop is held though there may be too few; `tells`: those who have a seat get a mail.

    Returns how many are told. Raises NotFound, NotAllowed, Refused workshop.decided or .not_open. Notes
    workshop.takes_place for each that is told.
    """
    with transaction():
        record, day = _lock(event_id, by)
        _store(record, day, Decision.GO, by)
        told = _list_mailed(event_id) if tells else []
        note_each("workshop.takes_place", [{"registration_id": registration_id} for registration_id in told])
        records.raise_version()
    return len(told)


def call_off(event_id: int, reason: Texts, *, version: int, by: Actor) -> None:
    """Decide that a workshop is not held, and cancel it: everybody who has registered is told, with the reason.

    Raises NotFound, NotAllowed, Stale, Refused workshop.decided or .not_open. Notes what cancel_event() notes.
    """
    with transaction():
        record, day = _lock(event_id, by)
        _store(record, day, Decision.CANCEL, by)
        cancel_event(event_id, reason, version=version, by=by)


def _lock(event_id: int, by: Actor) -> tuple[EventRecord, date]:
    lock_event(event_id)
    require(by, Permission.EVENT_PUBLISH)
    record = get_record(event_id)
    day = first_day(record)
    if day is None or standing_of(record, 0) is None:
        raise NotFound(event_id)
    is_open = record.status is EventStatus.PUBLISHED and record.starts_at is not None and clock.now() < record.starts_at
    if not is_open:
        raise Refused(
            "workshop.not_open", N_("There is nothing to decide: the workshop has begun, or it is not planned.")
        )
    if find_decision(record) is not None:
        raise Refused("workshop.decided", N_("It has been decided already, perhaps a moment ago by somebody else."))
    return record, day


def _store(record: EventRecord, day: date, decision: Decision, by: Actor) -> None:
    confirmed = count_people([record.id]).get(record.id, {}).get(Status.CONFIRMED, 0)
    standing = standing_of(record, confirmed)
    assert standing is not None
    db.session.add(
        WorkshopDecision(
            event_id=record.id,
            for_on=day,
            decision=decision,
            decided_at=clock.now(),
            account_id=by.account_id,
            confirmed=confirmed,
            least=standing.least,
        )
    )
    db.session.flush()


def _list_mailed(event_id: int) -> list[int]:
    """Those who have a seat and an address."""
    query = select(Registration.id).where(
        Registration.event_id == event_id,
        Registration.status == Status.CONFIRMED,
        Registration.email_sealed.is_not(None),
    )
    return list(db.session.scalars(query.order_by(Registration.id)))
