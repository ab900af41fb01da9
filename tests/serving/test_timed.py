"""What rooms do at a time: the worker asks each room each minute; one that fails stops no other; nothing twice."""

from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from cag_events import clock, serving
from cag_events.accounts.models import Account
from cag_events.db import db, transaction
from cag_events.events import extensions
from cag_events.events.extensions import Extension, every_extension
from cag_events.outbox.models import Message
from cag_events.permissions import Role
from cag_events.workshops.models import WorkshopTimed
from tests.factories import at, make_account
from tests.workshops.given import join, make_workshop

ON_THE_DAY = at("2026-11-26T09:00")  # a week before the workshop: the morning of the decision
SECONDS = 20  # between two rounds of the worker


class Room:
    """A room that keeps when it was asked, and may fail in the middle of a unit."""

    def __init__(self, name: str, *, fails: bool = False) -> None:
        self.name, self.fails, self.asked = name, fails, list[datetime]()

    @property
    def extension(self) -> Extension:
        """What it adds."""
        return Extension(room=self.name, timed=self.timed)

    def timed(self, now: datetime) -> int:
        """Keep the time; fail with something half written."""
        self.asked.append(now)
        if self.fails:
            with transaction():
                make_account(Role.ADMIN, email="half@example.org")
                raise OSError("broken")
        return 1


def with_rooms(app: Flask, *rooms: Room) -> None:
    """Let these rooms be asked before those of the program."""
    with app.app_context():
        known = every_extension()
    extensions.init_app(app, (*(room.extension for room in rooms), *known))


def workshop_in_question(app: Flask) -> None:
    """A workshop with one of the three people that it needs, whose organizers are to be reminded."""
    with app.app_context():
        event = make_workshop(min_people=3, decide_days=7)
        make_account(Role.ORGANIZER, email="organizer@example.org")
        join(event, 1)
        db.session.remove()


def reminders(app: Flask) -> tuple[int, int]:
    """How often workshops did something at a time, and how many mails there are about it."""
    with app.app_context():
        done = db.session.scalar(select(func.count()).select_from(WorkshopTimed).where(WorkshopTimed.what == "decide"))
        mails = db.session.scalar(
            select(func.count()).select_from(Message).where(Message.kind == "workshop.decision_due")
        )
        return done or 0, mails or 0


def test_worker_once_asks_each_room_once_though_one_before_it_fails(
    any_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    first, broken, last = Room("first"), Room("broken", fails=True), Room("last")
    with_rooms(any_app, first, broken, last)
    workshop_in_question(any_app)

    with clock.fixed(ON_THE_DAY):
        serving.work(any_app, once=True)

    assert (first.asked, broken.asked, last.asked) == ([ON_THE_DAY],) * 3
    assert [record.levelname for record in caplog.records].count("ERROR") == 1
    assert reminders(any_app)[0] == 1
    with any_app.app_context():
        assert db.session.scalar(select(Account.id).where(Account.email == "half@example.org")) is None


def test_worker_does_nothing_twice_what_is_due_at_a_time(any_app: Flask) -> None:
    workshop_in_question(any_app)
    found = []
    for hours in (-24, 0, 0, 1):
        with clock.fixed(ON_THE_DAY + timedelta(hours=hours)):
            serving.work(any_app, once=True)
        found.append(reminders(any_app))

    assert [done for done, _mails in found] == [0, 1, 1, 1]
    assert found[1][1] > 0
    assert found[1:] == [found[1]] * 3


def test_worker_asks_again_after_a_minute(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room("room", fails=True)
    with_rooms(app, room)
    monkeypatch.setattr(serving, "POLL_SECONDS", 0.0)
    rounds = iter(range(1, 8))

    with ExitStack() as stack:
        stack.enter_context(clock.fixed(ON_THE_DAY))

        def is_over() -> bool:
            stack.enter_context(clock.fixed(clock.now() + timedelta(seconds=SECONDS)))
            return next(rounds, None) is None

        serving.work(app, is_orphan=is_over)

    assert [(moment - ON_THE_DAY).total_seconds() for moment in room.asked] == [20.0, 80.0, 140.0]
