"""Visitors: no day is counted twice, whatever the figures."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.visitors import Figure, Source, Stretch, tally

FIRST = date(2027, 2, 1)


def figure(day: int, people: int, source: Source = Source.TAP, hour: int | None = None, segment: str = "") -> Figure:
    return Figure(day=FIRST + timedelta(days=day), people=people, source=source, hour=hour, segment=segment)


FIGURES = st.lists(
    st.builds(
        figure,
        day=st.integers(0, 20),
        people=st.integers(0, 50),
        source=st.sampled_from(list(Source)),
        segment=st.sampled_from(["", "public", "schools"]),
    ),
    max_size=25,
)


def test_a_reading_counts_for_all_days_since_the_one_before() -> None:
    counted = tally(
        [figure(6, 310, Source.READING), figure(13, 290, Source.READING), figure(3, 40), figure(13, 9)], FIRST
    )

    assert counted.total == 600
    assert counted.stretches == (
        Stretch(first=FIRST, last=FIRST + timedelta(days=6), people=310, source=Source.READING),
        Stretch(first=FIRST + timedelta(days=7), last=FIRST + timedelta(days=13), people=290, source=Source.READING),
    )


def test_taps_count_after_the_last_reading_and_a_typed_day_counts_instead_of_its_taps() -> None:
    counted = tally(
        [figure(6, 310, Source.READING), figure(7, 12), figure(8, 20), figure(8, 55, Source.DAY, segment="public")],
        FIRST,
    )

    assert [(one.source, one.people) for one in counted.stretches] == [
        (Source.READING, 310),
        (Source.TAP, 12),
        (Source.DAY, 55),
    ]
    assert counted.total == 377


def test_groups_and_hours_are_told_of_days_that_a_reading_covers_too() -> None:
    counted = tally(
        [figure(6, 310, Source.READING), figure(3, 5, hour=11, segment="public"), figure(3, 2, hour=12)], FIRST
    )

    assert counted.by_segment == {"": 2, "public": 5}
    assert counted.by_hour == {11: 5, 12: 2}
    assert counted.total == 310


@given(FIGURES)
def test_no_day_is_in_two_stretches(figures: list[Figure]) -> None:
    stretches = tally(figures, FIRST).stretches

    for number, one in enumerate(stretches):
        assert one.first <= one.last
        assert all(other.last < one.first or other.first > one.last for other in stretches[number + 1 :])


@given(FIGURES, st.integers(0, 20), st.integers(1, 50))
def test_presses_on_a_day_that_is_known_otherwise_change_no_sum(figures: list[Figure], day: int, people: int) -> None:
    known = [*figures, figure(day, 5, Source.DAY)]

    assert tally([*known, figure(day, people)], FIRST).total == tally(known, FIRST).total


@given(FIGURES)
def test_the_sum_is_that_of_readings_typed_days_and_other_presses(figures: list[Figure]) -> None:
    last = max((one.day for one in figures if one.source is Source.READING), default=date.min)
    typed = {one.day for one in figures if one.source is Source.DAY}
    by_hand = 0
    for one in figures:
        if one.source is Source.READING or (one.day > last and (one.source is Source.DAY or one.day not in typed)):
            by_hand += one.people

    assert tally(figures, FIRST).total == by_hand
    assert tally([replace(one, segment="") for one in figures], FIRST).total == by_hand
