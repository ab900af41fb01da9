"""What workshops add to the public event page, to one's own registration and to *today*."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _

from cag_events.domain import when
from cag_events.domain.deciding import Stage
from cag_events.domain.event import EventRecord, EventView, RegistrationMode
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import Status
from cag_events.events.extensions import Block, OwnVisit, Todo
from cag_events.kinds.workshop import BY_PARTICIPANTS
from cag_events.messages.queries.coming import first_day
from cag_events.permissions import Actor, Permission, may
from cag_events.registrations.certificate import name_of
from cag_events.workshops.certificates import certificate_for
from cag_events.workshops.queries import (
    KINDS,
    count_people,
    find_decision,
    frame_of,
    list_decided,
    standing_of,
)


def on_page(view: EventView, now: datetime) -> Block | None:
    """Say how few are too few and when that is decided, as long as it is not."""
    if view.registration.mode is RegistrationMode.NONE or view.status is not EventStatus.PUBLISHED:
        return None
    frame = frame_of(view)
    if not frame.min_people or view.starts_at is None or now >= view.starts_at or find_decision(view) is not None:
        return None
    values = {"least": frame.min_people, "decide_on": frame.decide_on(view), "way": view.registration.mode.value}
    return Block("workshops/_least.html", values)


def on_own_page(visit: OwnVisit) -> Block | None:
    """Show somebody with a seat what to do before, what to bring, and afterwards the certificate."""
    if not visit.is_confirmed:
        return None
    frame, view, day = frame_of(visit.view), visit.view, first_day(visit.view)
    is_before = view.starts_at is not None and visit.now < view.starts_at and view.status is EventStatus.PUBLISHED
    values = {
        "tasks": [
            (day - timedelta(days=task.days), task.text) for task in sorted(frame.tasks, key=lambda task: -task.days)
        ]
        if day and is_before
        else [],
        "brings": [one for one in frame.kit if one.by == BY_PARTICIPANTS] if is_before else [],
        "prepares": frame.bring if is_before else {},
        "certificate": certificate_for(view, visit.registration_id, name_of(visit), visit.now) is not None,
        "promised": frame.certificate and is_before,
    }
    return Block("workshops/_own.html", values) if any(values.values()) else None


def todos(records: Sequence[EventRecord], actor: Actor, now: datetime) -> Iterable[Todo]:
    """Ask for decisions that come near or are due."""
    coming = [
        record
        for record in records
        if record.kind in KINDS
        and record.status is EventStatus.PUBLISHED
        and record.starts_at is not None
        and record.starts_at > now
    ]
    if not coming or not may(actor, Permission.EVENT_EDIT):
        return
    ids = [record.id for record in coming]
    people, decided = count_people(ids), list_decided(ids)
    for record in coming:
        day = first_day(record)
        assert day is not None
        if (record.id, day) not in decided:
            yield from _decide(record, people.get(record.id, {}).get(Status.CONFIRMED, 0), now)


def _decide(record: EventRecord, confirmed: int, now: datetime) -> Iterable[Todo]:
    standing, today = standing_of(record, confirmed), when.day_of(now, record.tz)
    if standing is None or standing.stage(today) is Stage.FAR:
        return
    facts = {"people": standing.people, "least": standing.least}
    text = (
        _("Decide whether it is held: %(people)s of at least %(least)s have a seat", **facts)
        if standing.stage(today) is Stage.DUE
        else _("Too few so far: %(people)s of at least %(least)s have a seat", **facts)
    )
    yield Todo(
        event_id=record.id,
        text=text,
        url=url_for("workshops.decision", key=record.key),
        due_on=standing.day,
        is_late=standing.day < today,
    )
