"""What the `icalendar` library gets wrong, each beside what we write instead (found in its release 7.3.0).

Where the library is shown to be wrong, a failing test tells that it was mended and the remark may go.
"""

from datetime import UTC, datetime, timedelta, timezone

import icalendar
import pytest

from cag_events.domain.calendar import HOURLY, Header, calendar, clean_text, vevent, vtimezone
from tests.calendars import read_block, read_ical_js, read_strictly, read_vobject
from tests.domain.entries import HEADER, in_calendar, make_entry

SUMMER = datetime(2027, 7, 1, 18, 0), datetime(2027, 7, 1, 20, 0)
INSTANTS = datetime(2027, 7, 1, 16, 0, tzinfo=UTC), datetime(2027, 7, 1, 18, 0, tzinfo=UTC)


def _zone(tz="Europe/Stockholm"):
    return read_block(vtimezone(tz, *SUMMER))


def test_summer_events_keep_their_hour_where_the_library_makes_them_one_hour_wrong():
    entry = make_entry(start=SUMMER[0], end=SUMMER[1])
    ours = in_calendar(entry)
    library = icalendar.Calendar.from_ical(ours)
    library.subcomponents = library.walk("VEVENT")
    library.add_missing_timezones()

    assert read_vobject(ours) == {entry.uid: INSTANTS}
    assert [event["start"] for event in read_ical_js(ours)["events"]] == [int(INSTANTS[0].timestamp())]
    assert [event["start"] for event in read_ical_js(library.to_ical())["events"]] != [int(INSTANTS[0].timestamp())]


def test_vtimezone_holds_no_list_of_dates_no_comment_and_no_end():
    names = {line.name for part in _zone().parts for line in part.properties}

    assert names == {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME", "RRULE"}
    assert [part.one("RRULE").value for part in _zone().parts] == [
        "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    ]


def test_vtimezone_begins_summer_by_clocks_not_yet_changed():
    (summer,) = _zone().components("DAYLIGHT")

    assert (summer.one("DTSTART").value, summer.one("TZOFFSETFROM").value) == ("19810329T020000", "+0100")


def test_calendar_says_of_what_type_refresh_interval_and_source_are():
    header = Header(organisation="Example", refresh=HOURLY, source="https://example.org/feeds/programme.ics")
    read = read_strictly(calendar(header, [], {}))

    assert [(line.name, line.parameters, line.value) for line in read.properties[-3:]] == [
        ("REFRESH-INTERVAL", {"VALUE": "DURATION"}, "PT1H"),
        ("X-PUBLISHED-TTL", {}, "PT1H"),
        ("SOURCE", {"VALUE": "URI"}, "https://example.org/feeds/programme.ics"),
    ]


def test_vevent_ends_a_rule_in_utc_where_the_library_writes_local_time():
    entry = make_entry(rrule="FREQ=WEEKLY;UNTIL=20270322T180000")

    assert read_block(vevent(entry)).one("RRULE").value == "FREQ=WEEKLY;UNTIL=20270322T170000Z"
    assert len(read_ical_js(in_calendar(entry))["events"][0]["starts"]) == 3


@pytest.mark.parametrize("tz", ["UTC+05:00", "+05:00", "UTC", "GMT", "CET", "West Asia Standard Time"])
def test_entry_refuses_a_zone_that_would_get_no_vtimezone(tz):
    with pytest.raises(ValueError, match="IANA"):
        make_entry(tz=tz)


def test_entry_refuses_a_start_with_an_offset_instead_of_a_zone():
    with pytest.raises(ValueError, match="aware"):
        make_entry(start=datetime(2027, 7, 1, 18, 0, tzinfo=timezone(timedelta(hours=5))))


def test_vevent_writes_no_floating_time():
    block = read_block(vevent(make_entry(rrule="FREQ=WEEKLY;COUNT=2", exdates=(datetime(2027, 3, 15, 18, 0),))))
    moments = [line for line in block.properties if line.name in {"DTSTART", "DTEND", "EXDATE"}]

    assert [line.parameters for line in moments] == [{"TZID": "Europe/Stockholm"}] * 3
    with pytest.raises(ValueError, match="tz"):
        make_entry(tz=None)


def test_vevent_puts_in_no_random_value_and_no_present_time():
    first, second = in_calendar(make_entry()), in_calendar(make_entry())

    assert first == second
    assert b"UID" not in calendar(HEADER, [], {})
    assert b"DTSTAMP" not in calendar(HEADER, [], {})


@pytest.mark.parametrize("field", ["summary", "location"])
@pytest.mark.parametrize("bad", ["\x00", "\x07", "\x85", "\u2028", "\u2029", "\x0b", "\r", "\n", "\ufeff", "\u202e"])
def test_vevent_lets_no_control_character_through(field, bad):
    block = read_block(vevent(make_entry(**{field: f"a{bad}b"})))

    assert block.one(field.upper()).text == clean_text(f"a{bad}b", single_line=True)


@pytest.mark.parametrize("bad", ["\x00", "\x85", "\u2028", "\r\n", "\r", "\x0c", "\u202e"])
def test_vevent_lets_no_control_character_into_a_description(bad):
    block = read_block(vevent(make_entry(description=(f"a{bad}b",))))

    assert block.one("DESCRIPTION").text == clean_text(f"a{bad}b")


def test_vevent_refuses_a_line_break_in_an_address_with_one_clear_error():
    with pytest.raises(ValueError, match="control"):
        vevent(make_entry(url="https://example.org/\r\nX-EVIL:1"))


def test_calendar_lets_no_line_break_into_names_of_the_x_properties():
    read = read_strictly(calendar(Header(organisation="A\r\nB", name="Peace\r\nX-EVIL:1"), [], {}))

    assert read.one("X-WR-CALNAME").text == "Peace X-EVIL:1"
    assert read.one("PRODID").text == "-//A B//cag_events 1//EN"


@pytest.mark.parametrize("field", ["summary", "location", "description", "categories"])
def test_vevent_refuses_half_a_surrogate_pair_with_one_clear_error(field):
    bad = ("\ud83d",) if field in {"description", "categories"} else "\ud83d"

    with pytest.raises(ValueError, match="surrogate"):
        vevent(make_entry(**{field: bad}))


def test_vevent_keeps_a_backslash_before_n_where_the_library_makes_a_line_break_of_it():
    entry = make_entry(summary=r"C:\News and \n")

    assert read_block(vevent(entry)).one("SUMMARY").text == r"C:\News and \n"
    assert read_ical_js(in_calendar(entry))["events"][0]["summary"] == r"C:\News and \n"
    assert b"\\new" in icalendar.vText(r"C:\News").to_ical().lower().replace(b"\\\\", b"")


def test_vevent_quotes_a_name_always_and_escapes_it_by_rfc_6868():
    entry = make_entry(conference_url="https://example.org/j", conference_label='A^ "b"\nc')

    assert b"LABEL=\"A^^ ^'b^' c\"" in vevent(entry)


def test_vevent_folds_between_characters_and_never_within_an_escape():
    for shift in range(160):
        octets = vevent(make_entry(summary="x" * shift + "å,𝄞;\\\\" * 40))

        assert read_block(octets).one("SUMMARY").text == "x" * shift + "å,𝄞;\\\\" * 40
        assert not any(
            line.endswith(b"\\") and (len(line) - len(line.rstrip(b"\\"))) % 2 for line in octets.split(b"\r\n")
        )
