"""Published programmes, who chose which item, and how full items are."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from cag_events import keyring
from cag_events.accounts.models import Account
from cag_events.conferences.models import (
    ConferenceItem,
    ConferenceVersion,
    ItemSeat,
    ItemSignUp,
    LetterWish,
    OwnFeed,
    SignUpStatus,
)
from cag_events.db import db
from cag_events.domain.event import Mode
from cag_events.domain.lifecycle import SHOWN
from cag_events.domain.seats import SeatState, Slot, Status, Waiting
from cag_events.domain.texts import Texts
from cag_events.events.models import Event
from cag_events.kinds import read_details
from cag_events.kinds.conference import Conference, Item
from cag_events.registrations.models import Registration

SERVED = frozenset({"conference"})  # kinds of events that have a programme with versions
PURPOSE = "own_feed"  # of a feed's token
CHOSEN = (SignUpStatus.CONFIRMED, SignUpStatus.WAITING)
SLOT = Slot(0, Mode.ONSITE)  # an item's seats by the rules of domain/seats.py: one slot


@dataclass(frozen=True, kw_only=True)
class Version:
    """A published version of a programme."""

    number: int
    published_at: datetime
    items: tuple[Item, ...]
    note: Texts = field(default_factory=dict)
    by: str = ""


def list_versions(event_id: int) -> list[Version]:
    """Return a conference's published programmes, the newest first."""
    rows = db.session.execute(
        select(ConferenceVersion, Account.name)
        .outerjoin(Account, Account.id == ConferenceVersion.account_id)
        .where(ConferenceVersion.event_id == event_id)
        .order_by(ConferenceVersion.number.desc())
    )
    return [_version(row, name or "") for row, name in rows]


def count_versions(event_id: int) -> int:
    """Return how many versions of a programme have been published."""
    return db.session.scalar(select(func.count()).where(ConferenceVersion.event_id == event_id)) or 0


def find_version(event_id: int, number: int | None = None) -> Version | None:
    """Return a published programme, without a number the newest."""
    query = select(ConferenceVersion).where(ConferenceVersion.event_id == event_id)
    if number is not None:
        query = query.where(ConferenceVersion.number == number)
    row = db.session.scalar(query.order_by(ConferenceVersion.number.desc()).limit(1))
    return _version(row) if row is not None else None


def _version(row: ConferenceVersion, by: str = "") -> Version:
    return Version(
        number=row.number, published_at=row.published_at, items=read_items(row.items), note=dict(row.note), by=by
    )


def read_items(stored: Sequence[Mapping[str, Any]]) -> tuple[Item, ...]:
    """Return stored items as the kind knows them."""
    details: Conference = read_details("conference", {"programme": list(stored)})
    return details.programme


def shown_instead(event_ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """Return by event the programme that visitors see: of events that are shown, the newest published version."""
    newest = (
        select(ConferenceVersion.event_id, func.max(ConferenceVersion.number).label("number"))
        .join(Event, Event.id == ConferenceVersion.event_id)
        .where(ConferenceVersion.event_id.in_(event_ids), Event.status.in_(SHOWN))
        .group_by(ConferenceVersion.event_id)
        .subquery()
    )
    rows = db.session.execute(
        select(ConferenceVersion.event_id, ConferenceVersion.items).join(
            newest,
            (newest.c.event_id == ConferenceVersion.event_id) & (newest.c.number == ConferenceVersion.number),
        )
    )
    return {row.event_id: {"programme": list(row.items)} for row in rows}


def lacking_a_version(event_ids: Collection[int]) -> list[int]:
    """Return those of the events that are shown, of a kind with a programme, and have published none yet."""
    has_one = select(ConferenceVersion.id).where(ConferenceVersion.event_id == Event.id).exists()
    query = select(Event.id).where(Event.id.in_(event_ids), Event.kind.in_(SERVED), Event.status.in_(SHOWN), ~has_one)
    return list(db.session.scalars(query.order_by(Event.id)))


def having_versions(event_ids: Collection[int]) -> list[int]:
    """Return those of the events whose programme has been published."""
    query = select(ConferenceVersion.event_id).where(ConferenceVersion.event_id.in_(event_ids)).distinct()
    return sorted(db.session.scalars(query))


def items_known(event_id: int) -> dict[str, ConferenceItem]:
    """Return what calendars know of an event's items, by key."""
    return {
        row.key: row for row in db.session.scalars(select(ConferenceItem).where(ConferenceItem.event_id == event_id))
    }


def sign_ups_of(registration_id: int) -> dict[str, ItemSignUp]:
    """Return what somebody chose or took out again, by the item's key."""
    rows = db.session.scalars(select(ItemSignUp).where(ItemSignUp.registration_id == registration_id))
    return {row.item_key: row for row in rows}


@dataclass(frozen=True, kw_only=True)
class Fullness:
    """How full an item is: people with it in their programme, those counted whose registrations are deleted since.

    Beside them people who wait, and seats that are held.
    """

    people: int = 0
    waiting: int = 0  # people
    parties_waiting: int = 0
    held: int = 0


def fullness_of(event_id: int) -> dict[str, Fullness]:
    """Return how full the items of an event are, by key, in three statements."""
    people, waiting, parties = Counter[str](), Counter[str](), Counter[str]()
    for row in db.session.execute(
        select(ItemSignUp.item_key, ItemSignUp.status, func.sum(ItemSignUp.people), func.count())
        .where(ItemSignUp.event_id == event_id, ItemSignUp.status.in_(CHOSEN))
        .group_by(ItemSignUp.item_key, ItemSignUp.status)
    ):
        if row[1] is SignUpStatus.CONFIRMED:
            people[row[0]] += row[2]
        else:
            waiting[row[0]] += row[2]
            parties[row[0]] += row[3]
    held = Counter[str]()
    for key, number in db.session.execute(
        select(ItemSeat.item_key, func.count()).where(ItemSeat.event_id == event_id).group_by(ItemSeat.item_key)
    ):
        held[key] = number
    forgotten = select(ConferenceItem.key, ConferenceItem.forgotten).where(
        ConferenceItem.event_id == event_id, ConferenceItem.forgotten > 0
    )
    for key, number in db.session.execute(forgotten):
        people[key] += number
        held[key] += number
    return {
        key: Fullness(people=people[key], waiting=waiting[key], parties_waiting=parties[key], held=held[key])
        for key in {*people, *waiting, *held}
    }


def seat_state_of(event_id: int, item: Item) -> SeatState:
    """Return the seats of an item, with the numbers that are held; for services, under the event's lock."""
    numbers = db.session.scalars(
        select(ItemSeat.no).where(ItemSeat.event_id == event_id, ItemSeat.item_key == item.key)
    )
    waiting = db.session.scalar(
        select(func.count(ItemSignUp.id)).where(
            ItemSignUp.event_id == event_id,
            ItemSignUp.item_key == item.key,
            ItemSignUp.status == SignUpStatus.WAITING,
        )
    )
    return SeatState(
        capacity={Mode.ONSITE: item.capacity or 0},
        occurrences=(SLOT.occurrence,),
        held={SLOT: frozenset(numbers)},
        waiting={SLOT: waiting} if waiting else {},
    )


def list_queue(event_id: int, item_key: str) -> list[Waiting]:
    """Return the parties that wait for a seat at an item, in order."""
    rows = db.session.execute(
        select(ItemSignUp.registration_id, ItemSignUp.people)
        .join(Registration, Registration.id == ItemSignUp.registration_id)
        .where(
            ItemSignUp.event_id == event_id,
            ItemSignUp.item_key == item_key,
            ItemSignUp.status == SignUpStatus.WAITING,
            Registration.status == Status.CONFIRMED,
        )
        .order_by(ItemSignUp.joined_at, ItemSignUp.id)
    )
    return [Waiting(row.registration_id, row.people, Mode.ONSITE, (SLOT.occurrence,)) for row in rows]


def seats_held(registration_id: int) -> dict[str, int]:
    """Return how many seats a party holds, by item."""
    rows = db.session.execute(
        select(ItemSeat.item_key, func.count())
        .where(ItemSeat.registration_id == registration_id)
        .group_by(ItemSeat.item_key)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class SignedUp:
    """A party on the list of an item; `name` is opened only where somebody may read it."""

    registration_id: int
    name: str
    code: str
    people: int
    is_waiting: bool


def list_signed_up(event_id: int, item_key: str) -> list[SignedUp]:
    """Return who comes to an item and who waits, those with a seat first, by the order in which they chose it."""
    rows = db.session.execute(
        select(ItemSignUp, Registration)
        .join(Registration, Registration.id == ItemSignUp.registration_id)
        .where(
            ItemSignUp.event_id == event_id,
            ItemSignUp.item_key == item_key,
            ItemSignUp.status.in_(CHOSEN),
            Registration.name_sealed.is_not(None),
        )
        .order_by(ItemSignUp.joined_at, ItemSignUp.id)
    )
    found = [
        SignedUp(
            registration.id,
            registration.name or "",
            registration.code,
            sign_up.people,
            sign_up.status is SignUpStatus.WAITING,
        )
        for sign_up, registration in rows
    ]
    return sorted(found, key=lambda one: one.is_waiting)


def registrations_with(event_id: int, item_keys: Collection[str]) -> list[int]:
    """Return the registrations that chose one of the items at least, and can be told."""
    query = (
        select(ItemSignUp.registration_id)
        .join(Registration, Registration.id == ItemSignUp.registration_id)
        .where(
            ItemSignUp.event_id == event_id,
            ItemSignUp.item_key.in_(item_keys),
            ItemSignUp.status.in_(CHOSEN),
            Registration.status == Status.CONFIRMED,
            Registration.email_sealed.is_not(None),
        )
        .distinct()
    )
    return sorted(db.session.scalars(query))


def find_feed(token: str) -> tuple[OwnFeed, Registration] | None:
    """Return the feed that a secret address opens, in force or not, and whose it is."""
    row = db.session.execute(
        select(OwnFeed, Registration)
        .join(Registration, Registration.id == OwnFeed.registration_id)
        .where(OwnFeed.token_hash == keyring.token_hash(token, PURPOSE))
    ).first()
    return (row[0], row[1]) if row else None


def feed_of(registration_id: int) -> OwnFeed | None:
    """Return somebody's own feed, if one is in force."""
    return db.session.scalar(
        select(OwnFeed).where(OwnFeed.registration_id == registration_id, OwnFeed.revoked_at.is_(None))
    )


def list_wishes(event_id: int) -> dict[int, LetterWish]:
    """Return who asked for a letter of invitation, by registration."""
    rows = db.session.scalars(select(LetterWish).where(LetterWish.event_id == event_id).order_by(LetterWish.asked_at))
    return {row.registration_id: row for row in rows}


def events_with_wishes() -> frozenset[int]:
    """Return the events of which somebody's wish for a letter is kept."""
    return frozenset(db.session.scalars(select(LetterWish.event_id).distinct()))
