"""A study circle as the feed shows it: a meeting each; moving one keeps its UID and raises its SEQUENCE alone."""

import re
from dataclasses import replace
from datetime import timedelta

from cag_events.db import db, transaction
from cag_events.events import records
from cag_events.events.drafts import fields_of
from cag_events.events.models import Event, Occurrence
from cag_events.events.queries import get_record
from cag_events.events.services import edit_event
from cag_events.kinds import write_details
from cag_events.kinds.study_session import Study, StudySession, Text
from cag_events.permissions import SYSTEM
from tests import golden
from tests.factories import make_contact, make_event, make_organisation, make_theme, make_venue
from tests.feeds.reading import fetch

DETAILS = write_details(
    "study_session",
    StudySession(
        study=Study(
            form="studiecirkel",
            number="C-17",
            leader="gerd",
            leader_approval="L-17",
            study_hours_per_meeting=3,
            readings=(Text(meeting=2, title="canary-reading", access="registered"),),
        )
    ),
)


def make_circle() -> int:
    """A circle of three meetings with fixed UIDs."""
    make_organisation()
    venue = make_venue(key="library", name={"sv": "Stadsbiblioteket", "en": "City Library"}, city="Malmö")
    event = make_event(
        key="voices",
        kind="study_session",
        title={"sv": "Läscirkel", "en": "Reading circle"},
        venue=venue,
        themes=[make_theme("youth", name={"sv": "Unga", "en": "Youth"}, token="you")],
        people=[(make_contact("gerd", name="Gerd Ledare"), "leader")],
        details=DETAILS,
        dates=["2026-12-02T18:00", "2026-12-09T18:00", "2026-12-16T18:00"],
        minutes=135,
    )
    with transaction():
        db.session.get_one(Event, event.id).uid = "00000000-0000-4000-8000-000000000001"
        for number, row in enumerate(
            db.session.query(Occurrence).filter_by(event_id=event.id).order_by(Occurrence.starts_at), start=2
        ):
            row.uid = f"00000000-0000-4000-8000-{number:012d}"
        db.session.flush()
        golden.forget_entries()
        records.refresh([event.id])
    return event.id


def sequences(octets: bytes) -> dict[str, int]:
    """The SEQUENCE of each entry by the last digit of its UID."""
    text = octets.decode().replace("\r\n ", "")
    found = {}
    for entry in text.split("BEGIN:VEVENT")[1:]:
        uid, number = re.search(r"UID:\S*(\d)(?:@\S*)?\s", entry), re.search(r"SEQUENCE:(\d+)", entry)
        assert uid
        found[uid[1]] = int(number[1]) if number else 0
    return found


def test_circle_is_as_its_golden_copy(client, app):
    with app.app_context():
        make_circle()

    octets = fetch(client, "/events/voices.ics?lang=en").data

    golden.check("kind_study_session.ics", octets)
    for hidden in (b"canary-reading", b"L-17", b"C-17"):
        assert hidden not in octets


def test_moving_one_meeting_keeps_its_uid_and_raises_its_sequence_alone(client, app):
    with app.app_context():
        event_id = make_circle()
    before = sequences(fetch(client, "/events/voices.ics?lang=en").data)
    with app.app_context():
        fields = fields_of(db.session.get_one(Event, event_id))
        first, second, third = fields.occurrences
        later = replace(
            second,
            starts_wall=second.starts_wall + timedelta(days=1),
            ends_wall=second.ends_wall + timedelta(days=1),
        )
        edit_event(
            event_id,
            replace(fields, occurrences=(first, later, third)),
            version=get_record(event_id).version,
            by=SYSTEM,
        )

    after = sequences(fetch(client, "/events/voices.ics?lang=en").data)

    assert set(after) == set(before) == {"2", "3", "4"}
    assert (after["2"], after["4"]) == (before["2"], before["4"])
    assert after["3"] > before["3"]
