"""Every instant from 2020 to 2030 is the same to readers of other projects: single dates, series, whole days."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from cag_events.domain import when
from cag_events.domain.calendar import Entry
from cag_events.domain.recurrence import dates_of
from tests.domain.entries import in_calendar, make_all_day, make_entry
from tests.readers import read_by_all

FIRST, LAST = datetime(2020, 1, 1), datetime(2030, 12, 31)
ZONES = (
    *("Europe/Stockholm", "Asia/Almaty", "Asia/Bishkek", "Asia/Dushanbe", "Asia/Tashkent"),
    *("America/New_York", "Asia/Kathmandu", "Africa/Casablanca", "Africa/El_Aaiun", "Europe/Dublin"),
    *("Australia/Lord_Howe", "Asia/Tehran", "America/Sao_Paulo"),
)
LENGTH = timedelta(minutes=50)


def _changes(tz: str) -> list[datetime]:
    """Return the hours, in UTC, in which a zone's clocks change."""
    zone, hour, day = ZoneInfo(tz), timedelta(hours=1), timedelta(days=1)

    def differ(moment: datetime, step: timedelta) -> bool:
        return moment.astimezone(zone).utcoffset() != (moment + step).astimezone(zone).utcoffset()

    days = [FIRST.replace(tzinfo=UTC) + day * number for number in range((LAST - FIRST).days)]
    hours = [changed + hour * number for changed in days if differ(changed, day) for number in range(24)]
    return [moment for moment in hours if differ(moment, hour)]


def _walls(tz: str) -> list[datetime]:
    """Return wall times of each month and of each hour around every change, those that clocks show exactly once."""
    zone = ZoneInfo(tz)
    moments = [datetime(year, month, 15, 13, 30, tzinfo=UTC) for year in range(2020, 2031) for month in range(1, 13)]
    moments += [change + timedelta(hours=number, minutes=5) for change in _changes(tz) for number in range(-5, 6)]
    walls = {moment.astimezone(zone).replace(tzinfo=None, fold=0) for moment in moments}
    return [
        wall
        for wall in sorted(walls)
        if not any(when.is_doubled(moment, tz) for moment in (wall, wall + LENGTH))
        and wall.replace(tzinfo=zone).astimezone(UTC) < (wall + LENGTH).replace(tzinfo=zone).astimezone(UTC)
    ]


def _expected(entries: list[Entry]) -> list[tuple[str, object, object]]:
    """Return what the zone data say of entries without rules."""
    found = []
    for entry in entries:
        if entry.tz is None:
            found.append((entry.uid, entry.start, entry.end + timedelta(days=1)))
        else:
            zone = ZoneInfo(entry.tz)
            start, end = (moment.replace(tzinfo=zone).astimezone(UTC) for moment in (entry.start, entry.end))
            found.append((entry.uid, start, end))
    return sorted(found, key=str)


def _seen(entries: list[list[Entry]]) -> dict[str, list[list[tuple[str, object, object]]]]:
    return {
        name: [sorted((one.times for one in dates), key=str) for dates in reading]
        for name, reading in read_by_all([in_calendar(*some) for some in entries]).items()
    }


def test_single_dates_are_the_same_instants_to_every_reader():
    calendars = [
        [
            make_entry(uid=f"{tz}-{number}".replace("/", "-"), start=wall, end=wall + LENGTH, tz=tz)
            for number, wall in enumerate(_walls(tz))
        ]
        for tz in ZONES
    ]
    expected = [_expected(entries) for entries in calendars]

    seen = _seen(calendars)

    assert sum(map(len, expected)) > 2_500
    for name, reading in seen.items():
        for tz, found, wanted in zip(ZONES, reading, expected, strict=True):
            assert found == wanted, f"{name} reads {tz} differently"


RULES = (
    "FREQ=WEEKLY;COUNT=60",
    "FREQ=WEEKLY;INTERVAL=2;COUNT=30",
    "FREQ=WEEKLY;UNTIL=20301130T235959",
    "FREQ=MONTHLY;BYDAY=2TU;COUNT=24",
    "FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20300101T000000",
    "FREQ=DAILY;COUNT=200",
    "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=100",
)
STARTS = {  # each the first that its rule gives
    "FREQ=MONTHLY;BYDAY=2TU;COUNT=24": (datetime(2020, 9, 8, 18, 0), datetime(2028, 9, 12, 18, 0)),
    "FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20300101T000000": (datetime(2023, 8, 31, 18, 0), datetime(2026, 11, 30, 18, 0)),
}
TUESDAYS = (datetime(2020, 2, 18, 19, 30), datetime(2024, 1, 9, 8, 15), datetime(2029, 9, 4, 18, 0))


def test_every_date_of_a_series_is_the_same_instant_to_every_reader():
    calendars, expected = [], []
    for tz in ZONES:
        entries, wanted = [], []
        for number, rule in enumerate(RULES):
            for start in STARTS.get(rule, TUESDAYS):
                dates = dates_of(start, rule)
                uid = f"series-{number}-{start:%Y}"
                gone, moved, off = dates[1], dates[2], dates[3]
                entry = make_entry(uid=uid, start=start, end=start + LENGTH, tz=tz, rrule=rule, exdates=(gone,))
                later = moved + timedelta(hours=1)
                own = {"uid": uid, "tz": tz}
                entries += [
                    entry,
                    make_entry(**own, start=later, end=later + LENGTH, recurrence_id=moved),
                    make_entry(**own, start=off, end=off + LENGTH, recurrence_id=off, status="CANCELLED"),
                ]
                shown = [later if date == moved else date for date in dates if date != gone]
                wanted += [make_entry(uid=uid, start=date, end=date + LENGTH, tz=tz) for date in shown]
        calendars.append(entries)
        expected.append(_expected(wanted))

    seen = _seen(calendars)

    assert sum(map(len, expected)) > 25_000
    for name, reading in seen.items():
        for tz, found, wanted in zip(ZONES, reading, expected, strict=True):
            assert found == wanted, f"{name} reads {tz} differently"


def test_whole_days_are_the_same_days_to_every_reader():
    entries = [
        make_all_day(uid=f"day-{year}-{month}-{length}", start=first, end=first + timedelta(days=length))
        for year, month, length in product(range(2020, 2031), (2, 3, 10, 12), (0, 1, 40))
        for first in [date(year, month, 27)]
    ]
    yearly = make_all_day(
        uid="yearly", start=date(2020, 3, 8), end=date(2020, 3, 8), rrule="FREQ=YEARLY;UNTIL=20300308"
    )
    wanted = _expected([*entries, *(make_all_day(uid="yearly", start=d, end=d) for d in _birthdays())])

    for name, reading in _seen([[*entries, yearly]]).items():
        assert reading == [wanted], f"{name} reads days differently"


def _birthdays() -> list[date]:
    return [date(year, 3, 8) for year in range(2020, 2031)]


def test_opening_hours_of_an_exhibition_are_the_same_instants_to_every_reader():
    days = "MO,TU,WE,TH,FR"
    calendars, expected = [], []
    for tz in ZONES:
        start, last = datetime(2026, 9, 21, 11, 0), date(2027, 4, 11)
        shut = (datetime(2026, 12, 24, 11, 0), datetime(2026, 12, 25, 11, 0))
        rule = f"FREQ=WEEKLY;UNTIL={last:%Y%m%d}T235959;BYDAY={days}"
        hours = timedelta(hours=8)
        calendars.append([make_entry(uid="open", start=start, end=start + hours, tz=tz, rrule=rule, exdates=shut)])
        open_on = [date for date in dates_of(start, rule) if date not in shut]
        expected.append(_expected([make_entry(uid="open", start=date, end=date + hours, tz=tz) for date in open_on]))

    seen = _seen(calendars)

    for name, reading in seen.items():
        assert reading == expected, f"{name} reads opening hours differently"
