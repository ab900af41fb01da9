"""What the tests of this room share: an event with parties, and a browser."""

import pytest
from flask import Flask

from cag_events.db import db, transaction
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.registrations.models import PartyMember
from tests.factories import make_contact, make_event, make_segment
from tests.registrations.wishes import made

DATES = ["2026-12-03T18:00", "2026-12-10T18:00"]
ASK = ["org", "needs", "diet", "id_name", "alias"]


@pytest.fixture
def given(app: Flask) -> Event:
    """Two dates; Åsa with two who come along, one of them named; Чынара; two who eat the same; an alias."""
    with app.app_context():
        return make_given()


def make_given(**values: object) -> Event:
    """The event and those who come to it."""
    make_segment("students", name={"sv": "Studenter", "en": "Students"})
    front = make_contact("speaker", name="Folke Ledare", named=True)
    event = make_event(
        **{
            "key": "the-talk",
            "title": {"sv": "Samtalet", "en": "The conversation"},
            "dates": DATES,
            "per_occurrence": True,
            "ask": ASK,
            "guests": 3,
            "capacity": 20,
            "people": [(front, "speaker")],
            **values,
        }  # type: ignore[arg-type]
    )
    first, second = (one.id for one in get_record(event.id).occurrences)
    answers = {"organisation": "Örebro folkhögskola", "diet": "Vegan, Åsa vegan", "needs": "Teckentolk"}
    asa = made(event, 1, name="Åsa Örn", party=3, segment="students", occurrences=(first,), answers=answers)
    made(event, 2, name="Чынара Үлгүбаева", occurrences=(first, second), answers={"diet": "vegan", "id_name": "Ч Ү"})
    made(event, 3, name="Bo Ask", occurrences=(second,), answers={"diet": "Vegan."})
    made(event, 4, name="Blå Räv", email=None, occurrences=(second,))
    with transaction():
        db.session.add(
            PartyMember(
                registration_id=asa.registration_id, event_id=event.id, position=2, name="Nora Örn", needs="Teckentolk"
            )
        )
    return event
