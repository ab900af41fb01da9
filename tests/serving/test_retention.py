"""The daily job as a whole: every part, faults, a dry run, the worker and the command."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, text

from cag_events import clock, keyring, retention, serving
from cag_events.accounts.models import AccountToken, WebSession
from cag_events.cli import main
from cag_events.db import Base, db, transaction
from cag_events.outbox.delivery import deliver_due
from cag_events.outbox.models import Fact
from cag_events.outbox.transports import FileTransport
from cag_events.registrations.models import Registration
from cag_events.web import throttle
from cag_events.web.settings import settings_of
from tests.conftest import DATA_KEY, INDEX_KEY, NOW
from tests.factories import at, make_account, make_event
from tests.outbox.conftest import SENDER, queued
from tests.registrations.wishes import made, of

LATER = "2027-01-02T08:00"  # what ended on 3 December is due
MakeApp = Callable[..., Flask]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where mails are kept as files."""
    return tmp_path / "mails"


def something_of_each(folder: Path) -> None:
    """Something that is due at LATER in each table."""
    made(make_event(), answers={"needs": "ramp"})
    account = make_account()
    with transaction():
        throttle.spend((throttle.LINK_EMAIL, "x"))
        db.session.add(
            WebSession(id_hash=b"s" * 32, account_id=account.id, created_at=NOW, last_seen_at=NOW, confirmed_at=NOW)
        )
        db.session.add(AccountToken(token_hash=b"t" * 32, account_id=account.id, purpose="reset", expires_at=NOW))
        for fact in db.session.scalars(select(Fact)):
            fact.handled_at = NOW
    queued(1)
    deliver_due(FileTransport(folder / "elsewhere"), SENDER)  # files carry the machine's own time


def snapshot() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    tables = Base.metadata.sorted_tables
    rows = {table.name: [tuple(row) for row in db.session.execute(table.select())] for table in tables}
    db.session.rollback()
    return {name: sorted(found, key=repr) for name, found in rows.items()}


def test_run_deletes_what_is_due_in_every_table_once(any_ctx: Flask, folder: Path):
    something_of_each(folder)
    with clock.fixed(at(LATER)):
        first, second = retention.run(folder), retention.run(folder)

    assert first == retention.Receipt(
        Counter(
            {
                "registration": 1,
                "event_data_key": 1,
                "outbox_message": 1,
                "outbox_fact": 1,
                "web_session": 1,
                "account_token": 1,
                "throttle": 1,
            }
        )
    )
    assert second == retention.Receipt()


def test_dry_run_counts_the_same_and_changes_nothing(any_ctx: Flask, folder: Path):
    something_of_each(folder)
    before = snapshot()
    with clock.fixed(at(LATER)):
        counted = retention.run(folder, dry_run=True)

        assert snapshot() == before
        assert counted.counts == retention.run(folder).counts


def test_run_deletes_mail_files_of_a_week_ago_but_not_in_a_dry_run(app_ctx: Flask, folder: Path):
    queued(1)
    deliver_due(FileTransport(folder), SENDER)
    with clock.fixed(NOW + timedelta(days=3650)):  # files carry the machine's own time
        dry = retention.run(folder, dry_run=True).counts[retention.MAIL_FILES]
        files = len(list(folder.iterdir()))
        done = retention.run(folder).counts[retention.MAIL_FILES]

    assert (dry, files, done, list(folder.iterdir())) == (1, 1, 1, [])


def test_fault_in_one_event_does_not_stop_the_others(any_ctx: Flask, folder: Path):
    broken, sound = make_event(starts="2026-12-03T17:00"), make_event()
    first, second = made(broken, 1, answers={"needs": "ramp"}), made(sound, 2, answers={"needs": "ramp"})
    with transaction():
        of(first).answers_sealed = keyring.seal_with(keyring.new_key(), "{}", "elsewhere")
    with clock.fixed(at("2026-12-10T08:00")):
        receipt = retention.run(folder)

    assert receipt.faults == 1
    assert of(second).answers is None
    assert of(first).answers_sealed is not None
    with clock.fixed(at(LATER)):
        assert retention.run(folder).faults == 0
    assert of(first).is_removed


def test_daily_runs_at_the_start_and_once_a_day(app_ctx: Flask, folder: Path):
    daily = retention.Daily(folder)
    ran = []
    for hours in (0, 1, 14, 15, 16, 39):
        with clock.fixed(NOW + timedelta(hours=hours)):
            ran.append(daily.run_if_due())

    assert ran == [True, False, False, True, False, True]


def test_daily_stops_between_two_parts_when_told_to(app_ctx: Flask, folder: Path):
    registered = made(make_event())
    with clock.fixed(at(LATER)):
        retention.Daily(folder).run_if_due(lambda: True)

    assert not of(registered).is_removed


def test_worker_deletes_what_is_due(any_app: Flask):
    with any_app.app_context():
        registered = made(make_event())
        db.session.remove()
    with clock.fixed(at(LATER)):
        serving.work(any_app, once=True)

    with any_app.app_context():
        assert of(registered).is_removed


def run_command(app: Flask, monkeypatch: pytest.MonkeyPatch, *arguments: str):
    """Run the command as an operator does, on the application's database."""
    settings = settings_of(app)
    for name, value in (
        ("INSTANCE", str(settings.instance)),
        ("DATABASE_URL", settings.database_url),
        ("SECRET_KEY", "test-secret"),
        ("DATA_KEY", DATA_KEY),
        ("INDEX_KEY", INDEX_KEY),
    ):
        monkeypatch.setenv(f"CAG_{name}", value)
    with clock.fixed(at(LATER)):
        return CliRunner().invoke(main, ["retention", *arguments])


def test_command_counts_then_deletes_and_prints_a_receipt(any_app: Flask, monkeypatch: pytest.MonkeyPatch):
    with any_app.app_context():
        made(make_event())
        db.session.remove()
    answers = [run_command(any_app, monkeypatch, *arguments) for arguments in (["--dry-run"], [], [])]

    lines = [[line.split(maxsplit=1) for line in answer.stdout.splitlines()] for answer in answers]
    rows = [["1", "event_data_key"], ["1", "registration"]]
    assert [answer.exit_code for answer in answers] == [0, 0, 0]
    assert lines[0] == [*rows, ["2", "would be deleted or emptied in all"]]
    assert lines[1] == [*rows, ["2", "deleted or emptied in all"]]
    assert lines[2] == [["0", "deleted or emptied in all"]]


def test_command_ends_with_1_when_a_part_failed_and_with_2_on_wrong_usage(app: Flask, monkeypatch: pytest.MonkeyPatch):
    with app.app_context():
        made(make_event())
        with transaction():
            db.session.execute(text("UPDATE event_record SET body = :body"), {"body": b"no record"})
        db.session.remove()
    answer = run_command(app, monkeypatch)

    assert (answer.exit_code, "1 parts failed" in answer.stderr) == (1, True)
    assert "Traceback" not in answer.stderr
    assert run_command(app, monkeypatch, "--wrong").exit_code == 2
    with app.app_context():
        assert db.session.scalar(select(Registration.name_sealed)) is not None
