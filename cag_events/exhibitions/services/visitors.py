"""Counts visitors: presses on a phone, figures typed for a day. Never who they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from cag_events import clock
from cag_events.db import count_rows_of, db, transaction
from cag_events.domain import when
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.visitors import Source
from cag_events.events.queries import get_record, lock_event
from cag_events.exhibitions.models import VisitorCount, VisitorTap
from cag_events.permissions import Actor, Permission, require

WHOLE_DAY: Final = -1
MOST_TAPS: Final = 500  # in one message of a phone that was without a net for hours
KEPT = timedelta(days=14)  # so long a press that was sent twice is known
OLDEST = timedelta(hours=36)  # a press may reach us so late


@dataclass(frozen=True, kw_only=True)
class Tap:
    """A press: the id that the phone gave it, one more or one less, the segment's key, when."""

    client_id: str
    change: int
    segment: str = ""
    at: datetime


def count_taps(event_id: int, taps: Iterable[Tap]) -> int:
    """Count presses of the counter; return how many were new. One that comes again counts once.

    One less takes from the same segment, the last hour first, and never below nothing. Segments that the event does not
    have count as none. By whoever holds the counter's link: the caller has seen it.
    """
    with transaction():
        lock_event(event_id)
        record = get_record(event_id)
        given = {tap.client_id: tap for tap in list(taps)[:MOST_TAPS] if tap.client_id and tap.change in (1, -1)}
        known = set(
            db.session.scalars(
                select(VisitorTap.client_id).where(
                    VisitorTap.event_id == event_id, VisitorTap.client_id.in_(list(given))
                )
            )
        )
        new = sorted((tap for key, tap in given.items() if key not in known), key=lambda tap: tap.at)
        segments = {segment.key for segment in record.segments}
        for tap in new:
            wall = when.wall_of(_believable(tap.at), record.tz)
            db.session.add(VisitorTap(event_id=event_id, client_id=tap.client_id, on_day=wall.date()))
            _count(record, wall, tap.segment if tap.segment in segments else "", tap.change)
        db.session.flush()
    return len(new)


def _believable(at: datetime) -> datetime:
    now = clock.now()
    return at if now - OLDEST <= at <= now else now


def _count(record: EventRecord, wall: datetime, segment: str, change: int) -> None:
    query = select(VisitorCount).where(
        VisitorCount.event_id == record.id,
        VisitorCount.day == wall.date(),
        VisitorCount.source == Source.TAP,
        VisitorCount.segment == segment,
    )
    if change < 0:
        row = db.session.scalar(query.where(VisitorCount.people > 0).order_by(VisitorCount.hour.desc()).limit(1))
        if row is not None:
            row.people -= 1
    else:
        row = db.session.scalar(query.where(VisitorCount.hour == wall.hour))
        if row is None:
            row = VisitorCount(
                event_id=record.id, day=wall.date(), hour=wall.hour, segment=segment, source=Source.TAP, people=0
            )
            db.session.add(row)
        row.people += 1
    db.session.flush()


def set_day(event_id: int, day: date, people: Mapping[str, int | None], *, by: Actor) -> None:
    """Set how many came on a day, by the segment's key ("" for those of no known group); nothing at all removes it.

    Raises NotFound, NotAllowed, Refused visitors.day for a day outside the run or to come.
    """
    with transaction():
        lock_event(event_id)
        require(by, Permission.EVENT_EDIT)
        record = get_record(event_id)
        first, last = record.run_from or day, record.run_to or day
        if not first <= day <= last:
            raise Refused("visitors.day", N_("The day is outside the exhibition's run."), field="day")
        if day > when.day_of(clock.now(), record.tz):
            raise Refused("visitors.day", N_("The day is still to come."), field="day")
        same = (VisitorCount.event_id == event_id, VisitorCount.day == day, VisitorCount.source == Source.DAY)
        db.session.execute(delete(VisitorCount).where(*same))
        for segment, number in people.items():
            if number is not None and (number > 0 or not segment):
                db.session.add(
                    VisitorCount(
                        event_id=event_id,
                        day=day,
                        hour=WHOLE_DAY,
                        segment=segment,
                        source=Source.DAY,
                        people=number,
                    )
                )
        db.session.flush()


def forget_taps(now: datetime) -> int:
    """Delete the ids of old presses; what they counted stays. For the worker; does nothing twice."""
    old = (now - KEPT).date()
    if db.session.scalar(select(VisitorTap.on_day).where(VisitorTap.on_day < old).limit(1)) is None:
        return 0
    with transaction():
        return count_rows_of(delete(VisitorTap).where(VisitorTap.on_day < old))
