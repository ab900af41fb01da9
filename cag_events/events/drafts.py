"""Reads one event for its editor: its fields with keys, its revisions, its checklist, what clashes with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from cag_events.accounts.models import Account
from cag_events.audiences.models import Contact, Partner, Segment
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventRecord
from cag_events.domain.texts import Texts
from cag_events.events.fields import (
    AgendaFields,
    EventFields,
    InterpretingFields,
    OccurrenceFields,
    PersonFields,
    from_snapshot,
)
from cag_events.events.models import (
    Campaign,
    Checklist,
    ChecklistTick,
    Event,
    EventLanguage,
    EventPart,
    EventPartner,
    EventPerson,
    EventRevision,
    EventSegment,
    EventTheme,
    Occurrence,
    Room,
    Theme,
    Venue,
)
from cag_events.events.seating import seating_of
from cag_events.kinds import KINDS, read_details, write_details


def get_event(key: str) -> Event:
    """Return the event with this key, for its editor. Raises NotFound."""
    event = db.session.scalar(select(Event).where(Event.key == key))
    if event is None:
        raise NotFound(key)
    return event


def occurrences_of(event_id: int) -> list[Occurrence]:
    """Return an event's occurrences in order of time."""
    query = select(Occurrence).where(Occurrence.event_id == event_id).order_by(Occurrence.starts_at, Occurrence.id)
    return list(db.session.scalars(query))


def fields_of(event: Event) -> EventFields:
    """Return what the editor shows of an event."""
    room = db.session.get(Room, event.room_id) if event.room_id else None
    venue = db.session.get(Venue, event.venue_id) if event.venue_id else None
    campaign = db.session.get(Campaign, event.campaign_id) if event.campaign_id else None
    people = db.session.execute(
        select(Contact.key, EventPerson.role)
        .join(Contact, Contact.id == EventPerson.contact_id)
        .where(EventPerson.event_id == event.id)
        .order_by(EventPerson.position, EventPerson.id)
    )
    languages = (
        select(EventLanguage.language)
        .where(EventLanguage.event_id == event.id)
        .order_by(EventLanguage.position, EventLanguage.language)
    )
    return EventFields(
        key=event.key,
        kind=event.kind,
        format=event.format,
        title=dict(event.title),
        summary=dict(event.summary),
        body=dict(event.body),
        content_note=dict(event.content_note),
        access_note=dict(event.access_note),
        mode=event.mode,
        venue=venue.key if venue else None,
        room=room.key if room else None,
        tz=event.tz,
        occurrences=tuple(occurrence_fields(row) for row in occurrences_of(event.id)),
        setup_minutes=event.setup_minutes,
        clear_minutes=event.clear_minutes,
        themes=_linked(event.id, Theme, EventTheme, EventTheme.theme_id),
        segments=_linked(event.id, Segment, EventSegment, EventSegment.segment_id),
        campaign=campaign.key if campaign else None,
        part_of=db.session.scalar(
            select(Event.key).join(EventPart, EventPart.whole_id == Event.id).where(EventPart.event_id == event.id)
        ),
        partners=_linked(event.id, Partner, EventPartner, EventPartner.partner_id),
        people=tuple(PersonFields(who=who, role=role) for who, role in people),
        languages=tuple(db.session.scalars(languages)),
        interpreting=tuple(InterpretingFields(to=item["to"], how=item["how"]) for item in event.interpreting),
        agenda=tuple(
            AgendaFields(
                minutes=item["minutes"],
                title=dict(item["title"]),
                who=tuple(item.get("who", ())),
                closed=item.get("closed", False),
            )
            for item in event.agenda
        ),
        details=_details(event),
        lead=event.lead_id,
        platform=event.platform,
        recording=event.recording,
        registration_mode=event.registration_mode,
        capacity=event.capacity,
        online_capacity=event.online_capacity,
        waitlist=event.waitlist,
        opens_days=event.opens_days,
        closes_hours=event.closes_hours,
        guests=event.guests,
        group_max=event.group_max,
        per_occurrence=event.per_occurrence,
        travel_support=event.travel_support,
        ask=tuple(event.ask),
        **seating_of(event),
        food=event.food,
        photo_policy=event.photo_policy,
        min_age=event.min_age,
        max_age=event.max_age,
        safety=event.safety,
        visibility=event.visibility,
        levels=dict(event.levels),
        featured=event.featured,
    )


def _details(event: Event) -> dict[str, Any]:
    """A kind's details as they are written now, whatever version wrote them."""
    if event.kind not in KINDS:
        return dict(event.details)
    return write_details(event.kind, read_details(event.kind, event.details))


def occurrence_fields(row: Occurrence) -> OccurrenceFields:
    """Return a date as the editor knows it."""
    return OccurrenceFields(
        id=row.id,
        starts_wall=datetime.fromisoformat(row.starts_wall),
        ends_wall=datetime.fromisoformat(row.ends_wall),
        title=dict(row.title),
        rrule=row.rrule,
        series_of=row.series_of,
        series_uid=row.series_uid,
        ruled_start=_ruled(row, row.ruled_start or row.starts_wall),
        ruled_end=_ruled(row, row.ruled_end or row.ends_wall),
        cancelled_on=row.cancelled_on,
        cancel_reason=dict(row.cancel_reason),
    )


def _ruled(row: Occurrence, wall: str) -> datetime | None:
    return datetime.fromisoformat(wall) if row.rrule or row.series_of is not None else None


def _linked(event_id: int, model: Any, link: Any, column: Any) -> tuple[str, ...]:
    query = select(model.key).join(link, column == model.id).where(link.event_id == event_id)
    return tuple(db.session.scalars(query.order_by(link.position, model.id)))


@dataclass(frozen=True, kw_only=True)
class Task:
    """A planning task of an event: by when, counted in days from its first occurrence, and whether it is done."""

    checklist: str
    number: int
    name: Texts
    days: int
    due_on: date | None
    done_at: datetime | None = None
    done_by: str = ""


def checklists_for(kind: str) -> list[Checklist]:
    """Return the checklists of a kind: those for all kinds and its own."""
    rows = db.session.scalars(select(Checklist).order_by(Checklist.position, Checklist.id))
    return [row for row in rows if not row.kinds or kind in row.kinds]


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A saved version: who, when, what; `fields` as they were then."""

    version: int
    revision: int
    saved_at: datetime
    by: str  # name of the account, empty for a command
    what: str
    fields: EventFields | None = field(repr=False)  # None: it came from a file and has not been changed here


def list_revisions(event_id: int) -> list[Revision]:
    """Return an event's saved versions, the newest first."""
    query = (
        select(EventRevision, Account.name)
        .outerjoin(Account, Account.id == EventRevision.account_id)
        .where(EventRevision.event_id == event_id)
        .order_by(EventRevision.version.desc())
    )
    return [_revision(row, name) for row, name in db.session.execute(query)]


def find_revision(event_id: int, version: int) -> Revision | None:
    """Return a saved version of an event, as mails do that tell what changed."""
    query = (
        select(EventRevision, Account.name)
        .outerjoin(Account, Account.id == EventRevision.account_id)
        .where(EventRevision.event_id == event_id, EventRevision.version == version)
    )
    found = db.session.execute(query).first()
    return _revision(found[0], found[1]) if found else None


def _revision(row: EventRevision, name: str | None) -> Revision:
    return Revision(
        version=row.version,
        revision=row.revision,
        saved_at=row.saved_at,
        by=name or "",
        what=row.what,
        fields=from_snapshot(row.snapshot) if row.snapshot else None,
    )


def ticks_of(event_id: int) -> Mapping[tuple[str, int], tuple[datetime, str]]:
    """Return which tasks of an event are done: when and by whom."""
    query = (
        select(ChecklistTick, Account.name)
        .outerjoin(Account, Account.id == ChecklistTick.account_id)
        .where(ChecklistTick.event_id == event_id)
    )
    return {(row.checklist, row.task): (row.done_at, name or "") for row, name in db.session.execute(query)}


def list_tasks(record: EventRecord, lists: Sequence[Checklist] | None = None) -> list[Task]:
    """Return the planning tasks of an event in order of time, with what is done."""
    done = ticks_of(record.id)
    tasks = []
    for checklist in checklists_for(record.kind) if lists is None else lists:
        for number, task in enumerate(checklist.tasks):
            done_at, done_by = done.get((checklist.key, number), (None, ""))
            first = when.day_of(record.starts_at, record.tz) if record.starts_at else None
            due = first + timedelta(days=task["days"]) if first else None
            tasks.append(
                Task(
                    checklist=checklist.key,
                    number=number,
                    name=dict(task["name"]),
                    days=task["days"],
                    due_on=due,
                    done_at=done_at,
                    done_by=done_by,
                )
            )
    return sorted(tasks, key=lambda task: (task.days, task.checklist, task.number))
