"""A restored database: nobody is told less than they know, and nothing rises where nothing was restored."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta

from click.testing import CliRunner
from sqlalchemy import select

from cag_events import clock
from cag_events.cli import main
from cag_events.db import db
from cag_events.domain.event import Visibility
from cag_events.events.models import Event
from cag_events.events.queries import get_record, programme_version
from cag_events.feeds.models import Entry
from cag_events.feeds.raising import MARK, heed_restored, keep_mark, raise_all
from cag_events.permissions import Role
from cag_events.web.settings import settings
from tests.conftest import DATA_KEY, INDEX_KEY, NOW
from tests.factories import make_account, make_event
from tests.feeds.test_life import change


def sequences():
    return {
        row.uid: row.sequence for row in db.session.scalars(select(Entry).execution_options(populate_existing=True))
    }


def test_all_rise_tombstones_and_events_in_no_feed_too(any_ctx):
    shown = make_event()
    uids = [shown.occurrences[0].uid]
    gone = make_event()
    uids.append(gone.occurrences[0].uid)
    private = make_event(visibility=Visibility.PRIVATE)
    change(gone.id, visibility=Visibility.PRIVATE)
    before, version = sequences(), get_record(private.id).version

    with clock.fixed(NOW + timedelta(hours=1)):
        raise_all()

    assert sequences() == {uid: number + 100 for uid, number in before.items()}
    assert set(uids) <= set(before)
    assert get_record(private.id).version == version + 100 == db.session.get(Event, private.id).version
    body = db.session.scalar(select(Entry.body).where(Entry.uid == uids[0], Entry.language == "en"))
    assert b"SEQUENCE:100\r\n" in body
    assert b"LAST-MODIFIED:20261121T100000Z\r\n" in body


def test_a_database_behind_what_was_seen_rises_once(any_ctx):
    make_account(Role.ADMIN)
    event = make_event()
    folder = settings().instance
    folder.mkdir(parents=True, exist_ok=True)
    keep_mark(folder)
    same = heed_restored(folder)
    for title in ("A", "B", "C"):
        change(event.id, title={"en": title})
    keep_mark(folder)
    ahead = heed_restored(folder)
    before = sequences()

    mark = json.loads((folder / MARK).read_text())
    (folder / MARK).write_text(json.dumps(mark | {"number": mark["number"] + 7}))  # the database was put back
    found = [heed_restored(folder) for _time in range(2)]

    assert (same, ahead, found) == (False, False, [True, False])
    assert sequences() == {uid: number + 100 for uid, number in before.items()}
    assert programme_version()[0] > mark["number"] + 7


def test_another_installation_or_a_broken_mark_says_nothing(any_ctx):
    make_account(Role.ADMIN)
    make_event()
    folder = settings().instance
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for text in ('{"whose": "somebody", "number": 10000}', "[", "[1]", ""):
        (folder / MARK).write_text(text)
        found.append(heed_restored(folder))

    assert found == [False] * 4
    assert set(sequences().values()) == {0}


def test_a_file_that_was_put_back_is_seen_by_the_next_command(app, tmp_path, monkeypatch):
    with app.app_context():
        make_account(Role.ADMIN)
        event_id = make_event().id
        file = db.engine.url.database
        db.session.remove()
        db.engine.dispose()
        backup = tmp_path / "backup.sqlite"
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(backup)) as target:
            source.backup(target)
        change(event_id, title={"en": "Seen by subscribers, and lost"})
        folder = settings().instance
        folder.mkdir(parents=True, exist_ok=True)
        keep_mark(folder)
        db.session.remove()
        db.engine.dispose()
    with closing(sqlite3.connect(backup)) as source, closing(sqlite3.connect(file)) as target:
        source.backup(target)
    monkeypatch.setenv("CAG_INSTANCE", str(folder))
    monkeypatch.setenv("CAG_DATABASE_URL", f"sqlite:///{file}")
    monkeypatch.setenv("CAG_SECRET_KEY", "test-secret")
    monkeypatch.setenv("CAG_DATA_KEY", DATA_KEY)
    monkeypatch.setenv("CAG_INDEX_KEY", INDEX_KEY)

    first = CliRunner().invoke(main, ["worker", "--once"])
    second = CliRunner().invoke(main, ["restored", "--by", "5"])

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert "was restored" in first.output
    assert "was restored" not in second.output
    with app.app_context():
        assert set(sequences().values()) == {105}
