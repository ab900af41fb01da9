"""Taking attendance: cells of their own, one truth with the desk, two phones, what a leader may not do; retention."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from cag_events import clock, retention
from cag_events.db import Base, db, transaction
from cag_events.domain.errors import NotAllowed, NotFound, Refused
from cag_events.domain.lifecycle import Status
from cag_events.domain.study_hours import Rule, State
from cag_events.events.models import EventPass
from cag_events.events.services import cancel_event, end_pass
from cag_events.permissions import SYSTEM, Actor, Role
from cag_events.registrations.models import RegistrationOccurrence, WalkIn
from cag_events.registrations.services import check_in, withdraw
from cag_events.studies.models import StudyAttendance, StudyMeeting
from cag_events.studies.queries import open_names, sheet_of, short_names
from cag_events.studies.services import Marks, take_attendance
from cag_events.studies.services.attendance import AS_PLANNED
from tests.factories import make_event, make_segment
from tests.studies.circles import join, leader_of, make_circle, part_of, record_of, registration, starts_of


def take(event, number, by=SYSTEM, **marks):
    take_attendance(event.id, part_of(event, number), Marks(**marks), by=by)


def sheet(event):
    return sheet_of(record_of(event), clock.now())


def came(event):
    return [len(party.came_to) for party in sheet(event).parties]


def test_take_attendance_checks_in_at_that_meeting_alone(any_ctx):
    event = make_circle()
    ada, bo = join(event, "Ada Ek"), join(event, "Bo Al")

    take(event, 1, present={ada: True, bo: False})

    rows = select(RegistrationOccurrence.occurrence_id).where(RegistrationOccurrence.checked_in_at.is_not(None))
    assert list(db.session.scalars(rows)) == [part_of(event, 1)]
    assert registration(ada).checked_in_at == clock.now()
    assert registration(bo).checked_in_at is None
    assert [row.participants for row in sheet(event).meetings] == [1, 0, 0, 0]


def test_check_in_at_the_desk_counts_as_attendance(app_ctx):
    event = make_circle()
    ada = join(event, "Ada Ek")

    check_in(registration(ada).id, part_of(event, 2), by=SYSTEM)

    assert [row.participants for row in sheet(event).meetings] == [0, 1, 0, 0]


def test_take_attendance_takes_a_mark_back_and_the_arrival_with_it(app_ctx):
    event = make_circle()
    ada = join(event, "Ada Ek")
    take(event, 1, present={ada: True})

    take(event, 1, present={ada: False})

    assert registration(ada).checked_in_at is None
    assert came(event) == [0]


def test_two_phones_keep_what_the_other_has_marked(any_ctx):
    event = make_circle()
    ada, bo = join(event, "Ada Ek"), join(event, "Bo Al")

    take(event, 1, present={ada: True})
    take(event, 1, present={bo: True})

    assert came(event) == [1, 1]


def test_of_two_answers_in_one_cell_the_later_tap_stands_though_it_arrives_first(any_ctx):
    event = make_circle()
    ada = join(event, "Ada Ek")
    take(event, 1, present={ada: True})

    with clock.fixed(clock.now() + timedelta(minutes=10)):
        take(event, 1, present={ada: False}, age=timedelta(minutes=11))  # it waited for the network
        assert came(event) == [1]
        take(event, 1, present={ada: False}, age=timedelta(minutes=9))
        assert came(event) == [0]


def test_take_attendance_is_refused_before_the_day_of_the_meeting(app_ctx):
    event = make_circle()
    ada = join(event, "Ada Ek")

    with pytest.raises(Refused, match="2026-11-25") as caught:
        take(event, 4, present={ada: True})
    with clock.fixed(starts_of(event, 4) - timedelta(hours=3)):
        take(event, 4, present={ada: True})

    assert caught.value.code == "study.early"
    assert came(event) == [1]


def test_leader_marks_by_the_link_of_this_event_alone_until_it_is_ended(app_ctx):
    event, other = make_circle(), make_circle(key="other")
    ada = join(event, "Ada Ek")
    _token, holder = leader_of(event)

    take(event, 1, by=holder, present={ada: True})
    with pytest.raises(NotFound):
        take(other, 1, by=holder)
    end_pass(event.id, db.session.scalars(select(EventPass.row_id)).one(), by=SYSTEM)
    with pytest.raises(NotFound):
        take(event, 2, by=holder, present={ada: True})

    marked = db.session.scalars(select(StudyAttendance)).one()
    assert (marked.pass_id, marked.account_id) == (holder.pass_id, None)
    assert came(event) == [1]


def test_take_attendance_is_not_for_editors(app_ctx):
    event = make_circle()

    with pytest.raises(NotAllowed):
        take(event, 1, by=Actor(account_id=1, role=Role.EDITOR))


def test_take_attendance_refuses_meetings_and_people_of_another_event(app_ctx):
    event, other = make_circle(), make_event()
    stranger = join(other, "Eva Ros")

    with pytest.raises(NotFound):
        take_attendance(event.id, part_of(other, 1), Marks(), by=SYSTEM)
    with pytest.raises(NotFound):
        take(event, 1, present={stranger: True})


def test_guests_are_counted_beside_those_whom_the_desk_has_counted(app_ctx):
    event = make_circle()
    with transaction():
        db.session.add(
            WalkIn(event_id=event.id, occurrence_id=part_of(event, 1), segment_id=make_segment().id, people=2)
        )

    take(event, 1, guests=5)
    take(event, 1, guests=4)

    assert sheet(event).meetings[0].guests == 4
    assert db.session.scalar(select(func.sum(WalkIn.people))) == 4
    assert sheet(event).meetings[0].participants == 0


def test_a_meeting_that_fell_through_has_no_hours_until_it_is_as_planned_again(app_ctx):
    event = make_circle()

    take(event, 2, minutes=0)
    assert [row.hours for row in sheet(event).meetings] == [3, 0, 3, 3]
    take(event, 2, minutes=AS_PLANNED)

    assert [row.hours for row in sheet(event).meetings] == [3, 3, 3, 3]


def test_somebody_who_joins_later_stands_from_their_meeting_on_and_may_count(app_ctx):
    event = make_circle()
    with clock.fixed(starts_of(event, 2) - timedelta(days=1)):
        second = join(event, "Ada Ek")
    fourth = join(event, "Bo Al")

    parties = {party.row_id: party for party in sheet(event).parties}

    assert (parties[second].joined, parties[fourth].joined) == (2, 4)
    assert parties[fourth].never.first


def test_somebody_who_withdraws_after_two_meetings_stays_in_the_counts_of_those(any_ctx):
    event = make_circle()
    ada = join(event, "Ada Ek")
    for number in (1, 2):
        take(event, number, present={ada: True})

    withdraw(registration(ada).id)

    after = sheet(event)
    assert [row.participants for row in after.meetings] == [1, 1, 0, 0]
    assert [(party.is_coming, party.is_counted) for party in after.parties] == [(False, False)]


def test_meter_is_reached_with_the_leader_among_three(any_ctx):
    event = make_circle()
    for name in ("Ada Ek", "Bo Al"):
        row_id = join(event, name)
        for number in (1, 2, 3):
            take(event, number, present={row_id: True})

    meter = sheet(event).meter

    assert meter.state is State.REACHED
    assert meter.actual.line(Rule.PEOPLE).have == 3


def test_a_cancelled_circle_has_what_has_been_and_no_more(app_ctx):
    event = make_circle()
    ada = join(event, "Ada Ek")
    take(event, 1, present={ada: True})

    cancel_event(event.id, {"en": "ill"}, version=record_of(event).version, by=SYSTEM)

    after = sheet(event)
    assert record_of(event).status is Status.CANCELLED
    assert [row.hours for row in after.meetings] == [3, 3, 3, 0]
    assert not after.parties[0].is_coming


def test_retention_leaves_counts_and_hours_when_attendance_goes(any_ctx, tmp_path):
    event = make_circle()
    ada, bo = join(event, "Ada Ek"), join(event, "Bo Al")
    take(event, 1, present={ada: True, bo: True}, guests=1)
    take(event, 2, present={ada: True})
    due = starts_of(event, 4) + timedelta(days=31)
    before = sheet_of(record_of(event), due)

    with clock.fixed(due - timedelta(days=2)):
        early = retention.run(tmp_path).counts
    with clock.fixed(due):
        done = retention.run(tmp_path).counts

    notes = list(db.session.scalars(select(StudyMeeting).order_by(StudyMeeting.occurrence_id)))
    assert (early["study_attendance"], done["study_attendance"]) == (0, 3)
    assert db.session.scalar(select(func.count()).select_from(StudyAttendance)) == 0
    assert [(note.participants, note.hours) for note in notes] == [(2, 3), (1, 3)]
    after = sheet_of(record_of(event), due)
    assert [row.participants for row in after.meetings] == [row.participants for row in before.meetings]
    assert set(open_names([party.registration_id for party in after.parties]).values()) == {""}


def test_attendance_goes_with_its_registration(any_ctx):
    event = make_circle()
    take(event, 1, present={join(event, "Ada Ek"): True})

    with transaction():
        db.session.execute(delete(type(registration(sheet(event).parties[0].row_id))))

    assert db.session.scalar(select(func.count()).select_from(StudyAttendance)) == 0


def test_short_names_are_told_apart_by_as_few_letters_as_it_takes():
    names = {1: "Ada Ek", 2: "Bo Al", 3: "Bo Ask", 4: "Cilla", 5: "Eva Ros", 6: "Eva Ros", 7: "", 8: "Li de la Cruz"}

    assert list(short_names(names).values()) == [
        *("Ada E.", "Bo Al.", "Bo As.", "Cilla", "Eva Ros. (1)", "Eva Ros. (2)", "", "Li C."),
    ]


def test_no_table_has_a_column_for_identity_numbers(app_ctx):
    words = ("personnummer", "identity_n", "person_n", "personal_n", "ssn", "pnr", "id_number", "national_id")
    columns = [f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns]

    assert len(columns) > 300
    assert [name for name in columns if any(word in name for word in words)] == []
