"""An event beside a registration: what its owner, or somebody invited, may see of it, in words."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from cag_events.domain.calendar import Entry, Header, calendar, clean_text, vevent, zones_of
from cag_events.domain.clocks import other_zones
from cag_events.domain.disclosure import RELEASE_BEFORE, Viewer, disclose, may_know
from cag_events.domain.errors import NotFound
from cag_events.domain.event import Aspect, EventRecord, EventView, Mode, OccurrenceRecord
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.texts import Picked
from cag_events.events import reading
from cag_events.events.cards import Reader, city_of, kind_label, title_of


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBeside:
    """What pages of this room tell about their event."""

    view: EventView
    reader: Reader
    title: Picked
    kind: str
    dates: tuple[OccurrenceRecord, ...]
    others: tuple[str, ...]  # zones to tell the dates in as well
    place: str
    city: str


def see(record: EventRecord, viewer: Viewer, at: datetime, chosen: Collection[int] = ()) -> EventBeside:
    """Return an event as a viewer may see it, with the chosen dates or all. Raises NotFound."""
    if not may_know(record, viewer):
        raise NotFound(record.key)
    return see_view(disclose(record, viewer, at), chosen)


def see_view(view: EventView, chosen: Collection[int] = ()) -> EventBeside:
    """Return what pages tell of an event that was disclosed already."""
    reader = reading.reader()
    return EventBeside(
        view=view,
        reader=reader,
        title=title_of(view, reader),
        kind=kind_label(view.kind, reader),
        dates=tuple(one for one in view.occurrences if not chosen or one.id in chosen),
        others=other_zones(view, reader.home),
        place=_place(view, reader),
        city=city_of(view.venue, reader) if view.venue else "",
    )


def release_of(view: EventView) -> datetime | None:
    """Return when what is kept back until shortly before the start is shown; None if nothing is."""
    kept_back = view.hidden & {Aspect.ONLINE, Aspect.LOCATION}
    return view.starts_at - RELEASE_BEFORE if kept_back and view.starts_at else None


def calendar_entries(
    event: EventBeside, *, sequence_of: Callable[[str], int], url: str | None, join_url: str | None
) -> list[Entry]:
    """Return the dates that somebody comes to as entries of a calendar; the UIDs are those of every feed."""
    view = event.view
    return [
        Entry(
            uid=one.uid,
            sequence=sequence_of(one.uid),
            created=view.published_at or view.created_at,
            last_modified=view.changed_at,
            start=one.starts_wall,
            end=one.ends_wall,
            tz=one.tz,
            status=_entry_status(view),
            summary=clean_text(event.title.text, single_line=True),
            description=(url,) if url else (),
            url=url,
            location=clean_text(join_url if join_url and view.mode is Mode.ONLINE else event.place, single_line=True),
            conference_url=join_url,
            transparent=False,
        )
        for one in event.dates
    ]


def calendar_file(
    event: EventBeside, *, sequence_of: Callable[[str], int], url: str | None, join_url: str | None, organisation: str
) -> bytes:
    """Return the dates that somebody comes to as a calendar file."""
    entries = calendar_entries(event, sequence_of=sequence_of, url=url, join_url=join_url)
    return calendar(Header(organisation=organisation), [vevent(entry) for entry in entries], zones_of(entries))


def _entry_status(view: EventView) -> str:
    if view.status is EventStatus.CANCELLED:
        return "CANCELLED"
    return "TENTATIVE" if view.status is EventStatus.POSTPONED else "CONFIRMED"


def _place(view: EventView, reader: Reader) -> str:
    venue = view.venue
    if venue is None or venue.virtual:
        return ""
    town = " ".join(part for part in (venue.postcode, city_of(venue, reader)) if part)
    parts = (reader.text(venue.name).text, view.room.name if view.room else "", venue.street, town)
    return ", ".join(part for part in parts if part)
