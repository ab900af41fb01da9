"""What the tests of this room share: a workshop with applicants, people with seats, what is noted and mailed."""

from typing import Any

from sqlalchemy import select

from cag_events.accounts.models import Organisation
from cag_events.db import db
from cag_events.events.models import Event
from cag_events.kinds import write_details
from cag_events.kinds.workshop import Frame, Workshop
from cag_events.outbox.delivery import work_once
from cag_events.outbox.models import Message
from cag_events.permissions import ANONYMOUS, Actor, Role
from cag_events.registrations.models import Registration
from cag_events.registrations.services import NewRegistration, register
from cag_events.serving import make_sender
from cag_events.web.settings import settings
from tests.factories import make_account, make_event
from tests.journeys.stage import Post

SECRET = "Jag-vill-komma-for-att-min-syster"  # what somebody writes to be chosen


def make_workshop(*, capacity: int = 6, **values: Any) -> Event:
    """A published workshop on 3 December at six; keywords of Frame go there, all else is the event's."""
    own = {name: values.pop(name) for name in tuple(values) if name in Frame.__dataclass_fields__}
    details = write_details("workshop", Workshop(workshop=Frame(**own)))
    return make_event(kind="workshop", capacity=capacity, details=details, **values)


def make_selection(**values: Any) -> Event:
    """A workshop to which each registration is approved."""
    return make_workshop(registration_mode="approval", ask=["segment", "first_time", "motivation"], **values)


def join(event: Event, number: int, **values: Any) -> Registration:
    """Register somebody; returns the row."""
    new = NewRegistration(**{"name": f"Person {number}", "email": f"p{number}@example.org", **values})
    return row_of(register(event.id, new, by=ANONYMOUS).registration_id)


def row_of(registration_id: int) -> Registration:
    """A registration as it is now."""
    return db.session.get_one(Registration, registration_id, populate_existing=True)


def team(role: Role = Role.ORGANIZER) -> Actor:
    """Somebody of the team."""
    return Actor(account_id=make_account(role).id, role=role)


def mailed() -> list[Message]:
    """Let the worker follow up what was noted; returns all mails queued so far, in order."""
    sender = make_sender(settings(), db.session.scalar(select(Organisation).limit(1)))
    while work_once(Post(), sender):
        continue
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def kinds_mailed() -> list[str]:
    """What mails there are about, in order."""
    return [message.kind for message in mailed()]


def version_of(event: Event) -> int:
    """The version of an event as it is now."""
    return db.session.get_one(Event, event.id, populate_existing=True).version
