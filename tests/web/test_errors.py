"""Pages that say no: in the reader's language, with a reference and nothing internal."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from cag_events.domain.errors import N_, NotAllowed, NotFound, Refused, Stale
from cag_events.web.access import public
from cag_events.web.errors import WORDS
from cag_events.web.throttle import TooMany
from tests.factories import hidden_fields

CANARY = "kanariefågel-7731"


def explode() -> None:
    secret = CANARY
    raise KeyError(secret)


FAULTS: dict[str, Callable[[], object]] = {
    "400": lambda: abort(400),
    "401": lambda: abort(401),
    "403": lambda: _raise(NotAllowed(CANARY)),
    "404": lambda: _raise(NotFound(CANARY)),
    "409": lambda: _raise(Stale(7)),
    "413": lambda: abort(413),
    "414": lambda: abort(414),
    "422": lambda: _raise(Refused("event.full", N_("All %(seats)s seats are taken."), seats=7)),
    "429": lambda: _raise(TooMany(90)),
    "500": explode,
    "503": lambda: _raise(OperationalError(f"INSERT {CANARY}", {"name": CANARY}, Exception("database is locked"))),
}


def _raise(fault: Exception) -> None:
    raise fault


@pytest.fixture
def faulty(app: Flask) -> Iterator[FlaskClient]:
    """A browser of a site with a view for every fault."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @public
    def fail(code: str) -> str:
        FAULTS[code]()
        return ""

    app.add_url_rule("/<lang>/fault/<code>", "fail", fail)
    app.add_url_rule("/fault/<code>.ics", "fail_machine", fail)
    return app.test_client()


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("code", FAULTS)
def test_errors_have_a_page_in_each_language(faulty: FlaskClient, lang: str, code: str) -> None:
    response = faulty.get(f"/{lang}/fault/{code}")

    assert response.status_code == int(code)
    assert response.mimetype == "text/html"
    assert f'<html lang="{lang}">' in response.text
    assert response.headers["X-Request-Id"] in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("code", FAULTS)
def test_errors_tell_nothing_internal(faulty: FlaskClient, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    responses = [faulty.get(f"/en/fault/{code}"), faulty.get(f"/fault/{code}.ics")]

    said = "".join(response.text for response in responses) + capsys.readouterr().out
    assert CANARY not in said
    assert "Traceback" not in said


@pytest.mark.parametrize("code", FAULTS)
def test_machine_addresses_answer_in_plain_text(faulty: FlaskClient, code: str) -> None:
    response = faulty.get(f"/fault/{code}.ics")

    assert response.mimetype == "text/plain"
    assert response.text.startswith(f"{code} ")


def test_errors_in_swedish_are_swedish(faulty: FlaskClient) -> None:
    pages = {code: faulty.get(f"/sv/fault/{code}").text for code in FAULTS if code != "422"}

    assert [code for code, page in pages.items() if WORDS[int(code)].title in page] == []


def test_refused_says_why(faulty: FlaskClient) -> None:
    assert "All 7 seats are taken." in faulty.get("/en/fault/422").text


def test_too_many_says_how_long_to_wait(faulty: FlaskClient) -> None:
    response = faulty.get("/en/fault/429")

    assert response.headers["Retry-After"] == "90"
    assert "Wait 90 seconds." in response.text


def test_a_locked_database_answers_503_with_retry_after(faulty: FlaskClient) -> None:
    assert faulty.get("/en/fault/503").headers["Retry-After"] == "2"


def test_unexpected_faults_are_logged_once_with_the_reference(
    faulty: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    response = faulty.get("/en/fault/500")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    faults = [line for line in lines if line["message"] == "fault"]
    assert [line["request_id"] for line in faults] == [response.headers["X-Request-Id"]]
    assert faults[0]["fault"] == "KeyError"
    assert faults[0]["at"][-1].endswith("explode")


def test_wrong_method_says_which_are_right(client: FlaskClient) -> None:
    response = client.get("/sv/account/logout")

    assert response.status_code == 405
    assert sorted(response.headers["Allow"].split(", ")) == ["OPTIONS", "POST"]


def test_not_found_has_a_search_box(client: FlaskClient) -> None:
    page = client.get("/sv/nothing/here").text

    assert re.search(r'<form[^>]*action="/sv/search"', page)


@pytest.mark.parametrize(
    ("path", "headers", "lang"),
    [
        ("/en/nothing/here", {}, "en"),
        ("/sv/nothing/here", {"Accept-Language": "en"}, "sv"),
        ("/nothing/here", {"Accept-Language": "en"}, "en"),
        ("/nothing/here", {"Cookie": "lang=en"}, "en"),
        ("/nothing/here", {"Cookie": "lang=xx"}, "sv"),
        ("/nothing", {}, "sv"),
    ],
)
def test_not_found_speaks_the_language_of_the_address_else_of_the_reader(
    app: Flask, path: str, headers: dict[str, str], lang: str
) -> None:
    response = app.test_client(use_cookies=False).get(path, headers=headers)

    assert response.status_code == 404
    assert f'<html lang="{lang}">' in response.text


def test_missing_token_answers_400(client: FlaskClient) -> None:
    fields = hidden_fields(client.get("/en/account/login").text)

    response = client.post("/en/account/login", data={"email": "a@example.org"})

    assert set(fields) == {"csrf_token"}
    assert response.status_code == 400
    assert "The form could not be sent" in response.text
