"""Rules: what they give, how they end earlier, how they move, and what of them our own choices can say."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.clock_changes import changes_of
from cag_events.domain.recurrence import Every, Pattern, dates_of, moved_rule, nth_of, pattern_of, rule_of, with_count

STARTS = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2029, 12, 31)).map(
    lambda wall: wall.replace(second=0, microsecond=0)
)
PATTERNS = st.builds(
    Pattern,
    every=st.sampled_from(Every),
    interval=st.integers(1, 4),
    weekdays=st.sets(st.integers(0, 6), max_size=3).map(tuple),
    count=st.integers(2, 12),
)


@given(STARTS, PATTERNS)
def test_rule_gives_as_many_dates_as_were_asked_for_from_its_start(start: datetime, pattern: Pattern) -> None:
    dates = dates_of(start, rule_of(pattern, start))

    assert (dates[0], len(dates)) == (start, pattern.count)
    assert {moment.time() for moment in dates} == {start.time()}


@given(STARTS, PATTERNS)
def test_rule_says_again_what_it_was_made_of(start: datetime, pattern: Pattern) -> None:
    rrule = rule_of(pattern, start)
    known = pattern_of(rrule)

    assert known is not None
    assert rule_of(known, start) == rrule


@given(STARTS, PATTERNS, st.data())
def test_rest_of_a_rule_gives_the_dates_that_are_left(start: datetime, pattern: Pattern, data: st.DataObject) -> None:
    rrule = rule_of(pattern, start)
    dates = dates_of(start, rrule)
    at = data.draw(st.integers(1, len(dates) - 1))

    assert dates_of(start, with_count(rrule, at)) == dates[:at]
    assert dates_of(dates[at], with_count(rrule, len(dates) - at)) == dates[at:]


@given(STARTS, PATTERNS, st.integers(-40, 40), st.integers(-600, 600))
def test_moved_rule_begins_at_its_new_start_and_keeps_its_number(
    start: datetime, pattern: Pattern, days: int, minutes: int
) -> None:
    rrule = rule_of(pattern, start)
    after = start + timedelta(days=days, minutes=minutes)

    dates = dates_of(after, moved_rule(rrule, start, after, pattern.count or 0))

    assert (dates[0], len(dates)) == (after, pattern.count)


@given(STARTS, st.integers(1, 4), st.sets(st.integers(0, 6), max_size=3), st.integers(-6, 6))
def test_moved_rule_of_days_moves_each_date_by_as_much(
    start: datetime, interval: int, weekdays: set[int], days: int
) -> None:
    pattern = Pattern(every=Every.DAY, interval=interval, weekdays=tuple(weekdays), count=6)
    rrule, after = rule_of(pattern, start), start + timedelta(days=days)

    moved = dates_of(after, moved_rule(rrule, start, after, 6))

    assert moved == [moment + timedelta(days=days) for moment in dates_of(start, rrule)]


def test_moved_rule_of_second_tuesdays_gives_second_wednesdays() -> None:
    start = datetime(2027, 1, 12, 18)
    rrule = rule_of(Pattern(every=Every.MONTH_WEEKDAY, count=3), start)

    moved = moved_rule(rrule, start, datetime(2027, 1, 13, 18), 3)

    assert moved == "FREQ=MONTHLY;COUNT=3;BYDAY=2WE"
    assert [moment.date() for moment in dates_of(datetime(2027, 1, 13, 18), moved)] == [
        date(2027, 1, 13),
        date(2027, 2, 10),
        date(2027, 3, 10),
    ]


def test_moved_rule_with_a_last_day_keeps_its_number_of_dates() -> None:
    start, after = datetime(2027, 1, 12, 18), datetime(2027, 1, 14, 18)

    assert moved_rule("FREQ=WEEKLY;UNTIL=20270209T235959", start, after, 5) == "FREQ=WEEKLY;COUNT=5"


@pytest.mark.parametrize(("day", "nth"), [(1, 1), (7, 1), (8, 2), (28, 4), (29, -1), (31, -1)])
def test_nth_calls_the_fifth_weekday_of_a_month_the_last(day: int, nth: int) -> None:
    assert nth_of(date(2027, 1, day)) == nth


def test_changes_name_the_first_date_at_another_hour_and_both_hours() -> None:
    starts = dates_of(datetime(2027, 3, 16, 13), "FREQ=WEEKLY;COUNT=4")

    (change,) = changes_of(starts, "Europe/Stockholm", ["Asia/Bishkek", "Europe/Berlin"])

    assert change.tz == "Asia/Bishkek"
    assert change.starts_at.date() == date(2027, 3, 30)
    assert (change.before.hour, change.after.hour) == (18, 17)


def test_changes_are_none_where_all_dates_are_on_one_side() -> None:
    starts = dates_of(datetime(2027, 3, 30, 13), "FREQ=WEEKLY;COUNT=4")

    assert changes_of(starts, "Europe/Stockholm", ["Asia/Bishkek"]) == []
