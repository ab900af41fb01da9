"""Briefs and who may read them: written by game masters alone, sealed, and every refused look is noted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select

from cag_events import clock
from cag_events.accounts.models import Account
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotAllowed, NotFound, Refused
from cag_events.events.queries import get_record, lock_event
from cag_events.permissions import Actor, Permission, require
from cag_events.roleplays.models import Brief, Facilitator, Look, PlayState
from cag_events.roleplays.queries import is_facilitator, play_of

PLACES = {"roleplay.roles[].brief": "role", "roleplay.parties[].brief": "party"}
LONGEST = 20_000


def keep_briefs(event_id: int, secrets: Mapping[str, Sequence[tuple[str, Any]]]) -> None:
    """Take the briefs that a programme file gives; what it does not mention stays. Within the loading unit."""
    with transaction():
        for path, given in secrets.items():
            for key, texts in given:
                _keep(event_id, f"{PLACES[path]}:{key}", dict(texts))


def write_briefs(event_id: int, briefs: Mapping[str, Mapping[str, str]], *, by: Actor) -> None:
    """Store briefs by place, texts by language; an empty one is deleted.

    Raises NotAllowed for everybody but the game masters, Refused roleplay.brief_long.
    """
    if not is_facilitator(event_id, by.account_id):
        raise NotAllowed("roleplay.briefs")
    with transaction():
        lock_event(event_id)
        play = play_of(get_record(event_id))
        known = {*(f"role:{role.key}" for role in play.roles), *(f"party:{party.key}" for party in play.parties)}
        for place, texts in briefs.items():
            if place in known:
                if any(len(text) > LONGEST for text in texts.values()):
                    raise Refused("roleplay.brief_long", N_("This text is too long."))
                _keep(event_id, place, texts)


def _keep(event_id: int, place: str, texts: Mapping[str, str]) -> None:
    written = {code: text.strip() for code, text in texts.items() if text.strip()}
    row = db.session.scalar(select(Brief).where(Brief.event_id == event_id, Brief.place == place))
    if not written:
        if row is not None:
            db.session.delete(row)
        return
    text = msgspec.json.encode(written, order="sorted").decode()
    if row is None:
        db.session.add(Brief(event_id=event_id, place=place, texts=text, changed_at=clock.now()))
    elif row.texts != text:
        row.texts, row.changed_at = text, clock.now()
    db.session.flush()


def set_release(event_id: int, at: datetime | None, *, by: Actor) -> None:
    """Let game masters say when holders may read their briefs; None: as the scenario says. Raises NotAllowed."""
    if not is_facilitator(event_id, by.account_id):
        raise NotAllowed("roleplay.briefs")
    with transaction():
        lock_event(event_id)
        state_of(event_id).releases_at = at


def state_of(event_id: int) -> PlayState:
    """Return how far an event's game has come, as a row, made if there is none; within a writing unit."""
    state = db.session.get(PlayState, event_id)
    if state is None:
        state = PlayState(event_id=event_id)
        db.session.add(state)
        db.session.flush()
    return state


def add_facilitator(event_id: int, email: str, *, by: Actor) -> None:
    """Name an account as game master of an event. Raises NotAllowed, Refused roleplay.account."""
    require(by, Permission.EVENT_PUBLISH)
    with transaction():
        lock_event(event_id)
        account = db.session.scalar(
            select(Account).where(Account.email == email.strip().casefold(), ~Account.is_disabled)
        )
        if account is None:
            raise Refused(
                "roleplay.account", N_("No account has this address. Invite them, or give them a link."), field="email"
            )
        if db.session.get(Facilitator, (event_id, account.id)) is None:
            db.session.add(
                Facilitator(event_id=event_id, account_id=account.id, by_id=by.account_id, added_at=clock.now())
            )


def remove_facilitator(event_id: int, row_id: str, *, by: Actor) -> None:
    """Let an account be game master of an event no more. Raises NotAllowed, NotFound."""
    require(by, Permission.EVENT_PUBLISH)
    with transaction():
        row = db.session.scalar(
            select(Facilitator)
            .join(Account, Account.id == Facilitator.account_id)
            .where(Facilitator.event_id == event_id, Account.row_id == row_id)
        )
        if row is None:
            raise NotFound(row_id)
        db.session.delete(row)


def note_look(event_id: int, place: str, who: str, why: str, account_id: int | None = None) -> None:
    """Note that somebody wanted to read a brief and was refused: which, what they are, why; never what stands in it."""
    with transaction():
        db.session.add(Look(event_id=event_id, at=clock.now(), place=place, who=who, account_id=account_id, why=why))
