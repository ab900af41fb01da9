"""Asks those who have a seat whether they still come, keeps what they say, frees the seats of those who do not."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.coming import Answer, may_ask
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.noticing import SILENT_AFTER
from cag_events.domain.seats import Status
from cag_events.events.queries import get_record, lock_event
from cag_events.messages.models import AttendanceAsk
from cag_events.messages.queries.coming import first_day, list_asked
from cag_events.outbox.facts import note_each
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations import services
from cag_events.registrations.models import Registration
from cag_events.registrations.services.seats import lock_registration


def ask_all(event_id: int, *, by: Actor) -> int:
    """Ask everybody who has a seat and has not answered whether they still come; returns how many were asked.

    Nobody is asked twice within half a day, nor more than three times. Raises NotFound, NotAllowed, Refused
    attendance.closed or .nobody. Notes attendance.asked for each.
    """
    with transaction():
        lock_event(event_id)
        require(by, Permission.ATTENDEES_EDIT)
        record, now = get_record(event_id), clock.now()
        day = _require_open(record, now)
        asked = list_asked(event_id)
        chosen = [row for row in _seated(event_id) if may_ask(asked.get(row.id), day, now)]
        if not chosen and not by.is_system:
            raise Refused("attendance.nobody", N_("There is nobody to ask: all have answered, or were asked just now."))
        _ask(chosen, day, now)
    return len(chosen)


def ask_those(event_id: int, now: datetime) -> None:
    """Keep that everybody with a seat is asked, within the unit of a mail that asks them itself."""
    day = first_day(get_record(event_id))
    if day is not None:
        _put(_seated(event_id), day, now)


def remind_silent(event_id: int, *, by: Actor) -> int:
    """Ask once more everybody who was asked and has not answered; returns how many. Raises as ask_all()."""
    with transaction():
        lock_event(event_id)
        require(by, Permission.ATTENDEES_EDIT)
        now = clock.now()
        day = _require_open(get_record(event_id), now)
        asked = list_asked(event_id)
        chosen = [
            row
            for row in _seated(event_id)
            if row.id in asked and asked[row.id].for_on == day and may_ask(asked[row.id], day, now)
        ]
        if not chosen:
            raise Refused("attendance.nobody", N_("There is nobody to ask: all have answered, or were asked just now."))
        _ask(chosen, day, now)
    return len(chosen)


def free_silent(event_id: int, *, by: Actor) -> int:
    """Take the seats of all who were asked two days ago or longer and have not answered; returns how many parties.

    They are told, and who is next gets the seats. Raises NotAllowed, Refused attendance.closed or .nobody.
    """
    with transaction():
        lock_event(event_id)
        require(by, Permission.ATTENDEES_EDIT)
        now = clock.now()
        day = _require_open(get_record(event_id), now)
        chosen = [
            row.id
            for row in _seated(event_id)
            if (ask := db.session.get(AttendanceAsk, row.id)) is not None
            and ask.for_on == day
            and ask.answer is None
            and now >= ask.asked_at + SILENT_AFTER
        ]
        if not chosen:
            raise Refused("attendance.nobody_silent", N_("Nobody has been silent for two days."))
        for registration_id in chosen:
            services.withdraw(registration_id, by=by)
    return len(chosen)


def _seated(event_id: int) -> list[Registration]:
    """Parties with a seat."""
    rows = db.session.scalars(
        select(Registration)
        .where(
            Registration.event_id == event_id,
            Registration.status == Status.CONFIRMED,
            Registration.name_sealed.is_not(None),
        )
        .order_by(Registration.id)
    )
    return list(rows)


def _ask(rows: Sequence[Registration], day: date, now: datetime) -> None:
    note_each("attendance.asked", _put(rows, day, now))


def _put(rows: Sequence[Registration], day: date, now: datetime) -> list[dict[str, Any]]:
    """Keep that these are asked; returns the facts of the mails that ask them."""
    facts = []
    for registration in rows:
        known = db.session.get(AttendanceAsk, registration.id)
        if known is None:
            known = AttendanceAsk(registration_id=registration.id, event_id=registration.event_id, times=1)
            db.session.add(known)
        elif known.for_on == day:
            known.times += 1
        else:
            known.times, known.answer, known.answered_at = 1, None, None
        known.for_on, known.asked_at = day, now
        if known.answer is not None:  # a no that was taken back
            known.answer = known.answered_at = None
        facts.append({"registration_id": registration.id, "for_on": day.isoformat(), "times": known.times})
    db.session.flush()
    return facts


def answer(registration_id: int, said: Answer) -> None:
    """Keep what somebody with a seat says; a no frees the seat, and who is next in line gets it.

    Raises NotFound, Refused attendance.no_seat or .closed. Notes registration.withdrawn for a no.
    """
    with transaction():
        event, registration = lock_registration(registration_id)
        now = clock.now()
        day = _require_open(get_record(event.id), now)
        if registration.status is not Status.CONFIRMED:
            raise Refused("attendance.no_seat", N_("You have no seat at this event, so there is nothing to answer."))
        known = db.session.get(AttendanceAsk, registration_id)
        if known is None:
            known = AttendanceAsk(registration_id=registration_id, event_id=event.id, asked_at=now, times=1)
            db.session.add(known)
        known.for_on, known.answer, known.answered_at = day, said, now
        db.session.flush()
        if said is Answer.NO:
            services.withdraw(registration_id)


def free_seat(event_id: int, row_id: str, *, by: Actor) -> None:
    """Take the seat of somebody who was asked and has not answered; they are told, and who is next gets it.

    Raises NotFound, NotAllowed, Refused attendance.answered or .closed. Notes registration.withdrawn.
    """
    with transaction():
        lock_event(event_id)
        require(by, Permission.ATTENDEES_EDIT)
        day = _require_open(get_record(event_id), clock.now())
        registration = db.session.scalar(
            select(Registration).where(Registration.event_id == event_id, Registration.row_id == row_id)
        )
        if registration is None:
            raise NotFound(row_id)
        known = db.session.get(AttendanceAsk, registration.id)
        is_silent = known is not None and known.for_on == day and known.answer is None
        if registration.status is not Status.CONFIRMED or not is_silent:
            raise Refused("attendance.answered", N_("They have answered meanwhile, or have no seat any more."))
        services.withdraw(registration.id, by=by)


def _require_open(record: EventRecord, now: datetime) -> date:
    """Return the first day of an event that is yet to begin."""
    day = first_day(record)
    if day is None or record.starts_at is None or record.status is not EventStatus.PUBLISHED or now >= record.starts_at:
        raise Refused("attendance.closed", N_("The event has begun, or is not on its date."))
    return day
