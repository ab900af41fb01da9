"""What the roleplays room adds to pages, files and daily work that are not its own."""

from sqlalchemy import select, union

from cag_events.db import db
from cag_events.domain.errors import N_
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.events.extensions import Block, Extension, OwnVisit, PassKind, Tab
from cag_events.permissions import Permission
from cag_events.registrations.models import Registration
from cag_events.roleplays.models import ByHand, Player, RoleSeat, SchoolGroup
from cag_events.roleplays.queries import (
    asks_age,
    group_of,
    may_have_role,
    seats_held_by,
    shown_play_of,
    stage_of,
)
from cag_events.roleplays.services import copy, delete_due, delete_old, erase, keep_briefs
from cag_events.roleplays.services.debriefing import is_open
from cag_events.roleplays.todos import todos
from cag_events.roleplays.wording import game_name, party_name, role_name

KIND = "roleplay"


def own_block(visit: OwnVisit) -> Block | None:
    """Show whoever is registered their wishes, group, age and role, each with the way to it."""
    record, play = visit.view, shown_play_of(visit.view)
    if not play.roles or record.status is EventStatus.CANCELLED:
        return None
    registration = db.session.get_one(Registration, visit.registration_id)
    player = db.session.get(Player, registration.id)
    stage, seats = stage_of(record), seats_held_by(registration.id) if visit.is_confirmed else []
    asks = asks_age(record)
    has_role = bool(seats) and may_have_role(player, asks=asks)
    return Block(
        "roleplays/_own.html",
        {
            "stage": stage,
            "is_released": stage.is_released(visit.now),
            "asks_age": asks and not may_have_role(player, asks=asks),
            "waits_for_guardian": player is not None and player.is_minor is True and player.agreed_at is None,
            "group": group_of(registration.id),
            "roles": [
                (role_name(play, seat.role), party_name(play, seat.role), game_name(play, seat.game)) for seat in seats
            ]
            if has_role
            else [],
            "waits_for_role": bool(seats) and not has_role,
            "debriefing": is_open(record) and visit.is_confirmed,
            "has_debriefed": player is not None and player.has_debriefed,
            "token": visit.token,
            "is_over": record.ends_at is not None and visit.now >= record.ends_at,
        },
    )


def holding() -> frozenset[int]:
    """The events of which something personal is kept; what a debriefing says is nobody's."""
    tables = (Player.event_id, SchoolGroup.event_id, RoleSeat.event_id, ByHand.event_id)
    return frozenset(db.session.scalars(union(*(select(column) for column in tables))))


EXTENSION = Extension(
    room="roleplays",
    kinds=frozenset({KIND}),
    on_own_page=own_block,
    tabs=(
        Tab(
            label=N_("Roles"),
            endpoint="roleplays.roles",
            permission=Permission.ATTENDEES_SEE,
            also=("roleplays.person", "roleplays.debriefings"),
        ),
        Tab(
            label=N_("Game masters"),
            endpoint="roleplays.facilitators",
            permission=Permission.EVENT_PUBLISH,
            also=("roleplays.briefs",),
        ),
    ),
    passes=(
        PassKind(
            purpose="facilitator",
            label=N_("Game master"),
            hint=N_("Opens every brief, the cast and the timetable: give it to game masters alone."),
            endpoint="roleplays.masters",
        ),
    ),
    todos=todos,
    secrets=("roleplay.roles[].brief", "roleplay.parties[].brief"),
    keep_secrets=keep_briefs,
    holding=holding,
    delete_due=delete_due,
    timed=delete_old,
    erase=erase,
    copy=copy,
)
