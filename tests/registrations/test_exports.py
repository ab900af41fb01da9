"""The exported list: its columns, and cells that a spreadsheet must not run."""

import csv
import io

import pytest
from flask import Flask
from openpyxl import load_workbook

from cag_events.permissions import Role
from cag_events.web.sheets import harmless
from tests.factories import make_event, make_segment, sign_in
from tests.registrations.wishes import Apart, made, of

HOSTILE = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "|x", "＝1", "＋1", "－1", "＠a", "｜b"]
COLUMNS = [
    "code",
    "name",
    "email",
    "segment",
    "party",
    "mode",
    "status",
    "registered_at",
    "checked_in_at",
    "organisation",
    "first_time",
    "consent_contact",
]


@pytest.fixture
def event(app: Flask):
    app.test_client_class = Apart
    with app.app_context():
        yield make_event(ask=["org", "first_time", "needs", "diet"], capacity=100)


def test_harmless_puts_an_apostrophe_before_what_could_be_a_formula():
    for cell in [*HOSTILE, " =1", "\u200b=1", "\u00a0@x", "\t=1", "\r1", "\nx", "\tx"]:
        assert harmless(cell).startswith("'")
    assert [harmless(cell) for cell in ("Åsa", "1-2", "a=b", "", "Анна")] == ["Åsa", "1-2", "a=b", "", "Анна"]
    assert harmless("a\r\nb\u2028c") == "a  b c"


def test_csv_opens_again_with_every_cell_as_text(event, client):
    make_segment("students")
    names = [*HOSTILE, "Åsa Örn", "Чынара Үлгүбаева", "rad\nbrytning", 'citat " tecken; semikolon']
    for number, name in enumerate(names):
        made(event, number, name=name, segment="students", answers={"organisation": "=1+1", "needs": "hemligt"})
    sign_in(client, Role.ORGANIZER)

    answer = client.get(f"/sv/organise/events/{event.key}/registrations.csv")

    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert rows[0] == COLUMNS
    assert [row[1] for row in rows[1:]] == [
        *(f"'{name}" for name in HOSTILE),
        "Åsa Örn",
        "Чынара Үлгүбаева",
        "rad brytning",
        'citat " tecken; semikolon',
    ]
    assert {row[9] for row in rows[1:]} == {"'=1+1"}
    assert b"hemligt" not in answer.data
    assert rows[1][3:9] == ["students", "1", "onsite", "confirmed", "2026-11-21T09:00:00Z", ""]


def test_xlsx_opens_again_with_no_formula_and_no_link(event, client):
    for number, name in enumerate([*HOSTILE, "https://example.org", "Åsa", "Нурай", "00123"]):
        made(event, number, name=name)
    sign_in(client, Role.ORGANIZER)

    answer = client.get(f"/sv/organise/events/{event.key}/registrations.xlsx")

    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert [cell.value for cell in sheet[1]] == COLUMNS
    names = [sheet.cell(row, 2) for row in range(2, sheet.max_row + 1)]
    assert [cell.value for cell in names] == [*HOSTILE, "https://example.org", "Åsa", "Нурай", "00123"]
    assert {cell.data_type for cell in names} == {"s"}
    assert [cell.hyperlink for cell in names if cell.hyperlink] == []
    assert sheet.cell(2, 5).value == 1


def test_export_is_for_organizers_who_have_just_given_their_password(event, client, app):
    registered = made(event)
    url = f"/sv/organise/events/{event.key}/registrations.csv"
    answers = {}
    for role in (Role.ADMIN, Role.EDITOR, Role.REPORTER, Role.MEMBER):
        sign_in(client, role)
        answers[role] = client.get(url).status_code
    client.delete_cookie("session", domain="localhost")

    assert answers == {Role.ADMIN: 200, Role.EDITOR: 403, Role.REPORTER: 403, Role.MEMBER: 403}
    assert client.get(url).status_code == 303
    assert of(registered).code not in client.get(url).text


def test_export_asks_for_the_password_again_after_fifteen_minutes(event, client):
    from datetime import timedelta

    from cag_events import clock

    sign_in(client, Role.ORGANIZER)

    with clock.fixed(clock.now() + timedelta(minutes=16)):
        answer = client.get(f"/sv/organise/events/{event.key}/registrations.csv")

    assert answer.status_code == 303
    assert "/account/confirm" in answer.location
