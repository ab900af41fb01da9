"""Facts are followed up by the worker, each by itself: a reaction that fails postpones its own fact and no other."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.outbox.delivery import BACK_OFF, GIVE_UP_AFTER, follow_up, work_once
from cag_events.outbox.facts import init_app, note, note_each
from cag_events.outbox.messages import queue
from cag_events.outbox.models import Fact, Message
from cag_events.outbox.queries import list_given_up
from cag_events.outbox.transports import FileTransport
from tests.conftest import NOW
from tests.outbox.conftest import SENDER, new_message


class Reactions:
    """What reacts to `thing.happened` in these tests: queues a mail, and fails for the numbers in `fails`."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.fails: set[int] = set()

    def react(self, number: int) -> None:
        """React to a fact."""
        queue(new_message(number))
        if number in self.fails:
            raise LookupError(f"secret {number}")
        self.seen.append(number)


@pytest.fixture
def reactions(any_app: Flask) -> Iterator[Reactions]:
    """An application that reacts to one fact."""
    known = Reactions()
    init_app(any_app, {}, {"thing.happened": (known.react,)})
    with any_app.app_context():
        yield known


def noted(*numbers: int) -> None:
    """Note a fact for each number."""
    with transaction():
        for number in numbers:
            note("thing.happened", number=number)


def queued_keys() -> list[str]:
    """The keys of all messages."""
    return list(db.session.scalars(select(Message.key).order_by(Message.key)))


def test_note_keeps_nothing_that_nobody_follows_up(reactions: Reactions) -> None:
    with transaction():
        note("thing.unknown", number=1)

    assert db.session.scalars(select(Fact.name)).all() == []


def test_note_refuses_outside_a_writing_unit(reactions: Reactions) -> None:
    with pytest.raises(RuntimeError):
        note("thing.happened", number=1)


def test_follow_up_reacts_once_to_each_fact(reactions: Reactions) -> None:
    noted(1, 2)

    follow_up()
    follow_up()

    assert reactions.seen == [1, 2]
    assert queued_keys() == ["test:1", "test:2"]


def test_follow_up_goes_on_after_a_reaction_that_fails(reactions: Reactions) -> None:
    noted(1, 2, 3)
    reactions.fails = {2}

    follow_up()

    assert reactions.seen == [1, 3]
    assert queued_keys() == ["test:1", "test:3"]  # what the failing one had queued is undone


def test_follow_up_tries_a_failed_fact_again_later(reactions: Reactions) -> None:
    noted(1)
    reactions.fails = {1}
    follow_up()
    follow_up()
    attempts = db.session.scalar(select(Fact.attempts))
    reactions.fails = set()

    with clock.fixed(NOW + BACK_OFF[0]):
        follow_up()

    assert attempts == 1
    assert reactions.seen == [1]
    assert list_given_up() == {}


def test_follow_up_gives_a_fact_up_after_three_days_and_says_so(reactions: Reactions) -> None:
    noted(1)
    reactions.fails = {1}
    follow_up()

    with clock.fixed(NOW + GIVE_UP_AFTER):
        follow_up()
    with clock.fixed(NOW + GIVE_UP_AFTER + timedelta(days=30)):
        follow_up()

    assert db.session.scalar(select(Fact.attempts)) == 2
    assert list_given_up() == {"thing.happened": 1}
    assert db.session.scalar(select(Fact.fault)) == "LookupError"  # its type, never what it says


def test_note_each_is_followed_up_one_by_one(reactions: Reactions) -> None:
    with transaction():
        note_each("thing.happened", [{"number": number} for number in (1, 2, 3)])
    reactions.fails = {1}

    follow_up()

    assert reactions.seen == [2, 3]


def test_note_is_undone_with_what_it_tells_of(reactions: Reactions) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        note("thing.happened", number=1)
        raise ZeroDivisionError

    follow_up()

    assert reactions.seen == []


def test_work_writes_and_sends_in_one_round(reactions: Reactions, tmp_path: Path) -> None:
    noted(1)

    done: Any = work_once(FileTransport(tmp_path / "mail"), SENDER)

    assert done == 2
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
