"""How much one feed holds at most: as it goes without saying, as an organisation chose, and what is never left out."""

import pytest

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.errors import NotAllowed
from cag_events.domain.event import Safety, Visibility
from cag_events.feeds import calendars, queries
from cag_events.feeds.services import set_caps
from cag_events.permissions import SYSTEM, Actor, Role
from tests.conftest import NOW
from tests.factories import make_account, make_event, make_organisation, post, sign_in
from tests.feeds.reading import summaries


@pytest.fixture
def low(monkeypatch):
    """Let organisations choose caps as low as one entry."""
    monkeypatch.setattr("cag_events.feeds.calendars.LEAST_ENTRIES", 1)
    monkeypatch.setattr("cag_events.feeds.calendars.LEAST_BYTES", 1)


@pytest.mark.usefixtures("low")
def test_feed_holds_no_more_than_the_organisation_chose_and_changes_at_once(app, client):
    with app.app_context():
        make_organisation()
        for day in ("10-01", "10-02", "12-01"):
            make_event(starts=f"2026-{day}T18:00", title={"en": day})
    before = summaries(client)

    with app.app_context():
        set_caps(2, 900_000, by=SYSTEM)
    by_number = summaries(client)
    with app.app_context():
        set_caps(1_000, 1, by=SYSTEM)
    by_size = summaries(client)

    assert (before, by_number, by_size) == (["10-01", "10-02", "12-01"], ["10-02", "12-01"], ["12-01"])


def test_caps_that_go_without_saying_are_not_kept(app):
    with app.app_context():
        row = make_organisation()
        set_caps(500, 800_000, by=SYSTEM)
        assert calendars.caps() == (500, 800_000)
        set_caps(calendars.MOST_ENTRIES, calendars.MOST_BYTES, by=SYSTEM)
        db.session.refresh(row)

        assert (row.feed_entries, row.feed_bytes) == (None, None)
        assert calendars.caps() == (1_000, 900_000)


def test_caps_are_set_by_administrators_alone(app):
    with app.app_context():
        make_organisation()
        organizer = make_account(Role.ORGANIZER)

        with pytest.raises(NotAllowed):
            set_caps(500, 800_000, by=Actor(organizer.id, Role.ORGANIZER))


def test_over_cap_counts_what_is_to_come_in_public_alone(app):
    with app.app_context():
        make_organisation()
        make_event(starts="2026-10-01T18:00")
        for safety in (Safety.OPEN, Safety.GUARDED):
            make_event(safety=safety)
        make_event(visibility=Visibility.MEMBERS)
        make_event(visibility=Visibility.UNLISTED)
        assert queries.over_cap() is None
        with transaction():
            db.session.execute(db.text("UPDATE organisation SET feed_entries = 1"))

        over = queries.over_cap()
        size = queries.size_of_programme()

        assert (over.entries, over.most.entries) == (2, 1)
        assert (size.coming, size.over) == (2, 1)
        assert size.coming_octets == over.octets > size.over_octets > 300
        with clock.fixed(NOW.replace(year=2027)):
            assert queries.over_cap() is None


def test_page_shows_and_sets_the_caps(app, client):
    with app.app_context():
        make_organisation()
        make_event()
    sign_in(client, Role.ADMIN)
    page = client.get("/en/organise/settings/feeds").text

    bad = post(client, "/en/organise/settings/feeds", {"entries": "5", "kilobytes": "900"})
    good = post(client, "/en/organise/settings/feeds", {"entries": "500", "kilobytes": "800"})

    assert 'value="1000"' in page
    assert 'value="900"' in page
    assert "1 entry" in page
    assert (bad.status_code, good.status_code) == (422, 303)
    assert "Enter a whole number from 100" in bad.text
    with app.app_context():
        assert calendars.caps() == (500, 800_000)


def test_an_address_that_no_code_can_hold_is_said_to_be_too_long(client):
    words = "&".join(f"q={'ab%20' * 65}{number}" for number in range(20))

    codes = [client.get(f"/en/feeds/qr.svg?{query}").status_code for query in ("q=water", words)]

    assert codes == [200, 414]
