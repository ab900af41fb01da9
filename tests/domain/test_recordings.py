"""Recordings: everybody who is in one has said yes before it is published."""

from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.recordings import ENOUGH, Consent, State, may_move, waiting_for


def test_waiting_for_names_those_whose_yes_is_missing() -> None:
    said = {"ada": Consent.YES, "bo": Consent.ASKED, "cy": Consent.NO, "di": Consent.CUT}

    assert waiting_for(["ada", "bo", "cy", "di", "ed"], said) == ["bo", "cy", "ed"]
    assert waiting_for([], said) == []


def test_may_move_lets_what_is_published_only_be_withdrawn() -> None:
    assert [state for state in State if may_move(State.PUBLISHED, state)] == [State.PUBLISHED, State.WITHDRAWN]


def test_may_move_lets_a_withdrawn_recording_be_published_again() -> None:
    assert may_move(State.WITHDRAWN, State.PUBLISHED)
    assert not may_move(State.WITHDRAWN, State.PLANNED)


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(Consent)), st.lists(st.sampled_from("abcdef")))
def test_waiting_for_nobody_means_that_each_has_said_enough(said: dict[str, Consent], people: list[str]) -> None:
    assert (not waiting_for(people, said)) == all(said.get(one, Consent.UNKNOWN) in ENOUGH for one in people)
