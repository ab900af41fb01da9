"""Hearings: levels are never widened by anybody else, windows, the clock, what is overdue."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.event import Safety
from cag_events.domain.hearing import (
    REACHES,
    Audience,
    Level,
    Promise,
    Reach,
    Spoken,
    is_overdue,
    is_taking,
    may_limit,
    public_on,
    reach_of,
    seconds_used,
    slots_in,
    submissions_kept_until,
    window_of,
)

STOCKHOLM = "Europe/Stockholm"
START = datetime(2026, 12, 3, 12, 0, tzinfo=UTC)
END = START + timedelta(hours=2)
levels = st.sampled_from(Level)


@given(chosen=levels, limit=st.none() | levels)
def test_reach_of_never_goes_further_than_the_choice_nor_than_the_limit(chosen: Level, limit: Level | None) -> None:
    reach = reach_of(chosen, limit)

    assert reach.is_within(REACHES[chosen])
    assert limit is None or reach.is_within(REACHES[limit])


@given(chosen=levels, wanted=st.lists(levels, max_size=6))
def test_limits_only_narrow_in_whatever_order_they_are_set(chosen: Level, wanted: list[Level]) -> None:
    limit: Level | None = None
    seen = [reach_of(chosen, limit)]
    for level in wanted:
        if may_limit(chosen, limit, level):
            limit = level
            seen.append(reach_of(chosen, limit))

    assert all(after.is_within(before) for before, after in pairwise(seen))


@pytest.mark.parametrize(
    ("chosen", "limit", "reach"),
    [
        (Level.PUBLIC, None, Reach(Audience.PUBLIC, Audience.PUBLIC)),
        (Level.ANONYMOUS, None, Reach(Audience.PUBLIC, Audience.NOBODY)),
        (Level.ANONYMOUS, Level.PANEL, Reach(Audience.PANEL, Audience.NOBODY)),
        (Level.PANEL, Level.ANONYMOUS, Reach(Audience.PANEL, Audience.NOBODY)),
        (Level.PUBLIC, Level.WITHHELD, Reach(Audience.NOBODY, Audience.NOBODY)),
        (Level.WITHHELD, Level.PUBLIC, Reach(Audience.NOBODY, Audience.NOBODY)),
    ],
)
def test_reach_of_keeps_text_and_name_apart(chosen: Level, limit: Level | None, reach: Reach) -> None:
    assert reach_of(chosen, limit) == reach


@pytest.mark.parametrize(
    ("minutes", "most", "item", "slots"), [(3, 0, 20, 6), (3, 5, 20, 5), (3, 9, 20, 6), (3, 5, 0, 0), (0, 5, 20, 0)]
)
def test_slots_in_fills_the_item(minutes: int, most: int, item: int, slots: int) -> None:
    assert slots_in(minutes, most, item) == slots


def test_seconds_used_counts_who_speaks_now_and_nobody_who_was_absent() -> None:
    now = START + timedelta(minutes=10)
    speeches = (
        Spoken(START, START + timedelta(minutes=3)),
        Spoken(START + timedelta(minutes=9)),
        Spoken(None),
    )

    assert seconds_used(speeches, now) == 4 * 60


@pytest.mark.parametrize(
    ("now", "taken"),
    [
        (datetime(2026, 11, 30, 22, 59, tzinfo=UTC), True),  # the last minute of the day, in Stockholm
        (datetime(2026, 11, 30, 23, 0, tzinfo=UTC), False),
        (END - timedelta(seconds=1), False),
        (END, True),
        (datetime(2026, 12, 17, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 17, 23, 0, tzinfo=UTC), False),
    ],
)
def test_is_taking_until_days_before_and_again_for_days_after(now: datetime, taken: bool) -> None:
    window = window_of(START, END, STOCKHOLM, 3, 14)

    assert is_taking(window, now, STOCKHOLM) is taken


def test_is_taking_nothing_afterwards_where_no_days_are_given() -> None:
    window = window_of(START, END, STOCKHOLM, 3, 0)

    assert [is_taking(window, at, STOCKHOLM) for at in (START - timedelta(days=9), END)] == [True, False]


def test_public_on_waits_for_the_delay_and_for_the_embargo() -> None:
    cleared = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

    assert public_on(cleared, STOCKHOLM, 7, None) == date(2026, 11, 28)
    assert public_on(cleared, STOCKHOLM, 7, date(2026, 12, 24)) == date(2026, 12, 24)
    assert public_on(cleared, STOCKHOLM, 7, date(2026, 11, 22)) == date(2026, 11, 28)


def test_submissions_kept_until_is_sooner_for_guarded_events() -> None:
    assert submissions_kept_until(END, STOCKHOLM, 14, Safety.OPEN) == date(2027, 1, 16)
    assert submissions_kept_until(END, STOCKHOLM, 14, Safety.GUARDED) == date(2026, 12, 24)


@pytest.mark.parametrize(
    ("status", "due", "overdue"),
    [
        (Promise.OPEN, date(2026, 11, 20), True),
        (Promise.PARTLY, date(2026, 11, 20), True),
        (Promise.OPEN, date(2026, 11, 21), False),
        (Promise.OPEN, None, False),
        (Promise.KEPT, date(2026, 11, 20), False),
        (Promise.BROKEN, date(2026, 11, 20), False),
    ],
)
def test_is_overdue_the_day_after(status: Promise, due: date | None, overdue: bool) -> None:
    assert is_overdue(status, due, date(2026, 11, 21)) is overdue
