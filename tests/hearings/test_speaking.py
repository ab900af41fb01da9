"""Speaking slots: asked for, answered, ordered; the chair calls, runs the clock and puts back."""

from datetime import timedelta

import pytest
from flask import Flask

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import NotAllowed, Refused
from cag_events.domain.hearing import Slot
from cag_events.hearings import services
from cag_events.hearings.models import SpeakingSlot
from cag_events.hearings.queries import list_slots
from cag_events.hearings.record import Record
from cag_events.hearings.services import Wish
from cag_events.permissions import SYSTEM, Actor, Role
from cag_events.registrations import services as registrations
from tests.hearings.given import make_hearing, seat, slot_of

WISH = Wish(called="Ripa", topic="Visum")
RECORD = Record(summary={"sv": "Kort"})


def called(event_id: int, *statuses: Slot) -> list[str]:
    """The names in the order of the list."""
    db.session.expire_all()
    return [row.called or "" for row in list_slots(event_id, *statuses)]


def statuses(event_id: int) -> dict[str, Slot]:
    """How everybody stands."""
    db.session.expire_all()
    return {row.called or "": row.status for row in list_slots(event_id)}


def test_ask_is_for_those_with_a_seat_until_it_closes(any_ctx: Flask) -> None:
    event = make_hearing()
    registration = seat(event.id)

    services.ask(registration.id, WISH)
    services.ask(registration.id, Wish(called="Ripa", topic="Annat"))
    assert [(row.topic, row.status) for row in list_slots(event.id)] == [("Annat", Slot.ASKED)]

    with clock.fixed(clock.now() + timedelta(days=11, hours=4)), pytest.raises(Refused) as late:
        services.ask(registration.id, WISH)
    registrations.withdraw(registration.id)
    with pytest.raises(Refused) as gone:
        services.ask(registration.id, WISH)
    assert [late.value.code, gone.value.code] == ["speaking.closed", "speaking.seat"]


def test_ask_is_refused_where_nobody_speaks_from_the_floor(app_ctx: Flask) -> None:
    registration = seat(make_hearing(details={"speaking": {}}).id)

    with pytest.raises(Refused) as refused:
        services.ask(registration.id, WISH)

    assert refused.value.code == "speaking.none"


def test_decide_gives_no_more_slots_than_the_item_holds(any_ctx: Flask) -> None:
    event = make_hearing()  # six minutes, three each
    rows = [slot_of(event.id, name) for name in ("Anna", "Bengt", "Cilla")]

    for row in rows[:2]:
        services.decide(event.id, row.row_id, approve=True, by=SYSTEM)
    with pytest.raises(Refused) as refused:
        services.decide(event.id, rows[2].row_id, approve=True, by=SYSTEM)
    services.decide(event.id, rows[0].row_id, approve=False, by=SYSTEM)
    services.decide(event.id, rows[2].row_id, approve=True, by=SYSTEM)

    assert refused.value.code == "speaking.full"
    assert called(event.id, Slot.APPROVED) == ["Bengt", "Cilla"]


def test_decide_and_move_are_for_those_who_edit_attendees(app_ctx: Flask) -> None:
    event = make_hearing()
    row_id = slot_of(event.id, "Anna", approve=True).row_id

    for by in (Actor(role=Role.EDITOR), Actor(role=Role.REPORTER), Actor()):
        with pytest.raises(NotAllowed):
            services.decide(event.id, row_id, approve=False, by=by)
        with pytest.raises(NotAllowed):
            services.move(event.id, row_id, up=True, by=by)


def test_move_changes_places_and_stops_at_the_ends(app_ctx: Flask) -> None:
    event = make_hearing(agenda=[{"minutes": 90, "title": {"sv": "Ordet är fritt"}}], details={"speaking": {"item": 1}})
    rows = {name: slot_of(event.id, name, approve=True).row_id for name in ("Anna", "Bengt", "Cilla")}

    services.move(event.id, rows["Cilla"], up=True, by=SYSTEM)
    services.move(event.id, rows["Anna"], up=True, by=SYSTEM)
    assert called(event.id, Slot.APPROVED) == ["Anna", "Cilla", "Bengt"]
    services.move(event.id, rows["Anna"], up=False, by=SYSTEM)
    services.move(event.id, rows["Bengt"], up=False, by=SYSTEM)
    assert called(event.id, Slot.APPROVED) == ["Cilla", "Anna", "Bengt"]


def test_chair_calls_starts_and_goes_on_to_the_next(any_ctx: Flask) -> None:
    event = make_hearing()
    rows = {name: slot_of(event.id, name, approve=True).row_id for name in ("Anna", "Bengt")}

    services.chair(event.id, rows["Anna"], "call")
    with pytest.raises(Refused) as two:
        services.chair(event.id, rows["Bengt"], "call")
    with pytest.raises(Refused) as unstarted:
        services.chair(event.id, rows["Anna"], "next")
    services.chair(event.id, rows["Anna"], "start")
    with clock.fixed(clock.now() + timedelta(minutes=3)):
        services.chair(event.id, rows["Anna"], "next")
    with pytest.raises(Refused) as again:  # the other phone presses too
        services.chair(event.id, rows["Anna"], "next")

    assert [one.value.code for one in (two, unstarted, again)] == [
        "speaking.called",
        "speaking.clock",
        "speaking.moved",
    ]
    assert statuses(event.id) == {"Anna": Slot.SPOKEN, "Bengt": Slot.CALLED}
    anna = next(row for row in list_slots(event.id) if row.called == "Anna")
    assert anna.started_at is not None
    assert anna.ended_at == anna.started_at + timedelta(minutes=3)


def test_chair_marks_absent_and_puts_back_in_front_or_last(app_ctx: Flask) -> None:
    event = make_hearing(agenda=[{"minutes": 90, "title": {"sv": "Ordet är fritt"}}], details={"speaking": {"item": 1}})
    rows = {name: slot_of(event.id, name, approve=True).row_id for name in ("Anna", "Bengt", "Cilla")}

    services.chair(event.id, rows["Anna"], "absent")
    services.chair(event.id, rows["Bengt"], "call")
    services.chair(event.id, rows["Bengt"], "back")
    assert called(event.id, Slot.APPROVED) == ["Bengt", "Cilla"]
    services.chair(event.id, rows["Anna"], "back")

    assert called(event.id, Slot.APPROVED) == ["Bengt", "Cilla", "Anna"]


def test_withdraw_frees_the_slot_and_asking_again_begins_anew(app_ctx: Flask) -> None:
    event = make_hearing()
    row = slot_of(event.id, "Anna", approve=True)

    services.withdraw_slot(row.registration_id)
    services.withdraw_slot(row.registration_id)
    assert statuses(event.id) == {"Anna": Slot.WITHDRAWN}
    services.ask(row.registration_id, Wish(called="Anna", topic="Nytt"))

    assert statuses(event.id) == {"Anna": Slot.ASKED}


def test_consent_taken_back_takes_the_name_off_the_record(app_ctx: Flask) -> None:
    event = make_hearing()
    row = slot_of(event.id, "Anna", approve=True, consents=True)
    for action in ("call", "start", "stop"):
        services.chair(event.id, row.row_id, action)
    services.save_record(event.id, RECORD, version=0, by=SYSTEM)
    services.publish_record(event.id, by=SYSTEM)
    assert _shown(row.id) == "Anna"

    services.set_consent(row.registration_id, consents=False)

    assert _shown(row.id) == ""


def _shown(slot_id: int) -> str:
    return db.session.get_one(SpeakingSlot, slot_id, populate_existing=True).shown_name
