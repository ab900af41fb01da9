"""Allocation: as good as brute force on small cases, never against a rule, the same for the same seed."""

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cag_events.domain.allocation import (
    Keep,
    Missed,
    Placed,
    Player,
    Problem,
    Role,
    Rule,
    Why,
    broken_rules,
    find_contradictions,
    missed_by,
    share,
    total,
)
from cag_events.domain.allocation_program import lp_text, program_of
from cag_events.roleplays.solver import Unsolved, solve

KEYS = ("a", "b", "c")
few = settings(max_examples=60, deadline=None)


def role(key: str, most: int, least: int = 0, games: int = 1, **more: str) -> Role:
    return Role(key=key, most=share(most, games), least=share(least, games), **more)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Small problems with every rule in them."""
    games = draw(st.integers(1, 2))
    roles = tuple(
        role(
            key,
            draw(st.integers(1, 4)),
            draw(st.integers(0, 1)),
            games,
            party=draw(st.sampled_from(["", "east"])),
            language="sv",
            level=draw(st.sampled_from(["", "", "B1"])),
        )
        for key in KEYS
    )
    players = tuple(
        Player(
            id=number,
            people=draw(st.sampled_from([1, 1, 1, 2])),
            wishes=tuple(draw(st.permutations(KEYS))[: draw(st.integers(0, 3))]),
            refused=draw(st.frozensets(st.sampled_from(KEYS), max_size=1)),
            levels=draw(st.sampled_from([{}, {"sv": "A2"}, {"sv": "B2"}])),
            group=draw(st.sampled_from([None, 1, 2])),
        )
        for number in range(draw(st.integers(1, 4)))
    )
    ids = [player.id for player in players]
    return Problem(
        roles=roles,
        players=players,
        games=games,
        groups={1: draw(st.sampled_from(Keep)), 2: draw(st.sampled_from(Keep))},
        by_hand=tuple(
            Placed(player=one, role=draw(st.sampled_from(KEYS)), game=draw(st.sampled_from([None, 0])))
            for one in draw(st.sets(st.sampled_from(ids), max_size=1))
        ),
        roles_apart=draw(st.sampled_from([(), (("a", "b"),)])),
        people_apart=((ids[0], ids[1]),) if len(ids) > 1 and draw(st.booleans()) else (),
        seed=draw(st.integers(0, 5)),
    )


def every_result(problem: Problem) -> Iterator[dict[tuple[int, str, int], int]]:
    """All ways to give each person a role, allowed or not."""
    seats = [(one.key, game) for one in problem.roles for game in range(problem.games)]
    people = [player.id for player in problem.players for _ in range(player.people)]
    for chosen in product(seats, repeat=len(people)):
        result: dict[tuple[int, str, int], int] = {}
        for player, (key, game) in zip(people, chosen, strict=True):
            result[player, key, game] = result.get((player, key, game), 0) + 1
        yield result


@few
@given(problems())
def test_solve_is_as_good_as_brute_force(problem: Problem) -> None:
    allowed = [total(problem, one) for one in every_result(problem) if not broken_rules(problem, one)]

    if allowed:
        result = solve(problem)
        assert broken_rules(problem, result) == set()
        assert total(problem, result) == min(allowed)
    else:
        with pytest.raises(Unsolved) as raised:
            solve(problem)
        assert raised.value.contradictions != ()


@few
@given(problems(), st.randoms())
def test_solve_gives_the_same_for_the_same_seed_in_whatever_order(problem: Problem, rng: object) -> None:
    shuffled = Problem(
        roles=tuple(reversed(problem.roles)),
        players=tuple(reversed(problem.players)),
        games=problem.games,
        groups=dict(reversed(problem.groups.items())),
        by_hand=problem.by_hand,
        roles_apart=problem.roles_apart,
        people_apart=problem.people_apart,
        seed=problem.seed,
    )

    assert lp_text(program_of(problem)) == lp_text(program_of(shuffled))


def test_solve_gives_the_same_result_twice_and_another_seed_may_favour_another() -> None:
    def favoured(seed: int) -> list[int]:
        players = tuple(Player(id=number, wishes=("a", "b")) for number in range(10))
        result = solve(Problem(roles=(role("a", 5), role("b", 5)), players=players, seed=seed))
        return sorted(player for player, key, _ in result if key == "a")

    first = [favoured(seed) for seed in range(4)]

    assert first == [favoured(seed) for seed in range(4)]
    assert len({tuple(one) for one in first}) > 1


def test_solve_leaves_as_few_as_possible_without_any_wish_before_all_else() -> None:
    players = (
        Player(id=1, wishes=("a",)),
        Player(id=2, wishes=("a", "b")),
        Player(id=3, wishes=("b", "c")),
        Player(id=4, wishes=("c", "b", "d")),
    )
    roles = tuple(role(key, 1) for key in ("a", "b", "c", "d"))

    assert {player: key for player, key, _ in solve(Problem(roles=roles, players=players))} == {
        1: "a",
        2: "b",
        3: "c",
        4: "d",
    }


@pytest.mark.parametrize(
    ("problem", "rule"),
    [
        (Problem(roles=(role("a", 1),), players=(Player(id=1), Player(id=2))), Rule.SEATS),
        (Problem(roles=(role("a", 3, 2),), players=(Player(id=1),)), Rule.FEWEST),
        (
            Problem(
                roles=(role("a", 3, 1), role("b", 3)),
                players=(Player(id=1, refused=frozenset("a")), Player(id=2, refused=frozenset("a"))),
            ),
            Rule.REFUSED,
        ),
        (
            Problem(
                roles=(role("a", 2), role("b", 2)),
                players=(Player(id=1, people=2), Player(id=2)),
                by_hand=(Placed(player=1, role="a"), Placed(player=2, role="a")),
            ),
            Rule.HAND,
        ),
        (
            Problem(
                roles=(role("a", 4, games=2),),
                players=tuple(Player(id=number, group=1) for number in range(3)),
                games=2,
                groups={1: Keep.TOGETHER},
            ),
            Rule.TOGETHER,
        ),
        (
            Problem(
                roles=(role("a", 1, 1), role("b", 1, 1)),
                players=(Player(id=1, group=1), Player(id=2, group=1)),
                roles_apart=(("a", "b"),),
            ),
            Rule.ROLES_APART,
        ),
        (
            Problem(
                roles=(role("a", 1, party="x"), role("b", 1, party="x")),
                players=(Player(id=1), Player(id=2)),
                people_apart=((1, 2),),
            ),
            Rule.PEOPLE_APART,
        ),
    ],
    ids=lambda value: value.value if isinstance(value, Rule) else "",
)
def test_solve_names_what_contradicts(problem: Problem, rule: Rule) -> None:
    with pytest.raises(Unsolved) as raised:
        solve(problem)

    assert [one.rule for one in raised.value.contradictions] == [rule]


def test_find_contradictions_finds_none_at_the_limits() -> None:
    problem = Problem(roles=(role("a", 2, 2),), players=(Player(id=1), Player(id=2)))

    assert find_contradictions(problem) == []


def test_solve_keeps_parties_in_one_game_and_splits_those_that_fit_in_none() -> None:
    roles = (role("a", 4, games=2), role("b", 4, games=2))

    kept = solve(Problem(roles=roles, players=(Player(id=1, people=3), Player(id=2, people=3)), games=2))
    split = solve(Problem(roles=roles, players=(Player(id=1, people=6),), games=2))

    assert {player: {game for one, _, game in kept if one == player} for player in (1, 2)} in (
        {1: {0}, 2: {1}},
        {1: {1}, 2: {0}},
    )
    assert {game for _, _, game in split} == {0, 1}


def test_missed_by_counts_those_who_wished_it_as_much() -> None:
    players = (*(Player(id=number, wishes=("a", "b")) for number in (1, 2, 3)), Player(id=4, wishes=("b",)))
    result = {(1, "a", 0): 1, (2, "b", 0): 1, (3, "b", 0): 1, (4, "b", 0): 1}
    problem = Problem(roles=(role("a", 1), role("b", 5), role("c", 2)), players=players)

    assert missed_by(problem, result) == {
        (1, "a", 0): (),
        (2, "b", 0): (Missed(role="a", rank=1, why=Why.FULL, seats=1, held=1, wished=3),),
        (3, "b", 0): (Missed(role="a", rank=1, why=Why.FULL, seats=1, held=1, wished=3),),
        (4, "b", 0): (),
    }


def test_missed_by_says_that_there_was_room_where_other_rules_decided() -> None:
    problem = Problem(
        roles=(role("a", 2), role("b", 1, 1), role("c", 2, language="sv", level="B2")),
        players=(Player(id=1, wishes=("a",)), Player(id=2, wishes=("c", "a"), levels={"sv": "A1"})),
    )
    result = {(1, "b", 0): 1, (2, "a", 0): 1}

    assert missed_by(problem, result) == {
        (1, "b", 0): (Missed(role="a", rank=1, why=Why.BEST, seats=2, held=1, wished=1),),
        (2, "a", 0): (Missed(role="c", rank=1, why=Why.LEVEL, seats=2, held=0, wished=1),),
    }


def test_share_is_even_and_gives_the_first_games_what_is_left() -> None:
    assert share(7, 3) == (3, 2, 2)
    assert share(6, 3) == (2, 2, 2)
    assert share(0, 2) == (0, 0)
