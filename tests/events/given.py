"""What tests of the events room share: actors, fields of a plain event, and the facts that were noted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import current_app  # noqa: TID251 (the reactions belong to the application)

from cag_events.events.fields import EventFields, OccurrenceFields
from cag_events.outbox.facts import init_app
from cag_events.permissions import Actor, Role
from cag_events.reactions import AT_ONCE, LATER
from tests.factories import make_theme, make_venue

EDITOR = Actor(role=Role.EDITOR)
ORGANIZER = Actor(role=Role.ORGANIZER)
MEMBER = Actor(role=Role.MEMBER)
FACTS = (
    *("event.changed", "event.moved", "event.published", "event.postponed", "event.cancelled", "event.withdrawn"),
    *("event.capacity_changed", "contact.changed", "partner.changed", "segment.changed"),
)


def occurrence(starts: str, ends: str, **more: Any) -> OccurrenceFields:
    """A dated part as typed."""
    return OccurrenceFields(starts_wall=datetime.fromisoformat(starts), ends_wall=datetime.fromisoformat(ends), **more)


def new_fields(**values: Any) -> EventFields:
    """A lecture with a title in Swedish alone."""
    return replace(EventFields(kind="lecture", title={"sv": "Vatten på gång"}), **values)


def whole_fields(**values: Any) -> EventFields:
    """A lecture that may be published: kind, title, when, where and theme."""
    whole = new_fields(
        venue=make_venue().key,
        themes=(make_theme().key,),
        occurrences=(occurrence("2026-12-03T18:00", "2026-12-03T19:30"),),
    )
    return replace(whole, **values)


@contextmanager
def facts() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Listen to the facts of the room beside what the application does with them."""
    heard: list[tuple[str, dict[str, Any]]] = []
    app = current_app._get_current_object()

    def listener(name: str) -> Any:
        return lambda **said: heard.append((name, said))

    heard_too = {name: (*AT_ONCE.get(name, ()), listener(name)) for name in {*AT_ONCE, *FACTS}}
    init_app(app, heard_too, LATER)
    try:
        yield heard
    finally:
        init_app(app, AT_ONCE, LATER)


def names(heard: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """The names of the facts that were heard."""
    return [name for name, _said in heard]
