"""Organizers say yes or no to parties, also to several at once, and once more where an answer that decides has changed.

Why a party keeps its seat while it is looked at again: docs/decisions/0023-approval-again.md.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import select

from cag_events import clock, outbox
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, Refused
from cag_events.domain.seats import WAITING, Status, allocate
from cag_events.events.models import Event
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.models import Registration
from cag_events.registrations.queries.people import occurrence_ids
from cag_events.registrations.queries.seats import lock_state
from cag_events.registrations.services.seats import (
    confirm,
    free_seats,
    lock_registration,
    log_change,
    own_segment,
    pass_on_seats,
)

MOST_NOTE = 500  # characters
DECIDED = N_("This registration has had its answer already.")


class Decision(StrEnum):
    """What an organizer says."""

    APPROVE = "approve"
    DECLINE = "decline"


@dataclass(frozen=True)
class Outcome:
    """What became of several decisions: how many went through, and why the others, by reference, did not."""

    done: int = 0
    refused: dict[str, Refused] = field(default_factory=dict)


def approve(registration_id: int, *, by: Actor, note: str = "") -> Status:
    """Give a party that waits for an answer its seats, or a place in the queue from now on; or let it keep what it has.

    `note` goes into the mail and onto the person's page. Returns the new status. Raises Refused
    registration.not_pending, .note or .full. Notes registration.approved.
    """
    with transaction():
        event, registration = lock_for_desk(registration_id, by)
        if registration.reopened_at is not None and registration.status not in (Status.PENDING, Status.DECLINED):
            registration.reopened_at = None
            log_change(registration, "approved_again", by)
        elif registration.status is Status.PENDING:
            _seat(event, registration)
            log_change(registration, "approved", by)
        else:
            raise Refused("registration.not_pending", DECIDED)
        _keep_note(registration, note)
        outbox.note("registration.approved", registration_id=registration.id)
        return registration.status


def _seat(event: Event, registration: Registration) -> None:
    allocation = allocate(
        registration.party,
        registration.mode,
        occurrence_ids(registration.id),
        lock_state(event),
        segment=own_segment(event, registration),
    )
    if allocation.status is Status.CONFIRMED:
        confirm(registration, allocation)
    elif event.waitlist:
        registration.status, registration.joined_at = Status.WAITLISTED, clock.now()
    else:
        raise Refused("registration.full", N_("All seats are taken, and there is no waiting list."))


def decline(registration_id: int, *, by: Actor, note: str = "") -> None:
    """Say no to a party that waits for an answer, in the queue or with an offer, or that is to be looked at again.

    A seat that it has is freed and passed on. Raises Refused registration.not_pending or .note. Notes
    registration.declined.
    """
    with transaction():
        event, registration = lock_for_desk(registration_id, by)
        is_again = registration.reopened_at is not None and registration.status is Status.CONFIRMED
        if registration.status not in WAITING and not is_again:
            raise Refused("registration.not_pending", DECIDED)
        if registration.status is Status.CONFIRMED:
            registration.revision += 1
        registration.status, registration.reopened_at, registration.offered_until = Status.DECLINED, None, None
        free_seats(registration)
        _keep_note(registration, note)
        log_change(registration, "declined", by)
        outbox.note("registration.declined", registration_id=registration.id)
        pass_on_seats(event)


def decide_several(event_id: int, codes: Collection[str], decision: Decision, *, by: Actor, note: str = "") -> Outcome:
    """Say the same to several parties, in the order in which they came: each is a unit of its own.

    Raises NotAllowed, Refused registration.none where nobody is chosen, registration.note.
    """
    require(by, Permission.ATTENDEES_EDIT)
    _cleaned(note)
    query = select(Registration.id, Registration.code).where(
        Registration.event_id == event_id, Registration.code.in_(codes)
    )
    chosen = db.session.execute(query.order_by(Registration.joined_at, Registration.id)).all()
    if not chosen:
        raise Refused("registration.none", N_("Tick those whom your answer is for."))
    done, refused = 0, {}
    for row in chosen:
        try:
            _DOING[decision](row.id, by=by, note=note)
        except Refused as refusal:
            refused[row.code] = refusal
        else:
            done += 1
    return Outcome(done, refused)


_DOING: dict[Decision, Callable[..., object]] = {Decision.APPROVE: approve, Decision.DECLINE: decline}


def lock_for_desk(registration_id: int, by: Actor) -> tuple[Event, Registration]:
    """Return a registration and its event for an organizer to write. Raises NotAllowed, Refused registration.removed.

    Both are locked.
    """
    require(by, Permission.ATTENDEES_EDIT)
    event, registration = lock_registration(registration_id)
    if registration.is_removed:
        raise Refused("registration.removed", N_("Who this was has been deleted. The registration is only counted."))
    return event, registration


def _keep_note(registration: Registration, note: str) -> None:
    registration.organizer_note = _cleaned(note) or None


def _cleaned(note: str) -> str:
    text = note.strip()
    if len(text) > MOST_NOTE:
        raise Refused("registration.note", N_("At most %(most)s characters, please."), field="note", most=MOST_NOTE)
    return text
