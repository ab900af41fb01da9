"""What every page of the room in the workspace needs of its event."""

from dataclasses import dataclass

from cag_events.domain.event import EventRecord
from cag_events.domain.texts import Picked
from cag_events.events import reading
from cag_events.events.cards import title_of
from cag_events.events.queries import get_record_of, get_view
from cag_events.events.tabs import EventTabs, tabs_of
from cag_events.web.actor import actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The event of a page, its title, and the pages beside this one."""

    record: EventRecord
    title: Picked
    tabs: EventTabs


def frame_of(key: str) -> Frame:
    """Return the frame of an event's page. Raises NotFound also for what this member of the team may not know of."""
    record, who = get_record_of(key), actor()
    view = get_view(key, who.viewer)
    return Frame(record=record, title=title_of(view, reading.reader()), tabs=tabs_of(record, who))


def segment_names(record: EventRecord, every: list[tuple[str, str]], used: set[str]) -> list[tuple[str, str]]:
    """Return the segments to count by: those the event is for, or all; those in use; and the people of none."""
    own = {segment.key for segment in record.segments} or {key for key, _name in every}
    return [(key, name) for key, name in every if key == "" or key in own or key in used]
