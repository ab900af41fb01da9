"""Sessions: only a hash is stored, the id changes at sign-in, a copied cookie is dead after sign-out."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask, flash, session
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cag_events import clock, keyring
from cag_events.accounts import services
from cag_events.accounts.models import Account, WebSession
from cag_events.db import db
from cag_events.permissions import Role
from cag_events.web.session import current
from tests.conftest import NOW
from tests.factories import cookie_name, csrf_token, make_account, post, sign_in, sign_in_by_form

PASSWORD = "four words for a test"


def count_sessions(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(WebSession)) or 0


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie(cookie_name(client))
    assert found is not None
    return found.value


@pytest.fixture
def organizer(app: Flask) -> Account:
    """An account with a password."""
    with app.app_context():
        account = make_account(Role.ORGANIZER, email="o@example.org")
        services.set_password("o@example.org", PASSWORD)
    return account


def test_anonymous_sessions_have_no_row(app: Flask, client: FlaskClient) -> None:
    client.get("/sv/account/login")

    assert len(cookie(client)) == 43
    assert count_sessions(app) == 0


def test_sign_in_changes_the_id_and_stores_its_hash(app: Flask, client: FlaskClient, organizer: Account) -> None:
    client.get("/sv/account/login")
    before = cookie(client)

    response = sign_in_by_form(client, "o@example.org", PASSWORD)

    after = cookie(client).partition(".")[0]
    assert response.status_code == 303
    assert after != before
    with app.app_context():
        assert db.session.scalars(select(WebSession.id_hash)).all() == [keyring.token_hash(after, "session")]


def test_a_planted_id_is_not_signed_in(app: Flask, client: FlaskClient, organizer: Account) -> None:
    planted = "A" * 43
    client.set_cookie(cookie_name(client), planted)
    sign_in_by_form(client, "o@example.org", PASSWORD)

    attacker = app.test_client()
    attacker.set_cookie(cookie_name(client), planted)

    assert attacker.get("/sv/me/").status_code == 303
    assert client.get("/sv/me/").status_code == 200


def test_a_copied_cookie_is_dead_after_sign_out(app: Flask, client: FlaskClient, organizer: Account) -> None:
    sign_in_by_form(client, "o@example.org", PASSWORD)
    copied = cookie(client)

    response = post(client, "/sv/account/logout", {}, page="/sv/account/")

    thief = app.test_client()
    thief.set_cookie(cookie_name(client), copied)
    assert response.headers["Location"] == "/sv/account/login"
    assert thief.get("/sv/me/").status_code == 303
    assert count_sessions(app) == 0


def test_sessions_survive_a_restart(make_app: Callable[..., Flask], sqlite_url: str) -> None:
    first = make_app(sqlite_url).test_client()
    sign_in(first)
    second = make_app(sqlite_url).test_client()

    second.set_cookie(cookie_name(first), cookie(first))

    assert second.get("/sv/me/").status_code == 200


@pytest.mark.parametrize(
    ("role", "later", "status"),
    [
        (Role.ORGANIZER, timedelta(hours=11, minutes=59), 200),
        (Role.ORGANIZER, timedelta(hours=12), 303),
        (Role.ADMIN, timedelta(minutes=59), 200),
        (Role.ADMIN, timedelta(hours=1), 303),
    ],
)
def test_sessions_end_after_idling(client: FlaskClient, role: Role, later: timedelta, status: int) -> None:
    sign_in(client, role)

    with clock.fixed(NOW + later):
        assert client.get("/sv/me/").status_code == status


def test_sessions_end_after_seven_days_however_busy(client: FlaskClient) -> None:
    sign_in(client, Role.MEMBER)

    statuses = []
    for hours in range(6, 7 * 24 + 1, 6):
        with clock.fixed(NOW + timedelta(hours=hours)):
            statuses.append(client.get("/sv/me/").status_code)

    assert statuses == [200] * 27 + [303]


def test_sessions_are_noted_as_seen_at_most_hourly(app: Flask, client: FlaskClient) -> None:
    sign_in(client, Role.MEMBER)

    seen = []
    for minutes in (30, 59, 60, 90):
        with clock.fixed(NOW + timedelta(minutes=minutes)):
            client.get("/sv/me/")
        with app.app_context():
            seen.append(db.session.scalars(select(WebSession.last_seen_at)).one())

    assert seen == [NOW, NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=1)]


def test_disabled_accounts_are_signed_out_at_once(app: Flask, client: FlaskClient) -> None:
    email = sign_in(client, Role.EDITOR).email
    with app.app_context():
        services.change_by_email(email, is_disabled=True)

    assert client.get("/sv/me/").status_code == 303
    assert count_sessions(app) == 0


def test_role_changes_end_all_sessions(app: Flask, client: FlaskClient) -> None:
    email = sign_in(client, Role.EDITOR).email
    with app.app_context():
        services.change_by_email(email, role=Role.MEMBER)

    assert client.get("/sv/me/").status_code == 303


def test_what_a_session_remembers_is_sealed_and_bound_to_its_id(app: Flask) -> None:
    with app.test_request_context("/sv/"):
        flash("Anna is registered", "ok")
        session["draft"] = "secret"
        value, mine = current().cookie_value(), current().id
    name, _, sealed = value.partition(".")

    with app.test_request_context("/sv/", headers={"Cookie": f"session={value}"}):
        same = (session["draft"], current().id)
    with app.test_request_context("/sv/", headers={"Cookie": f"session={'B' * 43}.{sealed}"}):
        moved = session.get("draft")
    with app.test_request_context("/sv/", headers={"Cookie": f"session={name}.{sealed[:-4]}AAAA"}):
        changed = session.get("draft")

    assert "secret" not in value
    assert same == ("secret", mine)
    assert moved is None
    assert changed is None


@pytest.mark.parametrize("value", ["", "x", "A" * 42, "A" * 44, "ö" * 43, "A" * 43 + ".%", "A" * 43 + "." + "A" * 4000])
def test_broken_cookies_are_taken_for_strangers(app: Flask, value: str) -> None:
    headers = {"Cookie": f"session={value}".encode().decode("latin-1")}
    client = app.test_client(use_cookies=False)

    statuses = [client.get(path, headers=headers).status_code for path in ("/sv/account/login", "/sv/me/")]

    assert statuses == [200, 303]


def test_flashes_are_shown_once_and_only_where_a_session_is_in_use(client: FlaskClient) -> None:
    sign_in(client)
    post(client, "/sv/account/language", {"language": "en"}, page="/sv/account/")

    public, first, second = (client.get(path).text for path in ("/sv/privacy", "/sv/account/", "/sv/account/"))

    assert [text.count("banner--ok") for text in (public, first, second)] == [0, 1, 0]


def test_forms_of_another_session_are_refused(app: Flask, client: FlaskClient) -> None:
    stranger = app.test_client()

    response = client.post("/sv/account/forgot", data={"csrf_token": csrf_token(stranger), "email": "a@example.org"})

    assert response.status_code == 400


def test_confirming_is_asked_after_fifteen_minutes(client: FlaskClient, app: Flask, organizer: Account) -> None:
    sign_in(client, organizer)
    with clock.fixed(NOW + timedelta(minutes=16)):
        asked = client.get("/sv/organise/settings/accounts/new")
        wrong = post(client, asked.headers["Location"], {"password": "not this one"})
        right = post(client, asked.headers["Location"], {"password": PASSWORD})
        after = client.get("/sv/organise/settings/accounts/new")

    assert asked.headers["Location"] == "/sv/account/confirm?next=/sv/organise/settings/accounts/new"
    assert (wrong.status_code, right.status_code, after.status_code) == (422, 303, 200)
    assert right.headers["Location"] == "/sv/organise/settings/accounts/new"
