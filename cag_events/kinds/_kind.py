"""Kind: what a kind of event says about itself. Draft: an event as the publish gate sees it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from wtforms import Form

from cag_events.domain.errors import Refused
from cag_events.domain.event import EventRecord


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An event before it is published: its record, and the kind's details as their dataclass."""

    record: EventRecord
    details: Any
    has_online_room: bool = False


Rule = Callable[[Draft, datetime], Iterator[Refused]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of event: everything that differs between kinds is said here, so that no code asks which it is.

    `details`: a frozen dataclass with defaults for every field, stored as JSON under the same names as in programme
    files. `form`: its part of the editor. `sections`: the names of the event's fields in programme files that belong
    to this kind alone. `team_only`: paths into details, as "film.licence" or "roleplay.roles[].brief", that only the
    team may see.
    """

    slug: str
    label: str
    plural: str
    details: type
    form: type[Form]
    sample: Any
    sections: tuple[str, ...] = ()
    team_only: tuple[str, ...] = ()
    publish_rules: tuple[Rule, ...] = ()
    checklist: tuple[tuple[int, str], ...] = ()  # days from the first occurrence, task
    reminders: tuple[timedelta, ...] = ()
    default_minutes: int = 90
    has_run: bool = False  # stands for a period, with opening hours; occurrences are optional
    has_agenda: bool = False  # minutes that must fit its occurrences
    schema_type: str = "Event"  # schema.org
    icon: str = "event"
    default_registration: dict[str, Any] = field(default_factory=dict)
