"""Kind: what a kind of event says about itself. Draft: an event as the publish gate sees it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from cag_events.domain.errors import Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.joining import Entering
from cag_events.domain.opening_hours import Hours
from cag_events.domain.reminding import Reminder
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


def _no_hours(_details: Any) -> Hours | None:
    return None


def _as_stored(stored: Mapping[str, Any], _own: Mapping[str, Any]) -> dict[str, Any]:
    return dict(stored)


def _no_faults(_details: Any) -> Iterator[tuple[str, str]]:
    return iter(())


def _entered_as_usual(_details: Any) -> Entering:
    return Entering()


def _nothing_more(_details: Any, _lang: str) -> dict[str, Any]:
    return {}


def _nothing_to_bring(_details: Any) -> tuple[Mapping[str, str], ...]:
    return ()


def _names_as_agreed(_format: str, _details: Any) -> bool:
    return False


def _only_moved(details: Any, days: int) -> Any:
    return _shape.shifted(details, days)


def _as_it_was(details: Any, _first: date, _last: date) -> Any:
    return details


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of event: everything that differs between kinds is said here, so that no code asks which it is.

    `details`: a frozen dataclass with defaults for every field; its fields are those that an event of this kind has in
    programme files beside the common ones, and stored JSON has the same shape (see _shape.py). `form`: its part of the
    editor. `team_only`: paths into details, as "film.licence", that only the team may see.
    `file_only`: paths that files may give and that are not stored here: a room keeps them, see Extension.secrets.
    `publish_rules`: what must be right before it is published; `advice`: what should be.
    `faults`: what can never be right in them, as (path, what is wrong), said by the editor and by programme files.
    `run_of`: the first and last day that details say the event stands, where a kind has a run; `hours_of`: when one can
    come in that time; `at_venue(stored, hours)`: stored details with what they take from the venue's own hours, which
    have the shape of exhibition.Week. `repeated`: details for
    a copy of the event so many days later; `with_run`: details with another first and last day, which is how the
    calendar moves what stands for days. `entering`: what the online room's join page needs to know of them.
    `names_nobody(format, details)`: whether nobody who takes part may be named to anybody outside the team, whatever
    they agreed to, as under the Chatham House rule; then the paths `people_in` of details are for the team alone too.
    `reminders`: the mails before the start and after the end where an event has none of its own. `to_bring`: texts of
    what those who come bring or prepare, of details as disclosed.
    `structured`: what schema.org's data of the event page has beside the common ones, of details as disclosed.
    """

    slug: str
    label: str
    plural: str
    details: type
    form: type[KindForm]
    sample: Any
    team_only: tuple[str, ...] = ()
    file_only: tuple[str, ...] = ()
    publish_rules: tuple[Rule, ...] = ()
    advice: tuple[Rule, ...] = ()
    checklist: tuple[tuple[int, str], ...] = ()  # days from the first occurrence, task
    reminders: tuple[Reminder, ...] = ()
    to_bring: Callable[[Any], tuple[Mapping[str, str], ...]] = _nothing_to_bring
    default_minutes: int = 90
    has_run: bool = False  # stands for a period, with opening hours; occurrences are optional
    people_in: tuple[str, ...] = ()
    names_nobody: Callable[[str, Any], bool] = _names_as_agreed
    has_agenda: bool = False  # minutes that must fit its occurrences
    faults: Callable[[Any], Iterator[tuple[str, str]]] = _no_faults
    run_of: Callable[[Any], tuple[date, date] | None] = _no_run
    hours_of: Callable[[Any], Hours | None] = _no_hours
    at_venue: Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]] = _as_stored
    repeated: Callable[[Any, int], Any] = _only_moved
    with_run: Callable[[Any, date, date], Any] = _as_it_was
    entering: Callable[[Any], Entering] = _entered_as_usual
    structured: Callable[[Any, str], dict[str, Any]] = _nothing_more
    schema_type: str = "Event"  # schema.org
    icon: str = "event"
    default_registration: dict[str, Any] = field(default_factory=dict)

    @property
    def sections(self) -> tuple[str, ...]:
        """The names of the event's fields in programme files that belong to this kind."""
        return tuple(_shape.name_in_files(field.name) for field in fields(self.details))
