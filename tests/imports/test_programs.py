"""What other programs write, and what an organizer is told of it: nothing is lost without a word."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from cag_events.db import db
from cag_events.events.models import Event, Occurrence
from cag_events.imports import lines
from cag_events.imports.plans import Action
from cag_events.imports.reading import read_calendar
from tests.imports.given import brought, calendar, codes, entry, planned

STOCKHOLM_RULES = """BEGIN:VTIMEZONE
TZID:%s
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def one(*parts: str, method: str = ""):
    """The only entry of a calendar."""
    (found,) = read_calendar(calendar(*([f"METHOD:{method}"] if method else []), *parts)).entries
    return found


@pytest.mark.parametrize(
    ("zone", "rules", "tz", "said"),
    [
        ("W. Europe Standard Time", False, "Europe/Stockholm", {"zone.read"}),
        ("Central Asia Standard Time", False, "Asia/Bishkek", {"zone.read"}),
        ("Customized Time Zone", True, "Europe/Stockholm", {"zone.read"}),
        ("Europe/Stockholm", True, "Europe/Stockholm", set()),
        ("Asia/Bishkek", True, "Asia/Bishkek", {"zone.rules"}),
        ("Nowhere at all", False, "Europe/Stockholm", {"zone.unknown"}),
    ],
)
def test_zones_are_found_and_said_where_they_are_guessed_or_contradicted(zone, rules, tz, said):
    times = (f'DTSTART;TZID="{zone}":20261203T180000', f'DTEND;TZID="{zone}":20261203T200000')

    found = one(*([STOCKHOLM_RULES % zone] if rules else []), entry(*times))

    assert (found.tz, codes(found.remarks)) == (tz, said)


@pytest.mark.parametrize(
    ("times", "span", "said"),
    [
        (("DTSTART:20261203T180000", "DURATION:PT90M"), ("17:00", "18:30"), {"zone.floating"}),
        (
            ("DTSTART;VALUE=DATE-TIME;TZID=Europe/Stockholm:20261203T180000", "DTEND;VALUE=DATE-TIME:20261203T183000Z"),
            ("17:00", "18:30"),
            set(),
        ),
        (("DTSTART;TZID=Europe/Stockholm:20261203T180000Z", "DURATION:PT1H"), ("18:00", "19:00"), {"zone.both"}),
        (("DTSTART:2026-12-03T18:00:00+01:00", "DURATION:PT1H"), ("17:00", "18:00"), set()),
    ],
    ids=["floating", "value and UTC", "UTC in a zone", "as ISO 8601 writes it"],
)
def test_times_are_read_as_they_are_meant(times, span, said):
    found = one(entry(*times))

    assert (f"{found.starts_at:%H:%M}", f"{found.ends_at:%H:%M}") == span
    assert codes(found.remarks) == said


@pytest.mark.parametrize(
    ("lines_", "code"),
    [
        (("COMMENT:Bring cake",), "entry.comment"),
        (("RESOURCES:Projector",), "entry.comment"),
        (("CONTACT:Somebody",), "entry.contact"),
        (("ATTENDEE:mailto:somebody@example.org",), "entry.people"),
        (("ATTACH:https://example.org/a.pdf",), "entry.attached"),
        ((f"SUMMARY:{'long ' * 60}",), "entry.title_cut"),
        (("RRULE:FREQ=WEEKLY;COUNT=3", "RDATE;VALUE=PERIOD:20261205T170000Z/PT5H"), "entry.period"),
        (("RRULE:FREQ=WEEKLY;COUNT=3", "EXRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=1"), "entry.exrule"),
    ],
)
def test_what_is_left_out_is_said(lines_, code):
    assert code in codes(one(entry(*lines_)).remarks)


def test_a_message_that_calls_off_is_no_new_event(any_ctx):
    assert one(entry(), method="CANCEL").status == "CANCELLED"
    assert one(entry("STATUS:CONFIRMED"), method="REQUEST").status == "CONFIRMED"

    report = brought(calendar("METHOD:CANCEL", entry()))

    assert report.counts == {"left": 1}
    assert codes(report.outcomes[0].remarks) >= {"entry.cancelled"}


@pytest.mark.parametrize("method", ["REPLY", "COUNTER", "REFRESH", "DECLINECOUNTER"])
def test_an_answer_to_an_invitation_is_no_event(method):
    found = read_calendar(calendar(f"METHOD:{method}", entry()))

    assert (found.entries, [left.remark.code for left in found.left]) == ((), ["entry.answer"])


def test_several_calendars_in_one_file_are_read_with_their_own_methods():
    found = read_calendar(calendar("METHOD:CANCEL", entry(uid="first")) + calendar(entry(uid="second")))

    assert [(one.uid, one.status) for one in found.entries] == [("first", "CANCELLED"), ("second", "")]


def test_an_invitation_to_one_date_of_a_known_series_makes_no_second_event(any_ctx):
    brought(calendar(entry("RRULE:FREQ=WEEKLY;COUNT=3")))
    alone = entry("RECURRENCE-ID;TZID=Europe/Stockholm:20261210T180000", start="20261211T180000")

    (proposal,) = planned(calendar("METHOD:REQUEST", alone)).proposals
    report = brought(calendar("METHOD:REQUEST", alone), everything=True)

    assert (proposal.action, codes(proposal.remarks), bool(proposal.event_key)) == (
        Action.LEFT,
        {"entry.of_series"},
        True,
    )
    assert report.counts == {"left": 1}
    assert len(db.session.scalars(select(Event)).all()) == 1
    assert len(db.session.scalars(select(Occurrence)).all()) == 3


def test_two_entries_with_one_uid_are_named_both():
    found = read_calendar(calendar(entry(title="Lunch"), entry("SEQUENCE:2", title="Concert")))

    assert [one.summary for one in found.entries] == ["Concert"]
    assert [(left.title, left.remark.code, left.remark.facts) for left in found.left] == [
        ("Lunch", "entry.twice", {"title": "Concert"}),
    ]


def test_an_entry_without_a_title_is_named_by_its_day(any_ctx):
    (proposal,) = planned(calendar(entry("SUMMARY:"))).proposals

    assert [(one.code, one.facts) for one in proposal.remarks] == [("entry.no_title", {"on": "2026-12-03"})]


def test_five_thousand_entries_are_read_all():
    parts = [entry(uid=f"{number}@example.org", title=f"Evening {number}") for number in range(5000)]

    found = read_calendar(calendar(*parts))

    assert (len(found.entries), found.remarks) == (5000, ())


def test_what_was_not_read_is_not_gone(any_ctx, monkeypatch):
    both = calendar(entry(), entry(uid="second@example.org", title="Second"))
    brought(both)
    monkeypatch.setattr(lines, "MOST_ENTRIES", 1)

    plan = planned(both)

    assert codes(plan.remarks) == {"file.many"}
    assert plan.counts == {Action.SAME: 1}


def test_thousands_of_tasks_are_counted_and_not_named_each(monkeypatch):
    monkeypatch.setattr(lines, "MOST_LEFT", 2)
    tasks = ["BEGIN:VTODO\r\nSUMMARY:Task\r\nEND:VTODO"] * 5

    found = read_calendar(calendar(*tasks, entry()))

    assert (len(found.left), codes(found.remarks)) == (2, {"file.no_events"})
    assert found.remarks[0].facts == {"number": 5}


def test_line_ends_marks_and_long_lines_do_not_matter():
    text = calendar(entry(f"DESCRIPTION:{'word ' * 500}", title="Åsa möter 🎪"))

    found = read_calendar(b"\xef\xbb\xbf" + text.replace(b"\r\n", b"\n")).entries

    assert found == read_calendar(text).entries
    assert (found[0].summary, found[0].starts_at) == ("Åsa möter 🎪", datetime(2026, 12, 3, 17, tzinfo=UTC))
