"""K1: the roles of a game for 400 people and 40 roles, from the rules to a checked result."""

import os
import random
import statistics
import time

from bench.measure import ROUNDS
from bench.run import Run
from cag_events.domain.allocation import Keep, Player, Problem, Role, share
from cag_events.roleplays.solver import solve

PEOPLE, ROLES, SEATS, MOST_S = 400, 40, 11, 5


def measure(run: Run) -> None:
    """Solve one game, and two at once with groups that stay together or are spread."""
    run.report.title(f"K1 allocation of {PEOPLE} people to {ROLES} roles, by HiGHS on one core")
    for games in (1, 2):
        taken, cpu = [], []
        for number in range(2 if run.is_quick else ROUNDS):
            problem = problem_of(games, seed=number)
            begun, used = time.perf_counter(), _cpu_s()
            solve(problem)
            taken.append(time.perf_counter() - begun)
            cpu.append(_cpu_s() - used)
        seconds, busy = statistics.median(taken), statistics.median(cpu)
        words = "one game" if games == 1 else f"{games} games, groups"
        run.report.say(
            "K1", words, f"{busy:.2f} s CPU ({seconds:.2f} s)", wanted=f"≤ {MOST_S} s", is_met=busy <= MOST_S
        )


def _cpu_s() -> float:
    """Return the CPU time of this process and of the solvers that have ended."""
    own, children = os.times()[:2], os.times()[2:4]
    return sum(own) + sum(children)


def problem_of(games: int, seed: int) -> Problem:
    """Return a game whose roles are liked very unequally; half of the people come in groups where there are two."""
    rng = random.Random(1)
    keys = [f"role-{number}" for number in range(ROLES)]
    liked = [rng.random() ** 2 + 0.05 for _ in keys]
    players = []
    for number in range(PEOPLE):
        chosen = list(dict.fromkeys(rng.choices(keys, liked, k=6)))
        group = number // 20 if games > 1 and number < PEOPLE // 2 else None
        players.append(Player(id=number, wishes=tuple(chosen[:3]), refused=frozenset(chosen[3:4]), group=group))
    groups = {group: Keep.TOGETHER if group % 2 else Keep.SPREAD for group in range(PEOPLE // 40)}
    return Problem(
        roles=tuple(
            Role(key=key, most=share(SEATS, games), least=share(2 * games, games), party=f"party-{number % 6}")
            for number, key in enumerate(keys)
        ),
        players=tuple(players),
        games=games,
        groups=groups if games > 1 else {},
        roles_apart=(("role-1", "role-2"), ("role-3", "role-4")) if games > 1 else (),
        seed=seed,
    )
