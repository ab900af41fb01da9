"""Tours: a stop's way, whether the crates can be there, and what moves with a stop."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.errors import Refused
from cag_events.domain.tours import (
    BINDING,
    MOVES,
    STARTED,
    Stop,
    StopStatus,
    chain,
    clashes,
    free_spans,
    in_order,
    require_crates,
    require_dates,
    require_move,
    shortfall,
    weeks_of,
)

FIRST = date(2027, 1, 4)


def stop(key: str, starts: int, days: int = 20, status: StopStatus = StopStatus.RESERVED) -> Stop:
    """A stop that holds the crates from a day on, for so many days; three of them before and after the public ones."""
    begins = FIRST + timedelta(days=starts)
    return Stop(
        key=key,
        status=status,
        install_from=begins,
        opens_on=begins + timedelta(days=3),
        closes_on=begins + timedelta(days=days - 4),
        until=begins + timedelta(days=days - 1),
    )


def three_days(_from: str, _to: str) -> int:
    return 3


@st.composite
def tours(draw: st.DrawFn) -> list[Stop]:
    """Up to six stops one after the other, some too close, some that have begun."""
    starts, found = 0, []
    for number in range(draw(st.integers(1, 6))):
        starts += draw(st.integers(-2, 30))
        days = draw(st.integers(8, 40))
        found.append(stop(f"s{number}", starts, days, draw(st.sampled_from(list(StopStatus)))))
        starts += days
    return found


@pytest.mark.parametrize(("free", "missing"), [(2, 1), (3, 0), (4, 0)])
def test_shortfall_is_nothing_when_crates_arrive_on_the_day_that_installation_begins(free: int, missing: int) -> None:
    earlier, later = stop("a", 0, 20), stop("b", 19 + free)

    assert shortfall(earlier, later, 3) == missing


@pytest.mark.parametrize("status", list(StopStatus))
def test_require_move_allows_one_step_on_or_back_and_no_leap(status: StopStatus) -> None:
    for wanted in StopStatus:
        if wanted in MOVES[status]:
            require_move(status, wanted)
        else:
            with pytest.raises(Refused) as refused:
                require_move(status, wanted)
            assert refused.value.code == "stop.move"


def test_every_status_can_be_reached_and_taken_back() -> None:
    order = list(StopStatus)

    assert all(later in MOVES[earlier] and earlier in MOVES[later] for earlier, later in pairwise(order))
    assert not any(order.index(wanted) - order.index(status) > 2 for status in order for wanted in MOVES[status])


def test_require_crates_refuses_an_agreed_stop_that_they_cannot_reach() -> None:
    before = stop("a", 0, 20, StopStatus.OPEN)
    agreed = stop("b", 21, 20, StopStatus.AGREED)

    with pytest.raises(Refused) as refused:
        require_crates(agreed, [before, agreed], three_days)
    assert (refused.value.code, refused.value.facts) == ("stop.clash", {"missing": 1})
    assert [clash.missing for clash in require_crates(agreed, [before], three_days, is_overridden=True)] == [1]
    assert require_crates(stop("b", 22, 20, StopStatus.AGREED), [before], three_days) == []


def test_require_crates_refuses_an_agreed_stop_that_they_cannot_leave_in_time_for_the_next() -> None:
    agreed, after = stop("a", 0, 20, StopStatus.AGREED), stop("b", 20, 20, StopStatus.AGREED)

    with pytest.raises(Refused) as refused:
        require_crates(agreed, [agreed, after], three_days)
    assert refused.value.facts == {"missing": 2}


def test_require_crates_looks_past_stops_that_are_only_reserved() -> None:
    reserved, agreed = stop("a", 0, 20), stop("b", 5, 20, StopStatus.AGREED)

    assert require_crates(agreed, [reserved, agreed], three_days) == []
    assert require_crates(reserved, [reserved, agreed], three_days) == []


@pytest.mark.parametrize(
    ("field", "days"), [("opens_on", -4), ("closes_on", -15), ("until", -4)], ids=["opens", "closes", "until"]
)
def test_require_dates_names_the_day_that_is_out_of_order(field: str, days: int) -> None:
    right = stop("a", 0)
    require_dates(right)

    with pytest.raises(Refused) as refused:
        require_dates(replace(right, **{field: getattr(right, field) + timedelta(days=days)}))
    assert refused.value.field == field


def test_chain_moves_later_stops_until_there_is_slack() -> None:
    stops = [stop("a", 0), stop("b", 25), stop("c", 50), stop("d", 90)]

    moved = chain(stops, "a", 14, three_days)

    assert [(shift.before.key, shift.days) for shift in moved.shifts] == [("a", 14), ("b", 11), ("c", 8)]
    assert moved.clashes == ()


def test_chain_moves_in_whole_weeks_when_weekdays_are_kept() -> None:
    moved = chain([stop("a", 0), stop("b", 25), stop("c", 50)], "a", 14, three_days, step=7)

    assert [shift.days for shift in moved.shifts] == [14, 14, 14]


def test_chain_tells_of_a_stop_that_has_begun_and_stays() -> None:
    moved = chain([stop("a", 0), stop("b", 22, status=StopStatus.OPEN)], "a", 2, three_days)

    assert [shift.before.key for shift in moved.shifts] == ["a"]
    assert [clash.missing for clash in moved.clashes] == [2]


def test_chain_refuses_to_move_a_stop_that_has_begun() -> None:
    with pytest.raises(Refused) as refused:
        chain([stop("a", 0, status=StopStatus.INSTALLED)], "a", 1, three_days)
    assert refused.value.code == "stop.started"


@given(tours(), st.data())
def test_chain_moves_as_little_as_it_must(stops: list[Stop], data: st.DataObject) -> None:
    movable = [one for one in in_order(stops) if one.status not in STARTED]
    if not movable:
        return
    key = data.draw(st.sampled_from(movable)).key
    days, step = data.draw(st.integers(0, 60)), data.draw(st.sampled_from([1, 7]))
    ordered = in_order(stops)
    at = next(number for number, one in enumerate(ordered) if one.key == key)

    moved = chain(stops, key, days, three_days, step=step)

    by_key = {shift.before.key: shift for shift in moved.shifts}
    after = [by_key[one.key].after if one.key in by_key else one for one in ordered]
    assert all(ordered.index(shift.before) >= at for shift in moved.shifts)
    for shift in moved.shifts:
        assert shift.after == shift.before.moved(shift.days)
        assert shift.before.status not in STARTED
    for number in range(at + 1, len(ordered)):
        now, before = after[number], after[number - 1]
        shift = by_key.get(now.key)
        if now.status not in STARTED:
            assert shortfall(before, now, 3) == 0
        if shift is not None:
            assert shift.days % step == 0
            assert shortfall(before, now.moved(-step), 3) > 0  # a step less would not do


@given(tours())
def test_clashes_are_exactly_the_pairs_with_too_few_days(stops: list[Stop]) -> None:
    found = {(clash.earlier.key, clash.later.key): clash.missing for clash in clashes(stops, three_days)}

    for earlier, later in pairwise(in_order(stops)):
        missing = (earlier.until - later.install_from).days + 3
        assert found.get((earlier.key, later.key), 0) == max(0, missing)


@given(tours())
def test_a_tour_without_clashes_can_be_agreed_in_any_order(stops: list[Stop]) -> None:
    if clashes(stops, three_days):
        return
    for one in stops:
        agreed = [replace(other, status=StopStatus.AGREED) for other in stops]
        mine = next(other for other in agreed if other.key == one.key)
        assert mine.status in BINDING
        assert require_crates(mine, agreed, three_days) == []


@given(tours())
def test_free_spans_hold_no_day_of_any_stop(stops: list[Stop]) -> None:
    for first, last in free_spans(stops, three_days):
        assert (last - first).days >= 6
        for one in stops:
            follows = one.until < first or one.install_from > last
            assert follows or clashes(stops, three_days)


@pytest.mark.parametrize(("days", "weeks"), [(1, 1), (7, 1), (8, 2), (28, 4)])
def test_weeks_of_counts_every_week_that_is_begun(days: int, weeks: int) -> None:
    shown = replace(stop("a", 0, 60), closes_on=FIRST + timedelta(days=2 + days))

    assert weeks_of(shown) == weeks
