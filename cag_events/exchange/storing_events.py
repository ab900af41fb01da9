"""Stores new and changed events in bulk, within the writing unit of a load."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import InstrumentedAttribute

from cag_events import clock
from cag_events.db import db
from cag_events.domain.lifecycle import SHOWN, Status
from cag_events.domain.when import HOME
from cag_events.events.extensions import extensions_of
from cag_events.events.models import (
    Event,
    EventLanguage,
    EventPart,
    EventPartner,
    EventPerson,
    EventRevision,
    EventSegment,
    EventTheme,
    Occurrence,
    Room,
    Venue,
)
from cag_events.events.timing import set_span
from cag_events.exchange.changes import Change
from cag_events.exchange.dates import made_occurrences
from cag_events.exchange.event_tables import EVENTS, LEVELS, ONLINE, REGISTRATION
from cag_events.exchange.faults import BadFile
from cag_events.exchange.fields import jsonable
from cag_events.exchange.reading import Row
from cag_events.exchange.secrets import secrets_of
from cag_events.exchange.sections import ROOM_SECTIONS
from cag_events.exchange.storing import ids_of, theme_ids
from cag_events.exchange.telling import Before, before_change
from cag_events.kinds import KINDS, read_details, write_details
from cag_events.registrations.models import RegistrationOccurrence

CHUNK: Final = 500
Progress = Callable[[str, int, int], None]
_COLUMNS: Final = frozenset(column.key for column in Event.__table__.columns)


@dataclass(frozen=True)
class _Ids:
    """Ids by key of all that the events of one load point to."""

    themes: Mapping[str, int]
    segments: Mapping[str, int]
    partners: Mapping[str, int]
    contacts: Mapping[str, int]
    venues: Mapping[str, int]
    campaigns: Mapping[str, int]
    users: Mapping[str, int]
    rooms: Mapping[tuple[str, str], int]
    zones: Mapping[str, str]


def store_events(changes: Sequence[Change], home: str, progress: Progress) -> tuple[list[int], list[Before]]:
    """Store events; returns their ids, and what was before where people must be told.

    Raises BadFile where an occurrence that people have registered for would go.
    """
    ids = _ids(changes)
    stored: list[int] = []
    told: list[Before] = []
    for start in range(0, len(changes), CHUNK):
        stored += _store(changes[start : start + CHUNK], ids, home, told)
        progress("events", min(start + CHUNK, len(changes)), len(changes))
    _store_parts([change for change in changes if change.differs("part_of")])
    return stored, told


def _ids(changes: Sequence[Change]) -> _Ids:
    def used(*names: str) -> set[str]:
        found: set[str] = set()
        for change in changes:
            for name in names:
                value = change.after.get(name)
                found |= {value} if isinstance(value, str) else set(value or ())
        return found

    venues = used("venue")
    return _Ids(
        themes=theme_ids(),
        segments=ids_of("segments", used("segments")),
        partners=ids_of("partners", used("partners")),
        contacts=ids_of("contacts", {p["who"] for change in changes for p in change.after.get("people") or ()}),
        venues=ids_of("venues", venues),
        campaigns=ids_of("campaigns", used("campaign")),
        users=ids_of("users", used("lead")),
        rooms={
            (row[0], row[1]): row[2]
            for row in db.session.execute(select(Venue.key, Room.key, Room.id).join(Room).where(Venue.key.in_(venues)))
        },
        zones={row.key: row.tz for row in db.session.execute(select(Venue.key, Venue.tz).where(Venue.key.in_(venues)))},
    )


def _store(changes: Sequence[Change], ids: _Ids, home: str, told: list[Before]) -> list[int]:
    now = clock.now()
    known = [change.key for change in changes if change.before is not None]
    rows = {
        event.key: event for event in db.session.scalars(select(Event).where(Event.key.in_(known)).with_for_update())
    }
    for change in changes:
        values = _columns(change, ids)
        if (event := rows.get(change.key)) is None:
            event = Event(uid=str(uuid.uuid4()), version=1, revision=0, created_at=now, **values)
            rows[change.key] = event
            db.session.add(event)
        else:
            if (before := before_change(event, change)) is not None:
                told.append(before)
            for name, value in values.items():
                setattr(event, name, value)
            event.version += 1
        event.changed_at = now
        if event.status in SHOWN:
            event.revision += 1
            event.published_at = event.published_at or now
        if change.differs("online"):
            event.online_url = (change.after.get("online") or {}).get("url") or None
    db.session.flush()
    pairs = [(rows[change.key], change) for change in changes]
    _store_occurrences(pairs, ids, home)
    _store_links(pairs, ids)
    db.session.add_all(
        EventRevision(
            event_id=event.id,
            version=event.version,
            revision=event.revision,
            saved_at=now,
            what="loaded",
            snapshot={},
        )
        for event, _ in pairs
    )
    db.session.flush()
    stored = [event.id for event, _ in pairs]
    for event, change in pairs:
        _hand_to_rooms(event.id, change)
    db.session.flush()
    db.session.expire_all()
    return stored


def _hand_to_rooms(event_id: int, change: Change) -> None:
    """Give rooms what they keep in tables of their own, where it is another than before."""
    for section in ROOM_SECTIONS:
        if section.name in change.after and change.differs(section.name):
            section.store(event_id, change.after[section.name])


def keep_secrets(rows: Sequence[Row]) -> None:
    """Give rooms what files say that is never stored with an event's details, as the briefs of roles.

    It is not compared: who keeps it sees whether it is another.
    """
    given = {row.key: secrets for row in rows if (secrets := secrets_of(row.values))}
    found = db.session.execute(select(Event.key, Event.id, Event.kind).where(Event.key.in_(given))).all()
    for key, event_id, kind in found:
        for extension in extensions_of(kind):
            wanted = {path: given[key][path] for path in extension.secrets if path in given[key]}
            if wanted and extension.keep_secrets is not None:
                extension.keep_secrets(event_id, wanted)


def _columns(change: Change, ids: _Ids) -> dict[str, Any]:
    """Return an event's columns; what the row does not say keeps the column's default."""
    after = change.after
    values: dict[str, Any] = {}
    for field in EVENTS.fields:
        if field.stored_as in _COLUMNS and field.name in after:
            value = after[field.name]
            values[field.stored_as] = jsonable(value) if isinstance(value, dict | list) else value
    for table, group in ((REGISTRATION, after.get("registration")), (ONLINE, after.get("online"))):
        for field in table.fields:
            if field.stored_as in _COLUMNS and group and group.get(field.name) is not None:
                values[field.stored_as] = group[field.name]
    kind = KINDS[after["kind"]]
    details = read_details(kind.slug, jsonable({name: after[name] for name in kind.sections if after.get(name)}))
    values["details"] = write_details(kind.slug, details)
    values["run_from"], values["run_to"] = kind.run_of(details) or (None, None)
    values["levels"] = {aspect: str(after[name]) for name, aspect in LEVELS.items() if after.get(name)}
    values["status"] = Status(after.get("status") or Status.DRAFT)
    cancellation = after.get("cancellation") or {}
    values["cancelled_on"], values["cancel_reason"] = cancellation.get("date"), cancellation.get("reason") or {}
    values["tz"] = after.get("tz") or None
    values["format"] = after.get("format") or None
    venue = after.get("venue") or ""
    values["venue_id"] = ids.venues.get(venue)
    values["room_id"] = ids.rooms.get((venue, after.get("room") or ""))
    values["campaign_id"] = ids.campaigns.get(after.get("campaign") or "")
    values["lead_id"] = ids.users.get(after.get("lead") or "")
    return {name: value for name, value in values.items() if value is not None or name in _MAY_BE_NONE}


_MAY_BE_NONE: Final = frozenset(column.key for column in Event.__table__.columns if column.nullable)


def _store_occurrences(pairs: Sequence[tuple[Event, Change]], ids: _Ids, home: str) -> None:
    """Match occurrences with those that are there (by key, else start, else place in the order), so that ids stay."""
    present: dict[int, list[Occurrence]] = defaultdict(list)
    old = [event.id for event, change in pairs if change.before is not None]
    for row in db.session.scalars(select(Occurrence).where(Occurrence.event_id.in_(old)).order_by(Occurrence.id)):
        present[row.event_id].append(row)
    series: list[tuple[Occurrence, Occurrence]] = []
    for event, change in pairs:
        zone = event.tz or ids.zones.get(change.after.get("venue") or "") or home or HOME
        before = present[event.id]
        kept = before
        if change.before is None or change.differs("occurrences", "tz", "venue"):
            kept = _replace(event, before, change, zone, series)
        set_span(event, kept)
    db.session.flush()
    for member, first in series:
        member.series_of = first.id
    db.session.flush()


def _replace(
    event: Event, before: list[Occurrence], change: Change, zone: str, series: list[tuple[Occurrence, Occurrence]]
) -> list[Occurrence]:
    wanted: list[Occurrence] = []
    firsts: list[Occurrence | None] = []
    for position, given in enumerate(change.after.get("occurrences") or ()):
        made = made_occurrences(given, zone, position)
        wanted += made
        firsts += [None, *[made[0]] * (len(made) - 1)]
    matched = _match(before, wanted)
    stays = {id(row) for row in matched.values()}
    gone = [row for row in before if id(row) not in stays]
    _require_free(gone, change)
    for row in gone:
        db.session.delete(row)
    _free_keys(before)
    kept: dict[int, Occurrence] = {}
    for number, new in enumerate(wanted):
        row = matched.get(number, new)
        if row is new:
            row.event_id = event.id
            db.session.add(row)
        else:
            for name in _TYPED:
                setattr(row, name, getattr(new, name))
            row.series_of = None
            row.series_uid = row.series_uid if row.rrule else None
        kept[id(new)] = row
    series += [(kept[id(new)], kept[id(first)]) for new, first in zip(wanted, firsts) if first is not None]
    return list(kept.values())


_TYPED: Final = (
    "key",
    "title",
    "starts_wall",
    "ends_wall",
    "tz",
    "starts_at",
    "ends_at",
    "rrule",
    "ruled_start",
    "ruled_end",
    "cancelled_on",
    "cancel_reason",
    "position",
)


def _match(before: Sequence[Occurrence], wanted: Sequence[Occurrence]) -> dict[int, Occurrence]:
    """Return which row each wanted occurrence is, by its number; those that are left are paired in their order."""
    free = sorted(before, key=lambda row: (row.position, row.starts_at))
    matched: dict[int, Occurrence] = {}
    by_what: tuple[Callable[[Occurrence], Any], ...] = (
        lambda row: row.key,
        lambda row: row.ruled_start,
        lambda row: row.starts_wall,
        lambda _: "",
    )
    for tell in by_what:
        for number, new in enumerate(wanted):
            if number in matched or tell(new) is None:
                continue
            same = next((row for row in free if tell(row) == tell(new) and (not row.key or row.key == new.key)), None)
            if same is not None:
                matched[number] = same
                free.remove(same)
    return matched


def _require_free(gone: Sequence[Occurrence], change: Change) -> None:
    """Refuse to take away an occurrence that somebody has registered for."""
    if not gone:
        return
    ids = [row.id for row in gone]
    taken = db.session.scalar(
        select(RegistrationOccurrence.occurrence_id).where(RegistrationOccurrence.occurrence_id.in_(ids)).limit(1)
    )
    if taken is not None:
        row = next(row for row in gone if row.id == taken)
        change.row.place.at("occurrences").say(
            f"leave out {row.starts_wall.replace('T', ' ')}, for which people have registered; move or cancel it"
        )
        raise BadFile(change.row.place.faults)


def _free_keys(before: Sequence[Occurrence]) -> None:
    """Let go of the keys first, so that two occurrences may change places."""
    if any(row.key for row in before):
        for row in before:
            row.key = None
        db.session.flush()


def _store_links(pairs: Sequence[tuple[Event, Change]], ids: _Ids) -> None:
    links: tuple[
        tuple[type[Any], InstrumentedAttribute[int], tuple[str, ...], Callable[[Any], dict[str, Any]]], ...
    ] = (
        (EventTheme, EventTheme.event_id, ("themes", "subtopics"), lambda key: {"theme_id": ids.themes[key]}),
        (EventSegment, EventSegment.event_id, ("segments",), lambda key: {"segment_id": ids.segments[key]}),
        (EventPartner, EventPartner.event_id, ("partners",), lambda key: {"partner_id": ids.partners[key]}),
        (EventLanguage, EventLanguage.event_id, ("languages",), lambda code: {"language": code}),
        (
            EventPerson,
            EventPerson.event_id,
            ("people",),
            lambda person: {"contact_id": ids.contacts[person["who"]], "role": person["role"]},
        ),
    )
    for model, event_id, names, columns in links:
        changed = [(event, change) for event, change in pairs if change.differs(*names)]
        old = [event.id for event, change in changed if change.before is not None]
        if old:
            db.session.execute(delete(model).where(event_id.in_(old)))
        rows = [
            {"event_id": event.id, "position": position, **columns(value)}
            for event, change in changed
            for position, value in enumerate(_values(change, names))
        ]
        if rows:
            db.session.execute(insert(model), rows)


def _store_parts(changes: Sequence[Change]) -> None:
    """Tie parts to their wholes, once all events are there. Raises BadFile where a whole is a part itself."""
    if not changes:
        return
    named = {change.key for change in changes} | {str(change.after.get("part_of")) for change in changes}
    ids = ids_of("events", named)
    db.session.execute(delete(EventPart).where(EventPart.event_id.in_([ids[change.key] for change in changes])))
    tied = [change for change in changes if change.after.get("part_of")]
    for change in tied:
        place = change.row.place.at("part_of")
        if change.after["part_of"] == change.key:
            place.say("is the event itself")
            raise BadFile(place.faults)
        db.session.add(EventPart(event_id=ids[change.key], whole_id=ids[change.after["part_of"]]))
    db.session.flush()
    wholes = set(db.session.scalars(select(EventPart.whole_id)))
    nested = set(db.session.scalars(select(EventPart.event_id).where(EventPart.event_id.in_(wholes))))
    for change in tied:
        if nested & {ids[change.key], ids[change.after["part_of"]]}:
            place = change.row.place.at("part_of")
            place.say(f"{change.after['part_of']!r}: parts have no parts of their own")
            raise BadFile(place.faults)


def _values(change: Change, names: Iterable[str]) -> list[Any]:
    return [value for name in names for value in change.after.get(name) or ()]
