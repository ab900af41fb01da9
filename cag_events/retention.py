"""Keeps the promises of how long things are kept: deletes all that is due, each part in writing units of its own.

Safe to repeat and to break off. One fault never stops the rest; what it left is tried again the next day.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from cag_events import clock
from cag_events.accounts import sessions
from cag_events.accounts.services import sweep_tokens
from cag_events.audit import services as audit
from cag_events.db import db, end_reading, transaction
from cag_events.domain import when
from cag_events.events.extensions import Extension, every_extension
from cag_events.events.queries import get_record, lock_event
from cag_events.events.services.passes import sweep_passes
from cag_events.events.services.venues import sweep_places
from cag_events.feeds.services import sweep_fetches
from cag_events.imports.services import sweep_imports
from cag_events.outbox.retention import clear_messages, delete_facts, list_old_files
from cag_events.permissions import SYSTEM
from cag_events.registrations.services.passing import forget_unanswered
from cag_events.registrations.services.retention import delete_due, list_over
from cag_events.web import log, throttle

MAIL_FILES = "mail files"


class _Undone(Exception):
    """Nothing shall stay of what was tried."""


@dataclass
class Receipt:
    """How many rows were deleted or emptied, by table; how many parts of the work failed."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: int = 0


def _never() -> bool:
    return False


def run(mail_folder: Path, *, dry_run: bool = False, is_stopping: Callable[[], bool] = _never) -> Receipt:
    """Delete everything that is due; `dry_run`: only count it. `is_stopping` is asked between two parts."""
    receipt = Receipt()
    for part in _parts(mail_folder, dry_run=dry_run):
        if is_stopping():
            break
        try:
            receipt.counts += _undone(part) if dry_run else part()
        except Exception as fault:  # the edge: whatever is wrong with one part is no reason to leave the others
            log.fault(fault)
            db.session.rollback()
            receipt.faults += 1
    if receipt.counts and not dry_run:
        _log(receipt)
        overwrite()
    end_reading()
    return receipt


@dataclass
class Daily:
    """Runs it at the start and then once a day."""

    mail_folder: Path
    done_on: date | None = None

    def run_if_due(self, is_stopping: Callable[[], bool] = _never) -> bool:
        """Run unless it has been done today; tells whether it ran."""
        today = clock.now().date()
        if today == self.done_on:
            return False
        receipt = run(self.mail_folder, is_stopping=is_stopping)
        self.done_on = today
        log.LOGGER.info("retention", extra={"fields": {**receipt.counts, "faults": receipt.faults}})
        return True


def _parts(mail_folder: Path, *, dry_run: bool) -> Iterator[Callable[[], Counter[str]]]:
    for event_id, rooms in sorted(_held_by_rooms().items()):
        yield partial(_delete_of_rooms, event_id, rooms)
    for event_id in list_over():
        yield partial(delete_due, event_id)
    now = clock.now()
    for table, delete in (
        ("outbox_message", clear_messages),
        ("outbox_fact", delete_facts),
        ("web_session", partial(sessions.sweep, now)),
        ("account_token", sweep_tokens),
        ("throttle", partial(throttle.sweep, now)),
        ("event_pass", sweep_passes),
        ("venue_change", sweep_places),
        ("feed_fetch", sweep_fetches),
        ("calendar_import", sweep_imports),
        ("registration_delegate", forget_unanswered),
        ("audit_entry", audit.delete_due),
        (MAIL_FILES, partial(_delete_files, mail_folder, dry_run=dry_run)),
    ):
        yield partial(_counted, table, delete)


def _held_by_rooms() -> dict[int, list[Extension]]:
    """The events of which rooms that serve their kind keep something personal, with those rooms."""
    held: dict[int, list[Extension]] = defaultdict(list)
    for one in every_extension():
        for event_id in one.holding():
            held[event_id].append(one)
    return held


def _delete_of_rooms(event_id: int, rooms: Sequence[Extension]) -> Counter[str]:
    """Delete what is due in those rooms of an event that is over."""
    done: Counter[str] = Counter()
    with transaction():
        lock_event(event_id)
        record = get_record(event_id)
        if record.ends_at is not None and clock.now() >= record.ends_at:
            today = when.day_of(clock.now(), record.tz)
            for one in rooms:
                done += one.delete_due(record, today)
    return +done


def _counted(table: str, delete: Callable[[], int]) -> Counter[str]:
    return +Counter({table: delete()})


def _undone(part: Callable[[], Counter[str]]) -> Counter[str]:
    """Do a part, see what it did, and take it back."""
    counts: Counter[str] = Counter()
    with suppress(_Undone):
        with transaction():
            counts = part()
            raise _Undone
    return counts


def _log(receipt: Receipt) -> None:
    deleted = [f"{re.sub('[^a-z_]+', '_', table)}:{count}" for table, count in sorted(receipt.counts.items())]
    with transaction():
        audit.record("retention.run", by=SYSTEM, deleted=deleted, faults=receipt.faults)


def _delete_files(folder: Path, *, dry_run: bool) -> int:
    files = list_old_files(folder)
    for path in () if dry_run else files:
        path.unlink(missing_ok=True)
    return len(files)


def overwrite() -> None:
    """Let SQLite write its journal into the file and begin it anew, since it holds what was there before."""
    if db.engine.dialect.name != "sqlite":
        return
    end_reading()
    connection = db.engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()
