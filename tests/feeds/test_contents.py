"""Whole feeds against their golden copies, hostile texts, and instants as parsers read them that did not write them."""

from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cag_events.accounts.models import Organisation
from cag_events.db import db, transaction
from cag_events.domain.event import Mode, Safety
from cag_events.domain.lifecycle import Status
from cag_events.events import records
from cag_events.events.models import Event, KindWords, Occurrence, Venue
from cag_events.feeds.models import Entry
from tests import golden
from tests.calendars import read_ical_js, read_strictly, read_vobject
from tests.factories import make_event, make_online_venue, make_partner, make_theme, make_venue
from tests.feeds.reading import fetch

DETAILS = {
    "exhibition": {
        "from": "2026-11-25",
        "to": "2026-12-10",
        "opening": [{"days": ["mon", "tue", "wed", "thu", "fri"], "start": "10:00", "end": "19:00"}],
        "closed": [],
    }
}


@pytest.fixture
def demo_like(app):
    """One of each sort of entry, with fixed UIDs."""
    numbers = iter(range(1, 100))

    def fixed(event: Event) -> None:
        with transaction():
            row = db.session.get(Event, event.id)
            row.uid = f"00000000-0000-4000-8000-{next(numbers):012d}"
            for occurrence in db.session.query(Occurrence).filter_by(event_id=event.id).order_by(Occurrence.id):
                occurrence.uid = f"00000000-0000-4000-8000-{next(numbers):012d}"
            row.status = Status.PUBLISHED if row.status is Status.DRAFT else row.status
            db.session.flush()
            records.refresh([event.id])

    with app.app_context():
        with transaction():
            db.session.add(Organisation(key="org", name={"sv": "Föreningen", "en": "The Association"}))
            db.session.add(KindWords(key="lecture", name={"sv": "Föreläsning", "en": "Lecture"}))
            db.session.add(KindWords(key="exhibition", name={"sv": "Utställning", "en": "Exhibition"}))
        water = make_theme("environment", name={"sv": "Miljö och klimat", "en": "Environment, climate"}, token="env")
        library = make_venue(
            name={"sv": "Stadsbiblioteket", "en": "City Library"},
            street="Kungsgatan 1",
            city="Malmö",
            lat=55.6005,
            lon=12.9941,
        )
        osh = make_venue(name={"sv": "Huset", "en": "House"}, street="", city="Osh", country="KG", tz="Asia/Bishkek")
        almaty = make_venue(name={"en": "Gallery"}, street="", city="Almaty", country="KZ", tz="Asia/Almaty")
        draft = {"themes": [water], "status": Status.DRAFT}
        online = {"mode": Mode.HYBRID, "partners": [make_partner(name="Partner", country="KG")]}
        for event in (
            make_event(key="lecture", venue=library, title={"sv": "Vatten; och, jord", "en": "Water"}, **draft),
            make_event(key="hybrid", venue=library, title={"en": "Both"}, **online, **draft),
            make_event(
                key="webinar",
                venue=make_online_venue(),
                mode=Mode.ONLINE,
                tz="Asia/Bishkek",
                starts="2026-12-10T19:00",
                **draft,
            ),
            make_event(
                key="exhibition",
                kind="exhibition",
                venue=library,
                run=(date(2026, 11, 25), date(2026, 12, 10)),
                dates=["2026-11-25T16:30"],
                details=DETAILS,
                title={"sv": "Röster", "en": "Voices"},
                **draft,
            ),
            make_event(key="circle", starts="2027-03-15T17:30", rrule="FREQ=WEEKLY;COUNT=4", venue=library, **draft),
            make_event(key="days", dates=["2026-11-28T10:00", "2026-11-29T10:00"], venue=osh, **draft),
            make_event(key="old", starts="2026-06-01T18:00", venue=almaty, **draft),
            make_event(key="careful", safety=Safety.CAREFUL, venue=library, **draft),
            make_event(key="guarded", safety=Safety.GUARDED, venue=library, **draft),
        ):
            fixed(event)
        cancelled = make_event(
            key="cancelled", status=Status.CANCELLED, cancel_reason={"sv": "Sjukdom."}, venue=library, themes=[water]
        )
        fixed(cancelled)
        with transaction():
            for number, row in enumerate(db.session.query(Event).order_by(Event.id), 1):
                row.title = {"sv": f"Titel {number}", "en": f"Title {number}"} if row.key != "lecture" else row.title
            db.session.flush()
            records.refresh_where()
        with transaction():
            db.session.query(Entry).filter(Entry.expires_at.is_not(None)).delete()
            records.raise_version()
    return app


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_feed_is_as_its_golden_copy(demo_like, lang):
    octets = fetch(demo_like.test_client(), f"/feeds/programme.ics?lang={lang}").data

    golden.check(f"feed-{lang}.ics", octets)


def test_feed_is_read_alike_by_parsers_that_did_not_write_it(demo_like):
    client = demo_like.test_client()
    octets = fetch(client, "/feeds/programme.ics?lang=sv&hours=1").data

    strict = read_strictly(octets)
    vobject, ical_js = read_vobject(octets), read_ical_js(octets)

    with demo_like.app_context():
        expected = {
            row.uid: (row.starts_at, row.ends_at) for row in db.session.query(Occurrence) if row.series_of is None
        }
    read = {uid: times for uid, times in vobject.items() if uid in expected}
    assert read == expected
    assert len(strict.components("VEVENT")) == len(vobject)
    instants = {event["uid"]: event["start"] for event in ical_js["events"]}
    for uid, (start, _end) in expected.items():
        assert datetime.fromtimestamp(instants[uid], UTC) == start


def test_series_over_the_clock_change_keeps_its_wall_time(demo_like):
    octets = fetch(demo_like.test_client(), "/events/circle.ics").data

    (entry,) = read_strictly(octets).components("VEVENT")

    assert entry.one("DTSTART").value == "20270315T173000"
    assert entry.one("RRULE").value == "FREQ=WEEKLY;COUNT=4"


hostile = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300) | st.sampled_from(
    [
        "\r\nBEGIN:VEVENT\r\nUID:x",
        "a\\nb\\,c;d",
        "\u2028line\u2029",
        "\ufeff\u202eevil",
        '"quoted" ^n',
        "<script>alert(1)</script>",
        "x" * 300,
        "é" * 200,
        "]]>&",
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=hostile, summary=hostile, street=hostile)
def test_any_text_makes_feeds_that_parsers_read(one_event, title, summary, street):
    app, event_id, venue_id = one_event
    with transaction():
        event = db.session.get(Event, event_id)
        event.title = {"sv": title or "x"}
        event.summary, event.body = {"sv": summary}, {"sv": summary}
        db.session.get(Venue, venue_id).street = street[:200]
        db.session.flush()
        records.refresh([event_id])
    client = app.test_client()

    octets = fetch(client, "/feeds/programme.ics?lang=sv").data
    (entry,) = read_strictly(octets).components("VEVENT")

    assert list(read_vobject(octets)) == [entry.one("UID").value]
    ET.fromstring(fetch(client, "/feeds/programme.atom?lang=sv").data)
    assert fetch(client, "/feeds/programme.json?lang=sv").json["items"]


@pytest.fixture
def one_event(app_ctx):
    """One event at one venue."""
    venue = make_venue()
    return app_ctx, make_event(venue=venue).id, venue.id
