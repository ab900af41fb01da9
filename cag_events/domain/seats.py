"""Who gets a seat: pure rules, called only under the event's lock.

A slot is one mode of one occurrence. A party is never split: it gets a seat for each person in every occurrence that it
comes to, or none. Nobody new passes somebody who waits for the same slot, and the head of a queue is never overtaken:
a small party behind a large one waits for it, so that a class of twenty is not starved by twenty single people.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from cag_events.domain.event import Mode


class Status(StrEnum):
    """Where a registration is; attended or absent is kept per occurrence, apart from it."""

    PENDING = "pending"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


LIVE = frozenset({Status.PENDING, Status.WAITLISTED, Status.OFFERED, Status.CONFIRMED})


class Slot(NamedTuple):
    """One mode of one occurrence; `occurrence` is the row's id."""

    occurrence: int
    mode: Mode


@dataclass(frozen=True, slots=True)
class SeatState:
    """The seats of an event at one moment: capacity of each mode, numbers held in each slot, and who waits where."""

    capacity: Mapping[Mode, int]
    occurrences: tuple[int, ...]  # ids, in order of time
    held: Mapping[Slot, Collection[int]] = field(default_factory=dict)  # numbers from 1
    waiting: Mapping[Slot, int] = field(default_factory=dict)  # parties in the queue

    def free(self, slot: Slot) -> int:
        """Return how many seats of a slot are free; none where more are held than the capacity now is."""
        return max(0, self.capacity.get(slot.mode, 0) - len(self.held.get(slot, ())))

    def left(self, mode: Mode) -> int:
        """Return how many seats are free in every occurrence, for those who come to all."""
        return min((self.free(Slot(occurrence, mode)) for occurrence in self.occurrences), default=0)

    def taken(self, mode: Mode) -> int:
        """Return how many seats are held in the fullest occurrence."""
        return max((len(self.held.get(Slot(occurrence, mode), ())) for occurrence in self.occurrences), default=0)

    def queue(self, mode: Mode) -> int:
        """Return how many parties wait for the occurrence that most wait for."""
        return max((self.waiting.get(Slot(occurrence, mode), 0) for occurrence in self.occurrences), default=0)


@dataclass(frozen=True, slots=True)
class Allocation:
    """What a party gets: confirmed with seat numbers for each occurrence, or a place in the queue without any."""

    status: Status
    numbers: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # occurrence id → seats


@dataclass(frozen=True, slots=True)
class Waiting:
    """A party in the queue."""

    registration: int
    party: int
    mode: Mode
    occurrences: tuple[int, ...]


class Promotion(NamedTuple):
    """A waiting party whose turn has come, and its seats."""

    registration: int
    allocation: Allocation


IN_QUEUE = Allocation(Status.WAITLISTED)


def allocate(
    party: int, mode: Mode, occurrences: Collection[int], state: SeatState, *, is_next: bool = False
) -> Allocation:
    """Give a party its seats in all of the occurrences, or a place in the queue; `is_next`: nobody waits before it."""
    slots = [Slot(occurrence, mode) for occurrence in occurrences]
    fits = bool(slots) and all(state.free(slot) >= party for slot in slots)
    if not fits or (not is_next and any(state.waiting.get(slot) for slot in slots)):
        return IN_QUEUE
    return Allocation(Status.CONFIRMED, {slot.occurrence: _numbers(slot, party, state) for slot in slots})


def hold(state: SeatState, mode: Mode, allocation: Allocation) -> SeatState:
    """Return the state after a party has taken its seats."""
    held = dict(state.held)
    for occurrence, numbers in allocation.numbers.items():
        slot = Slot(occurrence, mode)
        held[slot] = frozenset(held.get(slot, ())) | frozenset(numbers)
    return replace(state, held=held)


def next_in_line(queue: Sequence[Waiting], state: SeatState) -> tuple[Promotion, ...]:
    """Return those who get seats now, in the order of the queue.

    A party for which there is no room keeps everybody behind it from the slots that it waits for, and from no others.
    """
    promoted = []
    blocked: set[Slot] = set()
    for waiting in queue:
        slots = {Slot(occurrence, waiting.mode) for occurrence in waiting.occurrences}
        allocation = allocate(waiting.party, waiting.mode, waiting.occurrences, state, is_next=True)
        if allocation.status is Status.CONFIRMED and not slots & blocked:
            state = hold(state, waiting.mode, allocation)
            promoted.append(Promotion(waiting.registration, allocation))
        else:
            blocked |= slots
    return tuple(promoted)


def place_in_line(queue: Iterable[Waiting], registration: int) -> int:
    """Return a party's place among those who wait for a slot that it waits for, from 1; 0 if it does not wait."""
    before = list[Waiting]()
    for waiting in queue:
        if waiting.registration == registration:
            shared = set(waiting.occurrences)
            return 1 + sum(other.mode is waiting.mode and bool(shared & set(other.occurrences)) for other in before)
        before.append(waiting)
    return 0


def _numbers(slot: Slot, party: int, state: SeatState) -> tuple[int, ...]:
    return tuple(islice(_unheld(state.held.get(slot, ()), state.capacity[slot.mode]), party))


def _unheld(held: Collection[int], capacity: int) -> Iterator[int]:
    """The free numbers, lowest first; without gaps they begin after the last, which costs nothing."""
    if isinstance(held, range):
        return iter(range(len(held) + 1, capacity + 1))
    taken = frozenset(held)
    return (number for number in range(1, capacity + 1) if number not in taken)
