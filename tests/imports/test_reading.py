"""Calendars of any program are read with patience: what is wrong is left and said, the rest is taken."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cag_events.imports.reading import ForeignEntry, occurrences_between, read_calendar
from tests.imports.given import calendar, codes, entry

ALMATY = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:20240301T000000
TZOFFSETFROM:+0600
TZOFFSETTO:+0500
END:STANDARD
END:VTIMEZONE"""
STOCKHOLM = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def one(*lines: str, before: str = "", **more) -> ForeignEntry:
    """The one entry of a calendar."""
    found = read_calendar(calendar(*([before.replace("\n", "\r\n")] if before else []), entry(*lines, **more)))
    assert found.left == ()
    return found.entries[0]


def starts(octets: bytes, first: str = "2020-01-01", last: str = "2031-01-01") -> list[str]:
    """When the dates of a calendar begin, in UTC."""
    span = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (first, last))
    return [f"{found.starts_at:%Y-%m-%dT%H:%M}" for found in occurrences_between(read_calendar(octets), *span)]


@pytest.mark.parametrize(
    ("zone", "before", "tz", "instant"),
    [
        ("Europe/Stockholm", "", "Europe/Stockholm", "2026-07-01T16:00"),
        ("asia/almaty", "", "Asia/Almaty", "2026-07-01T13:00"),
        ("W. Europe Standard Time", "", "Europe/Stockholm", "2026-07-01T16:00"),
        ("Central Asia Standard Time", "", "Asia/Bishkek", "2026-07-01T12:00"),
        ("/freeassociation.sourceforge.net/Europe/Stockholm", "", "Europe/Stockholm", "2026-07-01T16:00"),
        ("/mozilla.org/20050126_1/America/New_York", "", "America/New_York", "2026-07-01T22:00"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "", "Europe/Stockholm", "2026-07-01T16:00"),
        ("Customized Time Zone", STOCKHOLM, "Europe/Stockholm", "2026-07-01T16:00"),
        ("Customized Time Zone", ALMATY, "Asia/Almaty", "2026-07-01T13:00"),
        ("UTC+5", "", "Asia/Almaty", "2026-07-01T13:00"),
        ("Middle-earth", "", "Europe/Stockholm", "2026-07-01T16:00"),
    ],
)
def test_zones_are_found_by_name_by_windows_name_and_by_their_rules(zone, before, tz, instant):
    quoted = f'"{zone}"'
    found = one(f"DTSTART;TZID={quoted}:20260701T180000", f"DTEND;TZID={quoted}:20260701T190000", before=before)

    assert found.tz == tz
    assert f"{found.starts_at:%Y-%m-%dT%H:%M}" == instant
    assert found.ends_at - found.starts_at == timedelta(hours=1)


def test_unknown_and_odd_zones_are_said():
    assert codes(one("DTSTART;TZID=Middle-earth:20260701T180000").remarks) == {"zone.unknown"}
    assert codes(one("DTSTART;TZID=W. Europe Standard Time:20260701T180000").remarks) == {"zone.read"}
    assert codes(one("DTSTART:20260701T180000").remarks) == {"zone.floating"}
    assert codes(one("DTSTART:20260701T180000Z").remarks) == set()


def test_times_without_a_zone_are_those_of_the_calendar_or_of_home():
    named = read_calendar(calendar("X-WR-TIMEZONE:Asia/Bishkek", entry("DTSTART:20260701T180000")))
    home = read_calendar(calendar(entry("DTSTART:20260701T180000")), home="Asia/Tashkent")

    assert [named.entries[0].tz, home.entries[0].tz] == ["Asia/Bishkek", "Asia/Tashkent"]


@pytest.mark.parametrize(
    ("lines", "span", "is_all_day"),
    [
        (("DTSTART:20261203T180000", "DTEND:20261203T200000"), ("2026-12-03T18:00", "2026-12-03T20:00"), False),
        (("DTSTART:20261203T180000", "DURATION:PT1H30M"), ("2026-12-03T18:00", "2026-12-03T19:30"), False),
        (("DTSTART:20261203T180000", "DURATION:P1W"), ("2026-12-03T18:00", "2026-12-10T18:00"), False),
        (("DTSTART:20261203T180000",), ("2026-12-03T18:00", "2026-12-03T18:00"), False),
        (("DTSTART:20261203T180000", "DTEND:20261203T170000"), ("2026-12-03T18:00", "2026-12-03T18:00"), False),
        (("DTSTART:20261203T180000", "DTEND:rubbish"), ("2026-12-03T18:00", "2026-12-03T18:00"), False),
        (("DTSTART:20261203T170000Z", "DTEND:20261203T180000Z"), ("2026-12-03T18:00", "2026-12-03T19:00"), False),
        (("DTSTART:2026-12-03T18:00:00+01:00",), ("2026-12-03T18:00", "2026-12-03T18:00"), False),
        (("DTSTART:20261203T240000",), ("2026-12-04T00:00", "2026-12-04T00:00"), False),
        (("DTSTART;VALUE=DATE:20261203",), ("2026-12-03T00:00", "2026-12-04T00:00"), True),
        (("DTSTART:20261203",), ("2026-12-03T00:00", "2026-12-04T00:00"), True),
        (("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261206"), ("2026-12-03T00:00", "2026-12-06T00:00"), True),
        (("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261203"), ("2026-12-03T00:00", "2026-12-04T00:00"), True),
        (("DTSTART;VALUE=DATE:20261203", "DURATION:P2D"), ("2026-12-03T00:00", "2026-12-05T00:00"), True),
    ],
)
def test_spans_are_read_as_others_write_them(lines, span, is_all_day):
    found = one(*lines)

    assert (f"{found.starts_wall:%Y-%m-%dT%H:%M}", f"{found.ends_wall:%Y-%m-%dT%H:%M}") == span
    assert found.is_all_day is is_all_day


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8"),
        lambda text: b"\xef\xbb\xbf" + text.encode("utf-8"),
        lambda text: text.encode("latin-1"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.replace("\r\n", "\n").encode(),
        lambda text: text.replace("\r\n", "\r").encode(),
        lambda text: text.encode().replace("ö".encode(), b"\xc3\r\n \xb6"),
        lambda text: text.replace("SUMMARY", "summary").encode(),
    ],
)
def test_octets_are_read_in_any_encoding_with_any_line_ends(encode):
    octets = encode(calendar(entry(title="Höstmöte på Östgöta")).decode())

    assert [found.summary for found in read_calendar(octets).entries] == ["Höstmöte på Östgöta"]


def test_html_becomes_markdown_and_nothing_dangerous():
    html = (
        '<p>Come &amp; <b>sing</b>!</p><ul><li>one<li>two</ul><a href=\\"https://example.org/\\">here</a>'
        "<a href='javascript:alert(1)'>there</a><script>alert(2)</script><img src=x onerror=alert(3)>"
    )

    text = one(f"DESCRIPTION:{html}").description

    assert text == "Come & sing!\n\n- one\n- two\n\n[here](https://example.org/)there"


def test_texts_lose_controls_and_bidi_overrides():
    found = one("DESCRIPTION:a\x00b\x07c\u202ed\\ne", title="Eve\u202ening\\nof\x0b song")

    assert (found.summary, found.description) == ("Evening of song", "abcd\ne")


def test_people_alarms_and_files_are_left_and_said():
    found = one(
        "ATTENDEE;CN=Somebody:mailto:somebody@example.org",
        "ORGANIZER:mailto:other@example.org",
        "ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "A" * 100_000,
        *("BEGIN:VALARM", "TRIGGER:-PT5M", "ACTION:DISPLAY", "DESCRIPTION:Not mine", "END:VALARM"),
    )

    assert codes(found.remarks) == {"entry.people", "entry.attached", "entry.alarm"}
    assert "example.org" not in repr(found).replace(found.uid, "")
    assert found.description == ""


def test_what_is_no_event_is_left_with_a_reason():
    todo = "BEGIN:VTODO\r\nUID:t\r\nSUMMARY:Coffee\r\nEND:VTODO"

    found = read_calendar(calendar(todo, entry()))

    assert [(left.component, left.title, left.remark.code) for left in found.left] == [
        ("VTODO", "Coffee", "entry.no_event")
    ]
    assert len(found.entries) == 1


@pytest.mark.parametrize(
    ("octets", "entries", "left"),
    [
        (calendar(entry(), entry("DTSTART:rubbish", uid="b")), 1, {"entry.bad_start"}),
        (calendar(entry(), entry("DTSTART:99990101T000000", uid="b")), 1, {"entry.bad_start"}),
        (calendar(entry()) + calendar(entry(uid="b")), 2, set()),
        (calendar(entry())[:-40], 0, {"entry.cut_off"}),
        (calendar(entry().replace("END:VEVENT", ""), entry(uid="b")), 2, set()),
        (entry().encode(), 1, set()),
        (calendar(entry("SEQUENCE:1", title="New"), entry(title="Old")), 1, {"entry.twice"}),
        (b"BEGIN:VCALENDAR" * 5000, 0, set()),
        (b"BEGIN:VEVENT\r\n" * 3000, 0, {"entry.no_start"}),
        (b"", 0, set()),
        (b"\x00\xff" * 5000, 0, set()),
    ],
)
def test_one_bad_entry_never_spoils_the_others(octets, entries, left):
    found = read_calendar(octets)

    assert len(found.entries) == entries
    assert {one.remark.code for one in found.left} >= left


def test_of_two_with_one_identity_the_newer_counts():
    found = read_calendar(calendar(entry("SEQUENCE:2", title="New"), entry("SEQUENCE:1", title="Old")))

    assert [one.summary for one in found.entries] == ["New"]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (("RRULE:FREQ=WEEKLY;COUNT=3",), ["2026-10-15T16:00", "2026-10-22T16:00", "2026-10-29T17:00"]),
        (("RRULE:FREQ=WEEKLY;UNTIL=20261022T160000Z",), ["2026-10-15T16:00", "2026-10-22T16:00"]),
        (
            ("RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;TZID=Europe/Stockholm:20261022T180000"),
            ["2026-10-15T16:00", "2026-10-29T17:00"],
        ),
        (("RDATE;TZID=Europe/Stockholm:20261101T120000",), ["2026-10-15T16:00", "2026-11-01T11:00"]),
        (("RRULE:FREQ=SECONDLY",), ["2026-10-15T16:00"]),
        (("RRULE:FREQ=DAILY;INTERVAL=0",), ["2026-10-15T16:00"]),
        (("RRULE:FREQ=NEVER",), ["2026-10-15T16:00"]),
        (("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",), ["2026-10-15T16:00"]),
        (("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",), ["2026-10-15T16:00"]),
        (("RRULE:FREQ=WEEKLY;BYSETPOS=9;BYDAY=MO",), ["2026-10-15T16:00"]),
    ],
)
def test_series_give_their_dates_and_end(lines, found):
    assert starts(calendar(entry(*lines, start="20261015T180000"))) == found


def test_series_without_end_gives_a_bounded_number_of_dates():
    assert len(starts(calendar(entry("RRULE:FREQ=DAILY", start="19600101T180000")))) == 730


def test_changed_and_moved_dates_stand_in_the_place_of_theirs():
    series = entry("RRULE:FREQ=WEEKLY;COUNT=3", start="20261015T180000")
    moved = entry("RECURRENCE-ID:20261022T160000Z", start="20261023T200000", title="Moved")

    assert starts(calendar(series, moved)) == ["2026-10-15T16:00", "2026-10-23T18:00", "2026-10-29T17:00"]


def test_series_in_utc_keeps_its_instants_when_clocks_change():
    octets = calendar(entry("RRULE:FREQ=WEEKLY;COUNT=3", "DTSTART:20261015T160000Z", "DURATION:PT1H"))

    assert starts(octets) == ["2026-10-15T16:00", "2026-10-22T16:00", "2026-10-29T16:00"]


def test_a_file_of_a_hundred_thousand_lines_is_read_in_bounds():
    octets = calendar(*(entry(uid=f"n{n}") for n in range(10_500)), *["X-NOISE:" + "y" * 50] * 30_000)

    found = read_calendar(octets)

    assert len(found.entries) == 10_000
    assert codes(found.remarks) == {"file.many"}


def test_a_line_of_ten_megabytes_is_cut():
    assert len(one("DESCRIPTION:" + "word " * 2_000_000).description) <= 20_000


PIECES = st.sampled_from(
    [
        *("BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM", "BEGIN:X"),
        *("BEGIN:VTIMEZONE", "END:VTIMEZONE", "BEGIN:STANDARD", "END:STANDARD", "TZID:Here", "TZOFFSETTO:+9999"),
        *("DTSTART:20261203T180000", "DTSTART;TZID=Here:20261203T180000", "DTSTART;VALUE=DATE:20261203", "DTSTART:"),
        *("DTEND:20261203T190000Z", "DURATION:-P9999W", "RRULE:FREQ=YEARLY", "RRULE:FREQ=DAILY;COUNT=999999999"),
        *("RRULE:FREQ=MONTHLY;BYDAY=99MO", "EXDATE:20261203", "RDATE;VALUE=PERIOD:20261203T180000Z/PT1H", "UID:a"),
        *(
            "SUMMARY;LANGUAGE=sv:Hej\\",
            "GEO:1;2",
            "GEO:x",
            "CATEGORIES:a\\,b,c",
            "RECURRENCE-ID:20261203T180000",
            ":::",
        ),
        *(
            'SUMMARY;X="',
            "DESCRIPTION:<a href=",
            " folded",
            "\tfolded",
            "SEQUENCE:99999999999999999999",
            "LOCATION:http://[",
        ),
        *("RRULE:FREQ=YEARLY;BYWEEKNO=53;BYDAY=5MO;UNTIL=99991231T235959Z", "URL:http://[::1", "X-WR-TIMEZONE:UTC"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40), st.sampled_from(["\r\n", "\n", "\r"]))
def test_any_order_of_lines_is_read_and_expanded(pieces, end):
    found = read_calendar(end.join(pieces).encode())

    occurrences_between(found, datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_octets_are_read(octets):
    read_calendar(octets)
    read_calendar(calendar(entry()).replace(b"Open", octets))
