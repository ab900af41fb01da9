"""A workshop as the feed shows it: one entry, without targets, notes or anything about who comes."""

from cag_events.db import db, transaction
from cag_events.events import records
from cag_events.events.models import Event, Occurrence
from cag_events.kinds import write_details
from cag_events.kinds.workshop import Frame, Goal, KitItem, Target, Workshop
from tests import golden
from tests.factories import make_event, make_organisation, make_theme, make_venue
from tests.feeds.reading import fetch

DETAILS = write_details(
    "workshop",
    Workshop(
        workshop=Frame(
            min_people=8,
            decide_days=7,
            goals=(Goal(text={"en": "You can lead an exercise"}),),
            bring={"en": "Bring a pen."},
            targets=(Target(segment="students", seats=4),),
            kit=(KitItem(name={"en": "Felt pens"}, note="In the blue box"),),
            notes="Begin with the map",
        )
    ),
)


def test_workshop_is_as_its_golden_copy(client, app):
    with app.app_context():
        make_organisation()
        venue = make_venue(key="library", name={"sv": "Stadsbiblioteket", "en": "City Library"}, city="Malmö")
        event = make_event(
            key="hard-conversations",
            kind="workshop",
            title={"sv": "Leda svåra samtal", "en": "Leading hard conversations"},
            venue=venue,
            themes=[make_theme("conflict", name={"sv": "Konflikt", "en": "Conflict"}, token="con")],
            details=DETAILS,
            registration_mode="approval",
            capacity=16,
        )
        with transaction():
            db.session.get_one(Event, event.id).uid = "00000000-0000-4000-8000-000000000001"
            part = db.session.query(Occurrence).filter_by(event_id=event.id).one()
            part.uid = "00000000-0000-4000-8000-000000000002"
            db.session.flush()
            golden.forget_entries()
            records.refresh([event.id])

    octets = fetch(client, "/events/hard-conversations.ics?lang=en").data

    golden.check("kind_workshop.ics", octets)
    for hidden in (b"blue box", b"Begin with the map", b"Felt pens"):
        assert hidden not in octets
