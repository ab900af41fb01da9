"""What each circle may see of an event: one function for every page, feed, mail, export and search index.

Circles: public < members < registered (confirmed) < released (confirmed, from a set time before the start) < team.
"""

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from cag_events.domain.event import Aspect, Circle, EventRecord, EventView, Safety, VenueRef, Visibility, Whole
from cag_events.domain.lifecycle import SHOWN, Status
from cag_events.domain.readings import let_out

RELEASE_BEFORE = timedelta(hours=24)

RANK = {circle: rank for rank, circle in enumerate(Circle)}

_OPEN = dict.fromkeys(Aspect, Circle.PUBLIC) | {Aspect.ONLINE: Circle.RELEASED, Aspect.COUNTS: Circle.TEAM}
_CAREFUL = _OPEN | {Aspect.LOCATION: Circle.RELEASED, Aspect.MAP: Circle.RELEASED, Aspect.CONTACT: Circle.REGISTERED}
_GUARDED = dict.fromkeys(Aspect, Circle.REGISTERED) | {
    Aspect.ONLINE: Circle.RELEASED,
    Aspect.LOCATION: Circle.RELEASED,
    Aspect.MAP: Circle.RELEASED,
    Aspect.COUNTS: Circle.TEAM,
}
PRESETS: dict[Safety, dict[Aspect, Circle]] = {
    Safety.OPEN: _OPEN,
    Safety.CAREFUL: _CAREFUL,
    Safety.GUARDED: _GUARDED,
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at an event. `confirmed`: holds a seat at it; `invited`: came by an invitation or an own link."""

    circle: Circle = Circle.PUBLIC  # public, members or team
    confirmed: bool = False
    invited: bool = False


STRANGER = Viewer()
TEAM = Viewer(circle=Circle.TEAM)


def circle_of(record: EventRecord, viewer: Viewer, at: datetime) -> Circle:
    """Return the circle in which a viewer sees this event at an instant."""
    if viewer.circle is Circle.TEAM:
        return Circle.TEAM
    if viewer.confirmed:
        start = record.starts_at
        return Circle.RELEASED if start is not None and at >= start - RELEASE_BEFORE else Circle.REGISTERED
    return viewer.circle


def level_of(record: EventRecord, aspect: Aspect) -> Circle:
    """Return the least circle that sees an aspect of the event: its own level, else that of its preset."""
    own = record.levels.get(aspect.value)
    return Circle(own) if own else PRESETS[record.safety][aspect]


class Knowable(Protocol):
    """The part of an event that decides who may know of it, as its row and its record both have it."""

    @property
    def status(self) -> Status:
        """Where the event is in its life."""

    @property
    def visibility(self) -> Visibility:
        """Who may know that it exists."""


def may_know(record: Knowable, viewer: Viewer) -> bool:
    """Tell whether the viewer may know that the event exists, given its address."""
    if viewer.circle is Circle.TEAM:
        return True
    if record.status not in SHOWN:
        return False
    if viewer.confirmed or viewer.invited:
        return True
    if record.visibility is Visibility.PRIVATE:
        return False
    if record.visibility is Visibility.MEMBERS:
        return RANK[viewer.circle] >= RANK[Circle.MEMBERS]
    return True


def disclose(record: EventRecord, viewer: Viewer, at: datetime) -> EventView:
    """Return what a viewer may see of an event at an instant; whether it may be known at all is may_know()."""
    circle = circle_of(record, viewer, at)
    rank = RANK[circle]
    hidden = frozenset(aspect for aspect in Aspect if RANK[level_of(record, aspect)] > rank)
    view = EventView(
        **{f.name: getattr(record, f.name) for f in fields(EventRecord)},
        circle=circle,
        hidden=hidden,
    )
    if circle is Circle.TEAM:
        return view
    view = replace(
        view, levels={}, lead="", team_details={}, setup_minutes=0, clear_minutes=0, **_people(record, hidden)
    )
    is_registered = rank >= RANK[Circle.REGISTERED]
    details = let_out(view.details, record.occurrences, record.tz, at, is_registered=is_registered)
    view = replace(view, details=details)
    if Aspect.LOCATION in hidden:
        view = replace(view, venue=_town(record.venue), room=None, access_note={}, town_only=True)
    elif Aspect.MAP in hidden and record.venue is not None:
        view = replace(view, venue=replace(record.venue, lat=None, lon=None, accuracy_m=None))
    if record.part_of is not None and not _is_open_to(record.part_of, viewer):
        view = replace(view, part_of=None)
    if Aspect.PARTNERS in hidden:
        view = replace(view, partners=())
    if Aspect.PROGRAMME in hidden:
        view = replace(view, agenda=(), details={})
    if record.safety is Safety.GUARDED and rank < RANK[Circle.REGISTERED]:
        view = _neutral(view)
    return view


def _is_open_to(whole: Whole, viewer: Viewer) -> bool:
    """Tell whether a part may name its whole: only where this viewer would find the whole in a list, title and all."""
    is_listed = whole.visibility in (Visibility.PUBLIC, Visibility.MEMBERS)
    return is_listed and whole.safety is not Safety.GUARDED and may_know(whole, Viewer(circle=viewer.circle))


def _people(record: EventRecord, hidden: frozenset[Aspect]) -> dict[str, Any]:
    """The people who may be named: none where people are hidden, else those who agreed."""
    named = () if Aspect.PEOPLE in hidden else tuple(person for person in record.people if person.named)
    keys = frozenset(person.key for person in named)
    agenda = tuple(
        replace(item, title={}, who=())
        if item.closed
        else replace(item, who=tuple(who for who in item.who if who in keys))
        for item in record.agenda
    )
    return {"people": named, "agenda": agenda, "details": _without_people(record.details, keys)}


def _without_people(value: Any, keys: frozenset[str]) -> Any:
    """Details of a kind in which `who` and `leader` name only the people in `keys`.

    A row that is about one person, as a speaker's, goes as a whole with its `who`.
    """
    if isinstance(value, dict):
        kept: dict[str, Any] = {}
        for name, inner in value.items():
            if name == "who":
                kept[name] = _known(inner, keys)
            elif name == "leader":
                kept[name] = inner if inner in keys else ""
            else:
                kept[name] = _without_people(inner, keys)
        return kept
    if isinstance(value, list):
        return [_without_people(inner, keys) for inner in value if not _is_about_another(inner, keys)]
    return value


def _known(who: Any, keys: frozenset[str]) -> Any:
    if isinstance(who, str):
        return who if who in keys else ""
    return [one for one in who if one in keys]


def _is_about_another(row: Any, keys: frozenset[str]) -> bool:
    who = row.get("who") if isinstance(row, dict) else None
    return isinstance(who, str) and bool(who) and who not in keys


def _town(venue: VenueRef | None) -> VenueRef | None:
    """A venue reduced to its town, as those see it who may not know the address."""
    if venue is None or venue.virtual:
        return venue
    return VenueRef(key="", name={}, city=venue.city, city_names=venue.city_names, country=venue.country, tz=venue.tz)


def _neutral(view: EventView) -> EventView:
    """A guarded event from outside: its kind, its date and the form, and nothing that tells what it is about."""
    return replace(
        view,
        neutral=True,
        title={},
        summary={},
        body={},
        content_note={},
        access_note={},
        themes=(),
        subtopics=(),
        segments=(),
        campaign=None,
        part_of=None,
        partners=(),
        people=(),
        agenda=(),
        details={},
        format=None,
        venue=view.venue if view.venue is not None and view.venue.virtual else None,
        room=None,
        platform="",
        occurrences=tuple(replace(occurrence, title={}, cancel_reason={}) for occurrence in view.occurrences),
        languages=(),
        interpreting=(),
        recording="",
        photo_policy="",
        food="",
        min_age=None,
        max_age=None,
        cancel_reason={},
    )
