"""Offers and moves: taken, declined, lapsed, next in line; nobody overtaken but by a move that is shown."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import NotAllowed, Refused
from cag_events.domain.seating import Filling, Lapse, QueueRule
from cag_events.domain.seats import Status
from cag_events.events.services import cancel_event
from cag_events.permissions import ANONYMOUS, SYSTEM
from cag_events.registrations.models import QueueMove, RegistrationChange
from cag_events.registrations.services import (
    accept_offer,
    change,
    decline,
    decline_offer,
    move_up,
    restore,
    withdraw,
)
from cag_events.registrations.services.own import Changed
from cag_events.registrations.services.queue import do_timed
from tests.factories import make_event
from tests.registrations.wishes import made, noted, of, organizer, seats_held, statuses

HOUR = timedelta(hours=1)


def offering(lapse=Lapse.END, hours=24, **more):
    """An event whose queue offers seats."""
    queue = {"filling": Filling.OFFER.value, "hours": hours, "lapse": lapse.value}
    return make_event(**{"capacity": 1, "waitlist": True, "queue": queue, **more})


def refusal(do, *args, **more):
    with pytest.raises(Refused) as caught:
        do(*args, **more)
    return caught.value.code


def later(duration):
    return clock.fixed(clock.now() + duration)


def test_withdraw_offers_the_seat_to_the_next_in_line_and_holds_it(any_ctx):
    event = offering()
    first, second, third = made(event, 1), made(event, 2), made(event, 3)

    withdraw(first.registration_id)

    assert statuses(event) == ["withdrawn", "offered", "waitlisted"]
    assert seats_held() == 1
    assert of(second).offered_until == clock.now() + 24 * HOUR
    assert of(third).offered_until is None
    assert noted()[-2:] == ["registration.withdrawn", "registration.offered"]


def test_accept_makes_the_seat_ones_own_once(app_ctx):
    event = offering()
    first, second = made(event, 1), made(event, 2)
    withdraw(first.registration_id)

    accept_offer(second.registration_id)
    accept_offer(second.registration_id)

    row = of(second)
    assert (row.status, row.confirmed_at, row.offered_until) == (Status.CONFIRMED, clock.now(), None)
    assert seats_held() == 1
    assert noted().count("registration.accepted") == 1


def test_decline_gives_the_seat_to_the_next_in_line(app_ctx):
    event = offering()
    first, second, _third = made(event, 1), made(event, 2), made(event, 3)
    withdraw(first.registration_id)

    decline_offer(second.registration_id)
    decline_offer(second.registration_id)

    assert statuses(event) == ["withdrawn", "declined", "offered"]
    assert seats_held() == 1


def test_accept_is_refused_after_the_deadline_before_anybody_has_swept(app_ctx):
    event = offering()
    first, second = made(event, 1), made(event, 2)
    withdraw(first.registration_id)

    with later(24 * HOUR):
        assert refusal(accept_offer, second.registration_id) == "registration.offer_over"

    assert statuses(event) == ["withdrawn", "offered"]


def test_accept_is_refused_once_the_event_is_cancelled_and_decline_is_not(app_ctx):
    event = offering()
    first, second = made(event, 1), made(event, 2)
    withdraw(first.registration_id)
    cancel_event(event.id, {"sv": "Talaren är sjuk."}, version=event.version, by=SYSTEM)

    assert refusal(accept_offer, second.registration_id) == "registration.cancelled"
    decline_offer(second.registration_id)

    assert statuses(event) == ["withdrawn", "declined"]


def test_accept_and_decline_are_for_those_with_an_offer(app_ctx):
    event = offering()
    _first, second = made(event, 1), made(event, 2)

    assert refusal(accept_offer, second.registration_id) == "registration.not_offered"
    assert refusal(decline_offer, second.registration_id) == "registration.not_offered"


def test_timed_lets_an_offer_lapse_and_offers_to_the_next_in_line(any_ctx):
    event = offering()
    first, second, third = made(event, 1), made(event, 2), made(event, 3)
    withdraw(first.registration_id)

    assert do_timed(clock.now() + 23 * HOUR) == 0
    with later(24 * HOUR):
        assert do_timed(clock.now()) == 1
        assert do_timed(clock.now()) == 0

        assert statuses(event) == ["withdrawn", "waitlisted", "offered"]
        assert of(second).joined_at == clock.now()
        assert of(third).offered_until == clock.now() + 24 * HOUR
    assert seats_held() == 1
    assert noted().count("registration.lapsed") == 1


def test_timed_takes_who_lets_a_second_offer_lapse_out_of_the_queue(app_ctx):
    event = offering()
    first, second = made(event, 1), made(event, 2)
    withdraw(first.registration_id)

    with later(24 * HOUR):
        do_timed(clock.now())
        assert of(second).status is Status.OFFERED  # it was the end of the queue, and the head
    with later(48 * HOUR):
        do_timed(clock.now())
        assert of(second).status is Status.DECLINED
    assert seats_held() == 0


def test_timed_ends_the_wait_of_who_does_not_answer_where_the_rule_says_so(app_ctx):
    event = offering(lapse=Lapse.OUT)
    first, _second = made(event, 1), made(event, 2)
    withdraw(first.registration_id)

    with later(24 * HOUR):
        do_timed(clock.now())

    assert statuses(event) == ["withdrawn", "declined"]


def test_an_offer_never_stands_past_the_close_of_registration(app_ctx):
    event = offering(closes_hours=48)  # 3 December 18.00
    first, second = made(event, 1), made(event, 2)
    closes_at = event.starts_at - 48 * HOUR

    with clock.fixed(closes_at - 5 * HOUR):
        withdraw(first.registration_id)

    assert of(second).offered_until == closes_at


def test_an_offer_after_the_close_stands_for_half_of_the_time_that_is_left(app_ctx):
    event = offering(closes_hours=48)
    first, second = made(event, 1), made(event, 2)

    with clock.fixed(event.starts_at - 10 * HOUR):
        withdraw(first.registration_id)

    assert of(second).offered_until == event.starts_at - 5 * HOUR


def test_an_alias_whom_no_mail_reaches_gets_the_seat_at_once(app_ctx):
    event = offering(ask=["alias"])
    first, second = made(event, 1), made(event, 2, email=None)

    withdraw(first.registration_id)

    assert of(second).status is Status.CONFIRMED


def test_withdraw_of_an_offer_frees_the_seat_and_restore_gives_it_the_head_of_the_queue(app_ctx):
    event = offering()
    first, second, third = made(event, 1), made(event, 2), made(event, 3)
    withdraw(first.registration_id)

    withdraw(second.registration_id)
    assert of(third).status is Status.OFFERED
    restore(second.registration_id)

    decline_offer(third.registration_id)

    assert [of(one).status.value for one in (second, third)] == ["offered", "declined"]


def test_restore_of_a_seat_gives_it_back_without_an_offer(app_ctx):
    event = offering()
    first = made(event, 1)
    withdraw(first.registration_id)

    assert restore(first.registration_id) is Status.CONFIRMED


def test_change_to_fewer_people_frees_offered_seats(app_ctx):
    event = offering(capacity=2, guests=1)
    first, second = made(event, 1, party=2), made(event, 2, party=2)
    third = made(event, 3)
    withdraw(first.registration_id)

    change(second.registration_id, Changed(name="Person 2", party=1, answers={}))

    assert [of(one).status.value for one in (second, third)] == ["offered", "offered"]
    assert seats_held() == 2


def test_desk_may_say_no_to_who_has_an_offer(app_ctx):
    event = offering()
    first, second, third = made(event, 1), made(event, 2), made(event, 3)
    withdraw(first.registration_id)

    decline(second.registration_id, by=organizer())

    assert of(third).status is Status.OFFERED


def test_move_up_needs_a_reason_which_is_kept_sealed_and_not_in_the_history(app_ctx):
    event, by = make_event(capacity=1), organizer()
    made(event, 1)
    second, third = made(event, 2), made(event, 3)

    assert refusal(move_up, third.registration_id, "  ", by=by, to_head=True) == "registration.reason"
    move_up(third.registration_id, "Speaks at the opening", by=by, to_head=True)

    assert of(third).joined_at < of(second).joined_at
    row = db.session.scalars(select(QueueMove)).one()
    assert (row.reason, row.to_seat, row.account_id) == ("Speaks at the opening", False, by.account_id)
    assert b"Speaks" not in (row.reason_sealed or b"")
    changes = db.session.scalars(select(RegistrationChange.facts).where(RegistrationChange.what == "to_head"))
    assert list(changes) == [{}]
    assert noted()[-1:] == ["registration.moved"]


def test_move_up_to_the_head_gets_the_next_seat(app_ctx):
    event, by = make_event(capacity=1), organizer()
    first = made(event, 1)
    second, third = made(event, 2), made(event, 3)
    move_up(third.registration_id, "Speaks at the opening", by=by, to_head=True)

    withdraw(first.registration_id)

    assert [of(one).status.value for one in (second, third)] == ["waitlisted", "confirmed"]


def test_move_up_gives_a_small_party_the_seats_that_a_large_one_waits_for(app_ctx):
    event = make_event(capacity=2, guests=1)
    made(event, 1)
    large, small = made(event, 2, party=2), made(event, 3)

    move_up(small.registration_id, "Interprets", by=organizer())

    assert [of(one).status.value for one in (large, small)] == ["waitlisted", "confirmed"]


def test_move_up_is_for_organizers(app_ctx):
    event = make_event(capacity=1)
    made(event, 1)

    with pytest.raises(NotAllowed):
        move_up(made(event, 2).registration_id, "why", by=ANONYMOUS)


def test_queue_rule_of_a_row_without_one_is_to_fill(app_ctx):
    assert QueueRule() == QueueRule(filling=Filling.FILL, hours=24, lapse=Lapse.END)
