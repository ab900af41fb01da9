"""Tickets: whose they are, when they die, where they are shown, and what they do not tell."""

import base64
import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.errors import NotFound
from cag_events.outbox.delivery import follow_up
from cag_events.outbox.messages import extra_of
from cag_events.outbox.mime import picture_of as png_of
from cag_events.outbox.models import Message
from cag_events.registrations import services
from cag_events.registrations.codes import join_token
from cag_events.registrations.models import Registration
from cag_events.registrations.services.links import make_link
from cag_events.registrations.tickets import picture_of, read_ticket, renew_ticket, ticket_hash, ticket_of
from tests.conftest import NOW
from tests.factories import make_event, make_organisation
from tests.page import page
from tests.registrations.wishes import made, of

pytestmark = pytest.mark.usefixtures("app_ctx")


@pytest.fixture(autouse=True)
def _organisation(app_ctx: Flask) -> None:
    """The organisation whose site it is."""
    del app_ctx
    make_organisation(email="ask@example.org")


def link_of(registration: Registration) -> str:
    """A manage link's token."""
    with transaction():
        return make_link(registration.id)


def test_a_ticket_names_its_registration_and_nothing_else_does() -> None:
    one, other = of(made(make_event())), of(made(make_event(), 2))
    ticket = ticket_of(one.row_id)

    assert read_ticket(ticket) == read_ticket(f" {ticket}\n") == one.row_id
    assert read_ticket(ticket.replace(one.row_id, other.row_id)) is None
    for wrong in ("", ".", one.row_id, f"{one.row_id}.", ticket[:-1], ticket + "x", join_token(one.row_id), "é.ü"):
        assert read_ticket(wrong) is None
    with pytest.raises(NotFound):
        ticket_of("nobody")


def test_a_ticket_dies_when_it_is_renewed() -> None:
    registration = of(made(make_event()))
    before = ticket_of(registration.row_id)

    with transaction():
        renew_ticket(registration.id)

    assert read_ticket(before) is None
    assert read_ticket(ticket_of(registration.row_id)) == registration.row_id
    assert ticket_hash(before) != ticket_hash(ticket_of(registration.row_id))


def test_a_ticket_opens_no_page(app_ctx: Flask) -> None:
    registration = of(made(make_event()))
    ticket = ticket_of(registration.row_id)

    client = app_ctx.test_client()

    assert client.get(f"/sv/registrations/{ticket}").status_code == 404
    assert client.get(f"/sv/join/{ticket}").status_code == 404


def test_the_confirmation_carries_the_ticket_as_a_code_and_the_reference_in_words() -> None:
    registration = of(made(make_event(), language="en"))
    follow_up()
    mail = db.session.scalars(select(Message)).one()

    assert extra_of(mail).code == ticket_of(registration.row_id)
    assert f"say your reference, {registration.code}." in (mail.text or "")
    assert f'alt="Your ticket as a code; your reference is {registration.code}."' in (mail.html or "")
    assert ticket_of(registration.row_id) not in (mail.text or "") + (mail.html or "")
    assert png_of("x").startswith(b"\x89PNG")


def test_the_own_page_shows_the_ticket_and_leads_to_it_on_paper(app_ctx: Flask) -> None:
    registration = of(made(make_event(), language="en"))
    token = link_of(registration)
    client = app_ctx.test_client()

    shown = page(client, f"/en/registrations/{token}")
    paper = page(client, f"/en/registrations/{token}/ticket")

    assert f"/en/registrations/{token}/ticket" in shown.links().values()
    for one in (shown, paper):
        (picture,) = [e.get("src", "") for e in one.all("img") if e.get("src", "").startswith("data:image/svg")]
        assert picture == picture_of(ticket_of(registration.row_id))
        assert "#fff" in unquote(picture)
    assert registration.code in paper.main
    assert "Person 1" in paper.main
    assert paper.headers["Cache-Control"] == "no-store"


def test_a_party_has_one_ticket_that_says_how_many_they_are(app_ctx: Flask) -> None:
    registration = of(made(make_event(guests=3), party=3))

    assert "For 3 people" in page(app_ctx.test_client(), f"/en/registrations/{link_of(registration)}/ticket").main


def test_a_guarded_event_s_ticket_names_neither_event_nor_place_nor_person(app_ctx: Flask) -> None:
    event = make_event(safety="guarded", title={"sv": "Hemligt möte", "en": "Secret meeting"})
    registration = of(made(event))

    paper = page(app_ctx.test_client(), f"/en/registrations/{link_of(registration)}/ticket")

    assert paper.heading == "Your ticket"
    assert [word for word in ("Secret", "Hemligt", "Provgatan", "Stora salen", "Person 1") if word in paper.html] == []
    assert registration.code in paper.main


@pytest.mark.parametrize("change", ["withdrawn", "over", "online", "waiting"])
def test_who_has_no_seat_at_the_place_has_no_ticket(app_ctx: Flask, change: str) -> None:
    event = make_event(mode="hybrid", capacity=1, online_capacity=1)
    first = made(event, mode="online" if change == "online" else "onsite")
    if change == "waiting":
        first = made(event, 2, mode="onsite")
    registration = of(first)
    token = link_of(registration)
    later = NOW + timedelta(days=40 if change == "over" else 0)
    if change == "withdrawn":
        services.withdraw(registration.id)

    with clock.fixed(later):
        answer = app_ctx.test_client().get(f"/sv/registrations/{token}/ticket")

    assert answer.status_code == 404


def test_the_picture_holds_what_a_scanner_reads() -> None:
    ticket = "a" * 22 + "." + "b" * 43

    assert re.match(r"data:image/svg\+xml", picture_of(ticket))
    assert len(base64.b64encode(png_of(ticket))) < 4_000
