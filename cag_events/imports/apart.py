"""Reads calendars of others in a process of its own, which may be slow, large or broken without harming this one.

What is read comes from strangers. The process knows no secret of ours, ends after so much work, time and memory, and
answers with plain values. It is started anew, not forked: other threads of this process may hold locks meanwhile.
"""

import os
import resource
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from cag_events.domain.errors import N_, Refused
from cag_events.imports.foreign import ForeignCalendar, ForeignOccurrence
from cag_events.imports.reading import occurrences_between, read_calendar

MOST_CPU_SECONDS: Final = 10
MOST_SECONDS: Final = 20.0  # of waiting, where the machine has other things to do
MOST_BYTES: Final = 1 << 30  # of addresses; what a file of 5 MB takes at worst is a third
MOST_ANSWER: Final = 64 << 20
MOST_AT_ONCE: Final = 2  # of one process of ours: its other threads answer pages
MOST_DATES: Final = 20_000  # of a whole calendar
_KEPT_NAMES: Final = ("LANG", "LC_ALL", "PATH", "PYTHONPATH", "SYSTEMROOT")
_reading = threading.BoundedSemaphore(MOST_AT_ONCE)


@dataclass(frozen=True)
class Wish:
    """What is to be read: a calendar, with its dates between two moments where these are given."""

    home: str
    first: datetime | None = None
    last: datetime | None = None
    most_seconds: int = MOST_CPU_SECONDS
    most_bytes: int = MOST_BYTES


@dataclass(frozen=True)
class _Date:
    entry: int  # its place among the entries
    starts_at: datetime
    ends_at: datetime
    recurrence_at: datetime | None


@dataclass(frozen=True)
class _Answer:
    calendar: ForeignCalendar
    dates: tuple[_Date, ...] = ()


def read_apart(octets: bytes, *, home: str) -> ForeignCalendar:
    """Return what `read_calendar` finds. Raises Refused import.heavy, import.busy with the field `file`."""
    return _asked(octets, _wish(home)).calendar


def dates_apart(
    octets: bytes, first: datetime, last: datetime, *, home: str
) -> tuple[ForeignCalendar, list[ForeignOccurrence]]:
    """Return a calendar and its dates that touch a time, in order, at most 20,000. Raises as `read_apart`."""
    answer = _asked(octets, _wish(home, first, last))
    entries = answer.calendar.entries
    return answer.calendar, [
        ForeignOccurrence(
            entry=entries[one.entry], starts_at=one.starts_at, ends_at=one.ends_at, recurrence_at=one.recurrence_at
        )
        for one in answer.dates
    ]


def surroundings() -> dict[str, str]:
    """Return what the process is told of its surroundings: where programs are, none of our settings and keys."""
    return {name: os.environ[name] for name in _KEPT_NAMES if name in os.environ}


def _wish(home: str, first: datetime | None = None, last: datetime | None = None) -> Wish:
    return Wish(home, first, last, MOST_CPU_SECONDS, MOST_BYTES)


def _asked(octets: bytes, wish: Wish) -> _Answer:
    if not _reading.acquire(timeout=MOST_SECONDS):
        text = N_("Other calendars are being read at the moment. Try again in a minute.")
        raise Refused("import.busy", text, field="file")
    try:
        done = subprocess.run(  # this very program; the file comes by its standard input
            [sys.executable, "-P", "-m", "cag_events.imports.apart"],
            input=msgspec.json.encode(wish) + b"\n" + octets,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a trace could quote what the file holds
            env=surroundings(),
            timeout=MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        raise _heavy() from fault
    finally:
        _reading.release()
    if done.returncode or not done.stdout or len(done.stdout) > MOST_ANSWER:
        raise _heavy()
    return msgspec.json.decode(done.stdout, type=_Answer)


def _heavy() -> Refused:
    text = N_("The calendar takes too long to read. Export a part of it, a year for instance.")
    return Refused("import.heavy", text, field="file")


def _limit(wish: Wish) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (wish.most_seconds, wish.most_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (wish.most_bytes, wish.most_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no files; the answer goes through a pipe


def _main() -> None:
    """Read what standard input holds: a wish on the first line, then the file."""
    wish = msgspec.json.decode(sys.stdin.buffer.readline(), type=Wish)
    _limit(wish)
    octets = sys.stdin.buffer.read()
    calendar = read_calendar(octets, home=wish.home)
    dates: tuple[_Date, ...] = ()
    if wish.first is not None and wish.last is not None:
        places = {id(entry): number for number, entry in enumerate(calendar.entries)}
        found = occurrences_between(calendar, wish.first, wish.last)[:MOST_DATES]
        dates = tuple(_Date(places[id(one.entry)], one.starts_at, one.ends_at, one.recurrence_at) for one in found)
    sys.stdout.buffer.write(msgspec.json.encode(_Answer(calendar, dates)))


if __name__ == "__main__":
    _main()
