"""Counting visitors: presses on a phone, typed days, what may be seen of them and by whom."""

import json
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import NotAllowed, Refused
from cag_events.domain.event import Safety
from cag_events.domain.visitors import Source
from cag_events.events.queries import get_record
from cag_events.events.services import end_pass, make_pass
from cag_events.events.services.passes import list_passes
from cag_events.exhibitions.models import VisitorCount, VisitorTap
from cag_events.exhibitions.queries.visitors import counted_on, tallies_of
from cag_events.exhibitions.services.visitors import KEPT, Tap, count_taps, forget_taps, set_day
from cag_events.permissions import SYSTEM, Actor, Role
from tests.conftest import NOW
from tests.exhibitions.given import WEEKLY, make_exhibition
from tests.factories import make_segment, post, sign_in
from tests.page import page

TODAY = date(2026, 11, 21)


def tap(client_id: str, change: int = 1, segment: str = "", minutes_ago: int = 0) -> Tap:
    return Tap(client_id=client_id, change=change, segment=segment, at=NOW - timedelta(minutes=minutes_ago))


def rows(event_id: int) -> list[tuple[date, int, str, int]]:
    query = select(VisitorCount).where(VisitorCount.event_id == event_id).order_by(VisitorCount.hour)
    return [(row.day, row.hour, row.segment, row.people) for row in db.session.scalars(query)]


def test_count_taps_counts_a_press_that_is_sent_twice_once(any_ctx: Flask) -> None:
    event = make_exhibition()

    assert count_taps(event.id, [tap("a"), tap("b")]) == 2
    assert count_taps(event.id, [tap("b"), tap("b"), tap("c")]) == 1

    assert rows(event.id) == [(TODAY, 10, "", 3)]


def test_count_taps_keeps_the_hour_in_which_it_was_pressed(app_ctx: Flask) -> None:
    event = make_exhibition()

    count_taps(event.id, [tap("late", minutes_ago=90), tap("now")])

    assert rows(event.id) == [(TODAY, 8, "", 1), (TODAY, 10, "", 1)]


def test_count_taps_believes_no_clock_that_is_wrong(app_ctx: Flask) -> None:
    event = make_exhibition()

    count_taps(event.id, [tap("future", minutes_ago=-600), tap("ages ago", minutes_ago=60 * 24 * 9)])

    assert rows(event.id) == [(TODAY, 10, "", 2)]


def test_one_less_takes_from_the_same_group_and_never_below_nothing(app_ctx: Flask) -> None:
    event = make_exhibition(segments=[make_segment("schools"), make_segment("public")])
    count_taps(event.id, [tap("1", segment="schools"), tap("2", segment="public")])

    count_taps(event.id, [tap("3", -1, "schools"), tap("4", -1, "schools"), tap("5", -1, "schools")])

    assert counted_on(event.id, TODAY) == {"public": 1, "schools": 0}


def test_a_group_that_the_event_does_not_have_counts_as_none(app_ctx: Flask) -> None:
    event = make_exhibition(segments=[make_segment("schools")])

    count_taps(event.id, [tap("1", segment="nosuch")])

    assert counted_on(event.id, TODAY) == {"": 1}


def test_set_day_replaces_what_was_typed_and_leaves_presses(app_ctx: Flask) -> None:
    event = make_exhibition(segments=[make_segment("schools")])
    count_taps(event.id, [tap("1")])
    set_day(event.id, TODAY, {"": 30, "schools": 12}, by=SYSTEM)
    set_day(event.id, TODAY, {"": 31, "schools": None}, by=SYSTEM)

    assert tallies_of([get_record(event.id)])[event.id].total == 31
    set_day(event.id, TODAY, {"": None}, by=SYSTEM)
    assert tallies_of([get_record(event.id)])[event.id].total == 1


@pytest.mark.parametrize("day", [date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 22)])
def test_set_day_refuses_days_outside_the_run_and_to_come(app_ctx: Flask, day: date) -> None:
    event = make_exhibition()

    with pytest.raises(Refused) as refused:
        set_day(event.id, day, {"": 1}, by=SYSTEM)
    assert refused.value.field == "day"


def test_set_day_is_for_those_who_may_edit_events(app_ctx: Flask) -> None:
    event = make_exhibition()

    with pytest.raises(NotAllowed):
        set_day(event.id, TODAY, {"": 1}, by=Actor(role=Role.REPORTER))


def test_readings_of_the_details_are_never_added_to_presses_of_the_same_days(app_ctx: Flask) -> None:
    run = {"from": "2026-11-02", "to": "2026-11-29", "opening": WEEKLY}
    event = make_exhibition(details={**run, "readings": [{"date": "2026-11-20", "visitors": 300}]})
    count_taps(event.id, [tap("yesterday", minutes_ago=60 * 20), tap("today")])

    counted = tallies_of([get_record(event.id)])[event.id]

    assert (counted.total, [one.source for one in counted.stretches]) == (301, [Source.READING, Source.TAP])


def test_forget_taps_deletes_old_ids_and_keeps_what_they_counted(app_ctx: Flask) -> None:
    event = make_exhibition()
    count_taps(event.id, [tap("old")])

    assert forget_taps(NOW) == 0
    assert forget_taps(NOW + KEPT + timedelta(days=1)) == 1
    assert db.session.scalars(select(VisitorTap)).all() == []
    assert rows(event.id) == [(TODAY, 10, "", 1)]


def link(app: Flask, event_id: int) -> str:
    with app.app_context():
        return "/sv/counter/" + make_pass(event_id, "counter", "telefon i foajén", by=SYSTEM)


def test_counter_counts_by_plain_forms(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_exhibition(title={"sv": "Bilder", "en": "Pictures"})
    address = link(app, event.id)
    shown = page(client, address)
    assert "Bilder" in shown.html

    for _ in range(2):
        assert post(client, address, {}).status_code == 303
    again = client.get(address).text

    assert "data-total>2<" in again
    answer = post(client, address, {"change": "-1", "id": "x" * 20})
    assert answer.status_code == 303
    assert "data-total>1<" in client.get(address).text


def test_counter_takes_what_a_phone_has_gathered_and_says_the_sum(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_exhibition(segments=[make_segment("schools")])
    address = link(app, event.id)
    taps = json.dumps([{"id": f"t{number}", "change": 1, "segment": "schools", "ago": 5} for number in range(7)])

    first = post(client, address, {"taps": taps})
    again = post(client, address, {"taps": taps})

    assert first.json == again.json == {"total": 7, "segments": {"schools": 7}}


@pytest.mark.parametrize("taps", ["", "[", "{}", '[{"change": 1}]', '[1, "x"]', '[{"id": "a", "ago": "soon"}]'])
def test_counter_counts_nothing_of_what_is_no_list_of_presses(app: Flask, client: FlaskClient, taps: str) -> None:
    with app.app_context():
        event = make_exhibition()

    assert post(client, link(app, event.id), {"taps": taps}).json == {"total": 0, "segments": {}}


def test_counter_is_gone_when_its_link_is_ended(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_exhibition()
    address = link(app, event.id)
    assert client.get(address).status_code == 200

    with app.app_context():
        end_pass(event.id, list_passes(event.id)[0].row_id, by=SYSTEM)

    assert client.get(address).status_code == 404
    assert client.get("/sv/counter/" + "A" * 43).status_code == 404


def test_counter_tells_nothing_of_a_guarded_exhibition(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_exhibition(title={"sv": "RÖJANDE TITEL"}, safety=Safety.GUARDED)

    text = client.get(link(app, event.id)).text

    assert "RÖJANDE" not in text


def test_counts_are_never_registrations(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_exhibition(key="shown")
        count_taps(event.id, [tap(str(number)) for number in range(41)])

    sign_in(client, Role.ORGANIZER)
    assert "<strong>41</strong>" in page(client, "/sv/organise/events/shown/visitors").html
    assert "41" not in client.get("/sv/organise/events/shown/registrations").text.partition("<main")[2]


def test_visitors_can_be_taken_along_with_what_counts(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_exhibition(key="shown", segments=[make_segment("schools")])
        count_taps(event.id, [tap("1", segment="schools"), tap("2")])
        set_day(event.id, TODAY, {"schools": 5}, by=SYSTEM)
    sign_in(client, Role.REPORTER)

    lines = client.get("/sv/organise/events/shown/visitors.csv").text.lstrip("\ufeff").splitlines()

    assert lines[0] == '"production","stop","event","from","to","hour","segment","source","people","counts"'
    assert lines[1:] == [
        '"","","shown","2026-11-21","2026-11-21","","schools","day","5","1"',
        '"","","shown","2026-11-21","2026-11-21","10","","tap","1","0"',
        '"","","shown","2026-11-21","2026-11-21","10","schools","tap","1","0"',
    ]
    assert client.get("/sv/organise/events/shown/visitors.xlsx").data[:2] == b"PK"
    with clock.fixed(NOW):
        assert client.get("/sv/organise/events/shown/visitors").status_code == 200
