"""What lies in the database file, and what a destroyed key leaves of it."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, text

from cag_events import keyring
from cag_events.db import db, transaction
from cag_events.events.models import EventDataKey
from cag_events.registrations.codes import join_token
from cag_events.registrations.models import Registration
from cag_events.registrations.queries import find_by_join_token
from cag_events.registrations.services import withdraw
from tests.factories import make_event
from tests.registrations.wishes import made, of

CANARIES = ("Kanariefågel", "canary-address", "canary-needs", "canary-school")


def canary(event):
    return made(
        event,
        name="Kanariefågel",
        email="canary-address@example.org",
        answers={"needs": "canary-needs", "organisation": "canary-school"},
    )


def test_database_file_holds_no_name_address_or_answer(app: Flask, sqlite_url: str):
    with app.app_context():
        withdraw(canary(make_event(title={"sv": "Synlig titel"})).registration_id)
        with db.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint"))
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    raw = b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))

    assert b"Synlig titel" in raw  # what is not secret is found, so the search works
    assert [word for word in CANARIES if word.encode() in raw] == []
    assert [word for word in CANARIES if word.encode("utf-16-le") in raw] == []


def test_registration_is_unreadable_once_the_events_key_is_destroyed(app_ctx: Flask):
    registered = canary(make_event())
    with transaction():
        db.session.execute(delete(EventDataKey))
    app_ctx.extensions["cag_event_keys"].clear()
    db.session.expire_all()

    row = db.session.get_one(Registration, registered.registration_id)

    with pytest.raises(keyring.KeyMissing):
        keyring.open_with(keyring.new_key(), row.name_sealed, f"registration:name:{row.row_id}")
    with pytest.raises(keyring.KeyMissing):
        assert row.name


def test_sealed_value_does_not_open_in_another_row_or_column(app_ctx: Flask):
    event = make_event()
    first, second = made(event, 1), made(event, 2)
    with transaction():
        of(second).name_sealed = of(first).name_sealed
        of(first).email_sealed = of(first).name_sealed

    with pytest.raises(keyring.KeyMissing):
        assert of(second).name
    with pytest.raises(keyring.KeyMissing):
        assert of(first).email


def test_join_link_opens_only_with_its_own_signature(app_ctx: Flask):
    registered, other = made(make_event(), 1), made(make_event(), 2)
    token = join_token(of(registered).row_id)
    forged = f"{of(other).row_id}.{token.partition('.')[2]}"

    assert find_by_join_token(token).id == registered.registration_id
    assert find_by_join_token(forged) is None
    assert find_by_join_token("") is None
