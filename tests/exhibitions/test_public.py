"""What everybody sees: hours on pages and lists, the tour's map, and what neither may tell."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.event import Safety, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.domain.tours import StopStatus
from cag_events.events.models import Venue
from cag_events.exhibitions.services.tours import LegFields, set_status
from cag_events.exhibitions.services.venue_hours import save_hours
from cag_events.kinds._opening import Closed, Opening, Week
from cag_events.permissions import SYSTEM, Role
from tests.exhibitions.given import make_exhibition, make_production, make_stop
from tests.factories import make_venue, post, sign_in
from tests.page import page

FOLLOWS = {"from": "2026-11-02", "to": "2026-11-29", "follows_venue": True}
ALL_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def at(hour: int, minute: int = 0, day: int = 21) -> datetime:
    """An instant by the clock in Stockholm."""
    return datetime(2026, 11, day, hour - 1, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (at(9, 59), "Öppnar i dag kl. 10.00"),
        (at(10), "Öppet nu till 18.00"),
        (at(17, 59), "Öppet nu till 18.00"),
        (at(18), "Öppnar i morgon kl. 10.00"),
    ],
)
def test_lists_say_whether_an_exhibition_is_open(app: Flask, client: FlaskClient, moment: datetime, told: str) -> None:
    with app.app_context():
        make_exhibition(key="shown")

    with clock.fixed(moment):
        for path in ("/sv/", "/sv/exhibitions"):
            assert told in page(client, path).html, path


def test_lists_say_nothing_of_hours_before_the_run_and_of_cancelled_ones(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_exhibition(date(2026, 11, 25))
        make_exhibition(status=Status.CANCELLED, cancelled_on=date(2026, 11, 3))

    with clock.fixed(at(12)):
        assert "Öppet nu" not in page(client, "/sv/").html


def test_an_exhibition_follows_the_hours_of_its_venue_at_once(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        venue = make_venue(key="house")
        own = [{"date": "2026-11-24", "start": "18:00", "end": "21:00", "name": {"sv": "Sen kväll"}}]
        make_exhibition(key="shown", venue=venue, details={**FOLLOWS, "special": own})
        week = Week(
            opening=(Opening(days=ALL_WEEK, start="07:00", end="09:30"),),
            closed=(Closed(date=date(2026, 11, 23), name={"sv": "Inventering"}), Closed(date=date(2026, 11, 24))),
        )
        save_hours(venue.id, week, by=SYSTEM)

    text = page(client, "/sv/events/shown").html

    assert "07.00–09.30" in text
    assert "Inventering" in text
    assert "18.00–21.00" in text
    with app.app_context():
        save_hours(venue.id, Week(opening=(Opening(days=ALL_WEEK, start="12:00", end="16:00"),)), by=SYSTEM)
    assert "12.00–16.00" in page(client, "/sv/events/shown").html


def test_hours_of_a_venue_are_set_on_its_page(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_venue(key="house")
    sign_in(client, Role.EDITOR)
    path = "/sv/organise/venues/house/hours"
    assert path in page(client, "/sv/organise/venues/house").html
    row = {"p-opening-0-days": ["mon", "tue"], "p-opening-0-start": "10:00", "p-opening-0-end": "09:00"}

    wrong = post(client, path, row)
    right = post(client, path, {**row, "p-opening-0-end": "17:00"})

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert "23.59" in wrong.text
    assert 'value="17:00"' in page(client, path).html


def tour(*, far: dict[str, object], stop: StopStatus = StopStatus.AGREED, with_event: bool = True) -> None:
    """A tour of two stops: one here, and one far away with an exhibition like `far`."""
    production = make_production()
    here = make_exhibition(key="here", venue=make_venue(key="here-house", city="Umeå", lat=63.82, lon=20.26))
    place = make_venue(key="far-house", name={"sv": "FJÄRRAN HUS"}, city="FJÄRRANSTAD", lat=43.24, lon=76.94)
    first = date(2027, 2, 1)
    other = make_exhibition(
        first + timedelta(days=3), 14, **{"key": "far", "title": {"sv": "FJÄRRAN"}, "venue": place, **far}
    )
    stops = [
        make_stop(production, date(2026, 10, 28), 40, venue=venue_of("here-house"), event=here.key),
        make_stop(production, first, venue=venue_of("far-house"), event=other.key if with_event else None),
    ]
    set_status(stops[0].row_id, StopStatus.AGREED, by=SYSTEM)
    if stop is not StopStatus.ASKED:
        set_status(stops[1].row_id, stop, by=SYSTEM)


def venue_of(key: str) -> Venue:
    return db.session.scalars(select(Venue).where(Venue.key == key)).one()


def test_the_page_shows_the_tour_as_a_map_and_as_a_list(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        tour(far={})

    text = page(client, "/sv/events/here").html

    assert "tour-map" in text
    assert 'href="/sv/events/far"' in text
    assert "FJÄRRANSTAD" in text
    assert "FJÄRRAN HUS" in text


@pytest.mark.parametrize(
    "far",
    [
        {"status": Status.DRAFT, "published_at": None},
        {"visibility": Visibility.PRIVATE},
        {"visibility": Visibility.UNLISTED},
        {"visibility": Visibility.MEMBERS},
        {"safety": Safety.GUARDED},
        {"status": Status.CANCELLED, "cancelled_on": date(2026, 11, 3)},
    ],
    ids=["draft", "private", "unlisted", "members", "guarded", "cancelled"],
)
def test_the_map_tells_nothing_of_a_stop_that_its_reader_may_not_know_of(
    app: Flask, client: FlaskClient, far: dict[str, object]
) -> None:
    with app.app_context():
        tour(far=far)

    text = client.get("/sv/events/here").text

    assert "FJÄRRAN" not in text.partition("related")[0]
    assert "tour-map" not in text


@pytest.mark.parametrize("status", [StopStatus.ASKED, StopStatus.RESERVED])
def test_the_map_tells_nothing_of_a_stop_that_is_not_agreed(
    app: Flask, client: FlaskClient, status: StopStatus
) -> None:
    with app.app_context():
        tour(far={"status": Status.DRAFT, "published_at": None}, stop=status, with_event=False)

    assert "FJÄRRAN" not in client.get("/sv/events/here").text


def test_the_map_tells_the_town_alone_of_a_careful_stop(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        tour(far={"safety": Safety.CAREFUL})

    text = client.get("/sv/events/here").text

    assert "FJÄRRANSTAD" in text
    assert "FJÄRRAN HUS" not in text
    assert '<svg class="tour-map"' not in text


def test_no_public_page_tells_insurance_values_notes_or_fees(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        tour(far={})

    for path in ("/sv/events/here", "/sv/exhibitions", "/sv/"):
        text = client.get(path).text
        assert not any(word in text for word in ("160000", "160 000", "HEMLIG-NOT", "3 000")), path


@pytest.mark.parametrize(
    ("role", "status"), [(None, 303), (Role.MEMBER, 403), (Role.REPORTER, 403), (Role.CHECKIN, 403), (Role.EDITOR, 200)]
)
def test_pages_of_tours_are_for_the_team(app: Flask, client: FlaskClient, role: Role | None, status: int) -> None:
    with app.app_context():
        stop = make_stop(make_production(), date(2027, 1, 4))
        row_id = stop.row_id
    if role:
        sign_in(client, role)

    for path in ("productions", "productions/mellan-sjo-och-oken", f"stops/{row_id}", f"stops/{row_id}/host-pack"):
        assert client.get(f"/sv/organise/{path}").status_code == status, path


def test_the_host_pack_has_all_that_a_host_asks(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        production = make_production(emergency_contact="Jouren", host_does={"sv": "Ser till den varje dag."})
        row_id = make_stop(production, date(2027, 1, 4), host_percent=50).row_id
    sign_in(client, Role.EDITOR)

    text = page(client, f"/sv/organise/stops/{row_id}/host-pack").html.replace("\xa0", " ")

    for word in (
        "Textilier",
        "160 000 SEK",
        "HEMLIG-NOT",
        "Jouren",
        "Ser till den varje dag.",
        "6 000 SEK",
        "3 000 SEK",
    ):
        assert word in text, word


def test_saving_a_stop_keeps_what_was_written_about_its_ways(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        home = LegFields(carrier="Frakt", days=2, note="Till förrådet.")
        stop = make_stop(
            make_production(), date(2026, 12, 1), leg=LegFields(days=2, note="Carnet i låda 1."), home=home
        )
    sign_in(client, Role.EDITOR)
    path = f"/sv/organise/stops/{stop.row_id}"
    shown = page(client, f"{path}/edit").one("form", class_="facts-form")
    typed = {e.get("name", ""): e.get("value", "") for e in shown.iter("input") if e.get("type") != "hidden"}
    for choice in shown.iter("select"):
        typed[choice.get("name", "")] = next((e.get("value", "") for e in choice if e.get("selected") is not None), "")
    assert (typed["leg_note"], typed["home_note"]) == ("Carnet i låda 1.", "Till förrådet.")

    saved = post(client, f"{path}/edit", {**typed, "crew": "Två"})
    too_long = post(client, f"{path}/edit", {**typed, "leg_carrier": "x" * 201})

    assert (saved.status_code, too_long.status_code) == (303, 422)
    for where in (path, f"{path}/host-pack"):
        assert "Carnet i låda 1." in page(client, where).main, where
