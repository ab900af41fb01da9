"""Turns at writing: whoever waits is next, whatever process it is in, and a process that dies gives its turn back."""

import fcntl
import multiprocessing
import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from cag_events import turns
from cag_events.db import db, transaction
from cag_events.web.models import Throttle
from tests.conftest import NOW
from tests.serving.program import until

PATIENCE = 30.0
FORK = multiprocessing.get_context("fork")


def hold(path: str, has_it: Any, may_end: Any) -> None:
    """Hold the turn in another process until told to end."""
    with turns.taken(path, PATIENCE):
        has_it.set()
        may_end.wait(PATIENCE)


def started(path: str) -> tuple[Any, Any, Any]:
    """Start a process that holds the turn; with what ends it and what says that it has it."""
    has_it, may_end = FORK.Event(), FORK.Event()
    process = FORK.Process(target=hold, args=(path, has_it, may_end), daemon=True)
    process.start()
    return process, may_end, has_it


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "events.sqlite")


def test_taken_refuses_while_another_process_writes(path: str) -> None:
    process, may_end, has_it = started(path)
    has_it.wait(PATIENCE)

    with pytest.raises(turns.Busy), turns.taken(path, 0):
        pass
    may_end.set()
    process.join(PATIENCE)
    with turns.taken(path, 0):
        pass


def test_taken_is_free_again_when_its_process_is_killed(path: str) -> None:
    process, _may_end, has_it = started(path)
    has_it.wait(PATIENCE)

    os.kill(process.pid, signal.SIGKILL)
    process.join(PATIENCE)

    with turns.taken(path, 0):
        pass


def test_taken_lets_nobody_pass_who_is_next(path: str) -> None:
    """The turn goes to the process that waits, though this one asks again at once and without a pause."""
    order = []
    other_waits, other_has_it = FORK.Event(), FORK.Event()

    def wait() -> None:
        other_waits.set()
        with turns.taken(path, PATIENCE):
            other_has_it.set()

    with turns.taken(path, PATIENCE):
        process = FORK.Process(target=wait, daemon=True)
        process.start()
        other_waits.wait(PATIENCE)
        until(lambda: is_next_taken(path), "the other stands in line")
    with turns.taken(path, PATIENCE):
        order.append(other_has_it.is_set())
    process.join(PATIENCE)

    assert order == [True]


def is_next_taken(path: str) -> bool:
    """Whether somebody stands in line, asked from a process of its own: locks belong to processes."""
    said = FORK.Queue()

    def ask() -> None:
        with Path(f"{path}-turn").open("r+b") as file:
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, turns.IS_NEXT)
            except BlockingIOError:
                said.put(True)
            else:
                said.put(False)

    process = FORK.Process(target=ask)
    process.start()
    found = bool(said.get(timeout=PATIENCE))
    process.join(PATIENCE)
    return found


def test_taken_is_for_one_thread_at_a_time_and_twice_for_the_same(path: str) -> None:
    refused = []

    def ask() -> None:
        try:
            with turns.taken(path, 0):
                refused.append(False)
        except turns.Busy:
            refused.append(True)

    with turns.taken(path, PATIENCE), turns.taken(path, 0):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()

    assert refused == [True]


def test_transaction_is_busy_while_another_process_has_the_turn(app_ctx: Flask, monkeypatch: Any) -> None:
    monkeypatch.setattr("cag_events.db.BUSY_MILLISECONDS", 0)
    process, may_end, has_it = started(str(db.engine.url.database))
    has_it.wait(PATIENCE)

    with pytest.raises(OperationalError), transaction():
        pass
    may_end.set()
    process.join(PATIENCE)
    with transaction():
        db.session.add(Throttle(key=b"x" * 32, began_at=NOW, tries=1, strikes=0, seen_at=NOW))

    assert db.session.get(Throttle, b"x" * 32) is not None
