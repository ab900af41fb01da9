"""A venue that becomes another place is told like a move: held, seen, undone or left out for all events at once."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.event import listen, remove

from cag_events import clock
from cag_events.db import db
from cag_events.domain.event import Mode, Safety
from cag_events.domain.lifecycle import Status
from cag_events.domain.noticing import HOLD, State
from cag_events.events.models import Room, Venue, VenueChange
from cag_events.events.services import publish_event, withdraw_event
from cag_events.events.services.venues import KEPT, RoomFields, VenueFields, save_venue, sweep_places
from cag_events.messages.models import Notice
from cag_events.messages.queries.places import held_at
from cag_events.messages.services.holding import send_due, undo
from cag_events.permissions import SYSTEM
from cag_events.registrations.models import CalendarSent
from tests.conftest import NOW
from tests.factories import make_event, make_venue
from tests.messages.given import edited, event_now, join, mailed, make_house, moved_to, notices, the_notice

OLD, NEW = {"sv": "Gamla huset", "en": "Old house"}, {"sv": "Nya huset", "en": "New house"}


def house(**values) -> Venue:
    """A venue with a street and a room."""
    return make_venue(name=OLD, street="Provgatan 1", postcode="111 11", city="Stockholm", **values)


def change(venue: Venue, *, tells: bool = True, room: str = "", **values) -> None:
    """Save a venue with other values; `room`: the new name of its first room."""
    row = db.session.get_one(Venue, venue.id, populate_existing=True)
    rooms = list(db.session.scalars(select(Room).where(Room.venue_id == venue.id).order_by(Room.position)))
    names = [room or rooms[0].name, *(one.name for one in rooms[1:])] if rooms else []
    kept = {name: getattr(row, name) for name in VenueFields.__dataclass_fields__ if name != "rooms"}
    fields = VenueFields(
        **(kept | values), rooms=tuple(RoomFields(id=one.id, name=name, capacity=9) for one, name in zip(rooms, names))
    )
    save_venue(venue.id, fields, tells=tells, by=SYSTEM)


def after_the_hold(minutes: int = 0) -> list[str]:
    """Send what is due so many minutes after the hold; returns the texts of all mails about changes so far."""
    send_due(clock.now() + HOLD + timedelta(minutes=minutes))
    return [mail.text or "" for mail in mailed("event")]


@pytest.mark.parametrize(
    ("values", "before", "after"),
    [
        ({"name": NEW}, "Old house", "New house"),
        ({"street": "Provvägen 2"}, "Provgatan 1", "Provvägen 2"),
        ({"postcode": "222 22"}, "111 11", "222 22"),
        ({"city": "Lund"}, "111 11 Stockholm", "111 11 Lund"),
        ({"room": "Lilla salen"}, "Stora salen", "Lilla salen"),
    ],
)
def test_another_place_of_a_venue_is_told_once_with_the_old_and_the_new(any_ctx: Flask, values, before, after) -> None:
    venue = house()
    event = make_event(venue=venue)
    join(event)
    sent = db.session.scalar(select(CalendarSent.sequence)) if mailed() else None
    change(venue, **values)

    early = send_due(clock.now() + HOLD - timedelta(seconds=1))
    (text,) = after_the_hold()

    assert (early, the_notice(event).state, the_notice(event).told) == (0, State.SENT, 1)
    lines = [line for line in text.splitlines() if "Previously:" in line or "Now:" in line]
    assert (before in lines[0], after in lines[1], lines[0] != lines[1]) == (True, True, True)
    assert after_the_hold(60) == [text]
    again = db.session.scalar(select(CalendarSent.sequence).execution_options(populate_existing=True))
    assert again > sent
    assert db.session.scalar(select(CalendarSent.significant_sequence)) == again
    (mail,) = mailed("event")
    assert ("METHOD:REQUEST" in (mail.calendar or ""), f"SEQUENCE:{again}\r\n" in (mail.calendar or "")) == (True, True)


def test_nobody_is_told_where_nobody_is_registered_or_all_is_over_or_it_is_no_other_place(any_ctx: Flask) -> None:
    venue = house()
    empty, over, draft = (
        make_event(venue=venue),
        make_event(venue=venue, starts="2026-10-01T18:00"),
        make_event(venue=venue, status=Status.DRAFT),
    )
    coming = make_event(venue=venue)
    join(coming)
    change(venue, lat=59.1, lon=18.1, name_local="Дом", travel={"en": "By bus"}, name={**OLD, "ru": "Дом"})
    unchanged = notices(coming)
    change(venue, city="Lund")

    assert unchanged == []
    assert [len(notices(event)) for event in (empty, over, draft, coming)] == [0, 0, 0, 1]


def test_nobody_is_told_of_a_room_online_or_of_a_place_where_nobody_goes(any_ctx: Flask) -> None:
    venue = house()
    online = make_event(mode=Mode.ONLINE, venue=venue)
    join(online)
    change(venue, name=NEW)

    assert notices(online) == []


def test_another_room_is_told_only_to_those_who_go_there(any_ctx: Flask) -> None:
    venue = house()
    there, elsewhere = make_event(venue=venue), make_event(venue=venue)
    edited(elsewhere, room=None)
    for event in (there, elsewhere):
        join(event)
    change(venue, room="Lilla salen")

    assert (len(notices(there)), notices(elsewhere)) == (1, [])


def test_two_changes_within_the_hold_are_one_mail_from_the_first_to_the_last(any_ctx: Flask) -> None:
    venue = house()
    event = make_event(venue=venue)
    join(event)
    change(venue, name={"en": "Between"})
    with clock.fixed(NOW + timedelta(minutes=9)):
        change(venue, name=NEW)

    early = send_due(NOW + timedelta(minutes=11))
    (text,) = after_the_hold(9)

    assert (early, the_notice(event).saves) == (0, 2)
    assert ("Old house" in text, "New house" in text, "Between" in text) == (True, True, False)


@pytest.mark.parametrize("tells", [True, False])
def test_a_change_back_is_told_to_nobody(any_ctx: Flask, tells: bool) -> None:
    venue = house()
    event = make_event(venue=venue)
    join(event)
    change(venue, name=NEW)
    with clock.fixed(NOW + timedelta(minutes=5)):
        change(venue, name=OLD, tells=tells)

    assert (the_notice(event).state, after_the_hold(30)) == (State.UNDONE, [])


def test_a_spelling_is_corrected_without_a_mail_and_the_next_change_tells_from_the_right_one(any_ctx: Flask) -> None:
    venue = house()
    event = make_event(venue=venue)
    join(event)
    change(venue, name={"en": "Old House!"}, tells=False)
    silent = notices(event)
    with clock.fixed(NOW + timedelta(hours=1)):
        change(venue, name=NEW)
    (text,) = after_the_hold(60)

    assert silent == []
    assert ("Old House!" in text, "New house" in text) == (True, True)


def test_a_second_change_later_is_a_second_mail_from_what_the_first_said(any_ctx: Flask) -> None:
    venue = house()
    event = make_event(venue=venue)
    join(event)
    change(venue, name=NEW)
    after_the_hold()
    with clock.fixed(NOW + timedelta(hours=2)):
        change(venue, name={"en": "Newest house"})
    first, second = after_the_hold(120)

    assert ("Old house" in first, "Old house" in second, "Newest house" in second) == (True, False, True)
    assert "Previously:" in second


def test_a_move_and_another_place_are_one_mail(any_ctx: Flask) -> None:
    venue = house()
    event = make_event(venue=venue, starts="2026-11-25T18:00")
    join(event)
    edited(event, occurrences=moved_to(event, "2026-11-26T18:00"))
    with clock.fixed(NOW + timedelta(minutes=1)):
        change(venue, street="Provvägen 2")
    (text,) = after_the_hold(5)

    assert [word in text for word in ("25 Nov", "26 Nov", "Provgatan 1", "Provvägen 2")] == [True] * 4


def test_who_registers_after_the_change_is_not_told_of_it(any_ctx: Flask) -> None:
    venue = house()
    event = make_event(venue=venue)
    join(event)
    change(venue, name=NEW)
    with clock.fixed(NOW + timedelta(minutes=5)):
        join(event, 2)
    after_the_hold(5)

    assert [mail.kind for mail in mailed("event")] == ["event.moved"]


def test_a_venue_that_changed_while_an_event_was_closed_is_told_when_it_is_open_again(any_ctx: Flask) -> None:
    venue = house()
    event = make_event(venue=venue)
    join(event)
    withdraw_event(event.id, version=event_now(event).version, by=SYSTEM)
    after_the_hold()
    with clock.fixed(NOW + timedelta(hours=1)):
        change(venue, name=NEW)
    with clock.fixed(NOW + timedelta(hours=2)):
        publish_event(event.id, version=event_now(event).version, by=SYSTEM)
    texts = after_the_hold(120)

    assert ["Old house" in text and "New house" in text for text in texts] == [False, True]


def test_undo_puts_the_venue_back_and_ends_every_notice_there(any_ctx: Flask) -> None:
    venue = house()
    one, other = make_event(venue=venue), make_event(venue=venue)
    for event in (one, other):
        join(event)
    change(venue, name=NEW, street="Provvägen 2", room="Lilla salen", travel={"en": "By bus"})
    undo(the_notice(one).id, by=SYSTEM)

    row = db.session.get_one(Venue, venue.id, populate_existing=True)
    assert (row.name, row.street, row.travel) == (OLD, "Provgatan 1", {"en": "By bus"})
    assert [the_notice(event).state for event in (one, other)] == [State.UNDONE] * 2
    assert after_the_hold(30) == []


def test_another_place_is_told_where_the_clock_goes_on_within_the_unit(any_ctx: Flask) -> None:
    venue = house()
    event = make_event(venue=venue)
    join(event)
    with ExitStack() as later:

        def tick(*_args: object) -> None:
            later.enter_context(clock.fixed(NOW + timedelta(seconds=1)))

        listen(VenueChange, "after_insert", tick)
        later.callback(remove, VenueChange, "after_insert", tick)
        change(venue, name=NEW)

    (text,) = after_the_hold(1)
    assert ("Old house" in text, "New house" in text) == (True, True)


def test_a_guarded_event_says_only_that_the_page_says_more(any_ctx: Flask) -> None:
    make_house()
    venue = house()
    event = make_event(venue=venue, safety=Safety.GUARDED, starts="2026-11-21T20:00")
    join(event)
    change(venue, name=NEW, street="Provvägen 2")
    with clock.fixed(NOW):
        texts = after_the_hold()

    (text,) = texts
    (mail,) = mailed("event")
    told = [word for word in ("house", "Prov", "Stockholm") if word in text.replace("Test House", "") + mail.subject]
    assert (told, "changed: see your page" in text, mail.calendar) == ([], True, None)


def test_a_careful_event_tells_only_those_with_a_seat_where_it_is(any_ctx: Flask) -> None:
    venue = house()
    event = make_event(venue=venue, safety=Safety.CAREFUL, starts="2026-11-21T20:00", capacity=1, waitlist=True)
    join(event)
    join(event, 2)
    change(venue, name=NEW, street="Provvägen 2")
    after_the_hold()

    found = [(mail.kind, "Provvägen 2" in (mail.text or "")) for mail in mailed("event")]
    assert found == [("event.moved", True)]


def test_another_zone_of_a_venue_is_told_with_both_times(any_ctx: Flask) -> None:
    venue = house()
    event = make_event(venue=venue)
    join(event)
    change(venue, tz="Asia/Bishkek")
    (text,) = after_the_hold()

    assert ("Previously:" in text, "Bishkek" in text) == (True, True)


def test_all_notices_of_a_venue_are_of_its_events(any_ctx: Flask) -> None:
    venue, far = house(), house()
    events = [make_event(venue=venue) for _number in range(3)] + [make_event(venue=far)]
    for number, event in enumerate(events):
        join(event, number)
    change(venue, name=NEW)

    held = db.session.scalars(select(Notice.event_id).where(Notice.state == State.HELD)).all()
    assert sorted(held) == [event.id for event in events[:3]]


def test_what_a_venue_was_is_deleted_once_nobody_may_know_it(any_ctx: Flask) -> None:
    over, coming, later = house(), house(), house()
    make_event(venue=over)
    make_event(venue=coming, starts="2027-03-01T18:00")
    for venue in (over, coming, later):
        change(venue, name=NEW)
    with clock.fixed(NOW + timedelta(days=1)):
        make_event(venue=later, starts="2027-03-01T18:00")

    with clock.fixed(NOW + KEPT):
        early = sweep_places()
    with clock.fixed(NOW + KEPT + timedelta(days=1)):
        deleted = sweep_places()

    assert (early, deleted) == (0, 2)
    assert db.session.scalars(select(VenueChange.venue_id)).all() == [coming.id]


def test_each_event_at_another_place_costs_few_statements(app_ctx: Flask) -> None:
    asked: list[str] = []

    def count(number: int) -> int:
        venue = house()
        for person in range(number):
            join(make_event(venue=venue), person)
        change(venue, name=NEW)
        venue_id = venue.id
        db.session.remove()
        asked.clear()
        found = held_at(venue_id)
        assert found is not None
        assert found.events == number
        return len(asked)

    listen(db.engine, "after_cursor_execute", lambda *args: asked.append(args[2]))

    assert count(3) - count(2) <= 8
