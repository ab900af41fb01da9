"""Registrations and those who made them; names and addresses are opened only where somebody may see them."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from cag_events import keyring
from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain.errors import NotFound
from cag_events.domain.event import Named
from cag_events.domain.seats import LIVE, Status
from cag_events.domain.texts import fold
from cag_events.registrations.codes import MANAGE, read_join_token
from cag_events.registrations.models import (
    Registration,
    RegistrationChange,
    RegistrationLink,
    RegistrationOccurrence,
    WalkIn,
)


def find_by_token(token: str) -> Registration | None:
    """Return the registration that a manage link opens."""
    return db.session.scalar(
        select(Registration)
        .join(RegistrationLink)
        .where(RegistrationLink.token_hash == keyring.token_hash(token, MANAGE))
    )


def find_by_join_token(token: str) -> Registration | None:
    """Return the registration whose join link this is."""
    row_id = read_join_token(token)
    return db.session.scalar(select(Registration).where(Registration.row_id == row_id)) if row_id else None


def get_registration(event_id: int, code: str) -> Registration:
    """Return the registration of an event with this reference. Raises NotFound."""
    found = db.session.scalar(
        select(Registration).where(Registration.event_id == event_id, Registration.code == code.strip().upper())
    )
    if found is None:
        raise NotFound(code)
    return found


def occurrences_of(registration_ids: Collection[int]) -> dict[int, dict[int, datetime | None]]:
    """Return for each registration the occurrences that it is for, and when it was checked in at them."""
    rows = db.session.execute(
        select(
            RegistrationOccurrence.registration_id,
            RegistrationOccurrence.occurrence_id,
            RegistrationOccurrence.checked_in_at,
        ).where(RegistrationOccurrence.registration_id.in_(registration_ids))
    )
    found: dict[int, dict[int, datetime | None]] = defaultdict(dict)
    for row in rows:
        found[row.registration_id][row.occurrence_id] = row.checked_in_at
    return found


def occurrence_ids(registration_id: int) -> list[int]:
    """Return the occurrences that a registration is for."""
    query = select(RegistrationOccurrence.occurrence_id).where(
        RegistrationOccurrence.registration_id == registration_id
    )
    return list(db.session.scalars(query))


def find_live(event_id: int, email_index: bytes | None) -> Registration | None:
    """Return the registration of an address at an event that counts; none of an alias, who has no address."""
    if email_index is None:
        return None
    return db.session.scalar(
        select(Registration).where(
            Registration.event_id == event_id,
            Registration.email_index == email_index,
            Registration.status.in_(LIVE),
        )
    )


def list_registrations(
    event_id: int, *, statuses: Collection[Status] = (), segment: str | None = None, words: str = ""
) -> list[Registration]:
    """Return an event's registrations in the order in which they came, narrowed by status, segment key and words.

    An e-mail address is looked up by its index; other words are compared with names, addresses and references that are
    opened in memory.
    """
    query = select(Registration).where(Registration.event_id == event_id)
    if statuses:
        query = query.where(Registration.status.in_(statuses))
    if segment == "":
        query = query.where(Registration.segment_id.is_(None))
    elif segment is not None:
        query = query.where(
            Registration.segment_id == select(Segment.id).where(Segment.key == segment).scalar_subquery()
        )
    found = list(db.session.scalars(query.order_by(Registration.joined_at, Registration.id)))
    sought = fold(words.strip())
    if not sought:
        return found
    index = keyring.blind_index(words) if "@" in words else None
    return [row for row in found if (index and row.email_index == index) or _matches(row, sought)]


def _matches(row: Registration, sought: str) -> bool:
    name, email = row.name or "", row.email or ""
    return sought in fold(name) or sought in fold(email) or sought == row.code.casefold()


@dataclass(frozen=True, slots=True)
class Counts:
    """People and parties of an event by status and, of those that count, by segment key ("" where it was not said)."""

    people: dict[Status, int]
    parties: dict[Status, int]
    by_segment: dict[str, int]  # people with a seat
    checked_in: int  # people, at one occurrence at least
    walk_ins: dict[str, int]  # people by segment key


def count_by(event_id: int) -> Counts:
    """Return how many people and parties an event has, in two statements; no name is opened."""
    people, parties, segments = Counter[Status](), Counter[Status](), Counter[str]()
    checked_in = 0
    came = (
        select(func.max(func.coalesce(RegistrationOccurrence.arrived, Registration.party)))
        .where(
            RegistrationOccurrence.registration_id == Registration.id,
            RegistrationOccurrence.checked_in_at.is_not(None),
        )
        .correlate(Registration)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Registration.status, Registration.party, Registration.checked_in_at, Segment.key, came.label("came"))
        .outerjoin(Segment, Segment.id == Registration.segment_id)
        .where(Registration.event_id == event_id)
    )
    for row in rows:
        people[row.status] += row.party
        parties[row.status] += 1
        if row.status is Status.CONFIRMED:
            segments[row.key or ""] += row.party
            checked_in += (row.came or row.party) if row.checked_in_at else 0
    return Counts(dict(people), dict(parties), dict(segments), checked_in, _walk_ins(event_id))


def count_told(event_id: int) -> int:
    """Return how many registrations get a mail when the event changes."""
    return db.session.scalar(select(func.count(Registration.id)).where(is_told(event_id))) or 0


def is_told(event_id: int) -> ColumnElement[bool]:
    """Return the condition on registrations that get a mail when the event changes: they count and have an address."""
    return (Registration.event_id == event_id) & Registration.status.in_(LIVE) & Registration.email_sealed.is_not(None)


def _walk_ins(event_id: int) -> dict[str, int]:
    counted = Counter[str]()
    for (_occurrence, key), number in list_walk_ins(event_id).items():
        counted[key] += number
    return dict(counted)


def list_walk_ins(event_id: int) -> dict[tuple[int, str], int]:
    """Return people who came without a registration, by occurrence and segment key."""
    rows = db.session.execute(
        select(WalkIn.occurrence_id, Segment.key, WalkIn.people)
        .outerjoin(Segment, Segment.id == WalkIn.segment_id)
        .where(WalkIn.event_id == event_id)
    )
    return {(row.occurrence_id, row.key or ""): row.people for row in rows}


def list_changes(registration_id: int) -> list[RegistrationChange]:
    """Return what happened to a registration after it was made, the last first."""
    return list(
        db.session.scalars(
            select(RegistrationChange)
            .where(RegistrationChange.registration_id == registration_id)
            .order_by(RegistrationChange.at.desc(), RegistrationChange.id.desc())
        )
    )


def list_segments() -> list[Named]:
    """Return the segments that people may say they belong to, in order."""
    rows = db.session.execute(select(Segment.key, Segment.name).order_by(Segment.position, Segment.id))
    return [Named(key=row.key, name=dict(row.name)) for row in rows]


def find_segment(segment_id: int | None) -> str | None:
    """Return the key of a segment."""
    return db.session.scalar(select(Segment.key).where(Segment.id == segment_id)) if segment_id else None


def list_live_of(email: str) -> list[Registration]:
    """Return every live registration of an address, at whatever event."""
    return list(
        db.session.scalars(
            select(Registration)
            .where(Registration.email_index == keyring.blind_index(email), Registration.status.in_(LIVE))
            .order_by(Registration.registered_at, Registration.id)
        )
    )
