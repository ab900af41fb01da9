"""VTIMEZONE against the zone data, as readers see it that did not write it."""

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from cag_events.app import create_app
from cag_events.domain import when
from cag_events.domain.calendar import StaleZoneData, calendar, require_current_zone_data, vtimezone
from cag_events.domain.errors import Refused
from tests.calendars import read_block, read_ical_js, read_vobject, vobject_offsets
from tests.conftest import settings_for
from tests.domain.entries import HEADER, in_calendar, make_entry

FIRST, LAST = datetime(2020, 1, 1), datetime(2037, 12, 31)
OURS = ("Europe/Stockholm", "Asia/Bishkek", "Asia/Almaty", "Asia/Dushanbe", "Asia/Tashkent")
OTHERS = (
    *("America/New_York", "Africa/Casablanca", "Asia/Tehran", "Asia/Kathmandu", "Europe/Dublin", "Africa/Cairo"),
    *("America/Nuuk", "Asia/Jerusalem", "Asia/Gaza", "America/Santiago", "Australia/Lord_Howe", "Pacific/Chatham"),
    *("Europe/Istanbul", "America/Mexico_City", "Asia/Pyongyang", "Etc/UTC", "Pacific/Easter", "Europe/Moscow"),
)


def _parts(tz, first, last):
    """Return kind, onset, offsets, name and rule of each sub-component."""
    names = ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME")
    return [
        (part.name, *(part.one(name).value for name in names), *(line.value for line in part.all("RRULE")))
        for part in read_block(vtimezone(tz, first, last)).parts
    ]


def _changes(tz, first=FIRST, last=LAST):
    """Return the wall times, before and after, of each change of a zone's clocks, found by asking zoneinfo."""
    zone, moment, found = ZoneInfo(tz), first.replace(tzinfo=UTC), []
    day = timedelta(days=1)
    while moment < last.replace(tzinfo=UTC):
        if moment.astimezone(zone).utcoffset() != (moment + day).astimezone(zone).utcoffset():
            low, high = moment, moment + day
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                low, high = (
                    (middle, high)
                    if middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                    else (low, middle)
                )
            found.append(high.replace(second=0, microsecond=0))
        moment += day
    return found


def _walls(tz):
    """Return wall times in each season and hourly around each change, those that are shown once."""
    zone = ZoneInfo(tz)
    moments = [FIRST.replace(tzinfo=UTC) + timedelta(days=91 * number) for number in range(1, 71)]
    for change in _changes(tz):
        moments += [change + timedelta(hours=hours) for hours in range(-4, 5)]
        moments += [change - timedelta(seconds=1), change + timedelta(seconds=1)]
    walls = {moment.astimezone(zone).replace(tzinfo=None) for moment in moments}
    return sorted(wall for wall in walls if not when.is_doubled(wall, tz))


def _offsets(tz, walls):
    return [int(wall.replace(tzinfo=ZoneInfo(tz)).utcoffset().total_seconds()) for wall in walls]


@pytest.fixture(scope="module")
def everywhere():
    """A calendar of all zones, the wall times to ask for, and what zoneinfo says of them."""
    zones = OURS + OTHERS
    walls = {tz: _walls(tz) for tz in zones}
    octets = calendar(HEADER, [], dict.fromkeys(zones, (FIRST, LAST)))
    return octets, walls, {tz: _offsets(tz, walls[tz]) for tz in zones}


def test_vtimezone_gives_ical_js_every_offset_from_2020_to_2037(everywhere):
    octets, walls, expected = everywhere

    assert read_ical_js(octets, walls)["offsets"] == expected


def test_vtimezone_gives_vobject_every_offset_from_2020_to_2037(everywhere):
    octets, walls, expected = everywhere

    assert vobject_offsets(octets, walls) == expected


def test_vtimezone_gives_the_offsets_of_every_zone_there_is():
    zones = sorted(tz for tz in when.zone_names() if "/" in tz)
    walls = {}
    for tz in zones:
        moments = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=29 * number) for number in range(50)]
        walls[tz] = [moment.astimezone(ZoneInfo(tz)).replace(tzinfo=None) for moment in moments]
    octets = calendar(HEADER, [], {tz: (walls[tz][0], walls[tz][-1]) for tz in zones})

    assert len(zones) > 400
    assert read_ical_js(octets, walls)["offsets"] == {tz: _offsets(tz, walls[tz]) for tz in zones}


@pytest.mark.parametrize(
    ("tz", "expected"),
    [
        (
            "Europe/Stockholm",
            [
                ("STANDARD", "19961027T030000", "+0200", "+0100", "CET", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"),
                ("DAYLIGHT", "19810329T020000", "+0100", "+0200", "CEST", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"),
            ],
        ),
        ("Asia/Bishkek", [("STANDARD", "20100101T000000", "+0600", "+0600", "+06")]),
        ("Asia/Dushanbe", [("STANDARD", "20100101T000000", "+0500", "+0500", "+05")]),
        ("Asia/Tashkent", [("STANDARD", "20100101T000000", "+0500", "+0500", "+05")]),
        ("Asia/Almaty", [("STANDARD", "20240301T000000", "+0600", "+0500", "+05")]),
        ("Asia/Kathmandu", [("STANDARD", "20100101T000000", "+0545", "+0545", "+0545")]),
        ("Etc/UTC", [("STANDARD", "20100101T000000", "+0000", "+0000", "UTC")]),
        (
            "America/New_York",
            [
                ("STANDARD", "20071104T020000", "-0400", "-0500", "EST", "FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"),
                ("DAYLIGHT", "20070311T020000", "-0500", "-0400", "EDT", "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"),
            ],
        ),
        (
            "Europe/Dublin",
            [
                ("STANDARD", "19961027T020000", "+0100", "+0000", "GMT", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"),
                ("DAYLIGHT", "19810329T010000", "+0000", "+0100", "IST", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"),
            ],
        ),
        (
            "Asia/Jerusalem",
            [
                ("STANDARD", "20131027T020000", "+0300", "+0200", "IST", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"),
                (
                    *("DAYLIGHT", "20130329T020000", "+0200", "+0300", "IDT"),
                    "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=23,24,25,26,27,28,29;BYDAY=FR",
                ),
            ],
        ),
    ],
)
def test_vtimezone_writes_the_rules_of_a_zone_as_they_are_today(tz, expected):
    assert _parts(tz, datetime(2026, 6, 1), datetime(2028, 6, 1)) == expected


def test_vtimezone_writes_one_sub_component_for_each_change_that_no_yearly_rule_says():
    assert _parts("Africa/Cairo", datetime(2026, 1, 1), datetime(2026, 12, 1)) == [
        ("STANDARD", "20251031T000000", "+0300", "+0200", "EET"),
        ("DAYLIGHT", "20260424T000000", "+0200", "+0300", "EEST"),
        ("STANDARD", "20261030T000000", "+0300", "+0200", "EET"),
    ]


def test_vtimezone_writes_the_years_before_a_yearly_rule_one_by_one():
    assert [part[1] for part in _parts("Europe/Stockholm", datetime(1994, 1, 1), datetime(2027, 1, 1))] == [
        *("19930926T030000", "19940925T030000", "19950924T030000"),
        *("19961027T030000", "19810329T020000"),
    ]


def test_vtimezone_holds_no_rule_that_begins_after_its_values():
    assert [part[0:2] for part in _parts("Asia/Gaza", datetime(2026, 1, 1), datetime(2026, 8, 1))] == [
        ("STANDARD", "20251025T020000"),
        ("DAYLIGHT", "20260328T020000"),
    ]
    assert [part[0:2] for part in _parts("Europe/Berlin", datetime(1975, 1, 1), datetime(1976, 1, 1))] == [
        ("STANDARD", "19491002T030000")
    ]


def test_vtimezone_writes_summer_time_that_was_kept_for_good_as_the_new_standard():
    summer, kept = (
        ("DAYLIGHT", "20160327T030000", "+0200", "+0300", "EEST"),
        ("STANDARD", "20160907T000000", "+0300", "+0300", "+03"),
    )

    assert _parts("Europe/Istanbul", datetime(2016, 7, 1), datetime(2027, 1, 1)) == [summer, kept]
    assert _parts("Europe/Istanbul", datetime(2027, 1, 1), datetime(2027, 2, 1)) == [kept]


BEFORE = ("STANDARD", "20100101T000000", "+0600", "+0600", "+06")
AFTER = ("STANDARD", "20240301T000000", "+0600", "+0500", "+05")


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (datetime(2024, 2, 1), datetime(2024, 2, 29, 22, 0), [BEFORE]),
        (datetime(2024, 2, 29, 22, 59), datetime(2024, 3, 1, 0, 0), [BEFORE, AFTER]),
        (datetime(2023, 5, 1), datetime(2027, 5, 1), [BEFORE, AFTER]),
        (datetime(2024, 3, 1, 0, 0), datetime(2027, 5, 1), [AFTER]),
        (datetime(2024, 2, 29, 19, 0, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC), [AFTER]),
        (datetime(2024, 2, 29, 17, 59, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC), [BEFORE, AFTER]),
    ],
)
def test_vtimezone_sends_only_the_rules_of_almaty_that_its_values_need(first, last, expected):
    assert _parts("Asia/Almaty", first, last) == expected


def test_vtimezone_covers_values_before_the_first_record():
    assert _parts("Asia/Almaty", datetime(1850, 1, 1), datetime(1850, 1, 2)) == [
        ("STANDARD", "16010101T000000", "+050748", "+050748", "LMT")
    ]


def test_vtimezone_is_octet_for_octet_the_same_twice():
    assert vtimezone("Europe/Stockholm", FIRST, LAST) == vtimezone("Europe/Stockholm", FIRST, LAST)


@pytest.mark.parametrize("tz", ["Mars/Olympus", "../../etc/passwd", ""])
def test_vtimezone_refuses_what_is_no_zone(tz):
    with pytest.raises(Refused):
        vtimezone(tz, FIRST, LAST)


@pytest.mark.parametrize(
    ("tz", "wall", "instant"),
    [
        ("Asia/Almaty", (2024, 2, 28, 18, 0), (2024, 2, 28, 12, 0)),
        ("Asia/Almaty", (2024, 3, 1, 18, 0), (2024, 3, 1, 13, 0)),
        ("Asia/Almaty", (2027, 3, 8, 18, 0), (2027, 3, 8, 13, 0)),
        ("Asia/Bishkek", (2027, 7, 1, 18, 0), (2027, 7, 1, 12, 0)),
        ("Europe/Stockholm", (2027, 1, 15, 18, 0), (2027, 1, 15, 17, 0)),
        ("Europe/Stockholm", (2027, 7, 15, 18, 0), (2027, 7, 15, 16, 0)),
        ("Europe/Stockholm", (2027, 3, 28, 1, 30), (2027, 3, 28, 0, 30)),
        ("Europe/Stockholm", (2027, 3, 28, 3, 0), (2027, 3, 28, 1, 0)),
        ("Europe/Stockholm", (2027, 10, 31, 3, 0), (2027, 10, 31, 2, 0)),
    ],
)
def test_readers_agree_on_the_instant_of_a_wall_time(tz, wall, instant):
    start = datetime(*wall)
    expected = datetime(*instant, tzinfo=UTC)
    entry = make_entry(tz=tz, start=start, end=start + timedelta(hours=2))
    octets = in_calendar(entry)

    assert read_vobject(octets)[entry.uid][0] == expected
    assert [event["start"] for event in read_ical_js(octets)["events"]] == [int(expected.timestamp())]


def test_changes_are_found_so_that_the_tests_above_ask_for_something():
    assert {tz: len(_changes(tz)) for tz in OURS} == dict.fromkeys(OURS, 0) | {"Europe/Stockholm": 36, "Asia/Almaty": 1}
    assert all(one < two for one, two in pairwise(_walls("Europe/Stockholm")))


def test_require_current_zone_data_accepts_those_we_ship():
    require_current_zone_data()


def test_require_current_zone_data_refuses_those_from_before_the_change_in_kazakhstan(tmp_path):
    old = tmp_path / "Asia" / "Almaty"
    old.parent.mkdir()
    old.write_bytes(files("tzdata").joinpath("zoneinfo", "Asia", "Omsk").read_bytes())  # +06, as Almaty was

    try:
        when.read_zones_from(str(tmp_path))
        with pytest.raises(StaleZoneData, match="Asia/Almaty is \\+0600 on 2024-03-01"):
            require_current_zone_data()
        with pytest.raises(StaleZoneData):
            create_app(settings_for(tmp_path, f"sqlite:///{tmp_path}/test.sqlite"))
    finally:
        when.read_zones_from()
