"""The programme as a month."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from cag_events.domain.event import Safety, Visibility
from tests.making import Make
from tests.page import Page, page, statements, words


def day(shown: Page, iso: str) -> list[str]:
    """The entries of a day of the table."""
    cell = next(e for e in shown.all("td", class_="month-day") if e.find(f".//time[@datetime='{iso}']") is not None)
    return [words(e) for e in cell.iter("a")]


def test_month_puts_each_event_on_its_day(make: Make, client: FlaskClient) -> None:
    make.event(title={"sv": "Brunnar"}, starts="2026-11-25T18:00")
    make.event(title={"sv": "Serie"}, dates=["2026-11-04T17:30", "2026-11-18T17:30"])

    shown = page(client, "/sv/calendar/2026/11")

    assert shown.heading == "November 2026"
    assert day(shown, "2026-11-25") == ["18.00 Brunnar"]
    assert day(shown, "2026-11-04") == ["17.30 Serie"]
    assert day(shown, "2026-11-18") == ["17.30 Serie"]
    assert day(shown, "2026-11-05") == []


def test_month_begins_on_monday_and_counts_weeks(client: FlaskClient) -> None:
    shown = page(client, "/en/calendar/2027/01")

    first = shown.all("th", class_="month__week")[1]
    assert words(first) == "Week 53"
    assert shown.all("td", class_="month-day")[0].find(".//time").get("datetime") == "2026-12-28"
    assert [words(e) for e in shown.one("table", class_="month").iter("th")][1:4] == ["Monday", "Tuesday", "Wednesday"]


def test_month_draws_an_exhibition_as_a_bar_from_its_first_day_to_its_last(make: Make, client: FlaskClient) -> None:
    make.event(title={"sv": "Tavlor"}, kind="exhibition", dates=[], run=(date(2026, 11, 25), date(2026, 12, 3)))

    shown = page(client, "/sv/calendar/2026/11")
    bars = [e for row in shown.all("tr", class_="month-bars") for e in row.iter("a")]
    listed = shown.one("ul", class_="running")

    assert [(words(e), e.get("class")) for e in bars] == [
        ("Tavlor", "month-bar theme--gen month-bar--starts"),
        ("Tavlor", "month-bar theme--gen month-bar--ends"),
    ]
    assert words(listed) == "Tavlor onsdag 25 november till torsdag 3 december 2026"
    assert [e.get("colspan") for row in shown.all("tr", class_="month-bars") for e in row.iter("td")] == [
        None,
        "2",
        "5",
        None,
        "4",
        "3",
    ]


def test_month_shows_three_a_day_and_where_the_rest_is(make: Make, client: FlaskClient) -> None:
    for hour in range(10, 15):
        make.event(title={"sv": f"Kl {hour}"}, starts=f"2026-11-25T{hour}:00", minutes=30)

    shown = page(client, "/sv/calendar/2026/11")

    assert day(shown, "2026-11-25") == ["10.00 Kl 10", "11.00 Kl 11", "12.00 Kl 12", "2 till"]
    assert shown.links()["2 till"] == "/sv/?from=2026-11-25&to=2026-11-25"
    agenda = next(e for e in shown.all("li", class_="agenda__day"))
    assert len(list(agenda.iter("a"))) == 5


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("/sv/calendar/2026/12", "/sv/calendar/2026/11", "/sv/calendar/2027/01"),
        ("/sv/calendar/2027/01", "/sv/calendar/2026/12", "/sv/calendar/2027/02"),
        ("/sv/calendar/1990/01", None, "/sv/calendar/1990/02"),
        ("/sv/calendar/2199/12", "/sv/calendar/2199/11", None),
    ],
)
def test_month_leads_to_those_beside_it(client: FlaskClient, path: str, before: str | None, after: str | None) -> None:
    links = page(client, path).links()

    assert links.get("Föregående månad") == before
    assert links.get("Nästa månad") == after


@pytest.mark.parametrize(
    "path",
    [
        *("0001/01", "9999/12", "1989/12", "2200/01", "2026/00", "2026/13", "2026/1", "26/11", "x/y"),
        *("٢٠٢٦/11", "-026/11"),
    ],
)
def test_month_that_we_do_not_show_is_unknown(client: FlaskClient, path: str) -> None:
    page(client, f"/sv/calendar/{path}", 404)


def test_month_keeps_the_filters_and_drops_the_days(make: Make, client: FlaskClient) -> None:
    make.event(title={"sv": "På nätet"}, mode="online", starts="2026-11-25T18:00")
    make.event(title={"sv": "På plats"}, starts="2026-11-26T18:00")

    shown = page(client, "/sv/calendar/2026/11?mode=online&from=2026-12-01")

    assert day(shown, "2026-11-25") == ["18.00 På nätet"]
    assert day(shown, "2026-11-26") == []
    assert shown.links()["Nästa månad"] == "/sv/calendar/2026/12?mode=online"
    assert shown.links()["Lista"] == "/sv/?mode=online"


def test_month_uses_the_day_of_the_events_own_zone(make: Make, client: FlaskClient) -> None:
    osh = make.venue(city="Osj", country="KG", tz="Asia/Bishkek")
    make.event(title={"sv": "Frukost"}, venue=osh, starts="2026-11-25T02:00")

    assert day(page(client, "/sv/calendar/2026/11"), "2026-11-25") == ["02.00 Frukost"]


@pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.MEMBERS, Visibility.PRIVATE])
def test_month_knows_only_public_events(make: Make, client: FlaskClient, visibility: Visibility) -> None:
    make.event(starts="2026-11-25T18:00", visibility=visibility)

    assert day(page(client, "/sv/calendar/2026/11"), "2026-11-25") == []


def test_month_names_a_guarded_event_by_its_kind(make: Make, client: FlaskClient) -> None:
    make.event(starts="2026-11-25T18:00", safety=Safety.GUARDED, title={"sv": "Hemligt"})

    assert day(page(client, "/en/calendar/2026/11"), "2026-11-25") == ["18:00 Lecture"]


def test_month_takes_the_same_few_statements_for_one_event_and_for_three(make: Make, client: FlaskClient) -> None:
    make.event(starts="2026-11-25T18:00")
    one = statements(client, "/sv/calendar/2026/11")
    make.event(starts="2026-11-25T19:00")
    make.event(starts="2026-11-26T18:00")

    assert (one, statements(client, "/sv/calendar/2026/11")) == (1, 1)


def test_empty_month_is_no_page_for_robots(client: FlaskClient) -> None:
    assert page(client, "/sv/calendar/2027/07").one("meta", name="robots").get("content") == "noindex"


def test_calendar_leads_to_this_month(client: FlaskClient) -> None:
    assert client.get("/en/calendar/").headers["Location"] == "/en/calendar/2026/11"
