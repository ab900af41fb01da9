"""What workshops do at a time: remind of the decision, ask who still comes. Each once for a date, whoever does it."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import select

from cag_events import outbox
from cag_events.db import db, end_reading, transaction
from cag_events.domain import when
from cag_events.domain.deciding import Stage, morning_has_come
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.events.queries import get_record, list_records, lock_event
from cag_events.messages.queries.coming import first_day
from cag_events.messages.services.coming import ask_all
from cag_events.permissions import SYSTEM
from cag_events.web import log
from cag_events.workshops.models import WorkshopTimed
from cag_events.workshops.queries import KINDS, count_people, find_decision, frame_of, standing_of


def do_timed(now: datetime) -> int:
    """Do what is due of workshops that are yet to begin; returns how much that was.

    Notes workshop.decision_due and attendance.asked. A fault at one workshop is logged and leaves the others alone.
    """
    coming = list_records(Event.kind.in_(KINDS), Event.status == EventStatus.PUBLISHED, Event.starts_at > now)
    if not coming:
        return 0
    done = frozenset(
        (event_id, what, for_on)
        for event_id, what, for_on in db.session.execute(
            select(WorkshopTimed.event_id, WorkshopTimed.what, WorkshopTimed.for_on).where(
                WorkshopTimed.event_id.in_([record.id for record in coming])
            )
        )
    )
    end_reading()
    number = 0
    for record in coming:
        for what, is_due, do in (("decide", _is_in_question, _remind), ("ask", _is_to_be_asked, _ask)):
            if (record.id, what, first_day(record)) not in done and is_due(record, now):
                try:
                    number += _once(record.id, what, is_due, do, now)
                except Exception as fault:  # the edge: one workshop's fault is not the others'
                    log.fault(fault)
                    db.session.rollback()
    return number


Due = Callable[[EventRecord, datetime], bool]


def _once(event_id: int, what: str, is_due: Due, do: Callable[[int], None], now: datetime) -> int:
    """Do something for the date that an event has, unless somebody has done it; all is asked anew under the lock."""
    with transaction():
        event = lock_event(event_id)
        record = get_record(event_id)
        day: date | None = first_day(record)
        if day is None or event.status is not EventStatus.PUBLISHED or not is_due(record, now):
            return 0
        if db.session.get(WorkshopTimed, (event_id, what, day)) is not None:
            return 0
        db.session.add(WorkshopTimed(event_id=event_id, what=what, for_on=day, done_at=now))
        db.session.flush()
        do(event_id)
    return 1


def _is_in_question(record: EventRecord, now: datetime) -> bool:
    """Whether the day of the decision has come, there are too few, and nobody has decided."""
    standing = standing_of(record, 0)
    if standing is None or not morning_has_come(standing.day, now, record.tz):
        return False
    confirmed = count_people([record.id]).get(record.id, {}).get(Status.CONFIRMED, 0)
    counted = standing_of(record, confirmed)
    today = when.day_of(now, record.tz)
    return counted is not None and counted.stage(today) is Stage.DUE and find_decision(record) is None


def _remind(event_id: int) -> None:
    outbox.note("workshop.decision_due", event_id=event_id)


def _is_to_be_asked(record: EventRecord, now: datetime) -> bool:
    day = frame_of(record).ask_on(record)
    return day is not None and morning_has_come(day, now, record.tz)


def _ask(event_id: int) -> None:
    ask_all(event_id, by=SYSTEM)
