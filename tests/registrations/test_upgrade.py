"""A database of the release before: those who are registered, wait and are invited stay who they are, and go on."""

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from cag_events.db import db, transaction
from cag_events.domain.event import Mode
from cag_events.domain.seating import Pool, Proof, QueueRule
from cag_events.domain.seats import Status
from cag_events.events.catching_up import write_missing
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.registrations.models import Invitation, Registration
from cag_events.registrations.queries import seat_state
from cag_events.registrations.services import invite, withdraw
from cag_events.schema import migrate, migrate_back
from tests.factories import make_contact, make_event, make_organisation, make_segment
from tests.registrations.wishes import made, organizer, statuses

OLD_POOL = {"segment": "students", "seats": 1, "release_hours": 24}  # as it was written then


@pytest.fixture
def upgraded(any_ctx: Flask) -> Event:
    """An event with a seat, a queue, held seats and an invitation, in a database that was at the former revision."""
    del any_ctx
    make_organisation()
    make_segment("students")
    event = make_event(capacity=2, waitlist=True, ask=["needs", "segment"])
    with transaction():
        db.session.execute(update(Event).where(Event.id == event.id).values(pools=[OLD_POOL]))
    made(event, 1, answers={"needs": "hörslinga"})
    made(event, 2)
    invite(event.id, [make_contact(email="guest@example.org").id], by=organizer())
    db.session.remove()
    db.engine.dispose()
    migrate_back("0004")
    columns = {row[0] for row in db.session.execute(text("SELECT key FROM event"))}
    assert columns
    db.session.remove()
    db.engine.dispose()

    migrate()
    write_missing()
    return event


def test_upgrade_keeps_seats_queue_held_seats_and_invitations(upgraded: Event) -> None:
    record = get_record(upgraded.id)

    assert statuses(upgraded) == ["confirmed", "waitlisted"]
    first, second = db.session.scalars(select(Registration).order_by(Registration.id))
    assert (first.name, first.answers, second.name) == ("Person 1", '{"needs":"hörslinga"}', "Person 2")
    assert (first.is_proven, first.offered_until, first.ticket_no, first.reopened_at) == (False, None, 0, None)
    assert record.registration.pools == (Pool(segment="students", seats=1, release_hours=24),)
    assert (record.registration.pools[0].proof, record.registration.queue) == (Proof.NONE, QueueRule())
    assert (record.registration.questions, record.registration.phases, record.registration.reminders) == ((), (), None)
    assert seat_state(record).held_left(Mode.ONSITE, "students") == 1
    invitation = db.session.scalars(select(Invitation)).one()
    assert (invitation.reply, invitation.withdrawn_at, invitation.sending_id) == (None, None, None)


def test_upgrade_leaves_a_queue_that_moves_on(upgraded: Event) -> None:
    first, second = db.session.scalars(select(Registration.id).order_by(Registration.id))

    withdraw(first)

    assert statuses(upgraded) == ["withdrawn", "confirmed"]
    assert db.session.get_one(Registration, second).status is Status.CONFIRMED
