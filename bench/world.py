"""Databases full of events, made by the real loader: the demo's own events over and over, with other dates."""

import datetime as dt
import sqlite3
import time
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from cag_events import clock, demo
from cag_events.app import create_app
from cag_events.config import Settings
from cag_events.db import db
from cag_events.domain.event import Mode
from cag_events.events.models import Event
from cag_events.exchange import services
from cag_events.exchange.files import Source
from cag_events.feeds import entries
from cag_events.schema import migrate

THEME = "environment"
OTHERS = ("gender", "youth", "conflict")
SUBTOPICS = {"environment": "water", "gender": "feminist-movements", "youth": "media-literacy", "conflict": "dialogue"}
PLACES = 60  # events that take registrations by the thousand
SEATS = 100_000


@dataclass(frozen=True)
class World:
    """An application with its database."""

    app: Flask
    settings: Settings
    events: int
    load_s: float

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return Path(self.settings.database_url.removeprefix("sqlite:///"))

    def keys(self) -> list[str]:
        """Return the keys of the events to come, on site, that have seats for thousands."""
        with self.app.app_context():
            query = select(Event.key).where(
                Event.starts_at > clock.now(),
                Event.capacity == SEATS,
                Event.mode == Mode.ONSITE,
                Event.kind != "hearing",  # its form asks for more
            )
            return list(db.session.scalars(query.order_by(Event.starts_at, Event.id)))

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


def build(folder: Path, events: int, database_url: str = "", tables: dict[str, Any] | None = None) -> World:
    """Make a database with so many events, a tenth of them (1,000 at most) on one theme, those all to come.

    `tables`: a programme in place of that one.
    """
    settings = Settings(instance=folder, database_url=database_url or f"sqlite:///{folder / 'cag_events.sqlite'}")
    app = create_app(settings)
    with app.app_context():
        migrate()
        db.session.remove()
        begun = time.perf_counter()
        services.load([Source("world", tables or programme(events))])
        taken = time.perf_counter() - begun
        entries.catch_up()  # as the first worker does
        db.session.remove()
        db.engine.dispose()  # so that what is measured is measured on new connections
    return World(app, settings, events, taken)


def programme(events: int) -> dict[str, Any]:
    """Return the demo's programme with so many other events in place of its own."""
    tables = demo.programme()
    models = [event for event in tables["events"] if _is_plain(event)]
    today = clock.now().date()
    themed = min(1_000, events // 10)
    tables["events"] = [
        _event(models[number % len(models)], number, THEME, today + dt.timedelta(days=1 + number // 4))
        if number < themed
        else _event(
            models[number % len(models)], number, OTHERS[number % 3], today + dt.timedelta(days=number % 900 - 170)
        )
        for number in range(events)
    ]
    tables["feeds"] = []
    for name in ("generator", "productions"):  # tours go to events of the demo
        tables.pop(name, None)
    return tables


def _is_plain(event: dict[str, Any]) -> bool:
    """Whether it is public, with one date and open registration, and nothing that is of one kind alone."""
    return (
        event["status"] == "published"
        and event["visibility"] == "public"
        and "safety" not in event
        and len(event.get("occurrences", ())) == 1
        and not event["occurrences"][0].get("rrule")
        and event["registration"]["mode"] == "open"
        and not event["registration"].get("questions")
        and event["kind"] in ("lecture", "webinar", "screening", "workshop", "hearing")
    )


def _event(model: dict[str, Any], number: int, theme: str, day: dt.date) -> dict[str, Any]:
    event = deepcopy(model)
    for name in ("outcome", "quotas", "featured", "min_age", "max_age", "part_of"):
        event.pop(name, None)
    event["key"] = f"{model['key']}-{number}"
    event["title"] = {lang: f"{text} ({number})" for lang, text in event["title"].items()}
    event["themes"], event["subtopics"] = [theme], [SUBTOPICS[theme]]
    given = event["occurrences"][0]
    one = {"date": day, "start": given["start"], "end": given["end"]}
    event["occurrences"] = [one | ({"title": given["title"]} if "title" in given else {})]
    event["registration"] |= {"opens_days": 2_000, "closes_hours": 0}
    if number < PLACES:
        event["registration"]["capacity"] = SEATS
        if event["mode"] == "hybrid":
            event["registration"]["online_capacity"] = SEATS
    return event


def multiply(world: World, times: int) -> int:
    """Copy the events of an SQLite world in the database until there are `times` as many; returns how many there are.

    Copied is what lists read: events, occurrences, records, themes, segments, languages.
    """
    world.close()
    with closing(sqlite3.connect(world.file)) as database:
        most = database.execute("SELECT max(id) FROM event").fetchone()[0]
        for copy in range(1, times):
            _copy_once(database, copy, copy * (most + 1), most)
        database.execute("UPDATE programme_version SET number = number + 1")
        database.commit()
        database.execute("ANALYZE")
        database.commit()
        return int(database.execute("SELECT count(*) FROM event").fetchone()[0])


def _copy_once(database: sqlite3.Connection, copy: int, more: int, most: int) -> None:
    changed = {
        "event": {
            "id": f"id + {more}",
            "key": f"key || '-x{copy}'",
            "uid": f"uid || '{copy}'",
            "row_id": f"substr(row_id, 1, 19) || '{copy:03d}'",
        },
        "occurrence": {"id": None, "uid": f"substr(uid, 1, 33) || '{copy}'", "event_id": f"event_id + {more}"},
        "event_record": {
            "event_id": f"event_id + {more}",
            "body": f"CAST(json_set(CAST(body AS TEXT), '$.id', event_id + {more}, '$.key', "
            f"json_extract(CAST(body AS TEXT), '$.key') || '-x{copy}') AS BLOB)",
        },
        "event_theme": {"event_id": f"event_id + {more}"},
        "event_segment": {"event_id": f"event_id + {more}"},
        "event_language": {"event_id": f"event_id + {more}"},
    }
    for table, changes in changed.items():
        names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        kept = [name for name in names if changes.get(name, "") is not None]
        values = ", ".join(changes.get(name) or name for name in kept)
        column = "id" if table == "event" else "event_id"
        database.execute(
            f"INSERT INTO {table} ({', '.join(kept)}) SELECT {values} FROM {table} WHERE {column} <= {most}"
        )
