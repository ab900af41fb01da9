"""When it is asked whether something is held, on either side of each limit."""

from datetime import UTC, date, datetime

import pytest

from cag_events.domain.deciding import Stage, Standing, morning_has_come

DAY = date(2026, 12, 3)


@pytest.mark.parametrize(
    ("people", "today", "stage"),
    [
        (7, date(2026, 11, 25), Stage.FAR),
        (7, date(2026, 11, 26), Stage.NEAR),
        (7, date(2026, 12, 2), Stage.NEAR),
        (7, date(2026, 12, 3), Stage.DUE),
        (7, date(2026, 12, 6), Stage.DUE),
        (8, date(2026, 12, 3), Stage.FAR),
    ],
)
def test_stage_follows_the_day_and_the_number(people: int, today: date, stage: Stage) -> None:
    assert Standing(people=people, least=8, day=DAY).stage(today) is stage


def test_missing_never_falls_below_nobody() -> None:
    assert [Standing(people=people, least=8, day=DAY).missing for people in (6, 8, 9)] == [2, 0, 0]


@pytest.mark.parametrize(
    ("at", "has_come"),
    [
        (datetime(2026, 12, 3, 7, 59, tzinfo=UTC), False),  # 8.59 in Stockholm
        (datetime(2026, 12, 3, 8, 0, tzinfo=UTC), True),
        (datetime(2026, 12, 3, 23, 30, tzinfo=UTC), True),  # half past midnight on the next day
        (datetime(2026, 12, 2, 22, 0, tzinfo=UTC), False),
    ],
)
def test_morning_has_come_at_nine_where_the_event_is(at: datetime, has_come: bool) -> None:
    assert morning_has_come(DAY, at, "Europe/Stockholm") is has_come


def test_morning_comes_earlier_in_bishkek() -> None:
    assert morning_has_come(DAY, datetime(2026, 12, 3, 3, 0, tzinfo=UTC), "Asia/Bishkek") is True
