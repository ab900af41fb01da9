"""Wall time and instants: gaps, doubled hours, and the Kazakh change of 1 March 2024."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain import when
from cag_events.domain.errors import Refused

ZONES = ["Europe/Stockholm", "Asia/Bishkek", "Asia/Almaty", "Asia/Dushanbe", "Asia/Tashkent", "America/New_York"]


@pytest.mark.parametrize(
    ("wall", "tz", "expected"),
    [
        ("2026-11-25T18:00", "Europe/Stockholm", "2026-11-25T17:00+00:00"),
        ("2026-07-01T18:00", "Europe/Stockholm", "2026-07-01T16:00+00:00"),
        ("2024-02-29T15:00", "Asia/Almaty", "2024-02-29T09:00+00:00"),
        ("2024-03-01T15:00", "Asia/Almaty", "2024-03-01T10:00+00:00"),
        ("2026-11-25T15:00", "Asia/Bishkek", "2026-11-25T09:00+00:00"),
        ("2026-10-25T02:30", "Europe/Stockholm", "2026-10-25T00:30+00:00"),
    ],
)
def test_instant_follows_the_zone(wall: str, tz: str, expected: str) -> None:
    assert when.instant(datetime.fromisoformat(wall), tz) == datetime.fromisoformat(expected)


def test_instant_is_refused_in_the_hour_that_does_not_exist() -> None:
    with pytest.raises(Refused) as refused:
        when.instant(datetime(2027, 3, 28, 2, 30), "Europe/Stockholm")

    assert refused.value.code == "when.gap"
    assert refused.value.facts == {
        "time": time(2, 30),
        "date": date(2027, 3, 28),
        "before": time(2),
        "after": time(3),
    }


def test_is_doubled_tells_the_hour_that_comes_twice() -> None:
    assert when.is_doubled(datetime(2027, 10, 31, 2, 30), "Europe/Stockholm")
    assert not when.is_doubled(datetime(2027, 10, 31, 1, 59), "Europe/Stockholm")
    assert not when.is_doubled(datetime(2027, 3, 28, 2, 30), "Europe/Stockholm")


def test_zone_is_refused_for_a_name_that_is_none() -> None:
    with pytest.raises(Refused, match=r"There is no time zone called CET\+1\."):
        when.zone("CET+1")


def test_start_of_day_is_local_midnight_also_where_it_is_skipped() -> None:
    assert when.start_of_day(date(2026, 7, 1), "Europe/Stockholm") == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert when.start_of_day(date(2018, 11, 4), "America/Sao_Paulo") == datetime(2018, 11, 4, 3, tzinfo=UTC)


@given(wall=st.datetimes(datetime(2020, 1, 1), datetime(2037, 12, 31)), tz=st.sampled_from(ZONES))
def test_wall_of_gives_back_the_wall_time_of_an_instant(wall: datetime, tz: str) -> None:
    wall = wall.replace(second=0, microsecond=0)
    if when.exists(wall, tz):
        assert when.wall_of(when.instant(wall, tz), tz) == wall
    else:
        with pytest.raises(Refused):
            when.instant(wall, tz)
