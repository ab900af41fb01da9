"""Faults of a programme file, each named by its place: `events[3] "floden-kvarnby": occurrences[0].end is …`."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field


class BadFile(Exception):
    """A file cannot be loaded; `faults` are lines for the person who wrote it."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


@dataclass(slots=True)
class Place:
    """Where in a file something stands: the row, and the path inside it."""

    faults: list[str] = field(default_factory=list)
    row: str = ""
    path: str = ""

    def at(self, name: str) -> "Place":
        """Return the place of a field here."""
        return Place(self.faults, self.row, f"{self.path}.{name}" if self.path else name)

    def item(self, number: int) -> "Place":
        """Return the place of an item of this list."""
        return Place(self.faults, self.row, f"{self.path}[{number}]")

    def say(self, what: str) -> None:
        """Name a fault here."""
        place = self.path if not self.row else f"{self.row}: {self.path}" if self.path else f"{self.row}:"
        self.faults.append(f"{place} {what}")


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean X?` for the known word that looks most like this one, or nothing.

    A known path such as registration.capacity is compared by its last part.
    """
    by_name: dict[str, str] = {}
    for path in sorted(known, key=lambda path: (path.count("."), path)):
        by_name.setdefault(path.rpartition(".")[2], path)
    found = difflib.get_close_matches(word, list(by_name), n=1, cutoff=0.5 if len(word) < 3 else 0.6)
    close = [by_name[name] for name in found]
    return f"; did you mean {close[0]}?" if close else ""
