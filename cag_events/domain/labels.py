"""Names on labels and signs: which part is large, what stands on which sheet; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")

LONG, LONGEST = 11, 18  # letters from which a name is printed smaller


class Sheet(StrEnum):
    """A sheet of labels, A4: columns by rows."""

    EIGHT = "8"  # 2 × 4, each 99.1 × 67.7 mm
    TEN = "10"  # 2 × 5, each 99.1 × 57 mm

    @property
    def labels(self) -> int:
        """How many labels a sheet has."""
        return int(self.value)


@dataclass(frozen=True, slots=True)
class Split:
    """A name in two lines: what is read from afar, and the rest."""

    large: str
    small: str = ""

    @property
    def size(self) -> str:
        """How large the first line can be: normal, long or longest, by its longest word."""
        letters = max((len(word) for word in self.large.split()), default=0)
        return "longest" if letters >= LONGEST else "long" if letters >= LONG else "normal"


def split_name(name: str, *, is_whole: bool = False) -> Split:
    """Return a name's first word and the rest; `is_whole`: an alias, which is not taken apart."""
    words = name.split()
    if is_whole or len(words) < 2:
        return Split(" ".join(words))
    return Split(words[0], " ".join(words[1:]))


def last_first(name: str) -> tuple[str, str]:
    """Return what a name is sorted by when last names count: its last word, then all of it."""
    return (name.rsplit(maxsplit=1)[-1] if name.split() else "", name)


def on_sheets(labels: Sequence[T], sheet: Sheet, *, skip: int = 0) -> list[list[T | None]]:
    """Return labels by sheet; None for one that has been taken off the first sheet already."""
    skip = skip % sheet.labels
    laid: list[T | None] = [*[None] * skip, *labels]
    return [laid[start : start + sheet.labels] for start in range(0, len(laid), sheet.labels)] if labels else []
