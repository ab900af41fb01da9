"""What every page needs to know of the programme, kept in memory by its version: its words, today."""

from collections.abc import Callable, Hashable, Mapping
from datetime import date
from typing import TypeVar

from flask import g
from sqlalchemy import bindparam, func, select

from cag_events import clock
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.event import EventRecord
from cag_events.events import records
from cag_events.events.cards import Reader
from cag_events.events.models import Event, EventRecordRow, KindWords, ProgrammeVersion
from cag_events.events.queries import programme_version
from cag_events.web.language import current_language
from cag_events.web.memo import remembered
from cag_events.web.organisation import site

T = TypeVar("T")
_FINDING = (
    select(EventRecordRow.body, select(func.max(ProgrammeVersion.number)).scalar_subquery())
    .join(Event, Event.id == EventRecordRow.event_id)
    .where(Event.key == bindparam("key"))
)


def version() -> int:
    """Return the programme's version, read once per request."""
    if "programme_version" not in g:
        g.programme_version = programme_version()[0]
    known: int = g.programme_version
    return known


def find_record(key: str) -> EventRecord | None:
    """Return the record of the event with this key, and read the programme's version in the same statement."""
    row = db.session.execute(_FINDING, {"key": key}).first()
    if row is None:
        return None
    g.programme_version = row[1] or 0
    return records.decode(row[0])


def kept(key: Hashable, make: Callable[[], T]) -> T:
    """Return what was made for this key since the programme last changed; makes it if nothing was."""
    return remembered((version(), key), make)


def reader() -> Reader:
    """Return for whom this request makes cards."""
    lang = current_language()
    home = site().facts.tz
    return Reader(lang=lang, home=home, today=today(), kind_names=kept("kinds", _kind_names))


def today() -> date:
    """Return the day it is at the organisation."""
    return when.day_of(clock.now(), site().facts.tz)


def _kind_names() -> Mapping[str, Mapping[str, str]]:
    return {row.key: dict(row.name) for row in db.session.scalars(select(KindWords)) if row.name}
