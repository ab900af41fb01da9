"""Who would improve a balance: within the seats, always an improvement, and as good as trying everything."""

from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cag_events.domain.balance import Aims, Party, Reason, suggest, tally

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
SEGMENTS = ("students", "schools", "culture", "")


def parties(prefix: str, *, most_people: int = 3) -> st.SearchStrategy[list[Party]]:
    """Parties with names of their own."""
    one = st.tuples(st.integers(1, most_people), st.sampled_from(SEGMENTS), st.sampled_from((True, False, None)))
    return st.lists(one, max_size=7).map(
        lambda rows: [
            Party(key=f"{prefix}{number}", people=people, segment=segment, first_time=first)
            for number, (people, segment, first) in enumerate(rows)
        ]
    )


AIMS = st.builds(
    Aims, segments=st.dictionaries(st.sampled_from(SEGMENTS[:3]), st.integers(0, 6)), first_time=st.integers(0, 5)
)


@CALM
@given(parties("a"), parties("c"), AIMS, st.integers(0, 12))
def test_suggest_stays_within_the_seats_and_names_nobody_twice(applying, seated, aims, free) -> None:
    found = suggest(applying, seated, aims, free)

    by_key = {party.key: party for party in applying}
    assert len({one.key for one in found}) == len(found)
    assert sum(by_key[one.key].people for one in found) <= free
    assert {one.key for one in found} <= set(by_key)


@CALM
@given(parties("a"), parties("c"), AIMS, st.integers(0, 12))
def test_suggest_lessens_what_is_missing_with_every_step_and_says_why(applying, seated, aims, free) -> None:
    by_key, group = {party.key: party for party in applying}, list(seated)
    for one in suggest(applying, seated, aims, free):
        before, party = tally(group), by_key[one.key]
        group.append(party)

        assert tally(group).missing(aims) < before.missing(aims)
        short = aims.segments.get(party.segment, 0) > before.segments.get(party.segment, 0)
        assert (Reason.SEGMENT in one.reasons) is short
        assert (Reason.FIRST_TIME in one.reasons) is bool(party.first_time and aims.first_time > before.first_time)


@CALM
@given(parties("a"), parties("c"), AIMS, st.integers(0, 12))
def test_suggest_leaves_out_nobody_who_would_help_and_has_room(applying, seated, aims, free) -> None:
    found = {one.key for one in suggest(applying, seated, aims, free)}
    group = [*seated, *(party for party in applying if party.key in found)]
    left = free - sum(party.people for party in applying if party.key in found)

    for party in applying:
        if party.key not in found and party.people <= left:
            assert tally([*group, party]).missing(aims) == tally(group).missing(aims)


@CALM
@given(
    parties("a", most_people=1),
    parties("c", most_people=1),
    st.builds(Aims, segments=st.dictionaries(st.sampled_from(SEGMENTS[:3]), st.integers(0, 4))),
    st.integers(0, 5),
)
def test_suggest_is_as_good_as_any_choice_for_single_people_and_segments(applying, seated, aims, free) -> None:
    found = {one.key for one in suggest(applying, seated, aims, free)}
    mended = tally([*seated, *(party for party in applying if party.key in found)]).missing(aims)

    best = min(
        tally([*seated, *some]).missing(aims)
        for number in range(min(free, len(applying)) + 1)
        for some in combinations(applying, number)
    )
    assert mended == best


def test_suggest_takes_the_earlier_of_two_alike() -> None:
    early, late = Party(key="early", segment="students"), Party(key="late", segment="students")

    assert [one.key for one in suggest([early, late], [], Aims(segments={"students": 1}), 5)] == ["early"]


def test_suggest_prefers_who_mends_two_things() -> None:
    plain = Party(key="plain", segment="students", first_time=False)
    both = Party(key="both", segment="students", first_time=True)

    found = suggest([plain, both], [], Aims(segments={"students": 1}, first_time=1), 5)

    assert [(one.key, one.reasons) for one in found] == [("both", (Reason.SEGMENT, Reason.FIRST_TIME))]


def test_suggest_names_nobody_without_aims() -> None:
    assert suggest([Party(key="a", segment="students")], [], Aims(), 5) == ()
