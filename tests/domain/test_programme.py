"""A programme as a table, and what changed between two versions, for any programme there could be."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.programme import Grid, What, changes, lay_out, overlap

DAY = datetime(2026, 11, 28)


@dataclass(frozen=True)
class Talk:
    """An item of a day."""

    number: int
    starts_wall: datetime
    ends_wall: datetime
    lane: str = ""


@st.composite
def talks(draw: st.DrawFn) -> list[Talk]:
    """Any programme of a day, clashes in a room too."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        start = draw(st.integers(0, 40))
        minutes = draw(st.integers(1, 20))
        begins = DAY + timedelta(minutes=15 * start)
        found.append(Talk(number, begins, begins + timedelta(minutes=15 * minutes), draw(st.sampled_from("ABC"))))
    return found


def spread(grid: Grid[Talk]) -> dict[tuple[int, int], Talk | None]:
    """What stands in each field of a table, as a browser lays it out; fails where two would stand in one."""
    fields: dict[tuple[int, int], Talk | None] = {}
    for number, row in enumerate(grid.rows):
        column = 0
        for cell in row.cells:
            while (number, column) in fields:
                column += 1
            for down in range(cell.rows):
                for right in range(cell.columns):
                    assert (number + down, column + right) not in fields
                    fields[number + down, column + right] = cell.item
            column += cell.columns
    return fields


@given(talks())
def test_lay_out_shows_every_item_exactly_once(items: list[Talk]) -> None:
    grid = lay_out(items, lambda item: item.lane)

    assert Counter(one.number for row in grid.rows for one in row.begins) == Counter(item.number for item in items)


@given(talks())
def test_lay_out_fills_every_field_of_the_table_once(items: list[Talk]) -> None:
    grid = lay_out(items, lambda item: item.lane)

    assert set(spread(grid)) == {(row, column) for row in range(len(grid.rows)) for column in range(len(grid.lanes))}


@given(talks())
def test_lay_out_puts_no_two_items_of_a_column_at_the_same_time(items: list[Talk]) -> None:
    fields = spread(lay_out(items, lambda item: item.lane))

    for column in {column for _row, column in fields}:
        held = {one for (_row, where), one in fields.items() if where == column and one is not None}
        assert not any(overlap(one, other) for one, other in combinations(held, 2))


@given(talks())
def test_lay_out_lets_an_item_fill_just_the_rows_of_its_time(items: list[Talk]) -> None:
    grid = lay_out(items, lambda item: item.lane)
    fields = spread(grid)

    for item in items:
        rows = sorted({row for (row, _column), one in fields.items() if one == item})
        assert grid.rows[rows[0]].starts_wall == item.starts_wall
        assert grid.rows[rows[-1]].ends_wall == item.ends_wall
        assert rows == list(range(rows[0], rows[-1] + 1))


@given(talks())
def test_lay_out_puts_parallel_items_under_the_label_of_their_lane(items: list[Talk]) -> None:
    grid = lay_out(items, lambda item: item.lane, ("C", "B", "A"))

    for (_row, column), one in spread(grid).items():
        is_wide = one is not None and not any(other is not one and overlap(one, other) for other in items)
        assert one is None or is_wide or grid.lanes[column] == one.lane
    assert list(grid.lanes) == sorted(grid.lanes, reverse=True)


def test_lay_out_lets_what_has_its_time_to_itself_run_over_all_columns() -> None:
    at = [DAY + timedelta(hours=hour) for hour in range(4)]
    opening, one, other = Talk(1, at[0], at[1], "A"), Talk(2, at[1], at[3], "A"), Talk(3, at[1], at[2], "B")

    grid = lay_out([opening, one, other], lambda item: item.lane, ("A", "B"))

    assert [[(cell.item, cell.rows, cell.columns) for cell in row.cells] for row in grid.rows] == [
        [(opening, 1, 2)],
        [(one, 2, 1), (other, 1, 1)],
        [(None, 1, 1)],
    ]


@dataclass(frozen=True, kw_only=True)
class Item:
    """An item of a version."""

    key: str
    occurrence: str = "sat"
    start: str = "10:00"
    end: str = "11:00"
    room: str = "hall"
    title: dict[str, str] | None = field(default_factory=lambda: {"en": "Talk"})
    who: tuple[str, ...] = ()
    cancelled: bool = False
    seats: int = 0


TALK = Item(key="talk", who=("ada",))


def what(before: list[Item], after: list[Item]) -> list[tuple[str, tuple[What, ...]]]:
    return [(change.key, change.what) for change in changes(before, after)]


def test_changes_finds_nothing_between_equal_programmes() -> None:
    assert what([TALK], [replace(TALK)]) == []


def test_changes_names_what_happened_to_an_item() -> None:
    other = replace(TALK, key="other", start="12:00", end="13:00")

    assert what([], [TALK]) == [("talk", (What.ADDED,))]
    assert what([TALK], []) == [("talk", (What.REMOVED,))]
    assert what([TALK], [replace(TALK, cancelled=True)]) == [("talk", (What.CANCELLED,))]
    assert what([replace(TALK, cancelled=True)], [TALK]) == [("talk", (What.RESTORED,))]
    assert what([TALK], [replace(TALK, start="10:30", room="cave")]) == [("talk", (What.MOVED, What.ROOM))]
    assert what([TALK], [replace(TALK, occurrence="sun")]) == [("talk", (What.MOVED,))]
    assert what([TALK], [replace(TALK, who=("bo",))]) == [("talk", (What.PEOPLE,))]
    assert what([TALK], [replace(TALK, title={"en": "Speech"})]) == [("talk", (What.TITLE,))]
    assert what([TALK], [replace(TALK, seats=12)]) == [("talk", (What.OTHER,))]
    assert what([TALK, other], [other]) == [("talk", (What.REMOVED,))]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(8, 17)), unique_by=lambda row: row[0]))
def test_changes_of_a_programme_from_nothing_add_each_item(rows: list[tuple[str, int]]) -> None:
    items = [Item(key=key, start=f"{hour:02}:00", end=f"{hour + 1:02}:00") for key, hour in rows]

    assert {change.key for change in changes([], items)} == {item.key for item in items}
    assert changes(items, list(reversed(items))) == []
