"""What speaks against a time, as the editor, the gate and the calendar ask: real rows, few statements, no leaks."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cag_events.domain.event import Mode, Safety, Visibility
from cag_events.domain.plans import Conflict, Plan, Span
from cag_events.events.conflicts import find_conflicts, plan_of, say
from cag_events.events.models import Room, VenueHours
from cag_events.events.queries import get_record
from cag_events.permissions import ANONYMOUS, Actor, Role
from tests.events.given import EDITOR, MEMBER
from tests.factories import (
    _add,
    at,
    make_contact,
    make_event,
    make_organisation,
    make_part,
    make_partner,
    make_segment,
    make_venue,
    sign_in,
)
from tests.page import statements


def ask(client: FlaskClient, lang: str = "en", **query: Any) -> list[dict[str, Any]]:
    answer = client.get(f"/{lang}/organise/conflicts", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["conflicts"]


def of_kind(found: list[Any], kind: str) -> list[Any]:
    return [one for one in found if (one["kind"] if isinstance(one, dict) else str(one.kind)) == kind]


def texts(app: Flask, found: list[Conflict], kind: str, lang: str = "en") -> list[str]:
    with app.test_request_context(f"/{lang}/"):
        from flask import g

        g.lang = lang
        return [say(one) for one in of_kind(found, kind)]


def test_ask_names_the_event_that_has_the_room(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        venue = make_venue(key="house")
        make_event(venue=venue, key="first", title={"en": "Water"}, starts="2026-12-03T17:00", setup_minutes=60)
        make_event(venue=venue, key="second", starts="2026-12-10T18:00")
    sign_in(client, Role.EDITOR)

    found = ask(client, event="second", starts="2026-12-03T18:00", ends="2026-12-03T19:30")

    assert of_kind(found, "room") == [
        {
            "kind": "room",
            "level": "warn",
            "text": "Stora salen is taken Thu 3 Dec 2026, 16:00–18:30, by “Water”.",
            "url": "/en/organise/events/first/edit",
            "field": "place",
        }
    ]
