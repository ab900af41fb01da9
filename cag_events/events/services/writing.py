"""Writes an event's fields to its rows: keys become ids, occurrences that stay keep their id and uid."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from cag_events.accounts.models import Organisation
from cag_events.audiences.models import Contact, Partner, Segment
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import Mode
from cag_events.domain.texts import Texts
from cag_events.events.fields import EventFields
from cag_events.events.models import (
    Campaign,
    Event,
    EventLanguage,
    EventPart,
    EventPartner,
    EventPerson,
    EventSegment,
    EventTheme,
    Room,
    Theme,
    Venue,
)
from cag_events.events.seating import keep_seating
from cag_events.events.services.series import write_dates
from cag_events.events.timing import set_span
from cag_events.kinds import KINDS, read_details


def write_fields(event: Event, fields: EventFields) -> None:
    """Write all fields to the rows of an event that has an id. Raises Refused when.… , event.… with the field."""
    _write_values(event, fields)
    venue = _write_place(event, fields)
    _write_links(event, fields)
    tz = event.tz or (venue.tz if venue else when.HOME)
    occurrences = write_dates(event, fields.occurrences, tz)
    set_span(event, occurrences)


def _write_values(event: Event, fields: EventFields) -> None:
    if event.kind != fields.kind:
        kept = {event.kind: event.details, **event.parked} if event.details else event.parked
        event.parked = {slug: details for slug, details in kept.items() if slug != fields.kind}
    for name in (
        *("kind", "format", "mode", "lead_id", "platform", "recording"),
        *("registration_mode", "capacity", "online_capacity", "waitlist", "opens_days", "closes_hours", "guests"),
        *("group_max", "per_occurrence", "travel_support", "food", "photo_policy", "min_age", "max_age"),
        *("setup_minutes", "clear_minutes", "safety", "visibility", "featured"),
    ):
        setattr(event, name, fields.lead if name == "lead_id" else getattr(fields, name))
    for name in ("title", "summary", "body", "content_note", "access_note"):
        setattr(event, name, _full(getattr(fields, name)))
    event.levels = dict(fields.levels)
    event.details = dict(fields.details)
    event.run_from, event.run_to = run_of(fields) or (None, None)
    event.ask = list(fields.ask)
    event.interpreting = [{"to": item.to, "how": item.how} for item in fields.interpreting]
    event.agenda = [
        {
            "minutes": item.minutes,
            "title": _full(item.title),
            **({"who": list(item.who)} if item.who else {}),
            **({"closed": True} if item.closed else {}),
        }
        for item in fields.agenda
    ]
    keep_seating(event, fields)


def run_of(fields: EventFields) -> tuple[date, date] | None:
    """Return the first and last day that the event's details say it stands. Raises Refused event.run."""
    run = KINDS[fields.kind].run_of(read_details(fields.kind, fields.details))
    if run is not None and run[1] < run[0]:
        raise Refused("event.run", N_("The last day must not be before the first."), field="kind")
    return run


def _full(texts: Texts) -> Texts:
    return {code: text for code, text in texts.items() if text}


def _write_place(event: Event, fields: EventFields) -> Venue | None:
    venue: Venue | None = None
    if fields.venue:
        venue = _one(Venue, fields.venue, "place")
    elif fields.mode is Mode.ONLINE:
        venue = db.session.scalar(select(Venue).where(Venue.virtual).order_by(Venue.id))
    event.venue_id = venue.id if venue else None
    event.room_id = None
    if fields.room and venue is not None:
        event.room_id = db.session.scalar(select(Room.id).where(Room.venue_id == venue.id, Room.key == fields.room))
        if event.room_id is None:
            raise Refused("event.room", N_("Choose a room from the list."), field="place")
    if fields.tz:
        when.zone(fields.tz)
    event.tz = fields.tz or (None if venue else db.session.scalar(select(Organisation.tz)) or when.HOME)
    return venue


def _one(model: Any, key: str, field: str) -> Any:
    row = db.session.scalar(select(model).where(model.key == key))
    if row is None:
        raise Refused("event.unknown", N_("What you chose is no longer there. Choose again."), field=field)
    return row


def _ids(model: Any, keys: Sequence[str], field: str) -> dict[str, int]:
    rows = db.session.execute(select(model.key, model.id).where(model.key.in_(keys)))
    found = {row.key: row.id for row in rows}
    if set(keys) - set(found):
        raise Refused("event.unknown", N_("What you chose is no longer there. Choose again."), field=field)
    return found


def _write_whole(event: Event, key: str | None) -> None:
    """Make an event a part of another, or of none. Parts have no parts of their own."""
    session = db.session
    session.execute(delete(EventPart).where(EventPart.event_id == event.id))
    if not key:
        return
    whole = _one(Event, key, "part_of")
    if whole.id == event.id:
        raise Refused("event.part_of_itself", N_("An event cannot be a part of itself."), field="part_of")
    if session.get(EventPart, whole.id) is not None:
        raise Refused(
            "event.part_of_part", N_("The event that you chose is a part of another itself."), field="part_of"
        )
    if session.scalar(select(EventPart.event_id).where(EventPart.whole_id == event.id).limit(1)) is not None:
        raise Refused(
            "event.has_parts", N_("Other events are parts of this one, so it cannot be a part."), field="part_of"
        )
    session.add(EventPart(event_id=event.id, whole_id=whole.id))
    session.flush()


def _write_links(event: Event, fields: EventFields) -> None:
    session = db.session
    event.campaign_id = _one(Campaign, fields.campaign, "campaign").id if fields.campaign else None
    _write_whole(event, fields.part_of)
    themes = _ids(Theme, fields.themes, "themes")
    segments = _ids(Segment, fields.segments, "segments")
    partners = _ids(Partner, fields.partners, "partners")
    contacts = _ids(Contact, [person.who for person in fields.people], "people")
    for link in (EventTheme, EventSegment, EventPartner, EventPerson, EventLanguage):
        session.execute(delete(link).where(link.event_id == event.id))
    session.add_all(
        [
            *(EventTheme(event_id=event.id, theme_id=themes[key], position=n) for n, key in enumerate(fields.themes)),
            *(
                EventSegment(event_id=event.id, segment_id=segments[key], position=n)
                for n, key in enumerate(fields.segments)
            ),
            *(
                EventPartner(event_id=event.id, partner_id=partners[key], position=n)
                for n, key in enumerate(fields.partners)
            ),
            *(
                EventPerson(event_id=event.id, contact_id=contacts[person.who], role=person.role, position=n)
                for n, person in enumerate(fields.people)
            ),
            *(EventLanguage(event_id=event.id, language=code, position=n) for n, code in enumerate(fields.languages)),
        ]
    )
    session.flush()
