"""The program as it is run: it registers, writes mails, stops when it is told to, and survives what kills processes."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import select

from cag_events import clock
from cag_events.config import Settings
from cag_events.db import db
from cag_events.outbox.delivery import CLAIM, deliver_due, work_once
from cag_events.outbox.models import Delivery, Message
from cag_events.outbox.transports import FileTransport, SmtpTransport
from cag_events.registrations.models import Registration
from cag_events.web.settings import settings_of
from tests.conftest import settings_for
from tests.factories import make_event
from tests.outbox.conftest import SENDER, queued
from tests.outbox.post_office import Office, opened, read
from tests.serving.program import Program, Visitor, until

pytestmark = pytest.mark.real_clock
MakeApp = Callable[..., Flask]


def database_of(app: Flask) -> str:
    """The address of an application's database."""
    settings: Settings = settings_of(app)
    return settings.database_url


def event_soon(app: Flask, capacity: int = 500) -> str:
    """The key of an event in a month that one can register for."""
    with app.app_context():
        starts = (clock.now() + timedelta(days=30)).replace(tzinfo=None, minute=0, second=0)
        key = make_event(starts=starts, capacity=capacity).key
        db.session.remove()
        db.engine.dispose()
    return key


def registered(app: Flask) -> Counter[str]:
    """How often each address is registered."""
    with app.app_context():
        addresses = Counter(row.email or "" for row in db.session.scalars(select(Registration)))
        db.session.remove()
        db.engine.dispose()
    return addresses


def test_serve_registers_and_writes_the_mail_and_stops_when_told(any_app: Flask, tmp_path: Path) -> None:
    key = event_soon(any_app)
    program = Program(tmp_path / "program", database_of(any_app))

    with program.serving():
        status = Visitor(program.url).register(key, "Anna Åberg", "anna@example.org")
        until(lambda: program.mail_files, "the mail is written")
        processes = program.tree()
        code = program.terminate()

    (mail,) = (read(path.read_bytes()) for path in program.mail_files)
    assert status == 303
    assert mail["To"] == "anna@example.org"
    assert f"{program.url}/sv/registrations/" in mail.get_body(("plain",)).get_content()
    assert code == 0
    assert [one.pid for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []


def test_serve_replaces_each_process_that_dies(make_app: MakeApp, sqlite_url: str, tmp_path: Path) -> None:
    key = event_soon(make_app(sqlite_url))
    program = Program(tmp_path / "program", sqlite_url)

    with program.serving("--workers", "1"):
        first = {one.pid for one in program.tree()[1:]}
        for pid in first:
            os.kill(pid, signal.SIGKILL)
        until(lambda: len({one.pid for one in program.tree()[1:]} - first) == 2, "both processes are replaced")
        until(lambda: Visitor(program.url).get("/healthz")[0] == 200, "the site answers again")
        status = Visitor(program.url).register(key, "Bo", "bo@example.org")
        until(lambda: program.mail_files, "the mail is written")

    assert status == 303


def test_processes_end_with_the_one_that_made_them(make_app: MakeApp, sqlite_url: str, tmp_path: Path) -> None:
    event_soon(make_app(sqlite_url))
    program = Program(tmp_path / "program", sqlite_url)

    with program.serving():
        first, *others = program.tree()
        first.kill()
        gone, alive = psutil.wait_procs(others, timeout=30)

    assert (len(gone), alive) == (3, [])


@pytest.mark.parametrize("deaf", [False, True], ids=["listens", "deaf"])
def test_process_ends_whose_maker_died_before_it_looked(deaf: bool) -> None:
    orphan = f"""
import os, signal, threading
from cag_events.serving import end_with
parent = os.getpid()
signal.signal(signal.SIGTERM, lambda *_: None)
if os.fork():
    os._exit(0)
while os.getppid() == parent:
    pass
end_with(parent)
if {deaf}:
    signal.signal(signal.SIGTERM, lambda *_: None)
threading.Event().wait()
"""

    done = subprocess.run([sys.executable, "-c", orphan], capture_output=True, timeout=60, check=True)  # till it ended

    assert done.stderr == b""


def test_kill_loses_nothing_that_was_acknowledged(any_app: Flask, tmp_path: Path) -> None:
    app, key = any_app, event_soon(any_app)
    program = Program(tmp_path / "program", database_of(any_app))
    acknowledged: list[str] = []

    def register(number: int) -> None:
        address = f"person{number}@example.org"
        try:
            if Visitor(program.url).register(key, f"Person {number}", address) == 303:
                acknowledged.append(address)
        except OSError:
            return  # the server was killed: not acknowledged

    with program.serving(), ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(register, number) for number in range(60)]
        until(lambda: len(acknowledged) >= 15, "some are registered")
        program.kill()
        for answer in answers:
            answer.result()
    kept = registered(app)
    with program.serving():
        assert Visitor(program.url).register(key, "Last", "last@example.org") == 303
        program.terminate()
    with app.app_context(), clock.fixed(clock.now() + CLAIM * 2):  # when the claims of the dead worker are over
        while work_once(FileTransport(program.folder / "mail"), SENDER):
            pass

    mailed = Counter(read(path.read_bytes())["To"] for path in program.mail_files)
    assert set(acknowledged) - set(kept) == set()
    assert set(kept.values()) == {1}
    assert mailed == kept + Counter(["last@example.org"])
    assert 15 <= len(acknowledged) < 60


def test_a_worker_that_dies_after_sending_is_followed_by_one_that_sends_the_same_mail(
    make_app: MakeApp, sqlite_url: str, tmp_path: Path
) -> None:
    class Fatal(Office):
        """Takes a mail and kills who sent it before saying so."""

        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
            answer = await super().handle_DATA(server, session, envelope)
            if program.process is not None and not program.is_over:
                program.process.kill()
            return answer

    app = make_app(sqlite_url)
    with app.app_context():
        queued(1)
        db.session.remove()
        db.engine.dispose()
    with opened(Fatal()) as office:
        program = Program(tmp_path / "program", sqlite_url, CAG_SMTP_URL=office.url, CAG_MAIL_FROM=SENDER.address)
        with program.running("worker"):
            until(lambda: program.is_over, "the worker is killed")
        program.process = None
        with app.app_context():
            state_after_death = db.session.scalar(select(Message.state))
            with clock.fixed(clock.now() + timedelta(minutes=11)):
                deliver_due(SmtpTransport(office.url), SENDER)
            state_in_the_end = db.session.scalar(select(Message.state).execution_options(populate_existing=True))

    assert state_after_death is Delivery.WAITING
    assert state_in_the_end is Delivery.SENT
    assert len(office.mails) == 2
    assert office.mails[0]["Message-ID"] == office.mails[1]["Message-ID"]


def test_worker_once_does_what_is_due_and_ends(make_app: MakeApp, sqlite_url: str, tmp_path: Path) -> None:
    app = make_app(sqlite_url)
    with app.app_context():
        for number in range(3):
            queued(number)
        db.session.remove()
        db.engine.dispose()
    program = Program(tmp_path / "program", sqlite_url)

    with program.running("worker", "--once"):
        until(lambda: program.is_over, "the worker ends")
        assert program.process is not None
        code = program.process.returncode

    assert code == 0
    assert len(program.mail_files) == 3


def test_serve_refuses_a_database_that_is_not_migrated(sqlite_url: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    program = Program(tmp_path / "program", sqlite_url)

    with program.running("serve", "--port", str(program.port)):
        until(lambda: program.is_over, "it ends")
        assert program.process is not None
        code = program.process.returncode

    printed = program.log.read_text("utf-8").splitlines()
    assert code == 1
    assert len(printed) == 1
    assert "cag-events migrate" in printed[0]


def test_serve_says_in_one_line_that_its_port_is_taken(make_app: MakeApp, sqlite_url: str, tmp_path: Path) -> None:
    program, office = Program(tmp_path / "program", sqlite_url), Office()
    with opened(office), program.running("serve", "--port", str(office.port)):
        until(lambda: program.is_over, "it ends")
        assert program.process is not None
        code = program.process.returncode

    assert code == 1
    assert "Traceback" not in program.log.read_text("utf-8")


def test_settings_for_tests_are_those_of_the_program(tmp_path: Path) -> None:
    program = Program(tmp_path, "sqlite:///x")

    settings = settings_for(tmp_path, "sqlite:///x")

    names = ("secret_key", "data_key", "index_key")
    assert [program.environment[f"CAG_{name.upper()}"] for name in names] == [getattr(settings, n) for n in names]
