"""A database of the release before: what was secret in it is kept and sealed, and stands nowhere else afterwards."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from cag_events.db import db, transaction
from cag_events.events.catching_up import write_missing
from cag_events.events.drafts import list_revisions
from cag_events.events.models import Event, EventRecordRow, EventRevision
from cag_events.events.queries import get_record
from cag_events.kinds import details_of
from cag_events.roleplays.models import Brief
from cag_events.roleplays.queries import briefs_of
from cag_events.schema import migrate, migrate_back
from cag_events.talks.models import DialIn
from cag_events.talks.queries import dial_in_of
from tests.conftest import NOW
from tests.factories import make_event

GAME = {
    "roleplay": {
        "scenario": {"en": "The river"},
        "groups": 1,
        "roles": [
            {"key": "herders", "seats": 6, "name": {"en": "Herders"}, "brief": {"en": "canary: the bridge"}},
            {"key": "ministry", "seats": 4, "name": {"en": "Ministry"}, "brief": {"sv": "canary: “dammen”"}},
            {"key": "press", "seats": 2, "name": {"en": "Press"}},
        ],
    }
}
ROOM = {"webinar": {"chat": "off", "dial_in": "canary 08-123 456"}}


def as_before(event: Event, details: dict[str, Any], parked: dict[str, Any]) -> int:
    """Write an event as the former release left it: details, record and a saved version with all that it said."""
    event_id = event.id
    with transaction():
        row = db.session.get_one(Event, event_id)
        row.details, row.parked = details, parked
        body = json.loads(db.session.get_one(EventRecordRow, event_id).body)
        db.session.get_one(EventRecordRow, event_id).body = json.dumps({**body, "team_details": details}).encode()
        snapshot = {"kind": row.kind, "title": {"en": "As it was"}, "details": details}
        db.session.add(
            EventRevision(event_id=event_id, version=1, revision=0, saved_at=NOW, what="created", snapshot=snapshot)
        )
    return event_id


def everything() -> Iterator[tuple[str, str]]:
    """All that every table holds, as text."""
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            yield (
                table.name,
                "".join(value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row),
            )


@pytest.fixture
def upgraded(any_ctx: Flask) -> tuple[int, int, int]:
    """A game, an online room, and what was a game once, in a database that was at the former revision."""
    del any_ctx
    game = as_before(make_event(kind="roleplay"), GAME, {"webinar": ROOM})
    room = as_before(make_event(kind="webinar"), ROOM, {})
    other = as_before(make_event(kind="lecture"), {"lecture": {"fee_note": "a brief stay"}}, {"roleplay": GAME})
    assert [name for name, row in everything() if "canary" in row]  # it would be found
    db.session.remove()
    db.engine.dispose()
    migrate_back("0002")
    db.session.execute(text("SELECT count(*) FROM event")).scalar_one()
    db.session.remove()

    migrate()
    write_missing()
    return game, room, other


def test_upgrade_keeps_briefs_and_numbers_sealed(upgraded: tuple[int, int, int]) -> None:
    game, room, other = upgraded

    kept = {"role:herders": {"en": "canary: the bridge"}, "role:ministry": {"sv": "canary: “dammen”"}}
    assert (briefs_of(game), briefs_of(other)) == (kept, kept)
    assert (dial_in_of(room), dial_in_of(game)) == ("canary 08-123 456", "canary 08-123 456")
    assert len(set(db.session.scalars(select(Brief.row_id)))) == 4
    assert len(set(db.session.scalars(select(DialIn.row_id)))) == 2


def test_upgrade_leaves_secrets_nowhere_else_and_the_rest_alone(upgraded: tuple[int, int, int]) -> None:
    game, room, other = upgraded

    assert [name for name, row in everything() if "canary" in row] == []
    roles = [(role.key, role.seats, role.brief) for role in details_of(get_record(game)).roleplay.roles]
    assert roles == [("herders", 6, {}), ("ministry", 4, {}), ("press", 2, {})]
    assert details_of(get_record(room)).webinar.chat == "off"
    assert get_record(other).team_details == {"lecture": {"fee_note": "a brief stay"}}
    (saved,) = list_revisions(game)
    assert saved.fields is not None
    assert saved.fields.details["roleplay"]["scenario"] == {"en": "The river"}


def test_write_missing_writes_only_records_that_are_not_there(any_ctx: Flask) -> None:
    del any_ctx
    there, gone = make_event(title={"en": "There"}).id, make_event(title={"en": "Gone"}).id
    with transaction():
        db.session.delete(db.session.get_one(EventRecordRow, gone))

    first, second = write_missing(), write_missing()

    assert (first, second) == (1, 0)
    assert [get_record(one).title for one in (there, gone)] == [{"en": "There"}, {"en": "Gone"}]
