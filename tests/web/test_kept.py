"""Pages that are kept as printed: two visitors never share a token; an edit or a taken seat shows at once."""

from flask import Flask

from cag_events.db import db, transaction
from cag_events.events import records
from cag_events.events.models import Event
from cag_events.permissions import ANONYMOUS
from cag_events.registrations.services import register
from tests.factories import hidden_fields, make_event, make_organisation
from tests.registrations.wishes import wish


def test_kept_page_gives_each_visitor_a_token_and_a_key_of_their_own(app: Flask) -> None:
    with app.app_context():
        make_organisation()
        key = make_event().key

    pages = [app.test_client().get(f"/en/events/{key}") for _ in range(3)]

    fields = [hidden_fields(page.text) for page in pages]
    names = set(fields[0])
    assert [set(one) for one in fields] == [names] * 3
    for name in names:
        if "csrf" in name or "idempotency" in name:
            assert len({one[name] for one in fields}) == 3
    assert len({page.headers["Set-Cookie"] for page in pages}) == 3


def test_kept_page_shows_an_edit_at_once(app: Flask) -> None:
    with app.app_context():
        make_organisation()
        event = make_event()
        key, event_id = event.key, event.id
    client = app.test_client()
    before = client.get(f"/en/events/{key}").text

    with app.app_context(), transaction():
        db.session.get_one(Event, event_id).title = {"sv": "Nytt", "en": "Renamed by its organizer"}
        records.refresh([event_id])

    assert "Renamed by its organizer" not in before
    assert "Renamed by its organizer" in client.get(f"/en/events/{key}").text


def test_kept_page_tells_a_taken_seat_at_once(app: Flask) -> None:
    with app.app_context():
        make_organisation()
        event = make_event(capacity=1, waitlist=True)
        key, event_id = event.key, event.id
    client = app.test_client()
    before = client.get(f"/en/events/{key}").text

    with app.app_context():
        register(event_id, wish(), by=ANONYMOUS)

    assert "All seats are taken" not in before
    assert "All seats are taken" in client.get(f"/en/events/{key}").text
