"""Limits count by address, browser and event, never by network address: a class that registers at once gets through."""

import re
from collections import Counter
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from cag_events import clock, keyring
from cag_events.db import db, transaction
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.registrations.models import Registration
from cag_events.web.models import Throttle
from cag_events.web.throttle import REGISTER_EMAIL, REGISTER_EVENT, REGISTER_SESSION
from tests.conftest import NOW
from tests.factories import hidden_fields, make_event
from tests.registrations.wishes import Apart

SCHOOL = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def ctx(app: Flask):
    """The application with its context, for what the test does itself; the browsers have contexts of their own."""
    app.test_client_class = Apart
    with app.app_context():
        yield app


def opened(client: FlaskClient, event: Event, at: datetime = NOW) -> dict[str, str]:
    """Open the event's page; the form's hidden fields."""
    with clock.fixed(at - timedelta(seconds=10)):
        return hidden_fields(client.get(f"/en/events/{event.key}", environ_base=SCHOOL).text)


def pressed(client: FlaskClient, event: Event, fields: dict[str, str], number: int, at: datetime = NOW) -> TestResponse:
    """Press the button of a form that was opened."""
    with clock.fixed(at):
        return client.post(
            f"/en/events/{event.key}",
            data={**fields, "name": f"Person {number}", "email": f"p{number}@example.org"},
            environ_base=SCHOOL,
        )


def outcome(answer: TestResponse) -> str:
    """What the receipt will say; the status where there is none."""
    told = parse_qs(urlsplit(answer.location or "").query).get("outcome")
    return told[0] if told else str(answer.status_code)


def stands_at(name: str, subject: str, tries: int) -> None:
    """Let a counter stand at so many tries."""
    with transaction():
        key = keyring.blind_index(subject, f"throttle.{name}")
        db.session.add(Throttle(key=key, began_at=NOW, tries=tries, strikes=0, seen_at=NOW))


def test_register_lets_200_people_behind_one_address_through_in_the_same_second(ctx):
    event = make_event(capacity=100, waitlist=True)
    browsers = [ctx.test_client() for _ in range(200)]
    forms = [opened(browser, event) for browser in browsers]

    told = Counter(
        outcome(pressed(browser, event, form, number))
        for number, (browser, form) in enumerate(zip(browsers, forms, strict=True))
    )

    assert told == Counter(seat=100, queue=100)


def test_register_lets_1000_people_behind_one_address_through_in_a_minute(ctx):
    event = make_event(capacity=100, waitlist=True)
    told: Counter[str] = Counter()
    for number in range(1000):
        browser, at = ctx.test_client(), NOW + timedelta(seconds=60 * number / 1000)
        told[outcome(pressed(browser, event, opened(browser, event, at), number, at))] += 1

    assert told == Counter(seat=100, queue=900)
    queue = select(Registration.id).where(Registration.status == Status.WAITLISTED)
    ids = list(db.session.scalars(queue.order_by(Registration.joined_at, Registration.id)))
    assert ids == sorted(ids)


def test_register_counts_address_browser_and_event_and_nothing_else(ctx, client):
    event = make_event()

    pressed(client, event, opened(client, event), 1)

    assert db.session.scalar(select(func.count()).select_from(Throttle)) == 3
    counted = {
        keyring.blind_index("p1@example.org", f"throttle.{REGISTER_EMAIL.name}"),
        keyring.blind_index(str(event.id), f"throttle.{REGISTER_EVENT.name}"),
    }
    assert counted <= set(db.session.scalars(select(Throttle.key)))


def test_register_refuses_one_browser_after_twenty_and_keeps_what_was_typed(ctx, client):
    event, other = make_event(key="one", capacity=50), make_event(key="other", capacity=50)
    for number in range(20):
        assert outcome(pressed(client, event, opened(client, event), number)) == "seat"

    refused = pressed(client, event, opened(client, event), 20)
    elsewhere = pressed(client, other, opened(client, other), 20)
    neighbour = ctx.test_client()
    beside = pressed(neighbour, event, opened(neighbour, event), 20)

    seconds = int(refused.headers["Retry-After"])
    assert refused.status_code == elsewhere.status_code == 429
    assert 0 < seconds <= 3600
    assert f"Wait {seconds} seconds and press the button again" in refused.text
    assert 'value="Person 20"' in refused.text
    assert 'value="p20@example.org"' in refused.text
    assert outcome(beside) == "seat"


def test_register_takes_the_very_form_that_had_to_wait_when_the_wait_is_over(ctx, client):
    event = make_event(capacity=50)
    for number in range(20):
        pressed(client, event, opened(client, event), number)
    refused = pressed(client, event, opened(client, event), 20)
    later = NOW + timedelta(seconds=int(refused.headers["Retry-After"]))

    assert outcome(pressed(client, event, hidden_fields(refused.text), 20, later)) == "seat"


def test_register_refuses_an_address_after_ten_in_ten_minutes_from_any_browser(ctx):
    event = make_event(capacity=50)
    told = []
    for _ in range(11):
        browser = ctx.test_client()
        told.append(outcome(pressed(browser, event, opened(browser, event), 1)))

    assert told == ["seat"] * 10 + ["429"]


@pytest.mark.parametrize(("tries", "status"), [(REGISTER_EVENT.tries - 1, 303), (REGISTER_EVENT.tries, 429)])
def test_register_takes_3000_a_minute_at_one_event(ctx, client, tries, status):
    event, other = make_event(key="sought"), make_event(key="other")
    stands_at(REGISTER_EVENT.name, str(event.id), tries)

    answer = pressed(client, event, opened(client, event), 1)
    elsewhere = pressed(client, other, opened(client, other), 2)

    assert (REGISTER_EVENT.tries, REGISTER_EVENT.window) == (3000, timedelta(minutes=1))
    assert answer.status_code == status
    assert elsewhere.status_code == 303
    assert status == 303 or int(answer.headers["Retry-After"]) <= 60


def test_limits_of_registering_are_those_of_the_table():
    limits = {limit.name: (limit.tries, limit.window) for limit in (REGISTER_EMAIL, REGISTER_SESSION)}

    assert limits == {
        "register.email": (10, timedelta(minutes=10)),
        "register.session": (20, timedelta(hours=1)),
    }


def test_register_keeps_the_key_of_a_form_that_has_to_wait(ctx, client):
    """It is the same form: sent twice after the wait it registers once."""
    event = make_event(capacity=50)
    for number in range(20):
        pressed(client, event, opened(client, event), number)
    form = opened(client, event)
    refused = hidden_fields(pressed(client, event, form, 20).text)

    assert re.sub(r"\..*", "", refused["idempotency_key"]) == re.sub(r"\..*", "", form["idempotency_key"])
