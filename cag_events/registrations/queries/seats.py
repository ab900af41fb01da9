"""How full an event is, in one statement, and what of it may be told."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
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
from cag_events.db import db
from cag_events.domain.event import Circle, EventRecord, EventView, Mode, OccurrenceRecord, Safety
from cag_events.domain.registering import capacities, is_part_open
from cag_events.domain.seats import SeatState, Slot, Status, Waiting
from cag_events.events.models import Event, Occurrence
from cag_events.registrations.models import Registration, RegistrationOccurrence, Seat

FEW = 5  # seats or a tenth of all, whichever is more


@dataclass(frozen=True)
class _Counts:
    """What one statement says about one event."""

    occurrences: list[int] = field(default_factory=list)
    held: dict[Slot, tuple[int, int]] = field(default_factory=dict)  # how many, highest number
    waiting: dict[Slot, int] = field(default_factory=dict)


def seat_state(record: EventRecord) -> SeatState:
    """Return how full an event is; the numbers held are counted, not listed."""
    return seat_states([record])[record.id]


def seat_states(records: Iterable[EventRecord]) -> dict[int, SeatState]:
    """Return how full each of these events is, by event id, in one statement for all of them."""
    records = list(records)
    counts = _count([record.id for record in records]) if records else {}
    states = {}
    for record in records:
        counted = counts.get(record.id, _Counts())
        seats = record.registration
        states[record.id] = SeatState(
            capacity=capacities(record.mode, seats.capacity, seats.online_capacity),
            occurrences=tuple(counted.occurrences),
            held={slot: range(1, number + 1) for slot, (number, _top) in counted.held.items()},
            waiting=counted.waiting,
        )
    return states


def lock_state(event: Event) -> SeatState:
    """Return the seats of an event that is locked, with the numbers that are held."""
    counted = _count([event.id]).get(event.id, _Counts())
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
    )


def list_queue(event_id: int) -> list[Waiting]:
    """Return the parties that wait, in order, each with the occurrences that it wants."""
    rows = db.session.execute(
        select(Registration.id, Registration.party, Registration.mode, RegistrationOccurrence.occurrence_id)
        .join(RegistrationOccurrence, RegistrationOccurrence.registration_id == Registration.id)
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
        queue[row.id] = Waiting(row.id, row.party, row.mode, (*before, row.occurrence_id))
    return list(queue.values())


def list_waiting_events(event_ids: Collection[int]) -> list[int]:
    """Return those of the events for which somebody waits, in order of id."""
    waiting = db.session.scalars(
        select(Registration.event_id).where(Registration.status == Status.WAITLISTED).distinct()
    )
    return sorted(set(waiting) & set(event_ids))


@dataclass(frozen=True, slots=True)
class ModeSeats:
    """The seats of one way to take part: people on all of them, free ones, parties that wait."""

    mode: Mode
    capacity: int
    left: int
    queue: int


@dataclass(frozen=True, slots=True)
class SeatWords:
    """What may be told about an event's seats: a word (free, few, full), and numbers only where they are allowed."""

    slug: str
    modes: tuple[ModeSeats, ...] = ()  # empty where numbers are not told

    @property
    def left(self) -> int | None:
        """How many seats are free, all ways together; None where numbers are not told."""
        return sum(mode.left for mode in self.modes) if self.modes else None

    @property
    def queue(self) -> int | None:
        """How many parties wait; None where numbers are not told."""
        return sum(mode.queue for mode in self.modes) if self.modes else None


def seat_words(view: EventView, state: SeatState) -> SeatWords | None:
    """Return what may be told about the seats: numbers on open events, words on careful ones, nothing on guarded ones.

    The team sees numbers everywhere. An event without seats to give has nothing to tell.
    """
    if (view.safety is Safety.GUARDED and view.circle is not Circle.TEAM) or not state.capacity:
        return None
    modes = tuple(_mode_seats(view, state, mode) for mode in state.capacity)
    left, capacity = sum(mode.left for mode in modes), sum(mode.capacity for mode in modes)
    slug = "full" if left == 0 else "few" if left <= max(FEW, capacity // 10) else "free"
    return SeatWords(slug, modes if view.shows_seat_numbers else ())


def open_parts(view: EventView) -> list[OccurrenceRecord]:
    """Return the occurrences that one can still register for: of what stands for days, each closes by itself."""
    if view.run_from is None or not view.registration.per_occurrence:
        return list(view.occurrences)
    now, hours = clock.now(), view.registration.closes_hours
    return [one for one in view.occurrences if is_part_open(one.starts_at, hours, now)]


def _mode_seats(view: EventView, state: SeatState, mode: Mode) -> ModeSeats:
    """Seats of a mode; where people choose days, those of the day with most room, else those free on every day.

    Who would have to queue all the same sees none free.
    """
    queue = state.queue(mode)
    if view.registration.per_occurrence:
        still = {one.id for one in open_parts(view)}
        slots = [Slot(occurrence, mode) for occurrence in state.occurrences if occurrence in still]
        left = max((state.free(slot) for slot in slots if not state.waiting.get(slot)), default=0)
    else:
        left = 0 if queue else state.left(mode)
    return ModeSeats(mode, state.capacity[mode], left, queue)


def _count(event_ids: Collection[int]) -> dict[int, _Counts]:
    """One statement: the occurrences, the seats held and the parties that wait, of each event."""
    counts: dict[int, _Counts] = defaultdict(_Counts)
    for row in db.session.execute(_counting(), {"ids": list(event_ids)}):
        counted = counts[row.event_id]
        if row.what == "is":
            counted.occurrences.append(row.occurrence_id)
        elif row.what == "held":
            counted.held[Slot(row.occurrence_id, Mode(row.mode))] = (row.number, row.top)
        else:
            counted.waiting[Slot(row.occurrence_id, Mode(row.mode))] = row.number
    return counts


@cache
def _counting() -> Any:
    """The statement, made once; times are only sorted by, so they stay as the database writes them."""
    ids: BindParameter[Any] = bindparam("ids", expanding=True)
    nothing: ColumnElement[int] = literal_column("0")
    no_mode: ColumnElement[str] = literal_column("''")
    no_time = null()
    return union_all(
        select(
            Occurrence.event_id,
            Occurrence.id.label("occurrence_id"),
            literal_column("'is'").label("what"),
            no_mode.label("mode"),
            nothing.label("number"),
            nothing.label("top"),
            type_coerce(Occurrence.starts_at, String).label("starts_at"),
        ).where(Occurrence.event_id.in_(ids)),
        select(
            Occurrence.event_id,
            Seat.occurrence_id,
            literal_column("'held'"),
            type_coerce(Seat.mode, String),
            func.count(),
            func.max(Seat.no),
            no_time,
        )
        .join(Occurrence, Occurrence.id == Seat.occurrence_id)
        .where(Occurrence.event_id.in_(ids))
        .group_by(Occurrence.event_id, Seat.occurrence_id, Seat.mode),
        select(
            Registration.event_id,
            RegistrationOccurrence.occurrence_id,
            literal_column("'waits'"),
            type_coerce(Registration.mode, String),
            func.count(),
            nothing,
            no_time,
        )
        .join(RegistrationOccurrence, RegistrationOccurrence.registration_id == Registration.id)
        .where(
            Registration.event_id.in_(ids),
            Registration.status == Status.WAITLISTED,
            Registration.name_sealed.is_not(None),
        )
        .group_by(Registration.event_id, RegistrationOccurrence.occurrence_id, Registration.mode),
    ).order_by("starts_at", "occurrence_id")
