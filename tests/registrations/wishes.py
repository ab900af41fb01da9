"""What the tests of this room share: wishes, who asks, what was noted, a browser that fills in the form."""

import re
from contextvars import Context
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select

from cag_events import clock
from cag_events.db import db
from cag_events.events.models import Event, Occurrence
from cag_events.outbox.models import Fact
from cag_events.permissions import ANONYMOUS, Actor, Role
from cag_events.registrations.models import Registration, Seat
from cag_events.registrations.services import NewRegistration, Registered, register
from tests.factories import make_account

HIDDEN = re.compile(
    r'<input[^>]*name="(csrf_token|issued|idempotency_key|mail-issued|mail-idempotency_key|mail-csrf_token|code-issued|code-idempotency_key|code-csrf_token)"[^>]*value="([^"]*)"'
)


def wish(number: int = 1, **more: Any) -> NewRegistration:
    """A wish for one seat by a person of their own."""
    return NewRegistration(**{"name": f"Person {number}", "email": f"p{number}@example.org", **more})


def made(event: Event, number: int = 1, *, by: Actor = ANONYMOUS, **more: Any) -> Registered:
    """Register a person at an event."""
    return register(event.id, wish(number, **more), by=by)


def organizer(role: Role = Role.ORGANIZER) -> Actor:
    """Somebody of the team."""
    return Actor(account_id=make_account(role).id, role=role)


def noted() -> list[str]:
    """The facts noted so far, in order."""
    return list(db.session.scalars(select(Fact.name).order_by(Fact.id)))


def dates_of(event: Event) -> list[int]:
    """The ids of an event's occurrences in order of time."""
    query = select(Occurrence.id).where(Occurrence.event_id == event.id).order_by(Occurrence.starts_at)
    return list(db.session.scalars(query))


def of(registered: Registered) -> Registration:
    """The row of a registration as it is now."""
    return db.session.get_one(Registration, registered.registration_id, populate_existing=True)


def statuses(event: Event) -> list[str]:
    """How the registrations of an event stand, in the order in which they were made."""
    query = select(Registration.status).where(Registration.event_id == event.id).order_by(Registration.id)
    return [status.value for status in db.session.scalars(query)]


def seats_held() -> int:
    """How many seats are held at all events."""
    return db.session.scalar(select(func.count()).select_from(Seat)) or 0


class Apart(FlaskClient):
    """A browser whose requests share nothing with the test's own context, as a browser's do."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request in a context of its own; what the test has read before is read again after."""
        db.session.rollback()
        answer = Context().run(lambda: super(Apart, self).open(*args, buffered=True, **kwargs))
        db.session.rollback()
        return answer


def hidden_fields(html: str) -> dict[str, str]:
    """The hidden fields of the forms in a page."""
    return dict(HIDDEN.findall(html))


def send(client: FlaskClient, url: str, *, later: int = 10, **values: Any) -> Any:
    """Open a page with a form and send it some seconds later."""
    fields = hidden_fields(client.get(url).text)
    with clock.fixed(clock.now() + timedelta(seconds=later)):
        return client.post(url, data={**fields, **values})
