"""The pages of one event in the workspace, as tabs: edit, registrations, what its kind adds, links for helpers."""

from collections.abc import Iterator

from flask import request, url_for
from flask_babel import gettext as _

from cag_events.domain.errors import N_
from cag_events.domain.event import EventRecord
from cag_events.events.extensions import Tab, extensions_of
from cag_events.permissions import Actor, Permission, may

_EDIT = Tab(label=N_("Edit"), endpoint="events.edit", permission=Permission.EVENT_EDIT)
_PEOPLE = Tab(
    label=N_("Registrations"),
    endpoint="registrations.list",
    permission=Permission.COUNTS_SEE,
    also=("registrations.detail", "registrations.new", "registrations.invite"),
)
_LINKS = Tab(
    label=N_("Links"),
    endpoint="events.passes",
    permission=Permission.EVENT_PUBLISH,
    also=("events.make_pass", "events.end_pass"),
    wants=lambda record: any(one.passes for one in extensions_of(record.kind)),
)


def tabs_of(record: EventRecord, actor: Actor) -> list[tuple[str, str, bool]]:
    """Return the pages of an event that somebody may open: label, address, whether it is the one we are at."""
    return [
        (_(tab.label), url_for(tab.endpoint, key=record.key), request.endpoint in (tab.endpoint, *tab.also))
        for tab in _tabs(record)
        if may(actor, tab.permission) and tab.wants(record)
    ]


def _tabs(record: EventRecord) -> Iterator[Tab]:
    yield _EDIT
    yield _PEOPLE
    for extension in extensions_of(record.kind):
        yield from extension.tabs
    yield _LINKS
