"""A date that is called off is offered nowhere: no attendance, no room, no head count, no door, no programme."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events import clock
from cag_events.conferences.services import choose
from cag_events.db import db
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.joining import Entering, next_opening, open_part
from cag_events.door import services as doors
from cag_events.events.queries import get_record
from cag_events.events.services import make_pass
from cag_events.events.services.moving import cancel_date, restore_date
from cag_events.kinds import details_of
from cag_events.lists.queries import kitchen_of
from cag_events.permissions import SYSTEM, Role
from cag_events.registrations.models import RegistrationOccurrence
from cag_events.registrations.services import check_in, count_walk_in, withdraw
from cag_events.studies.queries import sheet_of
from cag_events.studies.services import Marks, take_attendance
from cag_events.talks import services as talks
from cag_events.talks.queries import showings
from cag_events.talks.services import Step
from tests.conferences.stage import come, days_of, make_conference
from tests.door.given import open_door
from tests.factories import at, make_event, post, sign_in
from tests.page import page
from tests.registrations.wishes import dates_of, made, organizer, statuses
from tests.studies.circles import join, make_circle, part_of

DAYS = ["2026-12-03T18:00", "2026-12-04T18:00", "2026-12-05T18:00"]


def cancel(event_id: int, number: int) -> int:
    """Call off one date of an event; returns its id."""
    record = get_record(event_id)
    one = record.occurrences[number].id
    cancel_date(event_id, one, {"sv": "Snö.", "en": "Snow."}, version=record.version, by=SYSTEM)
    return one


def test_attendance_is_not_taken_at_a_meeting_that_is_called_off(any_ctx: Flask) -> None:
    event = make_circle()
    ada = join(event, "Ada Ek")
    take_attendance(event.id, part_of(event, 1), Marks(present={ada: True}), by=SYSTEM)
    cancel(event.id, 0)
    second = cancel(event.id, 1)

    sheet = sheet_of(get_record(event.id), clock.now())

    assert [row.may_be_taken for row in sheet.meetings] == [True, False, True, False]
    assert [row.hours for row in sheet.meetings] == [3, 0, 3, 3]  # what was held before it was called off stays
    assert details_of(get_record(event.id)).hours(get_record(event.id)) == 6
    with pytest.raises(Refused, match="cancelled"):
        take_attendance(event.id, second, Marks(present={ada: True}), by=SYSTEM)


def test_meeting_that_is_called_off_is_not_the_one_that_is_asked_for(app_ctx: Flask) -> None:
    event = make_circle(dates=["2026-11-25T18:00", "2026-12-02T18:00", "2026-12-09T18:00"])
    cancel(event.id, 0)

    row = sheet_of(get_record(event.id), clock.now()).meeting_now(clock.now())

    assert row is not None
    assert row.number == 2


def test_leader_reads_that_a_meeting_is_called_off(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_circle()
        key = event.key
        cancel(event.id, 3)
    sign_in(client, Role.ORGANIZER)

    shown = page(client, f"/en/organise/events/{key}/study/attendance?meeting=4")

    assert "This date is cancelled." in shown.main
    assert "can be taken from" not in shown.main


def test_online_room_stays_shut_on_a_date_that_is_called_off(app_ctx: Flask) -> None:
    event = make_event(dates=DAYS, mode="online")
    cancel(event.id, 1)
    parts, entering = get_record(event.id).occurrences, Entering()

    assert open_part(parts, at(DAYS[1]), entering) is None
    assert open_part(parts, at(DAYS[2]), entering) == parts[2]
    assert next_opening(parts, at(DAYS[0]), entering) == entering.opens_at(parts[2])


def test_heads_are_not_counted_on_a_date_that_is_called_off(any_ctx: Flask) -> None:
    event = make_event(dates=DAYS)
    off = cancel(event.id, 1)
    step = Step(occurrence_id=off, segment="", change=1, id="a")

    with pytest.raises(NotFound):
        talks.count_heads(event.id, step, by=organizer())
    with pytest.raises(NotFound):
        count_walk_in(event.id, off, None, 1, by=organizer())


def test_head_count_of_a_date_that_is_called_off_meanwhile_is_not_saved_at_another(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        event = make_event(dates=DAYS)
        key, off = event.key, cancel(event.id, 0)
        token = make_pass(event.id, "heads", "Foajén", by=organizer())
    sign_in(client, Role.ORGANIZER)

    answer = post(client, f"/en/organise/events/{key}/heads", {"occurrence": str(off), "people-": "40"})

    assert answer.status_code == 404
    assert f"occurrence={off}" not in page(client, f"/en/organise/events/{key}/heads").html
    assert f"occurrence={off}" not in page(client, f"/en/heads/{token}").html


def test_door_of_a_date_that_is_called_off_is_shut_until_it_takes_place_after_all(any_ctx: Flask) -> None:
    event = make_event(dates=DAYS)
    token, _door = open_door(event)
    off = cancel(event.id, 0)

    with pytest.raises(NotFound):
        doors.door_of(token)
    with pytest.raises(NotFound):
        doors.make_link(event.id, off, "Foajén", by=SYSTEM)
    restore_date(event.id, off, version=get_record(event.id).version, by=SYSTEM)

    assert doors.door_of(token).part.id == off


def test_check_in_at_all_dates_leaves_out_one_that_is_called_off(any_ctx: Flask) -> None:
    event = make_event(dates=DAYS)
    one = made(event, 1).registration_id
    off = cancel(event.id, 1)

    check_in(one, by=organizer())

    rows = db.session.scalars(
        select(RegistrationOccurrence.occurrence_id).where(RegistrationOccurrence.checked_in_at.is_not(None))
    )
    assert set(rows) == set(dates_of(event)) - {off}
    with pytest.raises(NotFound):
        check_in(one, off, by=organizer())


def test_nobody_moves_up_to_a_date_that_is_called_off(any_ctx: Flask) -> None:
    event = make_event(dates=DAYS, per_occurrence=True, capacity=1)
    first, second, third = dates_of(event)
    holder = made(event, 1, occurrences=(first, second, third))
    made(event, 2, occurrences=(second,))
    made(event, 3, occurrences=(second, third))
    cancel(event.id, 1)

    withdraw(holder.registration_id)

    assert statuses(event) == ["withdrawn", "waitlisted", "confirmed"]


def test_kitchen_cooks_for_no_date_that_is_called_off(app_ctx: Flask) -> None:
    event = make_event(dates=DAYS)
    made(event, 1)
    off = cancel(event.id, 1)

    assert [day.occurrence_id for day in kitchen_of(get_record(event.id))] == [
        one for one in dates_of(event) if one != off
    ]


def test_desk_asks_for_no_check_in_on_a_date_that_is_called_off(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_event(dates=DAYS)
        key, off = event.key, cancel(event.id, 0)
    sign_in(client, Role.ORGANIZER)

    shown = page(client, f"/en/organise/events/{key}/registrations")

    assert f"occurrence={off}" not in shown.html
    assert f'name="occurrence" value="{off}"' not in shown.html


def test_items_of_a_day_that_is_called_off_are_called_off_with_it(app_ctx: Flask) -> None:
    event = make_conference()
    one = come(event)
    choose(one, ["game"])
    day = days_of(event)[0]
    cancel(event, 0)

    with pytest.raises(Refused, match="has changed"):
        choose(one, ["game", "radio"])
    days = {placed.part.id: placed.items for placed in details_of(get_record(event)).days(get_record(event))}
    assert {item.is_cancelled for item in days[day]} == {True}
    assert [item.can_be_chosen for item in days[days_of(event)[1]]] == [True]


def test_film_is_not_shown_on_a_date_that_is_called_off(app_ctx: Flask) -> None:
    event = make_event(dates=DAYS, kind="screening")
    off = cancel(event.id, 1)

    assert off not in {one.id for one in showings(get_record(event.id))}
    assert len(showings(get_record(event.id))) == 2


def test_machines_read_that_a_date_is_called_off(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_event(dates=DAYS)
        uid = get_record(event.id).occurrences[1].uid
        cancel(event.id, 1)

    (told,) = client.get("/feeds/programme.json?lang=sv").get_json()["items"]

    assert [one["uid"] for one in told["_event"]["occurrences"] if one["is_cancelled"]] == [uid]
