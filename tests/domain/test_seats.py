"""Who gets a seat: examples, and properties that hold for any party, queue and capacity."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.event import Mode
from cag_events.domain.queueing import place_in_line
from cag_events.domain.seats import (
    Allocation,
    SeatState,
    Slot,
    Status,
    Waiting,
    allocate,
    hold,
    next_in_line,
)

ON, NET = Mode.ONSITE, Mode.ONLINE


def a_state(capacity=10, occurrences=(1,), held=None, waiting=None, online=0):
    modes = {mode: seats for mode, seats in ((ON, capacity), (NET, online)) if seats}
    return SeatState(capacity=modes, occurrences=tuple(occurrences), held=held or {}, waiting=waiting or {})


def test_allocate_gives_the_lowest_free_numbers_in_each_occurrence():
    state = a_state(held={Slot(1, ON): frozenset({1, 3}), Slot(2, ON): range(1, 3)}, occurrences=(1, 2))

    assert allocate(3, ON, (1, 2), state) == Allocation(Status.CONFIRMED, {1: (2, 4, 5), 2: (3, 4, 5)})


def test_allocate_never_splits_a_party_over_the_last_seats():
    state = a_state(held={Slot(1, ON): range(1, 10)})

    assert allocate(2, ON, (1,), state) == Allocation(Status.WAITLISTED)


def test_allocate_gives_all_occurrences_or_none():
    state = a_state(held={Slot(2, ON): range(1, 11)}, occurrences=(1, 2))

    assert allocate(1, ON, (1, 2), state).status is Status.WAITLISTED
    assert allocate(1, ON, (1,), state).status is Status.CONFIRMED


def test_allocate_counts_seats_on_site_and_online_apart():
    state = a_state(capacity=1, online=2, held={Slot(1, ON): range(1, 2)})

    assert allocate(1, ON, (1,), state).status is Status.WAITLISTED
    assert allocate(2, NET, (1,), state).numbers == {1: (1, 2)}


def test_allocate_lets_nobody_new_pass_a_queue_for_the_same_slot():
    state = a_state(waiting={Slot(1, ON): 1}, occurrences=(1, 2), online=5)

    assert allocate(1, ON, (1,), state).status is Status.WAITLISTED
    assert allocate(1, ON, (2,), state).status is Status.CONFIRMED
    assert allocate(1, NET, (1,), state).status is Status.CONFIRMED
    assert allocate(1, ON, (1,), state, is_next=True).status is Status.CONFIRMED


def test_allocate_closes_entry_when_more_are_held_than_the_capacity_now_is():
    state = a_state(capacity=2, held={Slot(1, ON): range(1, 6)})

    assert state.free(Slot(1, ON)) == 0
    assert allocate(1, ON, (1,), state).status is Status.WAITLISTED


def test_allocate_uses_a_low_number_again_after_the_capacity_shrank():
    state = a_state(capacity=4, held={Slot(1, ON): frozenset({3, 4, 9})})

    assert allocate(1, ON, (1,), state).numbers == {1: (1,)}
    assert allocate(2, ON, (1,), state).status is Status.WAITLISTED


def test_allocate_gives_nothing_for_no_occurrence_or_an_unknown_mode():
    assert allocate(1, ON, (), a_state()).status is Status.WAITLISTED
    assert allocate(1, NET, (1,), a_state()).status is Status.WAITLISTED


def test_next_in_line_seats_the_queue_in_order():
    queue = [Waiting(7, 1, ON, (1,)), Waiting(3, 2, ON, (1,)), Waiting(9, 1, ON, (1,))]
    state = a_state(capacity=4, held={Slot(1, ON): range(1, 2)}, waiting={Slot(1, ON): 3})

    promoted = next_in_line(queue, state)

    assert [(p.registration, p.allocation.numbers) for p in promoted] == [(7, {1: (2,)}), (3, {1: (3, 4)})]


def test_next_in_line_lets_nobody_overtake_a_large_party_at_the_head():
    queue = [Waiting(1, 5, ON, (1,)), Waiting(2, 1, ON, (1,))]

    assert next_in_line(queue, a_state(capacity=4)) == ()


def test_next_in_line_keeps_nobody_from_a_slot_that_the_head_does_not_wait_for():
    queue = [Waiting(1, 5, ON, (1,)), Waiting(2, 1, ON, (2,)), Waiting(3, 1, NET, (1,)), Waiting(4, 1, ON, (1, 2))]
    state = a_state(capacity=4, online=1, occurrences=(1, 2))

    assert [p.registration for p in next_in_line(queue, state)] == [2, 3]


def test_place_in_line_counts_those_before_who_wait_for_the_same():
    queue = [Waiting(1, 1, ON, (1,)), Waiting(2, 1, NET, (1,)), Waiting(3, 1, ON, (2,)), Waiting(4, 1, ON, (1, 2))]

    assert [place_in_line(queue, number) for number in (1, 2, 3, 4, 5)] == [1, 1, 1, 3, 0]


parties = st.integers(1, 6)
modes = st.sampled_from([ON, NET])
wishes = st.tuples(parties, modes, st.sets(st.integers(1, 3), min_size=1).map(lambda one: tuple(sorted(one))))
capacities = st.integers(1, 12)


def filled(wanted, capacity, online):
    """The state and the queue after the wishes came one after the other."""
    state, queue, seated = a_state(capacity, (1, 2, 3), online=online), [], []
    for number, (party, mode, occurrences) in enumerate(wanted):
        allocation = allocate(party, mode, occurrences, state)
        if allocation.status is Status.CONFIRMED:
            state = hold(state, mode, allocation)
            seated.append((number, party, mode, allocation))
        else:
            queue.append(Waiting(number, party, mode, occurrences))
            waiting = dict(state.waiting)
            for occurrence in occurrences:
                waiting[Slot(occurrence, mode)] = waiting.get(Slot(occurrence, mode), 0) + 1
            state = replace(state, waiting=waiting)
    return state, queue, seated


@given(st.lists(wishes, max_size=25), capacities, capacities)
def test_allocate_never_exceeds_capacity_and_never_gives_a_seat_twice(wanted, capacity, online):
    state, _queue, seated = filled(wanted, capacity, online)

    given_away = [
        (occurrence, mode, number)
        for _who, _party, mode, allocation in seated
        for occurrence, numbers in allocation.numbers.items()
        for number in numbers
    ]
    assert len(given_away) == len(set(given_away))
    assert all(1 <= number <= state.capacity[mode] for _occurrence, mode, number in given_away)
    assert all(len(numbers) == party for _w, party, _m, given_ in seated for numbers in given_.numbers.values())


@given(st.lists(wishes, max_size=25), capacities, capacities, st.integers(0, 10))
def test_next_in_line_keeps_the_order_and_never_exceeds_capacity(wanted, capacity, online, more):
    state, queue, _seated = filled(wanted, capacity, online)
    larger = replace(state, capacity={mode: seats + more for mode, seats in state.capacity.items()})

    promoted = next_in_line(queue, larger)

    after = larger
    for promotion in promoted:
        after = hold(after, queue_mode(queue, promotion.registration), promotion.allocation)
    assert all(len(held) <= after.capacity[slot.mode] for slot, held in after.held.items())
    seated = {promotion.registration for promotion in promoted}
    for position, waiting in enumerate(queue):
        if waiting.registration in seated:
            continue
        behind = [other for other in queue[position + 1 :] if other.registration in seated]
        slots = {(occurrence, waiting.mode) for occurrence in waiting.occurrences}
        assert all(not slots & {(o, other.mode) for o in other.occurrences} for other in behind)


@given(st.lists(wishes, max_size=25), capacities, capacities)
def test_next_in_line_has_nobody_left_who_could_be_seated(wanted, capacity, online):
    state, queue, _seated = filled(wanted, capacity, online)
    promoted = next_in_line(queue, state)
    after, rest = state, [w for w in queue if w.registration not in {p.registration for p in promoted}]
    for promotion in promoted:
        after = hold(after, queue_mode(queue, promotion.registration), promotion.allocation)

    assert next_in_line(rest, after) == ()


def queue_mode(queue, registration):
    return next(waiting.mode for waiting in queue if waiting.registration == registration)
