"""News end with one click of a mail program (RFC 8058), or a button; opening the link ends nothing."""

import email
import email.policy
from typing import Any

import pytest
from flask import Flask

from cag_events.db import db, transaction
from cag_events.outbox.delivery import _mail
from cag_events.outbox.messages import Extra, NewMessage, queue
from cag_events.outbox.mime import Sender
from cag_events.registrations.models import Registration
from cag_events.registrations.services.consents import news_token, read_news_token
from cag_events.registrations.tickets import ticket_of
from cag_events.web.mailing import Letter, write
from tests.factories import make_event, make_organisation
from tests.page import page
from tests.registrations.wishes import made, of

pytestmark = pytest.mark.usefixtures("app_ctx")


def agreed(number: int = 1, **values: Any) -> Registration:
    """Somebody who agreed to news."""
    return of(made(make_event(), number, consent_contact=True, **values))


def consents() -> dict[str, bool]:
    """Who agrees to news, by name."""
    db.session.rollback()
    return {row.name or "": row.consent_contact for row in db.session.query(Registration).order_by(Registration.id)}


def test_one_click_of_a_mail_program_ends_the_news_without_a_page_or_a_session(app_ctx: Flask) -> None:
    make_organisation()
    path = f"/en/unsubscribe/{news_token(agreed().row_id)}"
    agreed(2)

    answer = app_ctx.test_client().post(path, data={"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, answer.data) == (200, b"")
    assert consents() == {"Person 1": False, "Person 2": True}


def test_opening_the_link_ends_nothing_and_its_button_does_at_every_event(app_ctx: Flask) -> None:
    make_organisation()
    first = agreed()
    agreed()
    path = f"/en/unsubscribe/{news_token(first.row_id)}"
    client = app_ctx.test_client()

    shown = page(client, path)
    assert consents() == {"Person 1": True}
    answer = client.post(path, data={})
    done = page(client, answer.headers["Location"])

    assert shown.heading == "No more news by mail"
    assert answer.status_code == 303
    assert done.heading == "You get no more news by mail"
    assert [row.consent_contact for row in db.session.query(Registration)] == [False, False]


def test_a_link_that_is_not_ours_ends_nothing(app_ctx: Flask) -> None:
    make_organisation()
    one, other = agreed(), agreed(2)
    client = app_ctx.test_client()
    wrong = [
        news_token(one.row_id).replace(one.row_id, other.row_id),
        ticket_of(one.row_id),
        f"{one.row_id}.",
        "x",
    ]

    assert [client.post(f"/en/unsubscribe/{token}").status_code for token in wrong] == [404] * 4
    assert [read_news_token(token) for token in wrong] == [None] * 4
    assert set(consents().values()) == {True}


def test_what_is_news_says_how_to_end_it_in_the_headers_and_in_the_letter() -> None:
    url = "https://events.example.org/en/unsubscribe/abc"
    text, html = write(Letter(subject="News", heading="News", unsubscribe=url))
    new = NewMessage(
        key="k",
        kind="news",
        to="a@example.org",
        language="en",
        subject="News",
        text=text,
        html=html,
        extra=Extra(unsubscribe=url),
    )
    with transaction():
        message = queue(new)
    assert message is not None
    octets = _mail(message, Sender(address="events@example.org", name="House")).as_bytes()
    mail = email.message_from_bytes(octets, policy=email.policy.default)

    assert mail["List-Unsubscribe"] == f"<{url}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url in text
    assert url in html
