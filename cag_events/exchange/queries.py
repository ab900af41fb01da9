"""Reads what the database holds as the rows of a programme file that say the same."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import aliased

from cag_events.accounts.models import Account, Organisation
from cag_events.audiences.models import Contact, Partner, Segment
from cag_events.campaigns.models import Funder, Indicator
from cag_events.db import db
from cag_events.events.models import (
    Campaign,
    Checklist,
    Event,
    EventLanguage,
    EventPart,
    EventPartner,
    EventPerson,
    EventSegment,
    EventTheme,
    KindWords,
    Occurrence,
    Period,
    Room,
    Theme,
    Venue,
)
from cag_events.exchange.dates import written_occurrences
from cag_events.exchange.event_tables import EVENTS, LEVELS, ONLINE, REGISTRATION
from cag_events.exchange.models import Kept
from cag_events.exchange.sections import KINDS_OF, ROOM_SECTIONS
from cag_events.exchange.tables import CITY_LANGUAGES, META, ORGANISATION, ROWS, SCHEMA_VERSION
from cag_events.exhibitions import files as tours
from cag_events.exhibitions.models import Production
from cag_events.feeds.models import FeedPreset, Follow
from cag_events.kinds import KINDS
from cag_events.studies.models import FundingTerms
from cag_events.talks.models import ProgrammeTerms

CHUNK: Final = 500
MODELS: Final[dict[str, Any]] = {
    "themes": Theme,
    "segments": Segment,
    "kinds": KindWords,
    "venues": Venue,
    "partners": Partner,
    "contacts": Contact,
    "users": Account,
    "funders": Funder,
    "indicators": Indicator,
    "campaigns": Campaign,
    "checklists": Checklist,
    "funding_terms": FundingTerms,
    "programme_terms": ProgrammeTerms,
    "periods": Period,
    "events": Event,
    "productions": Production,
    "feeds": FeedPreset,
}
UNREFERRED: Final = frozenset(
    {"themes", "users", "kinds", "checklists", "funding_terms", "programme_terms", "periods", "feeds"}
)  # by their keys; themes are apart from subtopics, users known by their address
Rows = dict[str, dict[str, Any]]  # key → a row's plain values


def known_keys() -> dict[str, set[str]]:
    """Return the keys of all rows that may be referred to, by table; subtopics apart from themes."""
    keys: dict[str, set[str]] = {
        table: set(db.session.scalars(select(model.key))) for table, model in MODELS.items() if table not in UNREFERRED
    }
    themes = db.session.execute(select(Theme.key, Theme.parent_id)).all()
    keys["themes"] = {row.key for row in themes if row.parent_id is None}
    keys["subtopics"] = {row.key for row in themes if row.parent_id is not None}
    keys["users"] = set(db.session.scalars(select(Account.email)))
    return keys


def rooms_of_venues() -> dict[str, dict[str, int]]:
    """Return the capacity of each room, by the keys of venue and room."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for venue, room, capacity in db.session.execute(
        select(Venue.key, Room.key, Room.capacity).join(Room, Room.venue_id == Venue.id)
    ):
        found[venue][room] = capacity
    return found


def zones_of_venues() -> dict[str, str]:
    """Return the zone of each venue by its key."""
    return {row.key: row.tz for row in db.session.execute(select(Venue.key, Venue.tz))}


def written_rows(table: str, keys: Collection[str] | None = None) -> Rows:
    """Return the rows of a table that have these keys, or all, as plain values, in their order."""
    if table == "events":
        return written_events(keys)
    model = MODELS[table]
    key = Account.email if table == "users" else model.key
    order = Account.id if table == "users" else model.position
    found: list[Any] = []
    for some in _chunks(keys):
        query = select(model).order_by(order, model.id)
        if table == "themes":
            query = query.where(Theme.parent_id.is_(None))
        found += db.session.scalars(query if some is None else query.where(key.in_(some)))
    rows = {getattr(row, key.key): _simple(table, row) for row in found}
    _ADD.get(table, _nothing)({row.id: rows[getattr(row, key.key)] for row in found})
    return rows


def _chunks(keys: Collection[str] | None) -> Iterator[list[str] | None]:
    if keys is None:
        yield None
        return
    listed = sorted(keys)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


def _simple(table: str, row: Any) -> dict[str, Any]:
    values = {
        field.name: getattr(row, field.stored_as)
        for field in ROWS[table].fields
        if field.stored_as in MODELS[table].__table__.columns
    }
    if table == "venues":
        values |= {f"city_{language}": row.city_names.get(language, "") for language in CITY_LANGUAGES}
    if table == "feeds":
        values |= row.filters
    return values


def _nothing(_rows: Mapping[int, dict[str, Any]]) -> None:
    """Most tables have no rows inside rows."""


def _add_rooms(venues: Mapping[int, dict[str, Any]]) -> None:
    for row in venues.values():
        row["rooms"] = []
    for room in db.session.scalars(select(Room).order_by(Room.position, Room.id)):
        if room.venue_id in venues:
            venues[room.venue_id]["rooms"].append({"key": room.key, "name": room.name, "capacity": room.capacity})


def _add_hours(venues: Mapping[int, dict[str, Any]]) -> None:
    for venue_id, hours in tours.read_hours().items():
        if venue_id in venues:
            venues[venue_id]["hours"] = hours


def _add_to_venues(venues: Mapping[int, dict[str, Any]]) -> None:
    _add_rooms(venues)
    _add_hours(venues)


def _add_tours(productions: Mapping[int, dict[str, Any]]) -> None:
    for production_id, tour in tours.read_tours(productions).items():
        productions[production_id] |= tour


def _add_subtopics(themes: Mapping[int, dict[str, Any]]) -> None:
    for row in themes.values():
        row["subtopics"] = []
    for topic in db.session.scalars(select(Theme).where(Theme.parent_id.is_not(None)).order_by(Theme.position)):
        if topic.parent_id is not None and topic.parent_id in themes:
            themes[topic.parent_id]["subtopics"].append(
                {"key": topic.key, "name": topic.name, "summary": topic.summary}
            )


def _add_follows(accounts: Mapping[int, dict[str, Any]]) -> None:
    for row in accounts.values():
        row["follows"] = []
    query = select(Follow.account_id, Theme.key).join(Theme, Theme.id == Follow.theme_id)
    for account_id, key in db.session.execute(query.order_by(Follow.position, Theme.id)):
        if account_id in accounts:
            accounts[account_id]["follows"].append(key)


_ADD: Final = {
    "venues": _add_to_venues,
    "themes": _add_subtopics,
    "users": _add_follows,
    "productions": _add_tours,
}


def written_single() -> dict[str, dict[str, Any]]:
    """Return `meta` and `organisation`, and `generator` where one was kept, as plain values."""
    found: dict[str, dict[str, Any]] = {"meta": {"schema": SCHEMA_VERSION}}
    if row := db.session.scalar(select(Organisation)):
        found["meta"] |= {
            field.name: getattr(row, field.stored_as) for field in META.fields if hasattr(row, field.stored_as)
        }
        found["organisation"] = {field.name: getattr(row, field.stored_as) for field in ORGANISATION.fields}
    for kept in db.session.scalars(select(Kept)):
        if kept.name == "meta":
            found["meta"] |= kept.body
        else:
            found[kept.name] = kept.body
    return found


def written_events(keys: Collection[str] | None = None) -> Rows:
    """Return the events that have these keys, or all, as plain values, in the order in which they were made."""
    rows: Rows = {}
    for some in _chunks(keys):
        query = select(Event).order_by(Event.id).execution_options(populate_existing=True)
        events = db.session.scalars(query if some is None else query.where(Event.key.in_(some))).all()
        for start in range(0, len(events), CHUNK):
            rows |= _events(events[start : start + CHUNK])
    return rows


def _events(events: Sequence[Event]) -> Rows:
    ids = [event.id for event in events]
    linked = _links(ids)
    occurrences: dict[int, list[Occurrence]] = defaultdict(list)
    for row in db.session.scalars(select(Occurrence).where(Occurrence.event_id.in_(ids))):
        occurrences[row.event_id].append(row)
    kept = _kept_by_rooms(events)
    return {
        event.key: _event(event, linked[event.id], written_occurrences(occurrences[event.id])) | kept[event.id]
        for event in events
    }


def _kept_by_rooms(events: Sequence[Event]) -> Mapping[int, dict[str, Any]]:
    """Return what rooms keep of events in tables of their own, by event id and section."""
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for section in ROOM_SECTIONS:
        ids = [event.id for event in events if event.kind in KINDS_OF[section.name]]
        for event_id, content in section.read(ids).items() if ids else ():
            found[event_id][section.name] = content
    return found


def _links(ids: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    """Return what events point to, as keys, by event id."""
    found: dict[int, dict[str, Any]] = defaultdict(
        lambda: {name: [] for name in ("themes", "subtopics", "segments", "partners", "people", "languages")}
    )
    of_theme = (
        select(EventTheme.event_id, Theme.key, Theme.parent_id).join(Theme).order_by(EventTheme.position, Theme.id)
    )
    for event_id, key, parent_id in db.session.execute(of_theme.where(EventTheme.event_id.in_(ids))):
        found[event_id]["themes" if parent_id is None else "subtopics"].append(key)
    for name, link, model in (("segments", EventSegment, Segment), ("partners", EventPartner, Partner)):
        query = select(link.event_id, model.key).join(model).order_by(link.position, model.id)
        for event_id, key in db.session.execute(query.where(link.event_id.in_(ids))):
            found[event_id][name].append(key)
    of_person = (
        select(EventPerson.event_id, Contact.key, EventPerson.role)
        .join(Contact, Contact.id == EventPerson.contact_id)
        .order_by(EventPerson.position, EventPerson.id)
    )
    for event_id, key, role in db.session.execute(of_person.where(EventPerson.event_id.in_(ids))):
        found[event_id]["people"].append({"who": key, "role": role})
    of_language = select(EventLanguage.event_id, EventLanguage.language).order_by(
        EventLanguage.position, EventLanguage.language
    )
    for event_id, language in db.session.execute(of_language.where(EventLanguage.event_id.in_(ids))):
        found[event_id]["languages"].append(language)
    whole = aliased(Event)
    of_one = (
        select(Event.id, Venue.key, Room.key, Campaign.key, Account.email, whole.key)
        .outerjoin(Venue, Venue.id == Event.venue_id)
        .outerjoin(Room, Room.id == Event.room_id)
        .outerjoin(Campaign, Campaign.id == Event.campaign_id)
        .outerjoin(Account, Account.id == Event.lead_id)
        .outerjoin(EventPart, EventPart.event_id == Event.id)
        .outerjoin(whole, whole.id == EventPart.whole_id)
    )
    for event_id, venue, room, campaign, lead, part_of in db.session.execute(of_one.where(Event.id.in_(ids))):
        found[event_id] |= {"venue": venue, "room": room, "campaign": campaign, "lead": lead, "part_of": part_of}
    return found


def _event(event: Event, linked: Mapping[str, Any], occurrences: list[dict[str, Any]]) -> dict[str, Any]:
    values = {
        field.name: getattr(event, field.stored_as) for field in EVENTS.fields if field.stored_as in _PLAIN_COLUMNS
    }
    sections = KINDS[event.kind].sections if event.kind in KINDS else ()
    return {
        **values,
        **linked,
        **{name: event.levels.get(aspect) for name, aspect in LEVELS.items()},
        **{name: event.details[name] for name in sections if name in event.details},
        "occurrences": occurrences,
        "online": {field.name: getattr(event, field.stored_as) for field in ONLINE.fields},
        "registration": {field.name: getattr(event, field.stored_as) for field in REGISTRATION.fields},
        "cancellation": ({"date": event.cancelled_on, "reason": event.cancel_reason} if event.cancelled_on else None),
    }


_PLAIN_COLUMNS: Final = frozenset(column.key for column in Event.__table__.columns) - {"room_id"}
