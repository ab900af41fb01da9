"""Takes what was pressed at the door: each press once, whichever way and however often it arrives, and in its order.

The first to let somebody in wins; whoever comes second is told so. A press that cannot be followed is kept with its
reason and shown, never dropped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from cag_events import clock
from cag_events.audiences.models import Segment
from cag_events.db import db, transaction
from cag_events.domain.doors import MOST_PEOPLE, Outcome, Press, State, let_in, take_out
from cag_events.domain.errors import NotFound
from cag_events.door.models import DoorAction, DoorLink
from cag_events.door.queries import find_person, first_of, here_of, name_of_hand, state_of
from cag_events.door.services.heads import Step, count_step, require_part
from cag_events.door.services.links import Door
from cag_events.events.queries import lock_event
from cag_events.permissions import SYSTEM, Actor, Permission, require
from cag_events.registrations.models import Registration, RegistrationOccurrence
from cag_events.registrations.queries import list_walk_ins
from cag_events.registrations.services import count_walk_in
from cag_events.registrations.services.seats import log_change

MOST_AT_ONCE = 200
OLDEST = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One press. `client_id`: the phone's own; `who`: a code or a ticket, where it is about somebody.

    `people`: how many are let in or counted, None: the whole party; `undoes`: the client id of the press that is taken
    back, empty: all of the party who are in.
    """

    client_id: str
    what: Press
    who: str = ""
    people: int | None = None
    segment: str = ""
    undoes: str = ""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a press. `people`: what it changed; `first_at` and `first_by`: of who had let them in before."""

    client_id: str
    outcome: Outcome
    people: int
    reason: str = ""
    code: str = ""
    first_at: datetime | None = None
    first_by: str = ""


def take_by_link(door: Door, actions: Sequence[Action]) -> list[Result]:
    """Take what a phone sends. Raises NotFound when its link was ended meanwhile."""
    with transaction():
        lock_event(door.record.id)
        if db.session.scalar(select(DoorLink.revoked_at).where(DoorLink.id == door.link_id)) is not None:
            raise NotFound("door")
        return _take_all(door.record.id, door.part.id, actions, _Hand(door.name, link_id=door.link_id))


def take(event_id: int, occurrence_id: int, actions: Sequence[Action], *, by: Actor) -> list[Result]:
    """Take what somebody types or presses in the workspace. Raises NotFound, NotAllowed."""
    require(by, Permission.ATTENDEES_EDIT)
    with transaction():
        lock_event(event_id)
        require_part(event_id, occurrence_id)
        return _take_all(event_id, occurrence_id, actions, _Hand("", by=by))


@dataclass(frozen=True, slots=True)
class _Hand:
    """Whose press it is."""

    name: str
    link_id: int | None = None
    by: Actor = SYSTEM


def _take_all(event_id: int, occurrence_id: int, actions: Sequence[Action], hand: _Hand) -> list[Result]:
    results = []
    for action in actions[:MOST_AT_ONCE]:
        known = db.session.scalar(
            select(DoorAction).where(DoorAction.event_id == event_id, DoorAction.client_id == action.client_id)
        )
        row = known or _take(event_id, occurrence_id, action, hand)
        results.append(_result(row))
    return results


def _take(event_id: int, occurrence_id: int, action: Action, hand: _Hand) -> DoorAction:
    now = clock.now()
    row = DoorAction(
        client_id=action.client_id,
        event_id=event_id,
        occurrence_id=occurrence_id,
        link_id=hand.link_id,
        account_id=hand.by.account_id,
        what=action.what,
        outcome=Outcome.REFUSED,
        people=0,
        reason="",
        segment="",
        at=min(max(action.at, now - OLDEST), now),
        received_at=now,
    )
    _DO[action.what](row, action, hand)
    db.session.add(row)
    db.session.flush()
    return row


def _arrive(row: DoorAction, action: Action, hand: _Hand) -> None:
    found = _person(row, action)
    if found is None:
        return
    registration, place = found
    entry = let_in(registration.party, here_of(registration, place), action.people)
    _set_here(registration, place, entry.people, row.at)
    row.outcome, row.people = entry.outcome, entry.people
    if entry.people and place.checked_in_at == row.at:
        log_change(registration, "checked_in", hand.by, occurrences=1)


def _undo(row: DoorAction, action: Action, hand: _Hand) -> None:
    undone = db.session.scalar(
        select(DoorAction).where(
            DoorAction.event_id == row.event_id,
            DoorAction.occurrence_id == row.occurrence_id,
            DoorAction.client_id == action.undoes,
        )
    )
    if action.undoes and undone is not None and undone.registration_id is None:
        _count_back(row, undone, hand)
        return
    if action.undoes and undone is None:
        row.reason = "unknown"
        return
    found = _person(row, action, undone)
    if found is None:
        return
    registration, place = found
    wanted = None if undone is None else undone.people
    entry = take_out(here_of(registration, place), wanted)
    _set_here(registration, place, entry.people, row.at)
    row.outcome, row.people = entry.outcome, entry.people
    if undone is not None:
        undone.people = 0  # else a second undo of it would take out somebody else's
    if entry.people and place.checked_in_at is None:
        log_change(registration, "check_in_undone", hand.by, occurrences=1)


def _count_back(row: DoorAction, undone: DoorAction, hand: _Hand) -> None:
    """Take back walk-ins or heads."""
    people, segment = undone.people, undone.segment
    undone.people = 0
    again = Action(client_id=row.client_id, what=undone.what, people=-people, segment=segment, at=row.at)
    if people:
        _DO[undone.what](row, again, hand)
    else:
        row.outcome = Outcome.ALREADY


def _walk_in(row: DoorAction, action: Action, _hand: _Hand) -> None:
    if not _can_count(row, action):
        return
    before = list_walk_ins(row.event_id).get((row.occurrence_id, action.segment), 0)
    after = count_walk_in(row.event_id, row.occurrence_id, action.segment or None, action.people or 0, by=SYSTEM)
    row.outcome, row.people = Outcome.DONE, after - before


def _heads(row: DoorAction, action: Action, hand: _Hand) -> None:
    if not _can_count(row, action):
        return
    step = Step(occurrence_id=row.occurrence_id, segment=action.segment, change=action.people or 0, id=action.client_id)
    count_step(row.event_id, step, hand.name)
    row.outcome, row.people = Outcome.DONE, action.people or 0


def _can_count(row: DoorAction, action: Action) -> bool:
    """Tell whether so many of a segment can be counted; the row remembers the segment, or why not."""
    known = not action.segment or db.session.scalar(select(Segment.id).where(Segment.key == action.segment)) is not None
    row.segment = action.segment if known else ""
    row.reason = "" if known and 0 < abs(action.people or 0) <= MOST_PEOPLE else "unknown"
    return not row.reason


_DO = {Press.ARRIVE: _arrive, Press.UNDO: _undo, Press.WALK_IN: _walk_in, Press.HEADS: _heads}


def _person(
    row: DoorAction, action: Action, undone: DoorAction | None = None
) -> tuple[Registration, RegistrationOccurrence] | None:
    """Return whom a press is about and their place at the date; None, with the reason on the row, if there is none."""
    if undone is not None and undone.registration_id is not None:
        registration = db.session.get(Registration, undone.registration_id, populate_existing=True)
    else:
        registration = find_person(row.event_id, action.who)
    if registration is None:
        row.reason = "unknown"
        return None
    row.registration_id = registration.id
    place = db.session.get(RegistrationOccurrence, (registration.id, row.occurrence_id), populate_existing=True)
    state = state_of(registration.status, registration.mode, comes=place is not None)
    if place is None or state is not State.SEAT:
        row.reason = state.value
        return None
    return registration, place


def _set_here(registration: Registration, place: RegistrationOccurrence, change: int, at: datetime) -> None:
    """Write how many of a party are in: the one place where it stands who was there."""
    if not change:
        return
    here = here_of(registration, place) + change
    place.checked_in_at = (place.checked_in_at or at) if here else None
    place.arrived = here if 0 < here < registration.party else None
    db.session.flush()
    query = select(RegistrationOccurrence.checked_in_at).where(
        RegistrationOccurrence.registration_id == registration.id,
        RegistrationOccurrence.checked_in_at.is_not(None),
    )
    registration.checked_in_at = min(filter(None, db.session.scalars(query)), default=None)


def _result(row: DoorAction) -> Result:
    first = first_of(row) if row.outcome is Outcome.ALREADY and row.what is Press.ARRIVE else None
    code = db.session.scalar(select(Registration.code).where(Registration.id == row.registration_id))
    return Result(
        client_id=row.client_id,
        outcome=row.outcome,
        people=row.people,
        reason=row.reason,
        code=code or "",
        first_at=first.at if first else None,
        first_by=name_of_hand(first) if first else "",
    )
