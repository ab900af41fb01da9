"""The organizer's list: narrowing, sorting, pages, and a number of statements that does not grow with its rows."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as listening

from cag_events.db import db
from cag_events.domain.event import Visibility
from cag_events.domain.lifecycle import Status
from cag_events.permissions import Role
from tests.factories import make_contact, make_event, make_segment, make_theme, make_venue, sign_in

LIST = "/sv/organise/events"


def titles(client: FlaskClient, query: str = "") -> list[str]:
    html = client.get(LIST + query).text
    return re.findall(r'<th scope="row">\s*<a [^>]*>(.*?)</a>', html, re.DOTALL)


def statements(app: Flask, client: FlaskClient, path: str) -> int:
    """How many statements a page takes, once its words are known."""
    client.get(path)
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    listening.listen(engine, "before_cursor_execute", count)
    try:
        assert client.get(path).status_code == 200
    finally:
        listening.remove(engine, "before_cursor_execute", count)
    return len(seen)


def test_list_shows_what_comes_drafts_and_private_ones_too(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    with app.app_context():
        make_event(title={"sv": "Andra"}, starts="2026-12-05T18:00", visibility=Visibility.PRIVATE)
        make_event(title={"sv": "Första"}, starts="2026-12-04T18:00", status=Status.DRAFT)
        make_event(title={"sv": "Förbi"}, starts="2026-10-01T18:00")

    assert titles(client) == ["Första", "Andra"]
    assert titles(client, "?when=past") == ["Förbi"]
    assert titles(client, "?when=all&sort=-date") == ["Andra", "Första", "Förbi"]


def test_list_narrows_by_status_kind_theme_and_words(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    with app.app_context():
        area = make_theme("environment")
        make_event(title={"sv": "Utkast"}, status=Status.DRAFT)
        make_event(title={"sv": "Hearing"}, kind="hearing")
        make_event(title={"sv": "Vattnet"}, themes=[make_theme("water", parent=area)])

    assert titles(client, "?status=draft") == ["Utkast"]
    assert titles(client, "?kind=hearing") == ["Hearing"]
    assert titles(client, "?theme=environment") == ["Vattnet"]
    assert titles(client, "?q=vattn") == ["Vattnet"]


@pytest.mark.parametrize("query", ["?status=x&kind=y&theme=z&sort=w&when=v&page=abc", "?page=9999", "?q=%25%27%22"])
def test_list_takes_what_it_does_not_know_for_nothing(app: Flask, client: FlaskClient, query: str) -> None:
    sign_in(client)
    with app.app_context():
        make_event()

    assert client.get(LIST + query).status_code == 200


def test_list_goes_on_over_pages(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    with app.app_context():
        venue, theme = make_venue(), make_theme()
        for number in range(27):
            make_event(title={"sv": f"Nr {number}"}, venue=venue, themes=[theme])

    assert (len(titles(client)), len(titles(client, "?page=2"))) == (25, 2)


def test_list_says_how_to_begin_where_there_is_nothing(client: FlaskClient) -> None:
    sign_in(client)

    assert 'class="empty"' in client.get(LIST).text


@pytest.mark.parametrize(
    "path",
    [
        LIST,
        "/sv/organise/venues",
        "/sv/organise/themes",
        "/sv/organise/campaigns",
        "/sv/organise/contacts",
        "/sv/organise/partners",
        "/sv/organise/segments",
    ],
)
def test_list_takes_as_many_statements_for_three_rows_as_for_one(app: Flask, client: FlaskClient, path: str) -> None:
    sign_in(client)
    with app.app_context():
        make_event(people=[(make_contact(), "speaker")], segments=[make_segment("a")], themes=[make_theme("t1")])
    one = statements(app, client, path)
    with app.app_context():
        for number in (2, 3):
            make_event(
                people=[(make_contact(), "speaker")],
                segments=[make_segment(f"a{number}")],
                themes=[make_theme(f"t{number}")],
            )

    assert statements(app, client, path) == one


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.ADMIN, [200, 200, 200, 200, 200, 200, 200]),
        (Role.ORGANIZER, [200, 200, 200, 200, 200, 200, 200]),
        (Role.EDITOR, [200, 200, 403, 403, 403, 403, 403]),
        (Role.REPORTER, [403] * 7),
        (Role.MEMBER, [403] * 7),
    ],
)
def test_lists_are_open_to_those_who_may(client: FlaskClient, role: Role, seen: list[int]) -> None:
    sign_in(client, role)
    pages = ("events", "venues", "themes", "campaigns", "contacts", "partners", "segments")

    assert [client.get(f"/sv/organise/{page}").status_code for page in pages] == seen
