"""Keeps the rendered calendar entry of every occurrence and run, by language and circle, with its version.

Runs within the transaction that changes an event, so that nothing changes unseen: SEQUENCE rises by
one above the highest of the occurrence where a rendering differs, and what was shown and is no longer leaves a
tombstone. Entries come from what disclose() gives, never from the event's row.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from typing import Any, Final

from sqlalchemy import func, insert, or_, select, update

from cag_events import clock
from cag_events.db import UtcDateTime, db, transaction
from cag_events.domain import when
from cag_events.domain.calendar import Entry as CalendarEntry
from cag_events.domain.calendar import EntryStatus, vevent
from cag_events.domain.calendar.stream import PRODUCT
from cag_events.domain.disclosure import Viewer, disclose
from cag_events.domain.event import Circle, EventRecord, EventView, Safety, Visibility
from cag_events.domain.lifecycle import SHOWN
from cag_events.events import records
from cag_events.events.models import EventRecordRow
from cag_events.feeds import faults, stored
from cag_events.feeds.filters import tags_of
from cag_events.feeds.models import Entry, FeedState
from cag_events.feeds.rich import richer
from cag_events.feeds.vocabulary import words_in
from cag_events.feeds.wording import Words, entries_of, opening_entries
from cag_events.web import log
from cag_events.web.language import in_language, languages

CHUNK: Final = 500
UNLISTED: Final = "unlisted"  # shown at the event's own address, in no feed
HOURS: Final = "hours"  # opening hours in place of a banner
PUBLIC, MEMBERS, REGISTERED, RELEASED = (
    c.value for c in (Circle.PUBLIC, Circle.MEMBERS, Circle.REGISTERED, Circle.RELEASED)
)
RICH: Final = {circle: f"rich {circle}" for circle in (PUBLIC, HOURS, UNLISTED, MEMBERS)}  # by what they enrich
_MAKERS: Final[Mapping[str, Callable[[EventView, Words], list[CalendarEntry]]]] = {  # of circles beside the plain ones
    HOURS: opening_entries,
    **dict.fromkeys((RICH[PUBLIC], RICH[UNLISTED], RICH[MEMBERS]), richer(entries_of)),
    RICH[HOURS]: richer(opening_entries),
}
RENDERER: Final = "renderer"  # stands among the feeds' states for what all entries were rendered with
AFTER_END, AFTER_WITHDRAWAL = timedelta(days=30), timedelta(days=90)
Key = tuple[str, str, str]  # uid, language, circle


@dataclass(frozen=True, slots=True)
class Rendered:
    """A VEVENT, not yet versioned, with what feeds select and order it by."""

    event_id: int
    body: bytes
    tz: str
    starts_at: datetime
    ends_at: datetime
    tags: Mapping[str, Sequence[str]]


def refresh(event_ids: Sequence[int]) -> None:
    """Bring the entries of these events up to date, within the writing unit."""
    for start in range(0, len(event_ids), CHUNK):
        _refresh(list(event_ids[start : start + CHUNK]))
    if db.session.get(FeedState, RENDERER) is None:
        _note_renderer()  # the first entries of all: nothing to catch up with


@dataclass(frozen=True, slots=True)
class Version:
    """How far an occurrence has come, over all its languages and circles."""

    sequence: int
    significant_sequence: int
    last_modified: datetime


def versions_of(uids: Iterable[str]) -> dict[str, Version]:
    """Return for each UID that was ever shown its highest SEQUENCE, the last significant one, and its last change."""
    rows = db.session.execute(
        select(
            Entry.uid,
            func.max(Entry.sequence),
            func.max(Entry.significant_sequence),
            func.max(Entry.last_modified, type_=UtcDateTime()),
        )
        .where(Entry.uid.in_(list(uids)))
        .group_by(Entry.uid)
    )
    return {uid: Version(sequence, significant, changed) for uid, sequence, significant, changed in rows}


def catch_up(*, again: bool = True) -> int:
    """Render all events anew where our words, the site's address, its home or this program have changed; returns how
    many.

    For a worker: at its start (`again`: faulty events are tried once more) and each minute. An edit needs none of it.
    """
    row = db.session.get(FeedState, RENDERER)
    if row is not None and row.sha256 == _renderer():
        return _again(faults.list_faulty()) if again else 0
    ids = list(db.session.scalars(select(EventRecordRow.event_id).order_by(EventRecordRow.event_id)))
    for start in range(0, len(ids), CHUNK):  # a unit each, so that nobody waits long to write
        with transaction():
            refresh(ids[start : start + CHUNK])
    with transaction():
        _note_renderer()
        records.raise_version()
    return len(ids)


def _again(faulty: Sequence[int]) -> int:
    """Try the faulty events anew, which a mended program may be able to render; returns how many there were."""
    for event_id in faulty:
        with transaction():
            refresh([event_id])
            records.raise_version()
    return len(faulty)


def _renderer() -> bytes:
    """What decides how entries are written, apart from the events: this program, its words, the site's address."""
    return sha256(repr([PRODUCT, sorted(_MAKERS), [words_in(lang) for lang in languages()]]).encode()).digest()


def _note_renderer() -> None:
    db.session.merge(FeedState(key=RENDERER, sha256=_renderer(), changed_at=clock.now()))
    db.session.flush()


def _refresh(event_ids: list[int]) -> None:
    rows = db.session.execute(
        select(EventRecordRow.event_id, EventRecordRow.body).where(EventRecordRow.event_id.in_(event_ids))
    )
    found = {event_id: records.decode(body) for event_id, body in rows}
    gone = or_(Entry.event_id.in_(event_ids), Entry.event_id.is_(None) & Entry.expires_at.is_(None))
    known: dict[int | None, dict[Key, Entry]] = defaultdict(dict)
    for row in db.session.scalars(select(Entry).where(gone).execution_options(populate_existing=True)):
        known[row.event_id][row.uid, row.language, row.circle] = row
    faulty: set[int] = set()
    wanted = _wanted(found, known, faulty)
    changes = _Changes(clock.now())
    for event_id in {*event_ids, *known}:
        ready = wanted.get(event_id or 0, {})
        if ready is not None:
            _settle(ready, known.get(event_id, {}), changes)
    changes.write()
    faults.mark(event_ids, {event_id: wanted[event_id] is None for event_id in faulty})


def _wanted(
    found: Mapping[int, EventRecord], known: Mapping[int | None, dict[Key, Entry]], faulty: set[int]
) -> dict[int, dict[Key, Rendered] | None]:
    """Render all events; None for a faulty one whose last good entries may stay. Faulty ones are added to `faulty`."""
    wanted: dict[int, dict[Key, Rendered] | None] = {event_id: {} for event_id in found}
    views: dict[int, list[tuple[str, EventView, bool]]] = {}
    for lang in languages():
        with in_language(lang):
            words = words_in(lang)
            for record in found.values():
                ready = wanted[record.id]
                if ready is None:
                    continue
                try:
                    if record.id not in views:
                        views[record.id] = list(_views(record, known.get(record.id, {})))
                    ready.update(_render(views[record.id], words, known.get(record.id, {})))
                except Exception as fault:  # one bad event never breaks the others
                    log.fault(fault)
                    log.LOGGER.error("calendar entries left as they were", extra={"fields": {"event": record.id}})
                    faulty.add(record.id)
                    wanted[record.id] = None if _may_stay(record, known.get(record.id, {})) else {}
    return wanted


def _views(record: EventRecord, known: Mapping[Key, Entry]) -> Iterator[tuple[str, EventView, bool]]:
    """Yield each circle's view, and whether it is kept although it shows the same as the one before."""
    if record.status not in SHOWN:
        return
    now = clock.now()
    had = {circle for _, _, circle in known}
    if record.visibility is Visibility.PUBLIC:
        seen = disclose(record, Viewer(), now)
        circles = (PUBLIC, HOURS) if record.run_from else (PUBLIC,)
        yield from ((circle, seen, True) for circle in (*circles, *map(RICH.__getitem__, circles)))
    if record.visibility is Visibility.UNLISTED:
        seen = disclose(record, Viewer(), now)
        yield from ((circle, seen, True) for circle in (UNLISTED, RICH[UNLISTED]))
    if record.visibility in (Visibility.PUBLIC, Visibility.MEMBERS):
        seen = disclose(record, Viewer(circle=Circle.MEMBERS), now)
        # The richer one first, lest the plain one count as what it repeats.
        yield from ((circle, seen, circle in had) for circle in (RICH[MEMBERS], MEMBERS))
    if record.safety is not Safety.GUARDED:
        seat = Viewer(confirmed=True)
        start = record.starts_at or now
        yield REGISTERED, disclose(record, seat, start - timedelta(days=365)), REGISTERED in had
        yield RELEASED, disclose(record, seat, start), RELEASED in had


def _render(
    views: Sequence[tuple[str, EventView, bool]], words: Words, known: Mapping[Key, Entry]
) -> Iterator[tuple[Key, Rendered]]:
    """Yield the entries of an event in one language for each circle that sees something of its own."""
    before: dict[str, Rendered] = {}
    seen: EventView | None = None
    for circle, view, kept in views:
        same = seen is not None and replace(view, circle=seen.circle, hidden=seen.hidden) == seen
        if circle != HOURS and same and not kept:
            continue
        tags = tags_of(view) | {"disclosed": [_disclosed(view)]}
        made = _MAKERS.get(circle, entries_of)(view, words)
        for uid, group in groupby(made, key=lambda entry: entry.uid):
            row = known.get((uid, words.lang, circle))
            rendered = _rendered(view.id, list(group), row, tags)
            if kept or before.get(uid) is None or before[uid].body != rendered.body:
                yield (uid, words.lang, circle), rendered
            if circle not in _MAKERS:
                before[uid] = rendered
        if circle not in _MAKERS:
            seen = view


def _rendered(event_id: int, made: Sequence[CalendarEntry], row: Entry | None, tags: dict[str, list[str]]) -> Rendered:
    """Render the entries of one UID: dates that were shown and are left out now become cancelled ones."""
    blocks: list[CalendarEntry] = []
    for entry in made:
        overrides = list(_called_off(entry, row)) if row is not None and row.expires_at is None else []
        left_out = {override.recurrence_id for override in overrides}
        blocks += [replace(entry, exdates=tuple(day for day in entry.exdates if day not in left_out)), *overrides]
    spans = [span_of(entry) for entry in blocks]
    first = blocks[0]
    return Rendered(
        event_id,
        b"".join(map(vevent, blocks)),
        first.tz or "",
        min(start for start, _ in spans),
        max(end for _, end in spans),
        tags,
    )


def _called_off(entry: CalendarEntry, row: Entry) -> Iterator[CalendarEntry]:
    """Yield an override for each date of a rule that was shown and is no more."""
    start, end = entry.start, entry.end
    if not entry.exdates or not entry.tz or not isinstance(start, datetime) or not isinstance(end, datetime):
        return
    shown = stored.repeated(row.body)
    for day in entry.exdates:
        if isinstance(day, datetime) and when.meant_by(day, entry.tz) in shown:
            yield replace(
                entry,
                start=day,
                end=day + (end - start),
                rrule=None,
                exdates=(),
                recurrence_id=day,
                status=EntryStatus.CANCELLED,
            )


def span_of(entry: CalendarEntry) -> tuple[datetime, datetime]:
    """Return the first and last instant of an entry with all its dates; of an all-day one in UTC."""
    if entry.tz is None or entry.span is None:
        start, end = entry.start, entry.end
        return (
            datetime(start.year, start.month, start.day, tzinfo=UTC),
            datetime(end.year, end.month, end.day, tzinfo=UTC) + timedelta(days=1),
        )
    zone = when.zone(entry.tz)
    first, last = (wall.replace(tzinfo=zone).astimezone(UTC) for wall in entry.span)
    return first, last


def _disclosed(record: EventRecord) -> str:
    """Return what decides how much an entry may tell."""
    levels = ",".join(f"{aspect}={circle}" for aspect, circle in sorted(record.levels.items()))
    return f"{record.safety.value} {record.visibility.value} {levels}"


def _may_stay(record: EventRecord, known: Mapping[Key, Entry]) -> bool:
    """Tell whether the last good entries of a faulty event tell no more than may be told now."""
    plain = f"{record.safety.value} {record.visibility.value} "
    return record.status in SHOWN and all(
        str(row.tags.get("disclosed", [""])[0]).startswith(plain) for row in known.values() if row.expires_at is None
    )


class _Changes:
    """Rows to add and to change, written in bulk."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.added: list[dict[str, Any]] = []
        self.changed: list[dict[str, Any]] = []

    def write(self) -> None:
        """Send them."""
        if self.added:
            self.added.sort(key=lambda row: (row["language"], row["starts_at"]))  # a feed reads them side by side
            db.session.execute(insert(Entry), self.added)
        if self.changed:
            db.session.execute(update(Entry), self.changed)


def _settle(wanted: Mapping[Key, Rendered], known: Mapping[Key, Entry], changes: _Changes) -> None:
    """Compare what is to be shown with what is kept, and give versions to what differs."""
    highest: dict[str, int] = {}
    significant: dict[str, int] = {}
    for row in known.values():
        highest[row.uid] = max(highest.get(row.uid, 0), row.sequence)
        significant[row.uid] = max(significant.get(row.uid, 0), row.significant_sequence)
    for key, rendered in wanted.items():
        old = known.get(key)
        hashed = stored.hash_of(rendered.body)
        span = (rendered.starts_at, rendered.ends_at)
        has_moved = old is not None and (old.starts_at, old.ends_at) != span  # also where clocks alone have changed
        if old is not None and old.sha256 == hashed and old.expires_at is None and not has_moved:
            if old.tags != rendered.tags:
                changes.changed.append({"id": old.id, "tags": rendered.tags})
            continue
        uid = key[0]
        sequence = highest[uid] + 1 if uid in highest else 0
        if old is None and key[2] in RICH.values():
            sequence = highest.get(uid, 0)  # the same entry told more richly: nothing that anybody has is changed by it
        was = stored.significant(old.body) if old is not None else None
        is_other = has_moved or was != stored.significant(rendered.body)
        is_significant = is_other if old is not None else uid not in highest
        values = {
            "event_id": rendered.event_id,
            "sha256": hashed,
            "sequence": sequence,
            "significant_sequence": sequence if is_significant else significant.get(uid, 0),
            "last_modified": changes.now,
            "body": stored.versioned(rendered.body, sequence, changes.now),
            "tz": rendered.tz,
            "starts_at": rendered.starts_at,
            "ends_at": rendered.ends_at,
            "tags": rendered.tags,
            "expires_at": None,
        }
        if old is None:
            changes.added.append(dict(zip(("uid", "language", "circle"), key)) | values)
        else:
            changes.changed.append({"id": old.id} | values)
    for key, row in known.items():
        if key not in wanted and row.expires_at is None:
            changes.changed.append(_withdrawn(row, highest[row.uid] + 1, changes.now))


def _withdrawn(row: Entry, sequence: int, now: datetime) -> dict[str, Any]:
    """Return the row of an entry as a tombstone; kept until slow readers have met it."""
    body = stored.tombstone(row.body, words_in(row.language).withdrawn)
    return {
        "id": row.id,
        "sha256": stored.hash_of(body),
        "sequence": sequence,
        "significant_sequence": sequence,
        "last_modified": now,
        "body": stored.versioned(body, sequence, now),
        "expires_at": max(row.ends_at + AFTER_END, now + AFTER_WITHDRAWAL),
    }
