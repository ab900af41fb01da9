"""Dates of a series: moved, called off and restored by themselves, with those that follow, and all together."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from cag_events.db import db
from cag_events.domain.errors import Refused
from cag_events.domain.lifecycle import Status
from cag_events.domain.recurrence import Scope
from cag_events.events.drafts import fields_of, occurrences_of
from cag_events.events.models import Event, Occurrence
from cag_events.events.queries import get_record
from cag_events.events.services.moving import cancel_date, extend_series, move_date, put_back_date, restore_date
from cag_events.events.services.planning import edit_event, plan_event
from tests.events.given import EDITOR, ORGANIZER, facts, names, occurrence, whole_fields
from tests.factories import make_event

RULE = "FREQ=WEEKLY;COUNT=4"
WALLS = ["2026-12-01T18:00", "2026-12-08T18:00", "2026-12-15T18:00", "2026-12-22T18:00"]


def series(**values: object) -> Event:
    """Four Tuesdays at six, of an hour and a half."""
    return make_event(starts=WALLS[0], rrule=RULE, **values)


def rows(event: Event) -> list[Occurrence]:
    """Its dates in the order in which they were made."""
    db.session.expire_all()
    return sorted(occurrences_of(event.id), key=lambda row: row.id)


def shift(event: Event, number: int, scope: Scope, **step: int) -> None:
    """Move one of the dates as the calendar does."""
    row, by = rows(event)[number], timedelta(**step)
    starts, ends = datetime.fromisoformat(row.starts_wall) + by, datetime.fromisoformat(row.ends_wall) + by
    version = get_record(event.id).version
    move_date(event.id, row.id, starts, ends, scope=scope, version=version, by=ORGANIZER)


def cancel(event: Event, number: int, scope: Scope = Scope.THIS) -> None:
    """Call off one of the dates."""
    row, version = rows(event)[number], get_record(event.id).version
    cancel_date(event.id, row.id, {"sv": "Snö."}, scope=scope, version=version, by=ORGANIZER)


def test_move_keeps_a_date_in_its_series(any_ctx: Flask) -> None:
    event = series()

    shift(event, 1, Scope.THIS, days=1, hours=1)

    first, second, *others = rows(event)
    assert [row.starts_wall for row in (first, second, *others)] == [WALLS[0], "2026-12-09T19:00", *WALLS[2:]]
    assert [row.ruled_start for row in (first, second, *others)] == WALLS
    assert [row.series_of for row in (second, *others)] == [first.id] * 3
    assert first.rrule == RULE


def test_move_of_the_first_date_leaves_the_rule_where_it_is(app_ctx: Flask) -> None:
    event = series()

    shift(event, 0, Scope.THIS, days=2)

    first = rows(event)[0]
    assert (first.starts_wall, first.ruled_start, first.rrule) == ("2026-12-03T18:00", WALLS[0], RULE)


def test_move_of_all_takes_changed_dates_along(any_ctx: Flask) -> None:
    event = series()
    shift(event, 1, Scope.THIS, hours=2)
    cancel(event, 2)

    shift(event, 3, Scope.ALL, days=1)

    after = rows(event)
    assert [row.ruled_start for row in after] == [
        "2026-12-02T18:00",
        "2026-12-09T18:00",
        "2026-12-16T18:00",
        "2026-12-23T18:00",
    ]
    assert [row.starts_wall for row in after] == [
        "2026-12-02T18:00",
        "2026-12-09T20:00",
        "2026-12-16T18:00",
        "2026-12-23T18:00",
    ]
    assert [bool(row.cancelled_on) for row in after] == [False, False, True, False]


def test_move_of_all_lengthens_each_date(app_ctx: Flask) -> None:
    event = series()
    row = rows(event)[2]
    starts = datetime.fromisoformat(row.starts_wall)

    move_date(event.id, row.id, starts, starts + timedelta(hours=3), scope=Scope.ALL, version=1, by=ORGANIZER)

    assert [row.ends_wall[11:] for row in rows(event)] == ["21:00"] * 4


def test_move_of_following_parts_the_series_and_keeps_rows_and_their_uids(any_ctx: Flask) -> None:
    event = series()
    before = [(row.id, row.uid) for row in rows(event)]

    shift(event, 2, Scope.FOLLOWING, hours=1)

    first, second, third, fourth = after = rows(event)
    assert [(row.id, row.uid) for row in after] == before
    assert [row.rrule for row in after] == ["FREQ=WEEKLY;COUNT=2", None, "FREQ=WEEKLY;COUNT=2", None]
    assert [row.series_of for row in after] == [None, first.id, None, third.id]
    assert [row.starts_wall for row in after] == [*WALLS[:2], "2026-12-15T19:00", "2026-12-22T19:00"]
    assert third.series_uid not in {None, third.uid, first.uid}
    assert (second.series_uid, fourth.series_uid) == (None, None)


def test_move_of_following_from_the_first_date_moves_the_whole(app_ctx: Flask) -> None:
    event = series()

    shift(event, 0, Scope.FOLLOWING, hours=1)

    assert [(row.rrule, row.series_uid) for row in rows(event)] == [(RULE, None), *[(None, None)] * 3]


def test_move_to_an_hour_that_clocks_skip_is_refused_at_the_start(app_ctx: Flask) -> None:
    event = make_event(starts="2027-03-14T02:30", rrule="FREQ=WEEKLY;COUNT=2")
    row = rows(event)[0]

    with pytest.raises(Refused) as refused:
        move_date(event.id, row.id, datetime(2027, 3, 28, 2, 30), datetime(2027, 3, 28, 4), version=1, by=ORGANIZER)

    assert (refused.value.code, refused.value.field) == ("when.gap", "start")
    assert {name: str(refused.value.facts[name]) for name in ("before", "after")} == {
        "before": "02:00:00",
        "after": "03:00:00",
    }


@pytest.mark.parametrize(
    ("starts", "code", "nearest"),
    [("2027-03-21T02:30", "when.gap", "03:00:00"), ("2027-10-24T02:30", "when.doubled", "03:00:00")],
)
def test_plan_refuses_a_series_with_a_date_that_clocks_skip_or_double(
    app_ctx: Flask, starts: str, code: str, nearest: str
) -> None:
    asked = occurrence(starts, starts[:11] + "05:00", rrule="FREQ=WEEKLY;COUNT=2")

    with pytest.raises(Refused) as refused:
        plan_event(whole_fields(occurrences=(asked,)), by=EDITOR)

    assert (refused.value.code, refused.value.field) == (code, "occurrences.0.start")
    assert str(refused.value.facts["after"]) == nearest


def test_cancel_leaves_the_date_in_its_series_with_its_reason(any_ctx: Flask) -> None:
    event = series()

    with facts() as heard:
        cancel(event, 1)

    second = rows(event)[1]
    assert (second.cancelled_on, second.cancel_reason, second.series_of) == (
        date(2026, 11, 21),
        {"sv": "Snö."},
        rows(event)[0].id,
    )
    assert names(heard) == ["event.changed", "event.moved"]


def test_cancel_of_the_first_date_lets_the_event_begin_with_the_next(app_ctx: Flask) -> None:
    event = series()

    cancel(event, 0)

    assert get_record(event.id).starts_at == rows(event)[1].starts_at


def test_cancel_refuses_the_only_date_left(any_ctx: Flask) -> None:
    event = series()
    cancel(event, 1, Scope.FOLLOWING)

    with pytest.raises(Refused) as refused:
        cancel(event, 0)

    assert (refused.value.code, refused.value.field) == ("event.last_date", "scope")
    assert [bool(row.cancelled_on) for row in rows(event)] == [False, True, True, True]


def test_restore_brings_a_date_back(any_ctx: Flask) -> None:
    event = series()
    cancel(event, 1)

    restore_date(event.id, rows(event)[1].id, version=2, by=ORGANIZER)

    assert [(row.cancelled_on, row.cancel_reason) for row in rows(event)] == [(None, {})] * 4


def test_put_back_gives_a_date_what_its_rule_says(app_ctx: Flask) -> None:
    event = series()
    shift(event, 1, Scope.THIS, days=1)

    put_back_date(event.id, rows(event)[1].id, version=2, by=ORGANIZER)

    assert [row.starts_wall for row in rows(event)] == WALLS


def test_extend_adds_dates_and_keeps_the_changed_ones(any_ctx: Flask) -> None:
    event = series()
    shift(event, 1, Scope.THIS, days=1)

    extend_series(event.id, rows(event)[2].id, "FREQ=WEEKLY;COUNT=6", version=2, by=ORGANIZER)

    after = rows(event)
    assert [row.starts_wall for row in after] == [
        WALLS[0],
        "2026-12-09T18:00",
        *WALLS[2:],
        "2026-12-29T18:00",
        "2027-01-05T18:00",
    ]
    assert {row.series_of for row in after[1:]} == {after[0].id}


def test_extend_with_a_shorter_rule_lets_the_last_dates_go(app_ctx: Flask) -> None:
    event = series()

    extend_series(event.id, rows(event)[0].id, "FREQ=WEEKLY;COUNT=2", version=1, by=ORGANIZER)

    assert [(row.starts_wall, row.cancelled_on) for row in rows(event)] == [(WALLS[0], None), (WALLS[1], None)]


def test_edit_undoes_a_parted_series_by_its_former_fields(any_ctx: Flask) -> None:
    event = series()
    before = fields_of(db.session.get(Event, event.id))
    shift(event, 2, Scope.FOLLOWING, hours=1)

    edit_event(event.id, before, version=2, by=ORGANIZER)

    assert fields_of(db.session.get(Event, event.id)) == before


def test_edit_calls_off_a_published_date_that_is_left_out(any_ctx: Flask) -> None:
    event = series()
    asked = fields_of(db.session.get(Event, event.id))
    kept = tuple(item for number, item in enumerate(asked.occurrences) if number != 0)

    edit_event(event.id, type(asked)(**{**vars(asked), "occurrences": kept}), version=1, by=ORGANIZER)

    assert [(row.starts_wall, bool(row.cancelled_on)) for row in rows(event)] == [
        (WALLS[0], True),
        *((wall, False) for wall in WALLS[1:]),
    ]


def test_edit_lets_the_next_date_of_a_draft_be_the_first(any_ctx: Flask) -> None:
    event = series(status=Status.DRAFT, published_at=None)
    asked = fields_of(db.session.get(Event, event.id))

    edit_event(event.id, type(asked)(**{**vars(asked), "occurrences": asked.occurrences[1:]}), version=1, by=ORGANIZER)

    first, *others = rows(event)
    assert (first.starts_wall, first.rrule, first.series_of) == (WALLS[1], "FREQ=WEEKLY;COUNT=3", None)
    assert [row.series_of for row in others] == [first.id] * 2
