"""Cultural programmes: the newest terms of the association count, and exactly what is missing is told."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.culture import Held, Terms, check, terms_on

TERMS = Terms(valid_from=date(2026, 1, 1), minutes=30, present=5)
HELD = Held(on=date(2026, 12, 3), minutes=90, present=5, is_open=True, is_announced=True)


def missing(held: Held, terms: Terms = TERMS) -> dict[str, int]:
    return {one.code: one.missing for one in check(terms, held) if not one.is_met}


def test_check_finds_nothing_missing_at_each_limit() -> None:
    assert missing(replace(HELD, minutes=30, present=5)) == {}


def test_check_tells_exactly_what_is_missing_below_each_limit() -> None:
    assert missing(replace(HELD, minutes=29)) == {"minutes": 1}
    assert missing(replace(HELD, present=4)) == {"present": 1}
    assert missing(replace(HELD, present=None)) == {"present": 5}
    assert missing(replace(HELD, is_open=False, is_announced=False)) == {"open": 1, "announced": 1}


def test_check_asks_nothing_that_the_terms_do_not() -> None:
    lax = replace(TERMS, open_to_all=False, announced=False, minutes=0, present=0)

    assert missing(Held(on=HELD.on, minutes=0, present=None, is_open=False, is_announced=False), lax) == {}


def test_terms_on_gives_the_newest_that_are_valid_and_the_associations_own_first() -> None:
    old, new = TERMS, replace(TERMS, valid_from=date(2027, 1, 1), present=7)
    own = replace(TERMS, valid_from=date(2025, 1, 1), association="abf", present=3)

    assert terms_on([old, new, own], date(2026, 12, 31)) == old
    assert terms_on([old, new, own], date(2027, 1, 1)) == new
    assert terms_on([old, new, own], date(2027, 1, 1), "abf") == own
    assert terms_on([old, new, own], date(2024, 12, 31), "abf") is None


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.one_of(st.none(), st.integers(0, 300)))
def test_check_of_what_was_missing_and_then_added_is_met(
    asked_minutes: int, asked_people: int, minutes: int, present: int | None
) -> None:
    terms = replace(TERMS, minutes=asked_minutes, present=asked_people)
    held = replace(HELD, minutes=minutes, present=present)
    lack = missing(held, terms)

    mended = replace(held, minutes=minutes + lack.get("minutes", 0), present=(present or 0) + lack.get("present", 0))

    assert missing(mended, terms) == {}
    assert all(number > 0 for number in lack.values())
