"""Planning a tour: what the services allow, keep and refuse, on both databases."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from cag_events.db import db, transaction
from cag_events.domain.errors import NotAllowed, NotFound, Refused
from cag_events.domain.event import RegistrationMode
from cag_events.domain.tours import StopStatus
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.exhibitions.models import CrateTick, TransportLeg
from cag_events.exhibitions.queries.tours import get_tour_of, list_notes, list_overrides, list_tours
from cag_events.exhibitions.services.crates import add_note, tick_crate
from cag_events.exhibitions.services.productions import fields_of, remove_production, save_production
from cag_events.exhibitions.services.tours import move_stop, preview_move, remove_stop, save_stop, set_status
from cag_events.exhibitions.shapes import CrateFields
from cag_events.permissions import SYSTEM, Actor, Role
from tests.exhibitions.given import leg, make_exhibition, make_production, make_stop, stop_fields
from tests.factories import make_account, make_venue

DAY = timedelta(days=1)
START = date(2027, 1, 4)


def test_set_status_refuses_to_agree_a_stop_that_the_crates_cannot_reach(any_ctx: Flask) -> None:
    production = make_production()
    first = make_stop(production, START, leg=leg(1))
    later = make_stop(production, START + 22 * DAY, leg=leg(4, first.key))
    set_status(first.row_id, StopStatus.AGREED, by=SYSTEM)

    with pytest.raises(Refused) as refused:
        set_status(later.row_id, StopStatus.AGREED, by=SYSTEM)

    assert (refused.value.code, refused.value.facts) == ("stop.clash", {"missing": 1})
    assert get_tour_of(later.row_id)[1].status is StopStatus.ASKED


def test_set_status_agrees_all_the_same_with_a_reason_and_keeps_who_and_why(any_ctx: Flask) -> None:
    account = make_account(Role.ORGANIZER)
    by = Actor(account_id=account.id, role=Role.ORGANIZER)
    production = make_production()
    first = make_stop(production, START)
    later = make_stop(production, START + 20 * DAY)
    set_status(first.row_id, StopStatus.AGREED, by=by)

    set_status(later.row_id, StopStatus.AGREED, reason="Bilen går samma natt.", by=by)

    kept = [(row.reason, row.missing_days, name) for row, name in list_overrides(later.id)]
    assert kept == [("Bilen går samma natt.", 2, account.name)]
    assert get_tour_of(later.row_id)[1].status is StopStatus.AGREED


def test_set_status_keeps_no_reason_where_nothing_is_overridden(app_ctx: Flask) -> None:
    stop = make_stop(make_production(), START)

    set_status(stop.row_id, StopStatus.AGREED, reason="för säkerhets skull", by=SYSTEM)

    assert list_overrides(stop.id) == []


def test_save_stop_refuses_new_days_of_an_agreed_stop_that_clash(app_ctx: Flask) -> None:
    production, venue = make_production(), make_venue()
    first = make_stop(production, START)
    later = make_stop(production, START + 30 * DAY, venue=venue)
    for stop in (first, later):
        set_status(stop.row_id, StopStatus.AGREED, by=SYSTEM)

    with pytest.raises(Refused) as refused:
        save_stop(production.id, later.row_id, stop_fields(venue, START + 21 * DAY), by=SYSTEM)

    assert refused.value.code == "stop.clash"
    assert get_tour_of(later.row_id)[1].install_from == START + 30 * DAY


def test_save_stop_refuses_a_day_out_of_order_and_a_venue_that_is_not_there(app_ctx: Flask) -> None:
    production, venue = make_production(), make_venue()
    wrong = stop_fields(venue, START, opens_on=START - DAY)

    with pytest.raises(Refused) as days:
        save_stop(production.id, None, wrong, by=SYSTEM)
    with pytest.raises(Refused) as place:
        save_stop(production.id, None, replace(stop_fields(venue, START), venue="nowhere"), by=SYSTEM)

    assert [refused.value.field for refused in (days, place)] == ["opens_on", "venue"]
    assert list_tours()[0].stops == []


def test_an_exhibition_is_one_stop_alone(app_ctx: Flask) -> None:
    production, event = make_production(), make_exhibition()
    make_stop(production, START, event=event.key)

    with pytest.raises(Refused) as refused:
        make_stop(production, START + 40 * DAY, event=event.key)
    assert refused.value.field == "event"


def test_transport_goes_by_way_of_the_store_where_the_legs_say_so(app_ctx: Flask) -> None:
    production = make_production()
    first = make_stop(production, START, leg=leg(1), home=leg(2))
    second = make_stop(production, START + 40 * DAY, leg=leg(5))
    third = make_stop(production, START + 80 * DAY, leg=leg(9, second.key))
    tour = list_tours()[0]

    assert tour.transport(first.key, second.key) == 7
    assert tour.transport(second.key, third.key) == 9
    assert tour.transport(first.key, third.key) == 3


def test_move_stop_moves_what_follows_and_the_exhibitions_with_it(any_ctx: Flask) -> None:
    production = make_production()
    opens = START + 3 * DAY
    event = make_exhibition(
        opens, 14, dates=[f"{opens}T18:00"], registration_mode=RegistrationMode.OPEN, capacity=20, per_occurrence=True
    )
    first = make_stop(production, START, event=event.key)
    second = make_stop(production, START + 24 * DAY)
    far = make_stop(production, START + 90 * DAY)

    seen = preview_move(*get_tour_of(first.row_id), 14, 7)
    chain = move_stop(first.row_id, 14, step=7, by=SYSTEM)

    assert chain == seen
    assert [(shift.before.key, shift.days) for shift in chain.shifts] == [(first.key, 14), (second.key, 14)]
    assert get_tour_of(second.row_id)[1].install_from == START + 38 * DAY
    assert get_tour_of(far.row_id)[1].install_from == START + 90 * DAY
    record = get_record(event.id)
    assert record.run_from == opens + 14 * DAY
    assert [one.starts_wall.date() for one in record.occurrences] == [opens + 14 * DAY]


def test_move_stop_leaves_all_as_it_was_where_it_is_refused(app_ctx: Flask) -> None:
    production = make_production()
    first, second = make_stop(production, START), make_stop(production, START + 30 * DAY)
    for stop in (first, second):
        set_status(stop.row_id, StopStatus.AGREED, by=SYSTEM)

    with pytest.raises(Refused) as refused:
        move_stop(second.row_id, -10, by=SYSTEM)

    assert refused.value.code == "stop.clash"
    assert get_tour_of(second.row_id)[1].install_from == START + 30 * DAY
    move_stop(second.row_id, -10, reason="Två bilar.", by=SYSTEM)
    assert [row.reason for row, _name in list_overrides(second.id)] == ["Två bilar."]


def test_remove_stop_refuses_one_that_a_host_counts_on(app_ctx: Flask) -> None:
    production = make_production()
    stop = make_stop(production, START)
    set_status(stop.row_id, StopStatus.AGREED, by=SYSTEM)

    with pytest.raises(Refused):
        remove_stop(stop.row_id, by=SYSTEM)
    with pytest.raises(Refused):
        remove_production(production.id, by=SYSTEM)
    set_status(stop.row_id, StopStatus.RESERVED, by=SYSTEM)
    remove_stop(stop.row_id, by=SYSTEM)
    remove_production(production.id, by=SYSTEM)
    assert list_tours() == []


def test_tick_crate_twice_is_once_and_an_undo_takes_it_back(any_ctx: Flask) -> None:
    stop = make_stop(make_production(), START, leg=leg(1))
    way = db.session.scalars(select(TransportLeg)).one()

    for _ in range(2):
        tick_crate(stop.row_id, way.id, "1", "arrived", is_there=True, by=SYSTEM)
    assert len(db.session.scalars(select(CrateTick)).all()) == 1
    tick_crate(stop.row_id, way.id, "1", "arrived", is_there=False, by=SYSTEM)
    assert db.session.scalars(select(CrateTick)).all() == []
    with pytest.raises(NotFound):
        tick_crate(stop.row_id, way.id, "9", "arrived", is_there=True, by=SYSTEM)


def test_tick_crate_refuses_a_leg_of_another_stop(app_ctx: Flask) -> None:
    production = make_production()
    first = make_stop(production, START, leg=leg(1))
    other = make_stop(make_production(), START)
    way = get_tour_of(first.row_id)[0].legs[0]

    with pytest.raises(NotFound):
        tick_crate(other.row_id, way.id, "1", "arrived", is_there=True, by=SYSTEM)


def test_a_crate_that_keeps_its_number_keeps_its_ticks(app_ctx: Flask) -> None:
    production = make_production()
    stop = make_stop(production, START, leg=leg(1))
    tour, _stop = get_tour_of(stop.row_id)
    tick_crate(stop.row_id, tour.legs[0].id, "1", "left", is_there=True, by=SYSTEM)
    fields = fields_of(production, list(tour.crates))

    changed = (CrateFields(number="1", content="Annat"), CrateFields(number="3"))
    save_production(production.id, replace(fields, crates=changed), by=SYSTEM)

    after, _stop = get_tour_of(stop.row_id)
    assert [(crate.number, crate.content) for crate in after.crates] == [("1", "Annat"), ("3", "")]
    assert after.count_ticked(after.legs[0], "left") == 1


def test_save_production_refuses_two_crates_with_one_number(app_ctx: Flask) -> None:
    with pytest.raises(Refused) as refused:
        make_production(crates=(CrateFields(number="1"), CrateFields(number="1")))
    assert refused.value.code == "production.crates"


def test_condition_notes_say_which_crate_and_when(app_ctx: Flask) -> None:
    stop = make_stop(make_production(), START)

    add_note(stop.row_id, moment="return", text="En flisa lös.", number="2", on_day=START, by=SYSTEM)

    assert [(note.moment, note.text, number) for note, number, _who in list_notes(stop.id)] == [
        ("return", "En flisa lös.", "2")
    ]
    with pytest.raises(Refused):
        add_note(stop.row_id, moment="return", text=" ", on_day=START, by=SYSTEM)


def test_an_event_that_goes_leaves_its_stop(any_ctx: Flask) -> None:
    event = make_exhibition()
    stop = make_stop(make_production(), START, event=event.key)

    with transaction():
        db.session.execute(delete(Event).where(Event.id == event.id))

    assert get_tour_of(stop.row_id)[1].event_id is None


@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.REPORTER, Role.CHECKIN])
def test_tours_are_changed_by_those_who_may_edit_events_alone(app_ctx: Flask, role: Role | None) -> None:
    stop = make_stop(make_production(), START)

    for act in (
        lambda by: set_status(stop.row_id, StopStatus.AGREED, by=by),
        lambda by: move_stop(stop.row_id, 7, by=by),
        lambda by: remove_stop(stop.row_id, by=by),
        lambda by: add_note(stop.row_id, moment="run", text="x", on_day=START, by=by),
    ):
        with pytest.raises(NotAllowed):
            act(Actor(role=role))
