"""The read model: builds each event's EventRecord from its rows, keeps it as JSON, and gives it back.

Pages, feeds, mails and search read records and disclose them; one row per event, no query per relation.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import selectinload

from cag_events import clock, outbox
from cag_events.audiences.models import Contact
from cag_events.db import db
from cag_events.domain import event as plain
from cag_events.domain.event import EventRecord
from cag_events.domain.when import HOME
from cag_events.events.extensions import every_extension
from cag_events.events.models import (
    Event,
    EventPart,
    EventPerson,
    EventRecordRow,
    ProgrammeChange,
    ProgrammeVersion,
    Theme,
    Venue,
)
from cag_events.events.related import Related, load_related
from cag_events.events.seating import seating_of
from cag_events.events.timing import registration_window
from cag_events.kinds import KINDS, names_nobody, split_details

_decoder = msgspec.json.Decoder(EventRecord)
_encoder = msgspec.json.Encoder()
CHUNK = 500
MOST_NAMED = 8  # events of which a version says that it was raised for them alone
NAMED = 500  # versions that say so


def decode(body: bytes) -> EventRecord:
    """Return the record that a row of the read model holds."""
    return _decoder.decode(body)


def encode(record: EventRecord) -> bytes:
    """Return a record as the read model keeps it."""
    return _encoder.encode(record)


def refresh(event_ids: Iterable[int], *, announce: bool = True) -> None:
    """Rewrite these events' records within the writing unit, raise the programme's version, note event.changed."""
    db.session.flush()
    ids = sorted(_with_parts(set(event_ids)))
    found = 0
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        records = build(chunk)
        found += len(records)
        db.session.execute(delete(EventRecordRow).where(EventRecordRow.event_id.in_(chunk)))
        db.session.add_all(EventRecordRow(event_id=record.id, body=encode(record)) for record in records)
        db.session.flush()
    number = raise_version()
    if found == len(ids) <= MOST_NAMED:  # none was deleted
        _name(number, ids)
    if announce and ids:
        outbox.note("event.changed", event_ids=ids)


def _with_parts(ids: set[int]) -> set[int]:
    """The events and their parts, which name them."""
    chunks = [sorted(ids)[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    parts = (db.session.scalars(select(EventPart.event_id).where(EventPart.whole_id.in_(chunk))) for chunk in chunks)
    return ids.union(*parts)


def refresh_where(*conditions: Any) -> None:
    """Rewrite the records of all events that satisfy the conditions on Event, as those at a venue that was renamed."""
    refresh(db.session.scalars(select(Event.id).where(*conditions)))


def raise_version() -> int:
    """Raise the programme's version, by which pages and feeds are cached; returns what it is now."""
    db.session.flush()
    higher = update(ProgrammeVersion).values(number=ProgrammeVersion.number + 1, changed_at=clock.now())
    number = db.session.scalar(higher.returning(ProgrammeVersion.number))  # two at once never give the same
    if number is None:
        number = 1
        db.session.execute(insert(ProgrammeVersion).values(id=1, number=number, changed_at=clock.now()))
    return number


def _name(number: int, ids: Sequence[int]) -> None:
    """Say for which events alone a version was raised, so that feeds need not ask for all the others."""
    db.session.execute(delete(ProgrammeChange).where(ProgrammeChange.number <= number - NAMED))
    if ids:
        db.session.execute(insert(ProgrammeChange), [{"number": number, "event_id": event_id} for event_id in ids])


def build(event_ids: Sequence[int]) -> list[EventRecord]:
    """Build the records of these events from their rows, in the order of the ids."""
    related = load_related(event_ids)
    events = db.session.scalars(
        select(Event)
        .where(Event.id.in_(event_ids))
        .options(selectinload(Event.occurrences))
        .execution_options(populate_existing=True)
    )
    by_id = {event.id: event for event in events}
    instead = _shown_instead(by_id.values())
    return [_record(by_id[event_id], related, instead.get(event_id, {})) for event_id in event_ids if event_id in by_id]


def _details(event: Event, related: Related) -> dict[str, Any]:
    """The kind's details as they are shown, with the venue's hours where the event follows them."""
    if event.kind not in KINDS:
        return event.details
    return KINDS[event.kind].at_venue(event.details, related.hours_of.get(event.venue_id or 0, {}))


def _shown_instead(events: Collection[Event]) -> Mapping[int, Mapping[str, Any]]:
    """What visitors see in place of what the editor holds, by event; asked of the rooms that serve their kinds."""
    instead: dict[int, Mapping[str, Any]] = {}
    for extension in every_extension():
        if served := [event.id for event in events if extension.serves(event.kind)]:
            instead |= extension.shown(served)
    return instead


def _record(event: Event, related: Related, instead: Mapping[str, Any]) -> EventRecord:
    venue = related.venues.get(event.venue_id or 0)
    room = related.rooms.get(event.room_id or 0)
    campaign = related.campaigns.get(event.campaign_id or 0)
    themes = related.themes.get(event.id, [])
    nobody = names_nobody(event.kind, event.format, event.details)
    details = _details(event, related)
    shown, team_only = split_details(event.kind, details, without_people=nobody)
    if any(details.get(name) != section for name, section in instead.items()):
        shown, _ = split_details(event.kind, {**details, **instead}, without_people=nobody)
        team_only = team_only or dict(details)
    opens_at, closes_at = registration_window(event)
    return EventRecord(
        id=event.id,
        key=event.key,
        uid=event.uid,
        version=event.version,
        kind=event.kind,
        format=event.format,
        status=event.status,
        visibility=event.visibility,
        safety=event.safety,
        levels=dict(event.levels),
        mode=event.mode,
        featured=event.featured,
        title=dict(event.title),
        summary=dict(event.summary),
        body=dict(event.body),
        content_note=dict(event.content_note),
        access_note=dict(event.access_note),
        themes=tuple(_theme(theme, related) for theme in themes if theme.parent_id is None),
        subtopics=tuple(_theme(theme, related) for theme in themes if theme.parent_id is not None),
        segments=tuple(plain.Named(key=row.key, name=dict(row.name)) for row in related.segments.get(event.id, [])),
        campaign=plain.Named(key=campaign.key, name=dict(campaign.name)) if campaign else None,
        part_of=related.wholes.get(event.id),
        partners=tuple(
            plain.Named(key=row.key, name={"": row.name}, country=row.country)
            for row in related.partners.get(event.id, [])
        ),
        people=tuple(
            _person(event, person, contact, nobody=nobody) for person, contact in related.people.get(event.id, [])
        ),
        languages=tuple(related.languages.get(event.id, [])),
        interpreting=tuple(plain.Interpreting(to=item["to"], how=item["how"]) for item in event.interpreting),
        venue=venue_ref(venue, related.rooms_of.get(venue.id, {})) if venue else None,
        room=plain.RoomRef(key=room.key, name=room.name, capacity=room.capacity) if room else None,
        tz=event.tz or (venue.tz if venue else HOME),
        occurrences=tuple(_occurrence(row) for row in event.occurrences),
        run_from=event.run_from,
        run_to=event.run_to,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        setup_minutes=event.setup_minutes,
        clear_minutes=event.clear_minutes,
        agenda=tuple(
            plain.AgendaItem(
                minutes=item["minutes"],
                title=item["title"],
                who=tuple(item.get("who", ())),
                closed=item.get("closed", False),
            )
            for item in event.agenda
        ),
        details=shown,
        team_details=team_only,
        registration=plain.Registration(
            mode=event.registration_mode,
            capacity=event.capacity,
            online_capacity=event.online_capacity,
            waitlist=event.waitlist,
            opens_at=opens_at,
            closes_at=closes_at,
            closes_hours=event.closes_hours or 0,
            guests=event.guests,
            group_max=event.group_max,
            per_occurrence=event.per_occurrence,
            travel_support=event.travel_support,
            ask=tuple(event.ask),
            **seating_of(event),
        ),
        platform=event.platform,
        recording=event.recording,
        photo_policy=event.photo_policy,
        food=event.food,
        min_age=event.min_age,
        max_age=event.max_age,
        lead=related.leads.get(event.lead_id or 0, ""),
        cancelled_on=event.cancelled_on,
        cancel_reason=dict(event.cancel_reason),
        created_at=event.created_at,
        changed_at=event.changed_at,
        published_at=event.published_at,
    )


def _theme(theme: Theme, related: Related) -> plain.ThemeRef:
    parent = related.theme_keys.get(theme.parent_id) if theme.parent_id else None
    return plain.ThemeRef(key=theme.key, name=dict(theme.name), token=theme.token, icon=theme.icon, parent=parent)


def _person(event: Event, person: EventPerson, contact: Contact, *, nobody: bool) -> plain.PersonRef:
    """Someone in front; who has not said whether they may be named is named on open events only.

    `nobody`: nobody is named at this event, whatever they said.
    """
    named = contact.named if contact.named is not None else event.safety is plain.Safety.OPEN
    return plain.PersonRef(
        key=contact.key,
        name=contact.name,
        name_local=contact.name_local,
        title=dict(contact.title),
        role=person.role,
        named=named and not nobody,
        country=contact.country,
    )


def venue_ref(venue: Venue, rooms: Mapping[str, str] = MappingProxyType({})) -> plain.VenueRef:
    """Return a venue as records hold it."""
    return plain.VenueRef(
        key=venue.key,
        name=dict(venue.name),
        name_local=venue.name_local,
        street=venue.street,
        postcode=venue.postcode,
        city=venue.city,
        city_names=dict(venue.city_names),
        country=venue.country,
        tz=venue.tz,
        lat=venue.lat,
        lon=venue.lon,
        accuracy_m=venue.accuracy_m,
        access=dict(venue.access),
        travel=dict(venue.travel),
        virtual=venue.virtual,
        visitor_list_hours=venue.visitor_list_hours,
        rooms=dict(rooms),
    )


def _occurrence(row: Any) -> plain.OccurrenceRecord:
    return plain.OccurrenceRecord(
        id=row.id,
        uid=row.uid,
        key=row.key,
        title=dict(row.title),
        starts_wall=datetime.fromisoformat(row.starts_wall),
        ends_wall=datetime.fromisoformat(row.ends_wall),
        tz=row.tz,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        rrule=row.rrule,
        series_of=row.series_of,
        ruled_start=_wall(row.ruled_start),
        ruled_end=_wall(row.ruled_end),
        series_uid=row.series_uid,
        cancelled_on=row.cancelled_on,
        cancel_reason=dict(row.cancel_reason),
    )


def _wall(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
