"""What the tests of this room share: a circle of four Wednesdays in November, its people, a leader with a link."""

from datetime import datetime
from typing import Any

from cag_events.audiences.models import Contact, Partner
from cag_events.db import db
from cag_events.domain.event import EventRecord
from cag_events.events.models import Event, Occurrence
from cag_events.events.queries import get_record
from cag_events.events.services import Holder, holder_of, make_pass
from cag_events.permissions import SYSTEM
from cag_events.registrations.models import Registration
from cag_events.registrations.services import NewRegistration, add
from cag_events.studies.extension import LEADER
from tests.factories import make_contact, make_event, make_partner

DATES = ["2026-11-04T18:00", "2026-11-11T18:00", "2026-11-18T18:00", "2026-11-25T18:00"]  # NOW: 21 November
STUDY: dict[str, Any] = {
    "form": "studiecirkel",
    "association": "folk",
    "number": "C-1",
    "leader": "gerd",
    "leader_approval": "L-1",
    "study_hours_per_meeting": 3,
    "min_age": 13,
    "plan": {"en": "1 The map"},
    "certificates": True,
}


def make_circle(study: dict[str, Any] | None = None, **values: Any) -> Event:
    """A published circle of three meetings that have been and one to come, three study hours each."""
    details = {"study": {**STUDY, **(study or {})}}
    known = db.session.query(Contact).filter_by(key="gerd").first()
    partner = db.session.query(Partner).filter_by(key="folk").first()
    defaults: dict[str, Any] = {
        "kind": "study_session",
        "dates": DATES,
        "minutes": 135,
        "capacity": 12,
        "details": details,
        "people": [(known or make_contact("gerd", name="Gerd Ledare"), "leader")],
        "partners": [partner or make_partner("folk", name="Folkets förbund")],
        "title": {"sv": "Cirkeln", "en": "The circle"},
    }
    return make_event(**{**defaults, **values})


def join(event: Event, name: str, **more: Any) -> str:
    """Register somebody by hand, as organizers can until the end; returns the row id."""
    new = NewRegistration(name=name, email=f"{name.split(maxsplit=1)[0].lower()}@example.org", **more)
    return add(event.id, new, by=SYSTEM).row_id


def record_of(event: Event) -> EventRecord:
    """The circle as the team knows it now."""
    return get_record(event.id)


def part_of(event: Event, number: int) -> int:
    """The id of a meeting, numbered from 1."""
    return record_of(event).occurrences[number - 1].id


def leader_of(event: Event) -> tuple[str, Holder]:
    """The leader's link."""
    token = make_pass(event.id, LEADER, "the leader's phone", by=SYSTEM)
    return token, holder_of(token, LEADER)


def registration(row_id: str) -> Registration:
    """A registration's row as it is now."""
    return db.session.query(Registration).filter_by(row_id=row_id).populate_existing().one()


def starts_of(event: Event, number: int) -> datetime:
    """When a meeting starts."""
    return db.session.get_one(Occurrence, part_of(event, number)).starts_at
