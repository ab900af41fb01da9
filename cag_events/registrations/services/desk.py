"""What organizers do at the registrations desk and at the door."""

from datetime import datetime

from sqlalchemy import select

from cag_events import clock, outbox
from cag_events.audiences.models import Segment
from cag_events.db import db, transaction
from cag_events.domain import when
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.registering import choose_mode, choose_occurrences
from cag_events.domain.retention import kept_until
from cag_events.domain.seats import Status, allocate, entitled_segment
from cag_events.events.models import Occurrence
from cag_events.events.queries import get_record, lock_event
from cag_events.events.seating import seating_of
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.models import Registration, RegistrationOccurrence, WalkIn
from cag_events.registrations.queries.people import find_live
from cag_events.registrations.queries.seats import living_of, lock_state
from cag_events.registrations.services.answers import settle_new
from cag_events.registrations.services.deciding import lock_for_desk
from cag_events.registrations.services.register import NewRegistration, seal
from cag_events.registrations.services.seats import (
    add_occurrences,
    flush,
    hold_seats,
    log_change,
    require_key,
)

MOST_WALK_INS = 9999


def add(event_id: int, new: NewRegistration, *, by: Actor) -> Registration:
    """Register somebody by hand, also before registration opens and after it has closed; capacity holds all the same.

    A party for which there is no room waits, where there is a queue. Raises Refused registration.full, .known or .over.
    Notes registration.made.
    """
    require(by, Permission.ATTENDEES_EDIT)
    registration = seal(event_id, new)
    with transaction():
        event = lock_event(event_id)
        _require_not_past(event_id)
        require_key(event)
        settle_new(event, registration, new.segment, new.answers, may_skip=True)
        state = lock_state(event)
        registration.mode = choose_mode(new.mode, state.capacity)
        occurrences = choose_occurrences(
            new.occurrences, living_of(event, state.occurrences), is_free=event.per_occurrence
        )
        registration.is_proven = True  # the organizer says who it is
        segment = entitled_segment(new.segment, registration.mode, seating_of(event)["pools"], is_proven=True)
        allocation = allocate(new.party, registration.mode, occurrences, state, segment=segment)
        if allocation.status is Status.WAITLISTED and not event.waitlist:
            raise Refused("registration.full", N_("All seats are taken, and there is no waiting list."))
        registration.status = allocation.status
        if allocation.status is Status.CONFIRMED:
            registration.confirmed_at = registration.registered_at
        registration.segment_id = _segment_id(new.segment)
        _require_unknown(registration)
        db.session.add(registration)
        flush()
        add_occurrences(registration, occurrences)
        hold_seats(registration, allocation)
        log_change(registration, "added", by)
        outbox.note("registration.made", registration_id=registration.id)
    return registration


def check_in(registration_id: int, occurrence_id: int | None = None, *, by: Actor) -> None:
    """Count a confirmed party as here: at one occurrence, or at all that it is for. Twice changes nothing."""
    _set_checked_in(registration_id, occurrence_id, clock.now(), by)


def undo_check_in(registration_id: int, occurrence_id: int | None = None, *, by: Actor) -> None:
    """Take back a check-in: at one occurrence, or at all of them."""
    _set_checked_in(registration_id, occurrence_id, None, by)


def count_walk_in(event_id: int, occurrence_id: int, segment: str | None, change: int, *, by: Actor) -> int:
    """Count people who came without a registration up or down; return how many there are, never below 0."""
    require(by, Permission.ATTENDEES_EDIT)
    with transaction():
        lock_event(event_id)
        there = select(Occurrence.event_id).where(Occurrence.id == occurrence_id, Occurrence.cancelled_on.is_(None))
        if db.session.scalar(there) != event_id:
            raise NotFound(occurrence_id)
        segment_id = _segment_id(segment)
        row = db.session.scalar(
            select(WalkIn).where(WalkIn.occurrence_id == occurrence_id, WalkIn.segment_id == segment_id)
        )
        if row is None:
            row = WalkIn(event_id=event_id, occurrence_id=occurrence_id, segment_id=segment_id, people=0)
            db.session.add(row)
        row.people = min(max(row.people + change, 0), MOST_WALK_INS)
        return row.people


def _require_not_past(event_id: int) -> None:
    """Refuse what would have to be deleted at once."""
    record = get_record(event_id)
    kept = kept_until(record)
    if kept is not None and when.day_of(clock.now(), record.tz) >= kept.registration:
        raise Refused("registration.over", N_("The event is over."))


def _segment_id(key: str | None) -> int | None:
    return db.session.scalar(select(Segment.id).where(Segment.key == key)) if key else None


def _require_unknown(registration: Registration) -> None:
    """Refuse an address that has a live registration; the organizer may know, since they see the list."""
    known = find_live(registration.event_id, registration.email_index)
    if known is not None:
        raise Refused(
            "registration.known",
            N_("This address is registered already, with the reference %(reference)s."),
            field="email",
            reference=known.code,
        )


def _called_off(event_id: int) -> set[int]:
    """The dates that nobody can come to."""
    off = select(Occurrence.id).where(Occurrence.event_id == event_id, Occurrence.cancelled_on.is_not(None))
    return set(db.session.scalars(off))


def _set_checked_in(registration_id: int, occurrence_id: int | None, at: datetime | None, by: Actor) -> None:
    with transaction():
        _event, registration = lock_for_desk(registration_id, by)
        if registration.status is not Status.CONFIRMED:
            raise Refused("registration.not_confirmed", N_("Only those who have a seat can be checked in."))
        rows = list(
            db.session.scalars(
                select(RegistrationOccurrence).where(RegistrationOccurrence.registration_id == registration.id)
            )
        )
        off = _called_off(registration.event_id) if at is not None else set()
        chosen = [row for row in rows if occurrence_id in (None, row.occurrence_id) and row.occurrence_id not in off]
        if not chosen:
            raise NotFound(occurrence_id)
        changed = [row for row in chosen if (row.checked_in_at is None) is not (at is None)]
        for row in changed:
            row.checked_in_at, row.arrived = at, None
        arrivals = [row.checked_in_at for row in rows if row.checked_in_at is not None]
        registration.checked_in_at = min(arrivals, default=None)
        if changed:
            log_change(registration, "checked_in" if at else "check_in_undone", by, occurrences=len(changed))
