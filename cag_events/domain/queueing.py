"""Where a party stands in the queue and why it has no seat yet: numbers, nothing about anybody else. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cag_events.domain.seating import QueueRule
from cag_events.domain.seats import SeatState, Slot, Waiting

SHORTEST = timedelta(hours=1)  # where less is left before the close, an offer goes on past it


class Why(StrEnum):
    """Why a party waits still."""

    FULL = "full"  # it is next, and no seat is free
    TOO_FEW = "too_few"  # it is next, and fewer are free than it needs
    HELD = "held"  # it is next, and the free seats are held for others
    BEHIND = "behind"  # others are before it
    TOO_LARGE = "too_large"  # more people than there are seats
    BEGUN = "begun"  # what it waits for has begun, or seats are not given at the moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A party's place and the reason. `place` counts all who wait for one of the same slots, from 1.

    `place_in_segment` counts those to whom the same held seats are open, 0 where none are; `before` and
    `people_before`: parties and people ahead; `moved_before`: how many of the parties ahead an organizer has put there;
    `free`: seats that are free in all its slots, `for_others`: how many of these are held for other segments.
    """

    place: int
    place_in_segment: int
    before: int
    people_before: int
    moved_before: int
    party: int
    free: int
    for_others: int
    segment: str
    why: Why
    is_moved: bool = False


def place_in_line(queue: Sequence[Waiting], registration: int) -> int:
    """Return a party's place among those who wait for a slot that it waits for, from 1; 0 if it does not wait."""
    standing = standing_of(queue, SeatState({}, ()), registration)
    return standing.place if standing else 0


def standing_of(
    queue: Sequence[Waiting], state: SeatState, registration: int, *, is_open: bool = True
) -> Standing | None:
    """Return a party's place and why it waits; None if it does not. `is_open`: seats are passed on at present."""
    own = next((waiting for waiting in queue if waiting.registration == registration), None)
    if own is None:
        return None
    return _standing(own, queue[: queue.index(own)], state, is_open=is_open)


def standings(queue: Sequence[Waiting], state: SeatState, *, is_open: bool = True) -> list[tuple[Waiting, Standing]]:
    """Return everybody who waits, in order, each with place and reason: for the organizer."""
    return [
        (waiting, _standing(waiting, queue[:number], state, is_open=is_open)) for number, waiting in enumerate(queue)
    ]


def _standing(own: Waiting, ahead: Sequence[Waiting], state: SeatState, *, is_open: bool) -> Standing:
    slots = set(own.slots)
    before = [other for other in ahead if slots & set(other.slots)]
    mates = [other for other in before if own.segment and other.segment == own.segment]
    free = min((state.free(slot) for slot in own.slots), default=0)
    own_free = min((_open_to(own, slot, state) for slot in own.slots), default=0)
    capacity = state.capacity.get(own.mode, 0)
    if not is_open:
        why = Why.BEGUN
    elif own.party > capacity:
        why = Why.TOO_LARGE
    elif before:
        why = Why.BEHIND
    elif free >= own.party:
        why = Why.HELD
    else:
        why = Why.TOO_FEW if free else Why.FULL
    return Standing(
        place=len(before) + 1,
        place_in_segment=len(mates) + 1 if own.segment and state.pools.get(own.mode, {}).get(own.segment) else 0,
        before=len(before),
        people_before=sum(other.party for other in before),
        moved_before=sum(other.is_moved for other in before),
        party=own.party,
        free=free,
        for_others=max(0, free - own_free),
        segment=own.segment,
        why=why,
        is_moved=own.is_moved,
    )


def _open_to(own: Waiting, slot: Slot, state: SeatState) -> int:
    return state.general_free(slot) + (state.held_free(slot, own.segment) if own.segment else 0)


def offered_until(now: datetime, rule: QueueRule, closes_at: datetime | None, starts_at: datetime | None) -> datetime:
    """Return until when an offer made now stands: the rule's hours, but never past the close of registration.

    Once that is close or past, it stands half of the time that is left before the start: somebody who is offered a seat
    the evening before has an answer to give, and those behind them have a turn still.
    """
    full = now + timedelta(hours=rule.hours)
    if closes_at is not None and now < closes_at - SHORTEST:
        return min(full, closes_at)
    if starts_at is not None and now < starts_at:
        return min(full, now + (starts_at - now) / 2)
    return full
