"""Plans events: makes, edits, duplicates and deletes them."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from cag_events import clock, outbox
from cag_events.db import db, transaction
from cag_events.domain import when
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import Visibility
from cag_events.domain.lifecycle import SHOWN, Status
from cag_events.domain.recurrence import dates_of, moved_rule
from cag_events.domain.texts import Texts
from cag_events.events import records
from cag_events.events.drafts import fields_of, occurrences_of
from cag_events.events.extensions import extensions_of
from cag_events.events.fields import EventFields, OccurrenceFields, to_snapshot
from cag_events.events.models import Event, EventOldKey, EventPart, Occurrence
from cag_events.events.naming import free_key, require_free
from cag_events.events.queries import get_record, lock_event
from cag_events.events.services.revisions import keep_before, keep_first, require_version, save_version
from cag_events.events.services.writing import run_of, write_fields
from cag_events.kinds import KINDS, read_details, write_details
from cag_events.permissions import Actor, Permission, may, require

WHERE = ("venue", "room", "mode")
Parked = Mapping[str, dict[str, Any]]  # kind → its details
SEATS = ("capacity", "online_capacity", "pools", "phases", "queue", "waitlist", "registration_mode")


def plan_event(fields: EventFields, *, online_url: str | None = None, parked: Parked | None = None, by: Actor) -> Event:
    """Make a draft. Raises NotAllowed, Refused when.…, event.… with the field. Notes event.changed."""
    with transaction():
        require(by, Permission.EVENT_EDIT)
        _require_kind(fields.kind)
        _require_title(fields.title)
        now = clock.now()
        event = Event(
            uid=str(uuid.uuid4()),
            key=fields.key or free_key(fields.title, fields.visibility),
            kind=fields.kind,
            title=dict(fields.title),
            version=1,
            created_at=now,
            changed_at=now,
            parked=dict(parked or {}),
            details={},
        )
        require_free(event.key, event_id=0)
        db.session.add(event)
        db.session.flush()
        write_fields(event, fields)
        if online_url:
            event.online_url = online_url
        keep_first(event, "created", by=by)
        records.refresh([event.id])
    return event


def edit_event(
    event_id: int,
    fields: EventFields,
    *,
    version: int,
    online_url: str | None = None,
    parked: Parked | None = None,
    by: Actor,
) -> Event:
    """Save what the editor changed; without a change nothing is saved. An empty online_url removes the stored one.

    `parked`: details of other kinds that the event had or may have again.

    Raises NotFound, NotAllowed, Stale, Refused when.…, event.… with the field. Notes event.changed; on a shown event
    event.moved with `what` of when and where and the versions `before` and `after`; event.capacity_changed.
    """
    with transaction():
        event = lock_event(event_id)
        require(by, Permission.EVENT_EDIT)
        require_version(event, version)
        if event.status is Status.CANCELLED:
            raise Refused("event.cancelled", N_("The event is cancelled and cannot be changed any more."))
        _require_kind(fields.kind)
        _require_title(fields.title)
        before, before_version = keep_before(event), event.version
        event.parked = {**event.parked, **(parked or {})}
        _rename(event, fields)
        write_fields(event, fields)
        changes_room = online_url is not None and (online_url or None) != event.online_url
        if changes_room:
            event.online_url = online_url or None
        db.session.flush()
        after = fields_of(event)
        if _same(before, after) and not changes_room:
            return event
        is_shown = event.status in SHOWN
        if is_shown and not may(by, Permission.EVENT_PUBLISH):
            _require_quiet(before, after)
        save_version(event, "edited", by=by, is_published_change=is_shown)
        records.refresh([event.id])
        moved = what_moved(before, after)
        if moved and event.status is Status.PUBLISHED:
            outbox.note("event.moved", event_id=event.id, what=moved, before=before_version, after=event.version)
        if any(getattr(before, name) != getattr(after, name) for name in SEATS):
            outbox.note("event.capacity_changed", event_id=event.id)
    return event


def what_moved(before: EventFields, after: EventFields) -> list[str]:
    """Tell what those who come must know: when, where, or nothing."""
    moved = []
    if _when(before) != _when(after):
        moved.append("when")
    if any(getattr(before, name) != getattr(after, name) for name in WHERE):
        moved.append("where")
    return moved


def duplicate_event(event_id: int, *, days: int | None = None, first_on: date | None = None, by: Actor) -> Event:
    """Make a draft with the texts and settings of an event, some days later or from a date on; registrations stay.

    Raises NotFound, NotAllowed, Refused event.shift where neither is given. Notes event.changed.
    """
    with transaction():
        source = lock_event(event_id)
        require(by, Permission.EVENT_EDIT)
        if first_on is not None and source.starts_at is not None:
            days = (first_on - when.day_of(source.starts_at, get_record(source.id).tz)).days
        if days is None and source.starts_at is not None:
            raise Refused("event.shift", N_("Say on which day the copy begins."), field="first_on")
        step = timedelta(days=days or 0)
        fields = replace(
            fields_of(source),
            key="",
            occurrences=_shifted(source.id, step),
            details=_repeated(source, step.days),
            featured=False,
            part_of=None,
        )
        copy = plan_event(fields, online_url=None, by=by)
        for extension in extensions_of(copy.kind):
            extension.copy(source.id, copy.id, step.days)
        return copy


def _shifted(event_id: int, step: timedelta) -> tuple[OccurrenceFields, ...]:
    """The occurrences some days later, as new ones; a series by its rule."""
    return tuple(
        OccurrenceFields(
            starts_wall=_begins(row) + step,
            ends_wall=datetime.fromisoformat(row.ruled_end or row.ends_wall) + step,
            title=dict(row.title),
            rrule=row.rrule and moved_rule(row.rrule, _begins(row), _begins(row) + step, _count(row)),
        )
        for row in occurrences_of(event_id)
        if row.series_of is None and (row.rrule or row.cancelled_on is None)
    )


def _begins(row: Occurrence) -> datetime:
    """When a date begins, of a series as its rule gives it."""
    return datetime.fromisoformat(row.ruled_start or row.starts_wall)


def _count(row: Occurrence) -> int:
    return len(dates_of(_begins(row), row.rrule))


def _repeated(source: Event, days: int) -> dict[str, Any]:
    """A kind's details for a copy some days later."""
    details = read_details(source.kind, source.details)
    return write_details(source.kind, KINDS[source.kind].repeated(details, days))


def delete_draft(event_id: int, *, version: int, by: Actor) -> None:
    """Delete a draft that was never published. Raises NotFound, NotAllowed, Stale, Refused event.not_draft.

    Notes event.changed, after which nothing of it is found.
    """
    with transaction():
        event = lock_event(event_id)
        require(by, Permission.EVENT_EDIT)
        require_version(event, version)
        if event.status is not Status.DRAFT or event.published_at is not None:
            raise Refused("event.not_draft", N_("Only a draft that was never published can be deleted."))
        parts = list(db.session.scalars(select(EventPart.event_id).where(EventPart.whole_id == event_id)))
        db.session.delete(event)
        db.session.flush()
        records.refresh([event_id, *parts])


def _rename(event: Event, fields: EventFields) -> None:
    """Give an event another key and keep the old one for its address; a random one when it stops being public."""
    key = fields.key or event.key
    if fields.visibility is not Visibility.PUBLIC and event.visibility is Visibility.PUBLIC and key == event.key:
        key = free_key({}, fields.visibility) if event.status is Status.DRAFT else key
    if key == event.key:
        return
    require_free(key, event_id=event.id)
    former = db.session.get(EventOldKey, key)
    if former is not None:
        db.session.delete(former)
        db.session.flush()
    if event.published_at is not None:
        db.session.add(EventOldKey(key=event.key, event_id=event.id))
    event.key = key
    db.session.flush()


def _require_kind(kind: str) -> None:
    if kind not in KINDS:
        raise Refused("event.kind", N_("Choose what kind of event it is."), field="kind")


def _require_title(title: Texts) -> None:
    if not any(title.values()):
        raise Refused("event.no_title", N_("Give the event a title in at least one language."), field="title")


def _require_quiet(before: EventFields, after: EventFields) -> None:
    """Raise Refused event.needs_publisher for what those who come are told, or who may see it: not for editors."""
    is_wider = any(getattr(before, name) != getattr(after, name) for name in ("visibility", "safety", "levels", "key"))
    if is_wider or what_moved(before, after):
        raise Refused(
            "event.needs_publisher",
            N_("The event is public. Ask somebody who may publish to change its time, place or visibility."),
        )


def _same(before: EventFields, after: EventFields) -> bool:
    return to_snapshot(before) == to_snapshot(after)


def _when(fields: EventFields) -> object:
    dates = [(item.id, item.starts_wall, item.ends_wall, bool(item.cancelled_on)) for item in fields.occurrences]
    return dates, fields.tz, run_of(fields)
