"""Takes, frees and passes on seats; everything here runs under the event's lock."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from cag_events import clock, outbox
from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.event import Mode
from cag_events.domain.event import Registration as Seats
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.queueing import offered_until
from cag_events.domain.seating import Filling, QueueRule
from cag_events.domain.seats import Allocation, Status, entitled_segment, next_in_line
from cag_events.events.keys import is_key_current
from cag_events.events.models import Event, Occurrence
from cag_events.events.queries import lock_event
from cag_events.events.seating import seating_of
from cag_events.events.timing import registration_window
from cag_events.permissions import Actor
from cag_events.registrations.models import Registration, RegistrationChange, RegistrationOccurrence, Seat
from cag_events.registrations.queries.people import occurrence_ids
from cag_events.registrations.queries.seats import list_queue, list_waiting_events, lock_state
from cag_events.registrations.services.proof import prove_all

EARLIER: Final = timedelta(seconds=1)
TAKEN = N_("Somebody else was there at the same moment. Nothing is lost: press the button once more.")

_HELD = insert(Seat.__table__)  # type: ignore[arg-type]  # of a declarative class it is a table
_COMES = insert(RegistrationOccurrence.__table__)  # type: ignore[arg-type]  # as above


def hold_seats(registration: Registration, allocation: Allocation) -> None:
    """Store the seats of an allocation. Raises Refused registration.taken if the table already has one of them."""
    flush()
    rows = [
        {"occurrence_id": occurrence, "mode": registration.mode, "no": number, "registration_id": registration.id}
        for occurrence, numbers in allocation.numbers.items()
        for number in numbers
    ]
    if not rows:
        return
    try:
        db.session.connection().execute(_HELD, rows)  # past the unit of work, as below: it is the busiest path there is
    except IntegrityError as fault:
        raise Refused("registration.taken", TAKEN) from fault


def flush() -> None:
    """Write what is new. Raises Refused registration.taken where a constraint, the last guard, says no."""
    try:
        db.session.flush()
    except IntegrityError as fault:
        raise Refused(
            "registration.taken",
            TAKEN,
        ) from fault


def free_seats(registration: Registration) -> None:
    """Give back every seat of a registration."""
    db.session.execute(delete(Seat).where(Seat.registration_id == registration.id))


def require_key(event: Event) -> None:
    """Refuse, under the event's lock, what was sealed with a key that has been destroyed since."""
    is_over = event.ends_at is None or event.ends_at <= clock.now()
    if not is_key_current(event.id, None if is_over else event.changed_at):
        raise Refused("registration.taken", TAKEN)


def set_occurrences(registration: Registration, occurrences: Collection[int]) -> None:
    """Store the occurrences that a registration is for; what was noted at those that stay is kept."""
    before = set(occurrence_ids(registration.id))
    if gone := before - set(occurrences):
        db.session.execute(
            delete(RegistrationOccurrence).where(
                RegistrationOccurrence.registration_id == registration.id,
                RegistrationOccurrence.occurrence_id.in_(gone),
            )
        )
    add_occurrences(registration, [occurrence for occurrence in occurrences if occurrence not in before])


def add_occurrences(registration: Registration, occurrences: Iterable[int]) -> None:
    """Store further occurrences that a registration is for."""
    db.session.flush()
    rows = [{"registration_id": registration.id, "occurrence_id": occurrence} for occurrence in occurrences]
    if rows:
        db.session.connection().execute(_COMES, rows)


def log_change(registration: Registration, what: str, by: Actor | None = None, **facts: object) -> None:
    """Note in a registration's history what happened and who did it; never a value of personal data."""
    db.session.add(
        RegistrationChange(
            registration_id=registration.id,
            at=clock.now(),
            what=what,
            account_id=by.account_id if by else None,
            facts=facts,
        )
    )


def lock_registration(registration_id: int) -> tuple[Event, Registration]:
    """Return a registration and its event, both for writing, the event locked first. Raises NotFound."""
    event_id = db.session.scalar(select(Registration.event_id).where(Registration.id == registration_id))
    if event_id is None:
        raise NotFound(registration_id)
    event = lock_event(event_id)
    registration = db.session.get(Registration, registration_id, populate_existing=True)
    if registration is None:
        raise NotFound(registration_id)
    return event, registration


def party_max(event: Event) -> int:
    """Return the most people that one registration may bring."""
    return Seats(group_max=event.group_max, guests=event.guests).party_max


def pass_on_seats(event: Event) -> None:
    """Say that seats may have been freed; who is next gets them within the same writing unit."""
    db.session.flush()
    outbox.note("seats.freed", event_id=event.id)


def promote_waiting(event_id: int, sure: int | None = None) -> None:
    """Give free seats to those who wait, in order, until the occurrences that they wait for begin.

    Where the event's queue offers seats, they are held for those whose turn it is until they answer; `sure` and those
    without an address, whom no mail reaches, get theirs at once. Notes registration.promoted or .offered for each.
    Nobody gets seats at an event that is not published.
    """
    event = lock_event(event_id)
    seating = seating_of(event)
    queue = list_queue(event.id, seating["pools"]) if event.status is EventStatus.PUBLISHED else []
    if not queue:
        return
    coming = select(Occurrence.id, Occurrence.cancelled_on).where(
        Occurrence.event_id == event.id, Occurrence.starts_at > clock.now()
    )
    to_come = {row.id: row.cancelled_on is not None for row in db.session.execute(coming)}
    queue = [
        waiting
        for waiting in queue
        if to_come.keys() >= set(waiting.occurrences) and not all(to_come[one] for one in waiting.occurrences)
    ]
    rule = seating["queue"]
    for registration_id, allocation in next_in_line(queue, lock_state(event)):
        registration = db.session.get_one(Registration, registration_id)
        is_sure = registration_id == sure or registration.email_index is None
        if rule.filling is Filling.OFFER and not is_sure:
            offer(event, registration, allocation, rule)
        else:
            confirm(registration, allocation)
            log_change(registration, "promoted")
            outbox.note("registration.promoted", registration_id=registration.id)


def promote_changed(event_ids: Collection[int]) -> None:
    """Give seats to those who wait at events that were changed, since they may have more seats now."""
    for event_id in list_waiting_events(event_ids):
        prove_all(lock_event(event_id))
        promote_waiting(event_id)


def offer(event: Event, registration: Registration, allocation: Allocation, rule: QueueRule) -> None:
    """Hold the seats of an allocation for a party until it answers, or its time is over. Notes registration.offered."""
    now = clock.now()
    _opens_at, closes_at = registration_window(event)
    registration.status = Status.OFFERED
    registration.offered_until = offered_until(now, rule, closes_at, event.starts_at)
    hold_seats(registration, allocation)
    log_change(registration, "offered")
    outbox.note("registration.offered", registration_id=registration.id)


def confirm(registration: Registration, allocation: Allocation) -> None:
    """Make a registration confirmed with the seats of an allocation."""
    registration.status = Status.CONFIRMED
    registration.confirmed_at = clock.now()
    registration.offered_until = None
    registration.revision += 1
    hold_seats(registration, allocation)


def own_segment(event: Event, registration: Registration, mode: Mode | None = None) -> str:
    """Return the segment whose held seats are open to a party that is stored, "" if none; `mode`: if it went to it."""
    if not event.pools or registration.segment_id is None:
        return ""
    key = db.session.scalar(select(Segment.key).where(Segment.id == registration.segment_id))
    pools = seating_of(event)["pools"]
    return entitled_segment(key, mode or registration.mode, pools, is_proven=registration.is_proven)


def to_the_head(registration: Registration) -> None:
    """Put a party before everybody who waits at its event."""
    first = db.session.scalar(
        select(func.min(Registration.joined_at)).where(
            Registration.event_id == registration.event_id,
            Registration.status == Status.WAITLISTED,
            Registration.id != registration.id,
        )
    )
    if first is not None and registration.joined_at >= first:
        registration.joined_at = first - EARLIER
