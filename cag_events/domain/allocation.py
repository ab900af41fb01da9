"""Who gets which role: the rules as a linear program in whole numbers, and what its answer means for each person.

Hard: everybody gets one role; no role holds more people than it has seats in a game, or fewer than it needs; nobody
gets a role that they do not want or whose language they said they know too little; a party stays in one game where it
fits; groups stay together or are spread as the organizer says; what is kept apart is; what was placed by hand stays.

Then the fewest possible people get none of their wishes, and among these results the lowest sum of points counts: a
first wish 0, a second 1, a third 3. One sum says both, since missing one's wishes weighs more than all other points
together. The seed shuffles people and roles before they are written down: whom an equally good result favours follows
from it alone, and never from the order in which people came.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import Final

LEVELS: Final = ("A1", "A2", "B1", "B2", "C1", "C2")  # Common European Framework of Reference for Languages
POINTS: Final = (0, 1, 3)  # of the first, second and third wish
WISHES: Final = len(POINTS)


class Keep(StrEnum):
    """What becomes of a group where several games are played."""

    ANY = "any"
    TOGETHER = "together"
    SPREAD = "spread"


class Rule(StrEnum):
    """A family of hard rules, by which a contradiction is named."""

    SEATS = "seats"
    FEWEST = "fewest"  # the people that a role needs
    REFUSED = "refused"  # "not this one"
    LEVEL = "level"
    HAND = "hand"
    PARTY = "party"  # people who registered together play in one game
    TOGETHER = "together"
    SPREAD = "spread"
    ROLES_APART = "roles_apart"
    PEOPLE_APART = "people_apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role: its seats in each game, `most` and `least`, and what it asks of those who hold it."""

    key: str
    most: tuple[int, ...]
    least: tuple[int, ...]
    party: str = ""
    language: str = ""
    level: str = ""

    @property
    def side(self) -> str:
        """The party, or the role itself where it has none."""
        return self.party or f"role:{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """A registration: so many people, each with a role of their own, and their wishes in common, the dearest first."""

    id: int
    people: int = 1
    wishes: tuple[str, ...] = ()
    refused: frozenset[str] = frozenset()
    levels: Mapping[str, str] = field(default_factory=dict)  # by language; what is not said is no obstacle
    group: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """All people of a registration are placed by hand: in a role, and perhaps in one game."""

    player: int
    role: str
    game: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """All that an allocation depends on. The order of what is in it changes nothing."""

    roles: tuple[Role, ...]
    players: tuple[Player, ...]
    games: int = 1
    groups: Mapping[int, Keep] = field(default_factory=dict)
    by_hand: tuple[Placed, ...] = ()
    roles_apart: tuple[tuple[str, str], ...] = ()  # for people of one group, within a game
    people_apart: tuple[tuple[int, int], ...] = ()  # never on one side of a game
    seed: int = 0

    @property
    def people(self) -> int:
        """People, all registrations together."""
        return sum(player.people for player in self.players)


Seat = tuple[int, str, int]  # player, role, game
Result = Mapping[Seat, int]  # people, where there are any


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Why there is no result. `role`, `player`: what it is about, where that can be said."""

    rule: Rule
    role: str = ""
    player: int | None = None
    needed: int = 0
    there: int = 0


def share(seats: int, games: int) -> tuple[int, ...]:
    """Return the seats of a role in each game: as even as can be, the first games get what is left over."""
    whole, rest = divmod(seats, games)
    return tuple(whole + (number < rest) for number in range(games))


def knows_enough(player: Player, role: Role) -> bool:
    """Tell whether nothing that somebody said of their language stands against a role."""
    said = player.levels.get(role.language, "")
    return not role.level or said not in LEVELS or LEVELS.index(said) >= LEVELS.index(role.level)


def points_of(problem: Problem, player: Player, role: str) -> int:
    """Return what it costs that one person of a registration holds a role."""
    if not player.wishes:
        return 0
    if role in player.wishes[:WISHES]:
        return POINTS[player.wishes.index(role)]
    return POINTS[-1] * problem.people + 1


def total(problem: Problem, result: Result) -> int:
    """Return the sum of points; the less, the better."""
    players = {player.id: player for player in problem.players}
    return sum(points_of(problem, players[player], role) * people for (player, role, _), people in result.items())


def find_contradictions(problem: Problem) -> list[Contradiction]:
    """Return what makes a result impossible at first sight: seats, needs, wishes and hands that cannot all be met."""
    return [*_in_numbers(problem), *_in_people(problem), *_by_hand(problem)]


def _in_numbers(problem: Problem) -> Iterator[Contradiction]:
    most, least = (sum(sum(getattr(role, name)) for role in problem.roles) for name in ("most", "least"))
    if problem.people > most:
        yield Contradiction(Rule.SEATS, needed=problem.people, there=most)
    if problem.people < least:
        yield Contradiction(Rule.FEWEST, needed=least, there=problem.people)
    biggest = max((sum(role.most[game] for role in problem.roles) for game in range(problem.games)), default=0)
    sizes = Counter[int]()
    for player in problem.players:
        if player.group is not None:
            sizes[player.group] += player.people
    for group, size in sorted(sizes.items()):
        if problem.groups.get(group) is Keep.TOGETHER and size > biggest:
            yield Contradiction(Rule.TOGETHER, needed=size, there=biggest)


def _in_people(problem: Problem) -> Iterator[Contradiction]:
    hands = {placed.player: placed.role for placed in problem.by_hand}
    for role in sorted(problem.roles, key=lambda one: one.key):
        able = [
            player for player in problem.players if _may(player, role) and hands.get(player.id, role.key) == role.key
        ]
        there = sum(player.people for player in able)
        if there < sum(role.least) <= problem.people:
            yield Contradiction(Rule.REFUSED, role=role.key, needed=sum(role.least), there=there)
    for player in sorted(problem.players, key=lambda one: one.id):
        if not any(_may(player, role) for role in problem.roles):
            yield Contradiction(Rule.REFUSED, player=player.id)


def _by_hand(problem: Problem) -> Iterator[Contradiction]:
    players = {player.id: player for player in problem.players}
    held = Counter[str]()
    for placed in problem.by_hand:
        held[placed.role] += players[placed.player].people
        role = next((one for one in problem.roles if one.key == placed.role), None)
        if role is None or not _may(players[placed.player], role):
            yield Contradiction(Rule.HAND, role=placed.role, player=placed.player)
    for role in sorted(problem.roles, key=lambda one: one.key):
        if held[role.key] > sum(role.most):
            yield Contradiction(Rule.HAND, role=role.key, needed=held[role.key], there=sum(role.most))


def _may(player: Player, role: Role) -> bool:
    return role.key not in player.refused and knows_enough(player, role)


def broken_rules(problem: Problem, result: Result) -> set[Rule]:
    """Return the families of rules that a result breaks: none, or it must not be used. It does not know the program."""
    broken = set[Rule]()
    players = {player.id: player for player in problem.players}
    roles = {role.key: role for role in problem.roles}
    held, given = Counter[tuple[str, int]](), Counter[int]()
    games_of: dict[int, set[int]] = defaultdict(set)
    for (player, role, game), people in result.items():
        held[role, game] += people
        given[player] += people
        games_of[player].add(game)
        if role in players[player].refused:
            broken.add(Rule.REFUSED)
        if not knows_enough(players[player], roles[role]):
            broken.add(Rule.LEVEL)
    if any(given[player.id] != player.people for player in problem.players) or min(result.values(), default=1) < 1:
        broken.add(Rule.SEATS)
    for one, game in product(problem.roles, range(problem.games)):
        if held[one.key, game] > one.most[game]:
            broken.add(Rule.SEATS)
        if held[one.key, game] < one.least[game]:
            broken.add(Rule.FEWEST)
    for placed in problem.by_hand:
        if any(
            player == placed.player and (role != placed.role or placed.game not in (None, game))
            for player, role, game in result
        ):
            broken.add(Rule.HAND)
    return broken | _broken_in_games(problem, result, games_of) | _broken_apart(problem, result)


def _broken_in_games(problem: Problem, result: Result, games_of: Mapping[int, set[int]]) -> set[Rule]:
    broken = set[Rule]()
    if problem.games == 1:
        return broken
    biggest = max(sum(role.most[game] for role in problem.roles) for game in range(problem.games))
    if any(1 < one.people <= biggest and len(games_of[one.id]) > 1 for one in problem.players):
        broken.add(Rule.PARTY)
    for group, keep in problem.groups.items():
        members = {player.id for player in problem.players if player.group == group}
        if keep is Keep.TOGETHER and len(set().union(*(games_of[one] for one in members))) > 1:
            broken.add(Rule.TOGETHER)
        if keep is Keep.SPREAD and members:
            there = Counter[int]()
            for (player, _, game), people in result.items():
                there[game] += people if player in members else 0
            numbers = [there[game] for game in range(problem.games)]
            if max(numbers) - min(numbers) > 1:
                broken.add(Rule.SPREAD)
    return broken


def _broken_apart(problem: Problem, result: Result) -> set[Rule]:
    broken = set[Rule]()
    group_of = {player.id: player.group for player in problem.players}
    side_of = {role.key: role.side for role in problem.roles}
    by_group, by_side = set[tuple[int | None, str, int]](), set[tuple[int, str, int]]()
    for player, role, game in result:
        by_group.add((group_of[player], role, game))
        by_side.add((player, side_of[role], game))
    for first, second in problem.roles_apart:
        if any(
            group is not None and role == first and (group, second, game) in by_group for group, role, game in by_group
        ):
            broken.add(Rule.ROLES_APART)
    for one, other in problem.people_apart:
        if any(player == one and (other, side, game) in by_side for player, side, game in by_side):
            broken.add(Rule.PEOPLE_APART)
    return broken


class Why(StrEnum):
    """Why somebody did not get a role that they wished for."""

    FULL = "full"
    LEVEL = "level"
    HAND = "hand"
    BEST = "best"  # it had room left: other rules made this the best result for all


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A wish that was dearer than what somebody got; all numbers are people, so that nobody is named."""

    role: str
    rank: int  # 1 is the dearest
    why: Why
    seats: int
    held: int
    wished: int  # who wished it as much or more


def missed_by(problem: Problem, result: Result) -> dict[Seat, tuple[Missed, ...]]:
    """Return for each seat that was given the dearer wishes that its holder missed, and what stood against each."""
    players = {player.id: player for player in problem.players}
    roles = {role.key: role for role in problem.roles}
    held, wished = Counter[str](), Counter[tuple[str, int]]()
    for (_, role, _), people in result.items():
        held[role] += people
    for player in problem.players:
        for rank, role in enumerate(player.wishes[:WISHES], start=1):
            wished[role, rank] += player.people
    by_hand = {placed.player for placed in problem.by_hand}

    def missed(player: Player, role: str, rank: int) -> Missed:
        seats = sum(roles[role].most)
        why = Why.BEST if held[role] < seats else Why.FULL
        why = Why.HAND if player.id in by_hand else why
        why = why if knows_enough(player, roles[role]) else Why.LEVEL
        as_much = sum(wished[role, better] for better in range(1, rank + 1))
        return Missed(role=role, rank=rank, why=why, seats=seats, held=held[role], wished=as_much)

    found: dict[Seat, tuple[Missed, ...]] = {}
    for seat in result:
        player = players[seat[0]]
        got = rank_of(player, seat[1]) or WISHES + 1
        found[seat] = tuple(
            missed(player, role, rank)
            for rank, role in enumerate(player.wishes[:WISHES], start=1)
            if rank < got and role in roles
        )
    return found


def rank_of(player: Player, role: str) -> int | None:
    """Return which of their wishes a role is, 1 for the dearest; None for one that they did not wish for."""
    return player.wishes.index(role) + 1 if role in player.wishes[:WISHES] else None
