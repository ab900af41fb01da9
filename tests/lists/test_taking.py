"""Lists to take along: who may, what stands on them, why they were taken, and that the log says so."""

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from cag_events import clock
from cag_events.audit.queries import Wanted, list_entries
from cag_events.domain.event import Safety
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.permissions import Role
from tests.conftest import NOW
from tests.factories import make_venue, sign_in
from tests.lists.conftest import make_given
from tests.page import page
from tests.registrations.wishes import made, send

BASE = "/en/organise/events/the-talk"
WITH_NAMES = [
    f"{BASE}/registrations.csv",
    f"{BASE}/registrations.xlsx",
    f"{BASE}/lists/badges/print",
    f"{BASE}/lists/signs/print",
    f"{BASE}/lists/attendance/print",
]
FORMS = [f"{BASE}/lists/{name}" for name in ("registrations", "badges", "signs", "attendance")]


@pytest.fixture
def guarded(app: Flask) -> Event:
    """The same, guarded."""
    with app.app_context():
        return make_given(safety=Safety.GUARDED, venue=make_venue(visitor_list_hours=48))


def acts(app: Flask) -> list[str]:
    """What stands in the log of acts, the oldest first."""
    with app.app_context():
        return [entry.what for entry in reversed(list_entries(Wanted()))]


def dates(app: Flask, event: Event) -> list[int]:
    """The ids of an event's dates."""
    with app.app_context():
        return [one.id for one in get_record(event.id).occurrences]


def rows_of(answer: object) -> list[list[str]]:
    """The rows of a CSV answer."""
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Åsa Örn", "Чынара Үлгүбаева", "Bo Ask", "Blå Räv"]),
        ("?segment=students", ["Åsa Örn"]),
        ("?segment=-", ["Чынара Үлгүбаева", "Bo Ask", "Blå Räv"]),
        ("?status=withdrawn", []),
        ("?status=confirmed", ["Åsa Örn", "Чынара Үлгүбаева", "Bo Ask", "Blå Räv"]),
        ("?status=nonsense", ["Åsa Örn", "Чынара Үлгүбаева", "Bo Ask", "Blå Räv"]),
    ],
)
def test_registrations_are_narrowed_as_chosen(given: Event, client: FlaskClient, query: str, names: list[str]) -> None:
    sign_in(client)

    assert [row[1] for row in rows_of(client.get(f"{BASE}/registrations.csv{query}"))[1:]] == names


def test_registrations_of_one_date(given: Event, client: FlaskClient, app: Flask) -> None:
    sign_in(client)
    first, _second = dates(app, given)

    rows = rows_of(client.get(f"{BASE}/registrations.csv?occurrence={first}"))
    assert [row[1] for row in rows[1:]] == ["Åsa Örn", "Чынара Үлгүбаева"]
    assert client.get(f"{BASE}/registrations.csv?occurrence=999999").status_code == 404


def test_one_row_for_each_person_with_what_the_contact_told_in_the_contacts_row(
    given: Event, client: FlaskClient
) -> None:
    sign_in(client)
    book = load_workbook(io.BytesIO(client.get(f"{BASE}/registrations.xlsx?by=person&segment=students").data)).active
    assert book is not None
    head, *rows = [[cell.value for cell in row] for row in book.iter_rows()]
    columns = {name: number for number, name in enumerate(head)}

    assert [(row[columns["name"]] or "", row[columns["email"]] or "", row[columns["person"]]) for row in rows] == [
        ("Åsa Örn", "p1@example.org", 1),
        ("Nora Örn", "", 2),
        ("", "", 3),
    ]
    assert {row[columns["organisation"]] for row in rows} == {"Örebro folkhögskola"}
    assert {row[columns["code"]] for row in rows} == {rows[0][columns["code"]]}


def test_a_form_leads_to_what_was_chosen(given: Event, client: FlaskClient, app: Flask) -> None:
    sign_in(client)
    second = str(dates(app, given)[1])

    answer = send(
        client,
        f"{BASE}/lists/registrations",
        status="confirmed",
        segment="-",
        occurrence=second,
        by="person",
        format="csv",
    )

    assert answer.status_code == 303
    assert [row[1] for row in rows_of(client.get(answer.location))[1:]] == ["Чынара Үлгүбаева", "Bo Ask", "Blå Räv"]


@pytest.mark.parametrize("path", [*WITH_NAMES, *FORMS])
def test_lists_with_names_are_for_organizers_who_have_just_given_their_password(
    given: Event, client: FlaskClient, path: str
) -> None:
    seen = {}
    for role in (Role.ADMIN, Role.ORGANIZER, Role.EDITOR, Role.REPORTER, Role.MEMBER):
        sign_in(client, role)
        seen[role] = client.get(path).status_code
    assert list(seen.values()) == [200, 200, 403, 403, 403]

    sign_in(client, Role.ORGANIZER)
    with clock.fixed(NOW + timedelta(minutes=16)):
        assert "/account/confirm" in client.get(path).location


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        (f"{BASE}/lists", [200, 200, 200, 200, 403]),
        (f"{BASE}/lists/balance", [200, 200, 200, 200, 403]),
        (f"{BASE}/lists/kitchen", [200, 200, 403, 403, 403]),
        (f"{BASE}/lists/kitchen/print", [200, 200, 403, 403, 403]),
        (f"{BASE}/lists/kitchen.csv", [200, 200, 403, 403, 403]),
        (f"{BASE}/visitor-list", [200, 200, 403, 403, 403]),
    ],
)
def test_counts_are_for_those_who_may_see_them(given: Event, client: FlaskClient, path: str, codes: list[int]) -> None:
    seen = []
    for role in (Role.ADMIN, Role.ORGANIZER, Role.EDITOR, Role.REPORTER, Role.MEMBER):
        sign_in(client, role)
        seen.append(client.get(path).status_code)

    assert seen == codes


def test_every_list_with_names_is_logged_and_never_kept(given: Event, client: FlaskClient, app: Flask) -> None:
    sign_in(client)
    for path in WITH_NAMES:
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")

    assert acts(app) == [
        "registrations.taken",
        "registrations.taken",
        "badges.printed",
        "signs.printed",
        "attendance.printed",
    ]


def test_pages_without_names_are_not_logged(given: Event, client: FlaskClient, app: Flask) -> None:
    sign_in(client)
    for path in (f"{BASE}/lists", f"{BASE}/lists/balance", f"{BASE}/lists/kitchen", f"{BASE}/lists/kitchen.csv"):
        assert client.get(path).status_code == 200

    assert acts(app) == []


def test_reading_the_list_is_logged_once_an_hour(given: Event, client: FlaskClient, app: Flask) -> None:
    sign_in(client)
    for _ in range(3):
        assert client.get(f"{BASE}/registrations").status_code == 200
    sign_in(client, Role.REPORTER)
    assert client.get(f"{BASE}/registrations").status_code == 200

    assert acts(app) == ["registrations.read"]


@pytest.mark.parametrize("path", [*WITH_NAMES, f"{BASE}/visitor-list/print", f"{BASE}/visitor-list.csv"])
def test_a_guarded_list_is_not_given_without_a_reason(
    guarded: Event, client: FlaskClient, app: Flask, path: str
) -> None:
    sign_in(client)
    answer = client.get(path)

    assert answer.status_code == 303
    assert acts(app) == []
    assert "say first why" in client.get(answer.location).text


def test_a_guarded_list_is_given_for_a_reason_that_stands_a_quarter_of_an_hour(
    guarded: Event, client: FlaskClient, app: Flask
) -> None:
    sign_in(client)
    refused = send(client, f"{BASE}/lists/badges", sheet="8", sort="first", reason=" x ")
    assert (refused.status_code, "Say why you need the list." in refused.text) == (422, True)

    answer = send(client, f"{BASE}/lists/badges", sheet="8", sort="first", reason="Badges for Thursday")
    assert answer.status_code == 303
    assert "Badges" not in answer.location.partition("?")[2]
    assert client.get(answer.location).status_code == 200
    assert client.get(f"{BASE}/registrations.csv").status_code == 200

    with app.app_context():
        assert [(entry.what, entry.reason) for entry in list_entries(Wanted())] == [
            ("registrations.taken", "Badges for Thursday"),
            ("badges.printed", "Badges for Thursday"),
        ]
    with clock.fixed(NOW + timedelta(minutes=14)):
        sign_in(client)
        assert client.get(f"{BASE}/registrations.csv").status_code == 303  # another session: asked anew


def test_files_and_badges_of_a_guarded_event_do_not_say_what_it_is(guarded: Event, client: FlaskClient) -> None:
    sign_in(client)
    send(client, f"{BASE}/lists/badges", sheet="8", sort="first", reason="Badges for Thursday")

    assert client.get(f"{BASE}/registrations.csv").headers["Content-Disposition"] == (
        'attachment; filename="registrations.csv"'
    )
    assert "The conversation" not in page(client, f"{BASE}/lists/badges/print").main
    assert "The conversation" not in page(client, f"{BASE}/lists/kitchen/print").main


def test_an_open_event_says_what_it_is_on_files_and_badges(given: Event, client: FlaskClient) -> None:
    sign_in(client)

    assert client.get(f"{BASE}/registrations.csv").headers["Content-Disposition"] == (
        'attachment; filename="registrations-the-talk.csv"'
    )
    assert "The conversation" in page(client, f"{BASE}/lists/badges/print").main


def test_twenty_exports_an_hour_and_no_more(given: Event, client: FlaskClient, app: Flask) -> None:
    sign_in(client)
    answers = [client.get(f"{BASE}/registrations.csv").status_code for _ in range(21)]

    assert answers == [*[200] * 20, 429]
    assert len(acts(app)) == 20


@pytest.mark.parametrize("file", [("lists/kitchen.csv", 2, "diet"), ("visitor-list.csv", 1, "id_name")])
def test_no_cell_of_any_file_is_a_formula(
    given: Event, client: FlaskClient, app: Flask, file: tuple[str, int, str]
) -> None:
    path, column, answer = file
    texts = ["=cmd|' /C calc'!A0", "+1+1", "@SUM(1)", "|x", "＝1"]
    with app.app_context():
        parts = tuple(dates(app, given))
        for number, text in enumerate(texts, start=20):
            made(given, number, name=f"P {number}", occurrences=parts, answers={answer: text})
    sign_in(client)

    cells = {row[column] for row in rows_of(client.get(f"{BASE}/{path}"))}
    assert {f"'{text}" for text in texts} <= cells
    assert not cells & set(texts)
