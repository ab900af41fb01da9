"""Moves what stands for days, and puts back what was moved: what dragging a bar in the calendar does, and its undo."""

from dataclasses import replace
from datetime import date, timedelta

from cag_events.db import transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.recurrence import Scope
from cag_events.events.drafts import fields_of, find_revision
from cag_events.events.fields import EventFields
from cag_events.events.models import Event
from cag_events.events.queries import lock_event
from cag_events.events.services.planning import edit_event
from cag_events.events.services.revisions import require_version
from cag_events.events.services.writing import run_of
from cag_events.kinds import KINDS, read_details, write_details
from cag_events.permissions import Actor


def move_run(event_id: int, first: date, last: date, *, scope: Scope = Scope.ALL, version: int, by: Actor) -> Event:
    """Give what stands for days another first and last day.

    Where both days move by as much, its openings and tours go along, unless the scope is this run alone; where one day
    moves, it gets longer or shorter, and they stay. Raises NotFound where it has no run, NotAllowed, Stale, Refused
    event.run, event.run_days where its days would contradict each other. Notes what edit_event() notes.
    """
    with transaction():
        event = lock_event(event_id)
        fields = fields_of(event)
        run = run_of(fields)
        if run is None:
            raise NotFound(str(event_id))
        if last < first:
            raise Refused("event.run", N_("The last day must not be before the first."), field="last_day")
        kind = KINDS[fields.kind]
        details = kind.with_run(read_details(fields.kind, fields.details), first, last)
        if next(kind.faults(details), None) is not None:
            raise Refused(
                "event.run_days",
                N_("It was counted or set up on days that lie outside then. Change it in its editor instead."),
                field="day",
            )
        fields = replace(fields, details=write_details(fields.kind, details))
        step = first - run[0]
        if scope is not Scope.THIS and step == last - run[1]:
            fields = _with_dates_later(fields, step)
        return edit_event(event_id, fields, version=version, by=by)


def _with_dates_later(fields: EventFields, step: timedelta) -> EventFields:
    dates = tuple(
        replace(item, starts_wall=item.starts_wall + step, ends_wall=item.ends_wall + step)
        for item in fields.occurrences
    )
    return replace(fields, occurrences=dates)


def undo_move(event_id: int, *, before: int, version: int, by: Actor) -> Event:
    """Put the dates of an event back to what they were in an earlier version, if nobody has saved it since.

    Raises NotFound, NotAllowed, Stale, Refused event.parts_gone where a date of then is gone. Notes what edit_event()
    notes: what people were not told of yet, they are not told.
    """
    with transaction():
        event = lock_event(event_id)
        require_version(event, version)
        known = find_revision(event_id, before)
        if known is None or known.fields is None:
            raise NotFound(str(before))
        fields, then = fields_of(event), known.fields
        if {item.id for item in fields.occurrences} != {item.id for item in then.occurrences}:
            raise Refused(
                "event.parts_gone", N_("Dates were added or removed since. Change the event in its editor instead.")
            )
        titles = {item.id: item.title for item in fields.occurrences}
        back = replace(
            fields,
            occurrences=tuple(replace(item, title=titles[item.id]) for item in then.occurrences),
            details=fields.details if run_of(fields) == run_of(then) else then.details,
        )
        return edit_event(event_id, back, version=version, by=by)
