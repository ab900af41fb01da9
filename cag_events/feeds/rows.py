"""Stored entries as feeds join them: read once, kept in memory by their version; and which of them a feed holds.

What a feed holds is asked of the database once. After that only the events are asked about that the programme's
version has been raised for since, as long as it was raised for nothing else.
"""

from bisect import insort
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from flask import current_app  # noqa: TID251 (the memory belongs to the application)
from sqlalchemy import ColumnElement, Select, String, bindparam, select, type_coerce
from sqlalchemy.sql.visitors import replacement_traverse

from cag_events.db import db
from cag_events.events.models import ProgrammeChange
from cag_events.feeds.models import Entry
from cag_events.feeds.warm import State, memory_of

CHUNK: Final = 500
AT_ONCE: Final = 8  # events that are asked about in one statement
MOST_CHANGED: Final = 40  # else all of a feed is asked for


class Row(NamedTuple):
    """A stored entry as it is joined; rows sort by start, then UID.

    Instants are as the database writes them: they are compared, seldom read. `version` is the row's id and SEQUENCE,
    which together never mean other octets.
    """

    starts: Any
    uid: str
    body: bytes
    tz: str
    ends: Any
    version: tuple[int, int] = (0, 0)
    event: int | None = None


class Held(NamedTuple):
    """The entries of a feed in order, in a state of the programme, and the octets of all."""

    state: State
    rows: list[Row]
    size: int


def held(key: str, state: State, ask: Callable[[Sequence[int]], list[Row]]) -> Held:
    """Return what a feed holds.

    `ask` finds the entries of some events in it, or all without any. `state` was read before.
    """
    lists = memory_of(current_app).lists
    before: Held | None = lists.find(key)
    changed = _changed(before.state, state) if before is not None else None
    if before is None or changed is None:
        rows = ask(())
        now = Held(state, rows, size_of(rows))
    elif not changed:
        now = before._replace(state=state)
    else:
        gone = [row for row in before.rows if row.event in changed]
        come = ask(sorted(changed))
        if gone == come:
            now = before._replace(state=state)
        else:
            rows = [row for row in before.rows if row.event not in changed]
            for row in come:
                insort(rows, row)
            now = Held(state, rows, before.size + size_of(come) - size_of(gone))
    if before is None or before.state <= state:
        lists.keep(key, now, now.size)
    return now


def _changed(before: State, now: State) -> frozenset[int] | None:
    """Return the events that were changed since; None if something else was, or too many to ask about."""
    if before[1] != now[1] or before[0] > now[0]:
        return None
    if before[0] == now[0]:
        return frozenset()
    rows = db.session.connection().execute(_CHANGED, {"before": before[0], "now": now[0]}).all()
    events = frozenset(row[1] for row in rows)
    is_all = len({row[0] for row in rows}) == now[0] - before[0]  # each version was raised for some event
    return events if is_all and len(events) <= MOST_CHANGED else None


def find(query: Select[int, int], values: Mapping[str, Any] | None = None) -> list[Row]:
    """Return the entries whose versions a statement finds, in order."""
    found = db.session.connection().execute(query, values)
    rows = _rows(found.cursor.fetchall() if found.cursor else [])  # pairs of numbers: nothing of SQLAlchemy is wanted
    found.close()
    rows.sort()
    return rows


def _rows(versions: Sequence[Any]) -> list[Row]:
    """Return entries by id and SEQUENCE; reads those that are not in memory."""
    memory = memory_of(current_app).versions
    rows = [memory.get(version) for version in versions]  # another thread may forget them at any moment
    missing = [version[0] for version, row in zip(versions, rows) if row is None]
    if not missing:
        return cast("list[Row]", rows)
    read: dict[int, Row] = {}
    for start in range(0, len(missing), CHUNK):
        found_now = db.session.connection().execute(_READ, {"ids": missing[start : start + CHUNK]})
        for number, sequence, event, starts, uid, body, tz, ends in found_now:
            read[number] = Row(starts, uid, body, tz, ends, (number, sequence), event)
    memory.learn({row.version: row for row in read.values()}, sum(len(row.body) for row in read.values()))
    found = (read.get(version[0]) if row is None else row for version, row in zip(versions, rows))
    return [row for row in found if row is not None]  # in between, one may have got another version, or be gone


def size_of(rows: Sequence[Row]) -> int:
    """Return how many octets rows have."""
    return sum([len(row.body) for row in rows])


def of_events(column: Any = Entry.event_id) -> ColumnElement[bool]:
    """Return the condition on a column with ids of events for some of them, which padded() gives."""
    found: ColumnElement[bool] = column.in_([bindparam(f"event_{place}") for place in range(AT_ONCE)])
    return found


def narrowed(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition on events whose lists of events, as of a theme, are read for those of of_events() alone."""

    def narrower(element: Any, **_more: Any) -> Any:
        if isinstance(element, Select) and element.selected_columns.keys() == ["event_id"]:
            return element.where(of_events(element.selected_columns[0]))
        return None

    return replacement_traverse(condition, {}, narrower)


def padded(events: Sequence[int]) -> Mapping[str, int]:
    """Return the values of of_events() for AT_ONCE events at most."""
    return {f"event_{place}": events[min(place, len(events) - 1)] for place in range(AT_ONCE)}


# As the database writes them: text on SQLite, which sorts as instants do; making datetimes of all would take longer
# than joining the feed.
_COLUMNS: Final = (
    Entry.id,
    Entry.sequence,
    Entry.event_id,
    type_coerce(Entry.starts_at, String).label("starts"),
    Entry.uid,
    Entry.body,
    Entry.tz,
    type_coerce(Entry.ends_at, String).label("ends"),
)
_READ: Final = select(*_COLUMNS).where(Entry.id.in_(bindparam("ids", expanding=True)))
_CHANGED: Final = select(ProgrammeChange.number, ProgrammeChange.event_id).where(
    ProgrammeChange.number > bindparam("before"), ProgrammeChange.number <= bindparam("now")
)
