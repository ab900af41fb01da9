"""A hearing in Stockholm with everything: a panel, three questions, six minutes for the floor, submissions."""

from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.disclosure import STRANGER
from cag_events.domain.hearing import Level
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.events.services import make_pass
from cag_events.hearings import services
from cag_events.hearings.models import SpeakingSlot, Submission
from cag_events.hearings.queries import list_slots
from cag_events.hearings.services import NewSubmission, Wish
from cag_events.permissions import ANONYMOUS, SYSTEM
from cag_events.registrations import services as registrations
from cag_events.registrations.models import Registration
from cag_events.registrations.services import NewRegistration, make_link
from tests.factories import make_contact, make_event

START = "2026-12-03T13:00"
AGENDA = [
    {"minutes": 10, "title": {"sv": "Inledning", "en": "Opening"}},
    {"minutes": 70, "title": {"sv": "Frågor", "en": "Questions"}, "who": ["cc-chair"]},
    {"minutes": 6, "title": {"sv": "Ordet är fritt", "en": "The floor"}},
    {"minutes": 4, "title": {"sv": "Hemlig punkt", "en": "Secret item"}, "who": ["cc-chair"], "closed": True},
]
DETAILS: dict[str, Any] = {
    "host_role": {"sv": "Ledamot", "en": "Member of parliament"},
    "question": {"sv": "Vad görs?", "en": "What is done?"},
    "questions": [{"text": {"en": "How long does it take?"}}, {"text": {"en": "Who answers?"}}],
    "panel": [{"who": "cc-chair", "function": {"en": "Panel chair function"}, "chair": True}],
    "witnesses": [{"who": "cc-witness", "about": {"en": "The courtroom"}}],
    "speaking": {"item": 3, "minutes": 3, "closes_hours": 24},
    "submissions": {"welcome": True, "before_days": 3, "after_days": 14, "delay_days": 2},
    "minutes_public": True,
}


def make_hearing(**values: Any) -> Event:
    """A published hearing; keywords of `hearing` details come as `details`."""
    details = {"hearing": {**DETAILS, **values.pop("details", {})}}
    people = values.pop("people", None)
    if people is None:
        people = [
            (make_contact("cc-chair", name="Folke Ledare", named=True), "chair"),
            (make_contact("cc-witness", name="Vittne Vittnesson", named=True), "witness"),
        ]
    defaults = {
        "key": "hearing",
        "kind": "hearing",
        "starts": START,
        "minutes": 90,
        "agenda": AGENDA,
        "people": people,
        "title": {"sv": "Provhearing", "en": "Test hearing"},
        "ask": ["alias"],
    }
    return make_event(**{**defaults, **values}, details=details)


def seat(event_id: int, name: str = "Anna Anmäld") -> Registration:
    """Somebody who has a seat."""
    new = NewRegistration(name=name, email=f"{name.partition(' ')[0].lower()}@example.org", language="sv", answers={})
    made = registrations.register(event_id, new, by=ANONYMOUS).registration_id
    row = db.session.get_one(Registration, made)
    assert row.status is Status.CONFIRMED
    return row


def link(registration_id: int) -> str:
    """The token of a manage link."""
    with transaction():
        return make_link(registration_id)


def slot_of(event_id: int, called: str, *, approve: bool = False, **more: Any) -> SpeakingSlot:
    """Somebody with a seat who wants to speak; `name`: of the registration."""
    registration = seat(event_id, more.pop("name", f"{called} Efternamn"))
    wish = {"called": called, "topic": f"Ämne {called}", "language": "sv", **more}
    services.ask(registration.id, Wish(**wish))
    row = next(one for one in list_slots(event_id) if one.registration_id == registration.id)
    if approve:
        services.decide(event_id, row.row_id, approve=True, by=SYSTEM)
    return row


def written(event_id: int, level: Level, text: str, *, clear: bool = False, **more: Any) -> Submission:
    """Something that was written in."""
    new = {"name": f"Namn {text}", "organisation": f"Org {text}", "language": "sv", "page_language": "sv", **more}
    services.submit(event_id, NewSubmission(text=text, level=level, **new), viewer=STRANGER)
    row = db.session.scalars(select(Submission).order_by(Submission.id.desc())).first()
    assert row is not None
    if clear:
        services.clear_submission(event_id, row.row_id, by=SYSTEM)
    return row


def pass_for(event_id: int, purpose: str) -> str:
    """The token of a helper's link."""
    return make_pass(event_id, purpose, "telefon", by=SYSTEM)


def later(client: FlaskClient, path: str, days: int) -> str:
    """What a page says some days from now."""
    with clock.fixed(clock.now() + timedelta(days=days)):
        return client.get(path).text
