"""A visitor's own programme: seats of items, waiting, clashes, and what follows from the registration."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from cag_events import clock
from cag_events.conferences.models import ItemSeat, ItemSignUp
from cag_events.conferences.queries import fullness_of, list_signed_up, seats_held
from cag_events.conferences.services import choose, erase, publish_programme
from cag_events.db import db, transaction
from cag_events.domain.errors import Refused
from cag_events.domain.event import Mode
from cag_events.permissions import SYSTEM
from cag_events.registrations.models import Registration
from cag_events.registrations.services import Changed, change, restore, withdraw
from cag_events.registrations.services.retention import delete_due
from tests.conferences.stage import GAME, RADIO, TALK, come, days_of, edit, make_conference, standing
from tests.factories import at


def changed(registration_id: int, **values: object) -> None:
    """Change a registration as its owner does; what is not named stays."""
    row = db.session.get_one(Registration, registration_id, populate_existing=True)
    change(registration_id, Changed(**{"name": row.name, "party": row.party, "answers": {}, **values}))  # type: ignore[arg-type]


def test_choose_takes_a_seat_for_each_person_of_the_party(any_ctx: Flask) -> None:
    event = make_conference()
    two = come(event, party=2)

    chosen = choose(two, ["game", "radio"])

    assert (set(chosen.joined), chosen.waiting) == ({"game", "radio"}, ())
    assert seats_held(two) == {"game": 2, "radio": 2}


def test_choose_lets_a_party_wait_that_finds_no_seats_for_all(any_ctx: Flask) -> None:
    event = make_conference()
    choose(come(event, "one"), ["game"])
    two = come(event, "two", party=2)

    assert choose(two, ["game"]).waiting == ("game",)
    assert standing(two) == {"game": "waiting"}
    assert seats_held(two) == {}


def test_a_freed_seat_goes_to_who_waits_and_nobody_passes(any_ctx: Flask) -> None:
    event = make_conference()
    first, second, third = (come(event, name) for name in ("one", "two", "three"))
    for one in (first, second, third):
        choose(one, ["game"])
    fourth = come(event, "four")
    choose(fourth, ["game"])
    assert (standing(third), standing(fourth)) == ({"game": "waiting"}, {"game": "waiting"})

    choose(first, [])

    assert (standing(first), standing(third), standing(fourth)) == (
        {"game": "left"},
        {"game": "confirmed"},
        {"game": "waiting"},
    )


def test_a_small_party_waits_behind_a_large_one(any_ctx: Flask) -> None:
    event = make_conference()
    choose(come(event, "one"), ["game"])
    large, small = come(event, "large", party=2), come(event, "small")
    choose(large, ["game"])

    assert choose(small, ["game"]).waiting == ("game",)


def test_choose_refuses_two_items_at_the_same_time_and_names_them(app_ctx: Flask) -> None:
    registration = come(make_conference())

    with pytest.raises(Refused) as refused:
        choose(registration, ["talk", "game"])

    assert (refused.value.code, refused.value.facts["one"], refused.value.facts["other"]) == (
        "conference.own_clash",
        "Punkt game",
        "Punkt talk",
    )
    assert standing(registration) == {}


def test_choose_refuses_who_has_no_seat_and_what_is_not_offered(app_ctx: Flask) -> None:
    event = make_conference(capacity=1)
    seated, waiting = come(event, "one"), come(event, "two")
    saturday = come(make_conference(), days=1)

    found = []
    for registration, keys in (
        (waiting, ["talk"]),
        (seated, ["lunch"]),
        (seated, ["nothing"]),
        (saturday, ["closing"]),
    ):
        with pytest.raises(Refused) as refused:
            choose(registration, keys)
        found.append(refused.value.code)

    assert found == ["conference.no_seat", *["conference.unknown_item"] * 3]


def test_choose_refuses_seats_in_the_room_to_those_who_take_part_online(app_ctx: Flask) -> None:
    event = make_conference(mode=Mode.HYBRID, online_capacity=20)
    online = come(event, mode=Mode.ONLINE)

    with pytest.raises(Refused) as refused:
        choose(online, ["game"])

    assert refused.value.code == "conference.online"
    assert choose(online, ["talk"]).joined == ("talk",)


def test_choose_leaves_what_has_begun_as_it_is(app_ctx: Flask) -> None:
    registration = come(make_conference())
    choose(registration, ["game"])

    with clock.fixed(at("2026-12-05T10:31")):
        chosen = choose(registration, ["radio"])

    assert (chosen.joined, chosen.left) == (("radio",), ())
    assert standing(registration) == {"game": "confirmed", "radio": "confirmed"}


def test_withdrawal_frees_the_items_and_undo_gives_back_what_is_left(any_ctx: Flask) -> None:
    event = make_conference()
    first, second = come(event, "one", party=2), come(event, "two")
    choose(first, ["game", "radio"])
    choose(second, ["game"])

    withdraw(first)
    assert (standing(first), standing(second)) == ({"game": "paused", "radio": "paused"}, {"game": "confirmed"})
    restore(first)

    assert standing(first) == {"game": "waiting", "radio": "confirmed"}
    assert seats_held(first) == {"radio": 2}


def test_items_follow_the_size_of_the_party(any_ctx: Flask) -> None:
    event = make_conference({**GAME, "capacity": 3}, RADIO)
    party, other = come(event, "party", party=2), come(event, "other", party=2)
    choose(party, ["game"])
    choose(other, ["game"])
    assert standing(other) == {"game": "waiting"}

    changed(party, party=1)

    assert (seats_held(party), seats_held(other)) == ({"game": 1}, {"game": 2})


def test_a_party_that_grows_keeps_its_seats_where_there_are_no_more(any_ctx: Flask) -> None:
    event = make_conference({**GAME, "capacity": 2}, {**RADIO, "capacity": 3})
    party = come(event, "party", party=2)
    choose(party, ["game", "radio"])

    changed(party, party=3)

    assert seats_held(party) == {"game": 2, "radio": 3}


def test_items_of_a_day_that_one_no_longer_comes_to_are_freed(app_ctx: Flask) -> None:
    event = make_conference()
    registration = come(event)
    choose(registration, ["game", "closing"])

    changed(registration, occurrences=(days_of(event)[0],))

    assert standing(registration) == {"game": "confirmed", "closing": "left"}


def test_more_seats_in_a_published_version_go_to_those_who_wait(app_ctx: Flask) -> None:
    event = make_conference()
    choose(come(event, "one", party=2), ["game"])
    waiting = come(event, "two")
    choose(waiting, ["game"])

    edit(event, game={"capacity": 3})
    assert standing(waiting) == {"game": "waiting"}
    publish_programme(event, {}, seen=1, by=SYSTEM)

    assert standing(waiting) == {"game": "confirmed"}


def test_fewer_seats_take_nobodys_away(app_ctx: Flask) -> None:
    event = make_conference()
    two = come(event, "one", party=2)
    choose(two, ["game"])

    edit(event, game={"capacity": 1})
    publish_programme(event, {}, seen=1, by=SYSTEM)

    assert seats_held(two) == {"game": 2}
    assert choose(come(event, "two"), ["game"]).waiting == ("game",)


def test_an_item_moved_onto_another_is_kept_and_may_be_left(app_ctx: Flask) -> None:
    event = make_conference(TALK, {**RADIO, "who": []})
    registration = come(event)
    choose(registration, ["talk", "radio"])
    edit(event, radio={"start": "11:00", "end": "12:00"})
    publish_programme(event, {}, seen=1, by=SYSTEM)

    assert standing(registration) == {"talk": "confirmed", "radio": "confirmed"}
    assert choose(registration, ["talk"]).left == ("radio",)


def test_fullness_counts_people_and_those_who_wait(app_ctx: Flask) -> None:
    event = make_conference()
    choose(come(event, "one", party=2), ["game"])
    choose(come(event, "two", party=3), ["game"])

    full = fullness_of(event)["game"]

    assert (full.people, full.held, full.waiting, full.parties_waiting) == (2, 2, 3, 1)


def test_erase_forgets_what_a_party_chose(app_ctx: Flask) -> None:
    registration = come(make_conference())
    choose(registration, ["game"])

    with transaction():
        erase(registration)

    assert standing(registration) == {}
    assert db.session.scalar(select(func.count()).select_from(ItemSeat)) == 0


def test_counts_of_items_stay_when_registrations_are_deleted(app_ctx: Flask) -> None:
    event = make_conference()
    choose(come(event, "one", party=2), ["game"])
    choose(come(event, "two"), ["game", "closing"])
    with clock.fixed(at("2027-06-01T04:00")), transaction():
        delete_due(event)

    full = fullness_of(event)

    assert (full["game"].people, full["game"].waiting, full["closing"].people) == (2, 0, 1)
    assert list_signed_up(event, "game") == []
    assert db.session.scalar(select(func.count()).select_from(ItemSignUp)) == 0
