"""What belongs to one event is not reached by the address of another, and no form is taken from another site."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events.accounts.models import Account
from cag_events.db import db
from cag_events.door.models import DoorLink
from cag_events.messages.models import Notice
from cag_events.outbox.models import Message
from cag_events.registrations.models import PoolCode, Registration
from cag_events.web.models import Throttle
from tests.factories import csrf_token, make_event, sign_in
from tests.site.kinds_world import World, make_world

COUNTED = {  # what is written by reading, or by being refused
    *(Throttle.__tablename__, Message.__tablename__, "web_session", "audit_entry", "audit_chain", "outbox_fact"),
}


@pytest.fixture
def world(app: Flask) -> World:
    """The event with all of registration, and another one, `other`."""
    made = make_world(app)
    with app.app_context():
        make_event(key="other", capacity=5)
    return made


def addresses(world: World, key: str) -> dict[str, dict[str, str]]:
    """POST addresses below one event, with ids of what is the other's, and what would do something."""
    queued, grouper = (_code(name) for name in ("Zqqueued Väntar", "Zqdoorname Zqlastname"))
    notice = db.session.scalars(select(Notice.row_id)).one()
    phone = db.session.scalars(select(DoorLink.row_id)).one()
    carer = db.session.get_one(Account, world.accounts["carer"]).row_id
    code = db.session.scalars(select(PoolCode.code_hash)).one().hex()
    below = {
        f"registrations/{queued}": {"action": "withdraw"},
        f"registrations/{grouper}/check-in": {"action": "in"},
        f"registrations/{grouper}/look": {"reason": "because I want to know it"},
        f"registrations/{_code('Zqgiver Lämnar')}/passing": {"action": "refuse"},
        f"queue/{queued}": {"action": "seat", "reason": "prov"},
        "held-seats/students": {"action": "end", "name": code},
        f"messages/{notice}/send": {},
        f"messages/{notice}/undo": {},
        f"messages/{notice}/drop": {"reason": "prov"},
        f"door/links/{phone}/end": {},
        f"care/{carer}/end": {},
        f"answers/{grouper}": {},
        "walk-ins": {"occurrence": "1", "change": "1"},
    }
    return {f"/sv/organise/events/{key}/{end}": values for end, values in below.items()}


def test_what_is_of_one_event_is_not_changed_by_way_of_another(app: Flask, world: World, client: FlaskClient) -> None:
    with app.app_context():
        admin = db.session.get_one(Account, world.accounts["admin"])
        asked, before = addresses(world, "other"), kept()
        db.session.expunge(admin)
    sign_in(client, admin)
    token = csrf_token(client, "/sv/account/forgot")

    codes = {
        path: client.post(path, data={**values, "csrf_token": token}).status_code for path, values in asked.items()
    }

    with app.app_context():
        assert kept() == before
    assert {path: code for path, code in codes.items() if code in (200, 500)} == {}


def test_no_form_is_taken_without_its_token(app: Flask, world: World, client: FlaskClient) -> None:
    with app.app_context():
        admin = db.session.get_one(Account, world.accounts["admin"])
        asked, before = addresses(world, "seats"), kept()
        db.session.expunge(admin)
    sign_in(client, admin)
    tokens = world.tokens
    asked |= {
        f"/sv/registrations/{tokens['grouper']}": {"action": "withdraw"},
        f"/sv/registrations/{tokens['grouper']}/erase": {},
        f"/sv/registrations/{tokens['grouper']}/not-coming": {},
        f"/sv/registrations/{tokens['grouper']}/coming": {"answer": "no"},
        f"/sv/registrations/{tokens['giver']}/pass-on": {"action": "keep"},
        f"/sv/taking-over/{tokens['taker']}": {"action": "decline"},
        f"/sv/invitations/{tokens['invited']}": {"action": "decline"},
        f"/sv/thanks/{tokens['thanks']}": {"rating": "1"},
        f"/door/{tokens['door']}": {"what": "walk_in", "people": "1"},
        f"/door/{tokens['door']}/sync": {},
    }

    codes = {path: client.post(path, data=values).status_code for path, values in asked.items()}

    with app.app_context():
        assert kept() == before
    assert {path: code for path, code in codes.items() if code != 400} == {}


def _code(name: str) -> str:
    return next(row.code for row in db.session.scalars(select(Registration)) if row.name == name)


def kept() -> dict[str, list[str]]:
    """All that the database holds, but for what is counted."""
    tables = [table for table in db.metadata.sorted_tables if table.name not in COUNTED]
    return {table.name: sorted(str(tuple(row)) for row in db.session.execute(table.select())) for table in tables}
