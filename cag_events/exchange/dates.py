"""The dates of an event in a programme file: a series as its rule, with what befell single dates of it beside."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from cag_events.domain.recurrence import dates_of
from cag_events.events.models import Occurrence
from cag_events.events.timing import instants_of, make_occurrences
from cag_events.exchange.checks import changed_span, span_of

Written = dict[str, Any]


def written_occurrences(rows: Sequence[Occurrence]) -> list[Written]:
    """Return occurrences as a file has them: a series as its rule and its `changes`, if it gives them all."""
    ordered = sorted(rows, key=lambda row: (row.position, row.ruled_start or row.starts_wall, row.id))
    members: dict[int, list[Occurrence]] = defaultdict(list)
    for row in ordered:
        members[row.series_of or row.id].append(row)
    written = []
    for row in ordered:
        if row.series_of is None:
            series = _series(row, members[row.id]) if row.rrule else None
            written += [series] if series else [_occurrence(one) for one in members[row.id]]
    return written


def made_occurrences(given: Mapping[str, Any], zone: str, position: int) -> list[Occurrence]:
    """Return the rows of an occurrence in a file, not yet stored: of a rule all its dates, the first one first."""
    span = span_of(given)
    made = make_occurrences(
        span.starts_wall,
        span.ends_wall,
        zone,
        key=given.get("key") or None,
        title=given.get("title"),
        rrule=given.get("rrule") or None,
        position=position,
    )
    _call_off(made[0], given.get("cancelled"))
    changes = {change["date"]: change for change in given.get("changes") or ()}
    for row in made:
        change = changes.get(dt.date.fromisoformat(row.starts_wall[:10]))
        if change is None:
            continue
        own = changed_span(span, change)
        row.starts_wall, row.ends_wall = f"{own.starts_wall:%Y-%m-%dT%H:%M}", f"{own.ends_wall:%Y-%m-%dT%H:%M}"
        row.starts_at, row.ends_at = instants_of(own.starts_wall, own.ends_wall, zone)
        row.title = change["title"] if change.get("title") is not None else row.title
        _call_off(row, change.get("cancelled"))
    gone = {day for day, change in changes.items() if change.get("left_out")}
    return [row for row in made if row is made[0] or dt.date.fromisoformat((row.ruled_start or "")[:10]) not in gone]


def _call_off(row: Occurrence, cancelled: Mapping[str, Any] | None) -> None:
    row.cancelled_on = cancelled["date"] if cancelled else None
    row.cancel_reason = dict((cancelled or {}).get("reason") or {})


def _series(head: Occurrence, rows: Sequence[Occurrence]) -> Written | None:
    """A series as its rule; None where the rule does not give one of its dates, or two on a day."""
    start, end = _ruled(head)
    given = dates_of(start, head.rrule)
    by_start = {_ruled(row)[0]: row for row in rows}
    is_whole = by_start.keys() <= set(given) and len(by_start) == len(rows)
    if not is_whole or any(_ruled(row)[1] - _ruled(row)[0] != end - start for row in rows):
        return None
    changes = []
    for moment in given:
        row = by_start.get(moment)
        if row is None:
            changes.append({"date": moment.date(), "left_out": True})
        elif change := _change(head, row):
            changes.append({"date": moment.date(), **change})
    whole = _occurrence(head, (start, end)) | {"rrule": head.rrule}
    whole["cancelled"] = None
    return whole | ({"changes": changes} if changes else {})


def _change(head: Occurrence, row: Occurrence) -> Written:
    """What of a date is not as its rule gives it."""
    (start, end), (starts, ends) = _ruled(row), _walls(row)
    change: Written = {}
    if (start, end) != (starts, ends):
        change |= {"to": starts.date(), "start": f"{starts:%H:%M}", "end": f"{ends:%H:%M}"}
        change |= {"end_date": ends.date()} if ends.date() != starts.date() else {}
    if row.title != head.title:
        change["title"] = row.title
    if cancelled := _cancelled(row):
        change["cancelled"] = cancelled
    return change


def _occurrence(row: Occurrence, walls: tuple[dt.datetime, dt.datetime] | None = None) -> Written:
    starts, ends = walls or _walls(row)
    return {
        "key": row.key,
        "date": starts.date(),
        "start": f"{starts:%H:%M}",
        "end": f"{ends:%H:%M}",
        "end_date": ends.date() if ends.date() != starts.date() else None,
        "title": row.title,
        "rrule": None,
        "cancelled": _cancelled(row),
    }


def _cancelled(row: Occurrence) -> Written | None:
    return {"date": row.cancelled_on, "reason": row.cancel_reason} if row.cancelled_on else None


def _walls(row: Occurrence) -> tuple[dt.datetime, dt.datetime]:
    return dt.datetime.fromisoformat(row.starts_wall), dt.datetime.fromisoformat(row.ends_wall)


def _ruled(row: Occurrence) -> tuple[dt.datetime, dt.datetime]:
    start, end = row.ruled_start or row.starts_wall, row.ruled_end or row.ends_wall
    return dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end)
