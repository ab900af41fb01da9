"""Lays the dates that a file wants upon the rows that there are: what stays keeps its row and UID."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from uuid import uuid4

from cag_events.events.fields import OccurrenceFields
from cag_events.imports.dating import WishedDate

NEW: Final = -1  # the id of a row that others point at before it is stored
Rows = Mapping[WishedDate, OccurrenceFields]


def laid_out(
    dates: Sequence[WishedDate], rrule: str, before: Sequence[OccurrenceFields], today: date
) -> tuple[OccurrenceFields, ...]:
    """Return rows for these dates, a rule at the first that it gives; `before` are those that there are.

    The dates that stay keep their rows, found by what the rule gives and by when they begin; the moved ones get those
    of dates that are gone, in order; the rest is new. What is over and older than the file's first date stays.
    """
    older = _older(dates, before, today)
    rows = _rows_for(dates, [one for one in before if one not in older])
    ruled = [one for one in dates if one.ruled] if rrule else []
    head = min(ruled, key=lambda one: one.key, default=None)
    head_id = rows[head].id if head is not None and head in rows else NEW
    laid = [_kept(one, None) for one in older]
    for one in dates:
        row = _kept(rows.get(one), one)
        if one.is_off:
            row = replace(row, cancelled_on=row.cancelled_on or today)
        else:
            row = replace(row, cancelled_on=None, cancel_reason={})
        if one is head:
            row = replace(row, rrule=rrule, series_uid=_series_uid(rows.get(one)), series_of=None)
        elif head is not None and one.ruled:
            row = replace(row, series_of=head_id)
        laid.append(replace(row, id=NEW) if one is head and row.id is None else row)
    return tuple(laid)


def _kept(row: OccurrenceFields | None, one: WishedDate | None) -> OccurrenceFields:
    """A row with a date of the file, in no series yet; of one that stays as it was, only that."""
    if one is None:
        assert row is not None
        return replace(
            row, rrule=None, series_of=None, series_uid=None, ruled_start=row.starts_wall, ruled_end=row.ends_wall
        )
    start, end = one.ruled or (one.starts, one.ends)
    empty = OccurrenceFields(starts_wall=one.starts, ends_wall=one.ends)
    return replace(
        row or empty,
        starts_wall=one.starts,
        ends_wall=one.ends,
        rrule=None,
        series_of=None,
        series_uid=None,
        ruled_start=start,
        ruled_end=end,
    )


def _series_uid(row: OccurrenceFields | None) -> str | None:
    """The UID of a series whose first date has this row: its own, but of one that was of another series a new one."""
    if row is None:
        return None
    return row.series_uid if row.rrule else str(uuid4()) if row.series_of is not None else None


def _older(dates: Sequence[WishedDate], before: Sequence[OccurrenceFields], today: date) -> list[OccurrenceFields]:
    if len(dates) < 2:  # one date that is moved on, not a series that loses its beginning
        return []
    first = min(one.key for one in dates)
    return [one for one in before if one.ends_wall.date() < today and max(one.ends_wall, _key(one)) < first]


def _rows_for(dates: Sequence[WishedDate], before: Sequence[OccurrenceFields]) -> Rows:
    left = {one.id: one for one in before}
    found: dict[WishedDate, OccurrenceFields] = {}
    for of_row, of_date in ((_key, _date_key), (_starts, _date_starts)):
        by = {of_row(row): row for row in reversed(left.values())}
        for one in dates:
            if one not in found and (row := by.pop(of_date(one), None)) is not None:
                found[one] = left.pop(row.id)
    rest = iter(list(left.values()))
    for one in dates:
        if one not in found and (row := next(rest, None)) is not None:
            found[one] = row
    return found


def _key(row: OccurrenceFields) -> datetime:
    return row.ruled_start or row.starts_wall


def _date_key(one: WishedDate) -> datetime:
    return one.key


def _starts(row: OccurrenceFields) -> datetime:
    return row.starts_wall


def _date_starts(one: WishedDate) -> datetime:
    return one.starts
