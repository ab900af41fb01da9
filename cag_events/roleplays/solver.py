"""Lets HiGHS solve an allocation: a process of its own, one thread, private files, its seed and its limit of time.

HiGHS (MIT licence) proves that its answer is the best: both gaps are nothing, as all points are whole numbers. What it
answers is checked against the rules once more before anybody sees it.
"""

import os
import subprocess
from collections.abc import Collection, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import highsbox

from cag_events.domain.allocation import (
    Contradiction,
    Problem,
    Rule,
    Seat,
    broken_rules,
    find_contradictions,
)
from cag_events.domain.allocation_program import lp_text, program_of, read_values

SECONDS: Final = 60
_OPTIONS: Final = "threads = 1\nrandom_seed = {seed}\nmip_rel_gap = 0\nmip_abs_gap = 0.5\ntime_limit = {seconds}\n"
_SEEDS: Final = 2_147_483_647
_LOOSE: Final = tuple(rule for rule in Rule if rule is not Rule.SEATS)


class Unsolved(Exception):
    """There is no result. `contradictions` says what stands against it; empty: the time was too short."""

    def __init__(self, contradictions: Collection[Contradiction] = ()) -> None:
        super().__init__("too slow" if not contradictions else "contradictions")
        self.contradictions = tuple(contradictions)


def solve(problem: Problem, seconds: int = SECONDS) -> dict[Seat, int]:
    """Return the best result. Raises Unsolved; RuntimeError for an answer that breaks a rule."""
    if found := find_contradictions(problem):
        raise Unsolved(found)
    if not problem.players:
        return {}
    result = _run(problem, (), seconds)
    if result is None:
        raise Unsolved(list(_what_contradicts(problem, seconds)))
    if broken := broken_rules(problem, result):
        raise RuntimeError(f"the solver broke {sorted(broken)}")
    return result


def _what_contradicts(problem: Problem, seconds: int) -> Iterator[Contradiction]:
    """Yield the families of rules each of which makes it impossible; where none does alone, all that are in use."""
    in_use = [rule for rule in _LOOSE if _is_in_use(problem, rule)]
    alone = [rule for rule in in_use if _run(problem, (rule,), seconds) is not None]
    for rule in alone or in_use:
        yield Contradiction(rule)


def _is_in_use(problem: Problem, rule: Rule) -> bool:
    return {
        Rule.FEWEST: any(sum(role.least) for role in problem.roles),
        Rule.REFUSED: any(player.refused for player in problem.players),
        Rule.LEVEL: any(role.level for role in problem.roles),
        Rule.HAND: bool(problem.by_hand),
        Rule.PARTY: problem.games > 1 and any(player.people > 1 for player in problem.players),
        Rule.TOGETHER: problem.games > 1 and any(keep == "together" for keep in problem.groups.values()),
        Rule.SPREAD: problem.games > 1 and any(keep == "spread" for keep in problem.groups.values()),
        Rule.ROLES_APART: bool(problem.roles_apart),
        Rule.PEOPLE_APART: bool(problem.people_apart),
    }.get(rule, False)


def _run(problem: Problem, without: Collection[Rule], seconds: int) -> dict[Seat, int] | None:
    """Return the best result, None if there is none. Raises Unsolved when the time is up."""
    program = program_of(problem, without)
    with TemporaryDirectory(prefix="cag-roles-") as name:  # readable by its owner alone
        folder = Path(name)
        (folder / "model.lp").write_text(lp_text(program), "ascii")
        (folder / "options").write_text(_OPTIONS.format(seed=problem.seed % _SEEDS, seconds=seconds), "ascii")
        done = subprocess.run(  # noqa: S603 (no shell; the program is the package's own, the files are ours)
            [
                highsbox.highs_bin_path(),
                *("--model_file", "model.lp", "--options_file", "options", "--solution_file", "solution"),
            ],
            cwd=folder,
            env={"LD_LIBRARY_PATH": highsbox.highs_lib_dir(), "PATH": os.defpath},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds + 10,
            check=False,
        )
        solution = folder / "solution"
        lines = solution.read_text("ascii").splitlines() if solution.exists() else []
    status = lines[1] if len(lines) > 1 else f"exit {done.returncode}"
    if status == "Infeasible":
        return None
    if status == "Time limit reached":
        raise Unsolved
    if status != "Optimal":
        raise RuntimeError(f"the solver says {status!r}")
    return read_values(program, _columns(lines))


def _columns(lines: list[str]) -> dict[int, float]:
    """The values of the columns that are ours, from a solution file: lines of a name and a number."""
    start = next(number for number, line in enumerate(lines) if line.startswith("# Columns"))
    count = int(lines[start].split()[-1])
    pairs = (line.split() for line in lines[start + 1 : start + 1 + count])
    return {int(name[1:]): float(value) for name, value in pairs if name[0] == "x"}
