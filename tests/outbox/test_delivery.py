"""Messages reach a real mail server, one bad one never stops the rest, and nothing is lost while the way is closed."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.outbox.delivery import BACK_OFF, CLAIM, GIVE_UP_AFTER, deliver_due, work_once
from cag_events.outbox.models import Delivery, Heartbeat, Message
from cag_events.outbox.transports import FileTransport, SmtpTransport
from tests.conftest import NOW
from tests.outbox.conftest import SENDER, queued
from tests.outbox.post_office import Office, free_port, opened, read


def states() -> dict[str, Delivery]:
    """The state of each message by its recipient's number."""
    rows = db.session.scalars(select(Message).execution_options(populate_existing=True))
    return {row.key.removeprefix("test:"): row.state for row in rows}


def message(number: int = 1) -> Message:
    """A message as it stands in the database."""
    found = db.session.scalar(
        select(Message).where(Message.key == f"test:{number}").execution_options(populate_existing=True)
    )
    assert found is not None
    return found


def test_deliver_sends_one_mail_to_each_person(any_ctx: Flask, office: Office) -> None:
    queued(1)
    queued(2)

    deliver_due(SmtpTransport(office.url), SENDER)

    assert office.recipients == ["person1@example.org", "person2@example.org"]
    assert [mail["To"] for mail in office.mails] == ["person1@example.org", "person2@example.org"]
    assert [mail["Cc"] or mail["Bcc"] for mail in office.mails] == [None, None]
    assert states() == {"1": Delivery.SENT, "2": Delivery.SENT}


def test_deliver_sends_nothing_twice(app_ctx: Flask, office: Office) -> None:
    queued(1)

    deliver_due(SmtpTransport(office.url), SENDER)
    with clock.fixed(NOW + timedelta(days=10)):
        deliver_due(SmtpTransport(office.url), SENDER)

    assert len(office.octets) == 1


def test_deliver_keeps_messages_until_the_server_is_back(app_ctx: Flask) -> None:
    queued(1)
    queued(2)
    office = Office(port=free_port())
    transport = SmtpTransport(office.url)

    deliver_due(transport, SENDER)
    assert states() == {"1": Delivery.WAITING, "2": Delivery.WAITING}
    assert message().fault == "no connection to the mail server"

    with opened(office), clock.fixed(NOW + timedelta(minutes=2)):
        deliver_due(transport, SENDER)

    assert states() == {"1": Delivery.SENT, "2": Delivery.SENT}
    assert len(office.octets) == 2


def test_deliver_waits_longer_each_time_and_gives_up_after_three_days(app_ctx: Flask) -> None:
    queued(1)
    transport = SmtpTransport(f"smtp://127.0.0.1:{free_port()}")
    now, waits = NOW, []

    while states()["1"] is Delivery.WAITING:
        with clock.fixed(now):
            deliver_due(transport, SENDER)
        waits.append(message().due_at - now)
        now = message().due_at

    assert tuple(waits[: len(BACK_OFF)]) == BACK_OFF
    assert set(waits[len(BACK_OFF) :]) == {BACK_OFF[-1]}
    assert states() == {"1": Delivery.DEAD}
    assert now - BACK_OFF[-1] - NOW >= GIVE_UP_AFTER
    assert now - 2 * BACK_OFF[-1] - NOW < GIVE_UP_AFTER


def test_deliver_goes_on_after_a_refused_recipient(app_ctx: Flask, office: Office) -> None:
    for number in (1, 2, 3):
        queued(number)
    office.refuses["person2@example.org"] = "550 no such mailbox"

    deliver_due(SmtpTransport(office.url), SENDER)

    assert office.recipients == ["person1@example.org", "person3@example.org"]
    assert states() == {"1": Delivery.SENT, "2": Delivery.DEAD, "3": Delivery.SENT}
    assert message(2).fault == "recipient refused (550)"


def test_deliver_tries_again_where_a_recipient_is_refused_for_now(app_ctx: Flask, office: Office) -> None:
    queued(1)
    office.refuses["person1@example.org"] = "451 greylisted, come back"
    deliver_due(SmtpTransport(office.url), SENDER)
    assert states() == {"1": Delivery.WAITING}

    office.refuses.clear()
    with clock.fixed(NOW + BACK_OFF[0]):
        deliver_due(SmtpTransport(office.url), SENDER)

    assert states() == {"1": Delivery.SENT}


def test_deliver_goes_on_after_a_message_that_makes_the_server_hang_up(app_ctx: Flask, office: Office) -> None:
    for number in (1, 2, 3):
        queued(number)
    office.hangs_up_on.add("person1@example.org")

    deliver_due(SmtpTransport(office.url), SENDER)

    assert office.recipients == ["person2@example.org", "person3@example.org"]
    assert states() == {"1": Delivery.WAITING, "2": Delivery.SENT, "3": Delivery.SENT}


def test_deliver_reaches_good_messages_behind_many_that_make_the_server_hang_up(app_ctx: Flask, office: Office) -> None:
    for number in range(1, 7):
        queued(number)
    office.hangs_up_on.update(f"person{number}@example.org" for number in range(1, 6))

    deliver_due(SmtpTransport(office.url), SENDER)
    assert office.recipients == []
    with clock.fixed(NOW + BACK_OFF[0]):
        deliver_due(SmtpTransport(office.url), SENDER)

    assert office.recipients == ["person6@example.org"]


def test_deliver_goes_on_after_a_message_that_cannot_be_built(app_ctx: Flask, office: Office) -> None:
    queued(1)
    queued(2, to="no address at all")
    queued(3)

    deliver_due(SmtpTransport(office.url), SENDER)

    assert office.recipients == ["person1@example.org", "person3@example.org"]
    assert states() == {"1": Delivery.SENT, "2": Delivery.WAITING, "3": Delivery.SENT}


def test_deliver_gives_back_what_it_has_not_begun_when_it_is_told_to_stop(app_ctx: Flask, office: Office) -> None:
    queued(1)
    queued(2)

    deliver_due(SmtpTransport(office.url), SENDER, lambda: len(office.octets) == 1)
    deliver_due(SmtpTransport(office.url), SENDER)

    assert office.recipients == ["person1@example.org", "person2@example.org"]


def test_deliver_repeats_the_message_id_where_it_cannot_know_that_it_was_sent(app_ctx: Flask, office: Office) -> None:
    first = queued(1)
    deliver_due(SmtpTransport(office.url), SENDER)
    with db.engine.begin() as connection:  # as a worker leaves it that dies between sending and marking
        connection.execute(
            Message.__table__.update()
            .where(Message.id == first.id)
            .values(state=Delivery.WAITING, claimed_until=NOW + CLAIM)
        )

    deliver_due(SmtpTransport(office.url), SENDER)
    assert len(office.octets) == 1
    with clock.fixed(NOW + CLAIM + timedelta(seconds=1)):
        deliver_due(SmtpTransport(office.url), SENDER)

    assert len(office.octets) == 2
    assert office.mails[0]["Message-ID"] == office.mails[1]["Message-ID"]


def test_deliver_writes_a_file_for_each_mail_and_replaces_it_when_repeated(app_ctx: Flask, tmp_path: Path) -> None:
    first = queued(1)
    transport = FileTransport(tmp_path / "mail")
    deliver_due(transport, SENDER)
    with db.engine.begin() as connection:
        connection.execute(Message.__table__.update().where(Message.id == first.id).values(state=Delivery.WAITING))

    deliver_due(transport, SENDER)

    files = list((tmp_path / "mail").iterdir())
    assert [file.suffix for file in files] == [".eml"]
    assert read(files[0].read_bytes())["To"] == "person1@example.org"
    assert (tmp_path / "mail").stat().st_mode & 0o077 == 0


def test_work_leaves_a_sign_of_life_once_a_minute(app_ctx: Flask, tmp_path: Path) -> None:
    seen = []
    for seconds in (0, 30, 90):
        with clock.fixed(NOW + timedelta(seconds=seconds)):
            work_once(FileTransport(tmp_path), SENDER)
        seen.append(db.session.scalar(select(Heartbeat.at)))

    assert seen == [NOW, NOW, NOW + timedelta(seconds=90)]


def test_smtp_refuses_to_send_a_password_without_encryption(app_ctx: Flask, office: Office) -> None:
    queued(1)

    deliver_due(SmtpTransport(f"smtp://user:secret@127.0.0.1:{office.port}"), SENDER)

    assert office.octets == []
    assert states() == {"1": Delivery.WAITING}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 25, False, "", "")),
        ("smtp://u:p%40ss@mail.example.org", ("mail.example.org", 587, False, "u", "p@ss")),
        ("smtps://u:p@mail.example.org", ("mail.example.org", 465, True, "u", "p")),
        ("smtp://u:p@mail.example.org:2525", ("mail.example.org", 2525, False, "u", "p")),
    ],
)
def test_smtp_reads_its_address(url: str, expected: tuple[str, int, bool, str, str]) -> None:
    transport = SmtpTransport(url)

    found = (transport.host, transport.port, transport.is_tls, transport.user, transport.password)

    assert found == expected
