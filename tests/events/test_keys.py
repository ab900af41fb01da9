"""An event's data key: made by what seals, never by what reads, and never kept when its unit is undone."""

import pytest
from flask import Flask
from sqlalchemy import delete

from cag_events.db import WriteOutsideTransaction, db, transaction
from cag_events.events.keys import data_key_of, make_data_key
from cag_events.events.models import Event, EventDataKey
from cag_events.keyring import KeyMissing
from tests.factories import make_event


def test_data_key_is_refused_to_readers_before_it_is_made(any_ctx: Flask) -> None:
    event = make_event()

    with pytest.raises(KeyMissing):
        data_key_of(event.id)
    assert make_data_key(event.id) == data_key_of(event.id)


def test_data_key_is_gone_when_its_unit_is_undone(any_ctx: Flask) -> None:
    event = make_event()
    undone: list[bytes] = []

    with pytest.raises(ZeroDivisionError), transaction():
        undone += [make_data_key(event.id), data_key_of(event.id)]
        raise ZeroDivisionError

    with pytest.raises(KeyMissing):
        data_key_of(event.id)
    assert make_data_key(event.id) not in undone


def test_id_of_a_deleted_event_is_never_used_again(any_ctx: Flask) -> None:
    first = make_event().id

    with transaction():
        db.session.execute(delete(Event).where(Event.id == first))

    assert make_event().id > first


def test_transaction_refuses_what_was_changed_before_it(any_ctx: Flask) -> None:
    event = db.session.get_one(Event, make_event().id)
    event.key = "changed-outside"

    with pytest.raises(WriteOutsideTransaction), transaction():
        db.session.add(EventDataKey(event_id=event.id, wrapped=b"x"))
