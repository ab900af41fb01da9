"""What stands on badges, signs, sheets, the kitchen's page, the balance and the venue's list."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from cag_events import clock
from cag_events.audit.queries import events_with
from cag_events.db import db, transaction
from cag_events.domain.event import Safety
from cag_events.domain.kitchen import Counted
from cag_events.events import records
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.lists.queries import count_parts, kitchen_of, list_seated
from cag_events.permissions import Role
from tests.factories import make_event, make_venue, post, sign_in
from tests.lists.conftest import make_given
from tests.page import Page, page, words
from tests.registrations.wishes import made, send

BASE = "/en/organise/events/the-talk"


def labels(shown: Page) -> list[str]:
    """The words of each badge; blank ones are empty."""
    return [words(one).replace("The conversation", "").strip() for one in shown.all("li", class_="label")]


def test_badges_have_first_names_apart_and_an_alias_whole(given: Event, client: FlaskClient) -> None:
    sign_in(client)
    shown = page(client, f"{BASE}/lists/badges/print?sort=first&front=1")

    large = [words(one) for one in shown.all("span", class_="label__large")]
    assert large == ["Åsa", "Blå Räv", "Bo", "Nora", "Чынара", "Folke"]
    assert len(shown.all("li", class_="label--blank")) == 1  # who comes with Åsa and has no name yet
    assert shown.html.count("p1@example.org") == 0


def test_badges_leave_gone_labels_out_and_end_with_blank_ones(given: Event, client: FlaskClient) -> None:
    sign_in(client)
    shown = page(client, f"{BASE}/lists/badges/print?sheet=10&skip=4&blank=3&lines=1")

    sheets = shown.all("ul", class_="labels--10")
    assert [len([one for one in sheet if one.tag.endswith("li")]) for sheet in sheets] == [10, 3]
    assert labels(shown)[:4] == ["", "", "", ""]
    assert labels(shown)[-3:] == ["blank", "blank", "blank"]


def test_the_organisation_stands_on_badges_when_it_is_asked_for(given: Event, client: FlaskClient) -> None:
    sign_in(client)

    assert "Örebro folkhögskola" in page(client, f"{BASE}/lists/badges/print?organisation=1").main
    # who has no name yet is told apart by it, others are not
    assert page(client, f"{BASE}/lists/badges/print").main.count("Örebro folkhögskola") == 1


def test_signs_are_of_those_who_were_chosen(given: Event, client: FlaskClient, app: Flask) -> None:
    sign_in(client)
    with app.app_context():
        code = next(one.key for one in list_seated(given.id) if one.name == "Nora Örn")
    form = page(client, f"{BASE}/lists/signs")
    assert [one.get("value") for one in form.all("input", name="who") if one.get("checked") is not None] == [
        "p:speaker"
    ]

    answer = send(client, f"{BASE}/lists/signs", who=["p:speaker", code])
    shown = page(client, answer.location)
    assert [one.get("aria-label", "").strip() for one in shown.all("section", class_="sign")] == [
        "Folke Ledare",
        "Nora Örn",
    ]


def test_the_attendance_sheet_has_a_page_for_each_date(given: Event, client: FlaskClient) -> None:
    sign_in(client)
    shown = page(client, f"{BASE}/lists/attendance/print?sort=last&blank=2")

    names = [
        [words(one) for one in table.iter() if one.tag.endswith("th") and one.get("scope") == "row"]
        for table in shown.all("table", class_="attendance-list")
    ]
    assert names == [
        ["Åsa Örn", "with Åsa Örn", "Nora Örn", "Чынара Үлгүбаева"],
        ["Bo Ask", "Blå Räv", "Чынара Үлгүбаева"],
    ]


def test_the_kitchen_gets_counts_by_date_and_no_names(any_ctx: Flask) -> None:
    event = make_given()

    first, second = kitchen_of(get_record(event.id))
    assert (first.people, first.parties, second.people, second.parties) == (4, 2, 3, 3)
    assert first.diets == (Counted("vegan", 1), Counted("Vegan, … vegan", 1))
    assert [(one.text.casefold(), one.number) for one in second.diets] == [("vegan", 2)]
    assert first.needs == (Counted("Teckentolk", 2),)


def test_the_kitchen_of_a_guarded_event_gets_words_without_numbers_or_dates(any_ctx: Flask) -> None:
    event = make_given(safety=Safety.GUARDED)

    (day,) = kitchen_of(get_record(event.id))
    assert day.occurrence_id is None
    assert {one.number for one in (*day.diets, *day.needs)} == {0}
    assert [one.text.casefold() for one in day.diets] == ["vegan", "vegan, … vegan"]


def test_the_kitchens_pages_hold_no_name_and_no_address(given: Event, client: FlaskClient) -> None:
    sign_in(client)
    for path in ("lists/kitchen", "lists/kitchen/print", "lists/kitchen.csv"):
        text = client.get(f"{BASE}/{path}").text
        assert "egan" in text
        for secret in ("Åsa", "Örn", "Чынара", "p1@example.org", "Örebro"):
            assert secret not in text


def test_the_balance_counts_people_by_segment_and_slot(any_ctx: Flask) -> None:
    event = make_given(capacity=4)
    made(event, 9, name="Late", party=1, occurrences=(get_record(event.id).occurrences[0].id,), segment="students")

    parts = {slot.occurrence: part for slot, part in count_parts(event.id).items()}
    first, second = (parts[one.id] for one in get_record(event.id).occurrences)
    assert (dict(first.seated), dict(first.waiting)) == ({"students": 3, "": 1}, {"students": 1})
    assert (dict(second.seated), dict(second.waiting)) == ({"": 3}, {})


def test_the_balance_says_what_is_kept_for_whom(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_given()
        with transaction():
            db.session.execute(
                update(Event).where(Event.id == event.id).values(pools=[{"segment": "students", "seats": 5}])
            )
            records.refresh([event.id])
    sign_in(client, Role.REPORTER)
    shown = page(client, f"{BASE}/lists/balance")

    first = shown.all("table")[0]
    rows = [
        [words(cell) for cell in row if not cell.tag.endswith("}svg")][:5]
        for row in first.iter()
        if row.tag.endswith("tr")
    ]
    assert rows[1] == ["Students", "3", "0", "5", "2"]
    assert "Åsa" not in shown.html


def due(hours: int) -> datetime:
    """So many hours before the first start."""
    return datetime.fromisoformat("2026-12-03T18:00").replace(tzinfo=ZoneInfo("Europe/Stockholm")) - timedelta(
        hours=hours
    )


def test_every_event_at_a_venue_that_checks_names_has_a_visitor_list(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event_id = make_given(venue=make_venue(visitor_list_hours=48)).id
        make_event(key="without")
    with clock.fixed(due(49)):
        sign_in(client)
        assert "/the-talk/visitor-list" in client.get("/en/organise/today").text
        shown = page(client, f"{BASE}/visitor-list/print")
        post(client, f"{BASE}/visitor-list/handed", {}, f"{BASE}/visitor-list")
        assert "/the-talk/visitor-list" not in client.get("/en/organise/today").text
        said = page(client, f"{BASE}/visitor-list").main
    names = [words(row[1]) for row in shown.all("tr")[1:]]
    assert sorted(names) == sorted(
        ["no name given", "no name given", "no name given", "no name given", "Nora Örn", "Ч Ү"]
    )
    assert "The venue has the list" in said
    assert "Handed the visitor list over to the venue" in said
    assert client.get("/en/organise/events/without/visitor-list").status_code == 404
    with app.app_context():
        assert events_with("visitors.handed", [event_id]) == {event_id}


@pytest.mark.parametrize(("hours", "is_asked"), [(48 + 73, False), (48 + 71, True), (1, True), (-1, False)])
def test_the_visitor_list_is_asked_for_from_three_days_before_the_venue_needs_it(
    app: Flask, client: FlaskClient, hours: int, is_asked: bool
) -> None:
    with app.app_context():
        make_given(venue=make_venue(visitor_list_hours=48))
    with clock.fixed(due(hours)):
        sign_in(client)
        assert ("/the-talk/visitor-list" in client.get("/en/organise/today").text) is is_asked
