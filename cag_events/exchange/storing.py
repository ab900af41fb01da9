"""Stores new and changed rows of every table but events, within the writing unit of a load."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import JSON, delete, func, select

from cag_events import clock
from cag_events.accounts.models import Account, Organisation, WebSession
from cag_events.db import db
from cag_events.events.models import Room, Theme
from cag_events.exchange.changes import Change, Changes
from cag_events.exchange.fields import jsonable
from cag_events.exchange.models import Kept
from cag_events.exchange.queries import MODELS
from cag_events.exchange.tables import CITY_LANGUAGES, META, ORGANISATION, ROWS
from cag_events.exhibitions import files as tours
from cag_events.feeds.models import Follow

INNER: Final = ("rooms", "subtopics", "follows", "hours", "crates", "stops")


def store_single(changes: Changes) -> None:
    """Store the organisation, what `meta` says of it, and what is kept for others."""
    meta, organisation = changes.single.get("meta"), changes.single.get("organisation")
    if meta is not None or organisation is not None:
        row = db.session.scalar(select(Organisation))
        if row is None:
            name = (organisation or {}).get("name") or (meta or {}).get("title") or {"en": "cag_events"}
            row = Organisation(key="organisation", name=name)
            db.session.add(row)
        for table, values in ((META, meta), (ORGANISATION, organisation)):
            for field in table.fields:
                if values is not None and values.get(field.name) is not None and hasattr(row, field.stored_as):
                    setattr(row, field.stored_as, values[field.name])
    if meta is not None and meta.get("anchor"):
        _keep("meta", {"anchor": jsonable(meta["anchor"])})
    if changes.generator is not None:
        _keep("generator", changes.generator)
    db.session.flush()


def _keep(name: str, body: dict[str, Any]) -> None:
    row = db.session.get(Kept, name)
    if row is None:
        db.session.add(Kept(name=name, body=body))
    else:
        row.body = body


def store_rows(table: str, changes: Sequence[Change]) -> None:
    """Store the new and changed rows of one table."""
    if not changes:
        return
    model = MODELS[table]
    key = Account.email if table == "users" else model.key
    found = db.session.scalars(select(model).where(key.in_([change.key for change in changes if change.before])))
    rows = {getattr(row, key.key): row for row in found}
    last = 0 if table == "users" else db.session.scalar(select(func.coalesce(func.max(model.position), -1)))
    for change in changes:
        values = _columns(table, change)
        if (row := rows.get(change.key)) is None:
            if table == "users":
                values["created_at"] = clock.now()
            else:
                last = (last or 0) + 1
                values["position"] = last
            rows[change.key] = row = model(**values)
            db.session.add(row)
        else:
            for name, value in values.items():
                setattr(row, name, value)
    db.session.flush()
    _STORE_INNER.get(table, _nothing)([(rows[change.key].id, change) for change in changes])
    db.session.flush()


def _columns(table: str, change: Change) -> dict[str, Any]:
    """Return a row's columns: those it names, and on a change also those that were emptied."""
    values: dict[str, Any] = {}
    columns = MODELS[table].__table__.columns
    for field in ROWS[table].fields:
        if field.name in INNER or field.stored_as not in columns or field.name not in change.after:
            continue
        value = change.after[field.name]
        values[field.stored_as] = jsonable(value) if isinstance(columns[field.stored_as].type, JSON) else value
    if table == "venues":
        names = {language: change.after.get(f"city_{language}") for language in CITY_LANGUAGES}
        values["city_names"] = {language: name for language, name in names.items() if name}
    if table == "feeds":
        named = {name: value for name, value in change.after.items() if name not in ("key", "name") and value}
        values["filters"] = jsonable(named)
    return values


def _nothing(_stored: Sequence[tuple[int, Change]]) -> None:
    """Most tables have no rows inside rows."""


def _store_rooms(stored: Sequence[tuple[int, Change]]) -> None:
    rooms = {
        (room.venue_id, room.key): room
        for room in db.session.scalars(select(Room).where(Room.venue_id.in_([venue_id for venue_id, _ in stored])))
    }
    for venue_id, change in stored:
        for position, given in enumerate(change.after.get("rooms") or ()):
            if (room := rooms.get((venue_id, given["key"]))) is None:
                db.session.add(Room(venue_id=venue_id, position=position, **given))
            else:
                room.name, room.capacity, room.position = given["name"], given["capacity"], position


def _store_venues(stored: Sequence[tuple[int, Change]]) -> None:
    _store_rooms(stored)
    for venue_id, change in stored:
        if change.differs("hours"):
            tours.store_hours(venue_id, jsonable(change.after.get("hours") or {}))


def _store_tours(stored: Sequence[tuple[int, Change]]) -> None:
    for production_id, change in stored:
        if change.differs("crates", "stops"):
            tours.store_tour(production_id, change.after)


def _store_subtopics(stored: Sequence[tuple[int, Change]]) -> None:
    wanted = [given["key"] for _, change in stored for given in change.after.get("subtopics") or ()]
    topics = {topic.key: topic for topic in db.session.scalars(select(Theme).where(Theme.key.in_(wanted)))}
    for theme_id, change in stored:
        for position, given in enumerate(change.after.get("subtopics") or ()):
            topic = topics.get(given["key"])
            if topic is None:
                topic = Theme(key=given["key"], token="", icon="")
                db.session.add(topic)
            topic.parent_id, topic.position = theme_id, position
            topic.name, topic.summary = given["name"], given.get("summary") or {}


def _store_follows(stored: Sequence[tuple[int, Change]]) -> None:
    themes = theme_ids()
    for account_id, change in stored:
        if change.differs("follows"):
            db.session.execute(delete(Follow).where(Follow.account_id == account_id))
            for position, key in enumerate(change.after.get("follows") or ()):
                db.session.add(Follow(account_id=account_id, theme_id=themes[key], position=position))
        if change.before is not None and change.differs("role"):
            db.session.execute(delete(WebSession).where(WebSession.account_id == account_id))


_STORE_INNER: Final = {
    "venues": _store_venues,
    "themes": _store_subtopics,
    "users": _store_follows,
    "productions": _store_tours,
}


def theme_ids() -> dict[str, int]:
    """Return the id of each theme and subtopic by its key."""
    return {row.key: row.id for row in db.session.execute(select(Theme.key, Theme.id))}


def ids_of(table: str, keys: Iterable[str]) -> Mapping[str, int]:
    """Return ids by key (users: by e-mail) of the rows that have these keys."""
    model = MODELS[table]
    key = Account.email if table == "users" else model.key
    return {row[0]: row[1] for row in db.session.execute(select(key, model.id).where(key.in_(sorted(set(keys)))))}
