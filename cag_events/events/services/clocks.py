"""Follows an update of the zone data: wall times stay, the instants that they mean are computed anew.

A law that changes a country's clocks moves what was planned there against the rest of the world, and nobody presses a
button for it. So each start compares the zone data with those of the last comparison, and where they differ looks at
everything that is still to come. Each event is a writing unit of its own and is compared again under its lock: several
processes may do this at once, and what was interrupted goes on at the next start.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from cag_events import clock, outbox
from cag_events.db import db, end_reading, transaction
from cag_events.domain import when
from cag_events.domain.lifecycle import SHOWN
from cag_events.events import records
from cag_events.events.drafts import occurrences_of
from cag_events.events.models import ClockChange, Event, Occurrence, ZoneData
from cag_events.events.queries import lock_event
from cag_events.events.services.revisions import keep_before, save_version
from cag_events.events.timing import set_span
from cag_events.permissions import SYSTEM
from cag_events.web import log

LARGEST_STEP: Final = timedelta(days=2)  # no law moves clocks by more: Samoa left out a day
ONE_ROW: Final = 1


@dataclass(frozen=True, slots=True)
class _Spans:
    """What an occurrence's wall times mean by the present zone data."""

    starts_at: datetime
    ends_at: datetime


def follow_zone_data() -> int:
    """Compare what is to come with the present zone data, once for each update; returns how many events moved.

    For the start of anything that serves or works, and after a migration. Notes event.changed; event.clocks_changed
    where dates moved, with the versions `before` and `after` of the event; in the end clocks.changed. An event that
    cannot be followed is logged and tried again at the next start.
    """
    seal = when.zone_fingerprint()
    row = db.session.get(ZoneData, ONE_ROW)
    if row is not None and row.sha256 == seal:
        return 0
    number = row.number + 1 if row is not None else 1
    wanted = list(_moved_events(clock.now()))
    end_reading()
    moved, is_whole = 0, True
    for event_id in wanted:
        try:
            with transaction():
                moved += _follow(event_id, number, clock.now())
        except Exception as fault:  # the edge: one event's fault must not hide the change of the others
            log.fault(fault)
            db.session.rollback()
            is_whole = False
    if is_whole:
        _remember(number, seal)
    return moved


def _remember(number: int, seal: bytes) -> None:
    """Keep with which data all was compared; another process may have been first."""
    try:
        with transaction():
            row = db.session.get(ZoneData, ONE_ROW, with_for_update=True, populate_existing=True)
            if row is not None and row.sha256 == seal:
                return
            if row is None:
                row = ZoneData(id=ONE_ROW)
                db.session.add(row)
            row.number, row.release, row.sha256 = number, when.zone_release(), seal
            row.compared_at = clock.now()
            db.session.flush()
            records.raise_version()  # calendars hold the zones themselves
            outbox.note("clocks.changed", number=number)
    except IntegrityError:
        return


def _moved_events(now: datetime) -> Iterator[int]:
    """Yield the events to come whose instants are not what their wall times mean, or whose hours clocks skip."""
    rows = db.session.execute(
        select(
            Occurrence.event_id,
            Occurrence.starts_wall,
            Occurrence.ends_wall,
            Occurrence.tz,
            Occurrence.starts_at,
            Occurrence.ends_at,
        )
        .where(Occurrence.ends_at > now - LARGEST_STEP)
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    found: dict[int, None] = {}
    for event_id, starts_wall, ends_wall, tz, starts_at, ends_at in rows:
        if event_id in found:
            continue
        is_same = _spans(starts_wall, ends_wall, tz) == _Spans(starts_at, ends_at)
        if not (is_same and _is_plain(starts_wall, tz) and _is_plain(ends_wall, tz)):
            found[event_id] = None
    runs = db.session.scalars(
        select(Event)
        .where(Event.run_to.is_not(None), Event.ends_at > now - LARGEST_STEP)
        .order_by(Event.starts_at, Event.id)
    )
    for event in runs:
        if event.id not in found and _span_of_run(event) != (event.starts_at, event.ends_at):
            found[event.id] = None
    yield from found


def _spans(starts_wall: str, ends_wall: str, tz: str) -> _Spans:
    starts, ends = datetime.fromisoformat(starts_wall), datetime.fromisoformat(ends_wall)
    starts_at, ends_at = when.meant_by(starts, tz), when.meant_by(ends, tz)
    if ends_at <= starts_at:  # the hour that it stood in is skipped: it lasts as long as it was to
        ends_at = starts_at + (ends - starts)
    return _Spans(starts_at, ends_at)


def _span_of_run(event: Event) -> tuple[datetime | None, datetime | None]:
    """What an event's first start and last end would be; nothing is changed."""
    probe = Event(run_from=event.run_from, run_to=event.run_to, tz=event.tz)
    set_span(probe, occurrences_of(event.id))
    return probe.starts_at, probe.ends_at


def _follow(event_id: int, number: int, now: datetime) -> bool:
    """Write an event's instants as its wall times mean them now; False where another process has done so."""
    event = lock_event(event_id)
    rows = occurrences_of(event.id)
    before: dict[str, list[str]] = {}
    gaps: list[str] = []
    for row in rows:
        if row.ends_at <= now - LARGEST_STEP:
            continue
        gaps += [wall for wall in (row.starts_wall, row.ends_wall) if not _is_plain(wall, row.tz)]
        if _spans(row.starts_wall, row.ends_wall, row.tz) != _Spans(row.starts_at, row.ends_at):
            before[str(row.id)] = [row.starts_at.isoformat(), row.ends_at.isoformat()]
    has_gaps = bool(set(gaps) - _known_gaps(event.id))
    span = _span_of_run(event) if event.run_to is not None else (None, None)
    if not before and not has_gaps and span in {(None, None), (event.starts_at, event.ends_at)}:
        return False
    keep_before(event)
    known = event.version
    for row in rows:
        if str(row.id) in before:
            meant = _spans(row.starts_wall, row.ends_wall, row.tz)
            row.starts_at, row.ends_at = meant.starts_at, meant.ends_at
    db.session.flush()
    set_span(event, rows)
    save_version(event, "clocks", by=SYSTEM, is_published_change=event.status in SHOWN)
    if before or has_gaps:
        db.session.add(
            ClockChange(
                event_id=event.id,
                update_number=number,
                release=when.zone_release(),
                version=event.version,
                before=before,
                gaps=gaps,
                made_at=now,
            )
        )
    records.refresh([event.id])
    if before:
        outbox.note("event.clocks_changed", event_id=event.id, before=known, after=event.version)
    return True


def _known_gaps(event_id: int) -> set[str]:
    """The wall times of an event that organizers were told of already."""
    rows = db.session.scalars(select(ClockChange.gaps).where(ClockChange.event_id == event_id))
    return {wall for gaps in rows for wall in gaps}


def _is_plain(wall: str, tz: str) -> bool:
    """Whether clocks show a wall time exactly once."""
    moment = datetime.fromisoformat(wall)
    return when.exists(moment, tz) and not when.is_doubled(moment, tz)
