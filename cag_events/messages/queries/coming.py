"""Reads of who was asked whether they still come."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select

from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.coming import Asked
from cag_events.domain.event import EventRecord
from cag_events.domain.noticing import SILENT_AFTER
from cag_events.domain.seats import Status
from cag_events.messages.models import AttendanceAsk
from cag_events.registrations.models import Registration


def first_day(record: EventRecord) -> date | None:
    """Return the day on which an event begins, where it is; None while it has no date."""
    return when.day_of(record.starts_at, record.tz) if record.starts_at is not None else None


def list_asked(event_id: int) -> dict[int, Asked]:
    """Return the questions put to an event's registrations, by registration."""
    rows = db.session.scalars(select(AttendanceAsk).where(AttendanceAsk.event_id == event_id))
    return {row.registration_id: _asked(row) for row in rows}


def find_asked(registration_id: int) -> Asked | None:
    """Return the question put to a registration."""
    row = db.session.get(AttendanceAsk, registration_id)
    return _asked(row) if row is not None else None


def _asked(row: AttendanceAsk) -> Asked:
    return Asked(for_on=row.for_on, asked_at=row.asked_at, times=row.times, answer=row.answer)


def count_long_silent(event_ids: Collection[int], now: datetime) -> dict[tuple[int, date], tuple[int, int]]:
    """Return how many parties with a seat have not said whether they come, by event and the day asked about.

    All of them, and those who were asked two days ago or longer.
    """
    long = case((AttendanceAsk.asked_at <= now - SILENT_AFTER, 1), else_=0)
    rows = db.session.execute(
        select(AttendanceAsk.event_id, AttendanceAsk.for_on, func.count(), func.sum(long))
        .join(Registration, Registration.id == AttendanceAsk.registration_id)
        .where(
            AttendanceAsk.event_id.in_(event_ids),
            AttendanceAsk.answer.is_(None),
            Registration.status == Status.CONFIRMED,
        )
        .group_by(AttendanceAsk.event_id, AttendanceAsk.for_on)
    )
    return {(event_id, for_on): (int(number), int(longer)) for event_id, for_on, number, longer in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """Somebody with a seat who was asked and has not answered; without a name for those who may not see it."""

    row_id: str
    code: str
    name: str
    people: int
    has_mail: bool
    asked_at: datetime
    times: int


def list_silent(event_id: int, day: date, *, opened: bool) -> list[Silent]:
    """Return who has not said whether they come on a day, by name. `opened`: with their names."""
    rows = db.session.execute(
        select(Registration, AttendanceAsk)
        .join(AttendanceAsk, AttendanceAsk.registration_id == Registration.id)
        .where(
            AttendanceAsk.event_id == event_id,
            AttendanceAsk.for_on == day,
            AttendanceAsk.answer.is_(None),
            Registration.status == Status.CONFIRMED,
        )
        .order_by(Registration.id)
    )
    found = [
        Silent(
            row_id=row.row_id,
            code=row.code,
            name=(row.name or row.code) if opened else "",
            people=row.party,
            has_mail=row.email_index is not None,
            asked_at=ask.asked_at,
            times=ask.times,
        )
        for row, ask in rows
    ]
    return sorted(found, key=lambda one: one.name.casefold())


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What parties with a seat say about a day, in numbers."""

    yes: int
    silent: int
    asked_at: datetime  # the first of those who are silent, else of all


def count_said(event_id: int, day: date) -> Said | None:
    """Return what those who were asked about a day have said; None where nobody was asked."""
    rows = db.session.execute(
        select(AttendanceAsk.answer, func.count(), func.min(AttendanceAsk.asked_at))
        .join(Registration, Registration.id == AttendanceAsk.registration_id)
        .where(
            AttendanceAsk.event_id == event_id,
            AttendanceAsk.for_on == day,
            Registration.status == Status.CONFIRMED,
        )
        .group_by(AttendanceAsk.answer)
    ).all()
    if not rows:
        return None
    silent = [(number, at) for answer, number, at in rows if answer is None]
    return Said(
        yes=sum(number for answer, number, _at in rows if answer is not None),
        silent=sum(number for number, _at in silent),
        asked_at=silent[0][1] if silent else min(at for _answer, _number, at in rows),
    )
