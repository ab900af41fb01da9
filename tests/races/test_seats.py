"""Seats under load: first the race with the lock off, then the services with it, on SQLite and PostgreSQL."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, func, insert, select, text

from cag_events.db import db
from cag_events.domain.errors import Refused
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.permissions import ANONYMOUS
from cag_events.registrations.models import Registration, Seat
from cag_events.registrations.services import NewRegistration, register, restore, withdraw
from tests.conftest import _address, _dispose, _on_server
from tests.factories import first_occurrence, make_event

THREADS = 8
SEATS = 20
WISHES = 60


def in_threads(work: Any, arguments: list[Any]) -> list[Any]:
    """Do the work for every argument, all threads starting at the same moment; refusals are results."""
    start = threading.Barrier(THREADS)

    def part(mine: list[Any]) -> list[Any]:
        start.wait()
        return [work(argument) for argument in mine]

    with ThreadPoolExecutor(THREADS) as pool:
        parts = pool.map(part, [arguments[number::THREADS] for number in range(THREADS)])
        return [result for results in parts for result in results]


def in_context(app: Flask, work: Any) -> Any:
    """Return the work as done in an application context of its own."""

    def done(argument: Any) -> Any:
        with app.app_context():
            try:
                return work(argument)
            except Refused as refused:
                return refused.code

    return done


def held(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Seat)) or 0


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_engine(request, tmp_path):
    """An engine with ordinary transactions: no BEGIN IMMEDIATE, no lock, no constraint on seats."""
    if request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path / 'bare.sqlite'}", connect_args={"timeout": 30})
    else:
        server, _name = request.getfixturevalue("postgres_template")
        engine = create_engine(server.replace("postgresql://", "postgresql+psycopg://"))
    table = Table("bare_seat", MetaData(), Column("id", Integer, primary_key=True))
    table.drop(engine, checkfirst=True)
    table.create(engine)
    yield engine, table
    table.drop(engine)
    engine.dispose()


def test_counting_without_a_lock_oversells(bare_engine):
    engine, table = bare_engine
    both_counted = threading.Barrier(2)

    def take(_number: int) -> None:
        with engine.connect() as connection:
            taken = connection.scalar(select(func.count()).select_from(table))
            both_counted.wait()
            if taken < 1:
                with engine.begin() as writing:
                    writing.execute(insert(table))

    threads = [threading.Thread(target=take, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(table)) == 2


@pytest.fixture
def without_lock(monkeypatch):
    """The real service, but nobody locks the event, and all have counted before the first writes."""
    module = import_module("cag_events.registrations.services.register")
    counted, count = threading.Barrier(THREADS), module.lock_state

    def count_together(event: Event) -> Any:
        state = count(event)
        counted.wait(timeout=20)
        return state

    monkeypatch.setattr(module, "lock_event", lambda event_id: db.session.get(Event, event_id))
    monkeypatch.setattr(module, "lock_state", count_together)


@pytest.mark.postgres
def test_register_without_the_lock_and_without_the_constraint_oversells(postgres_app, without_lock):
    with postgres_app.app_context():
        event_id = make_event(capacity=1, waitlist=False).id
        with db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE seat DROP CONSTRAINT uq_seat_occurrence_id_mode_no"))

    in_threads(
        in_context(postgres_app, lambda number: register(event_id, wish(number), by=ANONYMOUS)), list(range(THREADS))
    )

    assert held(postgres_app) == THREADS


@pytest.mark.postgres
def test_register_without_the_lock_is_stopped_by_the_constraint(postgres_app, without_lock):
    with postgres_app.app_context():
        event_id = make_event(capacity=1, waitlist=False).id

    results = in_threads(
        in_context(postgres_app, lambda number: register(event_id, wish(number), by=ANONYMOUS).shown),
        list(range(THREADS)),
    )

    assert sorted(results) == ["confirmed", *["registration.taken"] * (THREADS - 1)]
    assert held(postgres_app) == 1


@pytest.fixture
def postgres_app(request, make_app):
    """An application on PostgreSQL alone."""
    server, template = request.getfixturevalue("postgres_template")
    name = f"cag_{uuid.uuid4().hex[:12]}"
    _on_server(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    app = make_app(_address(server, name))
    yield app
    _dispose(app)
    _on_server(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def wish(number: int, party: int = 1, **more: Any) -> NewRegistration:
    return NewRegistration(name=f"Person {number}", email=f"p{number}@example.org", party=party, **more)


def test_register_gives_exactly_the_capacity_to_many_at_once(any_app):
    with any_app.app_context():
        event_id = make_event(capacity=SEATS, waitlist=True).id

    results = in_threads(
        in_context(any_app, lambda number: register(event_id, wish(number), by=ANONYMOUS).shown), list(range(WISHES))
    )

    assert results.count(Status.CONFIRMED) == SEATS
    assert results.count(Status.WAITLISTED) == WISHES - SEATS
    assert held(any_app) == SEATS


def test_register_never_splits_parties_at_once(any_app):
    with any_app.app_context():
        event_id = make_event(capacity=SEATS, guests=2, waitlist=False).id

    in_threads(
        in_context(any_app, lambda number: register(event_id, wish(number, party=3), by=ANONYMOUS).shown),
        list(range(16)),
    )

    assert held(any_app) == SEATS // 3 * 3


def test_register_makes_one_registration_of_a_double_click_and_of_two_tabs(any_app):
    with any_app.app_context():
        event_id = make_event(capacity=SEATS).id
    same_form = [wish(1, idempotency_key="the-same") for _press in range(8)]
    other_tabs = [wish(1, idempotency_key=f"tab-{tab}") for tab in range(8)]

    in_threads(in_context(any_app, lambda new: register(event_id, new, by=ANONYMOUS).shown), same_form + other_tabs)

    with any_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Registration)) == 1
    assert held(any_app) == 1


def test_withdraw_by_many_at_once_promotes_as_many_in_order(any_app):
    with any_app.app_context():
        event_id = make_event(capacity=8, waitlist=True).id
        ids = [register(event_id, wish(number), by=ANONYMOUS).registration_id for number in range(14)]

    in_threads(in_context(any_app, withdraw), ids[:4] * 2)

    with any_app.app_context():
        seated = select(Registration.id).where(Registration.status == Status.CONFIRMED).order_by(Registration.id)
        assert list(db.session.scalars(seated)) == ids[4:12]
    assert held(any_app) == 8


def test_register_withdraw_and_restore_mixed_never_oversell(any_app):
    with any_app.app_context():
        seats = make_event(capacity=6, waitlist=True)
        event_id, occurrence = seats.id, first_occurrence(seats)
        ids = [register(event_id, wish(number), by=ANONYMOUS).registration_id for number in range(10)]

    def work(number: int) -> Any:
        if number % 3 == 0:
            return register(event_id, wish(100 + number), by=ANONYMOUS).shown
        if number % 3 == 1:
            return withdraw(ids[number % 10])
        return restore(ids[number % 10])

    in_threads(in_context(any_app, work), list(range(48)))

    with any_app.app_context():
        numbers = list(db.session.scalars(select(Seat.no).where(Seat.occurrence_id == occurrence).order_by(Seat.no)))
        confirmed = db.session.scalar(select(func.count()).where(Registration.status == Status.CONFIRMED))
    assert numbers == [1, 2, 3, 4, 5, 6]
    assert confirmed == 6
