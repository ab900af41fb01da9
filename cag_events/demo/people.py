"""Registrations of invented people for the demo, the same every time on the same day.

Those of coming events are made by the same services as real ones, in the order in which they came, so that seats,
queues and statuses are what they would be. Those of events that are over are written at once: there was room for all.
"""

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import delete, select

from cag_events import clock
from cag_events.db import db
from cag_events.demo.past import write_past
from cag_events.demo.persons import Person, form_of, invent
from cag_events.domain.errors import Refused
from cag_events.domain.event import EventRecord, RegistrationMode
from cag_events.domain.lifecycle import Status
from cag_events.domain.seating import Filling
from cag_events.domain.seats import Status as Seat
from cag_events.events.queries import list_records
from cag_events.outbox.models import Fact
from cag_events.permissions import ANONYMOUS, SYSTEM, Actor, Role
from cag_events.registrations import services
from cag_events.registrations.models import Registration

PEOPLE: Final = 700
MOST: Final = 60  # parties that try to get seats at one coming event: enough to look real, few enough to be quick
QUICK_TO_FILL: Final = 3  # coming events that are full, with a queue
PENDING_SHARE: Final = 0.25  # of those who asked for a seat at a coming event and wait for an answer
TAKEN_SHARE: Final = 0.2  # of offers that stand, each time that something happens at their event
MEMBER: Final = Actor(role=Role.MEMBER)


@dataclass(order=True)
class Step:
    """Something that happens at a time: one party registers, withdraws, is approved, arrives."""

    at: dt.datetime
    number: int
    what: str = field(compare=False)
    who: int = field(compare=False)  # place in the event's list of parties


def register_people(generator: Mapping[str, Any]) -> int:
    """Make the registrations of all events, past and coming; returns how many. Nobody gets a mail about them."""
    rng = random.Random(generator["seed"])  # noqa: S311 (the same every time is what is wanted)
    people = list(invent(generator, rng))
    records = [record for record in list_records() if record.status is Status.PUBLISHED]
    full = {record.id for record in sorted(filter(_is_filling, records), key=_seats)[:QUICK_TO_FILL]}
    made = 0
    for record in records:
        if record.registration.mode is not RegistrationMode.NONE:
            chosen = rng.sample(people, _wanted(record, rng, is_full=record.id in full))
            act = _register if _is_coming(record) else write_past
            made += act(record, chosen, generator, rng)
    db.session.execute(delete(Fact))
    return made


def _is_coming(record: EventRecord) -> bool:
    return record.ends_at is None or record.ends_at > clock.now()


def _seats(record: EventRecord) -> int:
    return record.registration.capacity + record.registration.online_capacity


def _is_filling(record: EventRecord) -> bool:
    """Whether people can register for it at this moment, and a queue may form."""
    now, registration = clock.now(), record.registration
    return (
        registration.mode is RegistrationMode.OPEN
        and registration.waitlist
        and registration.opens_at is not None
        and registration.closes_at is not None
        and registration.opens_at <= now < registration.closes_at
    )


def _wanted(record: EventRecord, rng: random.Random, *, is_full: bool) -> int:
    """Return how many parties try: past events nearly full, coming ones the more the nearer they are."""
    now, seats = clock.now(), _seats(record)
    opens, starts = record.registration.opens_at, record.starts_at
    if starts is None or opens is None or opens > now:
        return 0
    if is_full:
        return min(int(seats * 1.15) + 3, 2 * MOST)
    if not _is_coming(record):
        return int(seats * rng.uniform(0.6, 0.9))
    share = 0.25 + 0.6 * min((now - opens) / max(starts - opens, dt.timedelta(days=1)), 1)
    return min(int(seats * share * rng.uniform(0.75, 1.05)), MOST)


def _register(record: EventRecord, chosen: list[Person], generator: Mapping[str, Any], rng: random.Random) -> int:
    made: dict[int, int] = {}
    for step in sorted(_steps(record, len(chosen), generator, rng)):
        with clock.fixed(step.at):
            _answer_offers(record, rng)
            try:
                if step.what == "register":
                    made[step.who] = _ask(record, chosen[step.who], generator, rng)
                elif step.who in made:
                    _follow(step.what, made[step.who])
            except Refused:
                continue
    _answer_offers(record, rng)
    return len(made)


def _answer_offers(record: EventRecord, rng: random.Random) -> None:
    """Let some of those who have an offer take it, and pass on what nobody took in time."""
    if record.registration.queue.filling is not Filling.OFFER:
        return
    services.lapse_offers(record.id)
    offered = select(Registration.id).where(Registration.event_id == record.id, Registration.status == Seat.OFFERED)
    for registration_id in list(db.session.scalars(offered.order_by(Registration.id))):
        if rng.random() < TAKEN_SHARE:
            services.accept_offer(registration_id)


def _steps(record: EventRecord, count: int, generator: Mapping[str, Any], rng: random.Random) -> Iterator[Step]:
    registration, now = record.registration, clock.now()
    opens, closes, starts = registration.opens_at, registration.closes_at, record.starts_at
    assert opens is not None
    assert closes is not None
    assert starts is not None
    end = min(closes, now) - dt.timedelta(minutes=1)
    for number in range(count):
        at = _between(opens, end, rng.betavariate(1.2, 1.6))
        yield Step(at, number, "register", number)
        if registration.mode is RegistrationMode.APPROVAL and rng.random() > PENDING_SHARE:
            yield Step(_between(at, end, rng.random()), number, "approve", number)
        if rng.random() < generator["cancel_share"]:
            yield Step(_between(at, end, rng.random()), number, "withdraw", number)
        elif starts <= now and rng.random() >= generator["no_show_share"]:
            early = starts - dt.timedelta(minutes=rng.randint(1, 25))
            yield Step(max(early, end), number, "check_in", number)


def _between(first: dt.datetime, last: dt.datetime, share: float) -> dt.datetime:
    at = first + max(last - first, dt.timedelta()) * share
    return at.replace(microsecond=0)


def _follow(what: str, registration_id: int) -> None:
    registration = db.session.get_one(Registration, registration_id)
    if what == "approve" and registration.status is Seat.PENDING:
        services.approve(registration_id, by=SYSTEM)
    elif what == "withdraw":
        services.withdraw(registration_id)
    elif what == "check_in" and registration.status is Seat.CONFIRMED:
        services.check_in(registration_id, by=SYSTEM)


def _ask(record: EventRecord, person: Person, generator: Mapping[str, Any], rng: random.Random) -> int:
    """Register one party; returns the registration's id."""
    new = form_of(record, person, generator, rng)
    if record.registration.mode is RegistrationMode.INVITE:
        return services.add(record.id, new, by=SYSTEM).id
    by = MEMBER if record.registration.mode is RegistrationMode.MEMBERS else ANONYMOUS
    return services.register(record.id, new, by=by).registration_id
