"""Names as the door shows them, and how many of a party a press lets in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.doors import Outcome, let_in, short_name, take_out


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Åsa Testlund", "Åsa T."),
        ("Нурай Үлгүбаев", "Нурай Ү."),
        ("Anna Maria von Provhusen", "Anna P."),
        ("Andersson, Anna Maria", "Anna A."),
        ("Ripa", "Ripa"),
        (" Ripa ", "Ripa"),
        ("Ripa,", "Ripa"),
        ("", ""),
    ],
)
def test_short_name_tells_the_first_name_and_an_initial(name: str, shown: str) -> None:
    assert short_name(name) == shown


@given(st.integers(1, 50), st.lists(st.tuples(st.booleans(), st.none() | st.integers(-3, 60)), max_size=30))
def test_party_is_never_below_nobody_or_above_itself(party: int, presses: list[tuple[bool, int | None]]) -> None:
    here = 0
    for comes, people in presses:
        entry = let_in(party, here, people) if comes else take_out(here, None if people is None else abs(people))
        assert (entry.outcome is Outcome.ALREADY) == (here == party if comes else here == 0)
        here += entry.people
        assert 0 <= here <= party
