"""A tombstone is served in feeds and at the event's address until slow readers have met it, and not a day longer."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cag_events import clock
from cag_events.events.services.lifecycle import cancel_event, withdraw_event
from cag_events.permissions import SYSTEM
from tests.conftest import NOW
from tests.factories import make_event
from tests.feeds.reading import entries, fetch

FEED, FILE = "/feeds/programme.ics?lang=en", "/events/talk.ics?lang=en"


@pytest.mark.parametrize(
    ("starts", "days"),
    [
        ("2026-11-23T18:00", 90),  # withdrawal + 90 days is later
        ("2027-06-01T18:00", 192 + 30),  # the old end, 192 days from now, + 30 days is later
        ("2026-06-10T18:00", 90),  # over for 164 days: kept although it leaves the window of 180 days meanwhile
    ],
)
def test_withdrawn_event_is_served_until_the_later_of_both_days(
    app: Flask, client: FlaskClient, starts: str, days: int
) -> None:
    with app.app_context():
        event = make_event(key="talk", starts=starts, title={"en": "Secret"}, summary={"en": "Secret"})
        uid = event.occurrences[0].uid
        start = entries(client)[uid].one("DTSTART").value
        withdraw_event(event.id, version=1, by=SYSTEM)

    for after, is_there in ((0, True), (days - 1, True), (days + 1, False)):
        with clock.fixed(NOW + timedelta(days=after)):
            found, file = entries(client), fetch(client, FILE)
            assert (uid in found, file.status_code) == (is_there, 200 if is_there else 404)
            if not is_there:
                continue
            entry = found[uid]
            assert (entry.one("STATUS").value, entry.one("SUMMARY").text) == ("CANCELLED", "Event withdrawn")
            assert entry.one("DTSTART").value == start
            for name in ("DESCRIPTION", "LOCATION", "GEO", "CATEGORIES", "IMAGE", "URL", "CONFERENCE"):
                assert entry.all(name) == []
            assert b"Secret" not in file.data


def test_cancelled_event_keeps_title_times_and_page_and_begins_with_the_reason(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_event(key="talk", title={"en": "Water"}, summary={"en": "Lead."})
        event_id = event.id
        (before,) = entries(client).values()
        cancel_event(event_id, {"en": "Illness."}, version=1, by=SYSTEM)

    (after,) = entries(client).values()

    kept = ("UID", "DTSTART", "DTEND", "SUMMARY", "URL", "CREATED")
    assert [after.one(name).value for name in kept] == [before.one(name).value for name in kept]
    assert int(after.one("SEQUENCE").value) == int(before.one("SEQUENCE").value) + 1
    assert (after.one("STATUS").value, after.one("TRANSP").value) == ("CANCELLED", "TRANSPARENT")
    assert after.one("DESCRIPTION").text.startswith("Cancelled. Illness.\nLead.")
    assert after.all("CONFERENCE") == after.components("VALARM") == []
