"""Held seats: whose they are, until when, and who may pass whom because of them."""

from datetime import UTC, datetime, timedelta

import pytest

from cag_events.domain.event import Mode
from cag_events.domain.queueing import Why, offered_until, standing_of
from cag_events.domain.registering import (
    asks_segment,
    first_opening,
    is_at_domain,
    opening_for,
    phase_refusal,
    proof_for,
    running_phases,
)
from cag_events.domain.seating import Phase, Pool, Proof, QueueRule
from cag_events.domain.seats import (
    SeatState,
    Slot,
    Status,
    Waiting,
    allocate,
    entitled_segment,
    hold,
    next_in_line,
    pools_at,
)

ON, NET = Mode.ONSITE, Mode.ONLINE
SLOT = Slot(1, ON)
STARTS = datetime(2026, 12, 3, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_state(*, capacity=10, pools=None, held=0, held_by=None, waiting=0, waiting_by=None):
    return SeatState(
        capacity={ON: capacity},
        occurrences=(1,),
        held={SLOT: range(1, held + 1)},
        pools={ON: pools or {}},
        held_by={SLOT: held_by or {}},
        waiting={SLOT: waiting} if waiting else {},
        waiting_by={SLOT: waiting_by or {}},
    )


def status(party, state, segment=""):
    return allocate(party, ON, (1,), state, segment=segment).status


def test_allocate_keeps_held_seats_for_their_segment():
    state = a_state(capacity=10, pools={"students": 4}, held=6)

    assert (state.general_free(SLOT), state.held_free(SLOT, "students"), state.free(SLOT)) == (0, 4, 4)
    assert status(1, state) is Status.WAITLISTED
    assert status(1, state, "media") is Status.WAITLISTED
    assert status(4, state, "students") is Status.CONFIRMED
    assert status(5, state, "students") is Status.WAITLISTED


def test_allocate_takes_held_seats_first_and_general_ones_after():
    state = a_state(capacity=10, pools={"students": 2})

    after = hold(state, ON, allocate(3, ON, (1,), state, segment="students"), "students")

    assert (after.held_free(SLOT, "students"), after.general_free(SLOT)) == (0, 7)


def test_general_seats_come_back_as_general_and_held_ones_as_held():
    full = a_state(capacity=10, pools={"students": 4}, held=10, held_by={"students": 5})
    without_a_student = a_state(capacity=10, pools={"students": 4}, held=9, held_by={"students": 4})
    without_two = a_state(capacity=10, pools={"students": 4}, held=8, held_by={"students": 3})

    assert full.general_free(SLOT) == 0
    assert (without_a_student.general_free(SLOT), without_a_student.held_free(SLOT, "students")) == (1, 0)
    assert (without_two.general_free(SLOT), without_two.held_free(SLOT, "students")) == (1, 1)


@pytest.mark.parametrize("pools", [{"students": 30}, {"students": 8, "media": 8}])
def test_pools_larger_than_the_capacity_never_give_more_seats_than_there_are(pools):
    state = a_state(capacity=10, pools=pools, held=7, held_by={"students": 7})

    assert state.general_free(SLOT) == 0
    assert max(state.held_free(SLOT, segment) for segment in pools) <= 3
    assert status(4, state, "students") is Status.WAITLISTED


def test_pools_at_stops_counting_at_the_release_and_adds_up_by_way():
    pools = [
        Pool(segment="students", seats=3, release_hours=24),
        Pool(segment="students", seats=2, online=True),
        Pool(segment="media", seats=1, release_hours=48),
    ]

    assert pools_at(pools, STARTS, STARTS - 49 * HOUR) == {ON: {"students": 3, "media": 1}, NET: {"students": 2}}
    assert pools_at(pools, STARTS, STARTS - 48 * HOUR) == {ON: {"students": 3}, NET: {"students": 2}}
    assert pools_at(pools, STARTS, STARTS - 24 * HOUR) == {NET: {"students": 2}}
    assert pools_at(pools, None, STARTS) == {ON: {"students": 3, "media": 1}, NET: {"students": 2}}


def test_entitled_segment_asks_for_proof_and_for_the_same_way_to_take_part():
    pools = [Pool(segment="students", seats=3, proof=Proof.CODE), Pool(segment="media", seats=3, online=True)]

    assert entitled_segment("students", ON, pools, is_proven=True) == "students"
    assert entitled_segment("students", ON, pools, is_proven=False) == ""
    assert entitled_segment("media", ON, pools, is_proven=True) == ""
    assert entitled_segment("media", NET, pools, is_proven=False) == "media"
    assert entitled_segment(None, ON, pools, is_proven=True) == ""


def test_somebody_new_passes_those_of_other_segments_into_the_own_held_seats_alone():
    state = a_state(capacity=10, pools={"students": 2}, held=7, waiting=1)

    assert state.general_free(SLOT) == 1
    assert status(1, state) is Status.WAITLISTED
    assert status(2, state, "students") is Status.CONFIRMED
    assert status(3, state, "students") is Status.WAITLISTED  # it would take the seat that another waits for


def test_somebody_new_never_passes_one_of_the_same_segment():
    state = a_state(capacity=10, pools={"students": 2}, held=7, waiting=1, waiting_by={"students": 1})

    assert status(1, state, "students") is Status.WAITLISTED


def test_next_in_line_lets_a_segment_go_on_with_its_own_seats_while_the_head_waits():
    queue = [
        Waiting(1, 3, ON, (1,)),
        Waiting(2, 1, ON, (1,)),
        Waiting(3, 2, ON, (1,), "students"),
        Waiting(4, 1, ON, (1,), "students"),
        Waiting(5, 1, ON, (1,), "media"),
    ]
    state = a_state(capacity=10, pools={"students": 3, "media": 1}, held=5)  # one general seat, three and one held

    assert [one.registration for one in next_in_line(queue, state)] == [3, 4, 5]


def test_next_in_line_keeps_a_segment_in_order_behind_its_own_large_party():
    queue = [Waiting(1, 4, ON, (1,), "students"), Waiting(2, 1, ON, (1,), "students"), Waiting(3, 1, ON, (1,))]
    state = a_state(capacity=10, pools={"students": 3}, held=7)

    assert next_in_line(queue, state) == ()


def test_next_in_line_gives_held_seats_to_all_once_they_are_released():
    queue = [Waiting(1, 2, ON, (1,)), Waiting(2, 1, ON, (1,), "students"), Waiting(3, 1, ON, (1,))]

    assert [one.registration for one in next_in_line(queue, a_state(pools={"students": 3}, held=7))] == [2]
    assert [one.registration for one in next_in_line(queue, a_state(held=7))] == [1, 2]


def standing(queue, state, registration, **more):
    found = standing_of(queue, state, registration, **more)
    assert found is not None
    return found


def test_standing_says_why_in_numbers():
    queue = [
        Waiting(1, 3, ON, (1,)),
        Waiting(2, 2, ON, (1,), "students", is_moved=True),
        Waiting(3, 1, ON, (1,), "students"),
    ]
    state = a_state(capacity=10, pools={"students": 2}, held=8, held_by={"students": 1})

    first, last = standing(queue, state, 1), standing(queue, state, 3)

    assert (first.place, first.why, first.free, first.for_others) == (1, Why.TOO_FEW, 2, 1)
    assert (last.place, last.place_in_segment, last.before, last.people_before) == (3, 2, 2, 5)
    assert (last.why, last.moved_before, last.is_moved) == (Why.BEHIND, 1, False)


def test_standing_tells_full_held_too_large_and_begun_apart():
    queue = [Waiting(1, 2, ON, (1,))]

    assert standing(queue, a_state(held=10), 1).why is Why.FULL
    assert standing(queue, a_state(held=8, pools={"students": 2}), 1).why is Why.HELD
    assert standing(queue, a_state(capacity=1, held=1), 1).why is Why.TOO_LARGE
    assert standing(queue, a_state(held=10), 1, is_open=False).why is Why.BEGUN
    assert standing_of(queue, a_state(), 2) is None


PHASES = (Phase(hours=72), Phase(segment="students", hours=24))
OPENS = datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_opening_for_is_the_earliest_that_is_ones_own():
    assert opening_for(OPENS, PHASES, is_member=False, segment="") == OPENS
    assert opening_for(OPENS, PHASES, is_member=False, segment="students") == OPENS - 24 * HOUR
    assert opening_for(OPENS, PHASES, is_member=True, segment="students") == OPENS - 72 * HOUR
    assert opening_for(None, PHASES, is_member=True, segment="students") is None
    assert first_opening(OPENS, PHASES) == OPENS - 72 * HOUR


def test_running_phases_end_when_it_opens_for_everybody():
    assert running_phases(OPENS, PHASES, OPENS - 73 * HOUR) == ()
    assert running_phases(OPENS, PHASES, OPENS - 72 * HOUR) == PHASES[:1]
    assert running_phases(OPENS, PHASES, OPENS - 24 * HOUR) == PHASES
    assert running_phases(OPENS, PHASES, OPENS) == ()


def test_a_segment_is_asked_for_while_nothing_else_lets_one_in():
    assert not asks_segment((), is_member=False)
    assert asks_segment(PHASES, is_member=False)
    assert not asks_segment(PHASES, is_member=True)
    assert phase_refusal(()) is None
    refused = phase_refusal(PHASES)
    assert refused is not None
    assert (refused.code, refused.field) == ("registration.phase", "segment")


@pytest.mark.parametrize(
    ("email", "is_there"),
    [
        ("a@uni.example.org", True),
        ("a@mail.uni.example.org", True),
        ("A@UNI.EXAMPLE.ORG", True),
        ("a@notuni.example.org", False),
        ("uni.example.org@example.com", False),
        ("a@uni.example.org.evil.example", False),
    ],
)
def test_is_at_domain_takes_those_below_and_no_look_alikes(email, is_there):
    assert is_at_domain(email, ("uni.example.org",)) is is_there


def test_proof_for_is_that_of_the_same_way_first():
    pools = (Pool(segment="s", seats=1, proof=Proof.LIST), Pool(segment="s", seats=1, online=True, proof=Proof.CODE))

    assert (proof_for("s", pools, ON), proof_for("s", pools, NET)) == (Proof.LIST, Proof.CODE)
    assert (proof_for("s", pools[:1], NET), proof_for("other", pools, ON)) == (Proof.LIST, Proof.NONE)


def test_offered_until_is_the_rules_hours_but_never_past_the_close_or_half_of_what_is_left():
    rule, closes = QueueRule(hours=24), STARTS - 24 * HOUR

    assert offered_until(closes - 48 * HOUR, rule, closes, STARTS) == closes - 24 * HOUR
    assert offered_until(closes - 5 * HOUR, rule, closes, STARTS) == closes
    assert offered_until(STARTS - 10 * HOUR, rule, closes, STARTS) == STARTS - 5 * HOUR
    assert offered_until(STARTS - 10 * HOUR, rule, None, None) == STARTS + 14 * HOUR
