"""Which events could not be rendered when they last changed: feeds show what they showed before, *today* says so."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import delete, insert, select, update

from cag_events import clock
from cag_events.db import db
from cag_events.domain.event import EventRecord
from cag_events.events.extensions import Todo
from cag_events.feeds.models import FaultyEntry
from cag_events.permissions import Actor, Permission, may


def mark(event_ids: Sequence[int], faulty: Mapping[int, bool]) -> None:
    """Keep which of these events are faulty, and whether what was shown of them stays; the others no longer are."""
    marked = set(db.session.scalars(select(FaultyEntry.event_id).where(FaultyEntry.event_id.in_(event_ids))))
    if mended := marked.difference(faulty):
        db.session.execute(delete(FaultyEntry).where(FaultyEntry.event_id.in_(mended)))
    now = clock.now()
    for event_id, is_kept in faulty.items():
        if event_id in marked:
            db.session.execute(update(FaultyEntry).where(FaultyEntry.event_id == event_id).values(is_kept=is_kept))
        else:
            db.session.execute(insert(FaultyEntry).values(event_id=event_id, since=now, is_kept=is_kept))


def list_faulty() -> list[int]:
    """Return the ids of all faulty events."""
    return list(db.session.scalars(select(FaultyEntry.event_id).order_by(FaultyEntry.event_id)))


def watching(_now: datetime) -> frozenset[int]:
    """Name the faulty events, however far away they are."""
    return frozenset(list_faulty())


def todos(records: Sequence[EventRecord], actor: Actor, _now: datetime) -> Iterator[Todo]:
    """Say which events' calendar entries are not what the event is."""
    if not may(actor, Permission.EVENT_EDIT):
        return
    ids = [record.id for record in records]
    rows = db.session.execute(
        select(FaultyEntry.event_id, FaultyEntry.is_kept).where(FaultyEntry.event_id.in_(ids))
    ).all()
    kept = {row.event_id: row.is_kept for row in rows}
    for record in records:
        if record.id not in kept:
            continue
        stale = _("Its calendar entry could not be made anew. Subscribers still see the one before the last change.")
        gone = _("Its calendar entry could not be made. Subscribers are told that it is withdrawn.")
        yield Todo(
            event_id=record.id,
            text=stale if kept[record.id] else gone,
            url=url_for("events.edit", key=record.key),
            is_late=True,
        )
