"""Where a date goes that is dragged on a calendar in another zone, also when clocks change in between."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cag_events.domain import when
from cag_events.domain.errors import Refused
from cag_events.domain.shifting import Walls, shifted

HOME, FAR = "Europe/Stockholm", "Asia/Almaty"


def walls(starts: str, ends: str) -> Walls:
    """Wall times as ISO texts."""
    return Walls(datetime.fromisoformat(starts), datetime.fromisoformat(ends))


@pytest.mark.parametrize(
    ("shown", "there"),
    [
        (("2026-11-26T14:00", "2026-11-26T16:00"), ("2026-11-26T18:00", "2026-11-26T20:00")),
        (("2026-11-25T15:00", "2026-11-25T17:00"), ("2026-11-25T19:00", "2026-11-25T21:00")),
        (("2026-11-25T14:00", "2026-11-25T17:00"), ("2026-11-25T18:00", "2026-11-25T21:00")),
        (("2026-11-25T13:00", "2026-11-25T16:00"), ("2026-11-25T17:00", "2026-11-25T20:00")),
        (("2026-11-25T20:00", "2026-11-25T22:00"), ("2026-11-26T00:00", "2026-11-26T02:00")),
    ],
    ids=["a-day", "an-hour", "longer", "begins-earlier", "past-midnight-there"],
)
def test_shifted_puts_an_event_abroad_at_its_own_wall_times(shown: tuple[str, str], there: tuple[str, str]) -> None:
    before = walls("2026-11-25T18:00", "2026-11-25T20:00")  # 14 to 16 in Stockholm

    assert shifted(before, FAR, walls(*shown), HOME) == walls(*there)


def test_shifted_keeps_the_own_hour_of_what_moves_by_days_across_a_change_of_clocks() -> None:
    before = walls("2027-03-27T18:00", "2027-03-27T20:00")  # 14 in Stockholm, and 15 the day after

    assert shifted(before, FAR, walls("2027-03-28T14:00", "2027-03-28T16:00"), HOME) == walls(
        "2027-03-28T18:00", "2027-03-28T20:00"
    )


def test_shifted_begins_at_the_hour_that_was_pointed_at_across_a_change_of_clocks() -> None:
    before = walls("2027-03-27T18:00", "2027-03-27T20:00")

    assert shifted(before, FAR, walls("2027-03-28T16:00", "2027-03-28T18:00"), HOME) == walls(
        "2027-03-28T19:00", "2027-03-28T21:00"
    )


def test_shifted_refuses_an_hour_that_the_clocks_it_was_put_by_skip() -> None:
    before = walls("2027-03-27T18:00", "2027-03-27T20:00")

    with pytest.raises(Refused) as refused:
        shifted(before, FAR, walls("2027-03-28T02:30", "2027-03-28T04:30"), HOME)

    assert refused.value.code == "when.gap"


@settings(deadline=None)
@given(
    day=st.integers(0, 700),
    minute=st.integers(0, 95),
    length=st.integers(1, 40),
    days=st.integers(-60, 60),
    tz=st.sampled_from([HOME, FAR, "Asia/Bishkek", "America/New_York"]),
)
def test_shifted_by_days_moves_by_days_and_keeps_hour_and_length(
    day: int, minute: int, length: int, days: int, tz: str
) -> None:
    starts = datetime(2026, 1, 1) + timedelta(days=day, minutes=15 * minute)
    before = Walls(starts, starts + timedelta(minutes=15 * length))
    if not all(when.exists(wall, tz) and not when.is_doubled(wall, tz) for wall in before):
        return
    shown = [when.wall_of(when.instant(wall, tz), HOME) for wall in before]
    step = timedelta(days=days)

    moved = shifted(before, tz, Walls(shown[0] + step, shown[1] + step), HOME)

    assert moved == Walls(before.starts + step, before.ends + step)
