"""A conference as the feed shows it: an entry with times for each of its days, nothing of its programme or people."""

from typing import Any

import pytest

from cag_events.conferences.services import choose
from cag_events.events.models import Room
from tests import golden
from tests.calendars import read_icalendar, read_strictly, read_vobject
from tests.conferences.stage import come, make_conference
from tests.factories import make_contact, make_organisation, make_theme, make_venue
from tests.feeds.reading import fetch


def test_conference_is_as_its_golden_copy(client: Any, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    uids = iter(f"00000000-0000-4000-8000-{number:012}" for number in range(1000))
    monkeypatch.setattr("uuid.uuid4", lambda: next(uids))
    with app.app_context():
        make_organisation()
        rooms = [Room(key="hall", name="Stora salen", capacity=100), Room(key="cave", name="Grottan", capacity=30)]
        venue = make_venue(
            key="house", name={"sv": "Folkets hus", "en": "People's House"}, city="Stockholm", rooms=rooms
        )
        event = make_conference(
            key="days",
            title={"sv": "Centralasiendagarna", "en": "Central Asia Days"},
            summary={"sv": "Två dagar om regionen.", "en": "Two days about the region."},
            venue=venue,
            themes=[make_theme("environment", name={"sv": "Miljö", "en": "Environment"}, token="env")],
            people=[(make_contact("ada", name="Ada Testsson", named=True), "speaker")],
        )
        choose(come(event, "zzkanarie"), ["talk", "radio"])

    octets = fetch(client).data

    golden.check("kind_conference.ics", octets)
    read_strictly(octets)
    assert read_vobject(octets) == read_icalendar(octets)
    assert octets.count(b"BEGIN:VEVENT") == 2
    assert octets.count(b"DTSTART;TZID=Europe/Stockholm:2026120") == 2
    for hidden in (b"Item talk", b"Item radio", b"Grottan", b"anarie"):
        assert hidden not in octets
    assert fetch(client, "/events/days.ics?lang=en").data.count(b"BEGIN:VEVENT") == 2
