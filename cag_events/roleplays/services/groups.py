"""School groups: a leader's code, who joins by it, and what becomes of the group where several games are played."""

from sqlalchemy import func, select, update

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.allocation import Keep
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.seats import LIVE
from cag_events.events.queries import get_record
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.models import Registration
from cag_events.registrations.services.seats import lock_registration
from cag_events.roleplays.codes import group_code_index, new_group_code
from cag_events.roleplays.models import Player, SchoolGroup
from cag_events.roleplays.queries import stage_of
from cag_events.roleplays.services.players import player_of
from cag_events.web.throttle import DAY, HOUR, MINUTE, Limit, spend

GROUP_CODE = Limit("group.code", 10, HOUR, 10 * MINUTE, DAY)  # per registration
GROUP_CODES = Limit("group.codes", 200, HOUR, 5 * MINUTE, HOUR)  # per event
MOST_MEMBERS = 200


def make_group(registration_id: int, name: str, *, plays: bool) -> SchoolGroup:
    """Make a group and its code; `plays`: whether its leader takes a role.

    Raises Refused roleplay.group_name, .group_already, .approved.
    """
    with transaction():
        _, registration = lock_registration(registration_id)
        _require_open(registration)
        if not name.strip():
            raise Refused("roleplay.group_name", N_("Name the group, as “Class 2b”."), field="name")
        player = player_of(registration)
        if player.group_id is not None:
            raise Refused("roleplay.group_already", N_("You belong to a group already."), field="name")
        code = new_group_code()
        group = SchoolGroup(
            event_id=registration.event_id,
            leader_id=registration.id,
            name=name.strip(),
            code=code,
            code_index=group_code_index(registration.event_id, code),
            keep=Keep.ANY,
            is_complete=False,
            made_at=clock.now(),
        )
        db.session.add(group)
        db.session.flush()
        player.group_id, player.plays = group.id, plays
    return group


def join_group(registration_id: int, code: str) -> None:
    """Let somebody join the group whose leader gave them a code; each try counts.

    Raises TooMany, Refused roleplay.code, .group_complete, .group_already, .approved.
    """
    event_id = db.session.scalar(select(Registration.event_id).where(Registration.id == registration_id))
    spend((GROUP_CODE, str(registration_id)), (GROUP_CODES, str(event_id)))
    with transaction():
        _, registration = lock_registration(registration_id)
        _require_open(registration)
        group = db.session.scalar(
            select(SchoolGroup).where(SchoolGroup.code_index == group_code_index(registration.event_id, code))
        )
        if group is None or not code.strip():
            raise Refused("roleplay.code", N_("No group has this code. Ask its leader."), field="code")
        if group.is_complete:
            raise Refused("roleplay.group_complete", N_("The group is complete. Ask its leader."), field="code")
        player = player_of(registration)
        if player.group_id not in (None, group.id):
            raise Refused("roleplay.group_already", N_("You belong to a group already."), field="code")
        if _count(group.id) >= MOST_MEMBERS:
            raise Refused("roleplay.group_full", N_("The group is full."), field="code")
        player.group_id = group.id


def leave_group(registration_id: int) -> None:
    """Let somebody leave their group; when its leader does, the group is no more. Raises Refused roleplay.approved."""
    with transaction():
        _, registration = lock_registration(registration_id)
        _require_open(registration)
        player = player_of(registration)
        led = db.session.scalar(select(SchoolGroup).where(SchoolGroup.leader_id == registration.id))
        player.group_id, player.plays = None, True
        if led is not None:
            db.session.flush()
            members = update(Player).where(Player.group_id == led.id).values(group_id=None)
            db.session.execute(members, execution_options={"synchronize_session": "fetch"})
            db.session.delete(led)


def set_complete(registration_id: int, *, is_complete: bool, plays: bool | None = None) -> None:
    """Let a leader close the group, or open it again, and say whether they take a role. Raises NotFound."""
    with transaction():
        _, registration = lock_registration(registration_id)
        group = db.session.scalar(select(SchoolGroup).where(SchoolGroup.leader_id == registration.id))
        if group is None:
            raise NotFound("group")
        _require_open(registration)
        group.is_complete = is_complete
        if plays is not None:
            player_of(registration).plays = plays


def keep_group(event_id: int, row_id: str, keep: Keep, *, by: Actor) -> None:
    """Let an organizer say whether a group plays in one game, is spread over all, or neither. Raises NotFound."""
    require(by, Permission.ATTENDEES_EDIT)
    with transaction():
        group = db.session.scalar(
            select(SchoolGroup).where(SchoolGroup.event_id == event_id, SchoolGroup.row_id == row_id)
        )
        if group is None:
            raise NotFound(row_id)
        group.keep = keep


def _require_open(registration: Registration) -> None:
    if registration.status not in LIVE or registration.is_removed:
        raise Refused("registration.gone", N_("This registration does not count any more."))
    if stage_of(get_record(registration.event_id)).is_approved:
        raise Refused("roleplay.approved", N_("The roles are given. Write to us if yours does not suit you."))


def _count(group_id: int) -> int:
    return db.session.scalar(select(func.count()).where(Player.group_id == group_id)) or 0
