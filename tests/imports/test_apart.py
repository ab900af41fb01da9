"""Calendars are read in a process of its own, with an end in time and memory, and with none of our secrets."""

import os
from datetime import UTC, datetime

import pytest

from cag_events.domain.errors import Refused
from cag_events.imports import apart
from cag_events.imports.apart import MOST_DATES, dates_apart, read_apart
from cag_events.imports.reading import occurrences_between, read_calendar
from tests.imports.given import calendar, entry

HOME = "Europe/Stockholm"
FIRST, LAST = datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 11, 1, tzinfo=UTC)
RICH = calendar(
    entry("RRULE:FREQ=WEEKLY;COUNT=5", "EXDATE;TZID=Europe/Stockholm:20261210T180000", "GEO:59.3;18.0"),
    entry(
        "RECURRENCE-ID;TZID=Europe/Stockholm:20261217T180000", "CATEGORIES:a,b", title="Moved", start="20261218T190000"
    ),
    entry("DTSTART;TZID=Nowhere/Land:20270101T100000", "ATTENDEE:mailto:a@example.org", uid="2"),
    entry("DTSTART:someday", uid="3"),
)
# Zones with rules of their own, each of which is compared with all the zones of the world.
HEAVY = calendar(
    *(
        f"BEGIN:VTIMEZONE\r\nTZID:z{number}\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\n"
        f"TZOFFSETTO:+0{number % 10}17\r\nRRULE:FREQ=YEARLY;BYMONTH=1,2,3,4,5,6;BYDAY=-1SU\r\nEND:STANDARD\r\n"
        f"END:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:{number}\r\nDTSTART;TZID=z{number}:20261201T100000\r\nEND:VEVENT"
        for number in range(2000)
    )
)


def test_reading_apart_finds_what_reading_finds() -> None:
    here = read_calendar(RICH, home=HOME)

    there, dates = dates_apart(RICH, FIRST, LAST, home=HOME)

    assert (there, dates) == (here, occurrences_between(here, FIRST, LAST))
    assert read_apart(RICH, home=HOME) == here
    assert len(dates) == 5
    assert here.left


def test_reading_apart_gives_up_after_so_much_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MOST_CPU_SECONDS", 1)

    with pytest.raises(Refused) as refused:
        read_apart(HEAVY, home=HOME)

    assert refused.value.code == "import.heavy"
    assert read_apart(RICH, home=HOME).entries  # the next one is read


def test_reading_apart_gives_up_after_so_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MOST_BYTES", 60 << 20)

    with pytest.raises(Refused) as refused:
        read_apart(calendar(entry()) + b"\n " * 1_000_000, home=HOME)

    assert refused.value.code == "import.heavy"


def test_reading_apart_waits_no_longer_than_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MOST_SECONDS", 0.0)

    with pytest.raises(Refused) as refused:
        read_apart(RICH, home=HOME)

    assert refused.value.code == "import.heavy"


def test_reading_apart_tells_the_process_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAG_DATA_KEY", "canary")

    assert not {name for name in apart.surroundings() if name.startswith("CAG_")}
    assert apart.surroundings().items() <= os.environ.items()


def test_reading_apart_takes_so_many_dates_of_a_whole_calendar() -> None:
    daily = calendar(*(entry("RRULE:FREQ=DAILY", uid=str(number)) for number in range(70)))

    _calendar, dates = dates_apart(daily, FIRST, LAST, home=HOME)

    assert len(dates) == MOST_DATES
