"""What stands in the database and at the mail server after a crowd has registered, counted."""

import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from bench.mailing import PostOffice
from bench.world import World
from cag_events.db import db
from cag_events.domain.seats import Status
from cag_events.events.models import Event, Occurrence
from cag_events.outbox.models import Delivery, Message
from cag_events.registrations.models import Registration, Seat

MAIL_PATIENCE_S = 120.0


@dataclass(frozen=True)
class Tally:
    """The registrations of one event."""

    addresses: Counter[str]
    seated: frozenset[str]
    waiting: tuple[str, ...]  # in the order of the queue
    in_order: bool  # the queue's order is that in which they were committed
    seats: int

    def lost(self, acknowledged: Collection[str]) -> int:
        """How many that were acknowledged are not there."""
        return sum(1 for email in acknowledged if not self.addresses[email])

    @property
    def doubled(self) -> int:
        """How many are there more than once."""
        return sum(1 for times in self.addresses.values() if times > 1)


def count(there: World, key: str) -> Tally:
    """Count an event's registrations."""
    with there.app.app_context():
        event_id = db.session.scalars(select(Event.id).where(Event.key == key)).one()
        rows = list(
            db.session.scalars(
                select(Registration)
                .where(Registration.event_id == event_id)
                .order_by(Registration.joined_at, Registration.id)
            )
        )
        seats = db.session.scalar(
            select(func.count()).select_from(Seat).join(Occurrence).where(Occurrence.event_id == event_id)
        )
        waiting = [row for row in rows if row.status is Status.WAITLISTED]
        found = Tally(
            addresses=Counter(row.email or "" for row in rows),
            seated=frozenset(row.email or "" for row in rows if row.status is Status.CONFIRMED),
            waiting=tuple(row.email or "" for row in waiting),
            in_order=[row.id for row in waiting] == sorted(row.id for row in waiting),
            seats=seats or 0,
        )
        db.session.remove()
        db.engine.dispose()  # nothing is held open while processes are killed
    return found


def wait_for_mails(there: World, office: PostOffice, wanted: int) -> float:
    """Wait until so many people have their mail and nothing is on its way; return how many seconds it took."""
    begun = time.perf_counter()
    until_quiet(lambda: len(office.taken()) >= wanted and not unsent(there))
    return time.perf_counter() - begun


def until_quiet(condition: Callable[[], bool]) -> None:
    """Wait until it is so, or patience is over."""
    end = time.perf_counter() + MAIL_PATIENCE_S
    while not condition() and time.perf_counter() < end:
        time.sleep(0.2)


def unsent(there: World) -> int:
    """How many messages are not sent yet."""
    with there.app.app_context():
        number = db.session.scalar(select(func.count()).where(Message.state != Delivery.SENT)) or 0
        db.session.remove()
        db.engine.dispose()
    return number


def mails_by_kind(there: World) -> dict[str, Counter[str]]:
    """Return to whom mails of each kind were queued."""
    kinds: dict[str, Counter[str]] = {}
    with there.app.app_context():
        for message in db.session.scalars(select(Message)):
            kinds.setdefault(message.kind, Counter())[message.to or ""] += 1
        db.session.remove()
        db.engine.dispose()
    return kinds
