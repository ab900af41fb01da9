"""Raises versions of entries that read as before: where clocks have changed, and after a backup was restored.

A restored database knows less than subscribers do: a SEQUENCE that they have seen may come again with something else in
it, and they would keep what they have. The programme's version rises with every change; its highest is kept in a file
beside the database. Where the database is behind the file, it was restored, and everything rises by BY.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select, update

from cag_events import clock
from cag_events.accounts.models import Account
from cag_events.db import db, transaction
from cag_events.events import records
from cag_events.events.models import Event, ProgrammeVersion
from cag_events.events.queries import programme_version
from cag_events.feeds import stored
from cag_events.feeds.entries import versions_of
from cag_events.feeds.models import Entry

BY: Final = 100
CHUNK: Final = 500
MARK: Final = "programme.json"  # in the instance folder


def raise_moved(event_id: int, **_facts: Any) -> None:
    """Raise the entries of an event whose clocks have changed, where their first and last instant are what they were.

    As of a series in the midst of which summer time comes on another day. Within the unit that moved it.
    """
    now = clock.now()
    live = select(Entry).where(Entry.event_id == event_id, Entry.expires_at.is_(None))
    rows = list(db.session.scalars(live.execution_options(populate_existing=True)))
    highest = {uid: version.sequence for uid, version in versions_of({row.uid for row in rows}).items()}
    for row in rows:
        if row.tz and b"\r\nRRULE:" in row.body and row.last_modified != now:
            row.sequence = row.significant_sequence = highest[row.uid] + 1
            row.last_modified = now
            row.body = stored.versioned(row.body, row.sequence, now)
    db.session.flush()


def raise_all(by: int = BY, *, above: int = 0) -> None:
    """Raise every SEQUENCE, of tombstones and of events in no feed too, so that none goes back; in a unit of its own.

    `above`: a number that the programme's version has had.
    """
    with transaction():
        now, last = clock.now(), 0
        while rows := _rows_after(last):
            changes = [
                {
                    "id": row.id,
                    "sequence": row.sequence + by,
                    "significant_sequence": row.significant_sequence + by,
                    "last_modified": now,
                    "body": stored.versioned(row.body, row.sequence + by, now),
                }
                for row in rows
            ]
            db.session.execute(update(Entry), changes)
            last = rows[-1].id
        db.session.execute(update(Event).values(version=Event.version + by))
        records.refresh(db.session.scalars(select(Event.id)), announce=False)
        db.session.execute(update(ProgrammeVersion).where(ProgrammeVersion.number <= above).values(number=above + 1))
        db.session.expire_all()


def _rows_after(last: int) -> Sequence[Any]:
    columns = (Entry.id, Entry.sequence, Entry.significant_sequence, Entry.body)
    return db.session.execute(select(*columns).where(Entry.id > last).order_by(Entry.id).limit(CHUNK)).all()


def heed_restored(instance: Path) -> bool:
    """Raise everything if the database is behind what this machine has seen of it; tells whether it was."""
    mark = _read(instance / MARK)
    if not mark or mark.get("whose") != _whose():
        return False
    number, _changed_at = programme_version()
    seen = int(mark.get("number", 0))
    if number >= seen:
        return False
    raise_all(above=seen)
    keep_mark(instance)
    return True


def keep_mark(instance: Path) -> None:
    """Keep how far the programme has come, where that is farther than the file says."""
    whose, (number, _changed_at) = _whose(), programme_version()
    if not whose:
        return
    path = instance / MARK
    mark = {"whose": whose, "number": number}
    known = _read(path)
    if known == mark or (known.get("whose") == whose and int(known.get("number", 0)) > number):
        return
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(mark), "utf-8")
    fresh.replace(path)


def _whose() -> str:
    """Whose database it is: the random id of its first account; another installation's number says nothing."""
    first = select(func.min(Account.id)).scalar_subquery()
    return db.session.scalar(select(Account.row_id).where(Account.id == first)) or ""


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
