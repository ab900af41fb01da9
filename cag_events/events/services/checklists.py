"""Ticks planning tasks of events."""

from sqlalchemy import delete, select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.errors import NotFound
from cag_events.events.drafts import checklists_for
from cag_events.events.models import ChecklistTick
from cag_events.events.queries import lock_event
from cag_events.permissions import Actor, Permission, require


def tick_task(event_id: int, checklist: str, number: int, *, by: Actor) -> None:
    """Say that a task of an event is done; twice is the same as once. Raises NotFound, NotAllowed."""
    with transaction():
        event = lock_event(event_id)
        require(by, Permission.EVENT_EDIT)
        known = {row.key: len(row.tasks) for row in checklists_for(event.kind)}
        if not 0 <= number < known.get(checklist, 0):
            raise NotFound(checklist, number)
        query = select(ChecklistTick.id).where(
            ChecklistTick.event_id == event_id, ChecklistTick.checklist == checklist, ChecklistTick.task == number
        )
        if db.session.scalar(query) is None:
            db.session.add(
                ChecklistTick(
                    event_id=event_id,
                    checklist=checklist,
                    task=number,
                    done_at=clock.now(),
                    account_id=by.account_id,
                )
            )


def untick_task(event_id: int, checklist: str, number: int, *, by: Actor) -> None:
    """Say that a task of an event is not done after all. Raises NotFound, NotAllowed."""
    with transaction():
        lock_event(event_id)
        require(by, Permission.EVENT_EDIT)
        db.session.execute(
            delete(ChecklistTick).where(
                ChecklistTick.event_id == event_id,
                ChecklistTick.checklist == checklist,
                ChecklistTick.task == number,
            )
        )
