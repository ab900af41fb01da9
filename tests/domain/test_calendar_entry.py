"""One entry: what it refuses to be, and each line of its VEVENT."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from cag_events.domain.calendar import Attendee, Organizer, cancelled, fingerprint, vevent, withdrawn, zones_of
from tests.calendars import read_block, read_ical_js, read_vobject
from tests.domain.entries import in_calendar, make_all_day, make_entry

FULL = {
    "language": "sv",
    "summary": "Hearing",
    "description": ("How rivers heal", "", "Long, text; with \\ all", "https://example.org/sv/events/floden"),
    "location": "The House, Street 1, Stockholm, Sweden",
    "geo": (59.33, 18.0649),
    "url": "https://example.org/sv/events/floden",
    "categories": ("Peace, and conflict", "Hearing"),
    "image": "https://example.org/floden.jpg",
    "conference_url": "https://example.org/sv/join/abc",
    "conference_label": 'The "blue" room',
    "transparent": False,
    "related_to": "a1b2",
    "alarm_minutes": (60, 1440),
    "organizer": Organizer("Example: events", "events@example.org"),
    "attendee": Attendee("ann+1@example.org", "NEEDS-ACTION", rsvp=True),
}


def _value(entry, name):
    return read_block(vevent(entry)).one(name).value


def test_vevent_writes_every_property_in_one_order():
    block = read_block(vevent(make_entry(**FULL)))

    assert [(entry.name, entry.parameters, entry.value) for entry in block.properties] == [
        ("UID", {}, "6d3f3c1e-2b0a-4a53-9a51-0c0a8f1d7e01"),
        ("DTSTAMP", {}, "20261120T153000Z"),
        ("SEQUENCE", {}, "2"),
        ("STATUS", {}, "CONFIRMED"),
        ("CREATED", {}, "20261101T090000Z"),
        ("LAST-MODIFIED", {}, "20261120T153000Z"),
        ("DTSTART", {"TZID": "Europe/Stockholm"}, "20270308T180000"),
        ("DTEND", {"TZID": "Europe/Stockholm"}, "20270308T200000"),
        ("SUMMARY", {"LANGUAGE": "sv"}, "Hearing"),
        (
            "DESCRIPTION",
            {},
            r"How rivers heal\n\nLong\, text\; with \\ all\nhttps://example.org/sv/events/floden",
        ),
        ("LOCATION", {}, r"The House\, Street 1\, Stockholm\, Sweden"),
        ("GEO", {}, "59.33;18.0649"),
        ("URL", {}, "https://example.org/sv/events/floden"),
        ("CATEGORIES", {}, r"Peace\, and conflict,Hearing"),
        ("IMAGE", {"VALUE": "URI", "DISPLAY": "BADGE"}, "https://example.org/floden.jpg"),
        (
            "CONFERENCE",
            {"VALUE": "URI", "FEATURE": "AUDIO,VIDEO", "LABEL": 'The "blue" room'},
            "https://example.org/sv/join/abc",
        ),
        ("ORGANIZER", {"CN": "Example: events"}, "mailto:events@example.org"),
        (
            "ATTENDEE",
            {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"},
            "mailto:ann+1@example.org",
        ),
        ("TRANSP", {}, "OPAQUE"),
        ("RELATED-TO", {"RELTYPE": "PARENT"}, "a1b2"),
    ]
    assert [[(entry.name, entry.value) for entry in alarm.properties] for alarm in block.parts] == [
        [("ACTION", "DISPLAY"), ("DESCRIPTION", "Hearing"), ("TRIGGER", "-PT60M")],
        [("ACTION", "DISPLAY"), ("DESCRIPTION", "Hearing"), ("TRIGGER", "-PT1440M")],
    ]


def test_vevent_leaves_out_what_is_not_known():
    names = [entry.name for entry in read_block(vevent(make_entry())).properties]

    assert names == [
        *("UID", "DTSTAMP", "SEQUENCE", "STATUS", "CREATED", "LAST-MODIFIED"),
        *("DTSTART", "DTEND", "SUMMARY", "TRANSP"),
    ]


def test_vevent_ends_an_all_day_entry_on_the_day_after():
    block = read_block(vevent(make_all_day()))

    assert [(entry.parameters, entry.value) for entry in (block.one("DTSTART"), block.one("DTEND"))] == [
        ({"VALUE": "DATE"}, "20270503"),
        ({"VALUE": "DATE"}, "20270531"),
    ]


def test_vevent_writes_instants_in_utc_whatever_zone_they_came_in():
    entry = make_entry(last_modified=datetime(2026, 11, 20, 20, 30, tzinfo=timezone(timedelta(hours=5))))

    assert _value(entry, "LAST-MODIFIED") == "20261120T153000Z"


def test_vevent_stamps_a_mail_with_its_own_time():
    entry = make_entry(stamp=datetime(2026, 12, 1, 8, 0, tzinfo=UTC))

    assert (_value(entry, "DTSTAMP"), _value(entry, "LAST-MODIFIED")) == ("20261201T080000Z", "20261120T153000Z")


@pytest.mark.parametrize(
    ("geo", "expected"),
    [
        ((42.8746, 74.5698), "42.8746;74.5698"),
        ((-0.00000001, 1e-7), "0;0"),
        ((-33.5, -180.0), "-33.5;-180"),
        ((60, 20), "60;20"),
    ],
)
def test_vevent_writes_latitude_first_with_a_point(geo, expected):
    assert _value(make_entry(geo=geo), "GEO") == expected


def test_vevent_moves_a_wall_time_that_clocks_skip_to_the_hour_after():
    entry = make_entry(start=datetime(2027, 3, 28, 2, 30), end=datetime(2027, 3, 28, 5, 0))
    instants = (datetime(2027, 3, 28, 1, 30, tzinfo=UTC), datetime(2027, 3, 28, 3, 0, tzinfo=UTC))

    assert _value(entry, "DTSTART") == "20270328T033000"
    assert read_vobject(in_calendar(entry)) == {entry.uid: instants}
    (read,) = read_ical_js(in_calendar(entry))["events"]
    assert (read["start"], read["end"]) == tuple(int(instant.timestamp()) for instant in instants)


def test_vevent_keeps_names_within_their_category():
    assert _value(make_entry(categories=("Gender; women's rights", "", "Peace,\nnow")), "CATEGORIES") == (
        r"Gender\; women's rights,Peace\, now"
    )


def test_vevent_encodes_a_mailbox_that_could_end_its_line():
    entry = make_entry(attendee=Attendee('"a;b"\r\nX:y@example.org'))

    assert _value(entry, "ATTENDEE") == "mailto:%22a%3Bb%22%0D%0AX%3Ay@example.org"


@pytest.mark.parametrize("field", ["url", "image", "conference_url"])
def test_vevent_refuses_an_address_that_is_not_of_the_web(field):
    with pytest.raises(ValueError, match="http"):
        vevent(make_entry(**{field: "javascript:alert(1)"}))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"uid": ""}, "uid"),
        ({"uid": "a b"}, "uid"),
        ({"uid": "a\r\nX:y"}, "uid"),
        ({"related_to": "å"}, "related_to"),
        ({"sequence": -1}, "sequence"),
        ({"status": "HELD"}, "status"),
        ({"language": 'sv";X="'}, "language"),
        ({"geo": (91.0, 0.0)}, "geo"),
        ({"geo": (0.0, 181.0)}, "geo"),
        ({"geo": (float("nan"), 0.0)}, "geo"),
        ({"alarm_minutes": (-5,)}, "alarm"),
        ({"created": datetime(2026, 1, 1)}, "naive"),
        ({"stamp": datetime(2026, 1, 1)}, "naive"),
        ({"start": datetime(2027, 3, 8, 18, tzinfo=ZoneInfo("Europe/Stockholm"))}, "aware"),
        ({"tz": None}, "tz"),
        ({"tz": "CET"}, "tz"),
        ({"tz": "W. Europe Standard Time"}, "tz"),
        ({"tz": "Europe/Atlantis"}, "tz"),
        ({"tz": "../../etc/passwd"}, "tz"),
        ({"end": datetime(2027, 3, 8, 18, 0)}, "end"),
        ({"start": datetime(2027, 3, 28, 2, 30), "end": datetime(2027, 3, 28, 3, 15)}, "end"),
        ({"end": date(2027, 3, 9)}, "types"),
        ({"start": date(2027, 3, 8)}, "types"),
        ({"start": date(2027, 3, 8), "end": date(2027, 3, 9)}, "zone"),
        ({"start": date(2027, 3, 8), "end": date(2027, 3, 7), "tz": None}, "end"),
        ({"exdates": (date(2027, 3, 8),)}, "type"),
        ({"recurrence_id": date(2027, 3, 8)}, "type"),
        ({"recurrence_id": datetime(2027, 3, 8, tzinfo=UTC)}, "aware"),
    ],
)
def test_entry_refuses_what_no_calendar_could_read(changes, complaint):
    with pytest.raises(ValueError, match=complaint):
        make_entry(**changes)


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        ("FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;COUNT=3"),
        ("byday=mo;until=20270331T180000;freq=weekly", "FREQ=WEEKLY;UNTIL=20270331T160000Z;BYDAY=MO"),
        ("FREQ=WEEKLY;UNTIL=20270322", "FREQ=WEEKLY;UNTIL=20270322T225959Z"),
        ("FREQ=WEEKLY;UNTIL=20270331T160000Z", "FREQ=WEEKLY;UNTIL=20270331T160000Z"),
        ("FREQ=MONTHLY;BYDAY=2MO;INTERVAL=2;COUNT=2", "FREQ=MONTHLY;INTERVAL=2;COUNT=2;BYDAY=2MO"),
    ],
)
def test_vevent_writes_a_rule_with_its_end_in_utc(rule, written):
    assert _value(make_entry(rrule=rule), "RRULE") == written


def test_vevent_writes_the_end_of_an_all_day_rule_as_a_date():
    entry = make_all_day(end=date(2027, 5, 3), rrule="FREQ=WEEKLY;UNTIL=20270524", exdates=(date(2027, 5, 10),))
    block = read_block(vevent(entry))

    assert block.one("RRULE").value == "FREQ=WEEKLY;UNTIL=20270524"
    assert (block.one("EXDATE").parameters, block.one("EXDATE").value) == ({"VALUE": "DATE"}, "20270510")


def test_vevent_writes_an_exception_as_its_start_is_written():
    entry = make_entry(
        rrule="FREQ=WEEKLY;COUNT=5", exdates=(datetime(2027, 3, 22, 18, 0), datetime(2027, 3, 15, 18, 0))
    )

    assert [(line.parameters, line.value) for line in read_block(vevent(entry)).all("EXDATE")] == [
        ({"TZID": "Europe/Stockholm"}, "20270315T180000"),
        ({"TZID": "Europe/Stockholm"}, "20270322T180000"),
    ]
    (read,) = read_ical_js(in_calendar(entry))["events"]
    assert read["starts"] == [
        int(datetime(2027, *day, 18, 0, tzinfo=ZoneInfo("Europe/Stockholm")).timestamp())
        for day in ((3, 8), (3, 29), (4, 5))
    ]


def test_vevent_writes_an_override_under_the_uid_of_its_series():
    override = make_entry(
        recurrence_id=datetime(2027, 3, 8, 18, 0), start=datetime(2027, 3, 9, 18, 0), end=datetime(2027, 3, 9, 20, 0)
    )
    line = read_block(vevent(override)).one("RECURRENCE-ID")

    assert (line.parameters, line.value) == ({"TZID": "Europe/Stockholm"}, "20270308T180000")


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ("FREQ=WEEKLY", "UNTIL or COUNT"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20270401", "UNTIL or COUNT"),
        ("FREQ=SECONDLY;COUNT=2", "read"),
        ("FREQ=DAILY;COUNT=2\r\nX:y", "read"),
        ("COUNT=2", "read"),
        ("FREQ=WEEKLY;COUNT=2;BYEASTER=1", "read"),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=2", "its own start"),
        ("FREQ=WEEKLY;UNTIL=20270101", "its own start"),
        ("FREQ=DAILY;COUNT=1001", "too many"),
        ("FREQ=DAILY;UNTIL=99991231", "too many"),
        ("FREQ=WEEKLY;UNTIL=soon", "UNTIL|read"),
    ],
)
def test_entry_refuses_a_rule_that_calendars_read_differently(rule, complaint):
    with pytest.raises(ValueError, match=complaint):
        make_entry(rrule=rule)


def test_cancelled_keeps_title_times_and_page_and_says_why():
    entry = make_entry(**FULL)
    block = read_block(vevent(cancelled(entry, "The speaker is ill.")))

    assert [block.one(name).value for name in ("STATUS", "SUMMARY", "DTSTART", "URL", "TRANSP")] == [
        *("CANCELLED", "Hearing", "20270308T180000"),
        *("https://example.org/sv/events/floden", "TRANSPARENT"),
    ]
    assert block.one("DESCRIPTION").text.splitlines()[:2] == ["The speaker is ill.", "How rivers heal"]
    assert (block.all("CONFERENCE"), block.parts) == ([], [])


def test_withdrawn_leaves_nothing_but_uid_times_and_neutral_words():
    block = read_block(vevent(withdrawn(make_entry(**FULL | {"attendee": None}), "Event withdrawn")))

    assert [(entry.name, entry.value) for entry in block.properties if entry.name not in {"DTSTAMP", "CREATED"}] == [
        ("UID", "6d3f3c1e-2b0a-4a53-9a51-0c0a8f1d7e01"),
        ("SEQUENCE", "2"),
        ("STATUS", "CANCELLED"),
        ("LAST-MODIFIED", "20261120T153000Z"),
        ("DTSTART", "20270308T180000"),
        ("DTEND", "20270308T200000"),
        ("SUMMARY", "Event withdrawn"),
        ("ORGANIZER", "mailto:events@example.org"),
        ("TRANSP", "TRANSPARENT"),
    ]
    assert block.parts == []


def test_vevent_never_shows_the_room_or_an_alarm_of_a_cancelled_entry():
    block = read_block(vevent(make_entry(**FULL | {"status": "CANCELLED"})))

    assert (block.all("CONFERENCE"), block.parts, block.one("TRANSP").value) == ([], [], "TRANSPARENT")


def test_fingerprint_stays_when_only_the_version_changes():
    entry = make_entry()

    assert fingerprint(entry) == fingerprint(
        make_entry(sequence=9, created=datetime(2020, 1, 1, tzinfo=UTC), last_modified=datetime(2027, 1, 1, tzinfo=UTC))
    )


@pytest.mark.parametrize("changes", [{"summary": "Lecture!"}, {"tz": "Europe/Paris"}, {"status": "TENTATIVE"}])
def test_fingerprint_changes_with_what_people_see(changes):
    assert fingerprint(make_entry(**changes)) != fingerprint(make_entry())


def test_zones_of_spans_first_start_to_last_end_rules_included():
    entries = [
        make_entry(rrule="FREQ=WEEKLY;COUNT=40"),
        make_entry(start=datetime(2027, 1, 8, 18, 0), end=datetime(2027, 1, 8, 19, 0)),
        make_entry(tz="Asia/Almaty"),
        make_all_day(),
    ]

    assert zones_of(entries) == {
        "Europe/Stockholm": (datetime(2027, 1, 8, 18, 0), datetime(2027, 12, 6, 20, 0)),
        "Asia/Almaty": (datetime(2027, 3, 8, 18, 0), datetime(2027, 3, 8, 20, 0)),
    }
