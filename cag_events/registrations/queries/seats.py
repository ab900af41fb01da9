"""How full an event is, in one statement, and what of it may be told."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    String,
    bindparam,
    func,
    literal_column,
    null,
    select,
    type_coerce,
    union_all,
)

from cag_events import clock
from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain.event import Circle, EventRecord, EventView, Mode, OccurrenceRecord, Safety
from cag_events.domain.registering import capacities, is_part_open
from cag_events.domain.seating import Pool, Proof
from cag_events.domain.seats import (
    SeatState,
    Slot,
    Status,
    Waiting,
    entitled_segment,
    is_held,
    mode_of,
    pools_at,
    release_of,
)
from cag_events.events.models import Event, Occurrence
from cag_events.events.seating import seating_of
from cag_events.registrations.models import QueueMove, Registration, RegistrationOccurrence, Seat

FEW = 5  # seats or a tenth of all, whichever is more


@dataclass(frozen=True)
class _Counts:
    """What one statement says about one event."""

    occurrences: list[int] = field(default_factory=list)
    held: dict[Slot, tuple[int, int]] = field(default_factory=dict)  # how many, highest number
    waiting: dict[Slot, int] = field(default_factory=dict)
    held_by: dict[Slot, dict[str, int]] = field(default_factory=dict)
    waiting_by: dict[Slot, dict[str, int]] = field(default_factory=dict)


def seat_state(record: EventRecord) -> SeatState:
    """Return how full an event is; the numbers held are counted, not listed."""
    return seat_states([record])[record.id]


def seat_states(records: Iterable[EventRecord]) -> dict[int, SeatState]:
    """Return how full each of these events is, by event id, in one statement for all of them."""
    records, now = list(records), clock.now()
    counts = _count({record.id: _held_pools(record, now) for record in records}) if records else {}
    states = {}
    for record in records:
        counted = counts.get(record.id, _Counts())
        seats = record.registration
        states[record.id] = SeatState(
            capacity=capacities(record.mode, seats.capacity, seats.online_capacity),
            occurrences=tuple(counted.occurrences),
            held={slot: range(1, number + 1) for slot, (number, _top) in counted.held.items()},
            waiting=counted.waiting,
            pools=pools_at(seats.pools, record.starts_at, now),
            held_by=counted.held_by,
            waiting_by=counted.waiting_by,
        )
    return states


def _held_pools(record: EventRecord, now: datetime) -> tuple[Pool, ...]:
    """The pools whose seats are held still."""
    return tuple(pool for pool in record.registration.pools if is_held(pool, record.starts_at, now))


def lock_state(event: Event) -> SeatState:
    """Return the seats of an event that is locked, with the numbers that are held."""
    now, pools = clock.now(), seating_of(event)["pools"] if event.pools else ()
    held_pools = tuple(pool for pool in pools if is_held(pool, event.starts_at, now))
    counted = _count({event.id: held_pools}).get(event.id, _Counts())
    held: dict[Slot, Collection[int]] = {
        slot: range(1, number + 1) for slot, (number, top) in counted.held.items() if number == top
    }
    with_gaps = [slot for slot, (number, top) in counted.held.items() if number != top]
    if with_gaps:
        numbers: dict[Slot, set[int]] = defaultdict(set)
        rows = db.session.execute(
            select(Seat.occurrence_id, Seat.mode, Seat.no).where(
                Seat.occurrence_id.in_({slot.occurrence for slot in with_gaps})
            )
        )
        for row in rows:
            numbers[Slot(row.occurrence_id, row.mode)].add(row.no)
        held |= {slot: frozenset(numbers[slot]) for slot in with_gaps}
    return SeatState(
        capacity=capacities(event.mode, event.capacity, event.online_capacity),
        occurrences=tuple(counted.occurrences),
        held=held,
        waiting=counted.waiting,
        pools=pools_at(held_pools, event.starts_at, now),
        held_by=counted.held_by,
        waiting_by=counted.waiting_by,
    )


def list_queue(event_id: int, pools: Collection[Pool] = ()) -> list[Waiting]:
    """Return the parties that wait, in order, each with the occurrences that it wants; `pools` are the event's."""
    rows = db.session.execute(
        select(
            Registration.id,
            Registration.party,
            Registration.mode,
            Registration.is_proven,
            Segment.key.label("segment"),
            RegistrationOccurrence.occurrence_id,
            select(QueueMove.id).where(QueueMove.registration_id == Registration.id).exists().label("is_moved"),
        )
        .join(RegistrationOccurrence, RegistrationOccurrence.registration_id == Registration.id)
        .outerjoin(Segment, Segment.id == Registration.segment_id)
        .where(
            Registration.event_id == event_id,
            Registration.status == Status.WAITLISTED,
            Registration.name_sealed.is_not(None),
        )
        .order_by(Registration.joined_at, Registration.id, RegistrationOccurrence.occurrence_id)
    )
    queue: dict[int, Waiting] = {}
    for row in rows:
        before = queue[row.id].occurrences if row.id in queue else ()
        queue[row.id] = Waiting(
            row.id,
            row.party,
            row.mode,
            (*before, row.occurrence_id),
            entitled_segment(row.segment, row.mode, pools, is_proven=row.is_proven),
            bool(row.is_moved),
        )
    return list(queue.values())


def list_waiting_events(event_ids: Collection[int]) -> list[int]:
    """Return those of the events for which somebody waits, in order of id."""
    waiting = db.session.scalars(
        select(Registration.event_id).where(Registration.status == Status.WAITLISTED).distinct()
    )
    return sorted(set(waiting) & set(event_ids))


@dataclass(frozen=True, slots=True)
class ModeSeats:
    """The seats of one way to take part: people on all of them, free ones that are held for nobody, waiting parties."""

    mode: Mode
    capacity: int
    left: int
    queue: int


@dataclass(frozen=True, slots=True)
class HeldSeats:
    """Seats held for a segment (its key), until when (None: to the end), and how many are free, where that is told."""

    segment: str
    mode: Mode
    seats: int
    until: datetime | None
    proof: Proof
    left: int | None = None


@dataclass(frozen=True, slots=True)
class SeatWords:
    """What may be told about an event's seats: a word, and numbers only where they are allowed.

    The words: free, few, full, and held: the free seats there are, are held for segments.
    """

    slug: str
    modes: tuple[ModeSeats, ...] = ()  # empty where numbers are not told
    held: tuple[HeldSeats, ...] = ()

    @property
    def left(self) -> int | None:
        """How many seats are free for everybody, all ways together; None where numbers are not told."""
        return sum(mode.left for mode in self.modes) if self.modes else None

    @property
    def queue(self) -> int | None:
        """How many parties wait; None where numbers are not told."""
        return sum(mode.queue for mode in self.modes) if self.modes else None


def seat_words(view: EventView, state: SeatState) -> SeatWords | None:
    """Return what may be told about the seats: numbers on open events, words on careful ones, nothing on guarded ones.

    The team sees numbers everywhere. An event without seats to give has nothing to tell. Where seats are held for those
    on a list, all free seats count alike and no number is told: else one could see, by a registration in the name of
    another, whether that address is on the list.
    """
    if (view.safety is Safety.GUARDED and view.circle is not Circle.TEAM) or not state.capacity:
        return None
    now = clock.now()
    pools = [pool for pool in view.registration.pools if is_held(pool, view.starts_at, now)]
    is_secret = any(pool.proof is Proof.LIST for pool in pools) and view.circle is not Circle.TEAM
    modes = tuple(_mode_seats(view, state, mode, with_held=is_secret) for mode in state.capacity)
    tells = view.shows_seat_numbers and not is_secret
    found = {(pool.segment, mode_of(pool)): _held_left(view, state, mode_of(pool), pool.segment) for pool in pools}
    left, capacity = sum(mode.left for mode in modes), sum(mode.capacity for mode in modes)
    slug = "full" if left == 0 else "few" if left <= max(FEW, capacity // 10) else "free"
    if slug == "full" and not is_secret and any(found.values()):
        slug = "held"
    held = tuple(
        HeldSeats(
            segment=pool.segment,
            mode=mode_of(pool),
            seats=pool.seats,
            until=release_of(pool, view.starts_at),
            proof=pool.proof,
            left=found[pool.segment, mode_of(pool)] if tells else None,
        )
        for pool in pools
        if pool.seats and mode_of(pool) in state.capacity
    )
    return SeatWords(slug, modes if tells else (), held)


def open_parts(view: EventView) -> list[OccurrenceRecord]:
    """Return the occurrences that one can still register for: of what stands for days, each closes by itself.

    Where one comes to all, those that are called off are among them: they may take place after all.
    """
    if not view.registration.per_occurrence:
        return list(view.occurrences)
    if view.run_from is None:
        return [one for one in view.occurrences if not one.is_cancelled]
    now, hours = clock.now(), view.registration.closes_hours
    return [one for one in view.living if not one.is_cancelled and is_part_open(one.starts_at, hours, now)]


def living_of(event: Event, occurrences: Collection[int]) -> tuple[int, ...]:
    """Return those of the occurrences that one may choose: where people choose, none that is called off."""
    if not event.per_occurrence:
        return tuple(occurrences)
    off = set(
        db.session.scalars(
            select(Occurrence.id).where(Occurrence.event_id == event.id, Occurrence.cancelled_on.is_not(None))
        )
    )
    return tuple(one for one in occurrences if one not in off)


def _mode_seats(view: EventView, state: SeatState, mode: Mode, *, with_held: bool) -> ModeSeats:
    """Seats of a mode; where people choose days, those of the day with most room, else those free on every day.

    Who would have to queue all the same sees none free. `with_held`: those held for segments count like others.
    """
    room = [
        0 if state.waiting.get(slot) else state.free(slot) if with_held else state.general_free(slot)
        for slot in _open_slots(view, state, mode)
    ]
    return ModeSeats(mode, state.capacity[mode], _of_days(view, room), state.queue(mode))


def _held_left(view: EventView, state: SeatState, mode: Mode, segment: str) -> int:
    """The free seats held for a segment; none where somebody of it waits."""
    room = [
        0 if state.waiting_by.get(slot, {}).get(segment) else state.held_free(slot, segment)
        for slot in _open_slots(view, state, mode)
    ]
    return _of_days(view, room)


def _of_days(view: EventView, room: Collection[int]) -> int:
    return (max if view.registration.per_occurrence else min)(room, default=0)


def _open_slots(view: EventView, state: SeatState, mode: Mode) -> list[Slot]:
    """The slots that one can still register for, or all where one comes to all."""
    still = {one.id for one in open_parts(view)} if view.registration.per_occurrence else set(state.occurrences)
    return [Slot(occurrence, mode) for occurrence in state.occurrences if occurrence in still]


def _count(pools: Mapping[int, Collection[Pool]]) -> dict[int, _Counts]:
    """One statement: the occurrences, the seats held and the parties that wait, of each event, by its pools."""
    counts: dict[int, _Counts] = defaultdict(_Counts)
    statement = _counting(by_segment=any(pools.values()))
    for row in db.session.execute(statement, {"ids": list(pools)}):
        counted = counts[row.event_id]
        if row.what == "is":
            counted.occurrences.append(row.occurrence_id)
            continue
        slot = Slot(row.occurrence_id, Mode(row.mode))
        segment = entitled_segment(row.segment, slot.mode, pools[row.event_id], is_proven=bool(row.is_proven))
        if row.what == "held":
            number, top = counted.held.get(slot, (0, 0))
            counted.held[slot] = (number + row.number, max(top, row.top))
            by_segment = counted.held_by
        else:
            counted.waiting[slot] = counted.waiting.get(slot, 0) + row.number
            by_segment = counted.waiting_by
        if segment:
            numbers = by_segment.setdefault(slot, {})
            numbers[segment] = numbers.get(segment, 0) + row.number
    return counts


@cache
def _counting(*, by_segment: bool) -> Any:
    """The statement, made once; times are only sorted by, so they stay as the database writes them."""
    ids: BindParameter[Any] = bindparam("ids", expanding=True)
    nothing: ColumnElement[int] = literal_column("0")
    no_text: ColumnElement[str] = literal_column("''")
    no_time = null()
    who: tuple[Any, ...] = (
        (Segment.key, type_coerce(Registration.is_proven, Boolean))
        if by_segment
        else (no_text, literal_column("false"))
    )
    apart = who if by_segment else ()
    held = (
        select(
            Occurrence.event_id,
            Seat.occurrence_id,
            literal_column("'held'"),
            type_coerce(Seat.mode, String),
            func.count(),
            func.max(Seat.no),
            no_time,
            *who,
        )
        .join(Occurrence, Occurrence.id == Seat.occurrence_id)
        .where(Occurrence.event_id.in_(ids))
        .group_by(Occurrence.event_id, Seat.occurrence_id, Seat.mode, *apart)
    )
    waiting = (
        select(
            Registration.event_id,
            RegistrationOccurrence.occurrence_id,
            literal_column("'waits'"),
            type_coerce(Registration.mode, String),
            func.count(),
            nothing,
            no_time,
            *who,
        )
        .join(RegistrationOccurrence, RegistrationOccurrence.registration_id == Registration.id)
        .where(
            Registration.event_id.in_(ids),
            Registration.status == Status.WAITLISTED,
            Registration.name_sealed.is_not(None),
        )
        .group_by(Registration.event_id, RegistrationOccurrence.occurrence_id, Registration.mode, *apart)
    )
    if by_segment:
        held = held.join(Registration, Registration.id == Seat.registration_id).outerjoin(
            Segment, Segment.id == Registration.segment_id
        )
        waiting = waiting.outerjoin(Segment, Segment.id == Registration.segment_id)
    return union_all(
        select(
            Occurrence.event_id,
            Occurrence.id.label("occurrence_id"),
            literal_column("'is'").label("what"),
            no_text.label("mode"),
            nothing.label("number"),
            nothing.label("top"),
            type_coerce(Occurrence.starts_at, String).label("starts_at"),
            no_text.label("segment"),
            literal_column("false").label("is_proven"),
        ).where(Occurrence.event_id.in_(ids)),
        held,
        waiting,
    ).order_by("starts_at", "occurrence_id")
