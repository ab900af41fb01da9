"""Killed in the middle of a rush: what was acknowledged is there once, the same form sent again gives the same answer,
nobody has a seat too many, and every mail comes, a second time at most as the very same.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from threading import Lock

import pytest
from flask import Flask
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.seats import Status
from cag_events.outbox.delivery import CLAIM, work_once
from cag_events.outbox.transports import SmtpTransport
from cag_events.registrations.models import Registration, Seat
from cag_events.serving import WORKER_NAME
from tests.factories import hidden_fields
from tests.outbox.conftest import SENDER
from tests.outbox.post_office import Office, opened
from tests.serving.program import PATIENCE_SECONDS, Program, Visitor, until
from tests.serving.test_serving import database_of, event_soon

pytestmark = pytest.mark.real_clock
SEATS, PEOPLE = 12, 36


@dataclass
class Rush:
    """People at one form each, who press until there is an answer; what was acknowledged so far."""

    program: Program
    key: str
    answers: dict[str, str] = field(default_factory=dict)
    said: Counter[str] = field(default_factory=Counter)  # outcomes, also of forms that were sent once more
    lock: Lock = field(default_factory=Lock)

    def register(self, number: int) -> None:
        """Open the page, press, press the same form again where nobody answered, and once more at the end."""
        address, path = f"person{number}@example.org", f"/sv/events/{self.key}"
        visitor = Visitor(self.program.url)
        fields = self._fields(visitor, path, address)
        first = self._press(visitor, path, fields)
        with self.lock:
            self.answers[address] = first
        again = self._press(visitor, path, fields)
        with self.lock:
            self.said["same" if again == first else f"{first}, then {again}"] += 1

    def _fields(self, visitor: Visitor, path: str, address: str) -> dict[str, str]:
        """The form as it is pressed when it is old enough."""
        status, html, _to = self._ask(lambda: visitor.send_to(path))
        assert status == 200
        fields = {**hidden_fields(html), "name": "Person", "email": address}
        status, html, _to = self._ask(lambda: visitor.send_to(path, fields))  # too quick: asked to press once more
        return {**fields, **hidden_fields(html)} if status == 422 else fields

    def _press(self, visitor: Visitor, path: str, fields: dict[str, str]) -> str:
        status, _html, to = self._ask(lambda: visitor.send_to(path, fields))
        assert status == 303, status
        return to.partition("outcome=")[2]

    def _ask(self, ask: Callable[[], tuple[int, str, str]]) -> tuple[int, str, str]:
        found: list[tuple[int, str, str]] = []

        def is_answered() -> bool:
            with suppress(OSError, HTTPException):  # the server was killed, perhaps halfway: not acknowledged
                answer = ask()
                if answer[0] != 503:
                    found.append(answer)
            return bool(found)

        until(is_answered, "somebody answers")
        return found[0]


def kill_one(program: Program, *, is_worker: bool) -> None:
    """Kill the worker or a web process; the server starts another."""
    children = program.tree()[1:]
    chosen = next(one for one in children if (name_of(one.pid) == WORKER_NAME.decode()) is is_worker)
    chosen.kill()
    chosen.wait(PATIENCE_SECONDS)


def name_of(pid: int) -> str:
    """The name of a process in lists."""
    try:
        return Path(f"/proc/{pid}/comm").read_text("utf-8").strip()
    except OSError:
        return ""


def test_kill_in_the_middle_of_a_rush_loses_and_doubles_nothing(any_app: Flask, tmp_path: Path) -> None:
    app, key = any_app, event_soon(any_app, SEATS)
    with opened(Office()) as office, ThreadPoolExecutor(6) as pool:
        program = Program(tmp_path / "program", database_of(app), CAG_SMTP_URL=office.url, CAG_MAIL_FROM=SENDER.address)
        rush = Rush(program, key)
        with program.serving():
            presses = [pool.submit(rush.register, number) for number in range(PEOPLE)]
            until(lambda: len(rush.answers) >= 6, "some are registered")
            kill_one(program, is_worker=False)
            until(lambda: len(rush.answers) >= 12, "more are registered")
            kill_one(program, is_worker=True)
            until(lambda: len(rush.answers) >= 18, "half of them are registered")
            program.kill()
            acknowledged, held = dict(rush.answers), kept(app)
        with program.serving():
            for press in presses:
                press.result(PATIENCE_SECONDS)
            program.terminate()
        with app.app_context(), clock.fixed(clock.now() + CLAIM * 2):  # when the claims of dead workers are over
            while work_once(SmtpTransport(office.url), SENDER):
                pass
        mails = {(mail["To"], mail["Message-ID"]) for mail in office.mails}

    there = kept(app)
    assert set(acknowledged) - set(held) == set()
    assert len(there) == PEOPLE
    assert rush.said == Counter(same=PEOPLE)
    assert Counter(there.values()) == Counter({Status.CONFIRMED: SEATS, Status.WAITLISTED: PEOPLE - SEATS})
    assert {address: OUTCOMES[status] for address, status in there.items()} == rush.answers
    assert Counter(address for address, _key in mails) == Counter(there.keys())
    assert seat_numbers(app) == list(range(1, SEATS + 1))


OUTCOMES = {Status.CONFIRMED: "seat", Status.WAITLISTED: "queue"}


def kept(app: Flask) -> dict[str, Status]:
    """Who is registered, and how; fails where somebody is there twice."""
    with app.app_context():
        rows = list(db.session.scalars(select(Registration)))
        found = {row.email or "": row.status for row in rows}
        db.session.remove()
        db.engine.dispose()
    assert len(found) == len(rows)
    return found


def seat_numbers(app: Flask) -> list[int]:
    """The numbers of the seats that are held."""
    with app.app_context():
        numbers = list(db.session.scalars(select(Seat.no).order_by(Seat.no)))
        db.session.remove()
        db.engine.dispose()
    return numbers
