"""Opening hours: examples, and what holds for any hours against a walk minute by minute."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cag_events.domain.opening_hours import (
    Hours,
    Standing,
    closes_at,
    is_open,
    next_opening,
    open_days,
    overlapping,
    standing,
    table,
)
from cag_events.domain.when import WEEKDAYS, exists, instant, wall_of

HOME = "Europe/Stockholm"
HOURS = Hours(
    first=date(2026, 11, 30),
    last=date(2026, 12, 13),
    weekly=(*((day, "10:00", "18:00") for day in WEEKDAYS[:5]), ("sat", "11:00", "16:00"), ("wed", "18:00", "20:00")),
    special=((date(2026, 12, 10), "10:00", "21:00"), (date(2026, 12, 13), "12:00", "14:00")),
    closed=frozenset({date(2026, 12, 4)}),
)
CLOCKS = st.times().map(lambda at: f"{at:%H:%M}")
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)  # clocks go forward, and back
MINUTE = timedelta(minutes=1)


def at(*wall: int, tz: str = HOME) -> datetime:
    return instant(datetime(*wall), tz)  # type: ignore[arg-type]


@st.composite
def any_hours(draw: st.DrawFn) -> Hours:
    """Hours that do not overlap, in a run of a few days, some of them around a day on which clocks change."""
    first = draw(st.dates(date(2026, 1, 1), date(2027, 12, 1)) | st.sampled_from([SPRING, AUTUMN]))
    last = first + timedelta(days=draw(st.integers(0, 12)))
    weekly = []
    for day in draw(st.lists(st.sampled_from(WEEKDAYS), unique=True)):
        times = sorted(draw(st.lists(CLOCKS, min_size=2, max_size=4, unique=True).filter(lambda got: len(got) != 3)))
        weekly += [(day, opens, closes) for opens, closes in zip(times[::2], times[1::2])]
    days = st.dates(first, last)
    special = []
    for day in draw(st.lists(days, unique=True, max_size=3)):
        opens, closes = sorted(draw(st.lists(CLOCKS, min_size=2, max_size=2, unique=True)))
        special.append((day, opens, closes))
    closed = draw(st.frozensets(days, max_size=3))
    return Hours(first=first, last=last, weekly=tuple(weekly), special=tuple(special), closed=closed)


@st.composite
def hours_and_moment(draw: st.DrawFn) -> tuple[Hours, datetime, str]:
    """Hours, a minute near their run, and a zone."""
    hours, tz = draw(any_hours()), draw(st.sampled_from([HOME, "Asia/Almaty", "Asia/Bishkek"]))
    day = draw(st.dates(hours.first - timedelta(days=2), hours.last + timedelta(days=1)))
    minutes = draw(st.integers(0, 24 * 60 - 1))
    return hours, datetime(day.year, day.month, day.day, tzinfo=UTC) + minutes * MINUTE, tz


def spans_by_hand(hours: Hours, tz: str) -> list[tuple[datetime, datetime]]:
    """The instants of all stretches: the rules said once more, the plain way."""
    found = []
    for number in range((hours.last - hours.first).days + 1):
        day = hours.first + timedelta(days=number)
        if day in hours.closed:
            continue
        rows = [row[1:] for row in hours.special if row[0] == day]
        if not rows:
            rows = [row[1:] for row in hours.weekly if WEEKDAYS.index(row[0]) == day.weekday()]
        for opens, closes in rows:
            ends = []
            for clock in (opens, closes):
                wall = datetime.fromisoformat(f"{day}T{clock}")
                moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
                while wall_of(moment, tz) < wall:  # walks to the first minute that shows this time or a later one
                    moment += MINUTE
                ends.append(moment)
            found.append((ends[0], ends[1]))
    return found


@settings(max_examples=60, deadline=None)
@given(hours_and_moment())
def test_standing_agrees_with_a_walk_minute_by_minute(given_: tuple[Hours, datetime, str]) -> None:
    hours, moment, tz = given_
    spans = spans_by_hand(hours, tz)
    stands = standing(hours, moment, tz)

    def open_by_hand(minute: datetime) -> bool:
        return any(begins <= minute < ends for begins, ends in spans)

    assert is_open(hours, moment, tz) == open_by_hand(moment)
    if open_by_hand(moment):
        minute = moment
        while open_by_hand(minute) and wall_of(minute, tz).date() == wall_of(moment, tz).date():
            minute += MINUTE
        assert stands.opens is None
        assert stands.closes is not None
        closes = stands.closes
        while not exists(closes, tz):  # typed within the hour that clocks skip: it closes when they have gone forward
            closes += MINUTE
        assert instant(closes, tz) == minute
    else:
        later = [begins for begins, ends in spans if moment <= begins < ends]
        assert stands.closes is None
        assert (stands.opens is None) == (not later)
        if stands.opens is not None:
            opens = stands.opens
            while not exists(opens, tz):
                opens += MINUTE
            assert instant(opens, tz) == min(later)
            assert is_open(hours, min(later), tz)


@settings(max_examples=60, deadline=None)
@given(any_hours())
def test_exceptions_win_over_the_weekday(hours: Hours) -> None:
    for day in {date_ for date_, _, _ in hours.special} | hours.closed:
        spans = [(f"{opens:%H:%M}", f"{closes:%H:%M}") for opens, closes in hours.spans_on(day)]
        own = sorted((opens, closes) for date_, opens, closes in hours.special if date_ == day)

        assert spans == ([] if day in hours.closed else own)


def test_is_open_from_the_opening_until_just_before_the_closing() -> None:
    assert not is_open(HOURS, at(2026, 11, 30, 9, 59), HOME)
    assert is_open(HOURS, at(2026, 11, 30, 10, 0), HOME)
    assert is_open(HOURS, at(2026, 11, 30, 17, 59), HOME)
    assert not is_open(HOURS, at(2026, 11, 30, 18, 0), HOME)


def test_is_open_is_false_outside_the_run_and_on_closed_days() -> None:
    assert not is_open(HOURS, at(2026, 11, 27, 12, 0), HOME)
    assert not is_open(HOURS, at(2026, 12, 4, 12, 0), HOME)
    assert not is_open(HOURS, at(2026, 12, 14, 12, 0), HOME)


def test_a_late_evening_and_a_day_off_that_opens_replace_the_weekday() -> None:
    assert closes_at(HOURS, at(2026, 12, 10, 20, 30), HOME) == datetime(2026, 12, 10, 21, 0)
    assert closes_at(HOURS, at(2026, 12, 13, 12, 30), HOME) == datetime(2026, 12, 13, 14, 0)
    assert standing(HOURS, at(2026, 12, 13, 9, 0), HOME) == Standing(
        opens=datetime(2026, 12, 13, 12, 0), today=((datetime(2026, 12, 13, 12, 0), datetime(2026, 12, 13, 14, 0)),)
    )


def test_closes_at_takes_hours_that_meet_as_one_stretch() -> None:
    assert closes_at(HOURS, at(2026, 12, 2, 12, 0), HOME) == datetime(2026, 12, 2, 20, 0)
    assert closes_at(HOURS, at(2026, 12, 3, 12, 0), HOME) == datetime(2026, 12, 3, 18, 0)
    assert closes_at(HOURS, at(2026, 12, 3, 18, 0), HOME) is None


def test_next_opening_skips_closed_days_and_days_off() -> None:
    assert next_opening(HOURS, at(2026, 12, 3, 18, 0), HOME) == datetime(2026, 12, 5, 11, 0)
    assert next_opening(HOURS, at(2026, 11, 1, 0, 0), HOME) == datetime(2026, 11, 30, 10, 0)
    assert next_opening(HOURS, at(2026, 12, 13, 12, 1), HOME) is None


@pytest.mark.parametrize(
    ("moment", "is_open_then"),
    [
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), False),  # 01:59, and then it is 03:00
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), True),
    ],
)
def test_an_opening_in_the_hour_that_clocks_skip_is_when_they_have_gone_forward(
    moment: datetime, is_open_then: bool
) -> None:
    hours = Hours(first=SPRING, last=SPRING, weekly=(("sun", "02:30", "04:00"),))

    assert is_open(hours, moment, HOME) is is_open_then


def test_an_hour_that_comes_twice_does_not_open_it_twice() -> None:
    hours = Hours(first=AUTUMN, last=AUTUMN, weekly=(("sun", "01:00", "02:30"),))
    walk = [datetime(2027, 10, 30, 22, 0, tzinfo=UTC) + number * MINUTE for number in range(300)]
    minutes = [minute for minute in walk if is_open(hours, minute, HOME)]

    assert len(minutes) == 90
    assert minutes[-1] - minutes[0] == 89 * MINUTE


def test_table_puts_days_with_the_same_hours_together() -> None:
    assert table(HOURS) == [
        (("mon", "tue"), (("10:00", "18:00"),)),
        (("wed",), (("10:00", "18:00"), ("18:00", "20:00"))),
        (("thu", "fri"), (("10:00", "18:00"),)),
        (("sat",), (("11:00", "16:00"),)),
        (("sun",), ()),
    ]


def test_overlapping_is_true_only_when_hours_share_a_minute() -> None:
    late = Hours(first=HOURS.first, last=HOURS.last, weekly=(*HOURS.weekly, ("mon", "17:59", "19:00")))
    twice = (date(2026, 12, 10), "20:59", "22:00")

    assert not overlapping(HOURS)
    assert overlapping(late)
    assert overlapping(Hours(first=HOURS.first, last=HOURS.last, special=(*HOURS.special, twice)))


def test_open_days_are_those_with_hours() -> None:
    assert len(list(open_days(HOURS))) == 12  # two weeks without a closed Friday and a Sunday
