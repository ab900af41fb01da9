"""The foundation: an event can be made, read back through the read model, and nothing writes outside transaction()."""

import stat
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from cag_events.db import WriteOutsideTransaction, db, transaction
from cag_events.domain.disclosure import STRANGER
from cag_events.events.models import Event
from cag_events.events.queries import get_record, get_view
from tests.factories import make_event


def test_make_event_is_read_back_on_both_databases(any_ctx: Flask) -> None:
    event = make_event(title={"sv": "Våld är inte tradition", "en": "Violence is not tradition"})

    record = get_record(event.id)

    assert record.title == {"sv": "Våld är inte tradition", "en": "Violence is not tradition"}
    assert record.occurrences[0].starts_at.isoformat() == "2026-12-03T17:00:00+00:00"
    assert get_view(event.key, STRANGER).title == record.title


def test_flush_raises_outside_transaction(app_ctx: Flask) -> None:
    event = make_event()

    held = db.session.get(Event, event.id)
    assert held is not None
    held.key = "other"
    with pytest.raises(WriteOutsideTransaction):
        db.session.flush()
    db.session.rollback()


def test_transaction_undoes_all_when_it_fails(any_ctx: Flask) -> None:
    event = make_event()

    with pytest.raises(ZeroDivisionError), transaction():
        db.session.get_one(Event, event.id).key = "other"
        db.session.flush()
        raise ZeroDivisionError

    assert db.session.get_one(Event, event.id).key == event.key != "other"


def test_online_url_is_sealed_in_the_database(app_ctx: Flask, tmp_path: object) -> None:
    event = make_event(online_url="https://meet.example.org/secret-room")

    db.session.expire_all()
    stored = db.session.get_one(Event, event.id)

    assert stored.online_url == "https://meet.example.org/secret-room"
    assert b"secret-room" not in (stored.online_url_sealed or b"")


def test_database_file_and_its_journal_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'new.sqlite'}")

    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE something (id INTEGER)"))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    engine.dispose()

    assert modes == {"new.sqlite": 0o600, "new.sqlite-wal": 0o600, "new.sqlite-shm": 0o600}
