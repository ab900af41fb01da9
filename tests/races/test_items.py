"""Seats of a programme item under load, on SQLite and PostgreSQL: never one too many, nobody left out."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from cag_events.conferences.models import ItemSeat, ItemSignUp, SignUpStatus
from cag_events.conferences.services import choose
from cag_events.db import db, transaction
from tests.conferences.stage import GAME, come, make_conference
from tests.races.test_seats import in_context, in_threads

SEATS, PARTIES = 10, 16


def counts(app: Flask) -> tuple[int, int, int]:
    """Seats held, parties with seats, parties that wait."""
    with app.app_context():
        held = db.session.scalar(select(func.count()).select_from(ItemSeat)) or 0
        rows = [row.status for row in db.session.scalars(select(ItemSignUp))]
    return held, rows.count(SignUpStatus.CONFIRMED), rows.count(SignUpStatus.WAITING)


def test_an_item_never_has_more_people_than_seats(any_app: Flask) -> None:
    with any_app.app_context():
        event = make_conference({**GAME, "capacity": SEATS})
        ids = [come(event, f"party{number}") for number in range(PARTIES)]

    in_threads(in_context(any_app, lambda one: choose(one, ["game"])), ids)

    assert counts(any_app) == (SEATS, SEATS, PARTIES - SEATS)


def test_freed_seats_are_passed_on_while_others_leave(any_app: Flask) -> None:
    with any_app.app_context():
        event = make_conference({**GAME, "capacity": SEATS})
        ids = [come(event, f"party{number}") for number in range(PARTIES)]
        for one in ids:
            choose(one, ["game"])

    in_threads(in_context(any_app, lambda one: choose(one, [])), ids[:8])

    assert counts(any_app) == (PARTIES - 8, PARTIES - 8, 0)


def test_the_table_itself_refuses_a_seat_that_is_taken(any_app: Flask) -> None:
    with any_app.app_context():
        event = make_conference({**GAME, "capacity": SEATS})
        one, other = come(event, "one"), come(event, "other")
        with transaction():
            db.session.add(ItemSeat(event_id=event, item_key="game", no=1, registration_id=one))

        with pytest.raises(IntegrityError), transaction():
            db.session.add(ItemSeat(event_id=event, item_key="game", no=1, registration_id=other))
