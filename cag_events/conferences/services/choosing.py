"""A visitor's own programme: items are chosen and left, their seats given, freed and passed on.

Everything runs under the event's lock; a numbered row per seat with a unique constraint is the last guard.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import Select, delete, select

from cag_events import clock, outbox
from cag_events.conferences.items import is_over, placed_of
from cag_events.conferences.models import ItemSeat, ItemSignUp, SignUpStatus
from cag_events.conferences.queries import CHOSEN, SLOT, list_queue, seat_state_of, sign_ups_of
from cag_events.db import db, transaction
from cag_events.domain.disclosure import Viewer, disclose
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord, Mode
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.programme import overlap
from cag_events.domain.seats import Status, allocate, next_in_line
from cag_events.events.queries import get_record, lock_event
from cag_events.kinds.conference import Placed
from cag_events.registrations.models import Registration
from cag_events.registrations.queries.people import occurrence_ids
from cag_events.registrations.services.seats import flush, lock_registration


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What became of a choice: keys of items that were joined, that one waits for now, and that were left."""

    joined: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def choose(registration_id: int, keys: Collection[str]) -> Chosen:
    """Make these items, and no others, a party's own programme; what has begun stays as it is.

    Whoever finds no seat waits for one. Raises NotFound, Refused conference.no_seat, .cancelled, .unknown_item,
    .online, .own_clash with the field `item-<key>`. Who waited for what is freed gets it.
    """
    with transaction():
        event, registration = lock_registration(registration_id)
        if registration.status is not Status.CONFIRMED:
            raise Refused("conference.no_seat", N_("You need a seat at the conference first."))
        if event.status is not EventStatus.PUBLISHED:
            raise Refused("conference.cancelled", N_("The conference does not take place as planned."))
        record, now = get_record(event.id), clock.now()
        offered = offered_to(registration, record)
        mine = sign_ups_of(registration.id)
        had = {key for key, row in mine.items() if row.status in CHOSEN}
        begun = {key for key, one in offered.items() if is_over(one, now)}
        wanted = {key for key in keys if key not in begun} | (had & begun)
        _require_known(wanted - had, offered)
        _require_in_person(wanted - had, offered, registration)
        _require_no_clash([one for key, one in offered.items() if key in wanted], wanted - had)
        left = sorted(key for key in had - wanted if key in offered)
        for key in left:
            _leave(mine[key], SignUpStatus.LEFT)
        db.session.flush()
        statuses = {
            key: _join(registration, offered[key], mine.get(key)) for key in offered if key in wanted and key not in had
        }
        promote(event.id, left)
    return Chosen(
        joined=tuple(key for key, status in statuses.items() if status is SignUpStatus.CONFIRMED),
        waiting=tuple(key for key, status in statuses.items() if status is SignUpStatus.WAITING),
        left=tuple(left),
    )


def offered_to(registration: Registration, record: EventRecord) -> dict[str, Placed]:
    """Return the items that a party may put into its programme: as it may see them, on the days that it comes."""
    view = disclose(record, Viewer(confirmed=True, invited=True), clock.now())
    days = set(occurrence_ids(registration.id))
    return {key: one for key, one in placed_of(view).items() if one.part.id in days and one.can_be_chosen}


def promote(event_id: int, keys: Collection[str] | None = None) -> None:
    """Give free seats of items to those who wait, in order, until the items begin; without keys at every item.

    Notes conference.item_promoted for each. Under the event's lock.
    """
    event = lock_event(event_id)
    waiting = set(
        db.session.scalars(
            select(ItemSignUp.item_key)
            .where(ItemSignUp.event_id == event_id, ItemSignUp.status == SignUpStatus.WAITING)
            .distinct()
        )
    )
    wanted = waiting if keys is None else waiting & set(keys)
    if not wanted or event.status is not EventStatus.PUBLISHED:
        return
    items, now = placed_of(get_record(event_id)), clock.now()
    for key in sorted(wanted):
        one = items.get(key)
        if one is None or not one.can_be_chosen or is_over(one, now):
            continue
        if not one.item.takes_sign_ups:  # seats are no longer given out: all who wait are in
            for row in db.session.scalars(_waiting_at(event_id, key)):
                _set(row, SignUpStatus.CONFIRMED)
            continue
        for registration_id, allocation in next_in_line(list_queue(event_id, key), seat_state_of(event_id, one.item)):
            row = db.session.scalars(_waiting_at(event_id, key, registration_id)).one()
            _hold(row, allocation.numbers[SLOT.occurrence])
            _set(row, SignUpStatus.CONFIRMED)
            outbox.note("conference.item_promoted", sign_up_id=row.id)
    db.session.flush()


def settle_registration(registration_id: int) -> None:
    """Let a party's programme follow its registration: freed with it, given back with it, as many seats as people.

    Runs within the unit that changes the registration. Somebody who grew keeps the seats that there are.
    """
    mine = sign_ups_of(registration_id)
    if not mine:
        return
    with transaction():
        event, registration = lock_registration(registration_id)
        if registration.status is Status.CONFIRMED:
            freed = _follow(registration, mine.values(), placed_of(get_record(event.id)))
        else:
            freed = [row.item_key for row in mine.values() if row.status in CHOSEN]
            for row in mine.values():
                if row.status in CHOSEN:
                    _leave(row, SignUpStatus.PAUSED)
        db.session.flush()
        promote(event.id, freed)


def _follow(registration: Registration, rows: Iterable[ItemSignUp], items: Mapping[str, Placed]) -> list[str]:
    """Bring the sign-ups of a confirmed party up to date; returns the items of which seats were freed."""
    days, freed, now = set(occurrence_ids(registration.id)), [], clock.now()
    for row in rows:
        one = items.get(row.item_key)
        if row.status is SignUpStatus.LEFT or one is None or is_over(one, now):
            continue
        seated = one.item.takes_sign_ups
        if one.part.id not in days or (seated and registration.mode is Mode.ONLINE):
            freed.append(row.item_key)
            _leave(row, SignUpStatus.LEFT)
        elif row.status is SignUpStatus.PAUSED:
            _join(registration, one, row)
        elif row.people > registration.party:
            freed.append(row.item_key)
            _shrink(row, registration.party)
        elif row.people < registration.party:
            _grow(row, registration.party, one)
    return freed


def _require_known(keys: Collection[str], offered: Mapping[str, Placed]) -> None:
    if set(keys) - set(offered):
        raise Refused(
            "conference.unknown_item", N_("The programme has changed since you opened the page. Choose once more.")
        )


def _require_in_person(keys: Collection[str], offered: Mapping[str, Placed], registration: Registration) -> None:
    for key in sorted(keys):
        if registration.mode is Mode.ONLINE and offered[key].item.takes_sign_ups:
            raise Refused(
                "conference.online",
                N_("“%(title)s” has seats in the room alone, and you take part online."),
                field=f"item-{key}",
                title=offered[key].name,
            )


def _require_no_clash(chosen: Collection[Placed], new: Collection[str]) -> None:
    """Refuse two items at once, unless both were chosen before one of them was moved: the page warns of that."""
    for one, other in combinations(sorted(chosen, key=lambda item: (item.starts_wall, item.key)), 2):
        if overlap(one, other) and {one.key, other.key} & set(new):
            field = other if other.key in new else one
            raise Refused(
                "conference.own_clash",
                N_("“%(one)s” and “%(other)s” are at the same time. Choose one of them."),
                field=f"item-{field.key}",
                one=one.name,
                other=other.name,
            )


def _join(registration: Registration, one: Placed, row: ItemSignUp | None) -> SignUpStatus:
    """Put an item into a party's programme, with seats where seats are given; else it waits for them."""
    now = clock.now()
    if row is None:
        row = ItemSignUp(
            registration_id=registration.id,
            event_id=registration.event_id,
            item_key=one.key,
            status=SignUpStatus.LEFT,
            people=registration.party,
            joined_at=now,
            changed_at=now,
            revision=0,
        )
        db.session.add(row)
    elif row.status is SignUpStatus.LEFT:
        row.joined_at = now
    row.people = registration.party
    status = SignUpStatus.CONFIRMED
    if one.item.takes_sign_ups:
        state = seat_state_of(registration.event_id, one.item)
        allocation = allocate(registration.party, Mode.ONSITE, [SLOT.occurrence], state)
        if allocation.status is Status.CONFIRMED:
            _hold(row, allocation.numbers[SLOT.occurrence])
        else:
            status = SignUpStatus.WAITING
    _set(row, status)
    flush()
    return status


def _leave(row: ItemSignUp, status: SignUpStatus) -> None:
    db.session.execute(
        delete(ItemSeat).where(ItemSeat.registration_id == row.registration_id, ItemSeat.item_key == row.item_key)
    )
    _set(row, status)


def _hold(row: ItemSignUp, numbers: Collection[int]) -> None:
    """Store seats. Raises Refused registration.taken if the table already has one of them."""
    db.session.add_all(
        ItemSeat(event_id=row.event_id, item_key=row.item_key, no=number, registration_id=row.registration_id)
        for number in numbers
    )
    flush()


def _shrink(row: ItemSignUp, people: int) -> None:
    seats = db.session.scalars(
        select(ItemSeat)
        .where(ItemSeat.registration_id == row.registration_id, ItemSeat.item_key == row.item_key)
        .order_by(ItemSeat.no)
    ).all()
    for seat in seats[people:]:
        db.session.delete(seat)
    row.people = people
    _set(row, row.status)


def _grow(row: ItemSignUp, people: int, one: Placed) -> None:
    """Give seats to those who joined the party, if all of them find one; else those who have seats keep them."""
    if row.status is SignUpStatus.CONFIRMED and one.item.takes_sign_ups:
        state = seat_state_of(row.event_id, one.item)
        allocation = allocate(people - row.people, Mode.ONSITE, [SLOT.occurrence], state)
        if allocation.status is not Status.CONFIRMED:
            return
        _hold(row, allocation.numbers[SLOT.occurrence])
    row.people = people
    _set(row, row.status)


def _set(row: ItemSignUp, status: SignUpStatus) -> None:
    row.status, row.changed_at, row.revision = status, clock.now(), (row.revision or 0) + 1


def _waiting_at(event_id: int, key: str, registration_id: int | None = None) -> Select[ItemSignUp]:
    query = select(ItemSignUp).where(
        ItemSignUp.event_id == event_id, ItemSignUp.item_key == key, ItemSignUp.status == SignUpStatus.WAITING
    )
    if registration_id is not None:
        query = query.where(ItemSignUp.registration_id == registration_id)
    return query.order_by(ItemSignUp.joined_at, ItemSignUp.id)
