"""The page and the feed of a visitor's own programme, and the mails about it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events import clock
from cag_events.conferences import mail
from cag_events.conferences.calendars import own_calendar
from cag_events.conferences.queries import SERVED
from cag_events.conferences.services import choose, end_feed, make_feed, publish_programme
from cag_events.db import db, transaction
from cag_events.events.models import Event, Room
from cag_events.outbox.models import Fact, Message
from cag_events.permissions import SYSTEM
from cag_events.registrations.models import Registration
from cag_events.registrations.services import withdraw
from cag_events.registrations.services.links import make_link
from tests.calendars import read_icalendar, read_strictly, read_vobject
from tests.conferences.stage import TALK, come, edit, make_conference, standing
from tests.factories import at, make_organisation, make_venue, post
from tests.golden import check


def link(registration_id: int) -> str:
    """The address of one's own programme."""
    with transaction():
        return f"/en/registrations/{make_link(registration_id)}/programme"


def feed(registration_id: int, moment: Any = None) -> dict[str, dict[str, str]]:
    """Somebody's own feed as it stands: the properties of each entry by summary."""
    registration = db.session.get_one(Registration, registration_id, populate_existing=True)
    text = own_calendar(registration, moment or clock.now()).decode().replace("\r\n ", "")
    found = {}
    for block in text.split("BEGIN:VEVENT\r\n")[1:]:
        lines = [line.partition(":") for line in block.partition("END:VEVENT")[0].splitlines()]
        entry = {name.partition(";")[0]: value for name, _, value in lines}
        found[entry["SUMMARY"]] = entry
    return found


def test_page_offers_the_items_of_ones_days_with_their_seats(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_conference()
        path = link(come(event, days=1))
        choose(come(event, "other", party=2), ["radio"])

    text = client.get(path).text

    assert re.findall(r'name="item" value="([^"]+)"', text) == ["opening", "talk", "game", "radio"]
    assert "2 seats left" in text
    assert "Full: you can wait for a seat" in text


def test_page_saves_what_was_ticked(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        registration = come(make_conference())
        path = link(registration)

    answer = post(client, path, {"item": ["talk", "radio"]})

    assert answer.status_code == 303
    with app.app_context():
        assert standing(registration) == {"talk": "confirmed", "radio": "confirmed"}
    assert len(re.findall(r'value="(?:talk|radio)" checked', client.get(path).text)) == 2


def test_page_refuses_a_clash_by_name_and_keeps_the_ticks(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        registration = come(make_conference())
        path = link(registration)

    answer = post(client, path, {"item": ["talk", "game"]})

    assert answer.status_code == 422
    assert "“Punkt game” and “Punkt talk” are at the same time. Choose one of them." in answer.text
    assert len(re.findall(r'value="(?:talk|game)" checked', answer.text)) == 2
    with app.app_context():
        assert standing(registration) == {}


def test_page_tells_words_alone_on_a_careful_event(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        path = link(come(make_conference(safety="careful")))

    text = client.get(path).text

    assert "Few seats left" in text
    assert "2 seats left" not in text


def test_page_is_not_there_for_other_kinds_and_strangers(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        guarded = link(come(make_conference(safety="guarded", capacity=1), "seat"))
        waiting = make_conference(safety="guarded", capacity=1)
        come(waiting, "first")
        path = link(come(waiting, "second"))

    assert {"conference"} == SERVED
    assert client.get("/en/registrations/" + "A" * 43 + "/programme").status_code == 404
    assert client.get(guarded).status_code == 200
    assert client.get(path).status_code == 404


def test_feed_holds_the_days_and_an_entry_for_each_chosen_item(app_ctx: Flask) -> None:
    make_organisation()
    event = make_conference(key="days", title={"sv": "Dagar", "en": "Days"})
    registration = come(event)
    choose(registration, ["talk", "closing"])

    found = feed(registration)

    assert set(found) == {"Days", "Item talk", "Item closing"}
    assert found["Item talk"]["DTSTART"] == "20261205T103000"
    assert "Stora salen" in found["Item talk"]["LOCATION"]
    assert "Ada Testsson" in found["Item talk"]["DESCRIPTION"]
    assert found["Item talk"]["RELATED-TO"] != found["Item closing"]["RELATED-TO"]


def test_feed_calls_off_what_was_left_cancelled_or_taken_out_by_the_same_uid(app_ctx: Flask) -> None:
    event = make_conference()
    registration = come(event)
    choose(registration, ["talk", "radio", "closing"])
    before = feed(registration)

    choose(registration, ["radio", "closing"])
    edit(event, radio={"cancelled": True}, closing=None)
    publish_programme(event, {}, seen=1, by=SYSTEM)
    after = feed(registration)

    for name, now in (
        ("Item talk", "Taken out of my programme"),
        ("Item radio", "Item radio"),
        ("Item closing", "No longer in the programme"),
    ):
        assert after[now]["UID"] == before[name]["UID"]
        assert after[now]["STATUS"] == "CANCELLED"
        assert int(after[now]["SEQUENCE"]) > int(before[name]["SEQUENCE"])


def test_feed_moves_an_item_with_a_higher_sequence_when_it_is_published(app_ctx: Flask) -> None:
    event = make_conference()
    registration = come(event)
    choose(registration, ["talk", "radio"])
    before = feed(registration)
    edit(
        event,
        talk={"start": "11:00", "end": "12:00", "room": "cave"},
        game={"room": "hall", "start": "10:30", "end": "11:00"},
    )

    with clock.fixed(clock.now() + timedelta(hours=1)):
        assert feed(registration)["Item talk"] == before["Item talk"]
        publish_programme(event, {}, seen=1, by=SYSTEM)
        after = feed(registration)

    assert after["Item talk"]["DTSTART"] == "20261205T110000"
    assert int(after["Item talk"]["SEQUENCE"]) == int(before["Item talk"]["SEQUENCE"]) + 1
    assert after["Item talk"]["LAST-MODIFIED"] > before["Item talk"]["LAST-MODIFIED"]
    assert after["Item radio"]["SEQUENCE"] == before["Item radio"]["SEQUENCE"]


def test_feed_calls_everything_off_when_the_registration_is_withdrawn(app_ctx: Flask) -> None:
    registration = come(make_conference())
    choose(registration, ["talk"])

    withdraw(registration)

    assert {entry["STATUS"] for entry in feed(registration).values()} == {"CANCELLED"}


def test_feed_of_a_guarded_conference_tells_its_dates_alone(app_ctx: Flask) -> None:
    registration = come(make_conference(safety="guarded", title={"sv": "Hemligt", "en": "Secret"}))
    choose(registration, ["talk"])

    row = db.session.get_one(Registration, registration)
    text = own_calendar(row, clock.now()).decode().replace("\r\n ", "")

    assert text.count("BEGIN:VEVENT") == 2
    assert "The details are on your page." in text
    for secret in ("Secret", "talk", "Ada", "Stora salen", "Provgatan"):
        assert secret not in text


def test_feed_tells_the_address_of_a_careful_conference_only_once_it_is_released(app_ctx: Flask) -> None:
    registration = come(make_conference(safety="careful"))
    choose(registration, ["talk"])

    early, late = feed(registration), feed(registration, at("2026-12-05T09:00"))

    assert "Provgatan" not in str(early)
    assert "Provgatan" in late["Item talk"]["LOCATION"]
    assert int(late["Item talk"]["SEQUENCE"]) > int(early["Item talk"]["SEQUENCE"])


def test_feed_address_answers_as_calendars_expect(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        registration = come(make_conference())
        token = make_feed(registration)

    first = client.get(f"/feeds/own/{token}.ics")
    again = client.get(f"/feeds/own/{token}.ics", headers={"If-None-Match": first.headers["ETag"]})

    assert first.status_code == 200
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["X-Robots-Tag"] == "noindex"
    assert "Access-Control-Allow-Origin" not in first.headers
    assert "Set-Cookie" not in first.headers
    assert token not in first.text
    assert again.status_code == 304
    assert client.post(f"/feeds/own/{token}.ics").status_code == 405
    assert client.get("/feeds/own/" + "A" * 43 + ".ics").status_code == 404


def test_feed_address_ends_when_it_is_replaced_or_ended(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        registration = come(make_conference())
        first, second = make_feed(registration), make_feed(registration)

    assert client.get(f"/feeds/own/{first}.ics").status_code == 410
    assert client.get(f"/feeds/own/{second}.ics").status_code == 200
    with app.app_context():
        end_feed(registration)
    assert client.get(f"/feeds/own/{second}.ics").status_code == 410


def test_feed_address_is_shown_once(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        path = link(come(make_conference()))

    post(client, f"{path}/feed", {"action": "make"}, page=path)

    assert "/feeds/own/" in client.get(path).text
    assert "/feeds/own/" not in client.get(path).text


def test_feed_is_as_its_golden_copy_and_others_read_it(app_ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    make_organisation()
    uids = iter(f"00000000-0000-4000-8000-{number:012}" for number in range(1000))
    monkeypatch.setattr("uuid.uuid4", lambda: next(uids))
    rooms = [Room(key="hall", name="Stora salen", capacity=100), Room(key="cave", name="Grottan", capacity=30)]
    venue = make_venue(key="house", name={"sv": "Huset", "en": "The House"}, rooms=rooms)
    event = make_conference(key="days", title={"sv": "Dagar", "en": "Days"}, venue=venue)
    registration = come(event)
    choose(registration, ["talk", "radio", "closing"])
    edit(event, talk={"note": {"en": "Speaks in place of Bo."}}, radio={"cancelled": True})
    publish_programme(event, {}, seen=1, by=SYSTEM)

    body = own_calendar(db.session.get_one(Registration, registration), clock.now())

    check("kind_conference_own.ics", body)
    read_strictly(body)
    assert read_vobject(body) == read_icalendar(body)


def test_mail_tells_those_who_chose_a_moved_item_before_and_after(app_ctx: Flask) -> None:
    event = make_conference(TALK, key="days", title={"sv": "Dagar", "en": "Days"})
    mine, other = come(event, "mine"), come(event, "other")
    choose(mine, ["talk"])
    edit(event, talk={"start": "11:00", "end": "12:00"})
    publish_programme(event, {}, seen=1, by=SYSTEM)

    told = deliver("conference.items_changed")

    assert [(one.to, one.subject) for one in told] == [
        ("mine@example.org", "The programme has changed: Days, Sat 5 Dec 10:00")
    ]
    assert "10:30–11:30" in told[0].text
    assert "11:00–12:00" in told[0].text
    assert "/programme" in told[0].text
    assert other


def test_mail_of_a_guarded_conference_says_nothing_of_what_changed(app_ctx: Flask) -> None:
    make_organisation()
    event = make_conference(TALK, safety="guarded", title={"sv": "Hemligt", "en": "Secret"})
    mine = come(event, "mine")
    choose(mine, ["talk"])
    edit(event, talk={"start": "11:00", "end": "12:00"})
    publish_programme(event, {}, seen=1, by=SYSTEM)

    (told,) = deliver("conference.items_changed")

    assert told.subject == "Your registration with TH"
    for secret in ("Secret", "talk", "11:00–12:00", "Ada"):
        assert secret not in told.text + told.html


def test_mail_tells_who_gets_a_seat_from_the_waiting_list(app_ctx: Flask) -> None:
    event = make_conference(title={"sv": "Dagar", "en": "Days"})
    first = come(event, "first", party=2)
    choose(first, ["game"])
    choose(come(event, "second"), ["game"])
    choose(first, [])

    (told,) = deliver("conference.item_promoted")

    assert told.to == "second@example.org"
    assert "Item game" in told.text


def deliver(kind: str) -> list[Message]:
    """Do what the worker does about programmes; returns the mails of a kind."""
    known = db.session.scalar(select(Event.id).limit(1))
    assert known is not None
    done: set[int] = set()
    while facts := [
        fact
        for fact in db.session.scalars(select(Fact).where(Fact.name.startswith("conference.")).order_by(Fact.id))
        if fact.id not in done
    ]:
        for fact in facts:
            done.add(fact.id)
            name, values = fact.name.partition(".")[2], dict(fact.facts)
            with transaction():
                getattr(mail, name)(**values)
    return list(db.session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))
