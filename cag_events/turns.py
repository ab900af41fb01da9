"""Turns at writing an SQLite file: one writer at a time among all threads and processes, and nobody is passed for long.

SQLite alone would do, but it lets who waits sleep for up to 100 ms at a time and gives the file to whoever happens to
ask then: with two processes under load somebody waits for seconds. Here two bytes of a file beside the database are
locked: one by who writes, one by who is next. Locks end with their process, by kill -9 too.
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

WRITES, IS_NEXT = 0, 1  # the bytes
PAUSE_SECONDS = 0.0003  # between two looks at a lock; one thread a process looks at a time

_in_process = threading.RLock()


def _begin_anew() -> None:
    """Let a process that was made while a thread of its parent wrote not wait for that thread, which it has not."""
    global _in_process  # noqa: PLW0603 (one lock a process)
    _in_process = threading.RLock()


os.register_at_fork(after_in_child=_begin_anew)


class Busy(Exception):
    """Somebody else has been writing for longer than one is willing to wait."""


@contextmanager
def taken(path: str | None, patience: float) -> Iterator[None]:
    """Hold the turn at a database file; `path` None: one that only this process has. Raises Busy after so many seconds.

    A second turn of the same thread is taken at once.
    """
    until, mine = time.monotonic() + patience, _in_process
    if not mine.acquire(timeout=patience):
        raise Busy
    try:
        if path is None:
            yield
            return
        file = os.open(f"{path}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(file, IS_NEXT, until)
            _lock(file, WRITES, until)
            fcntl.lockf(file, fcntl.LOCK_UN, 1, IS_NEXT)
            yield
        finally:
            os.close(file)  # ends both locks
    finally:
        mine.release()


def _lock(file: int, byte: int, until: float) -> None:
    while True:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise Busy from None
            time.sleep(PAUSE_SECONDS)
        else:
            return
