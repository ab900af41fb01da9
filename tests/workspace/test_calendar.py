"""The organisers' calendar: month, week, day, list."""

import json
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cag_events.db import db, transaction
from cag_events.domain.event import Visibility
from cag_events.domain.lifecycle import Status
from cag_events.events.models import Period
from cag_events.permissions import Role
from cag_events.workspace import calendar_views
from tests.factories import sign_in
from tests.making import Make
from tests.page import Page, page, statements, words
from tools import joined

CALENDAR = "/sv/organise/calendar"


def day(shown: Page, iso: str) -> list[str]:
    """The entries of a day of the month, without the link that makes a new one."""
    cell = next(e for e in shown.all("td", class_="month-day") if e.find(f".//time[@datetime='{iso}']") is not None)
    return [words(e) for e in cell.iter("a") if e.get("aria-label") is None]


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.ADMIN, 200), (Role.ORGANIZER, 200), (Role.EDITOR, 200), (Role.REPORTER, 403), (Role.MEMBER, 403)],
)
def test_calendar_is_for_those_who_see_every_event(client: FlaskClient, role: Role, status: int) -> None:
    sign_in(client, role)

    page(client, CALENDAR, status)


def test_month_shows_drafts_private_events_status_and_seats(make: Make, client: FlaskClient) -> None:
    make.event(title={"sv": "Utkast"}, starts="2026-11-25T10:00", status=Status.DRAFT, capacity=20)
    make.event(title={"sv": "Hemlig"}, starts="2026-11-25T12:00", visibility=Visibility.PRIVATE, capacity=5)
    sign_in(client)

    assert day(page(client, CALENDAR), "2026-11-25") == [
        "10.00 Utkast Utkast platser 0/20",
        "Flytta: Utkast",
        "12.00 Hemlig platser 0/5",
        "Flytta: Hemlig",
    ]


def test_each_day_makes_an_event_on_it(client: FlaskClient) -> None:
    sign_in(client)

    shown = page(client, CALENDAR)
    new = next(e for e in shown.all("a") if e.get("aria-label") == "Nytt evenemang onsdag 25 november 2026")

    assert new.get("href") == "/sv/organise/events/new?day=2026-11-25"
    page(client, new.get("href") or "")


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("", "November 2026"),
        ("view=week&date=2026-11-25", "Vecka 48, 23–29 nov 2026"),
        ("view=week&date=2026-12-31", "Vecka 53, 28 dec 2026 – 3 jan 2027"),
        ("view=day&date=2026-11-25", "Ons 25 nov 2026"),
        ("view=list&date=2026-11-25", "25 nov 2026 – 23 jan 2027"),
        ("view=nonsense&date=nonsense", "November 2026"),
        ("date=0001-01-01", "November 2026"),
        ("date=9999-12-31", "November 2026"),
    ],
)
def test_calendar_shows_what_the_address_asks_for(client: FlaskClient, query: str, heading: str) -> None:
    sign_in(client)

    assert page(client, f"{CALENDAR}?{query}").heading == heading


@pytest.mark.parametrize(
    ("query", "before", "after"),
    [
        ("view=month&date=2026-12-31", "date=2026-11-01", "date=2027-01-01"),
        ("view=week&date=2026-12-31", "date=2026-12-24", "date=2027-01-07"),
        ("view=day&date=2026-12-31", "date=2026-12-30", "date=2027-01-01"),
    ],
)
def test_arrows_lead_to_the_periods_beside(client: FlaskClient, query: str, before: str, after: str) -> None:
    sign_in(client)

    keys = {e.get("data-key"): e.get("href", "") for e in page(client, f"{CALENDAR}?{query}").all("a")}

    assert before in keys["←"]
    assert after in keys["→"]


def test_week_puts_an_event_into_its_hour(make: Make, client: FlaskClient) -> None:
    make.event(key="e", title={"sv": "Brunnar"}, starts="2026-11-25T18:30", capacity=20)
    make.event(title={"sv": "Tidig"}, starts="2026-11-26T06:00", capacity=20)
    sign_in(client)

    shown = page(client, f"{CALENDAR}?view=week&date=2026-11-25")
    rows = {
        words(next(row.iter("th"))): row
        for row in shown.one("table", class_="week").iter("tr")
        if row.find("th") is not None
    }
    at_six = next(row for hour, row in rows.items() if hour == "18.00")

    assert [words(e) for e in at_six.iter("a")] == ["18.30 Brunnar platser 0/20", "Flytta: Brunnar"]
    assert [e.get("href") for e in at_six.iter("a")][1] == "/sv/organise/calendar/move?event=e&occurrence=1"
    assert "06.00" in rows


def test_list_says_the_same_as_the_table(make: Make, client: FlaskClient) -> None:
    me = sign_in(client)
    make.event(key="e", title={"sv": "Brunnar"}, starts="2026-11-25T18:30", capacity=20, lead_id=me.id)

    row = page(client, f"{CALENDAR}?view=list&date=2026-11-25").one("tbody").find("tr")

    assert row is not None
    assert [words(cell) for cell in row][2:] == ["Publicerat", "0/20 Anmälningar: Brunnar", me.name, "Flytta: Brunnar"]
    assert words(row[0]) == "onsdag 25 november 2026 klockan 18.30 till 20.00"
    assert words(row[1]).startswith("Brunnar ")


def test_list_has_a_line_for_each_date_in_order_of_time(make: Make, client: FlaskClient) -> None:
    sign_in(client)
    mondays = ["2026-11-23T18:00", "2026-11-30T18:00", "2026-12-07T18:00"]
    make.event(key="e", title={"sv": "Cirkel"}, dates=mondays)
    make.event(title={"sv": "Film"}, starts="2026-11-27T18:00")
    make.event(title={"sv": "Tavlor"}, kind="exhibition", dates=[], run=(date(2026, 11, 2), date(2026, 12, 8)))

    shown = page(client, f"{CALENDAR}?view=list&date=2026-11-25&layer=drafts&layer=runs")
    rows = [[words(cell) for cell in row] for row in shown.one("tbody").iter("tr")]
    moves = [e.get("href", "") for e in shown.one("tbody").iter("a") if "occurrence" in e.get("href", "")]

    assert [(row[0].split(" klockan")[0], row[1].split()[0]) for row in rows] == [
        ("måndag 2 november till tisdag 8 december 2026", "Tavlor"),
        ("fredag 27 november 2026", "Film"),
        ("måndag 30 november 2026", "Cirkel"),
        ("måndag 7 december 2026", "Cirkel"),
    ]
    assert len({href for href in moves if "event=e&" in href}) == 2
    assert "Tavlor" not in page(client, shown.links()["Utställningar"]).main


def test_list_has_holidays_breaks_and_campaigns_between_the_events(make: Make, client: FlaskClient) -> None:
    sign_in(client)
    make.event(title={"sv": "Lucia"}, starts="2026-12-25T18:00", venue=make.venue(name={"sv": "Huset"}))
    make.campaign("drops", name={"sv": "Droppar"}, starts_on=date(2026, 12, 27), ends_on=date(2027, 2, 1))
    make.campaign("gone", name={"sv": "Förbi"}, starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 23))
    address = f"{CALENDAR}?view=list&date=2026-12-24"

    def rows(layers: str) -> list[str]:
        return [words(row.find("th")) for row in page(client, address + layers).one("tbody").iter("tr")]  # type: ignore[arg-type]

    assert rows("&layer=holidays&layer=campaigns")[:5] == [
        "Jullov i skolorna, vanligen Skollov",
        "Julafton Helgdag",
        "Juldagen Helgdag",
        "Lucia Föreläsning Stockholm · Huset",
        "Annandag jul Helgdag",
    ]
    assert [row for row in rows("&layer=campaigns") if "Kampanj" in row] == ["Droppar Kampanj"]
    assert rows("&layer=drafts") == ["Lucia Föreläsning Stockholm · Huset"]


@pytest.mark.parametrize("view", ["month", "week", "day"])
def test_days_on_a_phone_have_what_takes_up_whole_days_too(make: Make, client: FlaskClient, view: str) -> None:
    sign_in(client)
    make.event(title={"sv": "Tavlor"}, kind="exhibition", dates=[], run=(date(2026, 11, 2), date(2026, 11, 28)))
    make.event(title={"sv": "Brunnar"}, starts="2026-11-02T18:00")

    shown = page(client, f"{CALENDAR}?view={view}&date=2026-11-02")
    days = {e.get("id"): [words(one) for one in e.iter("a")] for e in shown.all("li", class_="agenda__day")}

    assert days["day-2026-11-02"] == [
        "Tavlor 2–28 nov 2026",
        "Flytta: Tavlor",
        "18.00 Brunnar platser 0/50",
        "Flytta: Brunnar",
    ]
    if view == "month":
        assert days["day-2026-10-31"] == ["Alla helgons dag Helgdag"]


def test_week_says_why_it_has_no_second_clock_where_clocks_change(client: FlaskClient) -> None:
    sign_in(client)
    note = "Clocks change during these days, so the hours at the side are those of Stockholm alone."

    shown = {
        day: note in page(client, f"/en/organise/calendar?view=week&also=Asia/Bishkek&date={day}").main
        for day in ("2027-03-17", "2027-03-25", "2027-03-31")
    }

    assert shown == {"2027-03-17": False, "2027-03-25": True, "2027-03-31": False}


def test_headings_keep_the_capitals_of_months_in_english(client: FlaskClient) -> None:
    sign_in(client)

    assert page(client, "/en/organise/calendar?view=list&date=2026-11-25").heading == "25 Nov 2026 – 23 Jan 2027"
    assert page(client, "/en/organise/calendar?view=week&date=2026-11-25").heading == "Week 48, 23–29 Nov 2026"


def test_page_brings_the_entries_that_its_script_begins_with_unless_they_are_many(
    make: Make, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client)
    make.event(key="e", title={"sv": "Brunnar"}, starts="2026-11-25T18:30")
    address = f"{CALENDAR}?view=week&date=2026-11-25"

    tables = page(client, address).one("div", class_="planner__tables")
    fetched = client.get(tables.get("data-entries") or "").get_json()["entries"]
    monkeypatch.setattr(calendar_views, "MOST_BROUGHT", 0)
    many = page(client, address).one("div", class_="planner__tables")

    assert json.loads(tables.get("data-first") or "") == fetched
    assert [one["title"] for one in fetched] == ["Brunnar"]
    assert many.get("data-first") == ""


def test_periods_stand_in_the_order_in_which_they_begin(app: Flask, client: FlaskClient) -> None:
    days = {"Long": (date(2026, 12, 7), date(2026, 12, 20)), "Short": (date(2026, 12, 10), date(2026, 12, 10))}
    with app.app_context(), transaction():
        for name, (first, last) in days.items():
            db.session.add(Period(key=name.lower(), name={"en": name}, kind="exam", first_on=first, last_on=last))
    sign_in(client)

    shown = page(client, "/en/organise/periods")

    assert [words(e) for e in shown.all("a") if words(e) in days] == ["Long", "Short"]


def test_joined_style_sheets_are_as_their_parts() -> None:
    assert joined.stale() == []


@pytest.mark.parametrize("below", ["overlays", "move?event=e&occurrence=1"])
def test_pages_below_the_calendar_belong_to_it(make: Make, client: FlaskClient, below: str) -> None:
    make.event(key="e", starts="2026-11-25T18:30")
    sign_in(client)

    shown = page(client, f"{CALENDAR}/{below}")

    assert {words(e) for e in shown.all("a", class_="work-nav__link") if e.get("aria-current")} == {"Kalender"}


def test_layers_are_links_that_hide_and_show(make: Make, client: FlaskClient) -> None:
    make.event(title={"sv": "Utkast ett"}, starts="2026-11-25T10:00", status=Status.DRAFT)
    make.event(title={"sv": "Tavlor"}, kind="exhibition", dates=[], run=(date(2026, 11, 2), date(2026, 11, 8)))
    make.campaign("drops", name={"sv": "Droppar"})
    sign_in(client)

    usual = page(client, CALENDAR)
    without_holidays = page(client, usual.links()["Helgdagar och lov"])
    without_drafts = page(client, without_holidays.links()["Utkast"])
    without_all = page(client, without_drafts.links()["Utställningar"])
    with_campaigns = page(client, usual.links()["Kampanjer"]) if "layer" in usual.links()["Kampanjer"] else usual

    assert "Alla helgons dag" in {words(e) for e in usual.all("a", class_="month-bar")}
    assert day(usual, "2026-11-25") != []
    assert day(without_drafts, "2026-11-25") == []
    assert [words(e) for e in without_drafts.all("a", class_="month-bar")] == ["Tavlor"]
    assert without_all.all("a", class_="month-bar") == []
    assert "Droppar" not in usual.main
    chips = [e.get("href", "") for e in usual.all("a", class_="chip") if words(e) == "Kampanjer"]
    assert "Droppar" in page(client, chips[0]).main
    assert with_campaigns.heading == usual.heading


@pytest.mark.parametrize("view", ["month", "week", "day", "list"])
def test_calendar_takes_the_same_statements_for_one_event_and_for_three(
    make: Make, client: FlaskClient, view: str
) -> None:
    sign_in(client)
    make.event(starts="2026-11-25T18:00")
    one = statements(client, f"{CALENDAR}?view={view}&date=2026-11-25")
    make.event(starts="2026-11-25T19:00")
    make.event(starts="2026-11-25T20:00")

    assert statements(client, f"{CALENDAR}?view={view}&date=2026-11-25") == one


@pytest.mark.parametrize("view", ["month", "week", "day", "list"])
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_calendar_stands_in_an_empty_installation(client: FlaskClient, lang: str, view: str) -> None:
    sign_in(client)

    assert page(client, f"/{lang}/organise/calendar?view={view}").tree.get("lang") == lang


def test_new_event_from_the_calendar_has_its_day_filled_in(client: FlaskClient) -> None:
    sign_in(client)

    shown = page(client, "/sv/organise/events/new?day=2026-11-25")

    days = [e.get("value") for e in shown.all("input", type="date") if "occurrences" in (e.get("name") or "")]

    assert days[0] == "2026-11-25"
    page(client, "/sv/organise/events/new?day=nonsense")
    page(client, "/sv/organise/events/new?day=9999-12-31")
