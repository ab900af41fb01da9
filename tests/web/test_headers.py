"""Every response has the headers of the house; what depends on a person is never stored."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cag_events.web.headers import ALWAYS
from tests.factories import post, sign_in

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sv/account/login", 200),
        ("/sv/me/", 303),
        ("/sv/nowhere", 404),
        ("/nowhere.ics", 404),
        ("/sv/account/logout", 405),
        ("/sv/%00", 400),
        ("/static/css/base.css", 200),
        ("/static/css/none.css", 404),
        ("/static/../../etc/passwd", 404),
        ("/sv", 308),
    ],
)
def test_all_responses_have_all_headers(client: FlaskClient, path: str, status: int) -> None:
    with client.get(path) as response:
        assert response.status_code == status
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS
    assert response.headers["Content-Security-Policy"] == CSP
    assert len(response.headers["X-Request-Id"]) == 12
    assert "Strict-Transport-Security" not in response.headers


def test_https_sites_ask_for_https_for_a_year(make_app: Callable[..., Flask], sqlite_url: str) -> None:
    client = make_app(sqlite_url, base_url="https://events.example.org").test_client()

    response = client.get("/sv/account/login")

    assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert response.headers["Set-Cookie"].startswith("__Host-session=")
    assert "; Secure" in response.headers["Set-Cookie"]


def test_pages_with_a_form_are_not_stored(client: FlaskClient) -> None:
    response = client.get("/sv/account/forgot")

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Vary"] == "Cookie"


def test_pages_behind_a_login_are_neither_stored_nor_indexed(client: FlaskClient) -> None:
    sign_in(client)

    response = client.get("/sv/me/")

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_pages_behind_a_token_are_not_indexed(client: FlaskClient) -> None:
    response = client.get("/sv/account/reset/" + "A" * 43)

    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_public_pages_touch_no_session(client: FlaskClient) -> None:
    response = client.get("/sv/privacy")

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in response.headers


def test_public_pages_are_the_same_for_who_is_signed_in(client: FlaskClient) -> None:
    stranger = client.get("/sv/privacy").data
    sign_in(client)

    response = client.get("/sv/privacy")

    assert response.data == stranger
    assert response.headers["Cache-Control"] == "public, max-age=60"


def test_error_pages_are_not_stored_and_set_no_cookie(client: FlaskClient) -> None:
    response = client.get("/sv/nowhere")

    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers


def test_static_files_with_a_version_are_kept_for_ever(client: FlaskClient) -> None:
    with client.get("/static/css/base.css?v=1") as versioned, client.get("/static/css/base.css") as plain:
        pass

    assert versioned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain.headers["Cache-Control"] == "public, max-age=3600"


def test_public_feeds_may_be_read_by_other_sites_and_private_ones_not(client: FlaskClient) -> None:
    public, private = client.get("/feeds/programme.ics"), client.get("/feeds/private/" + "A" * 43 + ".ics")

    assert public.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "X-Frame-Options" not in public.headers
    assert private.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert private.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: evil=1", "a%0d%0aSet-Cookie:%20evil=1"])
def test_line_breaks_never_reach_a_header(client: FlaskClient, value: str) -> None:
    sign_in(client)

    responses = [
        client.get("/sv/account/login", query_string={"next": f"/sv/{value}"}),
        post(client, "/sv/account/logout", {}, page="/sv/account/"),
        client.get("/", query_string={"lang": value, "next": f"/sv/{value}"}),
    ]

    assert all("evil" not in str(response.headers) for response in responses)
