"""Moving what stands for days, and putting back what was moved: on both databases, with what people are told."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from cag_events.db import db
from cag_events.domain.errors import NotAllowed, NotFound, Refused, Stale
from cag_events.domain.recurrence import Scope
from cag_events.events import services
from cag_events.events.drafts import occurrences_of
from cag_events.events.models import Event
from cag_events.permissions import Actor, Role
from tests.exhibitions.given import WEEKLY, make_exhibition
from tests.factories import make_account, make_event

FIRST, LAST = date(2026, 12, 1), date(2026, 12, 10)


def organizer(role: Role = Role.ORGANIZER) -> Actor:
    """Somebody of the team."""
    account = make_account(role)
    return Actor(account_id=account.id, role=role)


def show(**details: object) -> Event:
    """An exhibition of ten days with an opening on the first."""
    run = {"from": FIRST.isoformat(), "to": LAST.isoformat(), "opening": WEEKLY, **details}
    return make_exhibition(FIRST, 10, dates=["2026-12-01T17:00"], details=run)


def stands(event_id: int) -> tuple[date | None, date | None, str]:
    """Its first and last day, and when its opening begins."""
    db.session.expire_all()
    event = db.session.get_one(Event, event_id)
    return event.run_from, event.run_to, occurrences_of(event_id)[0].starts_wall


def test_move_run_takes_its_opening_and_its_special_days_along(any_ctx: Flask) -> None:
    event = show(closed=[{"date": "2026-12-06"}], set_up="2026-11-29", take_down="2026-12-12")
    week = timedelta(days=7)

    services.move_run(event.id, FIRST + week, LAST + week, version=event.version, by=organizer())

    assert stands(event.id) == (FIRST + week, LAST + week, "2026-12-08T17:00")
    run = db.session.get_one(Event, event.id).details["exhibition"]
    assert (run["closed"], run["set_up"], run["take_down"]) == (
        [{"date": "2026-12-13"}],
        "2026-12-06",
        "2026-12-19",
    )


def test_move_run_leaves_its_opening_where_it_is_when_asked(any_ctx: Flask) -> None:
    event = show()
    day = timedelta(days=1)

    services.move_run(event.id, FIRST - day, LAST - day, scope=Scope.THIS, version=event.version, by=organizer())

    assert stands(event.id) == (FIRST - day, LAST - day, "2026-12-01T17:00")


def test_move_run_makes_it_shorter_and_drops_the_days_outside(any_ctx: Flask) -> None:
    event = show(closed=[{"date": "2026-12-03"}, {"date": "2026-12-09"}])

    services.move_run(event.id, FIRST, date(2026, 12, 5), version=event.version, by=organizer())

    assert stands(event.id) == (FIRST, date(2026, 12, 5), "2026-12-01T17:00")
    assert db.session.get_one(Event, event.id).details["exhibition"]["closed"] == [{"date": "2026-12-03"}]


def test_move_run_refuses_what_would_contradict_itself(any_ctx: Flask) -> None:
    event = show(readings=[{"date": "2026-12-02", "in": 12, "out": 12}])
    by = organizer()

    for first, last, code in ((LAST, FIRST, "event.run"), (date(2026, 12, 5), LAST, "event.run_days")):
        with pytest.raises(Refused) as refused:
            services.move_run(event.id, first, last, version=event.version, by=by)
        assert refused.value.code == code
    assert stands(event.id)[:2] == (FIRST, LAST)


def test_move_run_is_for_what_stands_for_days_alone(any_ctx: Flask) -> None:
    event = make_event()

    with pytest.raises(NotFound):
        services.move_run(event.id, FIRST, LAST, version=event.version, by=organizer())


def test_move_run_overwrites_nobody_and_asks_who_it_is(any_ctx: Flask) -> None:
    event = show()

    with pytest.raises(Stale):
        services.move_run(event.id, FIRST, LAST, version=event.version + 1, by=organizer())
    with pytest.raises(NotAllowed):
        services.move_run(event.id, FIRST, LAST, version=event.version, by=organizer(Role.MEMBER))


def test_undo_move_puts_a_date_back_and_needs_that_nobody_saved_since(any_ctx: Flask) -> None:
    event, by = make_event(starts="2026-12-03T18:00"), organizer()
    event_id, before = event.id, event.version
    occurrence = occurrences_of(event_id)[0].id
    starts = datetime.fromisoformat("2026-12-04T19:00")
    moved = services.move_date(event_id, occurrence, starts, starts + timedelta(hours=2), version=before, by=by).version

    with pytest.raises(Stale):
        services.undo_move(event_id, before=before, version=before, by=by)
    services.undo_move(event_id, before=before, version=moved, by=by)

    row = occurrences_of(event_id)[0]
    assert (row.id, row.starts_wall, row.ends_wall) == (occurrence, "2026-12-03T18:00", "2026-12-03T19:30")
    with pytest.raises(Stale):
        services.undo_move(event_id, before=before, version=moved, by=by)


@pytest.mark.parametrize("scope", list(Scope))
def test_undo_move_puts_a_series_back_with_its_rule(any_ctx: Flask, scope: Scope) -> None:
    event, by = make_event(starts="2026-12-03T18:00", rrule="FREQ=WEEKLY;COUNT=4"), organizer()
    event_id, before = event.id, event.version
    rows = [(row.id, row.uid, row.starts_wall, row.rrule, row.series_of) for row in occurrences_of(event_id)]
    starts = datetime.fromisoformat("2026-12-11T19:00")
    moved = services.move_date(
        event_id, rows[1][0], starts, starts + timedelta(minutes=90), scope=scope, version=before, by=by
    )

    services.undo_move(event_id, before=before, version=moved.version, by=by)

    db.session.expire_all()
    assert [(row.id, row.uid, row.starts_wall, row.rrule, row.series_of) for row in occurrences_of(event_id)] == rows


def test_undo_move_keeps_what_else_was_saved_in_the_same_version_of_old(any_ctx: Flask) -> None:
    event, by = show(), organizer()
    event_id, before = event.id, event.version
    day = timedelta(days=1)
    moved = services.move_run(event_id, FIRST + day, LAST + day, version=before, by=by).version

    services.undo_move(event_id, before=before, version=moved, by=by)

    assert stands(event_id) == (FIRST, LAST, "2026-12-01T17:00")
    assert db.session.scalar(select(Event.version).where(Event.id == event_id)) == moved + 1
