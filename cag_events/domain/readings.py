"""When something to read is let out, and to whom: details of kinds that are held back until a time.

A convention for details of any kind, as `who` and `leader` are for people: a row of a list with `available_from` (a
date) or `available_days` (so many days before the row's `meeting`, numbered from 1) is absent for all but the team
until then, and one with `access` "registered" for those who hold no seat.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cag_events.domain import when
from cag_events.domain.event import OccurrenceRecord

FOR_REGISTERED = "registered"
NEVER = datetime.max.replace(tzinfo=UTC)
_HOLDS_BACK = frozenset({"available_from", "available_days", "access"})


def available_at(row: Mapping[str, Any], occurrences: Sequence[OccurrenceRecord], tz: str) -> datetime | None:
    """Return from when a row is let out: the first instant of its day; None if it always was.

    A row whose meeting does not exist is held back for ever: nobody has said when.
    """
    if row.get("available_from"):
        given = row["available_from"]
        return when.start_of_day(given if isinstance(given, date) else date.fromisoformat(str(given)), tz)
    days = row.get("available_days")
    if days is None:
        return None
    number = int(row.get("meeting") or 1)
    if not 1 <= number <= len(occurrences):
        return NEVER
    part = occurrences[number - 1]
    return when.start_of_day(part.starts_wall.date() - timedelta(days=int(days)), part.tz)


def let_out(value: Any, occurrences: Sequence[OccurrenceRecord], tz: str, at: datetime, *, is_registered: bool) -> Any:
    """Return details of a kind without the rows that are held back from a viewer at an instant."""
    if isinstance(value, dict):
        return {name: let_out(inner, occurrences, tz, at, is_registered=is_registered) for name, inner in value.items()}
    if isinstance(value, list):
        return [
            let_out(inner, occurrences, tz, at, is_registered=is_registered)
            for inner in value
            if not _is_held_back(inner, occurrences, tz, at, is_registered=is_registered)
        ]
    return value


def let_out_at(value: Any, occurrences: Sequence[OccurrenceRecord], tz: str) -> Iterator[datetime]:
    """Yield each instant from which let_out() gives more of a kind's details than before."""
    if isinstance(value, Mapping):
        since = available_at(value, occurrences, tz)
        if since is not None:
            yield since
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for inner in value:
        yield from let_out_at(inner, occurrences, tz)


def _is_held_back(
    row: Any, occurrences: Sequence[OccurrenceRecord], tz: str, at: datetime, *, is_registered: bool
) -> bool:
    if not isinstance(row, dict) or _HOLDS_BACK.isdisjoint(row):
        return False
    if row.get("access") == FOR_REGISTERED and not is_registered:
        return True
    since = available_at(row, occurrences, tz)
    return since is not None and at < since
