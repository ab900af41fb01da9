"""The queue: offers that are taken, declined or lapse, parties that organizers move, what is due at a time."""

from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from cag_events import clock, outbox
from cag_events.audit import services as audit
from cag_events.db import db, end_reading, transaction
from cag_events.domain.errors import N_, Refused
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seating import Lapse
from cag_events.domain.seats import Status, allocate, is_held, next_in_line
from cag_events.events.models import Event
from cag_events.events.queries import get_record, lock_event
from cag_events.events.seating import seating_of
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.models import QueueMove, Registration, RegistrationChange
from cag_events.registrations.queries.people import occurrence_ids
from cag_events.registrations.queries.seats import list_queue, lock_state, seat_state
from cag_events.registrations.services.seats import (
    confirm,
    free_seats,
    lock_registration,
    log_change,
    own_segment,
    pass_on_seats,
    promote_waiting,
    to_the_head,
)
from cag_events.web import log

MOST_LAPSES: Final = 2  # offers that one may let lapse; then one leaves the queue, whatever the rule
LONGEST_REASON: Final = 300


def accept_offer(registration_id: int) -> None:
    """Take the seats that one is offered. Twice does nothing more.

    Raises Refused registration.not_offered, .cancelled, or .offer_over once its time is past, swept or not. Notes
    registration.accepted.
    """
    with transaction():
        event, registration = lock_registration(registration_id)
        if registration.status is Status.CONFIRMED:
            return
        _require_offer(registration)
        if event.status is EventStatus.CANCELLED:
            raise Refused("registration.cancelled", N_("The event is cancelled."))
        if registration.offered_until is not None and clock.now() >= registration.offered_until:
            text = N_("The time to take this seat is over. It goes to the next in line.")
            raise Refused("registration.offer_over", text)
        registration.status = Status.CONFIRMED
        registration.confirmed_at = clock.now()
        registration.offered_until = None
        registration.revision += 1
        log_change(registration, "accepted")
        outbox.note("registration.accepted", registration_id=registration.id)


def decline_offer(registration_id: int) -> None:
    """Say no to the seats that one is offered; who is next gets them. Twice does nothing more.

    Raises Refused registration.not_offered. Notes registration.offer_declined.
    """
    with transaction():
        event, registration = lock_registration(registration_id)
        if registration.status is Status.DECLINED:
            return
        _require_offer(registration)
        registration.status, registration.offered_until = Status.DECLINED, None
        free_seats(registration)
        log_change(registration, "offer_declined")
        outbox.note("registration.offer_declined", registration_id=registration.id)
        pass_on_seats(event)


def _require_offer(registration: Registration) -> None:
    if registration.status is not Status.OFFERED:
        raise Refused("registration.not_offered", N_("There is no seat offered to you at the moment."))


def do_timed(now: datetime) -> int:
    """Let offers lapse whose time is over, and pass on held seats that are free for all since; returns how much it did.

    A fault at one event is logged and leaves the others alone.
    """
    done = 0
    for event_id in _list_lapsing(now):
        try:
            done += lapse_offers(event_id)
        except Exception as fault:  # the edge: one event's fault is not the others'
            log.fault(fault)
            db.session.rollback()
    for event_id in _list_released(now):
        try:
            with transaction():
                promote_waiting(event_id)
            done += 1
        except Exception as fault:  # the edge, as above
            log.fault(fault)
            db.session.rollback()
    return done


def _list_lapsing(now: datetime) -> list[int]:
    """The published events at which an offer's time is over."""
    query = (
        select(Registration.event_id)
        .join(Event, Event.id == Registration.event_id)
        .where(
            Registration.status == Status.OFFERED,
            Registration.offered_until <= now,
            Event.status == EventStatus.PUBLISHED,
        )
        .distinct()
        .order_by(Registration.event_id)
    )
    found = list(db.session.scalars(query))
    end_reading()
    return found


def _list_released(now: datetime) -> list[int]:
    """The events at which somebody waits who would have a seat, now that seats are held no longer.

    One statement finds those where people wait and seats were held at all; only these few are looked at.
    """
    waiting = (
        select(Registration.id)
        .where(Registration.status == Status.WAITLISTED, Registration.event_id == Event.id)
        .exists()
    )
    query = select(Event.id, Event.pools).where(
        Event.status == EventStatus.PUBLISHED, Event.starts_at > now, Event.pools.is_not(None), waiting
    )
    with_pools = [row.id for row in db.session.execute(query.order_by(Event.id)) if row.pools]
    found = []
    for event_id in with_pools:
        record = get_record(event_id)
        pools = record.registration.pools
        is_released = not all(is_held(pool, record.starts_at, now) for pool in pools)
        if is_released and next_in_line(list_queue(event_id, pools), seat_state(record)):
            found.append(event_id)
    end_reading()
    return found


def lapse_offers(event_id: int) -> int:
    """Take back the seats of offers whose time is over, and give them to the next in line; returns how many lapsed.

    The party goes to the end of the queue or leaves it, as the event's rule says; who lets a second offer lapse leaves
    it. Notes registration.lapsed for each.
    """
    with transaction():
        event = lock_event(event_id)
        now = clock.now()
        if event.status is not EventStatus.PUBLISHED:
            return 0
        rule = seating_of(event)["queue"]
        due = list(
            db.session.scalars(
                select(Registration)
                .where(
                    Registration.event_id == event_id,
                    Registration.status == Status.OFFERED,
                    Registration.offered_until <= now,
                )
                .order_by(Registration.joined_at, Registration.id)
            )
        )
        for registration in due:
            is_last = rule.lapse is Lapse.OUT or _count_lapses(registration.id) + 1 >= MOST_LAPSES
            registration.status = Status.DECLINED if is_last else Status.WAITLISTED
            registration.offered_until, registration.joined_at = None, now
            free_seats(registration)
            log_change(registration, "lapsed")
            outbox.note("registration.lapsed", registration_id=registration.id)
        if due:
            pass_on_seats(event)
        return len(due)


def _count_lapses(registration_id: int) -> int:
    lapses = select(func.count(RegistrationChange.id)).where(
        RegistrationChange.registration_id == registration_id, RegistrationChange.what == "lapsed"
    )
    return db.session.scalar(lapses) or 0


def move_up(registration_id: int, reason: str, *, by: Actor, to_head: bool = False) -> None:
    """Give a waiting party seats before its turn, or put it at the head of the queue: the organizer's choice.

    The reason is kept sealed, for the team, as long as who waited is; the party reads that an organizer moved it.
    It is logged. Raises Refused registration.reason, .not_waiting or .full. Notes registration.promoted or .moved.
    """
    require(by, Permission.ATTENDEES_EDIT)
    with transaction():
        event, registration = lock_registration(registration_id)
        if registration.status is not Status.WAITLISTED or registration.is_removed:
            raise Refused("registration.not_waiting", N_("This registration is not in the queue."))
        if not reason.strip():
            text = N_("Say why, in a few words. They are kept with the registration.")
            raise Refused("registration.reason", text, field="reason")
        if to_head:
            to_the_head(registration)
        else:
            _seat(event, registration)
        db.session.add(
            QueueMove(
                event_id=event.id,
                registration_id=registration.id,
                account_id=by.account_id,
                at=clock.now(),
                to_seat=not to_head,
                reason=reason.strip()[:LONGEST_REASON],
            )
        )
        log_change(registration, "to_head" if to_head else "moved", by)
        thing = audit.Thing("registration", registration.code)
        audit.record("registration.moved", by=by, event_id=event.id, thing=thing, reason=reason)
        outbox.note("registration.moved" if to_head else "registration.promoted", registration_id=registration.id)
        pass_on_seats(event)


def _seat(event: Event, registration: Registration) -> None:
    allocation = allocate(
        registration.party,
        registration.mode,
        occurrence_ids(registration.id),
        lock_state(event),
        segment=own_segment(event, registration),
        is_next=True,
    )
    if allocation.status is not Status.CONFIRMED:
        raise Refused("registration.full", N_("There are not enough free seats for this party."))
    confirm(registration, allocation)
