"""A day's programme as a table of rooms or tracks, and what changed between two versions of a programme.

Pure: items are whatever has the few attributes named here, so that the same rules serve what was published, what the
editor holds and one visitor's own choice.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Generic, Protocol, TypeVar

from cag_events.domain.texts import Texts


class Timed(Protocol):
    """Something with wall times, the end after the start."""

    @property
    def starts_wall(self) -> datetime:
        """When it begins."""

    @property
    def ends_wall(self) -> datetime:
        """When it is over."""


T = TypeVar("T", bound=Timed)


@dataclass(frozen=True)
class Cell(Generic[T]):
    """A field of the table: an item, or nothing where a column is free; how many rows and columns it takes."""

    item: T | None
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True)
class Row(Generic[T]):
    """The time from one change to the next. Fields that began in an earlier row are not told again."""

    starts_wall: datetime
    ends_wall: datetime
    cells: tuple[Cell[T], ...]

    @property
    def begins(self) -> tuple[T, ...]:
        """The items that begin with this row."""
        return tuple(cell.item for cell in self.cells if cell.item is not None)


@dataclass(frozen=True)
class Grid(Generic[T]):
    """A day as a table. `lanes` are the columns' labels; one label may stand over several columns."""

    lanes: tuple[str, ...]
    rows: tuple[Row[T], ...]


def lay_out(items: Iterable[T], lane_of: Callable[[T], str], lanes: Sequence[str] = ()) -> Grid[T]:
    """Lay the items of a day out as a table: what has the day to itself runs over all columns, what is parallel not.

    A lane with two items at once, which the publish gate refuses, gets a second column. `lanes`: the order of labels;
    others follow as they come.
    """
    ordered = sorted(items, key=lambda item: (item.starts_wall, item.ends_wall))
    wide = [item for item in ordered if not any(other is not item and overlap(item, other) for other in ordered)]
    columns: list[tuple[str, list[T]]] = []
    for item in ordered:
        if not any(item is one for one in wide):
            _column_for(lane_of(item), item, columns).append(item)
    labels = [label for label, _items in columns]
    rank = {label: number for number, label in enumerate(dict.fromkeys((*lanes, *labels)))}
    columns.sort(key=lambda column: rank[column[0]])
    columns = columns or [("", [])]
    return Grid(tuple(label for label, _items in columns), tuple(_rows(ordered, wide, [row for _, row in columns])))


def overlap(one: Timed, other: Timed) -> bool:
    """Tell whether two things are at the same time, if only for a minute."""
    return one.starts_wall < other.ends_wall and other.starts_wall < one.ends_wall


def _column_for(lane: str, item: T, columns: list[tuple[str, list[T]]]) -> list[T]:
    for label, held in columns:
        if label == lane and not any(overlap(item, other) for other in held):
            return held
    columns.append((lane, []))
    return columns[-1][1]


def _rows(ordered: Sequence[T], wide: Collection[T], columns: Sequence[Sequence[T]]) -> Iterable[Row[T]]:
    moments = sorted({moment for item in ordered for moment in (item.starts_wall, item.ends_wall)})
    spans = [
        (starts, ends)
        for starts, ends in pairwise(moments)
        if any(item.starts_wall < ends and starts < item.ends_wall for item in ordered)
    ]
    for starts, ends in spans:
        whole = next((item for item in wide if item.starts_wall == starts), None)
        if whole is not None:
            yield Row(starts, ends, (Cell(whole, 1, len(columns)),))
            continue
        cells: list[Cell[T]] = []
        beside_gap = False  # whether the column before is free too
        for held in columns:
            item = next((one for one in held if one.starts_wall < ends and starts < one.ends_wall), None)
            if item is not None and item.starts_wall == starts:
                cells.append(Cell(item, sum(starts <= row < item.ends_wall for row, _end in spans)))
            elif item is None and beside_gap:
                cells[-1] = Cell(None, 1, cells[-1].columns + 1)
            elif item is None:
                cells.append(Cell(None))
            beside_gap = item is None
        yield Row(starts, ends, tuple(cells))


class Planned(Protocol):
    """A programme item as it stands in a programme, with its day by key and its times of day as text."""

    @property
    def key(self) -> str:
        """What it is called for ever."""

    @property
    def occurrence(self) -> str:
        """Its day."""

    @property
    def start(self) -> str:
        """When it begins, 10:00."""

    @property
    def end(self) -> str:
        """When it is over."""

    @property
    def room(self) -> str:
        """The room's key."""

    @property
    def title(self) -> Texts | None:
        """What it is called now."""

    @property
    def who(self) -> tuple[str, ...]:
        """Keys of people."""

    @property
    def cancelled(self) -> bool:
        """Whether it is called off."""


P = TypeVar("P", bound=Planned)


class What(StrEnum):
    """What happened to an item between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    MOVED = "moved"
    ROOM = "room"
    PEOPLE = "people"
    TITLE = "title"
    OTHER = "other"


GONE = frozenset({What.REMOVED, What.CANCELLED})
CONCERNS = GONE | {What.RESTORED, What.MOVED, What.ROOM}  # what those who chose an item are told of


@dataclass(frozen=True)
class Change(Generic[P]):
    """What became of one item."""

    what: tuple[What, ...]
    before: P | None
    after: P | None

    @property
    def item(self) -> P:
        """The item as it is now, or as it was last."""
        item = self.after or self.before
        assert item is not None
        return item

    @property
    def key(self) -> str:
        """The item's key."""
        return self.item.key


def changes(before: Iterable[P], after: Iterable[P]) -> list[Change[P]]:
    """Return what changed, in the order of the programme as it is now; what is gone stands last."""
    old, new = ({item.key: item for item in items} for items in (before, after))
    found = []
    for key, item in new.items():
        if key not in old:
            found.append(Change((What.ADDED,), None, item))
        elif what := tuple(_differences(old[key], item)):
            found.append(Change(what, old[key], item))
    found += [Change((What.REMOVED,), item, None) for key, item in old.items() if key not in new]
    return sorted(found, key=lambda one: (one.after is None, one.item.occurrence, one.item.start, one.key))


def _differences(old: Planned, new: Planned) -> Iterable[What]:
    if old.cancelled != new.cancelled:
        yield What.CANCELLED if new.cancelled else What.RESTORED
    if (old.occurrence, old.start, old.end) != (new.occurrence, new.start, new.end):
        yield What.MOVED
    if old.room != new.room:
        yield What.ROOM
    if set(old.who) != set(new.who):
        yield What.PEOPLE
    if (old.title or {}) != (new.title or {}):
        yield What.TITLE
    told = (old.cancelled, old.occurrence, old.start, old.end, old.room, set(old.who), old.title or {})
    now = (new.cancelled, new.occurrence, new.start, new.end, new.room, set(new.who), new.title or {})
    if told == now and old != new:
        yield What.OTHER
