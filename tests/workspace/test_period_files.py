"""Periods to mind from a calendar file: looked at first, taken as chosen, the same file twice changes nothing."""

import re
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from cag_events.db import db, transaction
from cag_events.events.models import Period
from cag_events.events.services.periods import PeriodFields, save_period
from cag_events.permissions import SYSTEM, Role
from cag_events.workspace.period_files import plan_periods, take_periods
from tests.conftest import NOW
from tests.factories import csrf_token, make_segment, post, sign_in
from tests.imports.given import calendar, entry

LIKE = PeriodFields(name={}, kind="school_break", city="Lund", first_on=date.min, last_on=date.min)
BASE = "/en/organise/periods/import"


def days(title: str, first: str, last: str, *lines: str) -> str:
    """An entry of whole days; `last` is the day after."""
    return entry(f"DTSTART;VALUE=DATE:{first}", f"DTEND;VALUE=DATE:{last}", *lines, uid=f"{title}{first}", title=title)


AUTUMN = days("Autumn break", "20271025", "20271030")
SPORTS = days("Sports break", "20270215", "20270220")


def planned(octets: bytes):
    return plan_periods(octets, LIKE, "en", NOW, "Europe/Stockholm")


def told(octets: bytes) -> list[tuple[str, str, list[str]]]:
    return [(one.name, one.action.value, [said.code for said in one.remarks]) for one in planned(octets).proposals]


def take(octets: bytes) -> tuple[int, int]:
    return take_periods(planned(octets).proposals, by=SYSTEM)


def there() -> list[tuple[dict, date, date]]:
    db.session.expire_all()
    rows = db.session.scalars(select(Period).order_by(Period.first_on))
    return [(row.name, row.first_on, row.last_on) for row in rows]


def test_a_file_is_added_once(any_ctx):
    assert take(calendar(AUTUMN, SPORTS)) == (2, 0)
    assert take(calendar(AUTUMN, SPORTS)) == (0, 0)

    assert told(calendar(AUTUMN, SPORTS)) == [("Sports break", "same", []), ("Autumn break", "same", [])]
    assert there() == [
        ({"en": "Sports break"}, date(2027, 2, 15), date(2027, 2, 19)),
        ({"en": "Autumn break"}, date(2027, 10, 25), date(2027, 10, 29)),
    ]


def test_days_that_were_moved_move_the_period_and_keep_what_was_said_here(any_ctx):
    make_segment("students")
    take(calendar(AUTUMN))
    row = db.session.scalars(select(Period)).one()
    own = PeriodFields(
        name={"sv": "Höstlov", "en": "Autumn break"},
        city="Lund",
        first_on=row.first_on,
        last_on=row.last_on,
        segments=("students",),
    )
    save_period(row.id, own, by=SYSTEM)
    moved = calendar(days("Autumn break", "20271026", "20271101"))

    (proposal,) = planned(moved).proposals
    done = take(moved)

    assert (proposal.action, proposal.before) == ("changed", (date(2027, 10, 25), date(2027, 10, 29)))
    assert done == (0, 1)
    assert there() == [({"sv": "Höstlov", "en": "Autumn break"}, date(2027, 10, 26), date(2027, 10, 31))]
    assert db.session.scalars(select(Period)).one().segments == ["students"]


def test_what_was_deleted_since_it_was_looked_at_is_added(any_ctx):
    take(calendar(AUTUMN))
    looked_at = planned(calendar(days("Autumn break", "20271026", "20271101"))).proposals
    with transaction():
        db.session.delete(db.session.scalars(select(Period)).one())

    assert take_periods(looked_at, by=SYSTEM) == (1, 0)
    assert there() == [({"en": "Autumn break"}, date(2027, 10, 26), date(2027, 10, 31))]


def test_next_years_break_is_a_period_of_its_own(any_ctx):
    take(calendar(AUTUMN))

    assert take(calendar(days("Autumn break", "20281030", "20281104"))) == (1, 0)


def test_the_same_name_elsewhere_is_left_as_it_is(any_ctx):
    save_period(
        None,
        PeriodFields(name={"en": "Autumn break"}, city="Umeå", first_on=date(2027, 10, 24), last_on=date(2027, 10, 28)),
        by=SYSTEM,
    )

    assert [one[1] for one in told(calendar(AUTUMN))] == ["new"]


def test_what_is_left_is_said_with_the_reason(any_ctx):
    octets = calendar(
        days("Off", "20270301", "20270302", "STATUS:CANCELLED"),
        days("", "20270302", "20270303"),
        days("Long", "20270101", "20290101"),
        days("Over", "20200101", "20200102"),
        entry(title="Meeting", start="20270401T180000", uid="timed"),
        "BEGIN:VTODO\r\nSUMMARY:Order paper\r\nEND:VTODO",
    )

    assert told(octets) == [
        ("Meeting", "new", ["periods.timed"]),
        ("Long", "left", ["periods.long"]),
        ("Off", "left", ["periods.cancelled"]),
        ("", "left", ["periods.no_name"]),
        ("Order paper", "left", ["entry.no_event"]),
    ]
    assert [(one.code, one.facts) for one in planned(octets).remarks] == [("periods.over", {"number": 1})]


def bring(client, octets: bytes, **said: str):
    form = {"kind": "exam", "city": "Lund", "country": "SE", **said, "file": (BytesIO(octets), "terms.ics")}
    return post(client, BASE, form)


def test_days_for_everywhere_are_looked_at_and_taken(app, client):
    sign_in(client, Role.ORGANIZER)
    address = bring(client, calendar(AUTUMN), city="", country="").location
    keys = re.findall(r'name="chosen"\s+value="(\w+)"', client.get(address).get_data(as_text=True))

    assert post(client, address, {"chosen": keys[0]}, page=address).status_code == 303
    with app.app_context():
        (row,) = db.session.scalars(select(Period))
        assert (row.kind, row.city, row.country) == ("exam", "", "")


@pytest.mark.parametrize("query", ["", "?kind=nonsense&country=", "?kind=exam&country=ZZ"])
def test_an_address_that_says_what_nobody_can_choose_is_not_found(query, client):
    sign_in(client, Role.ORGANIZER)
    address = bring(client, calendar(AUTUMN)).location.partition("?")[0]

    assert client.get(address + query).status_code == 404


def test_nothing_is_written_before_it_was_looked_at(app, client):
    sign_in(client, Role.ORGANIZER)

    brought = bring(client, calendar(AUTUMN, SPORTS))
    page = client.get(brought.location).get_data(as_text=True)

    assert brought.status_code == 303
    assert [word for word in ("Autumn break", "Sports break", "Exam weeks") if word not in page] == []
    with app.app_context():
        assert there() == []


def test_what_is_ticked_is_taken(app, client):
    sign_in(client, Role.ORGANIZER)
    address = bring(client, calendar(AUTUMN, SPORTS)).location
    keys = re.findall(r'name="chosen"\s+value="(\w+)"', client.get(address).get_data(as_text=True))

    nothing = post(client, address, {}, page=address)
    taken = post(client, address, {"chosen": keys[1]}, page=address)
    again = post(client, address, {"chosen": keys[1]}, page=address)

    assert (nothing.status_code, taken.status_code, again.status_code) == (422, 303, 303)
    assert "What you chose is there already." in client.get(again.location).get_data(as_text=True)
    with app.app_context():
        (row,) = db.session.scalars(select(Period))
        assert (row.name, row.kind, row.city, row.country) == ({"en": "Autumn break"}, "exam", "Lund", "SE")


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (b"", "Choose a calendar file"),
        (b"<html>", "This is no calendar file"),
        (calendar(days("Over", "20200101", "20200102")), "There are no days to come"),
    ],
)
def test_what_is_no_file_of_days_to_come_is_refused(octets, text, client):
    sign_in(client, Role.ORGANIZER)

    refused = bring(client, octets)

    assert refused.status_code == 422
    assert text in refused.get_data(as_text=True)


def test_the_file_is_for_its_bringer_alone_and_kept_for_a_day(app, client):
    sign_in(client, Role.ORGANIZER)
    address = bring(client, calendar(AUTUMN)).location
    with app.app_context(), transaction():
        db.session.execute(db.text("UPDATE calendar_import SET file_sealed = NULL, expires_at = NULL"))

    gone = client.get(address)
    sign_in(client, Role.ADMIN)
    of_another = client.get(address)

    assert (gone.status_code, of_another.status_code) == (200, 404)
    assert "kept for a day only" in gone.get_data(as_text=True)


def test_the_name_of_a_file_turns_no_words_around(client):
    sign_in(client, Role.ORGANIZER)
    token = csrf_token(client, BASE)
    sent = {
        "csrf_token": token,
        "kind": "school_break",
        "country": "",
        "file": (BytesIO(calendar(SPORTS)), "a\u202eb.ics"),
    }

    brought = client.post(BASE, data=sent)

    assert "\u202e" not in client.get(brought.location).text
