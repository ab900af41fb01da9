"""What *today* says of role-plays that come soon; a fixed number of statements, and no name is opened."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from cag_events.db import db
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import Status
from cag_events.events.extensions import Todo
from cag_events.permissions import Actor, Permission, may
from cag_events.registrations.models import Registration
from cag_events.roleplays.models import AllocationRun, Player, PlayState, RoleSeat, RunState
from cag_events.roleplays.queries import asks_age, may_have_role, play_of

SOON: Final = timedelta(days=21)


def todos(records: Sequence[EventRecord], actor: Actor, now: datetime) -> Iterator[Todo]:
    """Say of role-plays that come soon: roles not given, people without one, guardians who have not agreed."""
    if not may(actor, Permission.ATTENDEES_SEE):
        return
    coming = {
        record.id: starts
        for record in records
        if record.status is EventStatus.PUBLISHED and (starts := record.starts_at) and now <= starts <= now + SOON
    }
    waiting = waiting_at([record for record in records if record.id in coming and play_of(record).roles])
    for record in records:
        if record.id not in waiting:
            continue
        found, url = waiting[record.id], url_for("roleplays.roles", key=record.key)
        if not found.is_approved:
            text = _("Approve the allocation of roles") if found.has_run else _("Give out the roles")
            due_on = (coming[record.id] - timedelta(days=7)).date()
            yield Todo(event_id=record.id, text=text, url=url, due_on=due_on)
        elif number := found.without_role:
            text = ngettext("%(num)s registration has no role yet", "%(num)s registrations have no role yet", number)
            yield Todo(event_id=record.id, text=text, url=url)
        if number := found.without_consent:
            text = ngettext(
                "%(num)s person has not said their age, or lacks a guardian's yes",
                "%(num)s people have not said their age, or lack a guardian's yes",
                number,
            )
            yield Todo(event_id=record.id, text=text, url=url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How far the roles of a game with people are given; `without_…`: registrations of which somebody plays."""

    is_approved: bool
    has_run: bool
    without_role: int
    without_consent: int


def waiting_at(records: Sequence[EventRecord]) -> Mapping[int, Waiting]:
    """Return how far games are whose event has registrations, by its id."""
    ids = [record.id for record in records]
    if not ids:
        return {}
    registered: dict[int, list[tuple[int, int, Player | None]]] = defaultdict(list)
    rows = select(Registration.event_id, Registration.id, Registration.party, Player)
    for event_id, registration_id, party, player in db.session.execute(
        rows.outerjoin(Player, Player.registration_id == Registration.id).where(
            Registration.event_id.in_(ids),
            Registration.status == Status.CONFIRMED,
            Registration.name_sealed.is_not(None),
        )
    ):
        people = party - (player is not None and not player.plays)
        registered[event_id].append((registration_id, people, player))
    held = _held(ids)
    approved = _events(PlayState.event_id, ids, PlayState.approved_at.is_not(None))
    has_run = _events(AllocationRun.event_id, ids, AllocationRun.state == RunState.DONE)
    return {
        record.id: Waiting(
            is_approved=record.id in approved,
            has_run=record.id in has_run,
            without_role=sum(held[one] < people for one, people, _player in registered[record.id]),
            without_consent=sum(
                not may_have_role(player, asks=asks_age(record))
                for _one, people, player in registered[record.id]
                if people
            ),
        )
        for record in records
        if record.id in registered
    }


def _held(event_ids: Sequence[int]) -> Counter[int]:
    """How many roles each registration holds."""
    query = select(RoleSeat.registration_id, func.count()).where(
        RoleSeat.event_id.in_(event_ids), RoleSeat.ended_at.is_(None)
    )
    return Counter(dict(db.session.execute(query.group_by(RoleSeat.registration_id)).all()))


def _events(column: InstrumentedAttribute[int], event_ids: Sequence[int], condition: ColumnElement[bool]) -> set[int]:
    return set(db.session.scalars(select(column).where(column.in_(event_ids), condition)))
