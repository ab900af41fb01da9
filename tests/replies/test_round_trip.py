"""From a real mail server to a calendar and back, by a pipe and by a mailbox; other programs write the answers."""

import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import playwright
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from cag_events import clock
from cag_events.cli import main
from cag_events.db import db
from cag_events.domain.seats import Status
from cag_events.outbox.delivery import work_once
from cag_events.outbox.mime import Sender
from cag_events.outbox.transports import SmtpTransport
from cag_events.replies.daily import timed
from cag_events.replies.mailbox import Mailbox, MailboxClosed, read_new
from cag_events.replies.models import CalendarReply, Outcome
from tests.calendars import read_strictly
from tests.conftest import DATA_KEY, INDEX_KEY, NOW
from tests.factories import make_event
from tests.outbox.post_office import Office
from tests.outbox.post_office import opened as post_office
from tests.replies.imap_server import Folder, closed_port
from tests.replies.imap_server import opened as imap_server
from tests.replies.round import Invited, answer, invited, mailed

SENDER = Sender(address="events@localhost", name="Provhuset", reply_to="ask@example.org")
STAMP = "2026-11-21T10:00:00Z"
NODE = Path(playwright.__file__).parent / "driver" / "node"
SCRIPT = Path(__file__).parents[1] / "vendor" / "ical.js-2.2.1" / "answer.mjs"


def delivered() -> list[EmailMessage]:
    """What a mail server takes of all that is due."""
    with post_office(Office()) as office:
        work_once(SmtpTransport(office.url), SENDER)
        return office.mails


def calendar_of(mail: EmailMessage) -> str:
    """The calendar part of a mail, as its reader's program finds it."""
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    octets = part.get_payload(decode=True)
    assert isinstance(octets, bytes)
    return octets.decode()


def ical_js_answer(person: Invited, partstat: str = "DECLINED") -> str:
    """What a calendar program made with ical.js answers."""
    asked = {
        "calendar": person.request,
        "attendee": person.email,
        "partstat": partstat,
        "stamp": STAMP,
    }
    run = subprocess.run([NODE, SCRIPT], input=json.dumps(asked).encode(), capture_output=True, check=True, timeout=60)
    return run.stdout.decode()


def piped(app: Flask, octets: bytes, *args: str, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Hand a mail to the command, as a mail server does."""
    settings = {
        "CAG_INSTANCE": app.instance_path,
        "CAG_DATABASE_URL": str(db.engine.url.render_as_string(hide_password=False)),
        "CAG_SECRET_KEY": "test-secret",
        "CAG_DATA_KEY": DATA_KEY,
        "CAG_INDEX_KEY": INDEX_KEY,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    db.session.rollback()
    return CliRunner().invoke(main, ["replies", *args], input=octets)


@pytest.mark.parametrize("written", [answer, ical_js_answer])
def test_an_invitation_goes_out_its_answer_comes_back_by_a_mailbox_and_the_undo_works(
    app_ctx: Flask, written: Callable[[Invited], str]
) -> None:
    event = make_event(capacity=1, starts="2026-12-20T18:00")
    person, waiting = invited(event), invited(event, 2)
    sent = next(mail for mail in delivered() if mail["To"] == person.email)
    assert sent["From"].addresses[0].addr_spec == person.organizer
    assert sent["Reply-To"] == "ask@example.org"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert calendar_of(sent) == person.request

    folder = Folder()
    folder.put(mailed(person, written(person)))
    with imap_server(folder):
        assert read_new(Mailbox(folder.url)) == 1

    assert folder.flags == {1: {r"\Seen"}}
    assert (person.row.status, waiting.row.status) == (Status.WITHDRAWN, Status.CONFIRMED)
    told = [mail for mail in delivered() if mail["To"] == person.email][-1]
    called_off = read_strictly(calendar_of(told).encode()).components("VEVENT")[0]
    assert called_off.one("UID").value == person.uid
    assert called_off.one("STATUS").value == "CANCELLED"
    assert int(called_off.one("SEQUENCE").value) > person.sequence
    assert called_off.one("ATTENDEE").value == person.event.one("ATTENDEE").value

    page = next(word for word in str(told.get_body(("plain",)).get_content()).split() if "/registrations/" in word)
    client = app_ctx.test_client()
    with clock.fixed(NOW + timedelta(hours=30)):
        page = page.replace("http://127.0.0.1:5000", "")
        shown = client.get(page).text
        token = shown.partition('name="csrf_token" value="')[2].partition('"')[0]
        answered = client.post(page, data={"csrf_token": token, "action": "restore"})
    assert answered.status_code == 303
    assert person.row.status is Status.WAITLISTED  # the seat is somebody else's by now: first in line again


def test_a_pipe_frees_the_seat_and_ends_well(app_ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    person = invited(make_event())

    done = piped(app_ctx, mailed(person, answer(person)), monkeypatch=monkeypatch)

    assert (done.exit_code, done.output) == (0, "freed\n")
    assert person.row.status is Status.WITHDRAWN


def test_a_pipe_takes_the_address_from_the_mail_server(app_ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    person = invited(make_event())
    bare = answer(person).replace("\r\n ", "").replace(f"ORGANIZER;CN=Provhuset:mailto:{person.organizer}\r\n", "")
    lines = [line for line in bare.splitlines(keepends=True) if not line.startswith("ORGANIZER")]
    octets = mailed(person, "".join(lines), To="events@localhost")

    done = piped(app_ctx, octets, "--recipient", person.organizer, monkeypatch=monkeypatch)

    assert (done.exit_code, done.output) == (0, "freed\n")


@pytest.mark.parametrize("octets", [b"", b"Hej!", b"x" * 300_000])
def test_a_pipe_ends_well_where_there_is_nothing_to_do(
    app_ctx: Flask, monkeypatch: pytest.MonkeyPatch, octets: bytes
) -> None:
    done = piped(app_ctx, octets, monkeypatch=monkeypatch)

    assert done.exit_code == 0
    assert done.output.startswith("nothing to do: ")


def test_a_pipe_asks_the_mail_server_to_try_again_while_the_database_is_away(
    app_ctx: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    person = invited(make_event())
    octets = mailed(person, answer(person))
    monkeypatch.setattr(app_ctx, "instance_path", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("CAG_INSTANCE", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("CAG_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    done = CliRunner().invoke(main, ["replies"], input=octets)

    assert done.exit_code == 75
    assert person.row.status is Status.CONFIRMED


def test_a_mailbox_is_read_once_and_what_people_write_is_left_for_them(app_ctx: Flask) -> None:
    del app_ctx
    person = invited(make_event())
    absent = mailed(person, answer(person), Auto_Submitted="auto-replied")
    folder = Folder()
    folder.put(b"Subject: Hej\r\n\r\nKan jag ta med min hund?", mailed(person, answer(person)), absent, b"x" * 300_000)
    with imap_server(folder):
        assert read_new(Mailbox(folder.url)) == 4
        assert read_new(Mailbox(folder.url)) == 0

    assert folder.flags == {1: {r"\Flagged"}, 2: {r"\Seen"}, 3: {r"\Seen"}, 4: {r"\Flagged"}}
    assert person.row.status is Status.WITHDRAWN


def test_a_connection_that_ends_before_the_mark_leaves_the_mail_and_it_counts_once(app_ctx: Flask) -> None:
    del app_ctx
    person = invited(make_event())
    folder = Folder(hangs_up_after="UID")
    folder.put(mailed(person, answer(person, "TENTATIVE")))
    with imap_server(folder):
        with pytest.raises(MailboxClosed):
            read_new(Mailbox(folder.url))
        folder.hangs_up_after = ""
        assert read_new(Mailbox(folder.url)) == 1
        folder.flags[1].clear()
        assert read_new(Mailbox(folder.url)) == 1

    assert [reply.outcome for reply in db.session.scalars(select(CalendarReply))] == [Outcome.KEPT]


def test_the_worker_reads_the_mailbox_and_leaves_it_alone_for_longer_while_it_is_closed(
    make_app: Callable[..., Flask], sqlite_url: str
) -> None:
    folder = Folder()
    with imap_server(folder):
        app = make_app(sqlite_url, imap_url=folder.url)
        with app.app_context():
            person = invited(make_event())
            folder.put(mailed(person, answer(person)))
            assert timed(NOW) == 1
            assert person.row.status is Status.WITHDRAWN
            folder.password = "another"
            assert timed(NOW + timedelta(minutes=1)) == 0
            logins = folder.logins
            assert timed(NOW + timedelta(minutes=1, seconds=30)) == 0
            assert folder.logins == logins
            app.extensions["cag_replies_turns"].next_at = None
    assert db  # the engine is disposed of by make_app


def test_a_mailbox_that_is_not_there_is_said_without_its_password() -> None:
    mailbox = Mailbox(f"imap://events:hemligt@127.0.0.1:{closed_port()}/INBOX")

    with pytest.raises(MailboxClosed) as raised, mailbox.open():
        pass

    assert "hemligt" not in str(raised.value)
    assert "hemligt" not in repr(mailbox)
