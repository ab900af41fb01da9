"""What private feeds answered last: a poll of one that has not changed costs three queries and renders nothing.

An answer holds while nothing that it was made from is another: the programme's version, the day, the feed itself, its
owner, the owner's registrations as they stand; and until the moment at which something more may be told of an event.
"""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

from flask import current_app  # noqa: TID251 (the memory belongs to the application)
from sqlalchemy import select

from cag_events import keyring
from cag_events.accounts.models import Account
from cag_events.db import db
from cag_events.domain.disclosure import RELEASE_BEFORE
from cag_events.domain.event import EventRecord
from cag_events.domain.readings import let_out_at
from cag_events.events import records
from cag_events.events.extensions import extensions_of, has_own_entries
from cag_events.events.models import EventRecordRow
from cag_events.events.queries import programme_version
from cag_events.feeds import calendars, personal
from cag_events.feeds.machine import last_change
from cag_events.feeds.models import PrivateFeed
from cag_events.feeds.warm import memory_of
from cag_events.registrations.models import Registration, RegistrationOccurrence
from cag_events.web.calendar_answers import Answer

_NOTED: Final = "last_"  # how the names of columns begin that tell when a feed was fetched, not what it holds
_FEED: Final = tuple(column.key for column in PrivateFeed.__table__.columns if not column.key.startswith(_NOTED))
_OWNER: Final = ("id", "email", "role", "language")


class _State(NamedTuple):
    """What an answer was made from, as a hash, and until when it holds at most."""

    made_from: bytes
    until: datetime


def own_answer(feed: PrivateFeed, owner: Account, now: datetime) -> Answer:
    """Return what a private feed says now, made anew if it may be another than the last time."""
    memory, key = memory_of(current_app).own, feed.row_id
    registrations = _registrations(owner) if feed.with_registrations else ()
    told = [getattr(feed, name) for name in _FEED] + [getattr(owner, name) for name in _OWNER]
    made_from = sha256(repr((programme_version()[0], now.date(), told, registrations)).encode()).digest()
    kept = memory.find(key)
    if kept is not None and kept[0].made_from == made_from and now < kept[0].until:
        return kept[1]
    until = _until(registrations, now)
    answer = Answer(personal.personal_calendar(feed, owner, now), calendars.CONTENT_TYPE, now, "my-events.ics")
    answer.last_modified = last_change(f"private {key}", bytes.fromhex(answer.etag), now, always=True)
    if until is not None:
        memory.keep(key, _State(made_from, until), answer)
    return answer


def _registrations(owner: Account) -> tuple[tuple[Any, ...], ...]:
    """Return all that is kept of the owner's registrations, with the dates that they chose."""
    rows = db.session.connection().execute(
        select(*Registration.__table__.columns, RegistrationOccurrence.occurrence_id)
        .outerjoin(RegistrationOccurrence, RegistrationOccurrence.registration_id == Registration.id)
        .where(Registration.email_index == keyring.blind_index(owner.email))
        .order_by(Registration.id, RegistrationOccurrence.occurrence_id)
    )
    return tuple((row.event_id, *row) for row in rows)


def _until(registrations: tuple[tuple[Any, ...], ...], now: datetime) -> datetime | None:
    """Return until when an answer holds if nothing changes; None if rooms add to it what is not looked at here."""
    ids = {row[0] for row in registrations}
    bodies = db.session.scalars(select(EventRecordRow.body).where(EventRecordRow.event_id.in_(ids))) if ids else ()
    known = [records.decode(body) for body in bodies]
    if any(has_own_entries(extension) for record in known for extension in extensions_of(record.kind)):
        return None
    coming = [moment for record in known for moment in _moments(record) if moment > now]
    return min(coming, default=datetime.max.replace(tzinfo=now.tzinfo))


def _moments(record: EventRecord) -> Iterator[datetime]:
    """Yield when more of an event is told than before."""
    if record.starts_at is not None:
        yield record.starts_at - RELEASE_BEFORE
    yield from let_out_at(record.details, record.occurrences, record.tz)
