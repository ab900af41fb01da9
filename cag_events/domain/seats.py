"""Who gets a seat: pure rules, called only under the event's lock.

A slot is one mode of one occurrence. A party is never split: it gets a seat for each person in every occurrence that it
comes to, or none. Seats may be held for segments (pools): a party takes from the pool of its segment first, then from
the general seats; what it holds is counted by segment, never tied to a row. Whatever pools say, a slot never has more
people than seats.

Nobody new passes somebody who waits for the same slot, and the head of a queue is never overtaken: a small party behind
a large one waits for it, so that a class of twenty is not starved by twenty single people. One thing alone lets a party
pass those of other segments: that it fits, whole, into the seats held for its own. See docs/decisions/0022.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from cag_events.domain.event import Mode
from cag_events.domain.seating import Pool, Proof


class Status(StrEnum):
    """Where a registration is; attended or absent is kept per occurrence, apart from it."""

    PENDING = "pending"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


LIVE = frozenset({Status.PENDING, Status.WAITLISTED, Status.OFFERED, Status.CONFIRMED})
SEATED = frozenset({Status.OFFERED, Status.CONFIRMED})  # those who hold seats
WAITING = LIVE - {Status.CONFIRMED}  # for a seat, for an answer, or to say yes


class Slot(NamedTuple):
    """One mode of one occurrence; `occurrence` is the row's id."""

    occurrence: int
    mode: Mode


Numbers = Mapping[str, int]  # by segment key
NOBODY: Numbers = {}


@dataclass(frozen=True, slots=True)
class SeatState:
    """The seats of an event at one moment: capacity of each mode, numbers held in each slot, and who waits where.

    `pools` are the seats held for segments by mode, as long as they are; `held_by` and `waiting_by` count, by segment,
    the people who hold seats and the parties that wait, of those to whom the pool of their segment is open.
    """

    capacity: Mapping[Mode, int]
    occurrences: tuple[int, ...]  # ids, in order of time
    held: Mapping[Slot, Collection[int]] = field(default_factory=dict)  # numbers from 1
    waiting: Mapping[Slot, int] = field(default_factory=dict)  # parties in the queue
    pools: Mapping[Mode, Numbers] = field(default_factory=dict)
    held_by: Mapping[Slot, Numbers] = field(default_factory=dict)
    waiting_by: Mapping[Slot, Numbers] = field(default_factory=dict)

    def free(self, slot: Slot) -> int:
        """Return how many seats of a slot are free, held for a segment or not; none where more are held than there are.

        The capacity may have been lowered below what is held.
        """
        return max(0, self.capacity.get(slot.mode, 0) - len(self.held.get(slot, ())))

    def held_free(self, slot: Slot, segment: str) -> int:
        """Return how many free seats of a slot are held for a segment."""
        seats = self.pools.get(slot.mode, NOBODY).get(segment, 0)
        return min(self.free(slot), max(0, seats - self.held_by.get(slot, NOBODY).get(segment, 0)))

    def general_free(self, slot: Slot) -> int:
        """Return how many free seats of a slot are held for nobody."""
        pools, held_by = self.pools.get(slot.mode, NOBODY), self.held_by.get(slot, NOBODY)
        kept = sum(max(0, seats - held_by.get(segment, 0)) for segment, seats in pools.items())
        return max(0, self.free(slot) - kept)

    def left(self, mode: Mode) -> int:
        """Return how many seats are free in every occurrence, for those who come to all and for whom none are held."""
        return min((self.general_free(Slot(occurrence, mode)) for occurrence in self.occurrences), default=0)

    def held_left(self, mode: Mode, segment: str) -> int:
        """Return how many of the seats held for a segment are free in every occurrence."""
        return min((self.held_free(Slot(occurrence, mode), segment) for occurrence in self.occurrences), default=0)

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
    """A party in the queue; `segment`: the one whose pool is open to it, if any; `is_moved`: an organizer moved it."""

    registration: int
    party: int
    mode: Mode
    occurrences: tuple[int, ...]
    segment: str = ""
    is_moved: bool = False

    @property
    def slots(self) -> tuple[Slot, ...]:
        """What it waits for."""
        return tuple(Slot(occurrence, self.mode) for occurrence in self.occurrences)


class Promotion(NamedTuple):
    """A waiting party whose turn has come, and its seats."""

    registration: int
    allocation: Allocation


IN_QUEUE = Allocation(Status.WAITLISTED)


def release_of(pool: Pool, starts_at: datetime | None) -> datetime | None:
    """Return when the seats of a pool are free for all; None where they are held to the end."""
    if starts_at is None or pool.release_hours is None:
        return None
    return starts_at - timedelta(hours=pool.release_hours)


def is_held(pool: Pool, starts_at: datetime | None, at: datetime) -> bool:
    """Tell whether the seats of a pool are held at an instant."""
    release = release_of(pool, starts_at)
    return release is None or at < release


def pools_at(pools: Iterable[Pool], starts_at: datetime | None, at: datetime) -> dict[Mode, dict[str, int]]:
    """Return the seats held for segments at an instant, by mode and segment."""
    found: dict[Mode, dict[str, int]] = {}
    for pool in pools:
        if is_held(pool, starts_at, at):
            seats = found.setdefault(mode_of(pool), {})
            seats[pool.segment] = seats.get(pool.segment, 0) + pool.seats
    return found


def mode_of(pool: Pool) -> Mode:
    """Return how those take part for whom a pool holds seats."""
    return Mode.ONLINE if pool.online else Mode.ONSITE


def entitled_segment(segment: str | None, mode: Mode, pools: Iterable[Pool], *, is_proven: bool) -> str:
    """Return the segment whose held seats are open to somebody, "" if none: theirs, proven where the pool asks."""
    if not segment:
        return ""
    own = (pool for pool in pools if pool.segment == segment and mode_of(pool) is mode)
    return segment if any(is_proven or pool.proof is Proof.NONE for pool in own) else ""


def allocate(
    party: int,
    mode: Mode,
    occurrences: Collection[int],
    state: SeatState,
    *,
    segment: str = "",
    is_next: bool = False,
) -> Allocation:
    """Give a party its seats in all of the occurrences, or a place in the queue.

    `segment`: the one whose pool is open to it. `is_next`: nobody waits before it. Else general seats are not for it
    where anybody waits, and held ones not where one of its own segment does.
    """
    slots = [Slot(occurrence, mode) for occurrence in occurrences]
    blocked = set[Slot]() if is_next else {slot for slot in slots if state.waiting.get(slot)}
    behind = {(slot, segment) for slot in blocked if state.waiting_by.get(slot, NOBODY).get(segment)}
    return _seats_for(party, slots, segment, state, (blocked, behind))


def hold(state: SeatState, mode: Mode, allocation: Allocation, segment: str = "") -> SeatState:
    """Return the state after a party has taken its seats; `segment`: the one whose pool is open to it."""
    held, held_by = dict(state.held), dict(state.held_by)
    for occurrence, numbers in allocation.numbers.items():
        slot = Slot(occurrence, mode)
        held[slot] = frozenset(held.get(slot, ())) | frozenset(numbers)
        if segment:
            before = held_by.get(slot, NOBODY)
            held_by[slot] = {**before, segment: before.get(segment, 0) + len(numbers)}
    return replace(state, held=held, held_by=held_by)


def next_in_line(queue: Sequence[Waiting], state: SeatState) -> tuple[Promotion, ...]:
    """Return those who get seats now, in the order of the queue: the one rule by which seats are passed on.

    A party for which there is no room keeps everybody behind it from the general seats of the slots that it waits for,
    and those of its own segment from all seats of them. Other slots, and seats held for other segments, go on.
    """
    promoted = []
    blocked, behind = set[Slot](), set[tuple[Slot, str]]()
    for waiting in queue:
        allocation = _seats_for(waiting.party, waiting.slots, waiting.segment, state, (blocked, behind))
        if allocation.status is Status.CONFIRMED:
            state = hold(state, waiting.mode, allocation, waiting.segment)
            promoted.append(Promotion(waiting.registration, allocation))
        else:
            blocked.update(waiting.slots)
            behind.update((slot, waiting.segment) for slot in waiting.slots)
    return tuple(promoted)


def _seats_for(
    party: int,
    slots: Sequence[Slot],
    segment: str,
    state: SeatState,
    barred: tuple[Collection[Slot], Collection[tuple[Slot, str]]],
) -> Allocation:
    """All seats of a party or none. `barred`: slots whose general seats are not for it, and where nothing is."""
    blocked, behind = barred

    def room(slot: Slot) -> int:
        if (slot, segment) in behind:
            return 0
        own = state.held_free(slot, segment) if segment else 0
        return own if slot in blocked else own + state.general_free(slot)

    if not slots or any(room(slot) < party for slot in slots):
        return IN_QUEUE
    return Allocation(Status.CONFIRMED, {slot.occurrence: _numbers(slot, party, state) for slot in slots})


def _numbers(slot: Slot, party: int, state: SeatState) -> tuple[int, ...]:
    return tuple(islice(_unheld(state.held.get(slot, ()), state.capacity[slot.mode]), party))


def _unheld(held: Collection[int], capacity: int) -> Iterator[int]:
    """The free numbers, lowest first; without gaps they begin after the last, which costs nothing."""
    if isinstance(held, range):
        return iter(range(len(held) + 1, capacity + 1))
    taken = frozenset(held)
    return (number for number in range(1, capacity + 1) if number not in taken)
