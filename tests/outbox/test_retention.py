"""What the outbox forgets, and when: texts, recipients, facts, files."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.errors import Refused
from cag_events.outbox.delivery import BACK_OFF, deliver_due
from cag_events.outbox.models import Delivery, Fact, Message
from cag_events.outbox.queries import count_dead
from cag_events.outbox.retention import BATCH, clear_messages, delete_facts, list_old_files
from cag_events.outbox.services import resend
from cag_events.outbox.transports import FileTransport, SmtpTransport
from cag_events.permissions import SYSTEM, Role
from tests.conftest import NOW
from tests.factories import sign_in
from tests.outbox.conftest import SENDER, new_message, queued
from tests.outbox.post_office import Office

WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)
SEALED = ("to_sealed", "subject_sealed", "text_sealed", "html_sealed", "calendar_sealed")


def cleared(message_id: int) -> bool:
    row = db.session.get_one(Message, message_id, populate_existing=True)
    held = [getattr(row, name) for name in SEALED]
    assert (held == [None] * 5) is (row.to_index == b"")
    return held == [None] * 5


def test_clear_messages_takes_what_was_sent_a_week_ago_and_nothing_that_waits(any_ctx: Flask, tmp_path: Path):
    sent = queued(1, calendar="BEGIN:VCALENDAR", method="REQUEST").id
    deliver_due(FileTransport(tmp_path), SENDER)
    waiting = queued(2).id
    numbers = []
    for moment in (NOW + WEEK - SECOND, NOW + WEEK, NOW + WEEK):
        with clock.fixed(moment):
            numbers.append(clear_messages())

    assert numbers == [0, 1, 0]
    assert (cleared(sent), cleared(waiting)) == (True, False)


def test_clear_messages_takes_dead_ones_a_week_after_they_died(any_ctx: Flask, office: Office):
    office.refuses["person1@example.org"] = "550 no such user"
    message = queued(1)
    with clock.fixed(NOW + timedelta(hours=1)):
        deliver_due(SmtpTransport(office.url), SENDER)
    numbers = []
    for moment in (NOW + WEEK + timedelta(hours=1), NOW + WEEK + timedelta(hours=1) + BACK_OFF[0]):
        with clock.fixed(moment):
            numbers.append((count_dead(), clear_messages()))

    assert numbers == [(1, 0), (1, 1)]
    assert count_dead() == 0
    with pytest.raises(Refused) as refused:
        resend(message.row_id, by=SYSTEM)
    assert refused.value.code == "message.removed"


def test_clear_messages_goes_on_beyond_one_batch(app_ctx: Flask):
    columns = {"state": Delivery.SENT, "sent_at": NOW}
    with transaction():
        for number in range(BATCH + 1):
            new = new_message(number)
            db.session.add(
                Message(
                    key=new.key,
                    kind=new.kind,
                    language="sv",
                    to=new.to,
                    to_index=b"x" * 32,
                    created_at=NOW,
                    wanted_at=NOW,
                    due_at=NOW,
                    **columns,
                )
            )

    with clock.fixed(NOW + WEEK):
        assert clear_messages() == BATCH + 1


def test_cleared_message_is_shown_without_recipient_and_text(app: Flask):
    client = app.test_client()
    with app.app_context():
        row_id = queued(1).row_id
        deliver_due(FileTransport(Path(app.instance_path) / "mail"), SENDER)
        with clock.fixed(NOW + WEEK):
            clear_messages()
    with clock.fixed(NOW + WEEK):
        sign_in(client, Role.ADMIN)
        pages = [client.get(path) for path in ("/en/organise/mail", f"/en/organise/mail/{row_id}")]

    assert [(page.status_code, "Text deleted" in page.text) for page in pages] == [(200, True), (200, True)]
    assert [page.text.count("person1@example.org") for page in pages] == [0, 0]


def test_delete_facts_takes_those_followed_up_a_week_ago(any_ctx: Flask):
    with transaction():
        for name, handled in (("old", NOW), ("new", NOW + SECOND), ("open", None)):
            db.session.add(Fact(name=name, facts={}, noted_at=NOW, due_at=NOW, handled_at=handled))

    with clock.fixed(NOW + WEEK):
        assert delete_facts() == 1
    assert list(db.session.scalars(select(Fact.name).order_by(Fact.id))) == ["new", "open"]


def test_list_old_files_returns_mails_written_a_week_ago(tmp_path: Path):
    for name, moment in (("old.eml", NOW - WEEK), (".half.part", NOW - WEEK), ("new.eml", NOW), ("other", NOW - WEEK)):
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, (moment.timestamp(),) * 2)

    assert [path.name for path in list_old_files(tmp_path)] == [".half.part", "old.eml"]
    assert list_old_files(tmp_path / "missing") == []
