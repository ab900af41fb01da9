"""Passing a seat on: the giver names somebody, who takes the seat by a link of their own; until then nothing moves.

Where not everybody may come, the organizer says yes first, and only then is the successor written to (decision 0024).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from cag_events import clock, keyring, outbox
from cag_events.audiences.models import Segment
from cag_events.db import count_rows_of, db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.event import RegistrationMode, Safety
from cag_events.domain.inviting import Part, Reply
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.events.queries import lock_event
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.codes import SUCCESSOR
from cag_events.registrations.models import (
    Delegate,
    Invitation,
    PartyMember,
    PoolCodeUse,
    Registration,
    RegistrationLink,
    RegistrationOccurrence,
    Seat,
)
from cag_events.registrations.queries.members import find_offered, find_successor
from cag_events.registrations.queries.people import find_live, occurrence_ids
from cag_events.registrations.services.links import may_mail_link
from cag_events.registrations.services.register import NewRegistration, seal
from cag_events.registrations.services.seats import add_occurrences, flush, lock_registration, log_change, require_key

PASSABLE = frozenset({Status.CONFIRMED, Status.OFFERED})
OFFER_LASTS = timedelta(days=3)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What the successor tells when they take the seat."""

    name: str
    language: str
    answers: Mapping[str, Any]
    first_time: bool | None = None
    consent_photo: bool = False
    consent_contact: bool = False


def asks_organizer(event: Event, registration: Registration) -> bool:
    """Tell whether the organizer decides who may take this seat: where not everybody may come, or it was proven for."""
    return (
        event.registration_mode is not RegistrationMode.OPEN or event.safety is Safety.GUARDED or registration.is_proven
    )


def find_hindrance(event: Event, registration: Registration) -> Refused | None:
    """Return why a seat cannot be passed on, None if it can."""
    if registration.status not in PASSABLE:
        return Refused("passing.status", N_("Only a seat can be passed on, and you do not have one."))
    if event.status is not EventStatus.PUBLISHED:
        return Refused("passing.closed", N_("Seats cannot be passed on now."))
    if event.ends_at is not None and clock.now() >= event.ends_at:
        return Refused("registration.over", N_("The event is over."))
    arrived = select(RegistrationOccurrence.occurrence_id).where(
        RegistrationOccurrence.registration_id == registration.id, RegistrationOccurrence.checked_in_at.is_not(None)
    )
    if registration.checked_in_at is not None or db.session.scalar(arrived.limit(1)) is not None:
        return Refused("passing.here", N_("You have been here already, so the seat cannot be passed on."))
    return None


def pass_on(registration_id: int, name: str, email: str) -> bool:
    """Name who is to take the seat; returns whether the organizer is asked first.

    It says nothing of whether that address is registered. Raises Refused passing.own, .again, .often … Notes
    registration.seat_offered, unless the organizer is asked.
    """
    with transaction():
        event, registration = lock_registration(registration_id)
        if hindrance := find_hindrance(event, registration):
            raise hindrance
        index = keyring.blind_index(email)
        if index == registration.email_index:
            raise Refused("passing.own", N_("That is your own address."), field="email")
        known = find_successor(registration_id)
        if known is not None:
            if known.expires_at is None or clock.now() < known.expires_at:
                raise Refused("passing.again", N_("You have named somebody already. Take that back first."))
            db.session.delete(known)
            db.session.flush()
        if not may_mail_link(registration.row_id.encode()):
            raise Refused("passing.often", N_("You have named several people today. Try again tomorrow."))
        asks = asks_organizer(event, registration)
        successor = Delegate(
            registration_id=registration_id,
            event_id=event.id,
            part=Part.SUCCESSOR,
            name=name,
            email=email,
            email_index=index,
            asked_at=clock.now(),
        )
        db.session.add(successor)
        flush()
        log_change(registration, "pass_asked")
        if not asks:
            _offer(event, registration, successor)
    return asks


def take_back(registration_id: int) -> None:
    """Keep the seat after all: who was named is forgotten, and their link is dead. Twice does nothing more."""
    with transaction():
        _event, registration = lock_registration(registration_id)
        known = find_successor(registration_id)
        if known is not None:
            db.session.delete(known)
            log_change(registration, "pass_kept")


def allow(registration_id: int, *, by: Actor) -> None:
    """Let the successor whom somebody has named take the seat. Raises Refused passing.none. Notes
    registration.seat_offered."""
    with transaction():
        event, registration, successor = _asked(registration_id, by)
        if hindrance := find_hindrance(event, registration):
            raise hindrance
        log_change(registration, "pass_allowed", by)
        _offer(event, registration, successor)


def refuse(registration_id: int, *, by: Actor) -> None:
    """Say no to a successor: the seat stays where it is. Raises Refused passing.none. Notes
    registration.passing_refused."""
    with transaction():
        _event, registration, successor = _asked(registration_id, by)
        db.session.delete(successor)
        log_change(registration, "pass_refused", by)
        outbox.note("registration.passing_refused", registration_id=registration.id)


def make_successor_link(delegate_id: int) -> str:
    """Give a successor their link and return its token, for the mail that carries it."""
    token = keyring.new_token()
    db.session.get_one(Delegate, delegate_id).token_hash = keyring.token_hash(token, SUCCESSOR)
    db.session.flush()
    return token


def turn_down(token: str) -> None:
    """Do not take the seat; it stays with the giver, who is told. Raises NotFound. Notes registration.seat_declined."""
    with transaction():
        _event, registration, successor = _offered(token)
        db.session.delete(successor)
        log_change(registration, "pass_declined")
        outbox.note("registration.seat_declined", registration_id=registration.id)


def take_over(token: str, taken: Taken) -> int:
    """Move a seat to the successor, who agrees by this; returns the id of their registration.

    They get a registration, links and a ticket of their own; the giver's links die, and what the giver has told is
    deleted as soon as the mail to them is written. Raises NotFound, Refused passing.known … Notes
    registration.passed_on and registration.made.
    """
    with transaction():
        event, giver, successor = _offered(token)
        if hindrance := find_hindrance(event, giver):
            raise hindrance
        require_key(event)
        if find_live(event.id, successor.email_index) is not None:
            raise Refused(
                "passing.known",
                N_("You are registered here yourself. Withdraw that registration first, then take this seat."),
            )
        mine = _registration(giver, successor, taken)
        seats = list(db.session.scalars(select(Seat.id).where(Seat.registration_id == giver.id)))
        occurrences = occurrence_ids(giver.id)
        _leave(giver)
        db.session.add(mine)
        flush()
        add_occurrences(mine, occurrences)
        _move(giver, mine, seats)
        log_change(giver, "passed_on")
        log_change(mine, "taken_over")
        outbox.note("registration.passed_on", registration_id=giver.id)
        outbox.note("registration.made", registration_id=mine.id)
        return mine.id


def forget_unanswered() -> int:
    """Delete the names and addresses of those who let the offer of a seat pass; returns how many."""
    with transaction():
        passed = (Delegate.part == Part.SUCCESSOR) & (Delegate.expires_at <= clock.now())
        return count_rows_of(delete(Delegate).where(passed), synchronizes=False)


def _registration(giver: Registration, successor: Delegate, taken: Taken) -> Registration:
    """The successor's registration: the seat is the giver's, all that is told of a person their own."""
    segment = select(Segment.key).where(Segment.id == giver.segment_id)
    mine = seal(
        giver.event_id,
        NewRegistration(
            name=taken.name,
            email=successor.email,
            language=taken.language,
            party=giver.party,
            mode=giver.mode,
            segment=db.session.scalar(segment) if giver.segment_id else None,
            answers=taken.answers,
            first_time=taken.first_time,
            consent_photo=taken.consent_photo,
            consent_contact=taken.consent_contact,
            channel="passed_on",
        ),
    )
    mine.status = mine.shown = giver.status
    mine.segment_id, mine.is_proven = giver.segment_id, giver.is_proven
    mine.joined_at, mine.offered_until = giver.joined_at, giver.offered_until
    mine.confirmed_at = clock.now() if giver.status is Status.CONFIRMED else None
    return mine


def _leave(giver: Registration) -> None:
    """The giver no longer counts, for good: there is no undo, since the seat is somebody else's."""
    giver.status = Status.WITHDRAWN
    giver.withdrawn_at = giver.withdrawn_from = giver.restore_until = giver.offered_until = None
    giver.revision += 1
    db.session.flush()


def _move(giver: Registration, mine: Registration, seats: list[int]) -> None:
    """Give the seats, and the code that opened them, another owner; links, names and delegates of the giver go."""
    quietly: Mapping[str, Any] = {"synchronize_session": False}
    db.session.execute(
        update(Seat).where(Seat.id.in_(seats)).values(registration_id=mine.id), execution_options=quietly
    )
    db.session.execute(
        update(Invitation)
        .where(Invitation.registration_id == giver.id)
        .values(registration_id=mine.id, reply=Reply.SUBSTITUTE),
        execution_options=quietly,
    )
    db.session.execute(
        update(PoolCodeUse).where(PoolCodeUse.registration_id == giver.id).values(registration_id=mine.id),
        execution_options=quietly,
    )
    for model in (RegistrationLink, PartyMember, Delegate):
        db.session.execute(delete(model).where(model.registration_id == giver.id), execution_options=quietly)


def _offer(event: Event, registration: Registration, successor: Delegate) -> None:
    """Let the successor be written to; the offer ends in three days, at the end, or when the seat's own does."""
    now = clock.now()
    ends = [now + OFFER_LASTS, event.ends_at, registration.offered_until]
    successor.allowed_at = now
    successor.expires_at = min(one for one in ends if one is not None)
    outbox.note("registration.seat_offered", delegate_id=successor.id)


def _asked(registration_id: int, by: Actor) -> tuple[Event, Registration, Delegate]:
    require(by, Permission.ATTENDEES_EDIT)
    event, registration = lock_registration(registration_id)
    successor = find_successor(registration_id)
    if successor is None or successor.allowed_at is not None:
        raise Refused("passing.none", N_("There is nobody to decide on any more."))
    return event, registration, successor


def _offered(token: str) -> tuple[Event, Registration, Delegate]:
    """The event, locked, the giver's registration and the successor of a living link. Raises NotFound."""
    found = find_offered(token, clock.now())
    if found is None:
        raise NotFound("successor")
    event = lock_event(found.event_id)
    found = find_offered(token, clock.now())  # once more, under the lock
    if found is None:
        raise NotFound("successor")
    registration = db.session.get(Registration, found.registration_id, populate_existing=True)
    if registration is None:
        raise NotFound("successor")
    return event, registration, found
