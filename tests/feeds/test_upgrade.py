"""A database of the release before: whoever subscribed goes on, a series stays one, and its dates can be moved."""

import pytest
from flask import Flask
from sqlalchemy import inspect, update

from cag_events.db import db, transaction
from cag_events.events.catching_up import write_missing
from cag_events.events.models import Event
from cag_events.feeds import entries
from cag_events.feeds.models import PrivateFeed
from cag_events.schema import migrate, migrate_back
from tests.calendars import Component, read_strictly
from tests.factories import make_account, make_event, make_theme
from tests.feeds.reading import fetch
from tests.feeds.test_mine import make_token, register
from tests.feeds.test_series import series, shift


@pytest.fixture
def subscribed(any_ctx: Flask) -> tuple[int, str, list[bytes]]:
    """A series, an own feed, and what feeds answered, in a database that was at the former revision."""
    theme = make_theme("water")
    account = make_account()
    event_id = series(themes=[theme]).id
    register(account, make_event(starts="2027-04-01T18:00"))
    token = make_token(account, filters={"theme": ["water"]})
    as_then = {"alarm_minutes": 30, "alarms": None, "options": None}
    with transaction():
        db.session.execute(update(PrivateFeed).values(as_then))
    before = answers(any_ctx, token)
    at_revision("0005")
    columns = {column["name"] for table in ("event", "occurrence", "private_feed") for column in columns_of(table)}
    assert {"setup_minutes", "ruled_start", "alarms"} & columns == set()
    db.session.remove()
    db.engine.dispose()

    migrate()
    write_missing()
    entries.catch_up()
    return event_id, token, before


def at_revision(revision: str) -> None:
    """Take the database back to an earlier release's."""
    db.session.remove()
    db.engine.dispose()
    migrate_back(revision)


def columns_of(table: str) -> list[dict[str, object]]:
    """What the database itself says of a table."""
    return [dict(column) for column in inspect(db.engine).get_columns(table)]


def answers(app: Flask, token: str) -> list[bytes]:
    """What subscribers of the programme and of the own feed get."""
    client = app.test_client()
    return [fetch(client).data, fetch(client, f"/feeds/private/{token}.ics").data]


def rules(octets: bytes) -> list[Component]:
    """The entries of series."""
    return [one for one in read_strictly(octets).components("VEVENT") if one.all("RRULE")]


def test_upgrade_leaves_feeds_octet_for_octet(any_ctx: Flask, subscribed: tuple[int, str, list[bytes]]) -> None:
    _event_id, token, before = subscribed

    assert answers(any_ctx, token) == before


def test_upgrade_keeps_a_series_whole_when_one_of_its_dates_moves(
    any_ctx: Flask, subscribed: tuple[int, str, list[bytes]]
) -> None:
    event_id, token, before = subscribed

    shift(db.session.get_one(Event, event_id), 1, hours=2)

    for was, now in zip(before, answers(any_ctx, token), strict=True):
        assert [rule.one("UID").value for rule in rules(now)] == [rule.one("UID").value for rule in rules(was)] != []
        (moved,) = (one for one in read_strictly(now).components("VEVENT") if one.all("RECURRENCE-ID"))
        assert (moved.one("RECURRENCE-ID").value, moved.one("DTSTART").value) == ("20270323T180000", "20270323T200000")


def test_upgrade_uses_no_id_of_an_event_again(subscribed: tuple[int, str, list[bytes]]) -> None:
    del subscribed
    gone = make_event().id
    with transaction():
        db.session.delete(db.session.get_one(Event, gone))

    assert make_event().id > gone
