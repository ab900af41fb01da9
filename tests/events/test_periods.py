"""Periods to mind: a page of their own, a calendar file, programme files; for organizers alone."""

import io
from datetime import date

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events.db import db
from cag_events.events.models import Period
from cag_events.exchange.files import Source
from cag_events.exchange.services import export, load
from cag_events.permissions import Role
from tests.factories import csrf_token, make_segment, post, sign_in
from tests.page import page

LIST = "/en/organise/periods"


def rows(app: Flask) -> list[tuple[str, date, date]]:
    with app.app_context():
        found = db.session.scalars(select(Period).order_by(Period.id))
        return [(row.name["en"], row.first_on, row.last_on) for row in found]


def test_period_is_added_changed_and_deleted(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_segment("students")
    sign_in(client, Role.ORGANIZER)
    typed = {
        "name-en": "Exam weeks",
        "kind": "exam",
        "first_on": "2027-01-04",
        "last_on": "2027-01-08",
        "city": "Uppsala",
        "country": "SE",
        "segments": "students",
    }

    assert post(client, f"{LIST}/new", typed).status_code == 303
    assert rows(app) == [("Exam weeks", date(2027, 1, 4), date(2027, 1, 8))]
    shown = page(client, LIST)
    address = shown.links()["Exam weeks"]
    assert "Uppsala, Sweden" in shown.main
    assert "Group students" in shown.main

    assert post(client, address, {**typed, "last_on": "2027-01-03"}).status_code == 422
    assert post(client, address, {**typed, "last_on": "2027-01-09"}).status_code == 303
    assert rows(app) == [("Exam weeks", date(2027, 1, 4), date(2027, 1, 9))]

    assert client.post(f"{address}/delete", data={"csrf_token": csrf_token(client, address)}).status_code == 303
    assert rows(app) == []


def test_periods_are_for_those_who_publish(client: FlaskClient) -> None:
    sign_in(client, Role.EDITOR)

    assert [client.get(path).status_code for path in (LIST, f"{LIST}/new", f"{LIST}/import")] == [403, 403, 403]


def test_period_that_is_unknown_is_not_found(client: FlaskClient) -> None:
    sign_in(client, Role.ORGANIZER)

    assert client.get(f"{LIST}/nothing").status_code == 404


def take(client: FlaskClient, octets: bytes) -> int:
    values = {
        "csrf_token": csrf_token(client, f"{LIST}/import"),
        "kind": "school_break",
        "city": "Göteborg",
        "country": "SE",
        "file": (io.BytesIO(octets), "school.ics"),
    }
    return client.post(f"{LIST}/import", data=values, content_type="multipart/form-data").status_code


def test_what_is_no_calendar_is_refused(app: Flask, client: FlaskClient) -> None:
    sign_in(client, Role.ORGANIZER)

    assert [take(client, b""), take(client, b"\x00\xff no calendar")] == [422, 422]
    assert rows(app) == []


def test_what_is_no_calendar_is_called_so_and_not_empty(client: FlaskClient) -> None:
    sign_in(client, Role.ORGANIZER)
    values = {
        "csrf_token": csrf_token(client, f"{LIST}/import"),
        "kind": "school_break",
        "country": "SE",
        "file": (io.BytesIO(b"no calendar"), "school.ics"),
    }

    answer = client.post(f"{LIST}/import", data=values, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "This is no calendar file." in answer.text
    assert "no days to come" not in answer.text


def test_periods_are_in_programme_files(any_ctx: Flask) -> None:
    given = {
        "key": "exams",
        "name": {"en": "Exams"},
        "kind": "exam",
        "first": date(2027, 1, 4),
        "last": date(2027, 1, 8),
        "city": "Uppsala",
    }

    load([Source("periods.toml", {"periods": [given]})])

    assert export()["periods"] == [given]
