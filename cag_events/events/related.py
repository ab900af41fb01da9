"""What events point to, as their records name it: themes, people, venues, the whole that one is a part of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from cag_events.accounts.models import Account
from cag_events.audiences.models import Contact, Partner, Segment
from cag_events.db import db
from cag_events.domain import event as plain
from cag_events.events.models import (
    Campaign,
    Event,
    EventLanguage,
    EventPart,
    EventPartner,
    EventPerson,
    EventSegment,
    EventTheme,
    Occurrence,
    Room,
    Theme,
    Venue,
    VenueHours,
)


@dataclass(frozen=True)
class Related:
    """What the events of one build point to."""

    themes: Mapping[int, list[Theme]]
    theme_keys: Mapping[int, str]
    segments: Mapping[int, list[Segment]]
    partners: Mapping[int, list[Partner]]
    people: Mapping[int, list[tuple[EventPerson, Contact]]]
    languages: Mapping[int, list[str]]
    venues: Mapping[int, Venue]
    rooms: Mapping[int, Room]
    rooms_of: Mapping[int, dict[str, str]]  # a venue's rooms: key → name
    hours_of: Mapping[int, dict[str, Any]]  # a venue's own opening hours
    campaigns: Mapping[int, Campaign]
    wholes: Mapping[int, plain.Whole]  # by the part's id
    leads: Mapping[int, str]


def load_related(ids: Sequence[int]) -> Related:
    """Read what these events point to: a fixed number of statements, however many they are."""
    session = db.session
    themes, segments = _linked(EventTheme, Theme, ids), _linked(EventSegment, Segment, ids)
    partners = _linked(EventPartner, Partner, ids)
    people: dict[int, list[tuple[EventPerson, Contact]]] = defaultdict(list)
    for person, contact in session.execute(
        select(EventPerson, Contact)
        .join(Contact, Contact.id == EventPerson.contact_id)
        .where(EventPerson.event_id.in_(ids))
        .order_by(EventPerson.position, EventPerson.id)
    ):
        people[person.event_id].append((person, contact))
    languages: dict[int, list[str]] = defaultdict(list)
    for event_id, language in session.execute(
        select(EventLanguage.event_id, EventLanguage.language)
        .where(EventLanguage.event_id.in_(ids))
        .order_by(EventLanguage.position, EventLanguage.language)
    ):
        languages[event_id].append(language)
    used = session.execute(
        select(Event.venue_id, Event.room_id, Event.campaign_id, Event.lead_id).where(Event.id.in_(ids))
    ).all()
    return Related(
        themes=themes,
        theme_keys={row.id: row.key for row in session.execute(select(Theme.id, Theme.key))},
        segments=segments,
        partners=partners,
        people=people,
        languages=languages,
        venues=_by_id(Venue, {row.venue_id for row in used}),
        rooms=_by_id(Room, {row.room_id for row in used}),
        rooms_of=_rooms_of({row.venue_id for row in used}),
        hours_of=_hours_of({row.venue_id for row in used}),
        campaigns=_by_id(Campaign, {row.campaign_id for row in used}),
        wholes=_wholes_of(ids),
        leads={
            row.id: row.name
            for row in session.execute(
                select(Account.id, Account.name).where(Account.id.in_({row.lead_id for row in used} - {None}))
            )
        },
    )


def _wholes_of(ids: Sequence[int]) -> dict[int, plain.Whole]:
    """Return by event the one that it is a part of."""
    head = aliased(Occurrence)
    first = (
        select(func.coalesce(Occurrence.series_uid, head.series_uid, head.uid, Occurrence.uid))
        .outerjoin(head, head.id == Occurrence.series_of)
        .where(Occurrence.event_id == Event.id)
        .order_by(Occurrence.starts_at, Occurrence.id)
        .limit(1)
        .correlate(Event)
        .scalar_subquery()
    )
    query = (
        select(EventPart.event_id, Event, first)
        .join(Event, Event.id == EventPart.whole_id)
        .where(EventPart.event_id.in_(ids))
        .execution_options(populate_existing=True)
    )
    return {
        event_id: plain.Whole(
            key=event.key,
            uid=event.uid if event.run_from else uid or event.uid,
            title=dict(event.title),
            kind=event.kind,
            status=event.status,
            visibility=event.visibility,
            safety=event.safety,
        )
        for event_id, event, uid in db.session.execute(query)
    }


def _linked(link: Any, target: Any, ids: Sequence[int]) -> dict[int, list[Any]]:
    """Return by event the rows that a table of links points it to, in their order."""
    found: dict[int, list[Any]] = defaultdict(list)
    query = select(link.event_id, target).join(target).where(link.event_id.in_(ids))
    for event_id, row in db.session.execute(query.order_by(link.position, target.id)):
        found[event_id].append(row)
    return found


def _rooms_of(venue_ids: set[int | None]) -> dict[int, dict[str, str]]:
    rooms: dict[int, dict[str, str]] = defaultdict(dict)
    query = select(Room.venue_id, Room.key, Room.name).where(Room.venue_id.in_(venue_ids - {None}))
    for row in db.session.execute(query.order_by(Room.position, Room.id)):
        rooms[row.venue_id][row.key] = row.name
    return rooms


def _hours_of(venue_ids: set[int | None]) -> dict[int, dict[str, Any]]:
    query = select(VenueHours.venue_id, VenueHours.hours).where(VenueHours.venue_id.in_(venue_ids - {None}))
    return {row.venue_id: row.hours for row in db.session.execute(query)}


def _by_id(model: Any, ids: set[int | None]) -> dict[int, Any]:
    rows = db.session.scalars(select(model).where(model.id.in_(ids - {None})))
    return {row.id: row for row in rows}
