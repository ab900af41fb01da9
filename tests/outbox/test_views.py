"""The pages of mails: for those who may, secrets masked where mails leave the house, dead letters tried again."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events.db import count_statements, db
from cag_events.outbox.delivery import deliver_due
from cag_events.outbox.models import Delivery, Message
from cag_events.outbox.queries import count_dead
from cag_events.outbox.transports import SmtpTransport
from cag_events.permissions import Role
from tests.factories import csrf_token, make_event, sign_in
from tests.outbox.conftest import SENDER, queued
from tests.outbox.post_office import Office

SECRET = "s3cr3t" * 7
TEXT = f"Hej!\n\nhttp://127.0.0.1:5000/sv/registrations/{SECRET}\n\nhttp://evil.example.org/sv/x\n"


def message(app: Flask, number: int = 1, **values: object) -> str:
    """A message in the outbox; its random id."""
    with app.app_context():
        return queued(number, **values).row_id


@pytest.fixture
def admin(client: FlaskClient) -> FlaskClient:
    """A browser in which an administrator is signed in."""
    sign_in(client, Role.ADMIN)
    return client


def test_mail_lists_every_message_with_its_state(app: Flask, admin: FlaskClient) -> None:
    with app.app_context():
        event = make_event(title={"sv": "Vattnets väg"})
        queued(1, event_id=event.id)
    message(app, 2)

    html = admin.get("/sv/organise/mail").text

    assert [word for word in ("Ärende 1", "Ärende 2", "person1@example.org", "Vattnets väg") if word not in html] == []
    assert html.index("Ärende 2") < html.index("Ärende 1")


def test_mail_narrows_to_a_state(app: Flask, admin: FlaskClient) -> None:
    message(app, 1)

    assert "Ärende 1" in admin.get("/sv/organise/mail?state=waiting").text
    assert "Ärende 1" not in admin.get("/sv/organise/mail?state=dead").text
    assert "Ärende 1" in admin.get("/sv/organise/mail?state=nonsense").text


def test_mail_asks_the_database_as_often_for_three_messages_as_for_one(app: Flask, admin: FlaskClient) -> None:
    admin.get("/sv/organise/mail")  # what is kept between requests is read
    counted = []
    for number in (1, 2, 3):
        message(app, number)
        with admin:
            admin.get("/sv/organise/mail")
            counted.append(count_statements())

    assert counted[2] == counted[0]


@pytest.mark.parametrize("role", [Role.ORGANIZER, Role.EDITOR, Role.REPORTER, Role.CHECKIN, Role.MEMBER])
def test_mail_is_for_administrators_alone(app: Flask, client: FlaskClient, role: Role) -> None:
    row_id = message(app)
    sign_in(client, role)

    assert client.get("/sv/organise/mail").status_code == 403
    assert client.get(f"/sv/organise/mail/{row_id}").status_code == 403


def test_message_is_a_mailbox_where_mails_go_to_files(app: Flask, admin: FlaskClient) -> None:
    row_id = message(app, text=TEXT)

    html = admin.get(f"/sv/organise/mail/{row_id}").text

    url = f"http://127.0.0.1:5000/sv/registrations/{SECRET}"
    assert f'<a href="{url}">{url}</a>' in html
    assert 'href="http://evil.example.org' not in html


def test_message_masks_secret_links_where_mails_leave_the_house(
    make_app: Callable[..., Flask], sqlite_url: str
) -> None:
    app = make_app(sqlite_url, smtp_url="smtp://127.0.0.1:25")
    client = app.test_client()
    sign_in(client, Role.ADMIN)
    paths = ("registrations", "invitations", "join", "account/reset")
    row_id = message(app, text="\n".join(f"http://127.0.0.1:5000/sv/{path}/{SECRET}" for path in paths))

    html = client.get(f"/sv/organise/mail/{row_id}").text

    assert SECRET not in html
    assert html.count("•••") == len(paths)


def test_message_shows_html_as_nothing_but_its_text(app: Flask, admin: FlaskClient) -> None:
    row_id = message(app, text="<script>alert(1)</script>", html="<script>alert(2)</script>", subject="<b>x</b>")

    html = admin.get(f"/sv/organise/mail/{row_id}").text

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "<b>x</b>" not in html


def test_message_is_kept_by_no_cache(app: Flask, admin: FlaskClient) -> None:
    row_id = message(app)

    assert admin.get(f"/sv/organise/mail/{row_id}").headers["Cache-Control"] == "no-store"


def test_message_answers_404_for_an_unknown_one(admin: FlaskClient) -> None:
    assert admin.get("/sv/organise/mail/unknown").status_code == 404


def test_resend_tries_a_dead_letter_once_more(app: Flask, admin: FlaskClient, office: Office) -> None:
    row_id = message(app)
    office.refuses["person1@example.org"] = "550 no such mailbox"
    with app.app_context():
        deliver_due(SmtpTransport(office.url), SENDER)
        assert count_dead() == 1
    assert "recipient refused (550)" in admin.get(f"/sv/organise/mail/{row_id}").text
    office.refuses.clear()

    token = csrf_token(admin, f"/sv/organise/mail/{row_id}")
    answer = admin.post(f"/sv/organise/mail/{row_id}/resend", data={"csrf_token": token})
    with app.app_context():
        deliver_due(SmtpTransport(office.url), SENDER)

    assert answer.status_code == 303
    assert office.recipients == ["person1@example.org"]
    with app.app_context():
        assert db.session.scalar(select(Message.state)) is Delivery.SENT


def test_resend_refuses_a_message_that_is_not_dead(app: Flask, admin: FlaskClient) -> None:
    row_id = message(app)

    token = csrf_token(admin, "/sv/organise/mail")
    answer = admin.post(f"/sv/organise/mail/{row_id}/resend", data={"csrf_token": token})

    assert answer.status_code == 422


def test_resend_needs_a_token(app: Flask, admin: FlaskClient) -> None:
    row_id = message(app)

    assert admin.post(f"/sv/organise/mail/{row_id}/resend").status_code == 400
