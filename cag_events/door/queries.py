"""Who may come in at a date, as the door sees them: first name and initial, code, party, never more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import func, select

from cag_events.accounts.models import Account
from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain.doors import LEAST_LETTERS, Outcome, Press, State, short_name
from cag_events.domain.event import Mode
from cag_events.domain.seats import LIVE, Status
from cag_events.domain.texts import fold
from cag_events.door.models import DoorAction, DoorHelper, DoorLink, HeadCount
from cag_events.events.models import Event, Occurrence
from cag_events.permissions import Role
from cag_events.registrations.models import Registration, RegistrationOccurrence
from cag_events.registrations.queries import list_walk_ins
from cag_events.registrations.tickets import make_ticket, read_ticket, ticket_hash

HASH_LETTERS = 32  # of a ticket's hash: 128 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A party as a helper at the door may see it. `has_needs`: a sign that somebody asks for help, not what for.

    Those who have no seat here have neither name nor segment: their ticket or code is answered with a reason alone.
    """

    code: str
    ticket: str  # hash
    state: State
    name: str = ""
    party: int = 1
    segment: str = ""  # key
    here: int = 0
    checked_in_at: datetime | None = None
    has_needs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The counts of a date: people of parties who are in, all who have a seat here, walk-ins by segment, heads."""

    here: int
    seats: int
    walk_ins: Mapping[str, int]
    heads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A link of an event, and how its phone is doing."""

    row_id: str
    name: str
    occurrence_id: int
    made_at: datetime
    synced_at: datetime | None
    presses: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A press as the workspace lists it."""

    at: datetime
    by: str
    what: Press
    outcome: Outcome
    people: int
    reason: str
    code: str


def state_of(status: Status, mode: Mode, *, comes: bool) -> State:
    """Return whether somebody may come in at a date."""
    if status is not Status.CONFIRMED:
        return State.WAITING if status in LIVE else State.GONE
    if mode is Mode.ONLINE:
        return State.ONLINE
    return State.SEAT if comes else State.OTHER_DATE


def here_of(registration: Registration, place: RegistrationOccurrence) -> int:
    """Return how many of a party are in."""
    if place.checked_in_at is None:
        return 0
    return registration.party if place.arrived is None else min(place.arrived, registration.party)


def list_guests(event_id: int, occurrence_id: int) -> list[Guest]:
    """Return all parties of an event as the door of a date sees them, by name; whoever was deleted is not there."""
    rows = db.session.execute(
        select(Registration, RegistrationOccurrence, Segment.key)
        .outerjoin(
            RegistrationOccurrence,
            (RegistrationOccurrence.registration_id == Registration.id)
            & (RegistrationOccurrence.occurrence_id == occurrence_id),
        )
        .outerjoin(Segment, Segment.id == Registration.segment_id)
        .where(Registration.event_id == event_id, Registration.name_sealed.is_not(None))
        .order_by(Registration.id)
    )
    guests = [_guest(row[0], row[1], row[2] or "") for row in rows]
    return sorted(guests, key=lambda one: (fold(one.name), one.code))


def search(guests: list[Guest], words: str) -> list[Guest]:
    """Return those with a seat whose shown name has the words in it, or whose code it is; few letters find nobody."""
    sought = fold(words.strip())
    if len(sought) < LEAST_LETTERS:
        return []
    return [
        one for one in guests if one.code.casefold() == sought or (one.state is State.SEAT and sought in fold(one.name))
    ]


def find_person(event_id: int, who: str) -> Registration | None:
    """Return whom a code or a ticket names at an event; nobody who has been deleted."""
    who = who.strip()
    row_id = read_ticket(who) if "." in who else None
    named = Registration.row_id == row_id if row_id else Registration.code == who.upper()
    return db.session.scalar(
        select(Registration)
        .where(Registration.event_id == event_id, Registration.name_sealed.is_not(None), named)
        .execution_options(populate_existing=True)
    )


def standing_of(event_id: int, occurrence_id: int) -> Standing:
    """Return the counts of a date; opens no name."""
    rows = db.session.execute(
        select(Registration.party, RegistrationOccurrence.checked_in_at, RegistrationOccurrence.arrived)
        .join(RegistrationOccurrence, RegistrationOccurrence.registration_id == Registration.id)
        .where(
            RegistrationOccurrence.occurrence_id == occurrence_id,
            Registration.status == Status.CONFIRMED,
            Registration.mode == Mode.ONSITE,
        )
    )
    here = seats = 0
    for row in rows:
        seats += row.party
        if row.checked_in_at is not None:
            here += row.party if row.arrived is None else min(row.arrived, row.party)
    walk_ins = {key: people for (part, key), people in list_walk_ins(event_id).items() if part == occurrence_id}
    heads = db.session.scalar(select(func.sum(HeadCount.people)).where(HeadCount.occurrence_id == occurrence_id))
    return Standing(here=here, seats=seats, walk_ins=walk_ins, heads=int(heads or 0))


def first_of(again: DoorAction) -> DoorAction | None:
    """Return the press that let a party in before this one found it inside."""
    return db.session.scalar(
        select(DoorAction)
        .where(
            DoorAction.registration_id == again.registration_id,
            DoorAction.occurrence_id == again.occurrence_id,
            DoorAction.what == Press.ARRIVE,
            DoorAction.people > 0,
            DoorAction.id != again.id,
        )
        .order_by(DoorAction.id)
        .limit(1)
    )


def name_of_hand(action: DoorAction) -> str:
    """Return the name of the phone or the account that pressed."""
    if action.link_id is not None:
        return db.session.scalar(select(DoorLink.name).where(DoorLink.id == action.link_id)) or ""
    return db.session.scalar(select(Account.name).where(Account.id == action.account_id)) or ""


def list_devices(event_id: int) -> list[Device]:
    """Return the living links of an event, the newest first, with what came from each."""
    counted = (
        select(DoorAction.link_id, DoorAction.outcome, func.count(DoorAction.id).label("presses"))
        .where(DoorAction.event_id == event_id, DoorAction.link_id.is_not(None))
        .group_by(DoorAction.link_id, DoorAction.outcome)
    )
    presses: dict[int, dict[Outcome, int]] = {}
    for row in db.session.execute(counted):
        presses.setdefault(row.link_id, {})[row.outcome] = row.presses
    links = db.session.scalars(
        select(DoorLink)
        .where(DoorLink.event_id == event_id, DoorLink.revoked_at.is_(None))
        .order_by(DoorLink.id.desc())
    )
    return [
        Device(
            row_id=one.row_id,
            name=one.name,
            occurrence_id=one.occurrence_id,
            made_at=one.made_at,
            synced_at=one.synced_at,
            presses=sum(presses.get(one.id, {}).values()),
            refused=presses.get(one.id, {}).get(Outcome.REFUSED, 0),
        )
        for one in links
    ]


def list_presses(occurrence_id: int, limit: int = 20) -> list[Pressed]:
    """Return the last presses at a date, the newest first; nobody is named, codes stand for people."""
    rows = db.session.execute(
        select(DoorAction, Registration.code, DoorLink.name, Account.name)
        .outerjoin(Registration, Registration.id == DoorAction.registration_id)
        .outerjoin(DoorLink, DoorLink.id == DoorAction.link_id)
        .outerjoin(Account, Account.id == DoorAction.account_id)
        .where(DoorAction.occurrence_id == occurrence_id)
        .order_by(DoorAction.id.desc())
        .limit(limit)
    )
    return [
        Pressed(
            at=row[0].at,
            by=row[2] or row[3] or "",
            what=row[0].what,
            outcome=row[0].outcome,
            people=row[0].people,
            reason=row[0].reason,
            code=row[1] or "",
        )
        for row in rows
    ]


def list_helpers(event_id: int) -> list[tuple[int, str, bool]]:
    """Return the check-in accounts there are, and whether each may open this event's doors."""
    assigned = set(db.session.scalars(select(DoorHelper.account_id).where(DoorHelper.event_id == event_id)))
    rows = db.session.execute(
        select(Account.id, Account.name)
        .where(Account.role == Role.CHECKIN, Account.is_disabled.is_(False))
        .order_by(Account.name, Account.id)
    )
    return [(row.id, row.name, row.id in assigned) for row in rows]


def list_assigned(account_id: int, at: datetime) -> list[tuple[int, int]]:
    """Return event and occurrence of the dates to come, or going on, whose doors an account may open, in order."""
    rows = db.session.execute(
        select(Event.id, Occurrence.id)
        .join(DoorHelper, DoorHelper.event_id == Event.id)
        .join(Occurrence, Occurrence.event_id == Event.id)
        .where(DoorHelper.account_id == account_id, Occurrence.ends_at > at)
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return [(row[0], row[1]) for row in rows]


def _guest(registration: Registration, place: RegistrationOccurrence | None, segment: str) -> Guest:
    state = state_of(registration.status, registration.mode, comes=place is not None)
    ticket = ticket_hash(make_ticket(registration.row_id, registration.ticket_no))[:HASH_LETTERS]
    if place is None or state is not State.SEAT:
        return Guest(code=registration.code, ticket=ticket, state=state)
    answers = msgspec.json.decode(registration.answers) if registration.answers else {}
    return Guest(
        code=registration.code,
        ticket=ticket,
        state=state,
        name=short_name(registration.name or ""),
        party=registration.party,
        segment=segment,
        here=here_of(registration, place),
        checked_in_at=place.checked_in_at,
        has_needs=bool(answers.get("needs")),
    )
