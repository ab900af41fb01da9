"""Whom to ask whether they still come."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cag_events.domain.coming import AGAIN_AFTER, MOST_TIMES, Answer, Asked, Coming, may_ask, standing

DAY, NOW = date(2026, 12, 3), datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def asked(*, ago: timedelta = AGAIN_AFTER, times: int = 1, answer: Answer | None = None, day: date = DAY) -> Asked:
    return Asked(for_on=day, asked_at=NOW - ago, times=times, answer=answer)


@pytest.mark.parametrize(
    ("known", "may"),
    [
        (None, True),
        (asked(), True),
        (asked(ago=AGAIN_AFTER - timedelta(seconds=1)), False),
        (asked(times=MOST_TIMES), False),
        (asked(answer=Answer.YES), False),
        (asked(answer=Answer.NO), True),  # a no that was taken back
        (asked(answer=Answer.YES, day=DAY - timedelta(days=7)), True),  # about another date
    ],
)
def test_may_ask_once_and_again_after_half_a_day(known: Asked | None, may: bool) -> None:
    assert may_ask(known, DAY, NOW) is may


@pytest.mark.parametrize(
    ("known", "stands"),
    [
        (None, Coming.NOT_ASKED),
        (asked(), Coming.ASKED),
        (asked(answer=Answer.YES), Coming.YES),
        (asked(answer=Answer.NO), Coming.ASKED),
        (asked(answer=Answer.YES, day=DAY - timedelta(days=1)), Coming.NOT_ASKED),
    ],
)
def test_standing_counts_answers_about_this_date_alone(known: Asked | None, stands: Coming) -> None:
    assert standing(known, DAY) is stands
