"""An evening with people who come to it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, new_row_id
from cag_events.domain.doors import Press
from cag_events.door import services
from cag_events.door.services import Action, Door, Result
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.permissions import SYSTEM
from cag_events.registrations.models import Registration, RegistrationOccurrence
from cag_events.registrations.services import NewRegistration, add

DOORS = "2026-12-03T17:45"  # a quarter of an hour before the evening that make_event() makes


def part_of(event: Event) -> int:
    """The id of its first date."""
    return get_record(event.id).occurrences[0].id


def come(event: Event, name: str = "Anna Andersson", **values: Any) -> Registration:
    """Register somebody who gets a seat."""
    email = values.pop("email", f"{new_row_id()}@example.org")
    return add(event.id, NewRegistration(name=name, email=email, **values), by=SYSTEM)


def open_door(event: Event, name: str = "Foajén", part: int | None = None) -> tuple[str, Door]:
    """Give a phone a link; returns its token and what it opens."""
    token = services.make_link(event.id, part or part_of(event), name, by=SYSTEM)
    return token, services.door_of(token)


def arrive(who: str, client_id: str = "", **values: Any) -> Action:
    """A press that lets somebody in."""
    return Action(client_id=client_id or new_row_id(), what=Press.ARRIVE, who=who, at=clock.now(), **values)


def undo(client_id: str = "", **values: Any) -> Action:
    """A press that takes something back."""
    return Action(client_id=client_id or new_row_id(), what=Press.UNDO, at=clock.now(), **values)


def count(what: Press, people: int, client_id: str = "", segment: str = "") -> Action:
    """A press that counts."""
    return Action(client_id=client_id or new_row_id(), what=what, people=people, segment=segment, at=clock.now())


def said(results: list[Result]) -> list[tuple[str, int, str]]:
    """What became of presses: outcome, by how many, why not."""
    return [(one.outcome.value, one.people, one.reason) for one in results]


def here(registration_id: int) -> list[tuple[datetime | None, int | None]]:
    """When somebody came to each date, and how many of them where not all."""
    query = select(RegistrationOccurrence).where(RegistrationOccurrence.registration_id == registration_id)
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return [(row.checked_in_at, row.arrived) for row in rows]
