"""The pages of one event in the workspace, as tabs: edit, registrations, what its kind adds, links for helpers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask import request, url_for
from flask_babel import gettext as _

from cag_events.domain.errors import N_
from cag_events.domain.event import EventRecord
from cag_events.events.extensions import Tab, extensions_of
from cag_events.permissions import Actor, Permission, may

_LIST: Final = "registrations.list"
_EDIT = Tab(label=N_("Edit"), endpoint="events.edit", permission=Permission.EVENT_EDIT)
_DATES = Tab(
    label=N_("Dates"),
    endpoint="events.dates",
    permission=Permission.EVENT_EDIT,
    also=("events.one_date", "events.series"),
    wants=lambda record: bool(record.occurrences),
    below="events.edit",
)
_PEOPLE = Tab(
    label=N_("Registrations"),
    endpoint=_LIST,
    permission=Permission.COUNTS_SEE,
    also=(
        "registrations.detail",
        "registrations.new",
        "registrations.invite",
        "registrations.invitations",
        "registrations.care",
        "registrations.give_care",
    ),
)
_LINKS = Tab(
    label=N_("Links"),
    endpoint="events.passes",
    permission=Permission.EVENT_PUBLISH,
    also=("events.make_pass", "events.end_pass"),
    wants=lambda record: any(one.passes for one in extensions_of(record.kind)),
)


@dataclass(frozen=True, slots=True)
class EventTabs:
    """The pages of an event: label, address, whether it is the one we are at. `below`: of the part we are in."""

    top: tuple[tuple[str, str, bool], ...] = ()
    below: tuple[tuple[str, str, bool], ...] = ()


def tabs_of(record: EventRecord, actor: Actor) -> EventTabs:
    """Return the pages of an event that somebody may open, and below those of the part we are in."""
    shown = [tab for tab in _tabs(record) if may(actor, tab.permission) and tab.wants(record)]
    parts = {tab.endpoint: [tab] for tab in shown if not tab.below}
    for tab in shown:
        if tab.below:
            parts.setdefault(tab.below, []).append(tab)
    here = next((part for part in parts.values() if any(_is_here(tab) for tab in part)), [])
    return EventTabs(
        top=tuple((*_item(part[0], record), part is here) for part in parts.values()),
        below=tuple((*_item(tab, record), _is_here(tab)) for tab in here) if len(here) > 1 else (),
    )


def _item(tab: Tab, record: EventRecord) -> tuple[str, str]:
    return _(tab.label), url_for(tab.endpoint, key=record.key)


def _is_here(tab: Tab) -> bool:
    return request.endpoint in (tab.endpoint, *tab.also)


def _tabs(record: EventRecord) -> Iterator[Tab]:
    yield _EDIT
    yield _DATES
    yield _PEOPLE
    for extension in extensions_of(record.kind):
        yield from extension.tabs
    yield _LINKS
