"""What people do with their own registration, by its link: change it, withdraw it, take that back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import select

from cag_events import clock, outbox
from cag_events.audiences.models import Segment
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import Mode
from cag_events.domain.registering import choose_mode, choose_occurrences, find_obstacle, require_party
from cag_events.domain.seats import LIVE, SEATED, Allocation, Slot, Status, allocate
from cag_events.events.models import Event, Occurrence
from cag_events.events.seating import seating_of
from cag_events.events.timing import registration_window
from cag_events.permissions import Actor
from cag_events.registrations.models import Registration, RegistrationOccurrence, Seat
from cag_events.registrations.queries.people import find_live
from cag_events.registrations.queries.seats import living_of, lock_state
from cag_events.registrations.services.answers import reopen, settled, written
from cag_events.registrations.services.proof import prove
from cag_events.registrations.services.seats import (
    flush,
    free_seats,
    hold_seats,
    lock_registration,
    log_change,
    own_segment,
    party_max,
    pass_on_seats,
    promote_waiting,
    set_occurrences,
    to_the_head,
)

RESTORE_WITHIN = timedelta(minutes=10)
ANSWER_RESTORE_WITHIN = timedelta(hours=48)  # of a withdrawal by a calendar: the mail about it may be read much later


@dataclass(frozen=True, kw_only=True)
class Changed:
    """All that a person may change, as it shall be. `segment` None: not said; `occurrences` empty: as before."""

    name: str
    party: int
    mode: Mode | None = None
    occurrences: tuple[int, ...] = ()
    segment: str | None = None
    answers: Mapping[str, Any]
    first_time: bool | None = None
    consent_photo: bool = False
    consent_contact: bool = False


def withdraw(registration_id: int, *, by: Actor | None = None, undo_within: timedelta = RESTORE_WITHIN) -> None:
    """Free a party's seats, or its place in the queue; who is next gets them. Twice does nothing more.

    `by` is the organizer where it is not the party itself; `undo_within`: how long it can be taken back. Raises Refused
    registration.over. Notes registration.withdrawn.
    """
    with transaction():
        event, registration = lock_registration(registration_id)
        if registration.status not in LIVE:
            return
        if event.ends_at is not None and clock.now() >= event.ends_at:
            raise Refused("registration.over", N_("The event is over."))
        registration.withdrawn_from = registration.status
        registration.status, registration.offered_until = Status.WITHDRAWN, None
        registration.withdrawn_at = clock.now()
        registration.restore_until = clock.now() + undo_within
        registration.revision += 1
        free_seats(registration)
        log_change(registration, "withdrawn", by)
        outbox.note("registration.withdrawn", registration_id=registration.id)
        pass_on_seats(event)


def may_restore(registration: Registration) -> bool:
    """Tell whether a withdrawal can still be taken back."""
    until = registration.restore_until
    return registration.status is Status.WITHDRAWN and until is not None and clock.now() < until


def is_answered(registration: Registration) -> bool:
    """Tell whether somebody's calendar has withdrawn, which can be taken back for longer."""
    at, until = registration.withdrawn_at, registration.restore_until
    return at is not None and until is not None and until - at > RESTORE_WITHIN


def restore(registration_id: int) -> Status:
    """Take back a withdrawal while that can be done: a free seat, else the head of the queue. Returns the new status.

    Raises Refused registration.too_late, .again, .full or .cancelled. Notes registration.restored.
    """
    with transaction():
        event, registration = lock_registration(registration_id)
        if registration.status in LIVE:
            return registration.status
        if not may_restore(registration):
            raise Refused("registration.too_late", N_("The time for taking it back is over. Please register again."))
        obstacle = find_obstacle(event, event.registration_mode, None, None, clock.now())
        if obstacle:
            raise obstacle
        _require_no_other(registration)
        before = registration.withdrawn_from or Status.CONFIRMED
        registration.status = Status.PENDING if before is Status.PENDING else Status.WAITLISTED
        if before in SEATED:
            to_the_head(registration)
        flush()
        if registration.status is Status.WAITLISTED:
            promote_waiting(event.id, sure=registration.id if before is Status.CONFIRMED else None)
        if registration.status is Status.WAITLISTED and not event.waitlist:
            raise Refused("registration.full", N_("All seats are taken, and there is no waiting list."))
        registration.withdrawn_at = registration.withdrawn_from = registration.restore_until = None
        log_change(registration, "restored")
        outbox.note("registration.restored", registration_id=registration.id)
        return registration.status


def _require_no_other(registration: Registration) -> None:
    """Refuse an undo where the same address has registered anew in between."""
    if find_live(registration.event_id, registration.email_index) is not None:
        raise Refused("registration.again", N_("You have registered again since. Use the link in the newer mail."))


def change(registration_id: int, changed: Changed, *, by: Actor | None = None) -> Registration:
    """Store what a party wants changed; what it holds is kept until the new seats are certain.

    More people, another mode or another occurrence need free seats that nobody waits for; who waits goes to the end of
    the queue for them. Fewer people free their seats at once, in time or not. Raises Refused registration.no_room,
    .closed, .over, .party … Notes registration.changed.
    """
    with transaction():
        event, registration = lock_registration(registration_id)
        if registration.status not in LIVE:
            raise Refused("registration.gone", N_("This registration does not count any more."))
        if event.ends_at is not None and clock.now() >= event.ends_at:
            raise Refused("registration.over", N_("The event is over."))
        fields = _set_fields(event, registration, changed, is_team=by is not None)
        if "segment" in fields:
            _follow_segment(event, registration)
        fields |= _set_seats(event, registration, changed, is_team=by is not None)
        if fields:
            if fields & {"party", "mode", "occurrence"}:
                registration.revision += 1
            log_change(registration, "changed", by, fields=sorted(fields))
            if by is None and reopen(event, registration, fields):
                log_change(registration, "reopened")
            outbox.note("registration.changed", registration_id=registration.id)
    return registration


def _set_fields(event: Event, registration: Registration, changed: Changed, *, is_team: bool) -> set[str]:
    """Store what needs no seat; return the names of the fields that differ."""
    known = msgspec.json.decode(registration.answers) if registration.answers else {}
    answers = settled(event, changed.segment, changed.answers, before=known, may_skip=is_team)
    segment_id = (
        db.session.scalar(select(Segment.id).where(Segment.key == changed.segment)) if changed.segment else None
    )
    fields = {name for name in {*answers, *known} if answers.get(name) != known.get(name)}
    if registration.name != changed.name:
        fields.add("name")
        registration.name = changed.name
    if fields - {"name"}:
        registration.answers = written(answers)
    for name, value in (
        ("segment_id", segment_id),
        ("first_time", changed.first_time),
        ("consent_photo", changed.consent_photo),
        ("consent_contact", changed.consent_contact),
    ):
        if getattr(registration, name) != value:
            fields.add(name.removesuffix("_id"))
            setattr(registration, name, value)
    if fields & {"consent_photo", "consent_contact"}:
        registration.consented_at = clock.now()
    return fields


def _follow_segment(event: Event, registration: Registration) -> None:
    """See which held seats are open to somebody who comes as something else now.

    Who waits goes to the end where some are: else a change of words would pass those who have said it all along.
    """
    pools = seating_of(event)["pools"]
    if not pools:
        return
    db.session.flush()
    prove(registration, pools)
    if registration.status is Status.WAITLISTED and own_segment(event, registration):
        registration.joined_at = clock.now()
    pass_on_seats(event)


def _set_seats(event: Event, registration: Registration, changed: Changed, *, is_team: bool) -> set[str]:
    """Change party, mode and occurrences; return the names of the fields that differ."""
    before = tuple(
        db.session.scalars(
            select(RegistrationOccurrence.occurrence_id)
            .join(Occurrence, Occurrence.id == RegistrationOccurrence.occurrence_id)
            .where(RegistrationOccurrence.registration_id == registration.id)
            .order_by(Occurrence.starts_at, Occurrence.id)
        )
    )
    state = lock_state(event)
    mode = registration.mode if changed.mode in (None, registration.mode) else choose_mode(changed.mode, state.capacity)
    occurrences = before
    if event.per_occurrence and changed.occurrences:
        living = living_of(event, state.occurrences)
        wanted = [one for one in changed.occurrences if one in living or one not in before]
        chosen = choose_occurrences(wanted, living, is_free=True)
        occurrences = (*chosen, *(one for one in before if one not in living))  # what is called off may take place
    fields = {
        name
        for name, old, new in (
            ("party", registration.party, changed.party),
            ("mode", registration.mode, mode),
            ("occurrence", set(before), set(occurrences)),
        )
        if old != new
    }
    if not fields:
        return fields
    is_more = changed.party > registration.party or mode is not registration.mode or not set(occurrences) <= set(before)
    if is_more and not is_team:
        obstacle = find_obstacle(event, event.registration_mode, *registration_window(event), clock.now())
        if obstacle:
            raise obstacle
    if changed.party > registration.party:
        require_party(changed.party, party_max(event))
    if registration.status in SEATED:
        segment = own_segment(event, registration, mode)

        def give(people: int, occurrence: int) -> Allocation:
            return allocate(people, mode, [occurrence], state, segment=segment)

        _move_seats(registration, changed.party, mode, occurrences, give)
    elif is_more:
        registration.joined_at = clock.now()
    registration.party, registration.mode = changed.party, mode
    set_occurrences(registration, occurrences)
    pass_on_seats(event)
    return fields


def _move_seats(
    registration: Registration,
    party: int,
    mode: Mode,
    occurrences: tuple[int, ...],
    give: Callable[[int, int], Allocation],
) -> None:
    """Give back what is no longer wanted and take what is; a party keeps the seats that it has in both.

    Raises Refused registration.no_room, and then all stays as it was.
    """
    rows = db.session.scalars(select(Seat).where(Seat.registration_id == registration.id).order_by(Seat.no))
    mine: dict[Slot, list[Seat]] = {}
    for seat in rows:
        mine.setdefault(Slot(seat.occurrence_id, seat.mode), []).append(seat)
    wanted: dict[int, int] = {}  # people more, by occurrence
    for occurrence in occurrences:
        kept = mine.pop(Slot(occurrence, mode), [])
        for seat in kept[party:]:
            db.session.delete(seat)
        if party > len(kept):
            wanted[occurrence] = party - len(kept)
    for seats in mine.values():
        for seat in seats:
            db.session.delete(seat)
    given = [(people, give(people, occurrence)) for occurrence, people in wanted.items()]
    if any(allocation.status is not Status.CONFIRMED for _people, allocation in given):
        raise Refused(
            "registration.no_room",
            N_("There is no room for that. You keep the seats that you have."),
            field="party" if party > registration.party else None,
        )
    db.session.flush()
    registration.mode = mode
    for _people, allocation in given:
        hold_seats(registration, allocation)
