"""Whole calendars and mails, beside their golden copies."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cag_events.domain.calendar import (
    HOURLY,
    Attendee,
    Header,
    Organizer,
    calendar,
    cancelled,
    itip,
    vevent,
    withdrawn,
    zones_of,
)
from tests import golden
from tests.calendars import read_ical_js, read_icalendar, read_strictly, read_vobject
from tests.domain.entries import in_calendar, make_all_day, make_entry

ORGANIZER = Organizer("Example", "events+7f3a@example.org")
PUBLIC = Header(
    organisation="Example, the organisation",
    name="Example: peace; climate",
    description="All events,\nin English",
    color="teal",
    refresh=HOURLY,
    source="https://example.org/feeds/programme.ics",
    url="https://example.org/en/",
)


def _programme():
    """Return one entry of each shape that a feed can hold, in order."""
    lecture = make_entry(
        uid="0a000000-0000-4000-8000-000000000001",
        language="en",
        summary="How rivers remember: a lecture, with questions",
        description=("Water, memory and power in Central Asia.", "The House, Stockholm", "Språk: svenska, русский"),
        location="The House, Street 1, Stockholm, Sweden",
        geo=(59.3293, 18.0686),
        url="https://example.org/en/events/rivers",
        categories=("Environment, climate", "Lecture"),
        image="https://example.org/media/rivers.jpg",
    )
    series = make_entry(
        uid="0a000000-0000-4000-8000-000000000002",
        summary="Study circle",
        start=datetime(2027, 3, 16, 18, 0),
        end=datetime(2027, 3, 16, 20, 0),
        rrule="FREQ=WEEKLY;UNTIL=20270427",
        exdates=(datetime(2027, 3, 30, 18, 0),),
    )
    moved = make_entry(
        uid=series.uid,
        summary="Study circle: moved to Wednesday",
        recurrence_id=datetime(2027, 4, 6, 18, 0),
        start=datetime(2027, 4, 7, 18, 0),
        end=datetime(2027, 4, 7, 20, 0),
        sequence=3,
    )
    webinar = make_entry(
        uid="0a000000-0000-4000-8000-000000000003",
        tz="Asia/Bishkek",
        start=datetime(2027, 4, 10, 19, 0),
        end=datetime(2027, 4, 10, 20, 30),
        summary="Онлайн-встреча: женщины и климат 🌍",
        status="TENTATIVE",
    )
    before, after = (
        make_entry(
            uid=f"0a000000-0000-4000-8000-00000000001{number}",
            tz="Asia/Almaty",
            start=datetime(2024, month, day, 18, 0),
            end=datetime(2024, month, day, 20, 0),
            summary=summary,
        )
        for number, month, day, summary in ((1, 2, 29, "Before the change"), (2, 3, 1, "After the change"))
    )
    exhibition = make_all_day(
        uid="0a000000-0000-4000-8000-000000000004", summary="Exhibition", description=("Tue-Sun 11-17",)
    )
    opening = make_entry(
        uid="0a000000-0000-4000-8000-000000000005",
        summary="Opening night",
        start=datetime(2027, 5, 3, 17, 0),
        end=datetime(2027, 5, 3, 20, 0),
        related_to=exhibition.uid,
    )
    called_off = cancelled(
        make_entry(
            uid="0a000000-0000-4000-8000-000000000006",
            summary="Hearing",
            description=("On water",),
            start=datetime(2027, 9, 14, 13, 0),
            end=datetime(2027, 9, 14, 15, 0),
            sequence=4,
        ),
        "The minister cannot come.",
    )
    gone = withdrawn(
        make_entry(
            uid="0a000000-0000-4000-8000-000000000007",
            summary="Secret",
            start=datetime(2027, 11, 2, 18, 0),
            end=datetime(2027, 11, 2, 20, 0),
            sequence=5,
        ),
        "Event withdrawn",
    )
    return [before, after, lecture, series, moved, webinar, exhibition, opening, called_off, gone]


def _mailed(**changes):
    return make_entry(
        organizer=ORGANIZER,
        attendee=Attendee("ann@example.org"),
        stamp=datetime(2026, 12, 1, 8, 0, tzinfo=UTC),
        transparent=False,
        **changes,
    )


def test_calendar_matches_its_golden_copy():
    entries = _programme()

    golden.check("programme.ics", calendar(PUBLIC, map(vevent, entries), zones_of(entries)))


def test_calendar_is_octet_for_octet_the_same_for_the_same_entries():
    first, second = _programme(), _programme()

    assert calendar(PUBLIC, map(vevent, first), zones_of(first)) == calendar(
        PUBLIC, map(vevent, second), dict(reversed(zones_of(second).items()))
    )


def test_calendar_is_read_alike_by_three_readers_that_did_not_write_it():
    entries = [entry for entry in _programme() if entry.rrule is None and entry.recurrence_id is None]
    octets = in_calendar(*entries)
    read_strictly(octets)

    by_vobject = {
        uid: tuple(int(at.timestamp()) if isinstance(at, datetime) else at.isoformat() for at in times)
        for uid, times in read_vobject(octets).items()
    }
    by_ical_js = {event["uid"]: (event["start"], event["end"]) for event in read_ical_js(octets)["events"]}
    assert read_icalendar(octets) == read_vobject(octets)
    assert by_vobject == by_ical_js
    assert len(by_ical_js) == len(entries)


def test_calendar_of_a_series_is_expanded_by_a_reader_over_the_change_to_summer_time():
    octets = in_calendar(_programme()[3])

    assert [
        datetime.fromtimestamp(at, UTC).strftime("%m%d %H%M") for at in read_ical_js(octets)["events"][0]["starts"]
    ] == [*("0316 1700", "0323 1700", "0406 1600", "0413 1600", "0420 1600", "0427 1600")]


def test_calendar_begins_with_its_header_and_its_zones_in_order():
    entries = _programme()
    read = read_strictly(calendar(PUBLIC, map(vevent, entries), zones_of(entries)))

    assert [(line.name, line.parameters, line.value) for line in read.properties] == [
        ("VERSION", {}, "2.0"),
        ("PRODID", {}, r"-//Example\, the organisation//cag_events 1//EN"),
        ("CALSCALE", {}, "GREGORIAN"),
        ("NAME", {}, r"Example: peace\; climate"),
        ("X-WR-CALNAME", {}, r"Example: peace\; climate"),
        ("DESCRIPTION", {}, r"All events\,\nin English"),
        ("X-WR-CALDESC", {}, r"All events\,\nin English"),
        ("COLOR", {}, "teal"),
        ("REFRESH-INTERVAL", {"VALUE": "DURATION"}, "PT1H"),
        ("X-PUBLISHED-TTL", {}, "PT1H"),
        ("SOURCE", {"VALUE": "URI"}, "https://example.org/feeds/programme.ics"),
        ("URL", {}, "https://example.org/en/"),
    ]
    assert [zone.one("TZID").value for zone in read.components("VTIMEZONE")] == [
        *("Asia/Almaty", "Asia/Bishkek", "Europe/Stockholm")
    ]


def test_calendar_without_entries_is_still_a_calendar():
    read = read_strictly(calendar(Header(organisation="Example"), [], {}))

    assert ([line.name for line in read.properties], read.parts) == (["VERSION", "PRODID", "CALSCALE"], [])


@pytest.mark.parametrize(
    ("refresh", "written"),
    [(timedelta(minutes=90), "PT90M"), (timedelta(hours=12), "PT12H"), (timedelta(days=1), "PT24H")],
)
def test_calendar_writes_any_refresh_interval(refresh, written):
    read = read_strictly(calendar(Header(organisation="Example", refresh=refresh), [], {}))

    assert [read.one(name).value for name in ("REFRESH-INTERVAL", "X-PUBLISHED-TTL")] == [written, written]


def test_calendar_keeps_the_name_of_an_organisation_from_breaking_its_prodid():
    read = read_strictly(calendar(Header(organisation="A//B"), [], {}))

    assert read.one("PRODID").value == "-//A/B//cag_events 1//EN"


def test_itip_request_matches_its_golden_copy():
    golden.check("request.ics", itip(_mailed(alarm_minutes=(60,)), "REQUEST"))


def test_itip_cancel_matches_its_golden_copy():
    golden.check("cancel.ics", itip(_mailed(sequence=3, alarm_minutes=(60,)), "CANCEL"))


def test_itip_request_names_method_one_organizer_and_one_attendee():
    read = read_strictly(itip(_mailed(), "REQUEST"))
    (event,) = read.components("VEVENT")

    assert [read.one("METHOD").value, *(event.one(name).value for name in ("ORGANIZER", "ATTENDEE", "DTSTAMP"))] == [
        *("REQUEST", "mailto:events+7f3a@example.org", "mailto:ann@example.org", "20261201T080000Z")
    ]
    assert event.one("ATTENDEE").parameters == {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}


def test_itip_cancel_calls_the_entry_off():
    (event,) = read_strictly(itip(_mailed(alarm_minutes=(5,)), "CANCEL")).components("VEVENT")

    assert (event.one("STATUS").value, event.one("ATTENDEE").value, event.parts) == (
        *("CANCELLED", "mailto:ann@example.org"),
        [],
    )


@pytest.mark.parametrize("missing", ["organizer", "attendee", "stamp"])
def test_itip_refuses_an_entry_without_what_a_mail_needs(missing):
    fields = {
        "organizer": ORGANIZER,
        "attendee": Attendee("ann@example.org"),
        "stamp": datetime(2026, 12, 1, tzinfo=UTC),
    }

    with pytest.raises(ValueError, match="organizer, attendee and stamp"):
        itip(make_entry(**fields | {missing: None}), "REQUEST")


def test_itip_refuses_to_invite_to_what_is_cancelled():
    with pytest.raises(ValueError, match="cancelled"):
        itip(_mailed(status="CANCELLED"), "REQUEST")


def test_itip_of_whole_days_needs_no_zone():
    entry = _mailed(start=date(2027, 5, 3), end=date(2027, 5, 4), tz=None)

    assert read_strictly(itip(entry, "REQUEST")).components("VTIMEZONE") == []
