"""Names on labels: what is large, what stands on which sheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.labels import Sheet, Split, last_first, on_sheets, split_name


@pytest.mark.parametrize(
    ("name", "is_whole", "split"),
    [
        ("Anna Maria Åkesson", False, Split("Anna", "Maria Åkesson")),
        ("Чынара Үлгүбаева", False, Split("Чынара", "Үлгүбаева")),
        ("Blå Räv", True, Split("Blå Räv")),
        ("Nurai", False, Split("Nurai")),
        ("", False, Split("")),
    ],
)
def test_the_first_name_is_large_and_an_alias_stays_whole(name: str, is_whole: bool, split: Split) -> None:
    assert split_name(name, is_whole=is_whole) == split


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("a" * 10, "normal"),
        ("a" * 11, "long"),
        ("a" * 17, "long"),
        ("a" * 18, "longest"),
        ("", "normal"),
        ("Blå " * 9, "normal"),
    ],
)
def test_long_names_are_smaller(name: str, size: str) -> None:
    assert split_name(name, is_whole=True).size == size


def test_last_names_sort_by_the_last_word() -> None:
    assert sorted(["Anna Öst", "Bo Ask", "Cy"], key=last_first) == ["Bo Ask", "Cy", "Anna Öst"]


@given(labels=st.lists(st.integers(), min_size=1, max_size=60), sheet=st.sampled_from(Sheet), skip=st.integers(0, 30))
def test_every_label_is_printed_once_and_in_order(labels: list[int], sheet: Sheet, skip: int) -> None:
    sheets = on_sheets(labels, sheet, skip=skip)

    laid = [label for one in sheets for label in one]
    assert [label for label in laid if label is not None] == labels
    assert laid[: skip % sheet.labels] == [None] * (skip % sheet.labels)
    assert all(len(one) == sheet.labels for one in sheets[:-1])
    assert 0 < len(sheets[-1]) <= sheet.labels


def test_no_labels_are_no_sheets() -> None:
    assert on_sheets([], Sheet.TEN, skip=3) == []
