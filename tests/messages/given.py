"""What the tests of this room share: an event with people, a change of it, what is held, noted and mailed."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from cag_events.accounts.models import Organisation
from cag_events.db import db, transaction
from cag_events.events.drafts import fields_of
from cag_events.events.fields import EventFields, OccurrenceFields
from cag_events.events.models import Event
from cag_events.events.services import edit_event
from cag_events.messages.models import Notice
from cag_events.outbox.delivery import work_once
from cag_events.outbox.models import Message
from cag_events.permissions import ANONYMOUS, SYSTEM, Actor, Role
from cag_events.registrations.models import Registration
from cag_events.registrations.services import NewRegistration, register
from cag_events.serving import make_sender
from cag_events.web.settings import settings
from tests.factories import make_account
from tests.journeys.stage import Post

TITLE = {"sv": "Våld är inte tradition", "en": "Violence is not tradition"}


def join(event: Event, number: int = 1, **values: Any) -> Registration:
    """Register somebody; returns the row."""
    new = NewRegistration(**{"name": f"Person {number}", "email": f"p{number}@example.org", "language": "en", **values})
    return row_of(register(event.id, new, by=ANONYMOUS).registration_id)


def row_of(registration_id: int) -> Registration:
    """A registration as it is now."""
    return db.session.get_one(Registration, registration_id, populate_existing=True)


def event_now(event: Event) -> Event:
    """An event as it is now."""
    return db.session.get_one(Event, event.id, populate_existing=True)


def fields_now(event: Event) -> EventFields:
    """An event's fields as its editor sees them."""
    return fields_of(event_now(event))


def edited(event: Event, by: Actor = SYSTEM, **changes: Any) -> None:
    """Somebody changes fields of an event."""
    edit_event(event.id, replace(fields_now(event), **changes), version=event_now(event).version, by=by)


def moved_to(event: Event, wall: str, number: int = 0) -> tuple[OccurrenceFields, ...]:
    """The occurrences of an event, one of them at another time, as long as before."""
    occurrences = list(fields_now(event).occurrences)
    old, start = occurrences[number], datetime.fromisoformat(wall)
    occurrences[number] = replace(old, starts_wall=start, ends_wall=start + (old.ends_wall - old.starts_wall))
    return tuple(occurrences)


def team(role: Role = Role.ORGANIZER) -> Actor:
    """Somebody of the team."""
    return Actor(account_id=make_account(role).id, role=role)


def mailed(kind: str = "") -> list[Message]:
    """Let the worker follow up what was noted; returns the mails queued so far whose kind begins so, in order."""
    sender = make_sender(settings(), db.session.scalar(select(Organisation).limit(1)))
    while work_once(Post(), sender):
        continue
    return [row for row in db.session.scalars(select(Message).order_by(Message.id)) if row.kind.startswith(kind)]


def notices(event: Event) -> list[Notice]:
    """All notices of an event, the oldest first."""
    query = select(Notice).where(Notice.event_id == event.id).order_by(Notice.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def the_notice(event: Event) -> Notice:
    """The only notice of an event."""
    (one,) = notices(event)
    return one


def make_house() -> None:
    """The organisation that writes the mails."""
    with transaction():
        db.session.add(Organisation(key="house", name={"sv": "Provhuset", "en": "The Test House"}, short="TH"))
