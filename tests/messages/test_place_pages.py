"""What organizers see and press when a venue became another place: on *today*, at the venue, at each event."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events.audit.models import AuditEntry
from cag_events.db import db
from cag_events.domain.noticing import State
from cag_events.events.models import Event, Room, Venue
from cag_events.messages.models import Notice
from cag_events.messages.services.holding import send_due
from cag_events.permissions import Role
from tests.factories import make_event, post, sign_in
from tests.messages.given import edited, join, mailed, moved_to
from tests.messages.test_places import NEW, OLD, change, house
from tests.page import page as page_of
from tests.page import words


@pytest.fixture
def venue(app: Flask) -> str:
    """A venue that is another place, with two events that people come to; returns the path of its mails."""
    with app.app_context():
        row = house(key="house")
        for number in range(2):
            event = make_event(key=f"event-{number}", venue=row)
            join(event, number)
        mailed()
        change(row, name=NEW)
    return "/en/organise/venues/house/messages"


def states(app: Flask) -> list[State]:
    """Where the notices of all events are."""
    with app.app_context():
        return list(db.session.scalars(select(Notice.state).order_by(Notice.id)))


def first_notice() -> Notice:
    """The oldest notice."""
    return db.session.scalars(select(Notice).order_by(Notice.id)).first()


def test_today_names_another_place_once_and_leads_to_all_its_mails(client: FlaskClient, app: Flask, venue: str) -> None:
    sign_in(client, Role.ORGANIZER)

    today, page = client.get("/en/organise/today").text, client.get(venue).text

    assert today.count(venue) == 1
    assert "the mails of 2 events wait" in today
    changed = re.findall(r'merge__text"[^>]*><span class="language-tag">\w+</span>([^<]+)', page)
    assert changed == [*reversed(OLD.values()), *reversed(NEW.values())]
    assert [f"/en/organise/events/event-{number}/messages" in page for number in range(2)] == [True, True]


def test_the_mails_of_a_venue_belong_to_the_venues_in_the_menu(client: FlaskClient, venue: str) -> None:
    sign_in(client, Role.ORGANIZER)

    links = page_of(client, venue).all("a", class_="work-nav__link")

    assert [words(link) for link in links if link.get("aria-current")] == ["Venues"]


def test_today_names_an_event_with_its_own_change_by_itself(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        event = make_event(key="talk", starts="2026-11-25T18:00")
        join(event)
        edited(event, occurrences=moved_to(event, "2026-11-26T18:00"))
    sign_in(client, Role.ORGANIZER)

    assert "/en/organise/events/talk/messages" in client.get("/en/organise/today").text


def test_all_mails_about_a_place_are_left_out_in_one_press_with_a_reason(
    client: FlaskClient, app: Flask, venue: str
) -> None:
    sign_in(client, Role.ORGANIZER)

    refused = post(client, f"{venue}/drop", {"reason": ""}, page=venue)
    done = post(client, f"{venue}/drop", {"reason": "A spelling."}, page=venue)

    assert (refused.status_code, done.status_code) == (422, 303)
    assert states(app) == [State.DROPPED] * 2
    with app.app_context():
        assert mailed("event") == []
        assert db.session.query(AuditEntry).filter_by(what="message.undone").count() == 2


def test_leaving_out_keeps_what_an_event_has_to_tell_of_itself(client: FlaskClient, app: Flask, venue: str) -> None:
    with app.app_context():
        row = db.session.get_one(Event, first_notice().event_id)
        edited(row, occurrences=moved_to(row, "2026-12-09T18:00"))
    sign_in(client, Role.ORGANIZER)

    done = post(client, f"{venue}/drop", {"reason": "A spelling."}, page=venue)

    assert states(app) == [State.HELD, State.DROPPED]
    said = client.get(done.location).text
    assert ("still send a mail" in said, "and nobody gets a mail." in said) == (True, False)


def test_undo_puts_the_venue_back_in_one_press(client: FlaskClient, app: Flask, venue: str) -> None:
    sign_in(client, Role.ORGANIZER)

    post(client, f"{venue}/undo", {}, page=venue)
    again = post(client, f"{venue}/undo", {}, page=venue)

    assert (states(app), again.status_code) == ([State.UNDONE] * 2, 303)
    with app.app_context():
        assert db.session.scalar(select(Venue.name).where(Venue.key == "house")) == OLD


def test_all_are_sent_in_one_press(client: FlaskClient, app: Flask, venue: str) -> None:
    sign_in(client, Role.ORGANIZER)

    post(client, f"{venue}/send", {}, page=venue)

    with app.app_context():
        assert [mail.kind for mail in mailed("event")] == ["event.moved"] * 2


def test_an_editor_sees_what_waits_and_settles_nothing(client: FlaskClient, app: Flask, venue: str) -> None:
    sign_in(client, Role.EDITOR)

    page = client.get(venue)
    pressed = [post(client, f"{venue}/{what}", {"reason": "No"}, page=venue).status_code for what in ("send", "undo")]

    assert (page.status_code, "Send all now" in page.text, pressed) == (200, False, [403, 403])


@pytest.mark.parametrize(("tells", "number"), [({"tells": "y"}, 1), ({}, 0)])
def test_the_form_of_a_venue_asks_whether_people_are_told(
    client: FlaskClient, app: Flask, tells: dict[str, str], number: int
) -> None:
    with app.app_context():
        row = house(key="house")
        event = make_event(venue=row)
        join(event)
        event_id = event.id
        room = db.session.scalars(select(Room).where(Room.venue_id == row.id)).one()
        kept = {"rooms-0-id": str(room.id), "rooms-0-name": room.name, "rooms-0-capacity": str(room.capacity)}
    sign_in(client, Role.ORGANIZER)
    path = "/en/organise/venues/house"
    form = {"name-en": "New house", "tz": "Europe/Stockholm", "city": "Stockholm", "country": "SE", "do": "save"}

    shown = client.get(path).text
    saved = post(client, path, form | kept | tells, page=path)
    after = client.get(path).text

    assert (saved.status_code, re.search(r'<input[^>]*checked[^>]*name="tells"', shown) is not None) == (303, True)
    assert after.count(f"{path}/messages") == number
    with app.app_context():
        assert len(db.session.scalars(select(Notice).where(Notice.event_id == event_id)).all()) == number


def test_the_page_of_an_event_shows_the_old_and_the_new_place(client: FlaskClient, app: Flask, venue: str) -> None:
    sign_in(client, Role.ORGANIZER)

    page = client.get("/en/organise/events/event-0/messages").text

    assert [word in page for word in ("Old house", "New house", "All mails about it")] == [True] * 3
    with app.app_context():
        assert send_due(first_notice().due_at) == 2
