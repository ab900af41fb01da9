"""Gives and ends links that open the door of one event and date on a phone, and finds whose link a token is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from cag_events import clock, keyring
from cag_events.accounts.models import Account
from cag_events.audit.services import record as log
from cag_events.db import db, new_row_id, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.event import EventRecord, OccurrenceRecord
from cag_events.domain.lifecycle import Status
from cag_events.door.models import DoorHelper, DoorLink
from cag_events.events.queries import get_record, lock_event
from cag_events.events.services import end_pass, make_pass
from cag_events.events.services.passes import pass_kinds_of
from cag_events.permissions import SYSTEM, Actor, Permission, Role, require

PURPOSE = "door"
MOST = 50  # living links of one event
LIVES = timedelta(hours=12)  # after the end of its date
LATE = timedelta(days=7)  # for so long after its end a phone that had no net hands over what was pressed
SEEN = timedelta(seconds=20)  # between two notes that a phone was heard of


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A phone at the door: which, and the event and date as the team knows them (disclose what you print)."""

    link_id: int
    name: str
    record: EventRecord
    part: OccurrenceRecord
    until: datetime
    is_over: bool


def make_link(event_id: int, occurrence_id: int, name: str, *, by: Actor) -> str:
    """Make a link for a device; return its token, which is shown once.

    Links to the counters that the kind has at the door are made with it.
    Raises NotFound, NotAllowed, Refused door.name, .many, .over.
    """
    with transaction():
        lock_event(event_id)
        require(by, Permission.ATTENDEES_EDIT)
        return _make(event_id, occurrence_id, name, by)


def end_link(event_id: int, row_id: str, *, by: Actor) -> None:
    """End a link, and those made with it, at once; the phone empties itself when it next asks. Raises NotFound."""
    with transaction():
        lock_event(event_id)
        require(by, Permission.ATTENDEES_EDIT)
        row = db.session.scalar(select(DoorLink).where(DoorLink.event_id == event_id, DoorLink.row_id == row_id))
        if row is None:
            raise NotFound(row_id)
        if row.revoked_at is None:
            row.revoked_at = clock.now()
            for beside in row.beside:
                end_pass(event_id, beside, by=SYSTEM)
            log("pass.ended", by=by, event_id=event_id, purpose=PURPOSE)
        db.session.flush()


def assign(event_id: int, account_ids: frozenset[int], *, by: Actor) -> None:
    """Say which check-in accounts may open the doors of an event. Raises NotFound for any other account."""
    with transaction():
        lock_event(event_id)
        require(by, Permission.ATTENDEES_EDIT)
        query = select(Account.id).where(Account.role == Role.CHECKIN, Account.is_disabled.is_(False))
        if not account_ids <= set(db.session.scalars(query)):
            raise NotFound("account")
        rows = db.session.scalars(select(DoorHelper).where(DoorHelper.event_id == event_id))
        known = {row.account_id: row for row in rows}
        for account_id in account_ids - set(known):
            db.session.add(DoorHelper(event_id=event_id, account_id=account_id))
        for account_id in set(known) - account_ids:
            db.session.delete(known[account_id])
            ending = select(DoorLink.row_id).where(
                DoorLink.event_id == event_id, DoorLink.account_id == account_id, DoorLink.revoked_at.is_(None)
            )
            for row_id in list(db.session.scalars(ending)):
                end_link(event_id, row_id, by=SYSTEM)
        db.session.flush()


def open_assigned(event_id: int, occurrence_id: int, *, by: Actor) -> str:
    """Make the link of somebody who signed in and is assigned to the event, ending their one before; return the token.

    Raises NotFound for whoever is not assigned, Refused as make_link().
    """
    with transaction():
        require(by, Permission.DOOR_OPEN)
        lock_event(event_id)
        if by.account_id is None or db.session.get(DoorHelper, (event_id, by.account_id)) is None:
            raise NotFound("door")
        before = select(DoorLink.row_id).where(
            DoorLink.occurrence_id == occurrence_id,
            DoorLink.account_id == by.account_id,
            DoorLink.revoked_at.is_(None),
        )
        for row_id in list(db.session.scalars(before)):
            end_link(event_id, row_id, by=SYSTEM)
        return _make(event_id, occurrence_id, db.session.get_one(Account, by.account_id).name, by)


def door_of(token: str, *, even_late: bool = False) -> Door:
    """Return which phone a token belongs to. Raises NotFound for one that is unknown, ended or out of date.

    `even_late`: also for some days after its end, for a phone that had no net since.
    """
    row = db.session.scalar(select(DoorLink).where(DoorLink.token_hash == _hash(token)))
    if row is None or row.revoked_at is not None:
        raise NotFound("door")
    record = get_record(row.event_id)
    part = next((one for one in record.occurrences if one.id == row.occurrence_id), None)
    is_withdrawn = record.status is Status.DRAFT and record.published_at is not None
    if part is None or part.is_cancelled or is_withdrawn or record.status is Status.CANCELLED:
        raise NotFound("door")
    until, now = part.ends_at + LIVES, clock.now()
    if now > until + (LATE if even_late else timedelta(0)):
        raise NotFound("door")
    door = Door(link_id=row.id, name=row.name, record=record, part=part, until=until, is_over=now > until)
    if row.synced_at is None or now - row.synced_at > SEEN:
        with transaction():
            db.session.execute(update(DoorLink).where(DoorLink.id == door.link_id).values(synced_at=now))
    return door


def beside_token(token: str, purpose: str) -> str:
    """Return the token of a link that was made with a door's, which the door's page can name though none is kept."""
    return keyring.token_hash(token, f"door:beside:{purpose}").hex()


def _make(event_id: int, occurrence_id: int, name: str, by: Actor) -> str:
    record, now = get_record(event_id), clock.now()
    part = next((one for one in record.occurrences if one.id == occurrence_id), None)
    if part is None or part.is_cancelled:
        raise NotFound(occurrence_id)
    if not name.strip():
        raise Refused("door.name", N_("Give the phone a name, as “phone in the foyer”."), field="name")
    if now > part.ends_at + LIVES:
        raise Refused("door.over", N_("This date is over; its door is closed."), field="occurrence")
    living = select(DoorLink.id).where(DoorLink.event_id == event_id, DoorLink.revoked_at.is_(None))
    if len(list(db.session.scalars(living))) >= MOST:
        raise Refused("door.many", N_("There are many links already. End some first."), field="name")
    token = keyring.new_token()
    beside = {new_row_id(): one for one in pass_kinds_of(record.kind) if one.is_at_door}
    for row_id, kind in beside.items():
        own = beside_token(token, kind.purpose)
        make_pass(event_id, kind.purpose, name, by=SYSTEM, token=own, row_id=row_id)
    db.session.add(
        DoorLink(
            row_id=new_row_id(),
            token_hash=_hash(token),
            event_id=event_id,
            occurrence_id=occurrence_id,
            name=name.strip()[:100],
            account_id=by.account_id,
            made_at=now,
            beside=list(beside),
        )
    )
    db.session.flush()
    log("pass.made", by=by, event_id=event_id, purpose=PURPOSE)
    return token


def _hash(token: str) -> bytes:
    return keyring.token_hash(token, PURPOSE)
