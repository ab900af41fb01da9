"""Those whom a registration's contact brings along, and others who have to do with it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cag_events import keyring
from cag_events.db import db
from cag_events.domain.inviting import Part
from cag_events.registrations.codes import SUCCESSOR
from cag_events.registrations.models import Delegate, PartyMember


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a party, by name; position 1 is the contact, who is not among them."""

    position: int
    name: str
    needs: str


def members_of(registration_ids: Collection[int]) -> dict[int, list[Member]]:
    """Return for each registration those of its party who have a name, in order; those without are left out."""
    found: dict[int, list[Member]] = defaultdict(list)
    rows = db.session.scalars(
        select(PartyMember)
        .where(PartyMember.registration_id.in_(registration_ids))
        .order_by(PartyMember.registration_id, PartyMember.position)
    )
    for row in rows:
        found[row.registration_id].append(Member(row.position, row.name or "", row.needs or ""))
    return found


def list_delegates(registration_id: int, part: Part | None = None) -> list[Delegate]:
    """Return who else has to do with a registration, in the order in which they came."""
    query = select(Delegate).where(Delegate.registration_id == registration_id)
    if part is not None:
        query = query.where(Delegate.part == part)
    return list(db.session.scalars(query.order_by(Delegate.asked_at, Delegate.id)))


def find_successor(registration_id: int) -> Delegate | None:
    """Return who is to take a registration's seat; None where nobody is, or the time for it has passed."""
    found = list_delegates(registration_id, Part.SUCCESSOR)
    return found[0] if found else None


def find_offered(token: str, at: datetime) -> Delegate | None:
    """Return to whom a seat is passed on by this link, while it lives."""
    found = db.session.scalar(select(Delegate).where(Delegate.token_hash == keyring.token_hash(token, SUCCESSOR)))
    if found is None or found.allowed_at is None or (found.expires_at is not None and at >= found.expires_at):
        return None
    return found
