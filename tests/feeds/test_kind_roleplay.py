"""A role-play as the feed shows it: the scenario's day, and nothing of roles, wishes or briefs."""

from cag_events.db import db, transaction
from cag_events.events import records
from cag_events.events.models import Event, Occurrence
from tests import golden
from tests.factories import make_organisation, make_theme, make_venue
from tests.feeds.reading import fetch
from tests.roleplays.games import give_roles, join, make_game


def test_roleplay_is_as_its_golden_copy(client, app):
    with app.app_context():
        make_organisation()
        venue = make_venue(key="library", name={"sv": "Stadsbiblioteket", "en": "City Library"}, city="Göteborg")
        event = make_game(
            key="the-river",
            title={"sv": "Floden mellan oss", "en": "The river between us"},
            venue=venue,
            themes=[make_theme("conflict", name={"sv": "Konflikt", "en": "Conflict"}, token="con")],
            minutes=360,
            starts="2026-12-03T09:00",
        )
        join(event, "Ada Lind", "herders")
        give_roles(event)
        with transaction():
            db.session.get_one(Event, event.id).uid = "00000000-0000-4000-8000-000000000001"
            part = db.session.query(Occurrence).filter_by(event_id=event.id).one()
            part.uid = "00000000-0000-4000-8000-000000000002"
            db.session.flush()
            golden.forget_entries()
            records.refresh([event.id])

    octets = fetch(client, "/events/the-river.ics?lang=en").data

    golden.check("kind_roleplay.ics", octets)
    for hidden in (b"canary", b"Ada", b"Raise your hand"):
        assert hidden not in octets
