"""The way into the online room: its window, the page before it, the click that is counted once, and who is let in."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cag_events import clock
from cag_events.db import db
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.events.services import cancel_event
from cag_events.permissions import Role
from cag_events.registrations import services as registrations
from cag_events.registrations.models import Registration
from cag_events.talks import services
from cag_events.talks.models import DialIn, JoinClick
from cag_events.talks.queries import count_clicks, dial_in_of
from tests.factories import at, csrf_token, post, sign_in
from tests.making import Make
from tests.page import page
from tests.talks.talking import ROOM, organizer, register, set_room

START = at("2026-12-03T18:00")
MINUTE = timedelta(minutes=1)
HINT = {"webinar": {"names": "alias", "chat": "moderated"}}


def webinar(make: Make, app: Flask, **values: object) -> int:
    event = make.event(
        **{
            "key": "webb",
            "kind": "webinar",
            "mode": "online",
            "ask": ["alias"],
            "closes_hours": 0,
            "details": HINT,
            **values,
        }
    )
    set_room(app, event.id)
    return int(event.id)


@pytest.fixture
def in_time() -> Iterator[None]:
    with clock.fixed(START - 10 * MINUTE):  # the room is open, and so is registration
        yield


def clicks(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(JoinClick)) or 0


def leads(client: FlaskClient, token: str, moment: datetime) -> str:
    with clock.fixed(moment):
        return client.get(f"/en/join/{token}").headers.get("Location", "")


def test_join_leads_to_the_room_at_once_where_there_is_nothing_to_read(
    make: Make, app: Flask, client: FlaskClient
) -> None:
    _own, token, _id = register(app, webinar(make, app, details={}))

    assert leads(client, token, START - 31 * MINUTE) == ""
    assert leads(client, token, START - 30 * MINUTE) == ROOM
    assert leads(client, token, START + 89 * MINUTE) == ROOM
    assert leads(client, token, START + 90 * MINUTE) == ""
    assert clicks(app) == 0


def test_join_keeps_to_the_window_of_the_event(make: Make, app: Flask, client: FlaskClient) -> None:
    details = {"webinar": {"opens_minutes": 5, "closes_minutes": 10}}
    _own, token, _id = register(app, webinar(make, app, details=details))

    assert leads(client, token, START - 6 * MINUTE) == ""
    assert leads(client, token, START - 5 * MINUTE) == ROOM
    assert leads(client, token, START + 99 * MINUTE) == ROOM


@pytest.mark.usefixtures("in_time")
def test_join_shows_what_to_know_before_the_button_and_changes_nothing(
    make: Make, app: Flask, client: FlaskClient
) -> None:
    _own, token, _id = register(app, webinar(make, app, recording="edited"))

    shown = page(client, f"/en/join/{token}")

    assert "Enter under another name if you like" in shown.main
    assert "an edited version is published" in shown.main
    assert "Read by a moderator" in shown.main
    assert ROOM not in shown.html
    assert clicks(app) == 0
    assert "form-action 'self' https:;" in shown.headers["Content-Security-Policy"]


@pytest.mark.usefixtures("in_time")
def test_enter_counts_a_registration_once_and_leads_to_the_room(make: Make, app: Flask, client: FlaskClient) -> None:
    event_id = webinar(make, app)
    _own, token, row_id = register(app, event_id)

    first, again = post(client, f"/en/join/{token}", {}), post(client, f"/en/join/{token}", {})

    assert (first.status_code, first.location, again.location) == (303, ROOM, ROOM)
    assert clicks(app) == 1
    with app.app_context():
        assert db.session.get_one(Registration, row_id).checked_in_at is None


def test_enter_leads_back_to_the_page_when_the_room_is_closed(make: Make, app: Flask, client: FlaskClient) -> None:
    _own, token, _id = register(app, webinar(make, app))

    answer = client.post(f"/en/join/{token}", data={"csrf_token": csrf_token(client)})

    assert (answer.status_code, answer.location) == (303, f"/en/join/{token}")
    assert clicks(app) == 0


@pytest.mark.usefixtures("in_time")
def test_join_is_unknown_without_a_seat(make: Make, app: Flask, client: FlaskClient) -> None:
    event_id = webinar(make, app, online_capacity=1)
    _own, seated, row_id = register(app, event_id)
    _other, waiting, _id = register(app, event_id, "Olga")

    assert client.get(f"/en/join/{seated}").status_code == 200
    assert client.get(f"/en/join/{waiting}").status_code == 404
    with app.app_context():
        registrations.withdraw(row_id)
    assert client.get(f"/en/join/{seated}").status_code == 404
    assert client.get(f"/en/join/{seated[:-1]}x").status_code == 404


@pytest.mark.usefixtures("in_time")
def test_join_hides_the_room_of_an_event_that_is_cancelled(make: Make, app: Flask, client: FlaskClient) -> None:
    _own, token, _id = register(app, webinar(make, app))
    shown = page(client, f"/en/join/{token}")
    assert len(shown.all("button", class_="button--primary")) == 1

    with app.app_context():
        event = db.session.scalars(select(Registration)).one()
        cancel(event.event_id)

    assert page(client, f"/en/join/{token}").all("button", class_="button--primary") == []


def cancel(event_id: int) -> None:
    version = db.session.get_one(Event, event_id).version
    cancel_event(event_id, {"en": "Illness"}, version=version, by=organizer())


def test_dial_in_is_sealed_and_shown_on_the_join_page_alone_while_it_is_open(
    make: Make, app: Flask, client: FlaskClient
) -> None:
    event_id = webinar(make, app)
    own, token, _id = register(app, event_id)
    with app.app_context():
        services.keep_dial_in(event_id, "+46 8 4711 4711", by=organizer())
        sealed = db.session.get_one(DialIn, event_id).number_sealed or b""
        assert dial_in_of(event_id) == "+46 8 4711 4711"

    paths = (f"/en/registrations/{own}", "/en/events/webb", f"/en/join/{token}", "/feeds/programme.ics")
    early = [path for path in paths if "4711 4711" in client.get(path).text]
    with clock.fixed(START):
        late = [path for path in paths if "4711 4711" in client.get(path).text]
        sign_in(client, Role.ADMIN)
        team = client.get("/en/organise/events/webb/room").text

    assert b"4711" not in sealed
    assert (early, late) == ([], [f"/en/join/{token}"])
    assert "4711 4711" not in team


def test_click_of_one_registration_at_two_dates_is_counted_at_each(any_app: Flask, any_make: Make) -> None:
    event = any_make.event(key="webb", mode="online", ask=["alias"], dates=["2026-12-03T18:00", "2026-12-10T18:00"])
    _own, _token, row_id = register(any_app, event.id)
    with any_app.app_context():
        parts = [one.id for one in get_record(event.id).occurrences]
        for occurrence in (parts[0], parts[0], parts[1]):
            services.click(row_id, occurrence)

        assert count_clicks(parts) == {parts[0]: 1, parts[1]: 1}


@pytest.mark.usefixtures("in_time")
def test_rooms_address_is_told_nowhere_but_by_the_join_page(make: Make, app: Flask, client: FlaskClient) -> None:
    event_id = webinar(make, app, recording="edited", title={"sv": "Zzwebb", "en": "Zzwebb"})
    own, token, _id = register(app, event_id)
    paths = (
        *("/en/", "/en/events/webb", "/sv/events/webb", "/en/events/webb/poster", "/en/search?q=zzwebb"),
        *("/feeds/programme.ics", "/feeds/programme.json", "/feeds/programme.atom", "/events/webb.ics"),
        *(f"/en/registrations/{own}", f"/en/registrations/{own}.ics", f"/en/join/{token}", "/en/calendar/2026/12"),
    )
    team = (
        *("/en/organise/today", "/en/organise/events/webb/room", "/en/organise/events/webb/history"),
        *("/en/organise/events/webb/registrations", "/en/organise/events/webb/recording"),
    )

    told = {path: client.get(path).text for path in paths}
    sign_in(client, Role.ADMIN)
    told |= {path: client.get(path).text for path in team}

    assert [path for path, text in told.items() if "zzkanarie" in text or "4711" in text] == []
    assert [path for path in ("/en/", "/feeds/programme.ics", "/events/webb.ics") if "Zzwebb" not in told[path]] == []
    client.delete_cookie("session")
    assert post(app.test_client(), f"/en/join/{token}", {}).location == ROOM
