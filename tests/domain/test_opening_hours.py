"""Opening hours: examples, and what holds for any hours."""

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.opening_hours import Hours, closes_at, is_open, next_opening, open_days, overlapping, table
from cag_events.domain.when import WEEKDAYS

HOURS = Hours(
    first=date(2026, 11, 30),
    last=date(2026, 12, 13),
    weekly=(*((day, "10:00", "18:00") for day in WEEKDAYS[:5]), ("sat", "11:00", "16:00"), ("wed", "18:00", "20:00")),
    closed=frozenset({date(2026, 12, 4)}),
)
CLOCKS = st.times().map(lambda at: f"{at:%H:%M}")


@st.composite
def any_hours(draw: st.DrawFn) -> Hours:
    """Hours that do not overlap, in a run of up to forty days."""
    first = draw(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
    last = first + timedelta(days=draw(st.integers(0, 40)))
    weekly = []
    for day in draw(st.lists(st.sampled_from(WEEKDAYS), unique=True)):
        opens, closes = sorted(draw(st.lists(CLOCKS, min_size=2, max_size=2, unique=True)))
        weekly.append((day, opens, closes))
    closed = draw(st.frozensets(st.dates(first, last), max_size=5))
    return Hours(first=first, last=last, weekly=tuple(weekly), closed=closed)


@st.composite
def hours_and_wall(draw: st.DrawFn) -> tuple[Hours, datetime]:
    """Hours, and a minute near their run."""
    hours = draw(any_hours())
    day = draw(st.dates(hours.first - timedelta(days=9), hours.last + timedelta(days=9)))
    return hours, datetime.combine(day, draw(st.times()).replace(second=0, microsecond=0))


def test_is_open_from_the_opening_until_just_before_the_closing() -> None:
    assert not is_open(HOURS, datetime(2026, 11, 30, 9, 59))
    assert is_open(HOURS, datetime(2026, 11, 30, 10, 0))
    assert is_open(HOURS, datetime(2026, 11, 30, 17, 59))
    assert not is_open(HOURS, datetime(2026, 11, 30, 18, 0))


def test_is_open_is_false_outside_the_run_and_on_closed_days() -> None:
    assert not is_open(HOURS, datetime(2026, 11, 27, 12, 0))
    assert not is_open(HOURS, datetime(2026, 12, 4, 12, 0))
    assert not is_open(HOURS, datetime(2026, 12, 14, 12, 0))


def test_closes_at_takes_hours_that_meet_as_one_stretch() -> None:
    assert closes_at(HOURS, datetime(2026, 12, 2, 12, 0)) == datetime(2026, 12, 2, 20, 0)
    assert closes_at(HOURS, datetime(2026, 12, 3, 12, 0)) == datetime(2026, 12, 3, 18, 0)
    assert closes_at(HOURS, datetime(2026, 12, 3, 18, 0)) is None


def test_next_opening_skips_closed_days_and_days_off() -> None:
    assert next_opening(HOURS, datetime(2026, 12, 3, 18, 0)) == datetime(2026, 12, 5, 11, 0)
    assert next_opening(HOURS, datetime(2026, 11, 1, 0, 0)) == datetime(2026, 11, 30, 10, 0)
    assert next_opening(HOURS, datetime(2026, 12, 12, 11, 1)) is None


def test_table_puts_days_with_the_same_hours_together() -> None:
    assert table(HOURS) == [
        (("mon", "tue"), (("10:00", "18:00"),)),
        (("wed",), (("10:00", "18:00"), ("18:00", "20:00"))),
        (("thu", "fri"), (("10:00", "18:00"),)),
        (("sat",), (("11:00", "16:00"),)),
        (("sun",), ()),
    ]


def test_overlapping_is_true_only_when_hours_share_a_minute() -> None:
    assert not overlapping(HOURS)
    assert overlapping(Hours(first=HOURS.first, last=HOURS.last, weekly=(*HOURS.weekly, ("mon", "17:59", "19:00"))))


@given(hours_and_wall())
def test_is_open_agrees_with_closes_at(given_: tuple[Hours, datetime]) -> None:
    hours, wall = given_
    closes = closes_at(hours, wall)

    assert (closes is not None) == is_open(hours, wall)
    assert closes is None or (closes > wall and not is_open(hours, closes))


@given(hours_and_wall())
def test_next_opening_is_the_first_minute_that_is_open(given_: tuple[Hours, datetime]) -> None:
    hours, wall = given_
    opens = next_opening(hours, wall)

    if opens is None:
        assert all(span[0] < wall for day in open_days(hours) for span in hours.spans_on(day))
    else:
        assert opens >= wall
        assert is_open(hours, opens)
        between = [span[0] for day in open_days(hours) for span in hours.spans_on(day) if wall <= span[0] < opens]
        assert between == []


@given(any_hours())
def test_open_days_lie_in_the_run_and_are_not_closed(hours: Hours) -> None:
    days = list(open_days(hours))

    assert all(hours.first <= day <= hours.last and day not in hours.closed for day in days)
    assert all(is_open(hours, hours.spans_on(day)[0][0]) for day in days)


@given(any_hours())
def test_table_names_each_weekday_once_with_its_hours(hours: Hours) -> None:
    rows = table(hours)

    assert [day for days, _ in rows for day in days] == list(WEEKDAYS)
    assert {(day, *span) for days, spans in rows for day in days for span in spans} == set(hours.weekly)


@given(any_hours(), st.times())
def test_is_open_is_false_the_day_before_the_run(hours: Hours, at: time) -> None:
    assert not is_open(hours, datetime.combine(hours.first - timedelta(days=1), at))
