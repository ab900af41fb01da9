"""Reads how many visitors were counted, of one exhibition or of all stops of a tour."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import func, select

from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain.event import EventRecord
from cag_events.domain.texts import Texts
from cag_events.domain.visitors import Figure, Source, Tally, tally
from cag_events.exhibitions.models import VisitorCount
from cag_events.kinds import KINDS, details_of


def figures_of(events: Iterable[EventRecord]) -> dict[int, list[Figure]]:
    """Return all figures of exhibitions by event id: the readings of their details and what was counted or typed."""
    found: dict[int, list[Figure]] = defaultdict(list)
    ids = []
    for event in events:
        ids.append(event.id)
        run = getattr(details_of(event), "exhibition", None) if event.kind in KINDS else None
        for row in run.readings if run else ():
            found[event.id].append(Figure(day=row.date, people=row.visitors, source=Source.READING))
    query = select(VisitorCount).where(VisitorCount.event_id.in_(ids), VisitorCount.people > 0)
    for row in db.session.scalars(query.order_by(VisitorCount.day, VisitorCount.hour, VisitorCount.segment)):
        hour = row.hour if row.hour >= 0 else None
        found[row.event_id].append(
            Figure(day=row.day, people=row.people, source=row.source, hour=hour, segment=row.segment)
        )
    return found


def tallies_of(events: Sequence[EventRecord]) -> dict[int, Tally]:
    """Return what counts of the figures of exhibitions, by event id."""
    figures = figures_of(events)
    return {event.id: tally(figures.get(event.id, ()), event.run_from) for event in events}


def counted_on(event_id: int, day: date) -> dict[str, int]:
    """Return how many were counted with the phone on a day, by the segment's key; "" where none was noted."""
    query = (
        select(VisitorCount.segment, func.sum(VisitorCount.people))
        .where(VisitorCount.event_id == event_id, VisitorCount.day == day, VisitorCount.source == Source.TAP)
        .group_by(VisitorCount.segment)
    )
    return {row[0]: int(row[1]) for row in db.session.execute(query)}


def names_of_segments() -> dict[str, Texts]:
    """Return the names of segments by their keys."""
    return {row.key: dict(row.name) for row in db.session.execute(select(Segment.key, Segment.name))}
