"""Moves a date of an event: what dragging it in the calendar does, and the dialog beside it."""

from dataclasses import replace
from datetime import datetime

from cag_events.db import transaction
from cag_events.domain.errors import NotFound
from cag_events.domain.recurrence import Scope
from cag_events.events.drafts import fields_of, occurrences_of
from cag_events.events.models import Event, Occurrence
from cag_events.events.queries import lock_event
from cag_events.events.services.planning import edit_event
from cag_events.permissions import Actor


def move_date(
    event_id: int,
    occurrence_id: int,
    starts_wall: datetime,
    ends_wall: datetime,
    *,
    scope: Scope = Scope.THIS,
    version: int,
    by: Actor,
) -> Event:
    """Give an occurrence other wall times; with a wider scope the other dates of its series move by as much.

    Raises NotFound, NotAllowed, Stale, Refused when.…, event.… with the field. Notes what edit_event() notes.
    """
    with transaction():
        event = lock_event(event_id)
        fields = fields_of(event)
        moved = next((item for item in fields.occurrences if item.id == occurrence_id), None)
        if moved is None:
            raise NotFound(str(occurrence_id))
        step, longer = starts_wall - moved.starts_wall, ends_wall - moved.ends_wall
        chosen = _chosen(occurrences_of(event.id), occurrence_id, scope)
        occurrences = tuple(
            replace(item, starts_wall=item.starts_wall + step, ends_wall=item.ends_wall + longer)
            if item.id in chosen
            else item
            for item in fields.occurrences
        )
        return edit_event(event_id, replace(fields, occurrences=occurrences), version=version, by=by)


def _chosen(rows: list[Occurrence], occurrence_id: int, scope: Scope) -> set[int]:
    """Return the ids of the dates that a change of one is meant for."""
    one = next(row for row in rows if row.id == occurrence_id)
    if scope is Scope.THIS:
        return {one.id}
    series = one.series_of or one.id
    return {
        row.id
        for row in rows
        if series in (row.id, row.series_of) and (scope is Scope.ALL or row.starts_at >= one.starts_at)
    }
