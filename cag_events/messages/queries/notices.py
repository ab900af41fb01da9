"""Reads of notices: what is held, what was sent, whom it reaches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, select

from cag_events.accounts.models import Account
from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain.errors import NotFound
from cag_events.domain.noticing import News, State
from cag_events.domain.seats import LIVE, Status
from cag_events.events.fields import EventFields
from cag_events.events.models import ClockChange, EventRevision
from cag_events.events.told import Held
from cag_events.messages.models import Notice
from cag_events.registrations.models import Registration, RegistrationOccurrence
from cag_events.registrations.queries.people import is_told

HISTORY = 50


def find_held(event_id: int) -> Notice | None:
    """Return the notice about a change of an event that is held; there is one at most."""
    return db.session.scalar(
        select(Notice).where(Notice.event_id == event_id, Notice.state == State.HELD, Notice.what != News.WRITTEN)
    )


def held_of(event_id: int) -> Held | None:
    """Return when the mails about a change of an event go out, and to how many, while they are held."""
    notice = find_held(event_id)
    return Held(notice.due_at, sum(count_reached(event_id).values())) if notice is not None else None


def find_settled(event_id: int) -> Notice | None:
    """Return the last notice about a change of an event that people know of, or were not to be written to about."""
    return db.session.scalar(
        select(Notice)
        .where(
            Notice.event_id == event_id,
            Notice.state.in_((State.SENT, State.DROPPED)),
            Notice.what != News.WRITTEN,
        )
        .order_by(Notice.settled_at.desc(), Notice.id.desc())
        .limit(1)
    )


def get_notice(event_id: int, row_id: str) -> Notice:
    """Return a notice of an event. Raises NotFound."""
    found = db.session.scalar(select(Notice).where(Notice.event_id == event_id, Notice.row_id == row_id))
    if found is None:
        raise NotFound(row_id)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A notice with the names of whoever made and settled it."""

    notice: Notice
    made_by: str
    settled_by: str


def list_notices(event_id: int) -> list[Listed]:
    """Return the notices of an event, the newest first."""
    settler = select(Account.id, Account.name).subquery()
    rows = db.session.execute(
        select(Notice, Account.name, settler.c.name)
        .outerjoin(Account, Account.id == Notice.account_id)
        .outerjoin(settler, settler.c.id == Notice.settled_by)
        .where(Notice.event_id == event_id)
        .order_by(Notice.made_at.desc(), Notice.id.desc())
        .limit(HISTORY)
    )
    return [Listed(notice=row, made_by=maker or "", settled_by=other or "") for row, maker, other in rows]


def list_due(now: datetime) -> list[int]:
    """Return the ids of the notices that are held no longer, in order."""
    query = select(Notice.id).where(Notice.state == State.HELD, Notice.due_at <= now)
    return list(db.session.scalars(query.order_by(Notice.due_at, Notice.id)))


def last_version_before(event_id: int, version: int) -> int | None:
    """Return the last saved version of an event below one."""
    return db.session.scalar(
        select(func.max(EventRevision.version)).where(
            EventRevision.event_id == event_id, EventRevision.version < version
        )
    )


def has_other_clocks(event_id: int, version: int | None) -> bool:
    """Tell whether an event's times mean other instants than at a version of it, since zone data were updated."""
    rows = db.session.scalars(
        select(ClockChange.before).where(ClockChange.event_id == event_id, ClockChange.version > (version or 0))
    )
    return any(rows)


def version_at(event_id: int, at: datetime) -> int | None:
    """Return which saved version of an event somebody met at a time."""
    return db.session.scalar(
        select(func.max(EventRevision.version)).where(EventRevision.event_id == event_id, EventRevision.saved_at < at)
    )


def reached(event_id: int, wanted: dict[str, Sequence[str]] | None = None) -> ColumnElement[bool]:
    """Return the condition on registrations that a notice reaches: they count and have an address.

    `wanted` narrows it: by `statuses`, `segments` (keys) and `occurrences` (ids).
    """
    narrowed = wanted or {}
    condition = is_told(event_id)
    if statuses := narrowed.get("statuses"):
        condition &= Registration.status.in_([Status(one) for one in statuses])
    if segments := narrowed.get("segments"):
        ids = select(Segment.id).where(Segment.key.in_(segments))
        condition &= Registration.segment_id.in_(ids)
    if occurrences := narrowed.get("occurrences"):
        coming = select(RegistrationOccurrence.registration_id).where(
            RegistrationOccurrence.occurrence_id.in_([int(one) for one in occurrences])
        )
        condition &= Registration.id.in_(coming)
    return condition


def count_reached(event_id: int, wanted: dict[str, Sequence[str]] | None = None) -> dict[str, int]:
    """Return how many registrations a notice reaches, by language."""
    rows = db.session.execute(
        select(Registration.language, func.count())
        .where(reached(event_id, wanted))
        .group_by(Registration.language)
        .order_by(func.count().desc(), Registration.language)
    )
    return {language: int(number) for language, number in rows}


def with_people() -> Select[int]:
    """Return the events that have a registration which a notice may reach, as a query of their ids."""
    return select(Registration.event_id).where(Registration.status.in_(LIVE), Registration.email_sealed.is_not(None))


def list_reached(event_id: int, wanted: dict[str, Sequence[str]] | None = None) -> list[tuple[int, datetime]]:
    """Return the ids of the registrations that a notice reaches, and when they were made."""
    rows = db.session.execute(
        select(Registration.id, Registration.registered_at).where(reached(event_id, wanted)).order_by(Registration.id)
    )
    return [(registration_id, registered_at) for registration_id, registered_at in rows]


def days_of(fields: EventFields) -> dict[int, date]:
    """Return the day on which each dated part begins, by its id."""
    return {item.id: item.starts_wall.date() for item in fields.occurrences if item.id is not None}
