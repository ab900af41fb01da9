"""Reads what the public pages show: pages of the programme, months, counts beside filters, themes, campaigns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, distinct, func, literal, select, union_all
from sqlalchemy.orm import aliased

from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.event import EventRecord, EventView, Safety
from cag_events.domain.lifecycle import Status
from cag_events.events import records, search
from cag_events.events.models import (
    Campaign,
    Event,
    EventLanguage,
    EventPart,
    EventRecordRow,
    EventSegment,
    EventTheme,
    Theme,
    Venue,
)
from cag_events.events.queries import list_records, visible_to
from cag_events.permissions import ANONYMOUS

PER_PAGE = 20
MOST_A_MONTH = 1000
MOST_RUNS = 200
MOST_ADDRESSES = 20_000  # of a sitemap that may hold 50,000, two languages
LISTED = visible_to(ANONYMOUS)

Condition = ColumnElement[bool]


def list_page(conditions: Sequence[Condition], *, number: int, latest_first: bool) -> list[EventRecord]:
    """Return a page of the programme in order of time, from page 1."""
    order = (Event.starts_at.desc(), Event.id.desc()) if latest_first else (Event.starts_at, Event.id)
    return list_records(LISTED, *conditions, order_by=order, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)


def since(day: date, tz: str) -> Condition:
    """Return the condition for what has not ended before a day."""
    return Event.ends_at > when.start_of_day(day, tz)


def between(first: datetime, last: datetime) -> tuple[Condition, Condition]:
    """Return the conditions for what touches the time from one instant up to another."""
    return Event.starts_at < last, Event.ends_at > first


def list_between(conditions: Sequence[Condition], first: datetime, last: datetime) -> list[EventRecord]:
    """Return the events that touch the time from one instant up to another."""
    return list_records(LISTED, *conditions, *between(first, last), limit=MOST_A_MONTH)


def count_by_filter(
    conditions: Mapping[str, Condition], always: Sequence[Condition]
) -> tuple[int, dict[str, dict[str, int]]]:
    """Count the events that satisfy everything, and for each filter those of each value if it alone were changed.

    One statement. `conditions`: what each filter in force demands. A guarded event does not tell its theme, segment or
    campaign to those outside, so it is not counted there.
    """
    counted: list[Select[str, str, int]] = [
        select(literal("").label("name"), literal("").label("value"), func.count(Event.id).label("number")).where(
            LISTED, *always, *conditions.values()
        )
    ]
    for name, value, joins, open_only in _facets():
        number = func.count(distinct(Event.id)) if name == "theme" else func.count()  # the others have an event once
        query = select(literal(name), value, number).select_from(Event)
        for target, on in joins:
            query = query.join(target, on)
        others = [condition for other, condition in conditions.items() if other != name]
        query = query.where(LISTED, *always, *others)
        if open_only:
            query = query.where(Event.safety != Safety.GUARDED)
        counted.append(query.group_by(value))
    total, found = 0, dict[str, dict[str, int]]()
    for row in db.session.execute(union_all(*counted)):
        if row.name:
            found.setdefault(row.name, {})[str(row.value)] = row.number
        else:
            total = row.number
    return total, found


def _facets() -> Iterable[tuple[str, Any, Sequence[tuple[Any, Condition]], bool]]:
    """Name, value, joins and whether guarded events keep it to themselves."""
    parent = aliased(Theme)
    themed = (
        select(EventTheme.event_id, func.coalesce(parent.key, Theme.key).label("key"))
        .join(Theme, Theme.id == EventTheme.theme_id)
        .outerjoin(parent, parent.id == Theme.parent_id)
        .subquery()
    )
    yield "theme", themed.c.key, ((themed, themed.c.event_id == Event.id),), True
    yield (
        "segment",
        Segment.key,
        ((EventSegment, EventSegment.event_id == Event.id), (Segment, Segment.id == EventSegment.segment_id)),
        True,
    )
    yield "kind", Event.kind, (), False
    yield "campaign", Campaign.key, ((Campaign, Campaign.id == Event.campaign_id),), True
    yield "country", Venue.country, ((Venue, (Venue.id == Event.venue_id) & Venue.virtual.is_(False)),), False
    yield "language", EventLanguage.language, ((EventLanguage, EventLanguage.event_id == Event.id),), True
    yield "mode", Event.mode, (), False


def list_themes() -> list[Theme]:
    """Return all themes, each followed by its subtopics."""
    rows = list(db.session.scalars(select(Theme).order_by(Theme.position, Theme.id)))
    below: dict[int | None, list[Theme]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    return [theme for top in below.get(None, []) for theme in (top, *below.get(top.id, []))]


def list_related(view: EventView, today: date, tz: str, *, limit: int) -> list[EventRecord]:
    """Return events to come that share a theme with this one, those nearest in time first."""
    keys = [theme.key for theme in view.themes]
    themed = select(EventTheme.event_id).join(Theme, Theme.id == EventTheme.theme_id).where(Theme.key.in_(keys))
    return list_records(
        LISTED,
        since(today, tz),
        Event.id != view.id,
        Event.id.not_in(select(EventPart.event_id).where(EventPart.whole_id == view.id)),
        Event.id.in_(themed),
        Event.safety != Safety.GUARDED,
        Event.status == Status.PUBLISHED,
        limit=limit,
    )


def list_parts(view: EventView) -> list[EventRecord]:
    """Return the parts of an event that everybody finds in lists, in order of time; guarded ones name no whole."""
    parts = select(EventPart.event_id).where(EventPart.whole_id == view.id)
    return list_records(
        LISTED, Event.id.in_(parts), Event.safety != Safety.GUARDED, order_by=(Event.starts_at, Event.id)
    )


def list_campaigns() -> list[Campaign]:
    """Return all campaigns, the latest first."""
    return list(db.session.scalars(select(Campaign).order_by(Campaign.starts_on.desc(), Campaign.id)))


def list_runs(today: date, tz: str) -> list[EventRecord]:
    """Return what stands for a run and has not ended, the first to open first."""
    return list_records(
        LISTED,
        since(today, tz),
        Event.run_from.is_not(None),
        Event.status == Status.PUBLISHED,
        order_by=(Event.run_from, Event.id),
        limit=MOST_RUNS,
    )


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of what a search found."""

    records: list[EventRecord]
    total: int
    number: int
    pages: int


NOTHING = Hits([], 0, 1, 1)


def search_page(words: str, number: int) -> Hits:
    """Return a page of the events that visitors find by these words: exact words first, then the nearest in time."""
    if not search.words_of(words):
        return NOTHING
    found = LISTED & search.matching(words, ANONYMOUS)
    order = (search.best_first(words, ANONYMOUS), Event.starts_at.desc(), Event.id)
    query = (
        select(EventRecordRow.body, func.count().over().label("total"))
        .join(Event, Event.id == EventRecordRow.event_id)
        .where(found)
        .order_by(*order)
        .limit(PER_PAGE)
    )
    rows = db.session.execute(query.offset((number - 1) * PER_PAGE)).all()
    if not rows and number > 1:
        return search_page(words, 1)
    total = rows[0].total if rows else 0
    return Hits([records.decode(row.body) for row in rows], total, number, max(1, -(-total // PER_PAGE)))


def list_addresses() -> list[tuple[str, datetime]]:
    """Return the key and last change of each event for a sitemap, the latest first."""
    rows = db.session.execute(
        select(Event.key, Event.changed_at)
        .where(LISTED, Event.safety != Safety.GUARDED)
        .order_by(Event.starts_at.desc(), Event.id)
        .limit(MOST_ADDRESSES)
    )
    return [(row.key, row.changed_at) for row in rows]
