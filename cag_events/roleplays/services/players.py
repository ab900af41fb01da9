"""What somebody says for the game: wishes, what they do not want, languages, their age, a guardian's yes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from cag_events import clock, outbox
from cag_events.db import db, transaction
from cag_events.domain.allocation import LEVELS, WISHES
from cag_events.domain.errors import N_, Refused
from cag_events.domain.seats import LIVE
from cag_events.events.queries import get_record
from cag_events.registrations.models import Registration
from cag_events.registrations.services.seats import lock_registration, log_change
from cag_events.roleplays.models import Player
from cag_events.roleplays.queries import play_of, seats_held_by, stage_of


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What somebody would like, the dearest first, what they do not want, and how well they know which language."""

    wishes: tuple[str, ...] = ()
    refused: frozenset[str] = frozenset()
    levels: Mapping[str, str] = field(default_factory=dict)


def set_wishes(registration_id: int, said: Wishes) -> None:
    """Store somebody's wishes, until an allocation is approved.

    Raises Refused roleplay.approved, .wish_twice, .wish_refused, .all_refused or registration.gone.
    """
    with transaction():
        event, registration = lock_registration(registration_id)
        record = get_record(event.id)
        _require_live(registration)
        if stage_of(record).is_approved:
            raise Refused("roleplay.approved", N_("The roles are given. Write to us if yours does not suit you."))
        known = {role.key for role in play_of(record).roles}
        wishes = tuple(wish for wish in said.wishes if wish in known)
        refused = said.refused & known
        if len(set(wishes)) < len(wishes):
            raise Refused("roleplay.wish_twice", N_("You have named a role twice."), field="first")
        if refused & set(wishes):
            raise Refused("roleplay.wish_refused", N_("You have named a role that you do not want."), field="refused")
        if known and refused == known:
            raise Refused("roleplay.all_refused", N_("Leave at least one role that you could hold."), field="refused")
        _keep_wishes(registration, wishes[:WISHES])
        player = player_of(registration)
        levels = {code: level for code, level in sorted(said.levels.items()) if level in LEVELS}
        player.said = msgspec.json.encode({"refused": sorted(refused), "levels": levels}).decode()


def set_age(registration_id: int, *, is_minor: bool) -> None:
    """Store whether somebody is under 18. Notes roleplay.role_given where that lets them have their role."""
    with transaction():
        _, registration = lock_registration(registration_id)
        _require_live(registration)
        player = player_of(registration)
        player.is_minor = is_minor
        if not is_minor:
            player.guardian = player.agreed_at = None
            _tell_of_role(registration)


def agree(registration_id: int, guardian: str) -> None:
    """Store that a guardian lets somebody under 18 take part. Raises Refused roleplay.guardian, registration.gone.

    Notes roleplay.role_given where a role has waited for it.
    """
    with transaction():
        _, registration = lock_registration(registration_id)
        _require_live(registration)
        if not guardian.strip():
            raise Refused("roleplay.guardian", N_("Write the guardian's name."), field="guardian")
        player = player_of(registration)
        player.is_minor = True
        player.guardian = guardian.strip()
        player.agreed_at = clock.now()
        log_change(registration, "changed", fields=["guardian"])
        _tell_of_role(registration)


def take_back_agreement(registration_id: int) -> None:
    """Forget a guardian's yes: the role cannot be read from now on."""
    with transaction():
        _, registration = lock_registration(registration_id)
        player = player_of(registration)
        if player.agreed_at is not None:
            player.guardian = player.agreed_at = None
            log_change(registration, "changed", fields=["guardian"])


def player_of(registration: Registration) -> Player:
    """Return what a registration says for the game, made if there is nothing yet; within a writing unit."""
    player = db.session.get(Player, registration.id)
    if player is None:
        player = Player(
            registration_id=registration.id, event_id=registration.event_id, plays=True, has_debriefed=False
        )
        db.session.add(player)
        db.session.flush()
    return player


def _keep_wishes(registration: Registration, wishes: tuple[str, ...]) -> None:
    answers = msgspec.json.decode(registration.answers) if registration.answers else {}
    if tuple(answers.get("wish", ())) == wishes:
        return
    answers = {**answers, "wish": list(wishes)} if wishes else {k: v for k, v in answers.items() if k != "wish"}
    registration.answers = msgspec.json.encode(answers).decode() if answers else None
    log_change(registration, "changed", fields=["wish"])


def _require_live(registration: Registration) -> None:
    if registration.status not in LIVE or registration.is_removed:
        raise Refused("registration.gone", N_("This registration does not count any more."))


def _tell_of_role(registration: Registration) -> None:
    db.session.flush()
    if seats_held_by(registration.id):
        outbox.note("roleplay.role_given", registration_id=registration.id)
