"""Foreign calendars become drafts, once; what was changed here stays."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import NotAllowed, NotFound, Refused
from cag_events.domain.event import Mode
from cag_events.domain.lifecycle import Status
from cag_events.events.drafts import fields_of
from cag_events.events.models import Event, Occurrence
from cag_events.events.services.planning import delete_draft, edit_event
from cag_events.imports import known
from cag_events.imports.models import CalendarImport, ImportedEntry
from cag_events.imports.plans import Action
from cag_events.imports.services import keep_file, source_index, sweep_imports, take_kept, undo
from cag_events.permissions import SYSTEM, Actor, Role
from tests.conftest import NOW
from tests.factories import make_account, make_event, make_theme, make_venue
from tests.imports.given import UID, brought, calendar, codes, entry, planned

FULL = entry(
    "DESCRIPTION:Come and sing.\\nAll voices.",
    "LOCATION:Folkets hus\\, Storgatan 1\\, Lund",
    "URL:https://example.org/evening",
    "CATEGORIES:Workshop,Environment,Whatever",
    "ATTENDEE:mailto:somebody@example.org",
    "BEGIN:VALARM",
    "TRIGGER:-PT15M",
    "END:VALARM",
)


def the_event() -> Event:
    db.session.expire_all()
    return db.session.scalars(select(Event)).one()


def walls() -> list[tuple[str, str]]:
    db.session.expire_all()
    rows = db.session.scalars(select(Occurrence).order_by(Occurrence.starts_at))
    return [(row.starts_wall, row.ends_wall) for row in rows]


def refused(code: str):
    return pytest.raises(Refused, check=lambda refusal: refusal.code == code)


def edit(**changes) -> None:
    event = the_event()
    edit_event(event.id, replace(fields_of(event), **changes), version=event.version, by=SYSTEM)


def test_take_makes_a_draft_with_all_that_is_known(any_ctx):
    venue = make_venue(key="folkets-hus", name={"sv": "Folkets hus"}, street="Storgatan 1", city="Lund")
    make_theme(key="env", name={"sv": "Miljö", "en": "Environment"})

    report = brought(calendar(FULL))

    event = the_event()
    fields = fields_of(event)
    assert report.counts == {"new": 1}
    assert event.status is Status.DRAFT
    assert (fields.title, fields.kind, fields.themes) == ({"sv": "Open evening"}, "workshop", ("env",))
    assert (fields.mode, fields.venue) == (Mode.ONSITE, venue.key)
    assert fields.body == {"sv": "<https://example.org/evening>\n\nCome and sing.\nAll voices."}
    assert walls() == [("2026-12-03T18:00", "2026-12-03T20:00")]
    assert "somebody" not in str(event.__dict__)
    assert codes(report.outcomes[0].remarks) == {"entry.people", "entry.alarm", "theme.unknown"}


def test_take_changes_nothing_the_second_time(any_ctx):
    brought(calendar(FULL))
    before = (the_event().version, the_event().changed_at)

    report = brought(calendar(FULL), kind="lecture")

    assert report.counts == {"same": 1}
    assert (the_event().version, the_event().changed_at) == before


def test_take_changes_what_the_file_changed_and_nobody_here(any_ctx):
    brought(calendar(entry("DESCRIPTION:Come.")))
    edit(title={"sv": "Öppen kväll", "en": "Open night"})
    newer = calendar(
        entry("DESCRIPTION:Do come.", "SEQUENCE:1", title="Very open evening", start="20261204T190000"),
    )

    plan = planned(newer)
    report = brought(newer)

    taken = {one.name: one.is_taken for one in plan.proposals[0].differences}
    assert taken == {"title": False, "body": True, "when": True}
    assert report.counts == {"changed": 1}
    assert report.outcomes[0].fields == ("body", "when")
    assert "entry.edited" in codes(report.outcomes[0].remarks)
    fields = fields_of(the_event())
    assert fields.title == {"sv": "Öppen kväll", "en": "Open night"}
    assert fields.body == {"sv": "Do come."}
    assert walls() == [("2026-12-04T19:00", "2026-12-04T21:00")]


def test_take_keeps_what_was_changed_here_through_every_newer_file(any_ctx):
    brought(calendar(entry()))
    edit(title={"sv": "Öppen kväll"})
    for number in range(1, 4):
        brought(calendar(entry(f"DESCRIPTION:Number {number}", f"SEQUENCE:{number}", title=f"Evening {number}")))

    fields = fields_of(the_event())

    assert fields.title == {"sv": "Öppen kväll"}
    assert fields.body == {"sv": "Number 3"}


def test_take_gives_a_moved_date_the_row_it_had(any_ctx):
    brought(calendar(entry()))
    before = db.session.scalars(select(Occurrence.uid)).one()

    brought(calendar(entry(start="20261210T180000")))

    assert db.session.scalars(select(Occurrence.uid)).one() == before
    assert walls() == [("2026-12-10T18:00", "2026-12-10T20:00")]


def test_take_leaves_what_is_older_than_what_was_taken(any_ctx):
    brought(calendar(entry("SEQUENCE:3")))

    report = brought(calendar(entry("SEQUENCE:2", title="Old")))

    assert report.counts == {"left": 1}
    assert codes(report.outcomes[0].remarks) == {"entry.older"}


def test_plan_tells_what_is_gone_from_the_file(any_ctx):
    brought(calendar(entry(), entry(uid="second@example.org", title="Other")))

    plan = planned(calendar(entry()))

    assert plan.counts == {Action.SAME: 1, Action.GONE: 1}
    assert plan.proposals[1].title == "Other"
    assert not plan.proposals[1].may_choose


def test_take_cancels_only_when_asked(any_ctx):
    brought(calendar(entry()))
    off = calendar(entry("STATUS:CANCELLED", "SEQUENCE:1"))

    assert brought(off).counts == {"cancelled": 1}
    assert the_event().status is Status.DRAFT

    brought(off, everything=True)

    assert db.session.scalars(select(Event)).all() == []
    assert codes(brought(off, everything=True).outcomes[0].remarks) >= {"entry.cancelled"}


def test_take_cancels_a_published_event_when_asked(any_ctx):
    brought(calendar(entry()))
    event = the_event()
    event_id = event.id
    with db_transaction():
        found = db.session.get_one(Event, event_id)
        found.status, found.published_at = Status.PUBLISHED, clock.now()
    off = calendar(entry("STATUS:CANCELLED"))

    editor = make_account(Role.EDITOR)
    refused = brought(off, everything=True, by=Actor(account_id=editor.id, role=Role.EDITOR))
    assert codes(refused.outcomes[0].remarks) == {"event.needs_publisher"}
    assert the_event().status is Status.PUBLISHED

    brought(off, everything=True)
    assert the_event().status is Status.CANCELLED
    assert codes(planned(off).proposals[0].remarks) == {"entry.cancelled_here"}


def db_transaction():
    from cag_events.db import transaction

    return transaction()


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (("STATUS:CANCELLED",), "entry.cancelled"),
        (("CLASS:PRIVATE",), "entry.private"),
        (("CLASS:CONFIDENTIAL",), "entry.private"),
        (("DTSTART;TZID=Europe/Stockholm:20200101T100000", "DURATION:PT1H"), "entry.over"),
        (("DTSTART:rubbish",), "entry.bad_start"),
        (("SUMMARY:",), "entry.no_title"),
        (("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261224"), "entry.days"),
        (("DTSTART;TZID=Europe/Stockholm:20261203T100000", "DURATION:P40D"), "entry.long"),
        (("DTSTART;TZID=Europe/Stockholm:20271031T023000",), "entry.doubled"),
    ],
)
def test_take_leaves_and_says_why(lines, code, any_ctx):
    report = brought(calendar(entry(*lines), entry(uid="good@example.org", title="Good")))

    assert report.counts == {"left": 1, "new": 1}
    left = next(one for one in report.outcomes if one.action == "left")
    assert code in codes(left.remarks)
    assert the_event().title == {"sv": "Good"}


def test_take_takes_a_private_entry_when_it_is_chosen(any_ctx):
    assert brought(calendar(entry("CLASS:PRIVATE")), everything=True).counts == {"new": 1}


def test_take_leaves_an_entry_that_was_deleted_here_until_it_is_chosen(any_ctx):
    brought(calendar(entry()))
    delete_draft(the_event().id, version=1, by=SYSTEM)

    left = brought(calendar(entry()))
    assert codes(left.outcomes[0].remarks) >= {"entry.deleted"}
    assert brought(calendar(entry()), everything=True).counts == {"new": 1}
    assert brought(calendar(entry()), everything=True).counts == {"same": 1}


def test_plan_knows_our_own_entries(any_ctx):
    event = make_event(dates=["2026-12-03T18:00", "2026-12-10T18:00"])
    first, second = db.session.scalars(select(Occurrence.uid).where(Occurrence.event_id == event.id))

    plan = planned(calendar(entry(uid=first), entry(uid=second), entry(uid=event.uid), entry(uid="else")))

    assert plan.counts == {Action.SAME: 3, Action.NEW: 1}
    assert [one.event_key for one in plan.proposals[:3]] == [event.key] * 3


def test_plan_leaves_an_hour_that_comes_twice_and_says_so(any_ctx):
    doubled = calendar(entry(start="20271031T023000", uid="doubled"), entry())  # comes twice that night

    left = planned(doubled).proposals[0]
    report = brought(doubled)

    assert report.counts == {"left": 1, "new": 1}
    assert [(one.code, one.facts) for one in left.remarks] == [
        ("entry.doubled", {"time": "02:30", "on": "2027-10-31"}),
    ]
    assert codes(report.outcomes[0].remarks) == {"entry.doubled"}


def test_take_says_that_an_hour_does_not_exist(any_ctx):
    skipped = calendar(entry(start="20270328T023000"))  # clocks go from 02:00 to 03:00

    report = brought(skipped)

    assert walls() == [("2027-03-28T03:30", "2027-03-28T04:30")]
    said = [one["facts"] for one in report.outcomes[0].remarks if one["code"] == "when.gap"]
    assert said == [{"time": "02:30", "on": "2027-03-28", "read": "03:30"}]
    assert brought(skipped).counts == {"same": 1}


def test_take_makes_a_series_by_its_rule(any_ctx):
    brought(calendar(entry("RRULE:FREQ=WEEKLY;UNTIL=20261217T170000Z")))

    assert [starts for starts, _ in walls()] == ["2026-12-03T18:00", "2026-12-10T18:00", "2026-12-17T18:00"]
    assert db.session.scalars(select(Occurrence.rrule).where(Occurrence.rrule.is_not(None))).all() == [
        "FREQ=WEEKLY;COUNT=3"
    ]


def test_take_takes_a_year_of_what_never_ends_and_leaves_what_is_over(any_ctx):
    endless = entry("RRULE:FREQ=WEEKLY", start="20201203T180000")

    report = brought(calendar(endless))

    assert codes(report.outcomes[0].remarks) >= {"series.endless", "series.over"}
    found = walls()
    assert (found[0][0], len(found)) == ("2026-11-26T18:00", 52)
    with clock.fixed(NOW + timedelta(days=30)):
        assert brought(calendar(endless)).counts == {"same": 1}


def test_take_makes_an_exhibition_of_what_lasts_for_days(any_ctx):
    days = entry("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20270110")

    report = brought(calendar(days), kind="exhibition")

    event = the_event()
    assert report.counts == {"new": 1}
    assert (event.run_from, event.run_to) == (date(2026, 12, 3), date(2027, 1, 9))
    brought(calendar(entry("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20270111")), kind="exhibition")
    assert the_event().run_to == date(2027, 1, 10)


def test_take_makes_a_date_a_day_of_what_lasts_all_day(any_ctx):
    brought(calendar(entry("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261205")))

    assert walls() == [("2026-12-03T09:00", "2026-12-03T17:00"), ("2026-12-04T09:00", "2026-12-04T17:00")]


def test_take_keeps_the_address_of_an_online_room_secret(any_ctx):
    brought(calendar(entry("LOCATION:https://example.zoom.us/j/123?pwd=abc")))

    event = the_event()
    assert event.mode is Mode.ONLINE
    assert event.online_url == "https://example.zoom.us/j/123?pwd=abc"
    assert "zoom" not in str(event.body)


def test_take_tells_an_utc_time_in_our_zone(any_ctx):
    brought(calendar(entry("DTSTART:20261203T170000Z", "DTEND:20261203T190000Z")))

    assert walls() == [("2026-12-03T18:00", "2026-12-03T20:00")]


def test_kept_file_is_sealed_for_its_owner_and_forgotten_after_a_day(any_ctx):
    by = Actor(account_id=make_account(Role.EDITOR).id, role=Role.EDITOR)
    other = Actor(account_id=make_account(Role.ORGANIZER).id, role=Role.ORGANIZER)
    octets = calendar(entry(title="Secret plan"))
    row = keep_file(octets, source="a.ics", place="a", lang="sv", by=by)
    around = known.surroundings("sv", ("sv", "en"))

    assert b"Secret" not in row.file_sealed
    with pytest.raises(NotFound):
        take_kept(row.row_id, around, [], by=other)
    with refused("import.none"):
        take_kept(row.row_id, around, ["nothing"], by=by)
    with clock.fixed(NOW + timedelta(hours=25)):
        with refused("import.expired"):
            take_kept(row.row_id, around, [], by=by)
        assert sweep_imports() == 2
    assert db.session.scalars(select(CalendarImport)).all() == []


def test_keep_file_asks_for_the_permission(any_ctx):
    member = Actor(account_id=make_account(Role.MEMBER).id, role=Role.MEMBER)

    with pytest.raises(NotAllowed):
        keep_file(calendar(entry()), source="a.ics", place="a", lang="sv", by=member)


@pytest.mark.parametrize(
    ("octets", "code"), [(b"", "import.empty"), (b"<html>", "import.no_calendar"), (b"x" * 5_000_001, "import.large")]
)
def test_keep_file_refuses_what_is_no_calendar(octets, code, any_ctx):
    with refused(code):
        keep_file(octets, source="a.ics", place="a", lang="sv", by=SYSTEM)


def test_undo_deletes_the_drafts_that_nobody_touched(any_ctx):
    by = Actor(account_id=make_account(Role.EDITOR).id, role=Role.EDITOR)
    octets = calendar(entry(), entry(uid="second", title="Second"), entry(uid="third", title="Third"))
    around = known.surroundings("sv", ("sv", "en"))
    row = keep_file(octets, source="a.ics", place="a", lang="sv", by=by)
    chosen = [one.key for one in planned(octets).proposals[:2]]
    assert take_kept(row.row_id, around, chosen, by=by).counts == {"new": 2, "left": 1}
    second = db.session.scalars(select(Event).order_by(Event.id)).all()[1]
    edit_event(second.id, replace(fields_of(second), title={"sv": "Ours"}), version=1, by=SYSTEM)

    assert undo(row.row_id, by=by) == 1

    assert [event.title for event in db.session.scalars(select(Event))] == [{"sv": "Ours"}]
    assert db.session.scalars(select(ImportedEntry.uid)).all() == ["second"]
    assert planned(octets).counts == {Action.NEW: 2, Action.SAME: 1}


def test_two_entries_with_one_identity_cannot_be_stored(any_ctx):
    from sqlalchemy.exc import IntegrityError

    from cag_events.db import transaction

    def row() -> ImportedEntry:
        return ImportedEntry(
            uid=UID,
            source_index=source_index("a"),
            lang="sv",
            theirs={},
            ours={},
            taken_at=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
        )

    with pytest.raises(IntegrityError), transaction():
        db.session.add_all([row(), row()])
