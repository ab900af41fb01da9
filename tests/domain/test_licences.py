"""Licences: showings of all events are added up, and the strictest of what they say counts."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.licences import Standing, Use, standing

DAY = date(2026, 12, 3)


def use(showings: int | None = None, until: date | None = None, days: int = 1, event_id: int = 1) -> Use:
    return Use(
        event_id=event_id,
        showings=showings,
        valid_until=until,
        days=tuple(DAY + timedelta(days=number) for number in range(days)),
    )


def test_standing_adds_up_the_showings_of_all_events() -> None:
    together = standing([use(2), use(2, days=2, event_id=2)])

    assert together == Standing(2, 3, None, ())
    assert together.excess == 1


def test_standing_knows_no_limit_where_nobody_says_one() -> None:
    assert standing([use(), use()]).excess == 0


def test_standing_keeps_to_the_strictest() -> None:
    found = standing([use(5, DAY + timedelta(days=9)), use(3, DAY), use()])

    assert (found.allowed, found.valid_until) == (3, DAY)


def test_standing_names_the_days_after_the_licence_has_ended() -> None:
    assert standing([use(9, DAY, days=3)]).too_late == (DAY + timedelta(days=1), DAY + timedelta(days=2))


@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(1, 9)), st.integers(0, 4)), max_size=6))
def test_standing_never_allows_more_than_any_event_says(said: list[tuple[int | None, int]]) -> None:
    found = standing([use(showings, days=days) for showings, days in said])

    assert found.used == sum(days for _, days in said)
    for showings, _ in said:
        assert showings is None or (found.allowed is not None and found.allowed <= showings)
