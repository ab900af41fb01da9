"""Signing in and out, links by mail, accounts of others: what strangers learn, what is counted."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from cag_events import clock
from cag_events.accounts import services
from cag_events.accounts.models import Account, WebSession
from cag_events.db import count_statements, db
from cag_events.permissions import Role
from tests.conftest import NOW
from tests.factories import make_account, post, sign_in, sign_in_by_form

PASSWORD = "four words for a test"
MAIL = "anna@example.org"


@pytest.fixture
def anna(app: Flask) -> Account:
    """An organizer with a password."""
    with app.app_context():
        account = make_account(Role.ORGANIZER, email=MAIL, name="Anna Testlund")
        services.set_password(MAIL, PASSWORD)
        return account


def seen(response: TestResponse, *own: str) -> tuple[int, str]:
    """What somebody sees of an answer, without what differs anyway: what was typed, tokens, the request's id."""
    text = response.text
    for word in (*own, response.headers["X-Request-Id"]):
        text = text.replace(word, "…")
    parts = text.split('name="csrf_token"')
    return response.status_code, "".join(
        part.partition(">")[2] if number else part for number, part in enumerate(parts)
    )


def test_login_leads_to_where_one_was_going(client: FlaskClient, anna: Account) -> None:
    first = client.get("/sv/organise/settings/accounts?q=a")
    response = post(client, first.headers["Location"], {"email": " ANNA@example.org ", "password": PASSWORD})

    assert first.status_code == response.status_code == 303
    assert response.headers["Location"] == "/sv/organise/settings/accounts?q=a"


@pytest.mark.parametrize(
    "target", ["https://evil.example.org/", "//evil.example.org", "javascript:alert(1)", "/\\evil"]
)
def test_login_leads_nowhere_else(client: FlaskClient, anna: Account, target: str) -> None:
    client.get("/sv/account/login")

    response = post(client, f"/sv/account/login?next={target}", {"email": MAIL, "password": PASSWORD})

    assert response.headers["Location"] == "/sv/organise/today"


def test_login_answers_the_same_for_known_and_unknown_accounts(client: FlaskClient, anna: Account) -> None:
    known = sign_in_by_form(client, MAIL, "not the password")
    unknown = sign_in_by_form(client, "nobody@example.org", "not the password")

    assert seen(known, MAIL) == seen(unknown, "nobody@example.org")
    assert known.status_code == 422
    assert "not the password" not in known.text


def test_forgot_answers_the_same_for_known_and_unknown_accounts(app: Flask, anna: Account) -> None:
    browsers = [app.test_client(), app.test_client()]
    answers = [
        post(browser, "/sv/account/forgot", {"email": email})
        for browser, email in zip(browsers, (MAIL, "nobody@example.org"), strict=True)
    ]
    pages = [seen(browser.get("/sv/account/login")) for browser in browsers]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert pages[0] == pages[1]
    assert "banner--ok" in pages[0][1]


def test_login_is_refused_after_ten_wrong_passwords_even_with_the_right_one(app: Flask, anna: Account) -> None:
    statuses = [sign_in_by_form(app.test_client(), MAIL, "wrong").status_code for _ in range(10)]
    blocked = sign_in_by_form(app.test_client(), MAIL, PASSWORD)
    with clock.fixed(NOW + timedelta(minutes=15)):
        later = sign_in_by_form(app.test_client(), MAIL, PASSWORD)

    assert statuses == [422] * 10
    assert (blocked.status_code, blocked.headers["Retry-After"]) == (429, "900")
    assert later.status_code == 303


def test_login_counts_unknown_accounts_too(app: Flask) -> None:
    statuses = [sign_in_by_form(app.test_client(), "nobody@example.org", "wrong").status_code for _ in range(11)]

    assert statuses == [422] * 10 + [429]


def test_login_is_refused_after_forty_tries_from_one_address(app: Flask, anna: Account) -> None:
    for number in range(40):
        sign_in_by_form(app.test_client(), f"n{number}@example.org", "wrong")

    assert sign_in_by_form(app.test_client(), MAIL, PASSWORD).status_code == 429


def test_right_passwords_are_not_counted(app: Flask, anna: Account) -> None:
    statuses = [sign_in_by_form(app.test_client(), MAIL, PASSWORD).status_code for _ in range(12)]

    assert statuses == [303] * 12


def test_forgot_is_refused_after_three_in_an_hour(app: Flask) -> None:
    statuses = [post(app.test_client(), "/sv/account/forgot", {"email": MAIL}).status_code for _ in range(4)]

    assert statuses == [303, 303, 303, 429]


def test_reset_sets_the_password_and_ends_all_sessions(app: Flask, client: FlaskClient, anna: Account) -> None:
    other = app.test_client()
    sign_in_by_form(other, MAIL, PASSWORD)
    with app.app_context():
        token = services.make_token(anna.id, "reset")

    response = post(client, f"/sv/account/reset/{token}", {"password": "another four words here"})

    assert response.headers["Location"] == "/sv/account/login"
    assert other.get("/sv/me/").status_code == 303
    assert sign_in_by_form(client, MAIL, PASSWORD).status_code == 422
    assert sign_in_by_form(client, MAIL, "another four words here").status_code == 303
    assert client.get(f"/sv/account/reset/{token}").status_code == 404


def test_reset_shows_its_page_without_using_the_link(app: Flask, client: FlaskClient, anna: Account) -> None:
    with app.app_context():
        token = services.make_token(anna.id, "reset")

    pages = [client.get(f"/sv/account/reset/{token}") for _ in range(3)]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert token not in pages[0].text.partition("<main")[2]
    assert pages[0].headers["X-Robots-Tag"] == "noindex"


def test_reset_says_what_is_wrong_with_a_password(app: Flask, client: FlaskClient, anna: Account) -> None:
    with app.app_context():
        token = services.make_token(anna.id, "reset")

    response = post(client, f"/en/account/reset/{token}", {"password": "anna testlund"})

    assert response.status_code == 422
    assert "Do not use your own name or address." in response.text


def test_change_password_signs_out_all_other_browsers(app: Flask, client: FlaskClient, anna: Account) -> None:
    other = app.test_client()
    sign_in_by_form(other, MAIL, PASSWORD)
    sign_in_by_form(client, MAIL, PASSWORD)

    values = {"old": PASSWORD, "password": "another four words here"}
    response = post(client, "/sv/account/password", values, page="/sv/account/")

    assert response.headers["Location"] == "/sv/account/"
    assert [browser.get("/sv/me/").status_code for browser in (client, other)] == [200, 303]
    assert sign_in_by_form(app.test_client(), MAIL, PASSWORD).status_code == 422


def test_log_out_everywhere_ends_this_browser_too(app: Flask, client: FlaskClient, anna: Account) -> None:
    other = app.test_client()
    sign_in_by_form(other, MAIL, PASSWORD)
    sign_in_by_form(client, MAIL, PASSWORD)

    post(client, "/sv/account/everywhere", {}, page="/sv/account/")

    assert [browser.get("/sv/me/").status_code for browser in (client, other)] == [303, 303]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(WebSession)) == 0


def test_invite_makes_an_account_and_notes_it(app: Flask, client: FlaskClient) -> None:
    sign_in(client, Role.ORGANIZER)
    values = {"name": "Ny Person", "email": "ny@example.org", "role": "member", "language": "sv"}

    response = post(client, "/sv/organise/settings/accounts/new", values)
    page = client.get(response.headers["Location"]).text

    assert response.status_code == 303
    assert "Ny Person" in page
    with app.app_context():
        account = db.session.scalars(select(Account).where(Account.email == "ny@example.org")).one()
        assert (account.role, account.password_hash) == (Role.MEMBER, None)


@pytest.mark.parametrize("role", ["admin", "organizer", "reporter", "nonsense"])
def test_invite_takes_no_role_that_was_not_offered(app: Flask, client: FlaskClient, role: str) -> None:
    sign_in(client, Role.ORGANIZER)
    values = {"name": "Ny Person", "email": "ny@example.org", "role": role, "language": "sv"}

    response = post(client, "/sv/organise/settings/accounts/new", values)

    assert response.status_code == 422
    with app.app_context():
        assert services.check_password("ny@example.org", "") is None
        assert db.session.scalar(select(func.count()).where(Account.email == "ny@example.org")) == 0


def test_edit_account_changes_the_role_and_ends_its_sessions(app: Flask, client: FlaskClient) -> None:
    sign_in(client, Role.ADMIN)
    other = app.test_client()
    account = sign_in(other, Role.MEMBER)

    response = post(client, f"/sv/organise/settings/accounts/{account.row_id}", {"name": "Ny", "role": "editor"})

    assert response.status_code == 303
    assert other.get("/sv/me/").status_code == 303
    with app.app_context():
        changed = db.session.get_one(Account, account.id)
        assert (changed.name, changed.role, changed.is_disabled) == ("Ny", Role.EDITOR, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_people_asks_the_database_equally_often_for_any_number(
    app: Flask, client: FlaskClient, rows: int, counted: list[int]
) -> None:
    sign_in(client, Role.ADMIN)
    with app.app_context():
        for _ in range(rows):
            make_account(Role.MEMBER)
    client.get("/sv/organise/settings/accounts")
    counted.clear()

    client.get("/sv/organise/settings/accounts")

    assert counted == [2]  # session, accounts


@pytest.fixture
def counted(app: Flask) -> list[int]:
    """How many statements each request has run."""
    numbers: list[int] = []
    app.teardown_request(lambda _fault: numbers.append(count_statements()))
    return numbers
