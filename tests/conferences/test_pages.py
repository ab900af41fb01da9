"""Pages of a conference say in which zone its times are, where a reader could doubt it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events.db import db
from cag_events.events.models import Event
from tests.conferences.stage import item, make_conference
from tests.factories import make_organisation, make_venue
from tests.page import page


@pytest.mark.parametrize(
    ("tz", "said"), [("Asia/Bishkek", True), ("Europe/Stockholm", False)], ids=["elsewhere", "at home"]
)
def test_programme_names_its_zone_where_it_is_not_the_organisations(
    app: Flask, client: FlaskClient, tz: str, said: bool
) -> None:
    with app.app_context():
        make_organisation()
        event_id = make_conference(item("opening", "10:00", "11:00"), venue=make_venue(tz=tz), tz=tz)
        key = db.session.scalars(select(Event.key).where(Event.id == event_id)).one()

    shown = page(client, f"/en/events/{key}").main

    assert ("All times are local time in Bishkek (UTC+6)." in shown) == said
