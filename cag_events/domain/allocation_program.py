"""An allocation of roles as a linear program in whole numbers, and back: a text for a solver, never solved here."""

import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from cag_events.domain.allocation import Keep, Player, Problem, Role, Rule, Seat, knows_enough, points_of

WIDTH: Final = 400  # of lines; the format allows 560


@dataclass(slots=True)
class Program:
    """A linear program in whole numbers: columns with bounds and costs, rows of (factor, column) with bounds."""

    seats: list[Seat] = field(default_factory=list)  # of the first columns; further ones are auxiliary
    costs: list[int] = field(default_factory=list)
    upper: list[int] = field(default_factory=list)
    rows: list[tuple[list[tuple[int, int]], str, int]] = field(default_factory=list)

    def column(self, upper: int, cost: int = 0) -> int:
        """Add a column from 0 to `upper`."""
        self.costs.append(cost)
        self.upper.append(upper)
        return len(self.costs) - 1

    def row(self, terms: Iterable[tuple[int, int]], sign: str, bound: int) -> None:
        """Add a row, unless there is nothing in it that could break it."""
        listed = list(terms)
        if listed or (bound > 0 if sign == ">=" else bound < 0 if sign == "<=" else bound != 0):
            self.rows.append((listed, sign, bound))


def program_of(problem: Problem, without: Collection[Rule] = ()) -> Program:
    """Return the program whose best solution is the allocation; `without`: families of rules that are left out."""
    shuffled = random.Random(problem.seed)  # noqa: S311 (ties are to be broken the same way again)
    players = sorted(problem.players, key=lambda player: player.id)
    roles = sorted(problem.roles, key=lambda role: role.key)
    shuffled.shuffle(players)
    shuffled.shuffle(roles)
    return _Writer(problem, players, roles, frozenset(without)).write()


class _Writer:
    """Writes a problem down, family by family of rules."""

    def __init__(
        self, problem: Problem, players: Sequence[Player], roles: Sequence[Role], without: frozenset[Rule]
    ) -> None:
        self.problem, self.players, self.roles, self.without = problem, players, roles, without
        self.program = Program()
        self.of: dict[int, dict[tuple[str, int], int]] = defaultdict(dict)  # player → (role, game) → column
        self.size = {player.id: player.people for player in players}

    def write(self) -> Program:
        self._seats()
        self._everybody()
        self._roles()
        if self.problem.games > 1:
            self._games()
        self._apart()
        return self.program

    def _seats(self) -> None:
        hands = {} if Rule.HAND in self.without else {placed.player: placed for placed in self.problem.by_hand}
        for player, role in product(self.players, self.roles):
            placed = hands.get(player.id)
            if placed is not None and placed.role != role.key:
                continue
            if role.key in player.refused and Rule.REFUSED not in self.without:
                continue
            if not knows_enough(player, role) and Rule.LEVEL not in self.without:
                continue
            cost = points_of(self.problem, player, role.key)
            for game in range(self.problem.games):
                if placed is None or placed.game in (None, game):
                    self.of[player.id][role.key, game] = self.program.column(player.people, cost)
                    self.program.seats.append((player.id, role.key, game))

    def _everybody(self) -> None:
        for player in self.players:
            self.program.row([(1, column) for column in self.of[player.id].values()], "=", player.people)

    def _roles(self) -> None:
        for role, game in product(self.roles, range(self.problem.games)):
            holders = [
                (1, self.of[player.id][role.key, game])
                for player in self.players
                if (role.key, game) in self.of[player.id]
            ]
            if Rule.SEATS not in self.without:
                self.program.row(holders, "<=", role.most[game])
            if role.least[game] and Rule.FEWEST not in self.without:
                self.program.row(holders, ">=", role.least[game])

    def _games(self) -> None:
        """Parties stay in one game where they fit; groups as the organizer says."""
        biggest = max(sum(role.most[game] for role in self.roles) for game in range(self.problem.games))
        kept: dict[int, list[Player]] = defaultdict(list)
        for player in self.players:
            if player.group is not None:
                kept[player.group].append(player)
        together: set[int] = set()
        for group, members in sorted(kept.items()):
            keep = self.problem.groups.get(group, Keep.ANY)
            if keep is Keep.TOGETHER and Rule.TOGETHER not in self.without:
                self._in_one_game(members)
                together |= {player.id for player in members}
            elif keep is Keep.SPREAD and Rule.SPREAD not in self.without:
                self._spread(members)
        for player in self.players:
            if 1 < player.people <= biggest and player.id not in together and Rule.PARTY not in self.without:
                self._in_one_game([player])

    def _in_one_game(self, members: Sequence[Player]) -> None:
        chosen = [self.program.column(1) for _ in range(self.problem.games)]
        self.program.row([(1, column) for column in chosen], "=", 1)
        for player, game in product(members, range(self.problem.games)):
            self.program.row([*self._in_game(player, game), (-player.people, chosen[game])], "<=", 0)

    def _spread(self, members: Sequence[Player]) -> None:
        people = sum(player.people for player in members)
        for game in range(self.problem.games):
            terms = [term for player in members for term in self._in_game(player, game)]
            self.program.row(terms, ">=", people // self.problem.games)
            self.program.row(terms, "<=", -(-people // self.problem.games))

    def _in_game(self, player: Player, game: int) -> list[tuple[int, int]]:
        return [(1, column) for (_, at), column in self.of[player.id].items() if at == game]

    def _apart(self) -> None:
        groups: dict[int, list[int]] = defaultdict(list)
        for player in self.players:
            if player.group is not None:
                groups[player.group].append(player.id)
        games = range(self.problem.games)
        if Rule.ROLES_APART not in self.without:
            for (first, second), (_, members), game in product(
                sorted(self.problem.roles_apart), sorted(groups.items()), games
            ):
                self._either(self._held(members, {first}, game), self._held(members, {second}, game))
        if Rule.PEOPLE_APART not in self.without:
            sides: dict[str, set[str]] = defaultdict(set)
            for role in self.roles:
                sides[role.side].add(role.key)
            for (one, other), (_, keys), game in product(
                sorted(self.problem.people_apart), sorted(sides.items()), games
            ):
                self._either(self._held([one], keys, game), self._held([other], keys, game))

    def _held(self, members: Iterable[int], keys: Collection[str], game: int) -> list[tuple[int, int]]:
        """The columns of these people in these roles, each with the most people that it may hold."""
        return [
            (self.program.upper[column], column)
            for player in members
            for (key, at), column in self.of[player].items()
            if key in keys and at == game
        ]

    def _either(self, first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
        """Let only one of two sets of columns be more than nothing."""
        if not first or not second:
            return
        chosen = self.program.column(1)
        self.program.row([*((1, column) for _, column in first), (-sum(n for n, _ in first), chosen)], "<=", 0)
        most = sum(n for n, _ in second)
        self.program.row([*((1, column) for _, column in second), (most, chosen)], "<=", most)


def lp_text(program: Program) -> str:
    """Return a program in the LP format, as CPLEX and HiGHS read it: columns x0, x1 …"""
    lines = ["Minimize", *_wrapped(" cost:", _terms(enumerate(program.costs), is_cost=True)), "Subject To"]
    for number, (terms, sign, bound) in enumerate(program.rows):
        # an empty row that cannot hold is written with a column that is always nothing
        body = _terms((column, factor) for factor, column in terms) or ["+ 0 nothing"]
        lines += _wrapped(f" r{number}:", [*body, f"{sign} {bound}"])
    lines += ["Bounds", " 0 <= nothing <= 0", *(f" 0 <= x{n} <= {most}" for n, most in enumerate(program.upper))]
    lines += ["General", *_wrapped("", [f"x{n}" for n in range(len(program.upper))]), "End", ""]
    return "\n".join(lines)


def _terms(pairs: Iterable[tuple[int, int]], *, is_cost: bool = False) -> list[str]:
    written = [f"{'-' if factor < 0 else '+'} {abs(factor)} x{column}" for column, factor in pairs if factor]
    return written or (["+ 0 nothing"] if is_cost else [])


def _wrapped(first: str, words: Iterable[str]) -> Iterator[str]:
    line = first
    for word in words:
        if len(line) + len(word) > WIDTH:
            yield line
            line = ""
        line = f"{line} {word}"
    yield line


def read_values(program: Program, values: Mapping[int, float]) -> dict[Seat, int]:
    """Return a solution, by number of column, as people by seat."""
    return {seat: people for column, seat in enumerate(program.seats) if (people := round(values.get(column, 0)))}
