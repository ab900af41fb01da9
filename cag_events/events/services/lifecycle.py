"""Moves events through their life: publish through the gate, postpone, cancel, withdraw."""

from sqlalchemy import select

from cag_events import clock, outbox
from cag_events.audit.services import record
from cag_events.db import db, transaction
from cag_events.domain import when
from cag_events.domain.errors import N_, Refused
from cag_events.domain.lifecycle import Status, require_move
from cag_events.domain.texts import Texts
from cag_events.events import gate, records
from cag_events.events.drafts import find_revision
from cag_events.events.models import Event, EventRevision
from cag_events.events.queries import get_record, lock_event
from cag_events.events.services.planning import what_moved
from cag_events.events.services.revisions import keep_before, require_version, save_version
from cag_events.permissions import Actor, Permission, require


def publish_event(event_id: int, *, version: int, by: Actor) -> Event:
    """Publish a draft, or a postponed event with its new date, if nothing is missing that it must have.

    Raises NotFound, NotAllowed, Stale, Refused event.move, event.not_ready, event.same_date. Notes event.changed,
    event.published, and for a postponed event event.moved as edit_event() does.
    """
    with transaction():
        event = _lock(event_id, version, by)
        require_move(event.status, Status.PUBLISHED)
        missing = gate.check_event(event.id).missing
        if missing:
            raise Refused(
                "event.not_ready",
                N_("The event cannot be published yet: %(count)s things are missing."),
                count=len(missing),
            )
        before = keep_before(event)
        was_postponed = event.status is Status.POSTPONED
        last_shown = _last_published(event.id) if was_postponed else None
        earlier = find_revision(event.id, last_shown) if last_shown is not None else None
        moved = what_moved(earlier.fields, before) if earlier and earlier.fields else []
        if was_postponed and "when" not in moved:
            raise Refused("event.same_date", N_("Give the event its new date first."), field="occurrences")
        event.status = Status.PUBLISHED
        event.published_at = event.published_at or clock.now()
        save_version(event, "published", by=by, is_published_change=True)
        records.refresh([event.id])
        record("event.published", by=by, event_id=event.id)
        outbox.note("event.published", event_id=event.id)
        if was_postponed:
            outbox.note("event.moved", event_id=event.id, what=moved, before=last_shown, after=event.version)
    return event


def postpone_event(event_id: int, *, version: int, by: Actor) -> Event:
    """Postpone a published event: it stays visible, its new date is told when it is published again.

    Raises NotFound, NotAllowed, Stale, Refused event.move. Notes event.changed, event.postponed.
    """
    with transaction():
        event = _lock(event_id, version, by)
        require_move(event.status, Status.POSTPONED)
        keep_before(event)
        event.status = Status.POSTPONED
        save_version(event, "postponed", by=by, is_published_change=True)
        records.refresh([event.id])
        record("event.postponed", by=by, event_id=event.id)
        outbox.note("event.postponed", event_id=event.id)
    return event


def cancel_event(event_id: int, reason: Texts, *, version: int, by: Actor) -> Event:
    """Cancel a published or postponed event, for a reason that may be told; it stays visible as cancelled.

    Raises NotFound, NotAllowed, Stale, Refused event.move. Notes event.changed, event.cancelled.
    """
    with transaction():
        event = _lock(event_id, version, by)
        require_move(event.status, Status.CANCELLED)
        keep_before(event)
        event.status = Status.CANCELLED
        event.cancel_reason = {code: text for code, text in reason.items() if text}
        event.cancelled_on = when.day_of(clock.now(), get_record(event.id).tz)
        save_version(event, "cancelled", by=by, is_published_change=True)
        records.refresh([event.id])
        record("event.cancelled", by=by, event_id=event.id)
        outbox.note("event.cancelled", event_id=event.id)
    return event


def withdraw_event(event_id: int, *, version: int, by: Actor) -> Event:
    """Take an event's page away, for safety: it is a draft again and feeds keep a neutral tombstone.

    Raises NotFound, NotAllowed, Stale, Refused event.move. Notes event.changed, event.withdrawn.
    """
    with transaction():
        event = _lock(event_id, version, by)
        require_move(event.status, Status.DRAFT)
        keep_before(event)
        event.status = Status.DRAFT
        save_version(event, "withdrawn", by=by, is_published_change=True)
        records.refresh([event.id])
        record("event.withdrawn", by=by, event_id=event.id)
        outbox.note("event.withdrawn", event_id=event.id)
    return event


def take_back(event_id: int, to: Status, *, by: Actor) -> Event:
    """Give an event the status that it had before its last step, though no step leads there: what was done is undone.

    Who may undo, and until when, is for the caller to say. Raises NotFound, NotAllowed. Notes event.changed and, where
    it is another status, event.restored.
    """
    with transaction():
        event = lock_event(event_id)
        require(by, Permission.EVENT_PUBLISH)
        if event.status is to:
            return event
        keep_before(event)
        event.status = to
        if to is not Status.CANCELLED:
            event.cancel_reason, event.cancelled_on = {}, None
        save_version(event, "restored", by=by, is_published_change=True)
        records.refresh([event.id])
        outbox.note("event.restored", event_id=event.id)
    return event


def _lock(event_id: int, version: int, by: Actor) -> Event:
    event = lock_event(event_id)
    require(by, Permission.EVENT_PUBLISH)
    require_version(event, version)
    return event


def _last_published(event_id: int) -> int | None:
    """The version that those who come know: the last before it was postponed."""
    return db.session.scalar(
        select(EventRevision.version)
        .where(EventRevision.event_id == event_id, EventRevision.what == "postponed")
        .order_by(EventRevision.version.desc())
        .limit(1)
    )
