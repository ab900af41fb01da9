"""What subscribers see: every date of every entry, as readers of other projects expand it, in one form for all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

Moment = datetime | date  # instants in UTC; days of all-day entries


@dataclass(frozen=True)
class Happening:
    """One date in somebody's calendar: `ends` is exclusive, of all-day ones the day after."""

    uid: str
    starts: Moment
    ends: Moment
    status: str
    summary: str

    @property
    def times(self) -> tuple[str, Moment, Moment]:
        """Which it is and when."""
        return self.uid, self.starts, self.ends


class Text(NamedTuple):
    """The words of an entry."""

    summary: str
    description: str
    location: str
    categories: tuple[str, ...]


def alike(entries: Iterable[dict[str, Any]]) -> list[Happening]:
    """Put together what a reader has of each VEVENT: an override stands in the place of the date that it names."""
    entries = list(entries)
    replaced = {(entry["uid"], entry["recurrence"]) for entry in entries if entry["recurrence"] is not None}
    assert len(replaced) == sum(entry["recurrence"] is not None for entry in entries), "two overrides of one date"
    whole = [entry["uid"] for entry in entries if entry["recurrence"] is None]
    assert len(whole) == len(set(whole)), "two entries of one UID"
    found = [
        Happening(entry["uid"], start, start + entry["length"], entry["status"], entry["summary"])
        for entry in entries
        for start in entry["starts"]
        if entry["recurrence"] is not None or (entry["uid"], start) not in replaced
    ]
    return in_order(found)


def in_order(found: Iterable[Happening]) -> list[Happening]:
    """Sort them by time and UID."""
    return sorted(found, key=lambda one: (str(one.starts), str(one.ends), one.uid, one.status))
