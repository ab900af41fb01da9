"""A full disk: pages go on, forms are answered 503, nothing is half written; with room again all is well."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from flask import Flask
from sqlalchemy import event as engine_event
from sqlalchemy import func, select

from cag_events.db import db
from cag_events.outbox.models import Fact
from cag_events.registrations.models import Registration, RegistrationOccurrence, Seat
from cag_events.web.models import Throttle
from tests.factories import make_event
from tests.registrations.wishes import Apart, send

TABLES = (Registration, RegistrationOccurrence, Seat, Fact, Throttle)
FILLING = 400  # further bytes in each registration, so that a page of the file is soon full


@contextmanager
def full_disk() -> Iterator[None]:
    """Let the database file grow no more, as on a disk without room: SQLite says so by the very same fault."""

    def no_room(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # of those below its size SQLite takes the size

    engine_event.listen(db.engine, "checkout", no_room)
    try:
        yield
    finally:
        engine_event.remove(db.engine, "checkout", no_room)
        db.session.remove()
        db.engine.dispose()  # the limit is the connection's own


@pytest.fixture
def ctx(app: Flask) -> Iterator[Flask]:
    """The application with its context; the browser has contexts of its own."""
    app.test_client_class = Apart
    with app.app_context():
        yield app


def counted() -> dict[str, int]:
    """How many rows there are, read past everything that is held in memory."""
    db.session.rollback()
    return {model.__tablename__: db.session.scalar(select(func.count()).select_from(model)) or 0 for model in TABLES}


def test_register_answers_503_and_writes_nothing_by_halves_when_the_disk_is_full(ctx: Flask) -> None:
    event = make_event(capacity=500)
    path = f"/en/events/{event.key}"
    statuses, kept = [], 0
    with full_disk():
        for number in range(200):  # the pages that the file already has take some more
            answer = send(
                ctx.test_client(), path, name=f"P{number}", email=f"p{number}@example.org", needs="x" * FILLING
            )
            statuses.append(answer.status_code)
            if answer.status_code != 303:
                break
            kept += 1
        page = ctx.test_client().get(path)
        refused = counted()
    again = send(ctx.test_client(), path, name="P", email=f"p{kept}@example.org", needs="x" * FILLING)

    assert statuses == [303] * kept + [503]
    assert answer.headers["Retry-After"] == "2"
    assert page.status_code == 200
    assert {name: rows for name, rows in refused.items() if name != "throttle"} == {
        "registration": kept,
        "registration_occurrence": kept,
        "seat": kept,
        "outbox_fact": kept,
    }
    assert again.status_code == 303
    assert counted()["registration"] == kept + 1


def test_the_file_is_sound_after_the_disk_was_full(ctx: Flask) -> None:
    event = make_event(capacity=500)
    with full_disk():
        for number in range(200):
            path = f"/en/events/{event.key}"
            answer = send(
                ctx.test_client(), path, name=f"P{number}", email=f"p{number}@example.org", needs="x" * FILLING
            )
            if answer.status_code == 503:
                break
    db.session.remove()
    db.engine.dispose()

    with closing(sqlite3.connect(re.sub(r"^sqlite:///", "", str(db.engine.url)))) as file:
        found = (file.execute("PRAGMA integrity_check").fetchall(), file.execute("PRAGMA foreign_key_check").fetchall())

    assert answer.status_code == 503
    assert found == ([("ok",)], [])
