"""The blueprint of the room's pages, and what they have in common."""

from typing import Any

from flask import Blueprint

from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventRecord, EventView
from cag_events.events import reading
from cag_events.events.queries import get_view
from cag_events.events.tabs import tabs_of
from cag_events.hearings.extension import EXTENSION
from cag_events.web.actor import actor

bp = Blueprint("hearings", __name__)


def require_hearing(record: EventRecord) -> None:
    """Raise NotFound for an event that is none of this room's."""
    if not EXTENSION.serves(record.kind):
        raise NotFound(record.key)


def for_team(key: str) -> EventView:
    """Return a hearing for a page of the workspace, which asks for its permission itself. Raises NotFound."""
    view = get_view(key, actor().viewer)
    require_hearing(view)
    return view


def around(view: EventView) -> dict[str, Any]:
    """What every page of a hearing in the workspace prints."""
    return {"view": view, "title": reading.reader().text(view.title), "event_tabs": tabs_of(view, actor())}
