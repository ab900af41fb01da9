"""Any sequence of what can happen to seats and a queue, on the pure rules; what must hold is looked at each time.

The machine keeps parties as plain values and asks domain.seats alone who gets what, as the services do under the lock.
"""

from dataclasses import dataclass, field

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cag_events.domain.event import Mode
from cag_events.domain.seats import SeatState, Slot, Status, Waiting, allocate, next_in_line

MODES = (Mode.ONSITE, Mode.ONLINE)
SEGMENTS = ("", "students", "media")
OCCURRENCES = (1, 2)
HELD = (Status.CONFIRMED, Status.OFFERED)


@dataclass
class Party:
    """A registration."""

    number: int
    people: int
    mode: Mode
    occurrences: tuple[int, ...]
    segment: str
    joined: float
    status: Status = Status.WAITLISTED
    seats: dict[int, tuple[int, ...]] = field(default_factory=dict)
    is_moved: bool = False


class Seats(RuleBasedStateMachine):
    """An event with seats of two kinds, two dates, pools for two segments and a queue that fills or offers."""

    def __init__(self) -> None:
        super().__init__()
        self.parties: list[Party] = []
        self.capacity = {Mode.ONSITE: 6, Mode.ONLINE: 3}
        self.pools = {Mode.ONSITE: {"students": 2, "media": 1}, Mode.ONLINE: {"students": 1}}
        self.clock = 0.0
        self.offers = False
        self.most_held = dict.fromkeys((Slot(o, m) for o in OCCURRENCES for m in MODES), 0)

    def entitled(self, party: Party) -> str:
        """The segment whose pool is open to a party."""
        return party.segment if party.segment in self.pools.get(party.mode, {}) else ""

    def state(self) -> SeatState:
        """What the statement of queries/seats.py would say."""
        held: dict[Slot, set[int]] = {}
        held_by: dict[Slot, dict[str, int]] = {}
        waiting: dict[Slot, int] = {}
        waiting_by: dict[Slot, dict[str, int]] = {}
        for party in self.parties:
            segment = self.entitled(party)
            for occurrence in party.occurrences:
                slot = Slot(occurrence, party.mode)
                if party.status in HELD:
                    held.setdefault(slot, set()).update(party.seats[occurrence])
                    if segment:
                        by = held_by.setdefault(slot, {})
                        by[segment] = by.get(segment, 0) + len(party.seats[occurrence])
                elif party.status is Status.WAITLISTED:
                    waiting[slot] = waiting.get(slot, 0) + 1
                    if segment:
                        by = waiting_by.setdefault(slot, {})
                        by[segment] = by.get(segment, 0) + 1
        return SeatState(self.capacity, OCCURRENCES, held, waiting, self.pools, held_by, waiting_by)

    def queue(self) -> list[Waiting]:
        """Those who wait, in order."""
        rows = sorted(
            (party for party in self.parties if party.status is Status.WAITLISTED),
            key=lambda party: (party.joined, party.number),
        )
        return [Waiting(p.number, p.people, p.mode, p.occurrences, self.entitled(p), p.is_moved) for p in rows]

    def pass_on(self) -> None:
        """Give seats to those whose turn it is, as promote_waiting does."""
        before = self.queue()
        given = next_in_line(before, self.state())
        promoted = {one.registration for one in given}
        for position, waiting in enumerate(before):
            if waiting.registration in promoted:
                continue
            for other in before[position + 1 :]:
                if other.registration in promoted and set(waiting.slots) & set(other.slots):
                    assert other.segment, "somebody passed by general seats"
                    assert other.segment != waiting.segment, "somebody was overtaken within a segment"
        for one in given:
            party = self.parties[one.registration]
            party.seats = dict(one.allocation.numbers)
            party.status = Status.OFFERED if self.offers else Status.CONFIRMED

    def some(self, number: int, *statuses: Status) -> Party | None:
        """One of the parties that stand so."""
        found = [party for party in self.parties if party.status in statuses]
        return found[number % len(found)] if found else None

    @rule(
        people=st.integers(1, 4),
        mode=st.sampled_from(MODES),
        occurrences=st.sampled_from([(1,), (2,), (1, 2)]),
        segment=st.sampled_from(SEGMENTS),
    )
    def register(self, people: int, mode: Mode, occurrences: tuple[int, ...], segment: str) -> None:
        self.clock += 1
        party = Party(len(self.parties), people, mode, occurrences, segment, self.clock)
        given = allocate(people, mode, occurrences, self.state(), segment=self.entitled(party))
        waiting = self.queue()
        if given.status is Status.CONFIRMED:
            for other in waiting:
                shares = set(other.slots) & {Slot(o, mode) for o in occurrences}
                assert not shares or (self.entitled(party) and other.segment != self.entitled(party))
        self.parties.append(party)
        party.status, party.seats = given.status, dict(given.numbers)

    @rule(number=st.integers(0, 50))
    def withdraw(self, number: int) -> None:
        if party := self.some(number, Status.CONFIRMED, Status.OFFERED, Status.WAITLISTED):
            party.status, party.seats = Status.WITHDRAWN, {}
            self.pass_on()

    @rule(number=st.integers(0, 50))
    def accept(self, number: int) -> None:
        if party := self.some(number, Status.OFFERED):
            party.status = Status.CONFIRMED

    @rule(number=st.integers(0, 50))
    def decline(self, number: int) -> None:
        if party := self.some(number, Status.OFFERED):
            party.status, party.seats = Status.DECLINED, {}
            self.pass_on()

    @rule(number=st.integers(0, 50))
    def lapse(self, number: int) -> None:
        if party := self.some(number, Status.OFFERED):
            self.clock += 1
            party.status, party.seats, party.joined = Status.WAITLISTED, {}, self.clock
            self.pass_on()

    @rule(mode=st.sampled_from(MODES), seats=st.integers(0, 9))
    def change_capacity(self, mode: Mode, seats: int) -> None:
        self.capacity = {**self.capacity, mode: seats}
        self.pass_on()

    @rule(mode=st.sampled_from(MODES), segment=st.sampled_from(SEGMENTS[1:]))
    def release(self, mode: Mode, segment: str) -> None:
        self.pools = {**self.pools, mode: {k: v for k, v in self.pools[mode].items() if k != segment}}
        self.pass_on()

    @rule(mode=st.sampled_from(MODES), segment=st.sampled_from(SEGMENTS[1:]), seats=st.integers(0, 9))
    def hold_seats(self, mode: Mode, segment: str, seats: int) -> None:
        self.pools = {**self.pools, mode: {**self.pools[mode], segment: seats}}
        self.pass_on()

    @rule(number=st.integers(0, 50), segment=st.sampled_from(SEGMENTS))
    def change_segment(self, number: int, segment: str) -> None:
        if party := self.some(number, Status.CONFIRMED, Status.OFFERED, Status.WAITLISTED):
            self.clock += 1
            party.segment, party.joined = segment, self.clock
            self.pass_on()

    @rule(number=st.integers(0, 50))
    def shrink(self, number: int) -> None:
        party = self.some(number, Status.CONFIRMED, Status.OFFERED, Status.WAITLISTED)
        if party and party.people > 1:
            party.people -= 1
            party.seats = {o: seats[: party.people] for o, seats in party.seats.items()}
            self.pass_on()

    @rule(number=st.integers(0, 50))
    def move_to_the_head(self, number: int) -> None:
        if party := self.some(number, Status.WAITLISTED):
            party.joined = min(one.joined for one in self.parties) - 1
            party.is_moved = True
            self.pass_on()

    @rule(number=st.integers(0, 50))
    def give_seats(self, number: int) -> None:
        if party := self.some(number, Status.WAITLISTED):
            given = allocate(
                party.people, party.mode, party.occurrences, self.state(), segment=self.entitled(party), is_next=True
            )
            if given.status is Status.CONFIRMED:
                party.status, party.seats, party.is_moved = Status.CONFIRMED, dict(given.numbers), True
            self.pass_on()

    @precondition(lambda self: not self.offers)
    @rule()
    def begin_to_offer(self) -> None:
        self.offers = True

    @invariant()
    def no_slot_is_given_more_seats_than_there_are(self) -> None:
        held = self.state().held
        for slot, most in self.most_held.items():
            number = len(held.get(slot, ()))
            assert number <= max(most, self.capacity[slot.mode]), "a seat too many"
            self.most_held[slot] = number  # where the capacity was lowered, people stay, and nobody comes in

    @invariant()
    def no_seat_is_given_twice(self) -> None:
        taken = [
            (occurrence, party.mode, number)
            for party in self.parties
            for occurrence, numbers in party.seats.items()
            for number in numbers
        ]
        assert len(taken) == len(set(taken))

    @invariant()
    def no_party_is_split(self) -> None:
        for party in self.parties:
            if party.status in HELD:
                assert {o: len(seats) for o, seats in party.seats.items()} == dict.fromkeys(
                    party.occurrences, party.people
                )
            else:
                assert not party.seats

    @invariant()
    def nobody_waits_whose_turn_it_is(self) -> None:
        assert next_in_line(self.queue(), self.state()) == ()

    @invariant()
    def somebody_new_is_never_better_off_than_who_waits(self) -> None:
        state = self.state()
        for waiting in self.queue():
            given = allocate(waiting.party, waiting.mode, waiting.occurrences, state, segment=waiting.segment)
            assert given.status is Status.WAITLISTED

    @invariant()
    def free_held_and_taken_add_up(self) -> None:
        state = self.state()
        for slot in self.most_held:
            pools = self.pools[slot.mode]
            taken, capacity = len(state.held.get(slot, ())), self.capacity[slot.mode]
            assert state.free(slot) == max(0, capacity - taken)
            kept = sum(state.held_free(slot, segment) for segment in pools)
            assert state.general_free(slot) <= state.free(slot)
            if sum(pools.values()) + taken <= capacity:
                assert state.general_free(slot) + kept == state.free(slot)


Seats.TestCase.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestSeats = Seats.TestCase
