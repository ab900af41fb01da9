"""Loads programme files and writes the programme as one."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select

from cag_events.accounts.models import Account
from cag_events.db import db, transaction
from cag_events.domain.when import HOME
from cag_events.events import records
from cag_events.events.models import Event, EventPartner, EventPerson, EventSegment, EventTheme, Theme
from cag_events.exchange.changes import Changes, compare
from cag_events.exchange.faults import BadFile
from cag_events.exchange.files import Source
from cag_events.exchange.queries import MODELS, known_keys, written_rows, written_single
from cag_events.exchange.reading import read_programme
from cag_events.exchange.storing import ids_of, store_rows, store_single, theme_ids
from cag_events.exchange.storing_events import CHUNK, Progress, keep_secrets, store_events
from cag_events.exchange.tables import ROWS, SINGLE
from cag_events.exchange.telling import before_places, tell, tell_places


@dataclass(frozen=True)
class Receipt:
    """How many rows of each table were new, changed, and as they were."""

    new: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    same: dict[str, int] = field(default_factory=dict)


AFTER_EVENTS: Final = ("productions",)  # what points to events


def _silent(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def load(
    sources: Sequence[Source],
    *,
    anchor: dt.date | None = None,
    dry_run: bool = False,
    progress: Progress = _silent,
) -> Receipt:
    """Insert or update what programme files say, by key: all of it, or nothing.

    `anchor`: the Monday from which weeks count, instead of the files' own. Rows that are as the file says are not
    touched. Raises BadFile with every fault. Notes event.changed for the events that changed or point to what did, and
    for shown ones event.moved, .capacity_changed, .published, .postponed, .cancelled or .withdrawn as the editor would.
    """
    known = known_keys()
    exist = {table: set(db.session.scalars(select(_key(table)))) for table in ROWS}
    programme = read_programme(sources, known, exist, anchor)
    if programme.faults or dry_run:
        changes = compare(programme)
        if programme.faults:
            raise BadFile(programme.faults)
        return _receipt(changes)
    with transaction():
        changes = compare(programme)
        if programme.faults:
            raise BadFile(programme.faults)
        if changes:
            _store(changes, progress)
        keep_secrets(programme.rows["events"])
    return _receipt(changes)


def _store(changes: Changes, progress: Progress) -> None:
    store_single(changes)
    places = before_places(changes.rows.get("venues", []))
    for table in ROWS:
        if table not in ("events", *AFTER_EVENTS):
            store_rows(table, changes.rows.get(table, []))
    home = written_single()["meta"].get("timezone") or HOME
    stored, told = store_events(changes.rows.get("events", []), home, progress)
    for table in AFTER_EVENTS:
        store_rows(table, changes.rows.get(table, []))
    touched = sorted({*stored, *_pointing_to(changes)})
    for start in range(0, len(touched), CHUNK):
        records.refresh(touched[start : start + CHUNK])
        progress("pages", min(start + CHUNK, len(touched)), len(touched))
    if not touched:
        records.raise_version()
    tell(told)
    tell_places(places)


def _pointing_to(changes: Changes) -> set[int]:
    """Return the ids of events that show something that changed: a venue's name, a speaker's title."""
    found: set[int] = set()
    for table, column in _POINTERS.items():
        keys = [change.key for change in changes.rows.get(table, []) if change.before is not None]
        if not keys:
            continue
        if table == "themes":
            ids: Iterable[int] = _with_subtopics([theme_ids()[key] for key in keys])
        else:
            ids = ids_of(table, keys).values()
        event_id = Event.id if column.class_ is Event else column.class_.event_id
        found |= set(db.session.scalars(select(event_id).where(column.in_(list(ids)))))
    return found


def _with_subtopics(ids: list[int]) -> list[int]:
    return [*ids, *db.session.scalars(select(Theme.id).where(Theme.parent_id.in_(ids)))]


_POINTERS: Final[dict[str, Any]] = {
    "venues": Event.venue_id,
    "campaigns": Event.campaign_id,
    "users": Event.lead_id,
    "themes": EventTheme.theme_id,
    "segments": EventSegment.segment_id,
    "partners": EventPartner.partner_id,
    "contacts": EventPerson.contact_id,
}


def _key(table: str) -> Any:
    return Account.email if table == "users" else MODELS[table].key


def _receipt(changes: Changes) -> Receipt:
    receipt = Receipt(same={table: number for table, number in changes.same.items() if number})
    for table, rows in changes.rows.items():
        for counts, number in (
            (receipt.new, sum(change.before is None for change in rows)),
            (receipt.changed, sum(change.before is not None for change in rows)),
        ):
            if number:
                counts[table] = number
    return receipt


def export(progress: Callable[[str, int, int], None] = _silent) -> dict[str, Any]:
    """Return the whole programme as tables of a programme file; dates as dates, registrations never."""
    single = written_single()
    tables: dict[str, Any] = {name: table.write(single[name]) for name, table in SINGLE.items() if name in single}
    for number, (name, spec) in enumerate(ROWS.items(), start=1):
        tables[name] = [spec.write(row) for row in written_rows(name).values()]
        progress(name, number, len(ROWS))
    if "generator" in single:
        tables["generator"] = single["generator"]
    return tables
