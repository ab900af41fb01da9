"""Keeps what an event was at each saved version, and guards against overwriting what somebody else saved."""

from datetime import datetime

from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import Stale
from cag_events.events.drafts import fields_of
from cag_events.events.fields import EventFields, to_snapshot
from cag_events.events.models import Event, EventRevision
from cag_events.permissions import SYSTEM, Actor


def require_version(event: Event, version: int) -> None:
    """Raise Stale where somebody has saved since the version that this change was made from."""
    if event.version != version:
        raise Stale(event.version)


def keep_before(event: Event) -> EventFields:
    """Return an event's fields before a change, kept as a revision if they are not yet (it came from a file)."""
    fields = fields_of(event)
    query = select(EventRevision).where(EventRevision.event_id == event.id, EventRevision.version == event.version)
    kept = db.session.scalar(query)
    if kept is None:
        _keep(event, "loaded", fields, at=event.changed_at, by=SYSTEM)
    elif not kept.snapshot:
        kept.snapshot = to_snapshot(fields)
    return fields


def save_version(event: Event, what: str, *, by: Actor, is_published_change: bool) -> None:
    """Raise the version, and the revision with a published change, and keep what the event is now."""
    event.version += 1
    if is_published_change:
        event.revision += 1
    event.changed_at = clock.now()
    db.session.flush()
    _keep(event, what, fields_of(event), at=event.changed_at, by=by)


def keep_first(event: Event, what: str, *, by: Actor) -> None:
    """Keep an event's first version."""
    _keep(event, what, fields_of(event), at=event.changed_at, by=by)


def _keep(event: Event, what: str, fields: EventFields, *, at: datetime, by: Actor) -> None:
    db.session.add(
        EventRevision(
            event_id=event.id,
            version=event.version,
            revision=event.revision,
            saved_at=at,
            account_id=by.account_id,
            what=what,
            snapshot=to_snapshot(fields),
        )
    )
    db.session.flush()
