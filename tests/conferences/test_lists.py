"""What is taken along and printed: the programme, the lists of its items, door signs, letters of invitation."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from cag_events import clock
from cag_events.conferences.models import LetterWish
from cag_events.conferences.services import ask_for_letter, choose
from cag_events.db import db
from cag_events.permissions import Role
from cag_events.registrations.models import Registration
from tests.conferences.stage import GAME, LUNCH, SUNDAYS, TALK, come, make_conference
from tests.factories import make_contact, post, sign_in
from tests.page import page, words

DAYS = "/en/organise/events/days"
GAMES = f"{DAYS}/programme/game"
LISTS = (f"{GAMES}/print", f"{GAMES}.csv", f"{GAMES}.xlsx")


def sheet(octets: bytes) -> list[tuple[Any, ...]]:
    """The rows of a workbook's one sheet."""
    return [tuple(row) for row in load_workbook(io.BytesIO(octets)).active.iter_rows(values_only=True)]


def table(text: str) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def game_with_three(**values: Any) -> None:
    """A conference whose game has two people with a seat and one who waits; a talk that somebody else chose."""
    event = make_conference(key="days", **values)
    choose(come(event, "anna", party=2), ["game"])
    choose(come(event, "bo"), ["game"])
    choose(come(event, "cecilia"), ["talk"])


def test_programme_is_the_same_in_both_kinds_of_file(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        game_with_three()
    sign_in(client, Role.EDITOR)

    head, *cells = sheet(client.get(f"{DAYS}/programme.xlsx").data)
    rows = table(client.get(f"{DAYS}/programme.csv").text)

    assert [[str(cell) for cell in row] for row in cells] == [list(row.values()) for row in rows]
    assert list(head) == list(rows[0])
    game = dict(zip(head, cells[2], strict=True))
    assert (game["key"], game["day"], game["start"], game["room"]) == ("game", "2026-12-05", "10:30", "Grottan")
    assert (game["seats"], game["signed_up"], game["waiting"]) == (2, 2, 1)


def test_programme_to_take_along_names_those_alone_who_may_be_named(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        people = [
            (make_contact("ada", name="Ada Testsson", named=True), "speaker"),
            (make_contact("eve", name="Eve Hemlig", named=False), "speaker"),
        ]
        make_conference({**TALK, "who": ["ada", "eve"]}, key="days", people=people)
    sign_in(client, Role.EDITOR)

    (row,) = table(client.get(f"{DAYS}/programme.csv").text)
    (_head, cells) = sheet(client.get(f"{DAYS}/programme.xlsx").data)

    assert row["people"] == "Ada Testsson"
    assert "Eve Hemlig" not in cells


def test_programme_is_not_there_for_those_without_a_workspace(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        game_with_three()
    sign_in(client, Role.MEMBER)

    assert [client.get(f"{DAYS}/programme.{kind}").status_code for kind in ("csv", "xlsx")] == [403, 403]


@pytest.mark.parametrize("safety", ["open", "careful", "guarded"])
def test_list_of_an_item_names_who_comes_and_who_waits_in_all_three_forms(
    app: Flask, client: FlaskClient, safety: str
) -> None:
    with app.app_context():
        game_with_three(safety=safety)
    sign_in(client, Role.ORGANIZER)
    printed, text, book = (client.get(address) for address in LISTS)

    assert [(row["name"], row["people"], row["status"]) for row in table(text.text)] == [
        ("Anna", "2", ""),
        ("Bo", "1", "waiting"),
    ]
    assert [(row[1], row[3], row[4]) for row in sheet(book.data)[1:]] == [("Anna", 2, ""), ("Bo", 1, "waiting")]
    assert [name in printed.text for name in ("Anna", "Bo", "Cecilia")] == [True, True, False]
    assert {answer.headers["Cache-Control"] for answer in (printed, text, book)} == {"no-store"}


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REPORTER, Role.CHECKIN, Role.MEMBER])
def test_list_of_an_item_is_refused_to_those_who_may_take_no_names_along(
    app: Flask, client: FlaskClient, role: Role
) -> None:
    with app.app_context():
        game_with_three()
    sign_in(client, role)

    for address in (GAMES, *LISTS):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "Anna" not in answer.text


def test_list_of_an_item_asks_for_the_password_again(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        game_with_three()
    sign_in(client, Role.ORGANIZER)

    with clock.fixed(clock.now() + timedelta(minutes=16)):
        answers = [client.get(address) for address in LISTS]

    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert {answer.location.partition("?")[0] for answer in answers} == {"/en/account/confirm"}


def test_list_of_an_item_that_is_not_in_the_programme_is_not_found(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        game_with_three()
    sign_in(client, Role.ORGANIZER)

    assert client.get(f"{DAYS}/programme/nothing.csv").status_code == 404


def test_doors_have_a_sign_for_each_room_and_day(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        people = [
            (make_contact("ada", name="Ada Testsson", named=True), "speaker"),
            (make_contact("eve", name="Eve Hemlig", named=False), "speaker"),
        ]
        talk = {**TALK, "who": ["ada", "eve"]}
        event = make_conference(talk, {**GAME, "cancelled": True}, LUNCH, SUNDAYS, key="days", people=people)
        choose(come(event, "anna"), ["talk"])
    sign_in(client, Role.EDITOR)

    shown = page(client, f"{DAYS}/programme/doors")
    signs = shown.all("section", class_="door")
    told = [words(sign) for sign in signs]

    assert [words(room) for room in shown.all("h2", class_="door__room")] == ["Stora salen", "Grottan", "Stora salen"]
    assert "10:30–11:30 Item talkAda Testsson" in told[0]
    assert "Item game Cancelled" in told[1]
    assert "Item closing" in told[2]
    assert "Hemlig" not in shown.html
    assert "Anna" not in shown.html


def test_letter_keeps_nothing_of_what_is_typed(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_conference(key="days", travel_support=True)
        registration = come(event, "anna")
        ask_for_letter(registration, wants=True)
        code = db.session.get_one(Registration, registration).code
    sign_in(client, Role.ORGANIZER)
    before = rows_of_all_tables(app)

    shown = page(client, f"{DAYS}/letters/{code}")
    client.get(f"{DAYS}/letters/{code}?letter-passport=P123&letter-born=1990-01-01")

    fields = [field for tag in ("input", "textarea", "select") for field in shown.all(tag)]
    assert len(fields) == 7
    assert [field.get("name") for field in fields if field.get("name")] == []
    assert shown.all("form") == []
    assert "Anna" in [field.get("value") for field in fields]
    assert client.post(f"{DAYS}/letters/{code}/print", data={"letter-passport": "P123"}).status_code == 404
    assert rows_of_all_tables(app) == before


def test_letters_list_who_asked_and_note_what_was_sent(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_conference(key="days", travel_support=True)
        registration = come(event, "anna")
        come(event, "cecilia")
        ask_for_letter(registration, wants=True)
        code = db.session.get_one(Registration, registration).code
    sign_in(client, Role.ORGANIZER)
    listed = client.get(f"{DAYS}/letters").text

    answer = post(client, f"{DAYS}/letters/{code}", {"sent": "yes"}, page=f"{DAYS}/letters")

    assert ("Anna" in listed, "Cecilia" in listed) == (True, False)
    assert answer.status_code == 303
    with app.app_context():
        assert db.session.scalars(select(LetterWish.sent_at)).one() is not None


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REPORTER, Role.CHECKIN, Role.MEMBER])
def test_letters_are_refused_to_those_who_see_no_names(app: Flask, client: FlaskClient, role: Role) -> None:
    with app.app_context():
        event = make_conference(key="days", travel_support=True)
        registration = come(event, "anna")
        ask_for_letter(registration, wants=True)
        code = db.session.get_one(Registration, registration).code
    sign_in(client, role)

    for address in (f"{DAYS}/letters", f"{DAYS}/letters/{code}"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "Anna" not in answer.text


def test_letters_are_not_there_where_no_travel_support_is_offered(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_conference(key="days")
    sign_in(client, Role.ORGANIZER)

    assert client.get(f"{DAYS}/letters").status_code == 404


def rows_of_all_tables(app: Flask) -> dict[str, list[Any]]:
    """All that the database holds, but for when somebody was last seen and what was counted of requests."""
    with app.app_context():
        return {
            name: sorted(map(repr, db.session.execute(select(known)).all()))
            for name, known in db.metadata.tables.items()
        }
