"""What no honest browser sends is refused before any view; redirects stay on this site."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cag_events import schema
from cag_events.web.gate import page_number, safe_next, whole_number
from tests.factories import csrf_token, hidden_fields


@pytest.mark.parametrize(
    ("path", "query"), [("/sv/a\0b", ""), ("/sv/\xff\xfe", ""), ("/sv/", "next=%00"), ("/sv/", "q=%c3%28")]
)
def test_get_answers_400_for_bytes_that_are_no_text(client: FlaskClient, path: str, query: str) -> None:
    response = client.get("/", environ_overrides={"PATH_INFO": path, "QUERY_STRING": query})

    assert response.status_code == 400
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_get_answers_414_for_a_long_query(client: FlaskClient) -> None:
    assert client.get("/sv/account/login?q=" + "a" * 8192).status_code == 414
    assert client.get("/sv/account/login?q=" + "a" * 8190).status_code == 200


@pytest.mark.parametrize("body", [b"email=%00", b"email=%ff", b"email=\xff\xfe", b"email=a\x00b"])
def test_post_answers_400_for_a_form_that_is_no_text(client: FlaskClient, body: bytes) -> None:
    token = csrf_token(client)

    response = client.post(
        "/sv/account/login",
        data=body + b"&csrf_token=" + token.encode(),
        content_type="application/x-www-form-urlencoded",
    )

    assert response.status_code == 400


def test_post_answers_400_for_a_multipart_field_with_nul(client: FlaskClient) -> None:
    values = {"csrf_token": csrf_token(client), "email": "a\0b", "password": "x"}

    response = client.post("/sv/account/login", data=values, content_type="multipart/form-data")

    assert response.status_code == 400


@pytest.mark.parametrize("size", [600_000, 3_000_000])
def test_post_answers_413_for_a_large_form(client: FlaskClient, size: int) -> None:
    values = {"csrf_token": csrf_token(client), "email": "a" * size}

    assert client.post("/sv/account/login", data=values).status_code == 413


def test_post_answers_413_for_many_fields(client: FlaskClient) -> None:
    values = {f"field-{number}": "1" for number in range(2000)}

    assert client.post("/sv/account/login", data=values).status_code == 413


def test_get_answers_400_for_a_strange_host(client: FlaskClient) -> None:
    response = client.get("/sv/account/login", headers={"Host": "evil.example.org"})

    assert response.status_code == 400
    assert response.mimetype == "text/plain"
    assert "evil" not in response.text
    assert response.headers["X-Frame-Options"] == "DENY"


def test_get_answers_for_the_hosts_of_the_site(make_app: Callable[..., Flask], sqlite_url: str) -> None:
    client = make_app(sqlite_url, base_url="https://events.example.org").test_client()

    statuses = [
        client.get("/sv/account/login", headers={"Host": host}).status_code
        for host in ("events.example.org", "127.0.0.1:5000", "localhost", "example.org")
    ]

    assert statuses == [200, 200, 200, 400]


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "NONSENSE"])
def test_strange_methods_answer_405(client: FlaskClient, method: str) -> None:
    assert client.open("/sv/account/login", method=method).status_code == 405


def test_override_headers_change_nothing(client: FlaskClient) -> None:
    headers = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "DELETE", "X-HTTP-Method": "PUT"}

    assert client.get("/sv/account/logout", headers=headers).status_code == 405
    assert client.get("/sv/account/login?_method=POST", headers=headers).status_code == 200


def test_post_answers_400_when_it_comes_from_another_site(client: FlaskClient) -> None:
    values = {**hidden_fields(client.get("/sv/account/login").text), "email": "a@example.org", "password": "x"}

    statuses = {
        site: client.post("/sv/account/login", data=values, headers={"Sec-Fetch-Site": site}).status_code
        for site in ("cross-site", "same-origin", "none")
    }

    assert statuses == {"cross-site": 400, "same-origin": 422, "none": 422}


def test_forwarded_headers_change_nothing_without_proxies(client: FlaskClient) -> None:
    headers = {"X-Forwarded-Host": "evil.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}

    response = client.get("/sv/account/login", headers=headers)

    assert response.status_code == 200
    assert "evil" not in response.text


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example.org/",
        "//evil.example.org",
        "/\\evil.example.org",
        "/%5cevil.example.org",
        "/%2fevil.example.org",
        "javascript:alert(1)",
        "/sv/\r\nSet-Cookie: a=b",
        "/sv/%0d%0aSet-Cookie:a=b",
        "/sv/\n",
        "sv/",
        "",
        None,
        "/sv/@evil",
    ],
)
def test_safe_next_refuses_what_may_lead_elsewhere(target: str | None) -> None:
    assert safe_next(target, "/home") == "/home"


@pytest.mark.parametrize("target", ["/sv/", "/en/events/a-b?theme=gender&page=2", "/sv/me/", "/sv/?city=Malm%C3%B6"])
def test_safe_next_takes_paths_of_this_site(target: str) -> None:
    assert safe_next(target, "/home") == target


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("0", 1), ("1001", 1), ("-1", 1), ("٣", 1), ("1" * 400, 1), ("1e3", 1), (None, 1)]
)
def test_page_number_reads_digits_alone(app: Flask, text: str | None, number: int) -> None:
    with app.test_request_context("/sv/", query_string={"page": text} if text else {}):
        assert page_number() == number


def test_whole_number_gives_the_default_out_of_range() -> None:
    assert whole_number("101", 20, most=100) == 20
    assert whole_number("100", 20, most=100) == 100


def test_gate_answers_503_until_the_database_is_migrated(make_app, tmp_path) -> None:
    app = make_app(f"sqlite:///{tmp_path / 'new.sqlite'}")
    client = app.test_client()
    before = [client.get(path).status_code for path in ("/sv/", "/feeds/programme.ics", "/readyz", "/healthz")]

    with app.app_context():
        schema.migrate()

    assert before == [503, 503, 503, 200]
    assert client.get("/sv/").status_code == 200
