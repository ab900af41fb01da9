"""What needs doing: gaps before publishing, tasks that are due, seats, people who wait, outcomes to tell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import url_for
from flask_babel import gettext as _

from cag_events.domain import when
from cag_events.domain.disclosure import disclose
from cag_events.domain.event import EventRecord, EventView, OccurrenceRecord, RegistrationMode
from cag_events.domain.lifecycle import Status
from cag_events.domain.seats import SeatState
from cag_events.domain.seats import Status as RegistrationStatus
from cag_events.domain.texts import Picked
from cag_events.events import conflicts, gate
from cag_events.events.cards import Reader, kind_label, place_text, title_of
from cag_events.events.clashing import taken_among
from cag_events.events.extensions import Todo, every_extension
from cag_events.events.gate import Finding, Gate
from cag_events.events.wording import STATUS_WORDS
from cag_events.feeds.queries import OverCap, over_cap
from cag_events.kinds import Draft, details_of
from cag_events.outbox.queries import count_dead
from cag_events.permissions import Actor, Permission, may
from cag_events.registrations.queries import seat_states
from cag_events.web import dates
from cag_events.workspace import queries
from cag_events.workspace.queries import Watched

AHEAD = timedelta(days=120)  # events to come whose gaps and tasks are shown
BEHIND = timedelta(days=60)  # events that are over whose tasks and outcome are asked for
GAPS_AHEAD = timedelta(days=60)
SOON = timedelta(days=7)
OVERDUE = timedelta(days=21)  # what is later than this is no longer asked for
NEARLY_FULL, NEARLY_EMPTY = 0.9, 0.25  # of the seats
EMPTY_ALARM = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """How many people of how many have seats on site and online together; parties that wait."""

    taken: int
    capacity: int
    queue: int

    @property
    def share(self) -> float:
        """How full it is, from 0."""
        return self.taken / self.capacity if self.capacity else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An event as the workspace lists it."""

    id: int
    key: str
    title: Picked
    kind_slug: str
    kind_label: str
    token: str
    status: str
    status_label: str
    when: dates.Spell | None
    day: date | None
    time: str
    place: str
    lead: str
    seats: Seats | None
    edit_url: str
    people_url: str
    move_url: str = ""  # empty where this person may not

    @property
    def url(self) -> str:
        """Where its title leads."""
        return self.edit_url


@dataclass(frozen=True, slots=True)
class Gaps:
    """An event with what it lacks."""

    line: Line
    missing: tuple[Finding, ...]
    advice: tuple[Finding, ...]
    percent: int


@dataclass(frozen=True, slots=True)
class Due:
    """A planning task that is due or late."""

    line: Line
    checklist: str
    number: int
    name: Picked
    on: date
    is_late: bool


@dataclass(frozen=True, slots=True)
class Waits:
    """People who wait at an event."""

    line: Line
    pending: int
    waitlisted: int


@dataclass(frozen=True, slots=True)
class OfKind:
    """Something to do that the event's kind asks for, where to do it."""

    line: Line
    todo: Todo


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The organiser's day."""

    coming: tuple[tuple[date, tuple[Line, ...]], ...]
    gaps: tuple[Gaps, ...]
    tasks: tuple[Due, ...]
    full: tuple[Line, ...]
    empty: tuple[Line, ...]
    waits: tuple[Waits, ...]
    outcomes: tuple[Line, ...]
    of_kinds: tuple[OfKind, ...]
    dead_mails: int
    full_feed: OverCap | None = None  # what is to come, if it alone is more than a feed shall hold

    @property
    def pending(self) -> int:
        """How many ask for a seat and have no answer."""
        return sum(one.pending for one in self.waits)

    @property
    def must(self) -> int:
        """How many events cannot be published as they are."""
        return sum(bool(one.missing) for one in self.gaps)


def line_of(watched: Watched, actor: Actor, reader: Reader, now: datetime, state: SeatState | None) -> Line:
    """Return an event as the workspace lists it, disclosed to its reader."""
    view = disclose(watched.record, actor.viewer, now)
    shown = next((one for one in view.living if one.ends_at > now), None) or next(iter(view.living), None)
    return line_at(view, shown, actor, reader, now=now, state=state)


def line_at(
    view: EventView,
    shown: OccurrenceRecord | None,
    actor: Actor,
    reader: Reader,
    *,
    now: datetime,
    state: SeatState | None,
) -> Line:
    """Return an event with one of its dates, or its run where it has one, as the workspace lists it."""
    spell = dates.run(view.run_from, view.run_to, lang=reader.lang) if view.run_from and view.run_to else None
    if spell is None and shown is not None:
        spell = dates.span(shown.starts_wall, shown.ends_wall, shown.tz, lang=reader.lang)
    status = status_of(view, now)
    return Line(
        id=view.id,
        key=view.key,
        title=title_of(view, reader),
        kind_slug=view.kind,
        kind_label=kind_label(view.kind, reader),
        token=view.themes[0].token if view.themes else "",
        status=status,
        status_label=_(STATUS_WORDS[status]),
        when=spell,
        day=shown.starts_wall.date() if shown else view.run_from,
        time=dates.clock_text(shown.starts_wall, reader.lang) if shown else "",
        place=place_text(view, reader),
        lead=view.lead,
        seats=seats_of(view, state),
        edit_url=url_for("events.edit" if may(actor, Permission.EVENT_EDIT) else "site.event", key=view.key),
        people_url=url_for("registrations.list", key=view.key),
        move_url=_move_url(view, shown, actor),
    )


def _move_url(view: EventView, shown: OccurrenceRecord | None, actor: Actor) -> str:
    """Where the date that is told is moved; the run where it has none."""
    if not may_move(view, actor) or (shown is None and view.run_from is None):
        return ""
    return url_for("workspace.move", event=view.key, occurrence=shown.id if shown and not view.run_from else None)


def may_move(view: EventRecord, actor: Actor) -> bool:
    """Tell whether somebody may give an event other times: what is public only who may publish."""
    if view.status is Status.CANCELLED or not may(actor, Permission.EVENT_EDIT):
        return False
    return view.status is Status.DRAFT or may(actor, Permission.EVENT_PUBLISH)


def status_of(view: EventRecord, now: datetime) -> str:
    """Return the slug of an event's status, `held` for a published one that is over."""
    is_held = view.status is Status.PUBLISHED and view.ends_at is not None and view.ends_at <= now
    return "held" if is_held else view.status.value


def seats_of(view: EventView, state: SeatState | None) -> Seats | None:
    """Return the seats of an event that has any."""
    if state is None or view.registration.mode is RegistrationMode.NONE or not state.capacity:
        return None
    return Seats(
        taken=sum(state.taken(mode) for mode in state.capacity),
        capacity=sum(state.capacity.values()),
        queue=sum(state.queue(mode) for mode in state.capacity),
    )


def find_today(actor: Actor, reader: Reader, now: datetime, *, mine: bool, languages: tuple[str, ...]) -> Today:
    """Return what needs doing, for one person's events or for all."""
    watched = queries.list_watched(now - BEHIND, now + AHEAD, actor)
    if mine:
        watched = [one for one in watched if one.lead_id == actor.account_id]
    states = seat_states([one.record for one in watched])
    lines = {one.record.id: line_of(one, actor, reader, now, states.get(one.record.id)) for one in watched}
    ids = [one.record.id for one in watched]
    edits = may(actor, Permission.EVENT_EDIT)
    return Today(
        coming=tuple(_coming(watched, lines, reader.today)),
        gaps=tuple(_gaps(watched, lines, now, languages)) if edits else (),
        tasks=tuple(_tasks(watched, lines, reader)) if edits else (),
        full=tuple(line for one, line in _open(watched, lines, now) if _is_nearly_full(line)),
        empty=tuple(line for one, line in _open(watched, lines, now) if _is_nearly_empty(one, line, now)),
        waits=tuple(_waits(queries.count_waiting(ids), lines)) if may(actor, Permission.COUNTS_SEE) else (),
        outcomes=tuple(lines[one.record.id] for one in watched if _lacks_outcome(one, now)) if edits else (),
        of_kinds=tuple(_of_kinds(*_with_older(watched, lines, actor, reader, now, mine=mine), actor, now)),
        dead_mails=count_dead() if may(actor, Permission.MAIL_SEE) else 0,
        full_feed=over_cap() if edits else None,
    )


def _coming(
    watched: Sequence[Watched], lines: Mapping[int, Line], today: date
) -> Iterable[tuple[date, tuple[Line, ...]]]:
    """What happens in the next seven days, day by day."""
    days: dict[date, list[tuple[datetime, Line]]] = {}
    for one in watched:
        for occurrence in one.record.living:
            day = occurrence.starts_wall.date()
            if today <= day < today + SOON and one.record.status is not Status.DRAFT:
                days.setdefault(day, []).append((occurrence.starts_wall, lines[one.record.id]))
    for day in sorted(days):
        yield day, tuple(line for _wall, line in sorted(days[day], key=lambda pair: (pair[0], pair[1].key)))


def _gaps(
    watched: Sequence[Watched], lines: Mapping[int, Line], now: datetime, languages: tuple[str, ...]
) -> Iterable[Gaps]:
    """What drafts and events to come lack; those that cannot be published first."""
    rooms = queries.list_rooms()
    found = []
    for one in watched:
        record = one.record
        starts_soon = record.starts_at is None or now < record.starts_at <= now + GAPS_AHEAD
        if record.status in (Status.CANCELLED, Status.POSTPONED) or not (
            starts_soon or (record.status is Status.DRAFT and record.ends_at is not None and record.ends_at > now)
        ):
            continue
        checked = _check(one, rooms, now, languages)
        if checked.missing or checked.advice:
            found.append(Gaps(lines[record.id], checked.missing, checked.advice, checked.percent))
    return sorted(found, key=lambda gaps: (not gaps.missing, gaps.line.day or date.max, gaps.line.key))


def _check(one: Watched, rooms: Mapping[str, frozenset[str]], now: datetime, languages: tuple[str, ...]) -> Gate:
    venue = one.record.venue.key if one.record.venue else ""
    draft = Draft(
        record=one.record,
        details=details_of(one.record),
        has_online_room=one.has_online_room,
        room_keys=rooms.get(venue, frozenset()),
    )
    return gate.check(draft, now, languages=languages)


def _tasks(watched: Sequence[Watched], lines: Mapping[int, Line], reader: Reader) -> list[Due]:
    """The tasks that are due within a week or late, and not done."""
    lists = queries.list_checklists()
    done = queries.list_ticks([one.record.id for one in watched])
    found = []
    for one in watched:
        record = one.record
        if record.starts_at is None or record.status is Status.CANCELLED:
            continue
        first = when.day_of(record.starts_at, record.tz)
        is_over = first < reader.today
        for checklist in lists:
            if checklist.kinds and record.kind not in checklist.kinds:
                continue
            for number, task in enumerate(checklist.tasks):
                due = first + timedelta(days=task["days"])
                is_wanted = reader.today - OVERDUE <= due <= reader.today + SOON
                is_moot = is_over and task["days"] < 0  # what comes before an event that has begun
                if is_wanted and not is_moot and (record.id, checklist.key, number) not in done:
                    name, is_late = reader.text(task["name"]), due < reader.today
                    found.append(Due(lines[record.id], checklist.key, number, name, due, is_late))
    return sorted(found, key=lambda due: (due.on, due.line.key, due.checklist, due.number))


def _with_older(
    watched: Sequence[Watched], lines: Mapping[int, Line], actor: Actor, reader: Reader, now: datetime, *, mine: bool
) -> tuple[Sequence[Watched], Mapping[int, Line]]:
    """Those events and, beside them, those of long ago of which a room still wants something done."""
    wanted = frozenset[int]().union(*(one.watching(now) for one in every_extension())) - lines.keys()
    older = [
        one
        for one in (queries.list_these(wanted, actor) if wanted else [])
        if not mine or one.lead_id == actor.account_id
    ]
    more = {one.record.id: line_of(one, actor, reader, now, None) for one in older}
    return [*watched, *older], {**lines, **more}


def _of_kinds(watched: Sequence[Watched], lines: Mapping[int, Line], actor: Actor, now: datetime) -> list[OfKind]:
    """What rooms that serve a kind ask to be done; what is late or due first comes first."""
    found = [
        OfKind(lines[todo.event_id], todo)
        for extension in every_extension()
        if (records := [one.record for one in watched if extension.serves(one.record.kind)])
        for todo in extension.todos(records, actor, now)
    ]
    if may(actor, Permission.EVENT_EDIT):
        found += _taken(watched, lines, now)
    return sorted(found, key=lambda one: (not one.todo.is_late, one.todo.due_on or date.max, one.line.key))


def _taken(watched: Sequence[Watched], lines: Mapping[int, Line], now: datetime) -> Iterable[OfKind]:
    """Published events to come whose room or people are taken: each conflict told once, at the one that came later."""
    told: set[tuple[frozenset[str], str, date]] = set()
    clashes = taken_among([one.record for one in watched], now)
    for record, conflict in sorted(clashes, key=lambda pair: pair[0].created_at, reverse=True):
        if conflict.at is None:
            continue
        due_on = when.day_of(conflict.at, record.tz)
        pair = frozenset({record.key, conflict.other or ""}), str(conflict.kind), due_on
        if pair not in told:
            told.add(pair)
            todo = Todo(
                event_id=record.id,
                text=conflicts.say(conflict),
                url=url_for("events.edit", key=record.key, _anchor=conflict.anchor),
                due_on=due_on,
            )
            yield OfKind(lines[record.id], todo)


def _open(watched: Sequence[Watched], lines: Mapping[int, Line], now: datetime) -> Iterable[tuple[Watched, Line]]:
    """Published events to come that have seats."""
    for one in watched:
        line = lines[one.record.id]
        is_coming = one.record.starts_at is not None and one.record.starts_at > now
        if is_coming and one.record.status is Status.PUBLISHED and line.seats is not None:
            yield one, line


def _is_nearly_full(line: Line) -> bool:
    return line.seats is not None and line.seats.share >= NEARLY_FULL


def _is_nearly_empty(one: Watched, line: Line, now: datetime) -> bool:
    starts_at = one.record.starts_at
    is_soon = starts_at is not None and starts_at <= now + EMPTY_ALARM
    return is_soon and line.seats is not None and line.seats.share < NEARLY_EMPTY


def _waits(counts: Mapping[int, Mapping[RegistrationStatus, int]], lines: Mapping[int, Line]) -> Iterable[Waits]:
    for event_id, line in lines.items():
        if event_id in counts:
            waiting = counts[event_id]
            yield Waits(line, waiting.get(RegistrationStatus.PENDING, 0), waiting.get(RegistrationStatus.WAITLISTED, 0))


def _lacks_outcome(one: Watched, now: datetime) -> bool:
    record = one.record
    is_over = record.ends_at is not None and record.ends_at <= now
    return is_over and record.status is Status.PUBLISHED and not one.has_outcome
