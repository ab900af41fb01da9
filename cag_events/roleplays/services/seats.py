"""Roles that are held: given, moved by hand, freed; each in a numbered place, so that none is ever held twice."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import delete, select

from cag_events import clock, outbox
from cag_events.db import db, new_row_id, transaction
from cag_events.domain.allocation import Player, Problem, knows_enough
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.seats import Status
from cag_events.events.queries import get_record, lock_event
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.models import Registration
from cag_events.roleplays.models import ByHand, KeptApart, RoleSeat
from cag_events.roleplays.queries import held_seats, person_of, problem_of, seats_held_by, stage_of


class Place(NamedTuple):
    """A role in a game."""

    role: str
    game: int


def give(
    event_id: int, wanted: Mapping[tuple[int, int], Place], problem: Problem, *, run_id: int | None = None
) -> set[int]:
    """Let these registrations' people (by registration and number) hold these roles and nobody else any.

    Who keeps the same role in the same game keeps the seat and its link; every other old link is dead from now on.
    Within the event's lock. Returns the registrations that have another role. Notes roleplay.role_given for each.
    """
    most = {role.key: role.most for role in problem.roles}
    taken: dict[Place, set[int]] = {}
    moved, keeping = set[int](), set[tuple[int, int]]()
    for seat in held_seats(event_id):
        spot = Place(seat.role, seat.game)
        if wanted.get((seat.registration_id, seat.no)) == spot and seat.place <= _most(most, spot):
            keeping.add((seat.registration_id, seat.no))
            taken.setdefault(spot, set()).add(seat.place)
        else:
            seat.ended_at = clock.now()
            if (seat.registration_id, seat.no) in wanted:
                moved.add(seat.registration_id)
    db.session.flush()
    for (registration_id, no), spot in sorted(wanted.items()):
        if (registration_id, no) in keeping:
            continue
        held = taken.setdefault(spot, set())
        free = next((place for place in range(1, _most(most, spot) + 1) if place not in held), None)
        if free is None:
            raise Refused("roleplay.full", N_("All seats of this role are taken. Move somebody else first."))
        held.add(free)
        moved.add(registration_id)
        db.session.add(
            RoleSeat(
                row_id=new_row_id(),
                event_id=event_id,
                registration_id=registration_id,
                no=no,
                role=spot.role,
                game=spot.game,
                place=free,
                run_id=run_id,
                given_at=clock.now(),
            )
        )
    db.session.flush()
    for registration_id in sorted(moved):
        outbox.note("roleplay.role_given", registration_id=registration_id)
    return moved


def _most(most: Mapping[str, tuple[int, ...]], spot: Place) -> int:
    seats = most.get(spot.role, ())
    return seats[spot.game] if spot.game < len(seats) else 0


def place(event_id: int, registration_id: int, role: str, game: int | None, *, by: Actor) -> None:
    """Place a registration by hand, or with no role let it be placed as all others again.

    Every later allocation keeps to it. Where roles are given already, the registration moves at once, its old link is
    dead and its place is free. Raises NotFound, NotAllowed, Refused roleplay.refused, .level, .full, .no_role.
    """
    require(by, Permission.ATTENDEES_EDIT)
    with transaction():
        lock_event(event_id)
        record = get_record(event_id)
        problem = problem_of(record, seed=0)
        player = next((one for one in problem.players if one.id == registration_id), None)
        if player is None:
            raise NotFound(registration_id)
        db.session.execute(delete(ByHand).where(ByHand.registration_id == registration_id))
        if not role:
            return
        wanted = next((one for one in problem.roles if one.key == role), None)
        if wanted is None or (game is not None and game >= problem.games):
            raise Refused("roleplay.no_role", N_("Choose a role of this game."), field="role")
        if role in player.refused:
            raise Refused("roleplay.refused", N_("They have said that they do not want this role."), field="role")
        if not knows_enough(player, wanted):
            raise Refused("roleplay.level", N_("They have said that they know its language too little."), field="role")
        if player.people > sum(wanted.most if game is None else wanted.most[game : game + 1]):
            raise Refused("roleplay.full", N_("All seats of this role are taken. Move somebody else first."))
        db.session.add(
            ByHand(
                registration_id=registration_id,
                event_id=event_id,
                role=role,
                game=game,
                account_id=by.account_id,
                at=clock.now(),
            )
        )
        db.session.flush()
        if stage_of(record).is_approved:
            _move(event_id, player, role, game, problem)


def _move(event_id: int, player: Player, role: str, game: int | None, problem: Problem) -> None:
    held = held_seats(event_id)
    wanted = {(seat.registration_id, seat.no): Place(seat.role, seat.game) for seat in held}
    there = Counter(spot for (one, _), spot in wanted.items() if one != player.id)
    most = next(one.most for one in problem.roles if one.key == role)
    now = wanted.get((player.id, 1))
    games = range(problem.games) if game is None else [game]
    near = sorted(games, key=lambda one: now is None or one != now.game)  # their own game first
    for no in range(1, player.people + 1):
        spot = next((Place(role, one) for one in near if there[Place(role, one)] < most[one]), None)
        if spot is None:
            raise Refused("roleplay.full", N_("All seats of this role are taken. Move somebody else first."))
        wanted[player.id, no] = spot
        there[spot] += 1
    give(event_id, wanted, problem)


def fit_seats(registration_id: int) -> None:
    """Free the roles of a registration that does not come any more, or of the people whom it no longer brings."""
    registration = db.session.get(Registration, registration_id)
    if registration is None:
        return
    people = person_of(registration).people if registration.status is Status.CONFIRMED else 0
    for seat in seats_held_by(registration_id):
        if seat.no > people:
            seat.ended_at = clock.now()
    if not people:
        db.session.execute(delete(ByHand).where(ByHand.registration_id == registration_id))
    db.session.flush()


def keep_apart(event_id: int, codes: tuple[str, str], *, by: Actor) -> None:
    """Keep two registrations from ever being on one side of a game. Raises Refused roleplay.reference, .same."""
    require(by, Permission.ATTENDEES_EDIT)
    with transaction():
        lock_event(event_id)
        found = [
            db.session.scalar(
                select(Registration.id).where(
                    Registration.event_id == event_id, Registration.code == code.strip().upper()
                )
            )
            for code in codes
        ]
        one, other = found
        if one is None or other is None:
            field = "one" if one is None else "other"
            raise Refused("roleplay.reference", N_("No registration has this reference."), field=field)
        if one == other:
            raise Refused("roleplay.same", N_("These are the same registration."), field="other")
        pair = min(one, other), max(one, other)
        if db.session.get(KeptApart, pair) is None:
            db.session.add(KeptApart(one_id=pair[0], other_id=pair[1], event_id=event_id))


def let_together(event_id: int, codes: tuple[str, str], *, by: Actor) -> None:
    """Let two registrations be on one side again."""
    require(by, Permission.ATTENDEES_EDIT)
    with transaction():
        ids = select(Registration.id).where(Registration.event_id == event_id, Registration.code.in_(codes))
        db.session.execute(
            delete(KeptApart).where(
                KeptApart.event_id == event_id, KeptApart.one_id.in_(ids), KeptApart.other_id.in_(ids)
            ),
            execution_options={"synchronize_session": False},
        )
