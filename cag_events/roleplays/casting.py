"""The cast: who plays what in which game, for organizers, game masters, prints and exports; briefs never."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cag_events.domain.event import EventRecord
from cag_events.roleplays.models import RoleSeat, RunSeat
from cag_events.roleplays.queries import (
    Person,
    asks_age,
    hands_of,
    held_seats,
    list_groups,
    may_have_role,
    people_of,
    play_of,
)
from cag_events.roleplays.wording import game_name, party_name, role_name


@dataclass(frozen=True, kw_only=True)
class Line:
    """One person of a registration and their role; empty where they have none."""

    code: str
    name: str
    no: int
    people: int
    group: str
    party: str
    role: str
    role_key: str
    game: int
    game_text: str
    rank: int | None  # of their wishes
    had_wishes: bool
    is_by_hand: bool
    waits: bool  # for the age or a guardian's yes
    was: str = ""  # another role, in the result that it is compared with
    is_changed: bool = False


Given = Sequence[RoleSeat] | Sequence[RunSeat]


def cast_of(record: EventRecord, given: Given | None = None, before: Given = ()) -> list[Line]:
    """Return the cast: as roles are held, or as a run gives them; `before`: what it is compared with."""
    play, people = play_of(record), people_of(record.id)
    now = {(seat.registration_id, seat.no): seat for seat in (held_seats(record.id) if given is None else given)}
    then = {(seat.registration_id, seat.no): seat for seat in before}
    groups = {group.id: group.name or "" for group in list_groups(record.id)}
    hands, asks = hands_of(record.id), asks_age(record)
    lines = []
    for person in people:
        registration = person.registration
        for no in range(1, person.people + 1):
            seat, old = now.get((registration.id, no)), then.get((registration.id, no))
            key = seat.role if seat else ""
            lines.append(
                Line(
                    code=registration.code,
                    name=registration.name or "",
                    no=no,
                    people=person.people,
                    group=groups.get(person.group_id or 0, ""),
                    party=party_name(play, key) if key else "",
                    role=role_name(play, key) if key else "",
                    role_key=key,
                    game=seat.game if seat else 0,
                    game_text=game_name(play, seat.game) if seat else "",
                    rank=_rank(person, key),
                    had_wishes=bool(person.wishes),
                    is_by_hand=registration.id in hands,
                    waits=not may_have_role(person.player, asks=asks),
                    was=role_name(play, old.role) if old is not None and old.role != key else "",
                    is_changed=bool(then) and (old is None or seat is None or (old.role, old.game) != (key, seat.game)),
                )
            )
    order = {role.key: number for number, role in enumerate(play.roles)}
    return sorted(lines, key=lambda line: (line.game, order.get(line.role_key, len(order)), line.name, line.code))


def _rank(person: Person, role: str) -> int | None:
    return person.wishes.index(role) + 1 if role in person.wishes else None


@dataclass(frozen=True, kw_only=True)
class Wished:
    """How often a role is wished for, in people, beside its seats."""

    role: str
    party: str
    seats: int
    fewest: int
    first: int
    second: int
    third: int
    refused: int


def wishes_of(record: EventRecord) -> list[Wished]:
    """Return how often each role is wished for and refused; nobody is named."""
    play = play_of(record)
    ranks, refused = Counter[tuple[str, int]](), Counter[str]()
    for person in people_of(record.id):
        for rank, role in enumerate(person.wishes, start=1):
            ranks[role, rank] += person.people
        for role in person.refused:
            refused[role] += person.people
    return [
        Wished(
            role=role_name(play, role.key),
            party=party_name(play, role.key),
            seats=role.seats,
            fewest=max(role.seats_min, play.groups if role.must_be_filled else 0),
            first=ranks[role.key, 1],
            second=ranks[role.key, 2],
            third=ranks[role.key, 3],
            refused=refused[role.key],
        )
        for role in play.roles
    ]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How good a result is, in people."""

    first: int = 0
    second: int = 0
    third: int = 0
    none: int = 0  # had wishes and got none of them
    free: int = 0  # had no wishes
    without: int = 0  # have no role
    changed: int = 0


def tally(lines: Sequence[Line]) -> Tally:
    """Count a cast."""
    ranks = Counter(line.rank for line in lines if line.role_key)
    return Tally(
        first=ranks[1],
        second=ranks[2],
        third=ranks[3],
        none=sum(bool(line.role_key) and line.rank is None and line.had_wishes for line in lines),
        free=sum(bool(line.role_key) and not line.had_wishes for line in lines),
        without=sum(not line.role_key for line in lines),
        changed=sum(line.is_changed for line in lines),
    )


def by_role(lines: Sequence[Line]) -> list[tuple[str, list[tuple[Line, list[Line]]]]]:
    """Return a cast as (game, [(the first of a role, all who hold it)]), those without a role last."""
    games: dict[tuple[int, str], dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        where = (line.game, line.game_text) if line.role_key else (1_000, "")
        games[where][line.role_key].append(line)
    return [(text, [(held[0], held) for held in games[n, text].values()]) for n, text in sorted(games)]


def rows(lines: Sequence[Line]) -> Iterator[list[str | int]]:
    """Yield the rows of the casting list."""
    for line in lines:
        yield [
            line.code,
            line.name,
            line.no,
            line.group,
            line.game_text,
            line.party,
            line.role,
            line.rank or "",
            "yes" if line.is_by_hand else "no",
            "yes" if line.waits else "no",
        ]


COLUMNS = ("code", "name", "person", "group", "game", "party", "role", "wish", "by_hand", "waits_for_consent")
WISH_COLUMNS = ("role", "party", "seats", "least", "first", "second", "third", "not_this_one")
