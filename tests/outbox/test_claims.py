"""Two workers at once send each message once, on both databases; without the claim both would send it."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest
from flask import Flask

from cag_events.db import db
from cag_events.outbox import delivery
from cag_events.outbox.delivery import deliver_due
from tests.outbox.conftest import SENDER, queued

MESSAGES = 30


class Ledger:
    """A transport that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    @contextmanager
    def open(self) -> Iterator["Ledger"]:
        """Nothing to connect to."""
        yield self

    def send(self, mail: EmailMessage) -> None:
        """Keep the address."""
        self.sent.append(str(mail["To"]))


def run_two(app: Flask) -> Counter[str]:
    """Let two workers begin at the same moment; return how often each address got a mail."""
    start, ledgers = threading.Barrier(2), [Ledger(), Ledger()]
    faults: list[BaseException] = []

    def worker(ledger: Ledger) -> None:
        try:
            with app.app_context():
                start.wait(10)
                for _ in range(MESSAGES):
                    deliver_due(ledger, SENDER)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=worker, args=(ledger,)) for ledger in ledgers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    return Counter(ledgers[0].sent + ledgers[1].sent)


def fill(app: Flask) -> set[str]:
    """Queue messages; return their addresses."""
    with app.app_context():
        addresses = {queued(number).to or "" for number in range(MESSAGES)}
        db.session.remove()
    return addresses


def test_deliver_sends_each_message_once_with_two_workers(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "BATCH", 3)
    addresses = fill(any_app)

    sent = run_two(any_app)

    assert sent == Counter(addresses)


def test_deliver_would_send_messages_twice_without_the_claim(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(any_app)
    both_have_read = threading.Barrier(2)
    claim = delivery._claim

    def unmarked() -> list[int]:
        """Read what is due, leave no mark, and begin when the other worker has read it too."""
        ids = claim()
        delivery._release(ids)
        try:
            both_have_read.wait(5)
        except threading.BrokenBarrierError:  # the second round: the other one has ended
            return []
        return ids

    monkeypatch.setattr(delivery, "_claim", unmarked)
    sent = run_two(any_app)

    assert max(sent.values()) == 2
