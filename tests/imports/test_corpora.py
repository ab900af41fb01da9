"""Hundreds of calendars of other programs, broken ones too: none of them stops anything."""

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import icalendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cag_events.imports import known
from cag_events.imports.reading import occurrences_between, read_calendar
from cag_events.imports.services import take
from cag_events.permissions import SYSTEM
from tests.imports.given import planned

FETCHED = Path(__file__).parents[2] / ".venv" / "corpora"
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2032, 1, 1, tzinfo=UTC)
CONTRADICTION = re.compile(
    rb"DTSTART;TZID=[^:]*:\d{8}T\d{6}Z"
)  # UTC by its Z, which is what we take; others take the zone
LEAST = 200
LEAST_TAKEN = 100
MOST_TAKEN, MOST_DATES = 1, 10


@cache
def files() -> dict[str, bytes]:
    """The calendars by name: those that were fetched, and those that come with icalendar."""
    own = Path(icalendar.__file__).parent / "tests"
    if not (FETCHED / "ready").exists():
        pytest.skip("no corpora: they could not be fetched; see tools/corpora.py")
    found = [*FETCHED.rglob("*.ics"), *own.rglob("*.ics")]
    return {str(path).rpartition("corpora/")[2]: path.read_bytes() for path in sorted(found)}


def test_corpora_hold_enough_calendars():
    print(f"{len(files())} calendars of other programs")

    assert len(files()) >= LEAST


def test_every_calendar_is_read_and_expanded():
    entries = 0
    for name, octets in files().items():
        found = read_calendar(octets)
        assert "entry.unreadable" not in {left.remark.code for left in found.left}, name
        occurrences_between(found, FIRST, LAST)
        entries += len(found.entries)

    assert entries >= LEAST


def test_every_calendar_is_planned_and_taken_and_the_second_time_nothing_changes(app_ctx):
    around = known.surroundings("en", ("sv", "en"))
    made = 0
    for name, octets in files().items():
        plan = planned(octets)
        silent = [one for one in plan.proposals if not one.remarks and one.wish is None and one.action == "left"]
        assert silent == [], name
        short = {one.key for one in plan.proposals if one.wish and len(one.wish.dates) <= MOST_DATES}
        chosen = set(sorted(short)[:MOST_TAKEN])  # each costs some milliseconds
        first = take(octets, around, place=name, choose=lambda one, keys=chosen: one.key in keys, by=SYSTEM)
        again = take(octets, around, place=name, choose=lambda one, keys=chosen: one.key in keys, by=SYSTEM)
        made += first.counts.get("new", 0)
        assert {"new", "changed"} & set(again.counts) == set(), name

    assert made >= LEAST_TAKEN


@pytest.mark.filterwarnings("ignore")  # the library warns of what it guesses
def test_instants_are_those_that_icalendar_reads():
    compared = 0
    for name, octets in files().items():
        if CONTRADICTION.search(octets):
            continue
        try:
            theirs = icalendar.Calendar.from_ical(octets)
        except ValueError:
            continue
        ours = {one.uid: one for one in read_calendar(octets).entries if one.recurrence_wall is None}
        for event in theirs.walk("VEVENT"):
            start = event.get("DTSTART")
            one = ours.get(str(event.get("UID", "")))
            if (
                one is None
                or start is None
                or "RECURRENCE-ID" in event
                or not isinstance(getattr(start, "dt", None), datetime)
            ):
                continue
            zone = str(start.params.get("TZID", "UTC"))
            if start.dt.tzinfo is None or (zone != "UTC" and zone.count("/") != 1):
                continue
            assert one.starts_at == start.dt.astimezone(UTC), (name, one.uid)
            compared += 1

    assert compared >= LEAST


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_damaged_calendars_are_read_too(data):
    name = data.draw(st.sampled_from(sorted(files())))
    octets = bytearray(files()[name][:20_000])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, len(octets) - 1)))
        until = data.draw(st.integers(at, min(len(octets), at + 2000)))
        match data.draw(st.sampled_from(["cut", "drop", "double", "flip", "put"])):
            case "cut":
                del octets[at:]
            case "drop":
                del octets[at:until]
            case "double":
                octets[at:at] = octets[at:until]
            case "flip" if octets:
                octets[at] ^= data.draw(st.integers(1, 255))
            case "put":
                octets[at:at] = data.draw(st.binary(max_size=20))

    found = read_calendar(bytes(octets))

    assert "entry.unreadable" not in {left.remark.code for left in found.left}
    occurrences_between(found, FIRST, LAST)
