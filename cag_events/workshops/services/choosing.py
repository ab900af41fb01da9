"""Answers several who apply at once: all of them, or, where one cannot be, none."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import select

from cag_events.db import db, transaction
from cag_events.domain.errors import N_, Refused
from cag_events.domain.seats import Status
from cag_events.events.queries import lock_event
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations import services
from cag_events.registrations.models import Registration
from cag_events.registrations.queries.seats import lock_state

MOST = 500  # answered at once


class Verdict(StrEnum):
    """The answer."""

    APPROVE = "approve"
    DECLINE = "decline"


def choose(event_id: int, row_ids: Collection[str], verdict: Verdict, *, by: Actor) -> int:
    """Approve or decline those who apply for an event, by the random ids of their registrations; returns how many.

    Whoever is approved gets a seat and never a place in the queue. Raises NotFound, NotAllowed, Refused
    workshop.nobody, .answered, .too_many or .queue; then nobody has got an answer. Notes registration.approved or
    .declined for each.
    """
    with transaction():
        event = lock_event(event_id)
        require(by, Permission.ATTENDEES_EDIT)
        wanted = list(
            db.session.execute(
                select(Registration.id, Registration.status, Registration.party)
                .where(Registration.event_id == event_id, Registration.row_id.in_(set(row_ids)))
                .order_by(Registration.registered_at, Registration.id)
                .limit(MOST)
            )
        )
        if not wanted:
            raise Refused("workshop.nobody", N_("Tick somebody first."))
        if any(row.status is not Status.PENDING for row in wanted):
            raise Refused(
                "workshop.answered",
                N_("Somebody whom you ticked has had an answer meanwhile. The list is as it is now; choose again."),
            )
        if verdict is Verdict.DECLINE:
            for row in wanted:
                services.decline(row.id, by=by)
            return len(wanted)
        state = lock_state(event)
        free = sum(state.left(mode) for mode in state.capacity)
        for row in wanted:
            if services.approve(row.id, by=by) is not Status.CONFIRMED:
                raise _too_many(sum(one.party for one in wanted), free)
    return len(wanted)


def _too_many(people: int, free: int) -> Refused:
    if people <= free:
        return Refused(
            "workshop.queue", N_("Somebody in the queue waits for the free seats, and nobody is let past them.")
        )
    return Refused(
        "workshop.too_many",
        N_("There is no room for all of them: you ticked %(people)s people, and %(free)s seats are free."),
        people=people,
        free=free,
    )
