"""What can be moved in the calendar: a date or a run of an event, its times now, and where it was put."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events import clock
from cag_events.domain.disclosure import disclose
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventView
from cag_events.domain.plans import Span
from cag_events.domain.shifting import Walls, shifted
from cag_events.domain.texts import Picked
from cag_events.events.cards import Reader, title_of
from cag_events.events.conflicts import find_conflicts, plan_of, say, url_of
from cag_events.events.queries import get_record
from cag_events.events.told import find_held
from cag_events.permissions import Actor
from cag_events.web import dates
from cag_events.web.gate import whole_number
from cag_events.workspace import queries
from cag_events.workspace.doing import may_move


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that speaks against a time, in words."""

    level: str
    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A date of an event, or its run where `occurrence` is None."""

    view: EventView
    title: Picked
    version: int
    occurrence: int | None
    walls: Walls | None  # in its own zone
    tz: str
    run: tuple[date, date] | None
    is_series: bool
    may_move: bool

    @property
    def has_dates(self) -> bool:
        """Tell whether what stands for days has dates of its own that may go along."""
        return self.walls is None and bool(self.view.occurrences)

    def when(self, lang: str) -> dates.Spell:
        """Return when it is now."""
        if self.walls is None:
            assert self.run is not None
            return dates.run(*self.run, lang=lang)
        return dates.span(*self.walls, self.tz, lang=lang)

    def put(self, shown: Walls, shown_tz: str) -> Walls:
        """Return its own wall times for where it was put by the clocks of a zone. Raises Refused when.…"""
        assert self.walls is not None
        return shifted(self.walls, self.tz, shown, shown_tz) if shown_tz else shown


def find_hints(target: Target, put: Walls | None, run: tuple[date, date] | None, actor: Actor) -> list[Hint]:
    """Return what speaks against a time for it: hints, they keep nobody from anything."""
    plan = plan_of(get_record(target.view.id))
    if target.walls is not None:
        plan = replace(plan, dates=(Span(*(put or target.walls), target.tz),), run=None)
    elif run is not None:
        plan = replace(plan, run=run)
    return [Hint(str(one.level), say(one), url_of(one) or "") for one in find_conflicts(plan, actor)]


def find_target(key: str, occurrence: str, actor: Actor, reader: Reader) -> Target:
    """Return what an address or a form names. Raises NotFound."""
    event_id = queries.find_event_id(key, actor)
    if event_id is None:
        raise NotFound(key)
    record = get_record(event_id)
    view = disclose(record, actor.viewer, clock.now())
    run = (record.run_from, record.run_to) if record.run_from and record.run_to else None
    part = next((one for one in record.occurrences if str(one.id) == occurrence), None)
    if part is None and (occurrence or run is None):
        raise NotFound(occurrence)
    return Target(
        view=view,
        title=title_of(view, reader),
        version=record.version,
        occurrence=part.id if part else None,
        walls=Walls(part.starts_wall, part.ends_wall) if part else None,
        tz=part.tz if part else record.tz,
        run=run,
        is_series=part is not None and (bool(part.rrule) or part.series_of is not None),
        may_move=may_move(view, actor),
    )


def told_text(event_id: int, now: datetime) -> str:
    """Return who is told of the changes of an event, and when; nothing where nobody is."""
    held = find_held(event_id)
    if held is None or not held.people:
        return ""
    minutes = max(1, round((held.due_at - now).total_seconds() / 60))
    people = ngettext("%(num)s who is registered", "%(num)s who are registered", held.people)
    return str(
        ngettext(
            "%(people)s will be told in %(num)s minute.",
            "%(people)s will be told in %(num)s minutes.",
            minutes,
            people=people,
        )
    )


def moved_text(target: Target, lang: str) -> str:
    """Return where it is now."""
    return str(_("Moved to %(when)s.", when=target.when(lang).text))


@dataclass(frozen=True, slots=True)
class Moved:
    """What was just moved, for a page that says so."""

    text: str
    told: str
    undo: dict[str, str]


def find_moved(args: Mapping[str, str], actor: Actor, reader: Reader) -> Moved | None:
    """Return what an address says was moved; None where it names nothing, or nothing that can be undone."""
    event_id = queries.find_event_id(args.get("moved", ""), actor) if args.get("moved") else None
    if event_id is None:
        return None
    record = get_record(event_id)
    before = whole_number(args.get("before"), 0)
    if not 0 < before < record.version or not may_move(disclose(record, actor.viewer, clock.now()), actor):
        return None
    return Moved(
        _("Moved: %(title)s.", title=reader.text(record.title).text),
        told_text(event_id, clock.now()),
        {"event": record.key, "before": str(before), "version": str(record.version)},
    )


def calendar_address(target: Target) -> str:
    """Return the week in which it is now."""
    day = target.walls.starts.date() if target.walls else target.run[0] if target.run else None
    return url_for("workspace.calendar", view="week", date=day.isoformat() if day else None)
