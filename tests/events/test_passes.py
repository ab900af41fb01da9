"""Links for helpers: given once, for one purpose of one event, dead when they should be."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.errors import NotAllowed, NotFound, Refused
from cag_events.domain.lifecycle import Status
from cag_events.events import records, services
from cag_events.events.models import Event, EventPass
from cag_events.events.services.passes import list_passes, sweep_passes
from cag_events.permissions import SYSTEM, Actor, Role
from tests.conftest import NOW
from tests.events.editing import open_form
from tests.factories import make_event, sign_in

HEADS, MODERATOR = "heads", "moderator"


def test_make_pass_opens_its_event_for_its_purpose_alone(any_ctx: Flask) -> None:
    event = make_event()

    token = services.make_pass(event.id, HEADS, "phone in the foyer", by=SYSTEM)

    holder = services.holder_of(token, HEADS)
    assert (holder.record.id, holder.name) == (event.id, "phone in the foyer")
    with pytest.raises(NotFound):
        services.holder_of(token, MODERATOR)


def test_make_pass_keeps_no_token(app_ctx: Flask) -> None:
    token = services.make_pass(make_event().id, HEADS, "phone", by=SYSTEM)

    assert token.encode() not in db.session.scalars(select(EventPass.token_hash)).one()


@pytest.mark.parametrize(
    ("kind", "purpose", "name", "code"),
    [("lecture", "chair", "x", "pass.purpose"), ("lecture", HEADS, "  ", "pass.name")],
)
def test_make_pass_refuses(app_ctx: Flask, kind: str, purpose: str, name: str, code: str) -> None:
    event = make_event(kind=kind)

    with pytest.raises(Refused) as refused:
        services.make_pass(event.id, purpose, name, by=SYSTEM)

    assert refused.value.code == code
    assert list_passes(event.id) == []


def test_make_pass_is_not_for_editors(app_ctx: Flask) -> None:
    with pytest.raises(NotAllowed):
        services.make_pass(make_event().id, HEADS, "phone", by=Actor(role=Role.EDITOR))


def test_a_pass_is_dead_once_it_is_ended(app_ctx: Flask) -> None:
    event = make_event()
    token = services.make_pass(event.id, HEADS, "phone", by=SYSTEM)

    services.end_pass(event.id, list_passes(event.id)[0].row_id, by=SYSTEM)

    with pytest.raises(NotFound):
        services.holder_of(token, HEADS)


def test_a_pass_cannot_be_ended_through_another_event(app_ctx: Flask) -> None:
    event, other = make_event(), make_event()
    token = services.make_pass(event.id, HEADS, "phone", by=SYSTEM)

    with pytest.raises(NotFound):
        services.end_pass(other.id, list_passes(event.id)[0].row_id, by=SYSTEM)

    assert services.holder_of(token, HEADS).record.id == event.id


def test_a_pass_dies_twelve_hours_after_the_event(app_ctx: Flask) -> None:
    event = make_event()
    token = services.make_pass(event.id, HEADS, "phone", by=SYSTEM)
    assert event.ends_at is not None

    with clock.fixed(event.ends_at + timedelta(hours=12)):
        assert services.holder_of(token, HEADS).record.id == event.id
    with clock.fixed(event.ends_at + timedelta(hours=12, seconds=1)), pytest.raises(NotFound):
        services.holder_of(token, HEADS)


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.DRAFT], ids=str)
def test_a_pass_dies_with_an_event_that_is_cancelled_or_withdrawn(app_ctx: Flask, status: Status) -> None:
    event = make_event(published_at=NOW)
    token = services.make_pass(event.id, HEADS, "phone", by=SYSTEM)

    with transaction():
        db.session.get_one(Event, event.id).status = status
        records.refresh([event.id])

    with pytest.raises(NotFound):
        services.holder_of(token, HEADS)


def test_a_pass_can_be_tried_before_the_event_is_published(app_ctx: Flask) -> None:
    event = make_event(status=Status.DRAFT, published_at=None)

    token = services.make_pass(event.id, HEADS, "phone", by=SYSTEM)

    assert services.holder_of(token, HEADS).record.id == event.id


def test_sweep_passes_deletes_those_of_events_long_over_and_no_others(any_ctx: Flask) -> None:
    long_ago, lately = make_event(starts="2026-10-20T18:00"), make_event(starts="2026-11-19T18:00")
    for event in (long_ago, lately):
        services.make_pass(event.id, HEADS, "Kim's phone", by=SYSTEM)

    assert sweep_passes() == 1

    assert db.session.scalars(select(EventPass.event_id)).all() == [lately.id]
    assert sweep_passes() == 0


def test_page_shows_a_new_link_once(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        key = make_event().key
    sign_in(client)
    address = f"/en/organise/events/{key}/links"

    form = open_form(client, address, address)
    answer = client.post(address, data={**form, "purpose": HEADS, "name": "<b>phone</b>"})
    first, again = client.get(address).text, client.get(address).text

    assert answer.status_code == 303
    assert ("/heads/" in first, "/heads/" in again) == (True, False)
    assert "&lt;b&gt;phone&lt;/b&gt;" in again
    with app.app_context():
        assert db.session.scalar(select(func.count(EventPass.id))) == 1
