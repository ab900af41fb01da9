"""Role cards: who may read one now, what stands on it, and why somebody else is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.event import EventRecord
from cag_events.domain.seats import Status
from cag_events.domain.texts import Texts
from cag_events.events.queries import get_record
from cag_events.registrations.models import Registration
from cag_events.roleplays.codes import CARD, link_token, read_link_token
from cag_events.roleplays.models import Player, RoleSeat
from cag_events.roleplays.queries import (
    asks_age,
    briefs_of,
    may_have_role,
    party_of,
    play_of,
    role_of,
    stage_of,
)
from cag_events.roleplays.wording import game_name, party_name, role_name


@dataclass(frozen=True, kw_only=True)
class Card:
    """A role card: what only its holder and the game masters read."""

    role: str
    party: str
    game: str
    brief: Texts
    party_brief: Texts
    token: str = ""  # of its own link


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why somebody does not get to read a card: a key of wording.WHY_REFUSED, and of which event and role."""

    why: str
    event_id: int
    place: str
    who: str = "link"


def cards_for(record: EventRecord, seats: Sequence[RoleSeat]) -> list[Card]:
    """Return the cards of held roles; whoever asks has been found to hold them."""
    play, briefs = play_of(record), briefs_of(record.id)
    cards = []
    for seat in seats:
        party = party_of(play, role_of(play, seat.role))
        cards.append(
            Card(
                role=role_name(play, seat.role),
                party=party_name(play, seat.role),
                game=game_name(play, seat.game),
                brief=briefs.get(f"role:{seat.role}", {}),
                party_brief=briefs.get(f"party:{party.key}", {}) if party else {},
                token=link_token(seat.row_id, CARD),
            )
        )
    return cards


def refusal_of(registration: Registration, record: EventRecord, now: datetime) -> str:
    """Return why the holder of a registration may not read a role card now; empty if they may."""
    if registration.status is not Status.CONFIRMED:
        return "withdrawn"
    if not may_have_role(db.session.get(Player, registration.id), asks=asks_age(record)):
        return "no_consent"
    return "" if stage_of(record).is_released(now) else "too_early"


def open_card(token: str) -> tuple[EventRecord, Card] | Refusal | None:
    """Return the card that a link opens now, or why it opens none; None for an address that we never made."""
    row_id = read_link_token(token, CARD)
    seat = db.session.scalar(select(RoleSeat).where(RoleSeat.row_id == row_id)) if row_id else None
    if seat is None:
        return None
    record, place = get_record(seat.event_id), f"role:{seat.role}"
    if seat.ended_at is not None:
        return Refusal(why="moved", event_id=record.id, place=place)
    registration = db.session.get_one(Registration, seat.registration_id)
    if why := refusal_of(registration, record, clock.now()):
        return Refusal(why=why, event_id=record.id, place=place)
    return record, cards_for(record, [seat])[0]
