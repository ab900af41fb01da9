"""Tells those who have registered what a loaded file changed for them, as the editor would."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, update

from cag_events import outbox
from cag_events.db import db
from cag_events.domain.lifecycle import SHOWN, Status
from cag_events.events.drafts import fields_of
from cag_events.events.fields import EventFields, to_snapshot
from cag_events.events.models import Event, EventRevision, Venue
from cag_events.events.places import Place, place_of
from cag_events.events.services.planning import SEATS, what_moved
from cag_events.events.services.revisions import keep_before
from cag_events.events.services.venues import note_place
from cag_events.exchange.changes import Change
from cag_events.kinds import KINDS

FIELDS: Final = ("status", "occurrences", "tz", "venue", "room", "mode", "registration", "quotas")


@dataclass(frozen=True)
class Before:
    """What a shown event was before the load changed something that people must know."""

    event_id: int
    fields: EventFields
    version: int
    status: Status


def before_change(event: Event, change: Change) -> Before | None:
    """Return what an event is, kept as a revision, where its change concerns those who come; else None."""
    if event.status not in SHOWN or not change.differs(*FIELDS, *KINDS[event.kind].sections):
        return None
    return Before(event.id, keep_before(event), event.version, event.status)


def tell(changed: Sequence[Before]) -> None:
    """Note what follows from the changes: mails about new times and places, seats for those who wait."""
    for before in changed:
        event = db.session.get_one(Event, before.event_id, populate_existing=True)
        after = fields_of(event)
        kept = (EventRevision.event_id == event.id) & (EventRevision.version == event.version)
        db.session.execute(update(EventRevision).where(kept).values(snapshot=to_snapshot(after)))
        if event.status is not before.status:
            _tell_status(event, before)
        elif event.status is Status.PUBLISHED and (moved := what_moved(before.fields, after)):
            outbox.note("event.moved", event_id=event.id, what=moved, before=before.version, after=event.version)
        if any(getattr(before.fields, name) != getattr(after, name) for name in SEATS):
            outbox.note("event.capacity_changed", event_id=event.id)


def before_places(changes: Sequence[Change]) -> dict[int, Place]:
    """Return what the venues are that a load changes, by id."""
    keys = [change.key for change in changes if change.before is not None]
    rows = db.session.scalars(select(Venue).where(Venue.key.in_(keys)).order_by(Venue.id)) if keys else ()
    return {venue.id: place_of(venue) for venue in rows}


def tell_places(places: Mapping[int, Place]) -> None:
    """Note what follows from venues that are other places now, with their events as they are."""
    for venue_id, before in places.items():
        note_place(db.session.get_one(Venue, venue_id, populate_existing=True), before, tells=True, account_id=None)


def _tell_status(event: Event, before: Before) -> None:
    names = {
        Status.PUBLISHED: "event.published",
        Status.POSTPONED: "event.postponed",
        Status.CANCELLED: "event.cancelled",
        Status.DRAFT: "event.withdrawn",
    }
    outbox.note(names[event.status], event_id=event.id)
    if event.status is Status.PUBLISHED and (moved := what_moved(before.fields, fields_of(event))):
        outbox.note("event.moved", event_id=event.id, what=moved, before=before.version, after=event.version)
