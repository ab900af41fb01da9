"""Kind: what a kind of event says about itself. Draft: an event as the publish gate sees it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any

from cag_events.domain.errors import Refused
from cag_events.domain.event import EventRecord
from cag_events.kinds import _shape
from cag_events.kinds._form import KindForm


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An event before it is published: its record, and the kind's details as their dataclass.

    `room_keys`: the rooms of its venue; empty where they are not known.
    """

    record: EventRecord
    details: Any
    has_online_room: bool = False
    room_keys: frozenset[str] = frozenset()


Rule = Callable[[Draft, datetime], Iterator[Refused]]


def _no_run(_details: Any) -> tuple[date, date] | None:
    return None


def _no_faults(_details: Any) -> Iterator[tuple[str, str]]:
    return iter(())


def _only_moved(details: Any, days: int) -> Any:
    return _shape.shifted(details, days)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of event: everything that differs between kinds is said here, so that no code asks which it is.

    `details`: a frozen dataclass with defaults for every field; its fields are those that an event of this kind has in
    programme files beside the common ones, and stored JSON has the same shape (see _shape.py). `form`: its part of the
    editor. `team_only`: paths into details, as "film.licence" or "roleplay.roles[].brief", that only the team may see.
    `publish_rules`: what must be right before it is published; `advice`: what should be.
    `faults`: what can never be right in them, as (path, what is wrong), said by the editor and by programme files.
    `run_of`: the first and last day that details say the event stands, where a kind has a run. `repeated`: details for
    a copy of the event so many days later.
    """

    slug: str
    label: str
    plural: str
    details: type
    form: type[KindForm]
    sample: Any
    team_only: tuple[str, ...] = ()
    publish_rules: tuple[Rule, ...] = ()
    advice: tuple[Rule, ...] = ()
    checklist: tuple[tuple[int, str], ...] = ()  # days from the first occurrence, task
    reminders: tuple[timedelta, ...] = ()
    default_minutes: int = 90
    has_run: bool = False  # stands for a period, with opening hours; occurrences are optional
    has_agenda: bool = False  # minutes that must fit its occurrences
    faults: Callable[[Any], Iterator[tuple[str, str]]] = _no_faults
    run_of: Callable[[Any], tuple[date, date] | None] = _no_run
    repeated: Callable[[Any, int], Any] = _only_moved
    schema_type: str = "Event"  # schema.org
    icon: str = "event"
    default_registration: dict[str, Any] = field(default_factory=dict)

    @property
    def sections(self) -> tuple[str, ...]:
        """The names of the event's fields in programme files that belong to this kind."""
        return tuple(_shape.name_in_files(field.name) for field in fields(self.details))
