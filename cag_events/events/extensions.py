"""What the rooms that serve kinds of events add to pages, files and daily work that are not their own.

A room such as exhibitions or hearings lies above events and registrations; the event page, one's own registration, the
publish gate, *today*, programme files and retention must show and do what it keeps. It says so in one EXTENSION, which
app.py hands over; whoever prints or does something asks here, and never for a kind.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import Flask, current_app  # noqa: TID251 (which rooms there are, the application knows)

from cag_events.domain.calendar import Entry
from cag_events.domain.errors import Refused
from cag_events.domain.event import EventRecord, EventView
from cag_events.domain.seats import Status
from cag_events.permissions import Actor, Permission

_NAME = "cag_extensions"


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a page: a template (its head says what it wants) and the values that it prints, beside the page's."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnVisit:
    """Somebody at their own registration's page: what a room may know of them. `view` is what they may see."""

    registration_id: int
    row_id: str
    token: str
    status: Status
    view: EventView
    occurrence_ids: frozenset[int]
    now: datetime

    @property
    def is_confirmed(self) -> bool:
        """Whether they hold a seat."""
        return self.status is Status.CONFIRMED


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A page of an event in the workspace; `label` is marked N_(), the endpoint takes the event's `key`.

    `also`: endpoints of pages that belong to it. `wants`: whether an event has it, where not all of the kind do.
    `below`: the endpoint of the tab it stands under, in a second row that is shown there alone.
    """

    label: str
    endpoint: str
    permission: Permission
    also: tuple[str, ...] = ()
    wants: Callable[[EventRecord], bool] = lambda _record: True
    below: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassKind:
    """A page that is opened by a link, without an account, for one event, as the counter's or the chair's.

    `purpose` names it in the database, `label` and `hint` (marked N_()) where links are given; the endpoint takes the
    `token`. The link lives until `hours_after` the event's end unless it is ended before. `is_at_door`: a counter that
    whoever stands at the door has too.
    """

    purpose: str
    label: str
    hint: str
    endpoint: str
    hours_after: int = 12
    permission: Permission = Permission.EVENT_PUBLISH
    is_at_door: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """Something for *today*: an event's, said in the reader's language, and where to do it."""

    event_id: int
    text: str
    url: str
    due_on: date | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A field of an event in programme files whose content this room keeps in tables of its own.

    `content`: a dataclass (or tuple of one, as `tuple[Commitment, ...]`) of the shapes of kinds/_shape.py. `read` gives
    the stored content of events as plain values, as a file would; `store` replaces an event's, within the unit.
    """

    name: str
    content: Any
    read: Callable[[Sequence[int]], Mapping[int, Any]]
    store: Callable[[int, Any], None]


def _no_block(*_about: Any) -> Block | None:
    return None


def _no_todos(_records: Sequence[EventRecord], _actor: Actor, _now: datetime) -> Iterable[Todo]:
    return ()


def _no_rules(_record: EventRecord, _now: datetime) -> Iterator[Refused]:
    return iter(())


def _nothing_due(_record: EventRecord, _today: date) -> Counter[str]:
    return Counter()


def _nothing_held() -> frozenset[int]:
    return frozenset()


def _nothing_watched(_now: datetime) -> frozenset[int]:
    return frozenset()


def _nothing_timed(_now: datetime) -> int:
    return 0


def _nothing_instead(_event_ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    return {}


def _no_entries(_registration_id: int, _lang: str, _now: datetime) -> Iterable[Entry]:
    return ()


def has_own_entries(extension: "Extension") -> bool:
    """Tell whether a room has entries of its own for somebody's calendar."""
    return extension.own_entries is not _no_entries


def _nothing_copied(_from: int, _to: int, _days: int) -> None:
    """Most rooms keep nothing that a copy of an event would have."""


@dataclass(frozen=True, kw_only=True)
class Extension:
    """All that one room adds. `kinds`: slugs of the kinds that it serves; empty: every kind.

    `on_page(view, now)`: a block of the public event page. Pages are kept by the programme's version: whoever changes
    what a block says calls records.raise_version() in the same unit. `on_own_page(visit)`: a block of one's own
    registration's page. `secrets`: paths into the kind's details that files may give but that are never stored, shown
    or exported with them; `keep_secrets(event_id, {path: [(place, value)]})` takes them, within the unit.
    `todos`: for *today*, about the events given, in statements whose number does not grow with them: those of these
    months, and those that `watching(now)` names, however long ago they were; `rules`: of the publish gate, for what is
    in tables (lists of many events do without them); `delete_due(record, today)`: the daily retention of an event that
    is over, within a writing unit, for the events that `holding()` names: those of which the room keeps something
    personal. An event's data key lives as long as any room holds something of it.
    `timed(now)`: what is to be done at a time, asked for by the worker each minute; returns how much it did, and does
    nothing twice. `erase(registration_id)`: all that the room keeps of one party;
    `copy(from, to, days)`: what a copy of an event has too. `shown(event_ids)`: by event, sections of the kind's
    details that visitors see in place of what its editor holds, as a published version; asked when records are written.
    `own_entries(registration_id, lang, now)`: what somebody chose within an event, as items of a programme, for their
    own calendar; complete with UID and version.
    """

    room: str
    kinds: frozenset[str] = frozenset()
    on_page: Callable[[EventView, datetime], Block | None] = _no_block
    on_own_page: Callable[[OwnVisit], Block | None] = _no_block
    tabs: tuple[Tab, ...] = ()
    passes: tuple[PassKind, ...] = ()
    todos: Callable[[Sequence[EventRecord], Actor, datetime], Iterable[Todo]] = _no_todos
    watching: Callable[[datetime], frozenset[int]] = _nothing_watched
    rules: Callable[[EventRecord, datetime], Iterator[Refused]] = _no_rules
    sections: tuple[Section, ...] = ()
    secrets: tuple[str, ...] = ()
    keep_secrets: Callable[[int, Mapping[str, Sequence[tuple[str, Any]]]], None] | None = None
    delete_due: Callable[[EventRecord, date], Counter[str]] = _nothing_due
    holding: Callable[[], frozenset[int]] = _nothing_held
    timed: Callable[[datetime], int] = _nothing_timed
    erase: Callable[[int], None] | None = None
    copy: Callable[[int, int, int], None] = _nothing_copied
    shown: Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]] = _nothing_instead
    own_entries: Callable[[int, str, datetime], Iterable[Entry]] = _no_entries

    def __post_init__(self) -> None:
        if (self.delete_due is _nothing_due) != (self.holding is _nothing_held):
            raise TypeError(f"{self.room}: delete_due is asked only for the events that holding names; give both")

    def serves(self, kind: str) -> bool:
        """Tell whether it has to do with events of a kind."""
        return not self.kinds or kind in self.kinds


def init_app(app: Flask, extensions: Sequence[Extension]) -> None:
    """Give the application what its rooms add."""
    app.extensions[_NAME] = tuple(extensions)


def every_extension() -> tuple[Extension, ...]:
    """Return what all rooms add, in the order of app.py."""
    found: tuple[Extension, ...] = current_app.extensions[_NAME]
    return found


def extensions_of(kind: str) -> tuple[Extension, ...]:
    """Return what rooms add to events of a kind."""
    return tuple(one for one in every_extension() if one.serves(kind))


def blocks_of_page(view: EventView, now: datetime) -> list[Block]:
    """Return what rooms add to an event's public page; nothing where the event is neutral to its reader."""
    if view.neutral:
        return []
    return [block for one in extensions_of(view.kind) if (block := one.on_page(view, now))]


def blocks_of_own_page(visit: OwnVisit) -> list[Block]:
    """Return what rooms add to the page of one's own registration."""
    return [block for one in extensions_of(visit.view.kind) if (block := one.on_own_page(visit))]
