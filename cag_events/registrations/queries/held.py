"""What organizers see of held seats: codes and lists as counts, and the moves in a queue with their reasons."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import case, func, select

from cag_events.accounts.models import Account
from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain.event import Mode
from cag_events.domain.seats import LIVE, Status
from cag_events.events.models import Event
from cag_events.registrations.models import PoolAddress, PoolCode, PoolCodeUse, QueueMove, Registration


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code as organizers see it: never itself. `name` is what its form is known by."""

    name: str
    segment: str
    label: str
    uses: int
    most_uses: int | None


def list_codes(event_id: int) -> list[CodeRow]:
    """Return the codes of an event, each with how many parties that count have used it."""
    used = (
        select(func.count())
        .select_from(PoolCodeUse)
        .join(Registration, Registration.id == PoolCodeUse.registration_id)
        .where(PoolCodeUse.code_id == PoolCode.id, Registration.status.in_(LIVE))
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(PoolCode.code_hash, Segment.key, PoolCode.label, used, PoolCode.most_uses)
        .join(Segment, Segment.id == PoolCode.segment_id)
        .where(PoolCode.event_id == event_id)
        .order_by(PoolCode.id)
    )
    return [CodeRow(row[0].hex(), row[1], row[2], row[3], row[4]) for row in rows]


def count_addresses(event_id: int) -> dict[str, int]:
    """Return how many addresses are on the lists of an event, by segment."""
    rows = db.session.execute(
        select(Segment.key, func.count())
        .join(PoolAddress, PoolAddress.segment_id == Segment.id)
        .where(PoolAddress.event_id == event_id)
        .group_by(Segment.key)
    )
    return {row[0]: row[1] for row in rows}


def count_too_large(event_ids: Collection[int]) -> dict[int, int]:
    """Return how many waiting parties have more people than there are seats, by event: those behind them wait too."""
    seats = case((Registration.mode == Mode.ONLINE, Event.online_capacity), else_=Event.capacity)
    rows = db.session.execute(
        select(Registration.event_id, func.count())
        .join(Event, Event.id == Registration.event_id)
        .where(
            Registration.event_id.in_(event_ids),
            Registration.status == Status.WAITLISTED,
            Registration.party > seats,
        )
        .group_by(Registration.event_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class Move:
    """That somebody of the team moved a party, and why."""

    reason: str
    who: str
    to_seat: bool


def list_moves(event_id: int) -> dict[int, list[Move]]:
    """Return the moves at an event by registration, the last first; reasons are opened, for those who may see names."""
    rows = db.session.execute(
        select(QueueMove, Account.name)
        .outerjoin(Account, Account.id == QueueMove.account_id)
        .where(QueueMove.event_id == event_id)
        .order_by(QueueMove.id.desc())
    )
    found: dict[int, list[Move]] = {}
    for move, who in rows:
        found.setdefault(move.registration_id, []).append(Move(move.reason or "", who or "", move.to_seat))
    return found
