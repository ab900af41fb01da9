"""Approving, declining, adding by hand, moving up, checking in, counting walk-ins, inviting."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import NotAllowed, NotFound, Refused
from cag_events.domain.event import RegistrationMode
from cag_events.domain.seats import Status
from cag_events.permissions import ANONYMOUS, Role
from cag_events.registrations.models import Invitation, RegistrationChange
from cag_events.registrations.queries import count_by, list_registrations, list_walk_ins, occurrences_of
from cag_events.registrations.services import (
    add,
    approve,
    check_in,
    count_walk_in,
    decline,
    invite,
    move_up,
    undo_check_in,
    withdraw,
)
from tests.factories import make_contact, make_event, make_segment
from tests.registrations.wishes import dates_of, made, noted, of, organizer, statuses, wish


def refusal(do, *args, **more):
    with pytest.raises(Refused) as caught:
        do(*args, **more)
    return caught.value.code


def test_approve_gives_seats_then_places_in_the_queue_in_the_order_of_approval(app_ctx):
    by, event = organizer(), make_event(registration_mode=RegistrationMode.APPROVAL, capacity=1)
    first, second = made(event, 1), made(event, 2)

    answers = [approve(one.registration_id, by=by) for one in (second, first)]

    assert answers == [Status.CONFIRMED, Status.WAITLISTED]
    assert refusal(approve, first.registration_id, by=by) == "registration.not_pending"
    assert noted()[-2:] == ["registration.approved", "registration.approved"]


def test_approve_is_refused_when_full_without_a_queue(app_ctx):
    by, event = organizer(), make_event(registration_mode=RegistrationMode.APPROVAL, capacity=1, waitlist=False)
    approve(made(event, 1).registration_id, by=by)

    assert refusal(approve, made(event, 2).registration_id, by=by) == "registration.full"
    assert statuses(event) == ["confirmed", "pending"]


def test_decline_says_no_once_and_lets_the_queue_go_on(app_ctx):
    by, event = organizer(), make_event(capacity=2, guests=1)
    made(event, 1)
    large, _small = made(event, 2, party=2), made(event, 3)

    decline(large.registration_id, by=by)

    assert statuses(event) == ["confirmed", "declined", "confirmed"]
    assert refusal(decline, large.registration_id, by=by) == "registration.not_pending"


def test_move_up_seats_one_who_waits_before_its_turn_and_says_so_in_its_history(app_ctx):
    by, event = organizer(), make_event(capacity=3, guests=3)
    made(event, 1)
    made(event, 2, party=3)
    last = made(event, 3)

    move_up(last.registration_id, "Speaks at the opening", by=by)

    assert statuses(event) == ["confirmed", "waitlisted", "confirmed"]
    entry = db.session.scalars(select(RegistrationChange)).one()
    assert (entry.what, entry.account_id) == ("moved", by.account_id)
    assert refusal(move_up, last.registration_id, "again", by=by) == "registration.not_waiting"


def test_add_registers_by_hand_after_closing_but_never_above_capacity(app_ctx):
    by, event = organizer(), make_event(capacity=1, closes_hours=24)

    with clock.fixed(event.starts_at - timedelta(hours=1)):
        added = [add(event.id, wish(n, email=None, channel="organizer"), by=by).status for n in range(2)]

    assert added == [Status.CONFIRMED, Status.WAITLISTED]
    assert refusal(add, make_event(capacity=0).id, wish(), by=by) == "registration.mode"


def test_add_refuses_an_address_that_is_registered(app_ctx):
    by, event = organizer(), make_event()
    made(event, 1)

    assert refusal(add, event.id, wish(1), by=by) == "registration.known"


@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.EDITOR, Role.REPORTER, Role.CHECKIN])
def test_desk_is_for_organizers_alone(app_ctx, role):
    by = organizer(role) if role else ANONYMOUS
    event = make_event()
    registered = made(event)
    (occurrence,) = dates_of(event)

    for do in (
        lambda: approve(registered.registration_id, by=by),
        lambda: decline(registered.registration_id, by=by),
        lambda: move_up(registered.registration_id, "why", by=by),
        lambda: add(event.id, wish(2), by=by),
        lambda: check_in(registered.registration_id, by=by),
        lambda: undo_check_in(registered.registration_id, by=by),
        lambda: count_walk_in(event.id, occurrence, None, 1, by=by),
        lambda: invite(event.id, [], by=by),
    ):
        with pytest.raises(NotAllowed):
            do()


def test_check_in_counts_each_occurrence_apart_and_twice_is_once(app_ctx):
    by, event = organizer(), make_event(dates=["2026-12-03T18:00", "2026-12-04T18:00"])
    registered = made(event)
    first, second = dates_of(event)

    with clock.fixed(event.starts_at):
        check_in(registered.registration_id, first, by=by)
    check_in(registered.registration_id, first, by=by)

    came = occurrences_of([registered.registration_id])[registered.registration_id]
    assert came == {first: event.starts_at, second: None}
    assert of(registered).checked_in_at == event.starts_at


def test_undo_check_in_takes_back_one_occurrence_or_all(app_ctx):
    by, event = organizer(), make_event(dates=["2026-12-03T18:00", "2026-12-04T18:00"])
    registered = made(event)
    first, _second = dates_of(event)
    check_in(registered.registration_id, by=by)

    undo_check_in(registered.registration_id, first, by=by)
    halfway = of(registered).checked_in_at
    undo_check_in(registered.registration_id, by=by)

    assert halfway == clock.now()
    assert of(registered).checked_in_at is None


def test_check_in_is_for_those_with_a_seat_and_their_own_occurrences(app_ctx):
    by, event = organizer(), make_event(capacity=1)
    seated, waiting = made(event, 1), made(event, 2)
    (elsewhere,) = dates_of(make_event())

    assert refusal(check_in, waiting.registration_id, by=by) == "registration.not_confirmed"
    with pytest.raises(NotFound):
        check_in(seated.registration_id, elsewhere, by=by)


def test_count_walk_in_counts_up_and_down_by_segment_and_never_below_none(app_ctx):
    by, event = organizer(), make_event()
    make_segment("students")
    (occurrence,) = dates_of(event)

    for change in (1, 1, 1, -1):
        count_walk_in(event.id, occurrence, "students", change, by=by)
    count_walk_in(event.id, occurrence, None, 1, by=by)

    assert count_walk_in(event.id, occurrence, None, -1, by=by) == 0
    assert count_walk_in(event.id, occurrence, None, -1, by=by) == 0
    assert list_walk_ins(event.id) == {(occurrence, "students"): 2, (occurrence, ""): 0}
    with pytest.raises(NotFound):
        count_walk_in(make_event().id, occurrence, None, 1, by=by)


def test_invite_reaches_contacts_with_an_address_once(app_ctx):
    by, event = organizer(), make_event(registration_mode=RegistrationMode.INVITE)
    with_address, without = make_contact(email="a@example.org"), make_contact()
    ids = [with_address.id, without.id]

    assert invite(event.id, ids, by=by) == 1
    assert invite(event.id, ids, by=by) == 0
    assert db.session.scalars(select(Invitation.contact_id)).all() == [with_address.id]


def test_count_by_counts_people_by_status_and_segment(app_ctx):
    by, event = organizer(), make_event(capacity=3, guests=1)
    make_segment("students")
    first = made(event, 1, party=2, segment="students")
    made(event, 2)
    made(event, 3)
    withdraw(made(event, 4).registration_id)
    check_in(first.registration_id, by=by)

    counts = count_by(event.id)

    assert counts.people == {Status.CONFIRMED: 3, Status.WAITLISTED: 1, Status.WITHDRAWN: 1}
    assert counts.parties == {Status.CONFIRMED: 2, Status.WAITLISTED: 1, Status.WITHDRAWN: 1}
    assert counts.by_segment == {"students": 2, "": 1}
    assert counts.checked_in == 2


def test_list_registrations_finds_names_whatever_their_accents_and_addresses_exactly(app_ctx):
    event = make_event()
    for number, (name, email) in enumerate(
        [("Åsa Testlund", "asa@example.org"), ("Нурай Үлгүбаева", "nurai@example.org"), ("Bo", "bo@example.org")]
    ):
        made(event, number, name=name, email=email)

    def names(words):
        return [row.name for row in list_registrations(event.id, words=words)]

    assert names("asa test") == ["Åsa Testlund"]
    assert names("НУРАЙ") == ["Нурай Үлгүбаева"]
    assert names("Bo@Example.org") == ["Bo"]
    assert names("example") == ["Åsa Testlund", "Нурай Үлгүбаева", "Bo"]
    assert names("nobody") == []
