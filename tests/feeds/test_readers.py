"""Golden calendars and mails, one of each kind, as readers of other projects see them."""

import pytest

from tests import golden
from tests.calendars import read_strictly
from tests.libical import method_by_libical, read_libical
from tests.readers import by_every_reader, read_ical_js

FEEDS = sorted(path.name for path in golden.FOLDER.glob("*.ics") if path.name not in ("request.ics", "cancel.ics"))


def _octets(name: str) -> bytes:
    return (golden.FOLDER / name).read_bytes()


@pytest.mark.parametrize("name", FEEDS)
def test_golden_calendar_is_the_same_to_every_reader(name):
    octets = _octets(name)

    dates = by_every_reader(octets)

    strict = read_strictly(octets)
    assert {one.uid for one in dates} == {event.one("UID").value for event in strict.components("VEVENT")}
    assert dates


@pytest.mark.parametrize("name", FEEDS)
def test_golden_calendar_is_one_calendar_as_feeds_are(name):
    octets = _octets(name)
    calendar = read_strictly(octets)
    names = [line.name for line in calendar.properties]

    assert octets.count(b"BEGIN:VCALENDAR") == 1
    assert "METHOD" not in names
    assert "X-WR-TIMEZONE" not in names
    assert names[:3] == ["VERSION", "PRODID", "CALSCALE"]
    assert len(names) == len(set(names))
    assert calendar.one("CALSCALE").value == "GREGORIAN"
    for line in calendar.all("REFRESH-INTERVAL") + calendar.all("SOURCE"):
        assert line.parameters["VALUE"] in ("DURATION", "URI")
    assert [line.value for line in calendar.all("REFRESH-INTERVAL")] == [
        line.value for line in calendar.all("X-PUBLISHED-TTL")
    ]
    for event in calendar.components("VEVENT"):
        told = {line.name for line in event.properties}
        assert not told & {"ATTENDEE", "DURATION", "X-ALT-DESC", "ATTACH", "COMMENT", "CONTACT", "PRIORITY", "COLOR"}
        assert event.one("DTSTAMP").value == event.one("LAST-MODIFIED").value
        for line in (event.one("DTSTART"), event.one("DTEND")):
            assert ("TZID" in line.parameters) != (line.parameters.get("VALUE") == "DATE")


@pytest.mark.usefixtures("libical")
@pytest.mark.parametrize("name", FEEDS)
def test_libical_reports_nothing_in_a_golden_calendar(name):
    assert read_libical(_octets(name))


@pytest.mark.usefixtures("libical")
@pytest.mark.parametrize(("name", "method"), [("request.ics", "REQUEST"), ("cancel.ics", "CANCEL")])
def test_libical_finds_a_golden_mail_within_the_rules_of_itip(name, method):
    found, complaints = method_by_libical(_octets(name))

    assert (found, complaints) == (method, [])


@pytest.mark.parametrize(("name", "status"), [("request.ics", "CONFIRMED"), ("cancel.ics", "CANCELLED")])
def test_golden_mail_is_one_entry_at_the_same_time_to_every_reader(name, status):
    (one,) = by_every_reader(_octets(name))
    (event,) = read_ical_js([_octets(name)])[0].events

    assert one.status == status
    assert event["organizer"]
