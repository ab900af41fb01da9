"""Reads of what is to be sent before a start and after an end: light rows first, people only where something is due."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, exists, func, or_, select

from cag_events.db import db
from cag_events.domain.event import EventRecord, Mode, RegistrationMode, Safety
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.reminding import (
    LATE,
    MOST_HOURS,
    MOST_HOURS_AFTER,
    NUDGE_AFTER,
    REST,
    SURVEY_DAYS,
    THANKS_WITHIN,
    Moment,
    Reminder,
    latest,
    rules_of,
    suits_late,
)
from cag_events.domain.seats import Status
from cag_events.events.models import Event, Occurrence
from cag_events.kinds import KINDS
from cag_events.messages.models import ReminderSent, SurveyCount, ThanksSent
from cag_events.registrations.models import Registration, RegistrationOccurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePart:
    """A part whose latest reminder may be missing to somebody."""

    event_id: int
    occurrence_id: int
    starts_at: datetime
    day: str
    hours: int
    takes_late: bool

    def is_for(self, now: datetime) -> ColumnElement[bool]:
        """Return the condition on registrations that get it now: with a seat and an address, not here yet."""
        moment = self.starts_at - timedelta(hours=self.hours)
        had_seat = Registration.confirmed_at <= moment
        if now >= moment + LATE and not self.takes_late:
            had_seat &= Registration.id < 0  # the next one is enough
        since = or_(had_seat, Registration.confirmed_at <= now - REST) if self.takes_late else had_seat
        sent = exists().where(
            ReminderSent.registration_id == Registration.id,
            ReminderSent.occurrence_id == self.occurrence_id,
            ReminderSent.day == self.day,
            ReminderSent.hours <= self.hours,
        )
        comes = exists().where(
            RegistrationOccurrence.registration_id == Registration.id,
            RegistrationOccurrence.occurrence_id == self.occurrence_id,
            RegistrationOccurrence.checked_in_at.is_(None),
        )
        return _seated(self.event_id) & since & comes & ~sent


def _seated(event_id: int) -> ColumnElement[bool]:
    return (
        (Registration.event_id == event_id)
        & (Registration.status == Status.CONFIRMED)
        & Registration.email_sealed.is_not(None)
    )


def rules(kind: str, stored: Sequence[Mapping[str, object]] | None, safety: Safety) -> tuple[Reminder, ...]:
    """Return the mails of an event, of what its row keeps."""
    own = msgspec.convert(stored, tuple[Reminder, ...]) if stored is not None else None
    usual = KINDS[kind].reminders if kind in KINDS else ()
    return rules_of(own, usual, is_guarded=safety is Safety.GUARDED)


def rules_of_record(record: EventRecord) -> tuple[Reminder, ...]:
    """Return the mails of an event."""
    usual = KINDS[record.kind].reminders if record.kind in KINDS else ()
    return rules_of(record.registration.reminders, usual, is_guarded=record.safety is Safety.GUARDED)


def list_due_parts(now: datetime) -> list[DuePart]:
    """Return the parts that somebody has yet to be reminded of, in two statements more than there are kinds of hours.

    Nothing of an event is decoded but its rules; nobody's name is opened.
    """
    rows = db.session.execute(
        select(
            Occurrence.id,
            Occurrence.event_id,
            Occurrence.starts_at,
            Occurrence.starts_wall,
            Event.kind,
            Event.reminders,
            Event.safety,
        )
        .join(Event, Event.id == Occurrence.event_id)
        .where(
            Occurrence.starts_at > now,
            Occurrence.cancelled_on.is_(None),
            Occurrence.starts_at <= now + timedelta(hours=MOST_HOURS),
            Event.status == EventStatus.PUBLISHED,
            Event.registration_mode != RegistrationMode.NONE,
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    found = []
    for row in rows:
        own = rules(row.kind, row.reminders, row.safety)
        rule = latest(own, row.starts_at, now)
        if rule is not None:
            found.append(
                DuePart(
                    event_id=row.event_id,
                    occurrence_id=row.id,
                    starts_at=row.starts_at,
                    day=row.starts_wall[:10],
                    hours=rule.hours,
                    takes_late=suits_late(own, rule),
                )
            )
    missing = _missing(found)
    return [part for part in found if (part.occurrence_id, part.day) in missing]


def _missing(parts: Collection[DuePart]) -> set[tuple[int, str]]:
    """Of which parts and days somebody with a seat lacks the latest reminder: a statement per number of hours."""
    by_hours: dict[int, list[int]] = defaultdict(list)
    for part in parts:
        by_hours[part.hours].append(part.occurrence_id)
    found: set[tuple[int, str]] = set()
    day = func.substr(Occurrence.starts_wall, 1, 10)
    for hours, ids in by_hours.items():
        sent = exists().where(
            ReminderSent.registration_id == Registration.id,
            ReminderSent.occurrence_id == Occurrence.id,
            ReminderSent.day == day,
            ReminderSent.hours <= hours,
        )
        rows = db.session.execute(
            select(Occurrence.id, day)
            .join(RegistrationOccurrence, RegistrationOccurrence.occurrence_id == Occurrence.id)
            .join(Registration, Registration.id == RegistrationOccurrence.registration_id)
            .where(
                Occurrence.id.in_(ids),
                RegistrationOccurrence.checked_in_at.is_(None),
                Registration.status == Status.CONFIRMED,
                Registration.email_sealed.is_not(None),
                ~sent,
            )
            .distinct()
        )
        found |= {(occurrence_id, on) for occurrence_id, on in rows}
    return found


def list_to_remind(part: DuePart, now: datetime) -> list[int]:
    """Return the registrations that get a part's reminder now."""
    return list(db.session.scalars(select(Registration.id).where(part.is_for(now)).order_by(Registration.id)))


def starts_of(registration_ids: Collection[int]) -> dict[int, dict[int, tuple[datetime, str]]]:
    """Return when the parts begin that registrations are for: by registration and part, with the day where it is."""
    rows = db.session.execute(
        select(RegistrationOccurrence.registration_id, Occurrence.id, Occurrence.starts_at, Occurrence.starts_wall)
        .join(Occurrence, Occurrence.id == RegistrationOccurrence.occurrence_id)
        .where(RegistrationOccurrence.registration_id.in_(registration_ids))
    )
    found: dict[int, dict[int, tuple[datetime, str]]] = defaultdict(dict)
    for registration_id, occurrence_id, starts_at, wall in rows:
        found[registration_id][occurrence_id] = (starts_at, wall[:10])
    return found


def list_due_thanks(now: datetime) -> list[tuple[int, Reminder]]:
    """Return the events that are over and the mails of theirs that somebody has yet to get."""
    rows = db.session.execute(
        select(Event.id, Event.kind, Event.reminders, Event.safety, Event.ends_at).where(
            Event.ends_at <= now,
            Event.ends_at > now - timedelta(hours=MOST_HOURS_AFTER) - THANKS_WITHIN,
            Event.status == EventStatus.PUBLISHED,
            Event.registration_mode != RegistrationMode.NONE,
        )
    )
    due: list[tuple[int, Reminder]] = []
    for row in rows:
        for rule in rules(row.kind, row.reminders, row.safety):
            moment = row.ends_at + timedelta(hours=rule.hours)
            if rule.moment is Moment.AFTER and moment <= now < moment + THANKS_WITHIN:
                due.append((row.id, rule))
    by_hours: dict[int, list[int]] = defaultdict(list)
    for event_id, rule in due:
        by_hours[rule.hours].append(event_id)
    missing = {
        (event_id, hours)
        for hours, ids in by_hours.items()
        for event_id in db.session.scalars(
            select(Registration.event_id)
            .where(
                Registration.event_id.in_(ids),
                Registration.status == Status.CONFIRMED,
                Registration.email_sealed.is_not(None),
                ~_thanked(hours),
            )
            .distinct()
        )
    }
    return [(event_id, rule) for event_id, rule in due if (event_id, rule.hours) in missing]


def list_to_thank(event_id: int, hours: int) -> list[int]:
    """Return the registrations that get a mail after the end: who was there, where arrivals on site were noted."""
    was_here = exists().where(
        RegistrationOccurrence.registration_id == Registration.id,
        RegistrationOccurrence.checked_in_at.is_not(None),
    )
    noted = db.session.scalar(select(Registration.id).where(Registration.event_id == event_id, was_here).limit(1))
    query = select(Registration.id).where(_seated(event_id), ~_thanked(hours))
    if noted is not None:
        query = query.where(was_here | (Registration.mode == Mode.ONLINE))
    return list(db.session.scalars(query.order_by(Registration.id)))


def _thanked(hours: int) -> ColumnElement[bool]:
    return exists().where(ThanksSent.registration_id == Registration.id, ThanksSent.hours == hours)


def list_to_nudge(now: datetime) -> list[tuple[int, int]]:
    """Return whom to ask once more, with the hours of their mail: not answered, four days later, still open."""
    rows = db.session.execute(
        select(ThanksSent.registration_id, ThanksSent.hours)
        .join(Event, Event.id == ThanksSent.event_id)
        .where(
            ThanksSent.has_survey,
            ~ThanksSent.is_answered,
            ThanksSent.nudged_at.is_(None),
            ThanksSent.sent_at <= now - NUDGE_AFTER,
            Event.ends_at > now - timedelta(days=SURVEY_DAYS),
            Event.status == EventStatus.PUBLISHED,
        )
        .order_by(ThanksSent.registration_id)
        .limit(500)
    )
    return [(registration_id, hours) for registration_id, hours in rows]


def count_survey(event_id: int) -> dict[str, dict[str, int]]:
    """Return how often each answer was given after an event, by question and value."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in db.session.scalars(select(SurveyCount).where(SurveyCount.event_id == event_id)):
        found[row.question][row.value] = row.number
    return found


def count_asked(event_id: int) -> int:
    """Return how many were asked the three questions after an event."""
    query = select(func.count()).where(ThanksSent.event_id == event_id, ThanksSent.has_survey)
    return db.session.scalar(query) or 0
