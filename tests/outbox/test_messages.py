"""Messages are queued once, sealed, and at most eight a day to an address that anybody can type."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.outbox.messages import DAILY_BUDGET, queue
from cag_events.outbox.models import Message
from tests.conftest import NOW
from tests.outbox.conftest import new_message, queued

DAY = timedelta(days=1)


def test_queue_keeps_one_message_for_a_key(any_ctx: Flask) -> None:
    queued(1)

    with transaction():
        again = queue(new_message(1, subject="another"))

    assert again is None
    assert db.session.scalars(select(Message.key)).all() == ["test:1"]


def test_queue_is_undone_with_what_causes_it(any_ctx: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        queue(new_message(1))
        raise ZeroDivisionError

    assert db.session.scalars(select(Message.id)).all() == []


def test_queue_lets_what_is_over_the_daily_budget_wait_and_loses_nothing(app_ctx: Flask) -> None:
    due = [queued(number, to="anna@example.org").due_at for number in range(DAILY_BUDGET * 2 + 1)]

    assert due == [NOW] * DAILY_BUDGET + [NOW + DAY] * DAILY_BUDGET + [NOW + 2 * DAY]


def test_queue_counts_each_address_by_itself_however_it_is_written(app_ctx: Flask) -> None:
    for number in range(DAILY_BUDGET):
        queued(number, to="anna@example.org")

    assert queued(100, to="bo@example.org").due_at == NOW
    assert queued(101, to=" Anna@Example.ORG ").due_at == NOW + DAY


def test_queue_has_room_again_when_a_day_has_passed(app_ctx: Flask) -> None:
    for number in range(DAILY_BUDGET):
        with clock.fixed(NOW + timedelta(hours=number)):
            queued(number, to="anna@example.org")

    with clock.fixed(NOW + timedelta(hours=20)):
        waits_until = queued(100, to="anna@example.org").due_at
    with clock.fixed(NOW + DAY + timedelta(minutes=90)):
        again = queued(101, to="anna@example.org").due_at

    assert waits_until == NOW + DAY
    assert again == NOW + DAY + timedelta(minutes=90)


def test_queue_sends_what_the_organizer_has_to_say_at_once(app_ctx: Flask) -> None:
    for number in range(DAILY_BUDGET):
        queued(number, to="anna@example.org")

    assert queued(100, to="anna@example.org", may_wait=False).due_at == NOW


def test_queue_leaves_nothing_to_read_in_the_database_file(app: Flask) -> None:
    canaries = ("canary-subject", "canary-text", "canary-html", "canary-calendar", "canary.address@example.org")
    with app.app_context():
        queued(
            1,
            subject=canaries[0],
            text=canaries[1],
            html=canaries[2],
            calendar=canaries[3],
            to=canaries[4],
            key="canary-key",
        )
        path = db.engine.url.database
        assert path is not None
    octets = b"".join(file.read_bytes() for file in Path(path).parent.glob(f"{Path(path).name}*"))

    assert b"canary-key" in octets
    assert [canary for canary in canaries if canary.encode() in octets] == []
