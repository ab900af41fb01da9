"""Reads of the room: who plays, what they wish and hold, how far the game has come."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import func, or_, select

from cag_events.accounts.models import Account
from cag_events.db import db
from cag_events.domain.allocation import LEVELS, WISHES, Keep, Placed, Problem, Role, share
from cag_events.domain.allocation import Player as Entry
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventRecord
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.kinds import details_of, read_details
from cag_events.kinds.roleplay import Part, Party, Play
from cag_events.registrations.models import Registration
from cag_events.roleplays.models import (
    AllocationRun,
    Brief,
    ByHand,
    Debriefing,
    Facilitator,
    KeptApart,
    Look,
    Player,
    PlayState,
    RoleSeat,
    RunSeat,
    RunState,
    SchoolGroup,
)

ADULT = 18


def play_of(record: EventRecord) -> Play:
    """Return an event's scenario, roles and parties, as the record or view holds them."""
    play: Play = details_of(record).roleplay
    return play


def shown_play_of(view: EventRecord) -> Play:
    """Return what a viewer may see of the game."""
    play: Play = read_details(view.kind, view.details).roleplay
    return play


def is_game(record: EventRecord) -> bool:
    """Tell whether an event is a role-play, as its record or view says."""
    return bool((record.team_details or record.details).get("roleplay"))


def role_of(play: Play, key: str) -> Part | None:
    """Return a role by its key."""
    return next((role for role in play.roles if role.key == key), None)


def party_of(play: Play, role: Part | None) -> Party | None:
    """Return the party of a role."""
    return next((party for party in play.parties if role is not None and party.key == role.party), None)


def asks_age(record: EventRecord) -> bool:
    """Tell whether people under 18 may take part, so that everybody is asked whether they are."""
    return record.min_age is not None and record.min_age < ADULT


# ── the state of the game ──


@dataclass(frozen=True, slots=True)
class Stage:
    """How far an event's game has come."""

    approved_run_id: int | None
    approved_at: datetime | None
    releases_at: datetime | None  # of the briefs

    @property
    def is_approved(self) -> bool:
        """Whether an allocation stands: roles are given, wishes are closed."""
        return self.approved_at is not None

    def is_released(self, now: datetime) -> bool:
        """Whether holders may read their briefs."""
        return self.releases_at is not None and now >= self.releases_at


def stage_of(record: EventRecord) -> Stage:
    """Return how far an event's game has come."""
    row = db.session.get(PlayState, record.id)
    usual = record.starts_at - timedelta(hours=play_of(record).release_hours) if record.starts_at else None
    if row is None:
        return Stage(None, None, usual)
    return Stage(row.approved_run_id, row.approved_at, row.releases_at or usual)


def is_facilitator(event_id: int, account_id: int | None) -> bool:
    """Tell whether an account leads this event's game: its lead does, and whoever was named."""
    if account_id is None:
        return False
    lead = select(Event.id).where(Event.id == event_id, Event.lead_id == account_id)
    named = select(Facilitator.event_id).where(Facilitator.event_id == event_id, Facilitator.account_id == account_id)
    return db.session.scalar(select(or_(lead.exists(), named.exists()))) is True


@dataclass(frozen=True, slots=True)
class Named:
    """A facilitator with an account. `is_lead`: by the event, not by a row."""

    row_id: str
    name: str
    is_lead: bool
    added_at: datetime | None


def list_facilitators(event_id: int) -> list[Named]:
    """Return the accounts that lead this event's game, its lead first."""
    lead_id = db.session.scalar(select(Event.lead_id).where(Event.id == event_id))
    lead = db.session.get(Account, lead_id) if lead_id else None
    rows = db.session.execute(
        select(Account, Facilitator.added_at)
        .join(Facilitator, Facilitator.account_id == Account.id)
        .where(Facilitator.event_id == event_id, Account.id != (lead_id or 0))
        .order_by(Account.name, Account.id)
    )
    first = [Named(lead.row_id, lead.name, True, None)] if lead else []
    return [*first, *(Named(account.row_id, account.name, False, at) for account, at in rows)]


def list_looks(event_id: int, most: int = 200) -> list[Look]:
    """Return the refused looks at an event's briefs, the last first."""
    query = select(Look).where(Look.event_id == event_id).order_by(Look.id.desc()).limit(most)
    return list(db.session.scalars(query))


# ── briefs ──


def briefs_of(event_id: int) -> dict[str, dict[str, str]]:
    """Return all briefs of an event by place (role:…, party:…): for game masters and for who holds the role alone."""
    rows = db.session.scalars(select(Brief).where(Brief.event_id == event_id))
    return {row.place: msgspec.json.decode(row.texts or "{}") for row in rows}


def places_with_briefs(event_id: int) -> set[str]:
    """Return where briefs are written, without reading any."""
    return set(db.session.scalars(select(Brief.place).where(Brief.event_id == event_id)))


# ── people ──


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A confirmed registration as the game sees it. Names are opened only where asked for."""

    registration: Registration
    player: Player | None
    wishes: tuple[str, ...]
    refused: frozenset[str]
    levels: Mapping[str, str]

    @property
    def plays(self) -> bool:
        """Whether whoever registered takes a role."""
        return self.player is None or self.player.plays

    @property
    def people(self) -> int:
        """How many of the registration take a role: all, or all but a leader who only comes along."""
        return self.registration.party - (not self.plays)

    @property
    def group_id(self) -> int | None:
        """The group that they belong to."""
        return self.player.group_id if self.player else None


def may_have_role(player: Player | None, *, asks: bool) -> bool:
    """Tell whether somebody may be given a role: grown up, or a guardian has agreed; `asks`: the event has to know."""
    if not asks:
        return True
    if player is None or player.is_minor is None:
        return False
    return not player.is_minor or player.agreed_at is not None


def person_of(registration: Registration) -> Person:
    """Return a registration as the game sees it."""
    return _person(registration, db.session.get(Player, registration.id))


def people_of(event_id: int) -> list[Person]:
    """Return everybody who has a seat at the event, in the order in which they registered."""
    rows = db.session.execute(
        select(Registration, Player)
        .outerjoin(Player, Player.registration_id == Registration.id)
        .where(
            Registration.event_id == event_id,
            Registration.status == Status.CONFIRMED,
            Registration.name_sealed.is_not(None),
        )
        .order_by(Registration.registered_at, Registration.id)
    )
    return [_person(registration, player) for registration, player in rows]


def _person(registration: Registration, player: Player | None) -> Person:
    answers = msgspec.json.decode(registration.answers) if registration.answers else {}
    said = msgspec.json.decode(player.said) if player is not None and player.said else {}
    refused = frozenset(said.get("refused", ()))
    return Person(
        registration=registration,
        player=player,
        wishes=tuple(wish for wish in answers.get("wish", ()) if wish not in refused)[:WISHES],
        refused=refused,
        levels={code: level for code, level in said.get("levels", {}).items() if level in LEVELS},
    )


def list_groups(event_id: int) -> list[SchoolGroup]:
    """Return an event's groups, the oldest first."""
    return list(
        db.session.scalars(select(SchoolGroup).where(SchoolGroup.event_id == event_id).order_by(SchoolGroup.id))
    )


def group_of(registration_id: int) -> SchoolGroup | None:
    """Return the group that a registration belongs to, or leads."""
    return db.session.scalar(
        select(SchoolGroup)
        .outerjoin(Player, Player.group_id == SchoolGroup.id)
        .where(or_(Player.registration_id == registration_id, SchoolGroup.leader_id == registration_id))
        .limit(1)
    )


def members_of(group_id: int) -> list[tuple[Registration, Player]]:
    """Return who belongs to a group and has or waits for a seat."""
    rows = db.session.execute(
        select(Registration, Player)
        .join(Player, Player.registration_id == Registration.id)
        .where(
            Player.group_id == group_id,
            Registration.name_sealed.is_not(None),
            Registration.status.in_((Status.CONFIRMED, Status.WAITLISTED, Status.PENDING)),
        )
        .order_by(Registration.registered_at, Registration.id)
    )
    return [(registration, player) for registration, player in rows]


# ── the allocation ──


def problem_of(record: EventRecord, *, seed: int, keeps: bool = False) -> Problem:
    """Return all that an allocation depends on, as it is now. `keeps`: who holds a role stays where they are."""
    play, people = play_of(record), [person for person in people_of(record.id) if person.people]
    games, known = max(play.groups, 1), {role.key for role in play.roles}
    ids = {person.registration.id for person in people}
    hands = {
        row.registration_id: Placed(
            player=row.registration_id,
            role=row.role,
            game=row.game if row.game is not None and row.game < games else None,
        )
        for row in db.session.scalars(select(ByHand).where(ByHand.event_id == record.id))
        if row.registration_id in ids
    }
    if keeps:
        hands = {**_held_places(record.id, ids), **hands}
    apart = db.session.execute(select(KeptApart.one_id, KeptApart.other_id).where(KeptApart.event_id == record.id))
    return Problem(
        roles=tuple(_role(part, games) for part in play.roles),
        players=tuple(
            Entry(
                id=person.registration.id,
                people=person.people,
                wishes=tuple(wish for wish in person.wishes if wish in known),
                refused=person.refused & known,
                levels=person.levels,
                group=person.group_id,
            )
            for person in people
        ),
        games=games,
        groups={group.id: Keep(group.keep) for group in list_groups(record.id)},
        by_hand=tuple(hands[one] for one in sorted(hands)),
        roles_apart=tuple((pair.first, pair.second) for pair in play.apart),
        people_apart=tuple((one, other) for one, other in apart if one in ids and other in ids),
        seed=seed,
    )


def _role(part: Part, games: int) -> Role:
    least = share(part.seats_min, games)
    return Role(
        key=part.key,
        most=share(part.seats, games),
        least=tuple(max(number, 1) for number in least) if part.must_be_filled else least,
        party=part.party,
        language=part.language,
        level=part.level,
    )


def _held_places(event_id: int, ids: Collection[int]) -> dict[int, Placed]:
    """Registrations all of whose people hold the same role in the same game, as if placed there by hand."""
    places: dict[int, set[tuple[str, int]]] = {}
    for seat in held_seats(event_id):
        places.setdefault(seat.registration_id, set()).add((seat.role, seat.game))
    return {
        one: Placed(player=one, role=role, game=game)
        for one, found in places.items()
        if one in ids and len(found) == 1
        for role, game in found
    }


def hash_of(problem: Problem) -> str:
    """Return by what one sees whether what an allocation depends on has changed; the seed is no part of it."""
    plain: Any = msgspec.to_builtins(replace(problem, seed=0), str_keys=True)
    for name in ("roles", "players", "roles_apart", "people_apart"):
        plain[name] = sorted(plain[name], key=lambda one: msgspec.json.encode(one, order="deterministic"))
    for player in plain["players"]:
        player["refused"] = sorted(player["refused"])
    return hashlib.sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()


def get_run(event_id: int, row_id: str) -> AllocationRun:
    """Return a run of an event. Raises NotFound."""
    run = db.session.scalar(
        select(AllocationRun).where(AllocationRun.event_id == event_id, AllocationRun.row_id == row_id)
    )
    if run is None:
        raise NotFound(row_id)
    return run


def list_runs(event_id: int, most: int = 10) -> list[AllocationRun]:
    """Return an event's last runs, the newest first."""
    query = select(AllocationRun).where(AllocationRun.event_id == event_id).order_by(AllocationRun.id.desc())
    return list(db.session.scalars(query.limit(most)))


def find_done(event_id: int, before: int | None = None) -> AllocationRun | None:
    """Return the last run that has a result, or the last before another."""
    query = select(AllocationRun).where(AllocationRun.event_id == event_id, AllocationRun.state == RunState.DONE)
    if before is not None:
        query = query.where(AllocationRun.id < before)
    return db.session.scalar(query.order_by(AllocationRun.id.desc()).limit(1))


def seats_of_run(run_id: int) -> list[RunSeat]:
    """Return what a run gives."""
    query = select(RunSeat).where(RunSeat.run_id == run_id).order_by(RunSeat.registration_id, RunSeat.no)
    return list(db.session.scalars(query))


def held_seats(event_id: int) -> list[RoleSeat]:
    """Return the roles that are held at an event."""
    query = select(RoleSeat).where(RoleSeat.event_id == event_id, RoleSeat.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(RoleSeat.game, RoleSeat.role, RoleSeat.place)))


def seats_held_by(registration_id: int) -> list[RoleSeat]:
    """Return the roles that a registration's people hold."""
    query = select(RoleSeat).where(RoleSeat.registration_id == registration_id, RoleSeat.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(RoleSeat.no)))


def hands_of(event_id: int) -> dict[int, ByHand]:
    """Return who was placed by hand."""
    return {row.registration_id: row for row in db.session.scalars(select(ByHand).where(ByHand.event_id == event_id))}


def pairs_apart(event_id: int) -> list[KeptApart]:
    """Return who is kept apart."""
    query = select(KeptApart).where(KeptApart.event_id == event_id).order_by(KeptApart.one_id, KeptApart.other_id)
    return list(db.session.scalars(query))


# ── debriefing ──


def debriefings_of(event_id: int) -> list[list[Any]]:
    """Return the debriefing forms of an event, in the order of their random keys."""
    rows = db.session.scalars(select(Debriefing).where(Debriefing.event_id == event_id).order_by(Debriefing.row_id))
    return [msgspec.json.decode(row.answers or "[]") for row in rows]


def count_debriefings(event_id: int) -> int:
    """Return how many have answered."""
    return db.session.scalar(select(func.count()).where(Debriefing.event_id == event_id)) or 0
