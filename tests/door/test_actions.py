"""What is pressed at the door: each press once, the first wins, parties in parts, nothing is dropped silently."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.doors import Outcome, Press
from cag_events.domain.errors import NotAllowed, NotFound
from cag_events.domain.event import Mode
from cag_events.door import services
from cag_events.door.models import DoorAction
from cag_events.door.queries import standing_of
from cag_events.permissions import SYSTEM, Actor, Role
from cag_events.registrations.models import Registration
from cag_events.registrations.queries import count_by, list_changes
from cag_events.registrations.services import check_in, undo_check_in, withdraw
from cag_events.registrations.tickets import ticket_of
from tests.door.given import arrive, come, count, here, open_door, part_of, said, undo
from tests.factories import make_event, make_segment


def test_arrive_counts_once_however_often_it_is_sent(any_ctx: Flask) -> None:
    event = make_event(guests=3)
    party = come(event, party=3)
    _token, door = open_door(event)
    press = arrive(party.code, "a")

    answers = [said(services.take_by_link(door, [press, press])) for _ in range(2)]

    assert answers == [[("done", 3, "")] * 2] * 2
    assert here(party.id) == [(clock.now(), None)]
    assert db.session.scalar(select(func.count(DoorAction.id))) == 1
    assert count_by(event.id).checked_in == 3
    assert [one.what for one in list_changes(party.id)].count("checked_in") == 1


def test_arrive_by_ticket_lets_in_and_tells_the_second_phone_who_was_first(any_ctx: Flask) -> None:
    event = make_event()
    one = come(event)
    ticket = ticket_of(one.row_id)
    _t, foyer = open_door(event, "Foajén")
    _t, stairs = open_door(event, "Trappan")

    first = services.take_by_link(foyer, [arrive(ticket)])
    with clock.fixed(clock.now() + timedelta(minutes=3)):
        second = services.take_by_link(stairs, [arrive(ticket)])

    assert said(first + second) == [("done", 1, ""), ("already", 0, "")]
    assert (second[0].first_by, second[0].first_at, second[0].code) == ("Foajén", clock.now(), one.code)
    assert here(one.id) == [(clock.now(), None)]


def test_arrive_lets_in_a_party_in_parts_and_never_more_than_come(any_ctx: Flask) -> None:
    event = make_event(guests=4)
    party = come(event, party=4)
    _t, foyer = open_door(event)
    _t, stairs = open_door(event)

    one = services.take_by_link(foyer, [arrive(party.code, people=1)])
    two = services.take_by_link(stairs, [arrive(party.code, people=2)])
    assert here(party.id) == [(clock.now(), 3)]
    assert standing_of(event.id, part_of(event)).here == 3
    assert count_by(event.id).checked_in == 3
    rest = services.take_by_link(stairs, [arrive(party.code, people=4)])

    assert said(one + two + rest) == [("done", 1, ""), ("done", 2, ""), ("done", 1, "")]
    assert here(party.id) == [(clock.now(), None)]


def test_undo_takes_back_its_own_press_once_and_no_other(any_ctx: Flask) -> None:
    event = make_event(guests=2)
    party = come(event, party=3)
    _t, door = open_door(event)
    services.take_by_link(door, [arrive(party.code, "a", people=1), arrive(party.code, "b", people=2)])
    services.take_by_link(door, [arrive(party.code, "late")])

    told = services.take_by_link(door, [undo("u1", undoes="late"), undo("u2", undoes="a"), undo("u3", undoes="a")])

    assert said(told) == [("done", 0, ""), ("done", -1, ""), ("done", 0, "")]
    assert here(party.id) == [(clock.now(), 2)]


def test_undo_of_an_undo_lets_nobody_in(any_ctx: Flask) -> None:
    event = make_event(guests=2)
    party = come(event, party=3)
    _t, door = open_door(event)
    services.take_by_link(door, [arrive(party.code, "a"), undo("u1", undoes="a"), arrive(party.code, "b")])

    told = services.take_by_link(door, [undo("u2", undoes="u1")])

    assert said(told) == [("already", 0, "")]
    assert here(party.id) == [(clock.now(), None)]


def test_undo_of_a_person_takes_out_the_whole_party(any_ctx: Flask) -> None:
    event = make_event(guests=2)
    party = come(event, party=2)
    _t, door = open_door(event)

    told = services.take_by_link(door, [arrive(party.code), undo(who=party.code), undo(who=party.code)])

    assert said(told) == [("done", 2, ""), ("done", -2, ""), ("already", 0, "")]
    assert here(party.id) == [(None, None)]
    assert db.session.get_one(Registration, party.id).checked_in_at is None


def test_desk_and_door_say_the_same_of_who_is_here(app_ctx: Flask) -> None:
    event = make_event(guests=2)
    party = come(event, party=3)
    _t, door = open_door(event)

    services.take_by_link(door, [arrive(party.code, people=1)])
    undo_check_in(party.id, by=SYSTEM)
    check_in(party.id, by=SYSTEM)

    assert standing_of(event.id, part_of(event)).here == 3
    assert said(services.take_by_link(door, [arrive(party.code)])) == [("already", 0, "")]


def test_press_that_cannot_be_followed_is_kept_with_its_reason(any_ctx: Flask) -> None:
    event = make_event(mode=Mode.HYBRID, capacity=5, online_capacity=5, waitlist=True)
    gone, online = come(event, mode=Mode.ONSITE), come(event, mode=Mode.ONLINE)
    other = come(make_event())
    withdraw(gone.id)
    _t, door = open_door(event)

    told = services.take_by_link(
        door,
        [
            arrive(gone.code, "a"),
            arrive(online.code, "b"),
            arrive(other.code, "c"),
            arrive("nonsense.ticket", "d"),
            undo("e", undoes="never sent"),
            count(Press.WALK_IN, 1, "f", "no-such"),
            count(Press.HEADS, 0, "g"),
        ],
    )

    assert [one.reason for one in told] == ["gone", "online", "unknown", "unknown", "unknown", "unknown", "unknown"]
    assert {one.outcome for one in told} == {Outcome.REFUSED}
    assert db.session.scalar(select(func.count(DoorAction.id)).where(DoorAction.outcome == Outcome.REFUSED)) == 7
    assert here(online.id) == [(None, None)]


def test_arrive_is_refused_at_another_date_than_ones_own(app_ctx: Flask) -> None:
    event = make_event(dates=["2026-12-03T18:00", "2026-12-10T18:00"], per_occurrence=True)
    first, second = (one.id for one in event.occurrences)
    one = come(event, occurrences=(first,))
    _t, door = open_door(event, part=second)

    assert said(services.take_by_link(door, [arrive(one.code)])) == [("refused", 0, "other_date")]


def test_walk_ins_and_heads_are_counted_and_taken_back(any_ctx: Flask) -> None:
    event = make_event()
    make_segment("students")
    _t, door = open_door(event)
    part = part_of(event)

    services.take_by_link(
        door,
        [
            count(Press.WALK_IN, 1, "a", "students"),
            count(Press.WALK_IN, 1, "a", "students"),
            count(Press.WALK_IN, 2, "b"),
            count(Press.WALK_IN, -9, "c"),
            count(Press.HEADS, 10, "d"),
            undo("e", undoes="a"),
            undo("f", undoes="a"),
            undo("g", undoes="d"),
            count(Press.HEADS, 3, "h"),
        ],
    )

    standing = standing_of(event.id, part)
    assert (dict(standing.walk_ins), standing.heads) == ({"students": 0, "": 0}, 3)


def test_order_is_kept_and_times_of_phones_are_believed_within_reason(app_ctx: Flask) -> None:
    event = make_event()
    one, two = come(event), come(event)
    _t, door = open_door(event)
    early = clock.now() - timedelta(minutes=20)
    late = clock.now() + timedelta(days=1)

    presses = [arrive(one.code), arrive(two.code)]
    services.take_by_link(door, [services.Action(**_of(presses[0], early)), services.Action(**_of(presses[1], late))])

    assert [here(one.id), here(two.id)] == [[(early, None)], [(clock.now(), None)]]


def test_take_needs_a_right_and_a_date_of_the_event(app_ctx: Flask) -> None:
    event, other = make_event(), make_event()
    one = come(event)

    with pytest.raises(NotAllowed):
        services.take(event.id, part_of(event), [arrive(one.code)], by=Actor(role=Role.EDITOR))
    with pytest.raises(NotFound):
        services.take(event.id, part_of(other), [arrive(one.code)], by=SYSTEM)


def test_phones_in_threads_let_a_party_in_once(any_app: Flask) -> None:
    with any_app.app_context():
        event = make_event(guests=2)
        event_id, party = event.id, come(event, party=3)
        code, part = party.code, part_of(event)
        tokens = [open_door(event, f"phone {number}")[0] for number in range(4)]
    barrier = Barrier(8)

    def phone(number: int) -> list[tuple[str, int, str]]:
        with any_app.app_context():
            barrier.wait()
            door = services.door_of(tokens[number % 4])
            again = arrive(code, f"same {number % 4}")  # two threads send the same press: an answer was lost
            walk_in = count(Press.WALK_IN, 1, f"walk {number % 4}")
            found = said(services.take_by_link(door, [again, walk_in]))
            db.session.remove()
            return found

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(phone, range(8)))

    with any_app.app_context():
        standing = standing_of(event_id, part)
        assert (standing.here, dict(standing.walk_ins)) == (3, {"": 4})
        assert db.session.scalar(select(func.count(DoorAction.id))) == 8
        done = db.session.scalars(
            select(DoorAction.client_id).where(DoorAction.outcome == Outcome.DONE, DoorAction.what == Press.ARRIVE)
        ).all()
    assert len(done) == 1
    assert sorted(one[0][0] for one in answers) == ["already"] * 6 + ["done"] * 2


def _of(action: services.Action, at: datetime) -> dict[str, Any]:
    return {"client_id": action.client_id, "what": action.what, "who": action.who, "at": at}
