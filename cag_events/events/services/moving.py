"""Moves, calls off and restores dates of an event: what dragging in the calendar does, and the pages of its dates."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from cag_events import clock
from cag_events.db import transaction
from cag_events.domain import when
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.recurrence import Scope, dates_of, moved_rule, with_count
from cag_events.domain.texts import Texts
from cag_events.events.drafts import fields_of
from cag_events.events.fields import EventFields, OccurrenceFields
from cag_events.events.models import Event
from cag_events.events.queries import get_record, lock_event
from cag_events.events.services.planning import edit_event
from cag_events.permissions import Actor

Dates = Sequence[OccurrenceFields]


def move_date(
    event_id: int,
    occurrence_id: int,
    starts_wall: datetime,
    ends_wall: datetime,
    *,
    scope: Scope = Scope.THIS,
    title: Texts | None = None,
    version: int,
    by: Actor,
) -> Event:
    """Give an occurrence other wall times; with a wider scope the other dates of its series move by as much.

    `title`: of this part, where it is to be another. A date that had been moved by itself keeps its distance from the
    rule; one that is called off stays so. *Following* ends the series before this date and begins a new one, with a
    UID of its own, of the same rows. Raises NotFound, NotAllowed, Stale, Refused when.…, event.… with the field of a
    date (start, end). Notes what edit_event() notes.
    """
    return _edit(
        event_id,
        occurrence_id,
        lambda dates, one: _moved(dates, one, (starts_wall - one.starts_wall, ends_wall - one.ends_wall), scope, title),
        version=version,
        by=by,
    )


def cancel_date(
    event_id: int,
    occurrence_id: int,
    reason: Texts,
    *,
    scope: Scope = Scope.THIS,
    version: int,
    by: Actor,
) -> Event:
    """Call off an occurrence, or with a wider scope also the others of its series; the event itself goes on.

    Raises as move_date(); Refused event.last_date where no date would be left: the event is cancelled instead.
    """
    today = when.day_of(clock.now(), get_record(event_id).tz)

    def called_off(dates: Dates, one: OccurrenceFields) -> tuple[OccurrenceFields, ...]:
        chosen = _chosen(dates, one, scope)
        after = tuple(
            replace(item, cancelled_on=today, cancel_reason=dict(reason))
            if item.id in chosen and (item.cancelled_on is None or item.id == one.id)
            else item
            for item in dates
        )
        if all(item.cancelled_on for item in after):
            raise Refused(
                "event.last_date",
                N_("No other date would be left. Cancel the whole event instead: everybody is told then."),
                field="scope",
            )
        return after

    return _edit(event_id, occurrence_id, called_off, version=version, by=by)


def restore_date(event_id: int, occurrence_id: int, *, scope: Scope = Scope.THIS, version: int, by: Actor) -> Event:
    """Let an occurrence that was called off take place after all. Raises as move_date()."""

    def restored(dates: Dates, one: OccurrenceFields) -> tuple[OccurrenceFields, ...]:
        chosen = _chosen(dates, one, scope)
        return tuple(
            replace(item, cancelled_on=None, cancel_reason={}) if item.id in chosen else item for item in dates
        )

    return _edit(event_id, occurrence_id, restored, version=version, by=by)


def put_back_date(event_id: int, occurrence_id: int, *, version: int, by: Actor) -> Event:
    """Let a date of a series be again what its rule gives. Raises as move_date()."""

    def put_back(dates: Dates, one: OccurrenceFields) -> tuple[OccurrenceFields, ...]:
        ruled = replace(one, starts_wall=one.ruled_start or one.starts_wall, ends_wall=one.ruled_end or one.ends_wall)
        return tuple(ruled if item.id == one.id else item for item in dates)

    return _edit(event_id, occurrence_id, put_back, version=version, by=by)


def extend_series(event_id: int, occurrence_id: int, rrule: str, *, version: int, by: Actor) -> Event:
    """Give the series of a date another rule from its first date on: more dates, fewer, or on other days.

    The dates that both rules give stay what they are; a date that is new is made, one that is gone leaves the rule.
    A single date becomes the first of a series. Raises as move_date(), Refused when.rule with the field `rrule`.
    """

    def ruled(dates: Dates, one: OccurrenceFields) -> tuple[OccurrenceFields, ...]:
        head = head_of(dates, one)
        if not head.rrule:
            return tuple(replace(item, rrule=rrule) if item.id == head.id else item for item in dates)
        start, end = _ruled(head)
        given = dates_of(start, rrule)
        there = {_ruled(item)[0]: item for item in series_dates(dates, head)}
        new = tuple(
            OccurrenceFields(
                starts_wall=moment,
                ends_wall=moment + (end - start),
                title=head.title,
                series_of=head.id,
                ruled_start=moment,
                ruled_end=moment + (end - start),
            )
            for moment in given
            if moment not in there
        )
        gone = {item.id for moment, item in there.items() if moment not in given}
        stay = tuple(
            replace(item, rrule=rrule) if item.id == head.id else item for item in dates if item.id not in gone
        )
        return (*stay, *new)

    return _edit(event_id, occurrence_id, ruled, version=version, by=by)


def head_of(dates: Dates, one: OccurrenceFields) -> OccurrenceFields:
    """Return the date whose rule gives this one; itself where none does."""
    return next((item for item in dates if one.series_of is not None and item.id == one.series_of), one)


def series_dates(dates: Dates, one: OccurrenceFields) -> list[OccurrenceFields]:
    """Return the dates of a date's series in the rule's order; itself alone where there is no rule."""
    head = head_of(dates, one)
    return sorted(
        (item for item in dates if item is head or (head.rrule and item.series_of == head.id)),
        key=lambda item: _ruled(item)[0],
    )


def _edit(
    event_id: int,
    occurrence_id: int,
    change: Callable[[Dates, OccurrenceFields], tuple[OccurrenceFields, ...]],
    *,
    version: int,
    by: Actor,
) -> Event:
    with transaction():
        fields = fields_of(lock_event(event_id))
        one = next((item for item in fields.occurrences if item.id == occurrence_id), None)
        if one is None:
            raise NotFound(str(occurrence_id))
        wanted: EventFields = replace(fields, occurrences=change(fields.occurrences, one))
        try:
            return edit_event(event_id, wanted, version=version, by=by)
        except Refused as refused:
            if refused.field and refused.field.startswith("occurrences."):
                refused.field = refused.field.split(".")[-1]
            raise


def _ruled(item: OccurrenceFields) -> tuple[datetime, datetime]:
    return item.ruled_start or item.starts_wall, item.ruled_end or item.ends_wall


def _chosen(dates: Dates, one: OccurrenceFields, scope: Scope) -> set[int | None]:
    """Return the ids of the dates that a change of one is meant for."""
    if scope is Scope.THIS:
        return {one.id}
    series = series_dates(dates, one)
    return {item.id for item in (series if scope is Scope.ALL else series[series.index(one) :])}


def _moved(
    dates: Dates, one: OccurrenceFields, by: tuple[timedelta, timedelta], scope: Scope, title: Texts | None
) -> tuple[OccurrenceFields, ...]:
    step, longer = by
    series = series_dates(dates, one)
    if scope is Scope.THIS or len(series) == 1:
        alone = replace(one, starts_wall=one.starts_wall + step, ends_wall=one.ends_wall + longer)
        if scope is Scope.ALL and one.is_of_series:
            start, end = _ruled(one)
            alone = replace(alone, ruled_start=start + step, ruled_end=end + longer)
        alone = alone if title is None else replace(alone, title=title)
        return tuple(alone if item.id == one.id else item for item in dates)
    at = series.index(one) if scope is Scope.FOLLOWING else 0
    if at == 0:
        changed = _replanned(series, step, longer, title)
    else:
        before = [
            replace(item, rrule=with_count(item.rrule or "", at)) if number == 0 else item
            for number, item in enumerate(series[:at])
        ]
        changed = [*before, *_replanned(_parted(series, at), step, longer, title)]
    new = {item.id: item for item in changed}
    return tuple(new.get(item.id, item) for item in dates)


def _parted(series: Sequence[OccurrenceFields], at: int) -> list[OccurrenceFields]:
    """Return the dates from one on as a series of their own, with a UID that no calendar knows."""
    given = dates_of(_ruled(series[0])[0], series[0].rrule)
    first = series[at]
    left = len(given) - given.index(_ruled(first)[0])
    rule = with_count(series[0].rrule or "", left)
    return [
        replace(first, rrule=rule, series_of=None, series_uid=str(uuid.uuid4())),
        *(replace(item, series_of=first.id) for item in series[at + 1 :]),
    ]


def _replanned(
    series: Sequence[OccurrenceFields], step: timedelta, longer: timedelta, title: Texts | None
) -> list[OccurrenceFields]:
    """Move a whole series: the rule from its new start; each date keeps its own distance from what the rule gives."""
    head = series[0]
    start, end = _ruled(head)
    before = dates_of(start, head.rrule)
    rule = moved_rule(head.rrule or "", start, start + step, len(before))
    after = dict(zip(before, dates_of(start + step, rule)))
    length = (end - start) + (longer - step)
    moved = []
    for item in series:
        ruled_start, ruled_end = _ruled(item)
        new_start = after[ruled_start]
        new_end = new_start + length
        moved.append(
            replace(
                item,
                starts_wall=new_start + (item.starts_wall - ruled_start),
                ends_wall=new_end + (item.ends_wall - ruled_end),
                ruled_start=new_start,
                ruled_end=new_end,
                rrule=rule if item is head else None,
                title=title if title is not None and item.title == head.title else item.title,
            )
        )
    return moved


def keep_hour(event_id: int, tz: str, *, series: int | None = None, version: int, by: Actor) -> Event:
    """Plan an event by the clocks of another zone: its series keep their hour there, single dates their instant.

    The event's zone becomes that one, so that a series stays one rule. `series`: the first date of the only one that
    keeps its hour; each date of the others keeps its instant, as one that differs from its rule. Raises as move_date().
    """
    with transaction():
        event = lock_event(event_id)
        fields, own = fields_of(event), get_record(event_id).tz
        when.zone(tz)
        after: dict[int | None, OccurrenceFields] = {}
        for item in fields.occurrences:
            if item.rrule:
                step = _there(_ruled(item)[0], own, tz) - _ruled(item)[0]
                ruled = _replanned(series_dates(fields.occurrences, item), step, step, None)
                after |= {one.id: one for one in ruled}
        for item in fields.occurrences:
            head = item.id if item.rrule else item.series_of
            if head is None or series not in (None, head):
                starts, ends = _there(item.starts_wall, own, tz), _there(item.ends_wall, own, tz)
                after[item.id] = replace(after.get(item.id, item), starts_wall=starts, ends_wall=ends)
        dates = tuple(after.get(item.id, item) for item in fields.occurrences)
        return edit_event(event_id, replace(fields, tz=tz, occurrences=dates), version=version, by=by)


def _there(wall: datetime, own: str, tz: str) -> datetime:
    return when.wall_of(when.meant_by(wall, own), tz)
