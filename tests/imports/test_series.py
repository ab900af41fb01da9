"""Series of others stay series here, with their dates that were moved, called off, added and taken out."""

from datetime import UTC, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from cag_events.db import db, transaction
from cag_events.domain import when
from cag_events.domain.calendar.rules import read_rule
from cag_events.domain.lifecycle import Status
from cag_events.domain.recurrence import dates_of
from cag_events.domain.series import series_of
from cag_events.events.models import Event, Occurrence
from cag_events.events.queries import get_record
from cag_events.imports import dating, plans
from cag_events.imports.dating import NotTaken
from cag_events.imports.foreign import instant_of
from cag_events.imports.reading import occurrences_between, read_calendar
from cag_events.imports.wishes import Surroundings, wish_of
from tests.conftest import NOW
from tests.imports.given import brought, calendar, codes, entry, planned

STOCKHOLM = "TZID=Europe/Stockholm"


def rows() -> list[tuple[str, str, str]]:
    """Each date: what the rule gives, when it begins, and what is special about it."""
    db.session.expire_all()
    found = []
    for row in db.session.scalars(select(Occurrence)):
        special = row.rrule or ("off" if row.cancelled_on else "")
        found.append((row.ruled_start or "-", row.starts_wall, special))
    return sorted(found)


def changed(ruled: str, *lines: str, start: str | None = None, title: str = "Open evening") -> str:
    return entry(f"RECURRENCE-ID;{STOCKHOLM}:{ruled}", *lines, start=start or ruled, title=title)


def test_take_keeps_a_series_with_what_befell_its_dates(any_ctx):
    octets = calendar(
        entry("RRULE:FREQ=WEEKLY;COUNT=6", f"EXDATE;{STOCKHOLM}:20261210T180000", f"RDATE;{STOCKHOLM}:20270301T180000"),
        changed("20261217T180000", start="20261218T190000", title="Moved"),
        changed("20261224T180000", "STATUS:CANCELLED"),
    )

    report = brought(octets)

    assert rows() == [
        ("-", "2027-03-01T18:00", ""),
        ("2026-12-03T18:00", "2026-12-03T18:00", "FREQ=WEEKLY;COUNT=6"),
        ("2026-12-17T18:00", "2026-12-18T19:00", ""),
        ("2026-12-24T18:00", "2026-12-24T18:00", "off"),
        ("2026-12-31T18:00", "2026-12-31T18:00", ""),
        ("2027-01-07T18:00", "2027-01-07T18:00", ""),
    ]
    words = [one["facts"] for one in report.outcomes[0].remarks if one["code"] == "series.words"]
    assert words == [{"fields": ["title"], "on": ["2026-12-18"]}]
    assert codes(report.outcomes[0].remarks) >= {"series.cancelled"}
    assert brought(octets).counts == {"same": 1}
    record = get_record(db.session.scalars(select(Event.id)).one())
    (told,) = series_of(record).values()
    assert told.missing == (datetime(2026, 12, 10, 18),)
    assert len(told.changed) == 2


def test_take_begins_a_series_with_its_first_date_that_is_left(any_ctx):
    first_out = entry("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=5", f"EXDATE;{STOCKHOLM}:20261203T180000")

    brought(calendar(first_out))

    assert [(ruled, special) for ruled, _starts, special in rows()] == [
        ("2026-12-15T18:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=4"),
        ("2026-12-17T18:00", ""),
        ("2026-12-29T18:00", ""),
        ("2026-12-31T18:00", ""),
    ]


def test_take_keeps_a_series_whose_first_date_was_moved(any_ctx):
    brought(
        calendar(entry("RRULE:FREQ=WEEKLY;COUNT=3"), changed("20261203T180000", start="20261212T100000")),
    )

    assert rows() == [
        ("2026-12-03T18:00", "2026-12-12T10:00", "FREQ=WEEKLY;COUNT=3"),
        ("2026-12-10T18:00", "2026-12-10T18:00", ""),
        ("2026-12-17T18:00", "2026-12-17T18:00", ""),
    ]


def test_take_makes_a_single_date_of_a_first_one_that_its_rule_does_not_give(any_ctx):
    brought(calendar(entry("RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3")))  # it begins on a Thursday

    assert [(ruled, special) for ruled, _starts, special in rows()] == [
        ("-", ""),
        ("2026-12-07T18:00", "FREQ=WEEKLY;BYDAY=MO;COUNT=3"),
        ("2026-12-14T18:00", ""),
        ("2026-12-21T18:00", ""),
    ]


def test_take_keeps_a_day_of_a_date_that_goes_on_into_a_cancelled_one(any_ctx):
    days = ("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261205", "RRULE:FREQ=DAILY;COUNT=2")
    off = ("RECURRENCE-ID;VALUE=DATE:20261204", "DTSTART;VALUE=DATE:20261204", "STATUS:CANCELLED")
    brought(calendar(entry(*days), entry(*off)))

    assert [(starts, special) for _ruled, starts, special in rows()] == [
        ("2026-12-03T09:00", ""),
        ("2026-12-04T09:00", ""),
        ("2026-12-05T09:00", "off"),
    ]


def test_leave_what_takes_place_only_after_more_days_than_are_taken(app_ctx):
    days = ("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261210", "RRULE:FREQ=WEEKLY;COUNT=106")
    first = datetime(2026, 12, 3)
    off = [
        entry(*(f"{name};VALUE=DATE:{day:%Y%m%d}" for name in ("RECURRENCE-ID", "DTSTART")), "STATUS:CANCELLED")
        for day in (first + timedelta(weeks=number) for number in range(105))
    ]

    (proposal,) = planned(calendar(entry(*days), *off)).proposals

    assert codes(proposal.remarks) >= {"entry.no_dates"}


def test_take_makes_a_series_of_days(any_ctx):
    brought(calendar(entry("DTSTART;VALUE=DATE:20261203", "RRULE:FREQ=WEEKLY;UNTIL=20261217")))

    assert rows()[0] == ("2026-12-03T09:00", "2026-12-03T09:00", "FREQ=WEEKLY;COUNT=3")


@pytest.mark.parametrize(
    "lines",
    [
        (f"RDATE;{STOCKHOLM}:20261211T180000",),
        ("DTSTART:20270320T170000Z", "RRULE:FREQ=WEEKLY;COUNT=3"),
        ("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261205", "RRULE:FREQ=WEEKLY;COUNT=2"),
        ("RRULE:FREQ=YEARLY;BYWEEKNO=49;BYDAY=TH;COUNT=3",),
    ],
    ids=["dates alone", "by UTC across a change", "several days each", "by the week's number"],
)
def test_take_makes_single_dates_where_no_rule_of_ours_gives_them_and_says_why(lines, any_ctx):
    report = brought(calendar(entry(*lines)))

    assert [ruled for ruled, _starts, _special in rows()] == ["-"] * len(rows())
    assert len(rows()) > 1
    assert codes(report.outcomes[0].remarks) & {"series.dates", "series.days"}


def test_take_changes_a_series_by_a_newer_file_and_keeps_its_rows(any_ctx):
    brought(calendar(entry("RRULE:FREQ=WEEKLY;COUNT=4")))
    before = dict(db.session.execute(select(Occurrence.ruled_start, Occurrence.uid)).all())

    report = brought(
        calendar(
            entry("RRULE:FREQ=WEEKLY;COUNT=5", "SEQUENCE:1"),
            changed("20261210T180000", "STATUS:CANCELLED"),
            changed("20261217T180000", start="20261218T180000"),
        )
    )

    assert report.counts == {"changed": 1}
    assert rows() == [
        ("2026-12-03T18:00", "2026-12-03T18:00", "FREQ=WEEKLY;COUNT=5"),
        ("2026-12-10T18:00", "2026-12-10T18:00", "off"),
        ("2026-12-17T18:00", "2026-12-18T18:00", ""),
        ("2026-12-24T18:00", "2026-12-24T18:00", ""),
        ("2026-12-31T18:00", "2026-12-31T18:00", ""),
    ]
    after = dict(db.session.execute(select(Occurrence.ruled_start, Occurrence.uid)).all())
    assert before.items() <= after.items()


def test_take_calls_off_what_a_newer_file_takes_out_of_a_published_series(any_ctx):
    brought(calendar(entry("RRULE:FREQ=WEEKLY;COUNT=3")))
    with transaction():
        event = db.session.scalars(select(Event)).one()
        event.status, event.published_at = Status.PUBLISHED, NOW

    brought(calendar(entry("RRULE:FREQ=WEEKLY;COUNT=3", f"EXDATE;{STOCKHOLM}:20261210T180000", "SEQUENCE:1")))

    assert [special for _ruled, _starts, special in rows()] == ["FREQ=WEEKLY;COUNT=3", "off", ""]


def test_take_lets_a_date_take_place_again(any_ctx):
    off = changed("20261210T180000", "STATUS:CANCELLED")
    brought(calendar(entry("RRULE:FREQ=WEEKLY;COUNT=3"), off))

    brought(calendar(entry("RRULE:FREQ=WEEKLY;COUNT=3", "SEQUENCE:1")))

    assert [special for _ruled, _starts, special in rows()] == ["FREQ=WEEKLY;COUNT=3", "", ""]


def test_take_replaces_a_series_by_another_rule(any_ctx):
    brought(calendar(entry("RRULE:FREQ=WEEKLY;COUNT=4")))
    uids = list(db.session.scalars(select(Occurrence.uid).order_by(Occurrence.starts_at)))

    brought(calendar(entry("RRULE:FREQ=WEEKLY;COUNT=2", "SEQUENCE:1", start="20261204T190000")))

    assert rows() == [
        ("2026-12-04T19:00", "2026-12-04T19:00", "FREQ=WEEKLY;COUNT=2"),
        ("2026-12-11T19:00", "2026-12-11T19:00", ""),
    ]
    assert list(db.session.scalars(select(Occurrence.uid).order_by(Occurrence.starts_at))) == uids[:2]


def test_plan_leaves_a_night_that_comes_twice_out_of_a_series_and_says_which(any_ctx):
    (proposal,) = planned(calendar(entry("RRULE:FREQ=DAILY;COUNT=4", start="20271029T023000"))).proposals

    assert [(one.code, one.facts) for one in proposal.remarks if one.code == "series.doubled"] == [
        ("series.doubled", {"on": ["2027-10-31"]}),
    ]


SPANS = st.sampled_from([timedelta(minutes=minutes) for minutes in (30, 90, 150, 600, 1440)])
ZONES = st.sampled_from(["Europe/Stockholm", "Asia/Bishkek", "America/New_York", "UTC"])
RULES = st.one_of(
    st.just("FREQ=DAILY"),
    st.just("FREQ=WEEKLY;BYDAY=MO,TH"),
    st.just("FREQ=WEEKLY;INTERVAL=2"),
    st.just("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU"),
    st.just("FREQ=MONTHLY;BYDAY=2TU"),
    st.just("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
    st.just("FREQ=MONTHLY;BYMONTHDAY=-1"),
    st.just("FREQ=YEARLY"),
)


@st.composite
def given_series(draw) -> bytes:
    """A series that begins after now, with dates moved, called off, taken out and added."""
    start = datetime(2026, 12, 1) + timedelta(days=draw(st.integers(0, 500)), minutes=15 * draw(st.integers(0, 95)))
    tz, length, count = draw(ZONES), draw(SPANS), draw(st.integers(1, 12))
    rule = draw(RULES)
    stamp = (
        (lambda name, wall: f"{name}:{wall:%Y%m%dT%H%M%S}Z")
        if tz == "UTC"
        else (lambda name, wall: f"{name};TZID={tz}:{wall:%Y%m%dT%H%M%S}")
    )
    lines = [stamp("DTSTART", start), stamp("DTEND", start + length), f"RRULE:{rule};COUNT={count}"]
    given = dates_of_rule(start, f"{rule};COUNT={count}")
    fates = draw(st.lists(st.sampled_from(["stays", "stays", "out", "off", "moved"]), min_size=len(given)))
    others = []
    for wall, fate in zip(given, fates):
        if fate == "out":
            lines.append(stamp("EXDATE", wall))
        elif fate in {"off", "moved"}:
            to = wall + timedelta(hours=draw(st.integers(-60, 60))) if fate == "moved" else wall
            off = ["STATUS:CANCELLED"] if fate == "off" else []
            others.append(entry(stamp("RECURRENCE-ID", wall), stamp("DTSTART", to), stamp("DTEND", to + length), *off))
    if draw(st.booleans()):
        lines.append(stamp("RDATE", start + timedelta(days=draw(st.integers(1, 90)), hours=1)))
    return calendar(entry(*lines), *others)


def dates_of_rule(start: datetime, rule: str) -> list[datetime]:
    return list(rrulestr(rule, dtstart=start))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(given_series())
def test_a_series_takes_place_here_when_it_does_there(octets):
    read = read_calendar(octets)
    master = next(one for one in read.entries if one.recurrence_wall is None)
    others = [one for one in read.entries if one.recurrence_wall is not None]
    everything = occurrences_between(read, NOW, datetime(2045, 1, 1, tzinfo=UTC))
    there = {(one.starts_at, one.ends_at) for one in everything if one.entry.status != "CANCELLED"}

    try:
        wish = wish_of(master, others, Surroundings(home="Europe/Stockholm"), NOW)
    except NotTaken:
        assert all(is_twice(starts) or is_twice(ends) for starts, ends in there)
        return

    here = {(instant_of(one.starts, wish.tz), instant_of(one.ends, wish.tz)) for one in wish.dates if not one.is_off}
    assert here == {(starts, ends) for starts, ends in there if not is_twice_in(wish.tz, starts, ends)}
    if wish.rrule:
        heads = [one for one in wish.occurrences() if one.rrule]
        assert [one.rrule for one in heads] == [wish.rrule]
        read_rule(wish.rrule, heads[0].ruled_start, wish.tz)
        given_here = dates_of(heads[0].ruled_start, wish.rrule)
        assert {one.ruled[0] for one in wish.dates if one.ruled} <= set(given_here)
    elif len(wish.dates) > 1:
        assert "series.dates" in codes(wish.remarks)


def is_twice(instant: datetime) -> bool:
    return any(is_twice_in(tz, instant) for tz in ("Europe/Stockholm", "America/New_York"))


def is_twice_in(tz: str, *instants: datetime) -> bool:
    return any(when.is_doubled(when.wall_of(one, tz), tz) for one in instants)


def test_plan_looks_at_a_rule_of_a_century_no_longer_than_at_what_is_taken(app_ctx, monkeypatch):
    looked = []
    monkeypatch.setattr(dating, "instant_of", lambda wall, tz: looked.append(wall) or instant_of(wall, tz))
    octets = calendar(entry("RRULE:FREQ=DAILY;COUNT=1000000", start="20200101T180000"))

    (proposal,) = planned(octets).proposals

    dates = proposal.wish.dates
    assert (len(dates), dates[0].starts.date(), dates[-1].starts.date()) == (
        dating.MOST_DATES,
        NOW.date(),
        NOW.date() + timedelta(days=dating.MOST_DATES - 1),
    )
    assert codes(proposal.remarks) >= {"series.over", "series.many"}
    assert len(looked) < 10 * dating.MOST_DATES


def test_plan_leaves_series_for_which_there_is_no_time_and_takes_the_rest(app_ctx, monkeypatch):
    monkeypatch.setattr(plans, "MOST_SECONDS", -1.0)
    octets = calendar(entry("RRULE:FREQ=DAILY;COUNT=9", uid="series", title="Series"), entry())

    plan = planned(octets)

    assert {one.title: (one.action.value, codes(one.remarks) & {"entry.late"}) for one in plan.proposals} == {
        "Series": ("left", {"entry.late"}),
        "Open evening": ("new", set()),
    }
