"""Sends what is due before a start and after an end: to each with a seat, each once, never a burst."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select, update

from cag_events.db import db, end_reading, transaction
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.reminding import Reminder, told_together
from cag_events.events.models import Occurrence
from cag_events.events.queries import lock_event
from cag_events.messages.models import ReminderSent, ThanksSent
from cag_events.messages.queries.reminders import (
    DuePart,
    list_due_parts,
    list_due_thanks,
    list_to_nudge,
    list_to_remind,
    list_to_thank,
    starts_of,
)
from cag_events.outbox.facts import note_each
from cag_events.web import log

T = TypeVar("T")


def remind_due(now: datetime) -> int:
    """Note registration.reminded for all who are to be reminded now; returns of how many."""
    return _each(list_due_parts(now), lambda part: _remind(part, now) if list_to_remind(part, now) else 0)


def thank_due(now: datetime) -> int:
    """Note registration.thanked for all who are to be written to after an end; returns of how many."""
    return _each(
        list_due_thanks(now),
        lambda due: _thank(due[0], due[1], now) if list_to_thank(due[0], due[1].hours) else 0,
    ) + _nudge(now)


def _each(due: list[T], do: Callable[[T], int]) -> int:
    """Do something about each; a fault at one leaves the others alone, and is tried again in a minute."""
    number = 0
    for one in due:
        try:
            number += do(one)
        except Exception as fault:  # the edge: one event's fault is not the others'
            log.fault(fault)
            db.session.rollback()
    end_reading()
    return number


def _remind(part: DuePart, now: datetime) -> int:
    """Remind those of a part who have not been; all is asked anew under the lock."""
    end_reading()
    with transaction():
        event = lock_event(part.event_id)
        row = db.session.execute(
            select(Occurrence.starts_at, Occurrence.starts_wall).where(Occurrence.id == part.occurrence_id)
        ).first()
        if event.status is not EventStatus.PUBLISHED or row is None:
            return 0
        if row.starts_at != part.starts_at or now >= row.starts_at:
            return 0
        ids = list_to_remind(part, now)
        starts = starts_of(ids)
        facts = []
        for registration_id in ids:
            parts = starts[registration_id]
            chain = told_together({one: at for one, (at, _day) in parts.items()}, part.occurrence_id, part.hours)
            for one in chain:
                key = {"registration_id": registration_id, "occurrence_id": one, "day": parts[one][1]}
                if db.session.get(ReminderSent, (registration_id, one, parts[one][1], part.hours)) is None:
                    db.session.add(ReminderSent(**key, hours=part.hours, sent_at=now))
            facts.append({"registration_id": registration_id, "occurrence_ids": chain, "hours": part.hours})
        db.session.flush()
        note_each("registration.reminded", facts)
    return len(facts)


def _thank(event_id: int, rule: Reminder, now: datetime) -> int:
    end_reading()
    with transaction():
        event = lock_event(event_id)
        if event.status is not EventStatus.PUBLISHED or event.ends_at is None or event.ends_at > now:
            return 0
        ids = list_to_thank(event_id, rule.hours)
        for registration_id in ids:
            db.session.add(
                ThanksSent(
                    registration_id=registration_id,
                    hours=rule.hours,
                    event_id=event_id,
                    sent_at=now,
                    has_survey=rule.survey,
                )
            )
        db.session.flush()
        note_each("registration.thanked", [{"registration_id": one, "hours": rule.hours} for one in ids])
    return len(ids)


def _nudge(now: datetime) -> int:
    """Ask those who have not answered once more, in one unit."""
    if not list_to_nudge(now):
        return 0
    end_reading()
    facts = []
    with transaction():
        for registration_id, hours in list_to_nudge(now):
            taken = db.session.execute(
                update(ThanksSent)
                .where(
                    ThanksSent.registration_id == registration_id,
                    ThanksSent.hours == hours,
                    ThanksSent.nudged_at.is_(None),
                )
                .values(nudged_at=now)
                .returning(ThanksSent.registration_id)
            ).first()
            if taken is not None:
                facts.append({"registration_id": registration_id, "hours": hours, "again": True})
        note_each("registration.thanked", facts)
    return len(facts)
