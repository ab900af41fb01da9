"""The queue under load: first the race with the lock off, then any sequence of what can happen, on both databases."""

import random
import threading
from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cag_events import clock, outbox
from cag_events.db import db, transaction
from cag_events.domain.seating import Filling
from cag_events.domain.seats import SEATED, Slot, Status, next_in_line
from cag_events.events import records
from cag_events.events.models import Event
from cag_events.events.queries import get_record, lock_event
from cag_events.permissions import ANONYMOUS, Actor, Role
from cag_events.registrations.models import Registration, RegistrationOccurrence, Seat
from cag_events.registrations.queries import list_queue, seat_state
from cag_events.registrations.services import (
    Changed,
    accept_offer,
    change,
    decline_offer,
    lapse_offers,
    move_up,
    register,
    restore,
    withdraw,
)
from tests.factories import make_account, make_event, make_segment
from tests.races.test_seats import in_context, in_threads, postgres_app, wish  # noqa: F401 (a fixture)

MOST = 9  # seats on site, at any time
STEPS = 96
POOLS = [
    {"segment": "students", "seats": 2, "online": False, "release_hours": None},
    {"segment": "media", "seats": 1, "online": True, "release_hours": None},
]


@pytest.fixture
def without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real services, but nobody locks the event, and both have counted before the first writes."""
    module = import_module("cag_events.registrations.services.seats")
    counted, count = threading.Barrier(2), module.lock_state

    def count_together(event: Event) -> Any:
        state = count(event)
        counted.wait(timeout=20)
        return state

    monkeypatch.setattr(module, "lock_event", lambda event_id: db.session.get(Event, event_id))
    monkeypatch.setattr(module, "lock_state", count_together)


@pytest.mark.postgres
def test_two_who_leave_without_the_lock_give_the_next_in_line_two_seats(
    postgres_app: Flask,  # noqa: F811 (the fixture)
    without_lock: None,
) -> None:
    with postgres_app.app_context():
        event_id = make_event(capacity=2).id
        ids = [register(event_id, wish(number), by=ANONYMOUS).registration_id for number in range(4)]
    threads = [threading.Thread(target=in_context(postgres_app, withdraw), args=(one,)) for one in ids[:2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with postgres_app.app_context():
        held = [row.registration_id for row in db.session.scalars(select(Seat))]
    assert held == [ids[2], ids[2]]  # one party of one person with two seats, and the other waits beside a free one


def test_two_who_leave_give_their_seats_to_the_next_two(any_app: Flask) -> None:
    with any_app.app_context():
        event_id = make_event(capacity=2).id
        ids = [register(event_id, wish(number), by=ANONYMOUS).registration_id for number in range(4)]

    in_threads(in_context(any_app, withdraw), ids[:2])

    with any_app.app_context():
        assert sorted(row.registration_id for row in db.session.scalars(select(Seat))) == ids[2:]


class Sequence:
    """Random steps at one event, each as the services do it; any of them may be refused."""

    def __init__(self, event_id: int, organizer: Actor, seed: int) -> None:
        self.event_id, self.organizer, self.dice = event_id, organizer, random.Random(seed)
        self.steps = (
            *[self.register] * 8,
            *[self.withdraw] * 3,
            *[self.accept, self.accept, self.decline, self.lapse, self.restore, self.shrink, self.turn],
            *[self.capacity, self.release, self.to_head, self.seat, self.switch],
        )

    def plan(self, number: int) -> list[Any]:
        """Steps with all that they hang on chosen beforehand, so that a seed is a sequence."""
        return [(self.dice.choice(self.steps), self.dice.randrange(10_000), position) for position in range(number)]

    def do(self, step: Any) -> None:
        """Take one step."""
        what, dice, position = step
        what(dice, position)

    def one(self, dice: int, *statuses: Status) -> int | None:
        """The id of one of those who stand so at this moment."""
        query = select(Registration.id).where(Registration.event_id == self.event_id, Registration.status.in_(statuses))
        found = list(db.session.scalars(query.order_by(Registration.id)))
        db.session.rollback()
        return found[dice % len(found)] if found else None

    def register(self, dice: int, position: int) -> None:
        new = wish(
            position,
            party=1 + dice % 3,
            mode=("onsite", "online")[dice // 3 % 2],
            segment=("", "students", "media")[dice // 7 % 3] or None,
        )
        register(self.event_id, new, by=ANONYMOUS)

    def withdraw(self, dice: int, _position: int) -> None:
        if one := self.one(dice, *SEATED, Status.WAITLISTED):
            withdraw(one)

    def restore(self, dice: int, _position: int) -> None:
        if one := self.one(dice, Status.WITHDRAWN):
            restore(one)

    def accept(self, dice: int, _position: int) -> None:
        if one := self.one(dice, Status.OFFERED):
            accept_offer(one)

    def decline(self, dice: int, _position: int) -> None:
        if one := self.one(dice, Status.OFFERED):
            decline_offer(one)

    def lapse(self, dice: int, _position: int) -> None:
        if one := self.one(dice, Status.OFFERED):
            with transaction():
                lock_event(self.event_id)
                row = db.session.get_one(Registration, one, populate_existing=True)
                if row.status is Status.OFFERED:
                    row.offered_until = clock.now()
            lapse_offers(self.event_id)

    def shrink(self, dice: int, _position: int) -> None:
        if one := self.one(dice, *SEATED, Status.WAITLISTED):
            change(one, Changed(name="Fewer", party=1, answers={}))

    def turn(self, dice: int, _position: int) -> None:
        if one := self.one(dice, *SEATED, Status.WAITLISTED):
            segment = ("students", "media", None)[dice % 3]
            change(one, Changed(name="Other", party=1, segment=segment, answers={}))

    def capacity(self, dice: int, _position: int) -> None:
        self.edit(capacity=3 + dice % (MOST - 2))

    def release(self, dice: int, _position: int) -> None:
        self.edit(pools=POOLS[: dice % 3])

    def switch(self, dice: int, _position: int) -> None:
        self.edit(queue={"filling": (Filling.FILL, Filling.OFFER)[dice % 2].value})

    def edit(self, **values: Any) -> None:
        with transaction():
            event = lock_event(self.event_id)
            for name, value in values.items():
                setattr(event, name, value)
            db.session.flush()
            records.refresh([self.event_id])
            outbox.note("seats.freed", event_id=self.event_id)

    def to_head(self, dice: int, _position: int) -> None:
        if one := self.one(dice, Status.WAITLISTED):
            move_up(one, "Interprets", by=self.organizer, to_head=True)

    def seat(self, dice: int, _position: int) -> None:
        if one := self.one(dice, Status.WAITLISTED):
            move_up(one, "Speaks", by=self.organizer)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_sequence_by_many_at_once_keeps_every_promise(any_app: Flask, seed: int) -> None:
    with any_app.app_context():
        for key in ("students", "media"):
            make_segment(key)
        event_id = make_event(
            mode="hybrid", capacity=6, online_capacity=3, guests=2, pools=POOLS, dates=["2026-12-03T18:00"]
        ).id
        organizer = Actor(account_id=make_account(Role.ORGANIZER).id, role=Role.ORGANIZER)
    sequence = Sequence(event_id, organizer, seed)

    in_threads(in_context(any_app, sequence.do), sequence.plan(STEPS))

    with any_app.app_context():
        _look_at_everything(event_id)


def _look_at_everything(event_id: int) -> None:
    parties = list(db.session.scalars(select(Registration).where(Registration.event_id == event_id)))
    assert len(parties) > 15  # most steps did something
    seats = list(db.session.scalars(select(Seat)))
    wanted = {(row.registration_id, row.occurrence_id) for row in db.session.scalars(select(RegistrationOccurrence))}
    for party in parties:
        mine = [seat for seat in seats if seat.registration_id == party.id]
        people = party.party if party.status in SEATED else 0
        assert len(mine) == people, f"{party.status}: {len(mine)} of {people} seats"
        assert all((party.id, seat.occurrence_id) in wanted and seat.mode is party.mode for seat in mine)
        assert (party.offered_until is not None) == (party.status is Status.OFFERED)
    assert len({(seat.occurrence_id, seat.mode, seat.no) for seat in seats}) == len(seats)
    assert sum(seat.mode == "onsite" for seat in seats) <= MOST
    assert sum(seat.mode == "online" for seat in seats) <= 3
    record = get_record(event_id)
    state = seat_state(record)
    assert next_in_line(list_queue(event_id, record.registration.pools), state) == (), "somebody's turn was forgotten"
    assert {Slot(seat.occurrence_id, seat.mode) for seat in seats} == set(state.held)
