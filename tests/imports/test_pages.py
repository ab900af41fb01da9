"""The import pages: bring, look, take, undo; without scripts."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.events.models import Event
from cag_events.imports.fetching import loopback_allowed
from cag_events.imports.models import CalendarImport
from cag_events.permissions import Role
from tests.conftest import NOW
from tests.factories import hidden_fields, post, sign_in
from tests.imports.given import calendar, entry
from tests.imports.server import Reply, server
from tests.making import Make
from tests.page import page

IMPORT = "/en/organise/import"
TWO = calendar(entry(), entry("CLASS:PRIVATE", uid="two", title="Board <b>meeting</b>"))


@pytest.fixture
def make(app: Flask) -> Make:
    return Make(app)


@pytest.fixture
def editor(client: FlaskClient, make: Make) -> FlaskClient:
    sign_in(client, Role.EDITOR)
    return client


def brought(client: FlaskClient, octets: bytes | None = TWO, name: str = "evenings.ics", **typed: str) -> str:
    """Bring a file or an address; returns where the answer leads, or the page of a refusal."""
    fields = hidden_fields(client.get(IMPORT).text)
    values = {**fields, "kind": "", "theme": "", "url": "", **typed}
    if octets is not None:
        values["file"] = (BytesIO(octets), name)
    answer = client.post(IMPORT, data=values, content_type="multipart/form-data")
    if answer.status_code == 422:
        return str(answer.text)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def keys_of(html: str) -> dict[str, bool]:
    """The tick boxes of a preview: key → whether it is ticked."""
    found = re.findall(r'name="chosen" value="(\w+)"( checked)?', html)
    return {key: bool(checked) for key, checked in found}


def titles(app: Flask) -> list[dict[str, str]]:
    with app.app_context():
        return [dict(title) for title in db.session.scalars(select(Event.title).order_by(Event.id))]


def test_preview_shows_what_would_be_done_and_writes_nothing(app: Flask, editor: FlaskClient) -> None:
    address = brought(editor)

    html = editor.get(address).text

    assert list(keys_of(html).values()) == [True, False]
    assert "Board &lt;b&gt;" not in html  # of a title nothing but its text is taken
    assert "Board meeting" in html
    assert "It is marked as private there." in html
    assert titles(app) == []


def test_take_makes_what_is_ticked_and_reports(app: Flask, editor: FlaskClient) -> None:
    address = brought(editor)
    first, _second = keys_of(editor.get(address).text)

    answer = post(editor, address, {"chosen": [first]}, page=address)

    assert answer.status_code == 303
    report = editor.get(answer.location).text
    assert titles(app) == [{"en": "Open evening"}]
    assert "/en/organise/events/open-evening/edit" in report
    assert "Draft made" in report
    again = brought(editor)
    assert list(keys_of(editor.get(again).text).values()) == [False]


def test_take_asks_for_at_least_one(editor: FlaskClient) -> None:
    address = brought(editor)

    answer = post(editor, address, {}, page=address)

    assert answer.status_code == 422
    assert "Choose at least one entry." in answer.text


def test_undo_deletes_the_drafts(app: Flask, editor: FlaskClient) -> None:
    address = brought(editor)
    post(editor, address, {"chosen": list(keys_of(editor.get(address).text))}, page=address)
    assert len(titles(app)) == 2

    report = f"{address}/report"
    answer = post(editor, f"{address}/undo", {}, page=report)

    assert answer.status_code == 303
    assert titles(app) == []
    html = editor.get(report).text
    assert "2 drafts are deleted." in html
    assert "open-evening" not in html  # what is gone is no link


def test_all_entries_of_a_long_file_are_taken_at_once_or_page_by_page(app: Flask, editor: FlaskClient) -> None:
    octets = calendar(*(entry(uid=f"n{n}", title=f"Evening {n}") for n in range(60)))
    address = brought(editor, octets)

    first, second = editor.get(address).text, editor.get(f"{address}?page=2").text
    assert (len(keys_of(first)), len(keys_of(second))) == (50, 10)
    assert "Import 60 entries of all pages" in first
    post(editor, address, {"do": "all"}, page=address)

    assert len(titles(app)) == 60


def test_defaults_can_be_chosen_again(app: Flask, editor: FlaskClient) -> None:
    address = brought(editor)

    answer = post(editor, f"{address}/defaults", {"kind": "workshop", "theme": ""}, page=address)
    html = editor.get(answer.location).text
    post(editor, address, {"chosen": [next(iter(keys_of(html)))]}, page=address)

    with app.app_context():
        assert db.session.scalars(select(Event.kind)).all() == ["workshop"]


def test_default_that_is_not_offered_is_said_at_its_field(app: Flask, editor: FlaskClient) -> None:
    address = brought(editor)

    answer = post(editor, f"{address}/defaults", {"kind": "no-kind", "theme": ""}, page=address)

    assert answer.status_code == 422
    assert 'id="kind-error"' in answer.text
    assert "no-kind" not in editor.get(address).text


def test_address_is_fetched_and_not_kept(app: Flask, editor: FlaskClient) -> None:
    with server() as served, loopback_allowed():
        served.replies["/secret-token/a.ics"] = Reply(TWO)
        address = brought(editor, None, url=f"{served.address}/secret-token/a.ics")

    assert len(keys_of(editor.get(address).text)) == 2
    with app.app_context():
        row = db.session.scalars(select(CalendarImport)).one()
        assert row.source == "127.0.0.1"
        assert "secret-token" not in str(vars(row))


@pytest.mark.parametrize(
    ("octets", "typed", "message"),
    [
        (None, {}, "Choose a file, or give an address."),
        (b"", {}, "The file is empty."),
        (b"\x89PNG", {}, "This is no calendar."),
        (None, {"url": "http://127.0.0.1/"}, "lies inside a private network"),
        (None, {"url": "file:///etc/passwd"}, "Give the address of a calendar"),
    ],
)
def test_bring_says_at_the_field_what_is_wrong(
    octets: bytes | None, typed: dict[str, str], message: str, editor: FlaskClient
) -> None:
    html = brought(editor, octets, **typed)

    assert message in html
    assert 'aria-invalid="true"' in html


def test_nobody_else_sees_an_import(app: Flask, editor: FlaskClient) -> None:
    address = brought(editor)
    other = app.test_client()
    sign_in(other, Role.ORGANIZER)

    assert editor.get(address).status_code == 200
    assert other.get(address).status_code == 404
    assert other.get(f"{address}/report").status_code == 404


def test_preview_says_so_when_the_day_is_over(client: FlaskClient, make: Make) -> None:
    account = make.account(Role.EDITOR)
    sign_in(client, account)
    address = brought(client)

    with clock.fixed(NOW + timedelta(hours=25)):
        sign_in(client, account)
        html = client.get(address).text

    assert "The file is kept for a day only." in html
    assert "Open evening" not in html


def test_hostile_texts_stay_texts(editor: FlaskClient) -> None:
    hostile = entry(
        "DESCRIPTION:<script>alert(1)</script><img src=x onerror=alert(2)>",
        'LOCATION:"><svg onload=alert(3)>',
        title="<script>alert(4)</script>{{ 7*7 }}%(x)s\u202e",
    )
    html = editor.get(brought(editor, calendar(hostile))).text

    assert "<script>alert" not in html
    assert "<svg onload" not in html
    assert "\u202e" not in html
    assert "{{ 7*7 }}%(x)s" in html


def test_pages_are_whole(editor: FlaskClient) -> None:
    address = brought(editor)
    post(editor, address, {"chosen": list(keys_of(editor.get(address).text))}, page=address)

    for path in (IMPORT, address, f"{address}/report"):
        page(editor, path)


def test_csrf_is_asked_for(editor: FlaskClient) -> None:
    address = brought(editor)

    assert editor.post(address, data={"chosen": ["x"]}).status_code == 400
