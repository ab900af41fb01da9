"""What speaks against a time that somebody thinks of: reads what else there is, asks the rules, and says it in words.

For the editor, the publish gate, the calendar while something is dragged, and *today*. Warns, never blocks. Whatever
is planned, it takes the same few statements.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy import ColumnElement, and_, false, literal, or_, select, union_all

from cag_events import clock
from cag_events.audiences.models import Contact, Partner, Segment
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.conflicts import conflicts_of, countries_of
from cag_events.domain.event import EventRecord, Mode, RegistrationMode, Safety
from cag_events.domain.holidays import ZONES
from cag_events.domain.lifecycle import Status
from cag_events.domain.opening_hours import Hours
from cag_events.domain.plans import Conflict, Kind, Known, Mind, Other, Place, Plan, Someone, Span
from cag_events.domain.recurrence import dates_of
from cag_events.domain.texts import Texts, pick
from cag_events.events.fields import EventFields, OccurrenceFields
from cag_events.events.holidays import holidays_of
from cag_events.events.models import (
    Event,
    EventPart,
    EventPerson,
    EventSegment,
    Occurrence,
    Period,
    Room,
    Venue,
    VenueHours,
)
from cag_events.events.queries import visible_to
from cag_events.permissions import Actor, Permission, may
from cag_events.web.dates import clock_text, country_name, day_text
from cag_events.web.language import current_language
from cag_events.web.organisation import site

BUSY = (Status.DRAFT, Status.PUBLISHED)  # what keeps its room and its people; the postponed has none yet
AROUND = timedelta(days=1)
MOST_WINDOWS = 40  # more dates than this are read as one long stretch
MOST_OTHERS = 3000


def plan_of(record: EventRecord) -> Plan:
    """Return the plan that an event is as it stands."""
    registration = record.registration
    has_run = record.run_from is not None and record.run_to is not None
    return Plan(
        event_id=record.id,
        dates=tuple(
            Span(one.starts_wall, one.ends_wall, one.tz) for one in record.occurrences if one.cancelled_on is None
        ),
        run=(record.run_from, record.run_to) if record.run_from and record.run_to else None,
        setup_minutes=record.setup_minutes,
        clear_minutes=record.clear_minutes,
        venue=record.venue.key if record.venue else None,
        room=record.room.key if record.room else None,
        has_audience_elsewhere=record.mode is not Mode.ONSITE,
        is_on_site=record.mode is not Mode.ONLINE,
        people=tuple(dict.fromkeys(person.key for person in record.people)),
        partners=tuple(partner.key for partner in record.partners),
        segments=tuple(segment.key for segment in record.segments),
        languages=(*record.languages, *(one.to for one in record.interpreting)),
        closes_hours=None if registration.mode is RegistrationMode.NONE or has_run else registration.closes_hours,
        whole=record.part_of.key if record.part_of else None,
    )


def plan_from(fields: EventFields, event_id: int | None = None) -> Plan:
    """Return the plan that an editor's fields make; dates in the venue's zone where none is chosen."""
    is_open = fields.registration_mode is not RegistrationMode.NONE
    return Plan(
        event_id=event_id,
        dates=tuple(span for one in fields.occurrences for span in _spans(one, fields.tz or "")),
        setup_minutes=fields.setup_minutes,
        clear_minutes=fields.clear_minutes,
        venue=fields.venue,
        room=fields.room,
        has_audience_elsewhere=fields.mode is not Mode.ONSITE,
        is_on_site=fields.mode is not Mode.ONLINE,
        people=tuple(dict.fromkeys(person.who for person in fields.people)),
        partners=fields.partners,
        segments=fields.segments,
        languages=(*fields.languages, *(one.to for one in fields.interpreting)),
        closes_hours=fields.closes_hours or 0 if is_open else None,
        whole=fields.part_of,
    )


def _spans(one: OccurrenceFields, tz: str) -> list[Span]:
    """The dates that a row makes: those of its rule, where it is not stored yet."""
    if one.cancelled_on is not None:
        return []
    starts = dates_of(one.starts_wall, one.rrule) if one.id is None else [one.starts_wall]
    return [Span(start, start + (one.ends_wall - one.starts_wall), tz) for start in starts]


def find_conflicts(plan: Plan, actor: Actor, now: datetime | None = None) -> list[Conflict]:
    """Return what speaks against a plan; other events are named only where the actor would find them."""
    place = _place(plan)
    tz = place.tz if place is not None else site().facts.tz
    plan = replace(plan, dates=tuple(one if one.tz else replace(one, tz=tz) for one in plan.dates))
    people, partners = _someones(plan)
    known = Known(
        place=place,
        people=people,
        partners=partners,
        segments=_segment_names(plan),
        others=_others(plan, actor) if plan.dates or plan.run else (),
        minds=_minds(plan),
        home=home_country(),
    )
    holidays = {country: holidays_of(country) for country in countries_of(plan, known)}
    return conflicts_of(plan, replace(known, holidays=holidays), now or clock.now())


def home_country() -> str:
    """Return the organization's country, by its clock."""
    return next((country for country, zone in ZONES.items() if zone == site().facts.tz), "SE")


def _place(plan: Plan) -> Place | None:
    """The venue with its rooms and hours."""
    if not plan.venue:
        return None
    rows = db.session.execute(
        select(Venue, VenueHours.hours, Room.key.label("room"), Room.name.label("room_name"))
        .outerjoin(VenueHours, VenueHours.venue_id == Venue.id)
        .outerjoin(Room, Room.venue_id == Venue.id)
        .where(Venue.key == plan.venue)
    ).all()
    if not rows:
        return None
    venue: Venue = rows[0][0]
    return Place(
        key=venue.key,
        name=dict(venue.name),
        city=venue.city,
        country=venue.country,
        tz=venue.tz,
        is_virtual=venue.virtual,
        hours=_week(rows[0].hours or {}),
        visitor_list_hours=venue.visitor_list_hours,
        rooms={row.room: row.room_name for row in rows if row.room},
    )


def _week(stored: Mapping[str, Any]) -> Hours | None:
    """A venue's own hours, which hold for all days; the shape is that of kinds.exhibition.Week."""
    opening = [(day, row["start"], row["end"]) for row in stored.get("opening", ()) for day in row.get("days", ())]
    if not opening:
        return None
    return Hours(
        first=date.min,
        last=date.max,
        weekly=tuple(opening),
        special=tuple((date.fromisoformat(row["date"]), row["start"], row["end"]) for row in stored.get("special", ())),
        closed=frozenset(date.fromisoformat(row["date"]) for row in stored.get("closed", ())),
    )


def _someones(plan: Plan) -> tuple[dict[str, Someone], dict[str, Someone]]:
    """The people and the partners of a plan, by key."""
    if not plan.people and not plan.partners:
        return {}, {}
    rows = db.session.execute(
        union_all(
            select(literal("person").label("what"), Contact.key, Contact.name, Contact.country).where(
                Contact.key.in_(plan.people)
            ),
            select(literal("partner"), Partner.key, Partner.name, Partner.country).where(
                Partner.key.in_(plan.partners)
            ),
        )
    )
    found: dict[str, dict[str, Someone]] = {"person": {}, "partner": {}}
    for what, key, name, country in rows:
        found[what][key] = Someone(key=key, name=name, country=country)
    return found["person"], found["partner"]


def _segment_names(plan: Plan) -> dict[str, Texts]:
    if not plan.segments:
        return {}
    rows = db.session.execute(select(Segment.key, Segment.name).where(Segment.key.in_(plan.segments)))
    return {row.key: dict(row.name) for row in rows}


MINDS = {"school_break": Kind.BREAK, "exam": Kind.EXAM}  # all others are Kind.PERIOD


def _minds(plan: Plan) -> list[Mind]:
    """The organization's own periods around a plan."""
    if not plan.dates:
        return []
    first = min(span.starts_wall for span in plan.dates).date()
    last = max(span.ends_wall for span in plan.dates).date()
    return [
        Mind(
            name=dict(row.name),
            kind=MINDS.get(row.kind, Kind.PERIOD),
            first=row.first_on,
            last=row.last_on,
            city=row.city,
            country=row.country,
            segments=frozenset(row.segments),
        )
        for row in list_periods(first, last)
    ]


def list_periods(first: date, last: date) -> Sequence[Period]:
    """Return the periods to mind that touch some days, in order."""
    touching = select(Period).where(Period.first_on <= last, Period.last_on >= first)
    return db.session.scalars(touching.order_by(Period.first_on, Period.id)).all()


def _others(plan: Plan, actor: Actor) -> list[Other]:
    """Dates of other events near those of the plan at its venue, with its people or for its segments; and runs."""
    rows = [*db.session.execute(_dated(plan, actor))] if plan.dates else []
    if plan.venue and plan.is_on_site:
        rows += db.session.execute(_standing(plan, actor))
    people, segments = _links({row.id for row in rows}, plan)
    return [_other(row, people, segments) for row in rows]


def _dated(plan: Plan, actor: Actor) -> Any:
    windows = [(needed[0] - AROUND, needed[1] + AROUND) for needed in map(plan.needed, plan.dates)]
    if len(windows) > MOST_WINDOWS:
        windows = [(min(first for first, _ in windows), max(last for _, last in windows))]
    near = or_(*(and_(Occurrence.starts_at < last, Occurrence.ends_at > first) for first, last in windows))
    with_people = select(EventPerson.event_id).join(Contact, Contact.id == EventPerson.contact_id)
    for_segments = select(EventSegment.event_id).join(Segment, Segment.id == EventSegment.segment_id)
    concerned: list[ColumnElement[bool]] = [
        Venue.key == plan.venue if plan.venue else false(),
        Event.id.in_(with_people.where(Contact.key.in_(plan.people))) if plan.people else false(),
        Event.id.in_(for_segments.where(Segment.key.in_(plan.segments))) if plan.segments else false(),
    ]
    return (
        _asked(plan, actor, Occurrence.starts_wall, Occurrence.ends_wall, Occurrence.tz)
        .join(Occurrence, Occurrence.event_id == Event.id)
        .where(near, Occurrence.cancelled_on.is_(None), or_(*concerned))
        .order_by(Occurrence.starts_at, Occurrence.id)
        .limit(MOST_OTHERS)
    )


def _standing(plan: Plan, actor: Actor) -> Any:
    days = [day for span in plan.dates for day in (span.starts_wall.date(), span.ends_wall.date())]
    first, last = min((*days, *(plan.run or ()))), max((*days, *(plan.run or ())))
    nothing = literal("")
    return (
        _asked(plan, actor, nothing.label("starts_wall"), nothing.label("ends_wall"), nothing.label("tz"))
        .where(Venue.key == plan.venue, Event.run_from <= last + AROUND, Event.run_to >= first - AROUND)
        .order_by(Event.run_from, Event.id)
        .limit(MOST_OTHERS)
    )


def _asked(plan: Plan, actor: Actor, *columns: Any) -> Any:
    """What is read of other events that keep a room: whether the actor would find them, whether they are kin."""
    own = plan.event_id or 0
    kin = or_(
        Event.id.in_(select(EventPart.whole_id).where(EventPart.event_id == own)),
        Event.id.in_(select(EventPart.event_id).where(EventPart.whole_id == own)),
        Event.key == plan.whole if plan.whole else false(),
    )
    named = visible_to(actor)
    if not may(actor, Permission.EVENT_SEE):
        named = named & (Event.safety != Safety.GUARDED)
    return (
        select(
            *(Event.id, Event.key, Event.title, Event.mode, Event.setup_minutes, Event.clear_minutes),
            *(Event.run_from, Event.run_to, Venue.key.label("venue"), Venue.city, Venue.tz.label("venue_tz")),
            Room.key.label("room"),
            named.label("is_named"),
            kin.label("is_kin"),
            *columns,
        )
        .outerjoin(Venue, Venue.id == Event.venue_id)
        .outerjoin(Room, Room.id == Event.room_id)
        .where(Event.id != own, Event.status.in_(BUSY))
    )


def _links(ids: set[int], plan: Plan) -> tuple[Mapping[int, set[str]], Mapping[int, set[str]]]:
    """Which of the plan's people and segments other events have."""
    found: dict[str, dict[int, set[str]]] = {"person": defaultdict(set), "segment": defaultdict(set)}
    if ids and (plan.people or plan.segments):
        rows = db.session.execute(
            union_all(
                select(literal("person").label("what"), EventPerson.event_id, Contact.key)
                .join(Contact, Contact.id == EventPerson.contact_id)
                .where(Contact.key.in_(plan.people), EventPerson.event_id.in_(ids)),
                select(literal("segment"), EventSegment.event_id, Segment.key)
                .join(Segment, Segment.id == EventSegment.segment_id)
                .where(Segment.key.in_(plan.segments), EventSegment.event_id.in_(ids)),
            )
        )
        for what, event_id, key in rows:
            found[what][event_id].add(key)
    return found["person"], found["segment"]


def _other(row: Any, people: Mapping[int, set[str]], segments: Mapping[int, set[str]]) -> Other:
    is_run = not row.starts_wall
    walls = (
        [datetime.combine(day, time()) for day in (row.run_from, row.run_to)]
        if is_run
        else [datetime.fromisoformat(row.starts_wall), datetime.fromisoformat(row.ends_wall)]
    )
    return Other(
        key=row.key,
        title=dict(row.title) if row.is_named else None,
        span=Span(walls[0], walls[1], row.tz or row.venue_tz or when.HOME),
        run=(row.run_from, row.run_to) if is_run else None,
        setup_minutes=row.setup_minutes,
        clear_minutes=row.clear_minutes,
        venue=row.venue,
        room=row.room,
        city=row.city or "",
        is_on_site=row.mode is not Mode.ONLINE,
        is_kin=bool(row.is_kin),
        people=frozenset(people.get(row.id, ())),
        segments=frozenset(segments.get(row.id, ())),
    )


def say(conflict: Conflict) -> str:
    """Return what a conflict says, in the reader's language."""
    lang = current_language()
    facts = {name: _told(name, fact, lang) for name, fact in conflict.facts.items()}
    text = str(gettext(conflict.text, **facts))
    return text[:1].upper() + text[1:]


def _told(name: str, fact: Any, lang: str) -> Any:
    if isinstance(fact, time):
        return clock_text(fact, lang)
    if isinstance(fact, date):
        return day_text(fact, lang=lang)
    if isinstance(fact, Mapping):
        return pick(fact, lang, ("en", "sv")).text or gettext("Without a title")
    if name == "country":
        return country_name(fact, lang)
    return gettext(fact) if name == "pause" else fact


def url_of(conflict: Conflict) -> str | None:
    """Return where the other event is edited, if the conflict is with one that may be named."""
    return url_for("events.edit", key=conflict.other) if conflict.other else None
