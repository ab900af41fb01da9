"""What must be true of a row beyond the types of its fields: order of times, existing hours, rooms of the venue."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from cag_events.domain import when
from cag_events.domain.errors import Refused
from cag_events.domain.questions import Question, faults_of
from cag_events.domain.recurrence import dates_of
from cag_events.exchange.faults import Place, nearest
from cag_events.exchange.fields import jsonable
from cag_events.exchange.sections import SECTIONS
from cag_events.exchange.tours import check_production
from cag_events.kinds import KINDS, read_details


@dataclass(frozen=True)
class Span:
    """The wall times of an occurrence as given, and its rule."""

    starts_wall: dt.datetime
    ends_wall: dt.datetime


@dataclass
class Around:
    """What rows are checked against: zones and rooms of venues, the organisation's zone, keys and their themes."""

    zones: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, dict[str, int]] = field(default_factory=dict)
    home: str = when.HOME

    def zone_of(self, event: Mapping[str, Any]) -> str:
        """Return the zone that an event's wall times are in."""
        return event.get("tz") or self.zones.get(event.get("venue") or "", "") or self.home


def span_of(occurrence: Mapping[str, Any]) -> Span:
    """Return the wall times of an occurrence: its end may be on a later day."""
    day = occurrence["date"]
    last = occurrence.get("end_date") or day + dt.timedelta(days=occurrence.get("end_day") or 0)
    return Span(_wall(day, occurrence["start"]), _wall(last, occurrence["end"]))


def changed_span(ruled: Span, change: Mapping[str, Any]) -> Span:
    """Return the wall times of a date of a series that was changed; `ruled`: those of the first, as its rule has it."""
    starts, length = ruled.starts_wall, ruled.ends_wall - ruled.starts_wall
    start = _wall(change.get("to") or change["date"], change.get("start") or f"{starts:%H:%M}")
    if not change.get("end"):
        return Span(start, start + length)
    return Span(start, _wall(change.get("end_date") or start.date(), change["end"]))


def with_end_date(occurrence: Mapping[str, Any]) -> dict[str, Any]:
    """Return an occurrence with `end_date` instead of `end_day`, and only where it is another day."""
    given = dict(occurrence)
    last = span_of(given).ends_wall.date()
    given.pop("end_day", None)
    given["end_date"] = last if last != given["date"] else None
    if given.get("changes"):
        given["changes"] = [_settled(change, span_of(given)) for change in given["changes"]]
    return given


def _settled(change: Mapping[str, Any], ruled: Span) -> dict[str, Any]:
    """Return a changed date in the one form in which it is compared: its times in full, if it has any."""
    if not any(change.get(name) for name in ("to", "start", "end", "end_date")):
        return dict(change)
    own = changed_span(ruled, change)
    last = own.ends_wall.date()
    return {
        **change,
        "to": own.starts_wall.date(),
        "start": f"{own.starts_wall:%H:%M}",
        "end": f"{own.ends_wall:%H:%M}",
        "end_date": last if last != own.starts_wall.date() else None,
    }


def check(table: str, values: Mapping[str, Any], place: Place, around: Around) -> None:
    """Name the faults of a row that is new or changed."""
    if table == "events":
        _check_event(values, place, around)
    elif table == "campaigns" and values["end"] < values["start"]:
        place.at("end").say("is before start")
    elif table == "productions":
        check_production(values, place)
    elif table in ("venues", "themes", "checklists"):
        for name in ("rooms", "subtopics"):
            _check_distinct(values.get(name) or [], "key", place.at(name))
    if table == "venues" and (values.get("lat") is None) != (values.get("lon") is None):
        place.at("lat" if values.get("lat") is None else "lon").say("is missing")


def _check_distinct(items: list[dict[str, Any]], name: str, place: Place) -> None:
    seen: dict[str, int] = {}
    for number, item in enumerate(items):
        value = item.get(name)
        if value and seen.setdefault(value, number) != number:
            place.item(number).at(name).say(f'"{value}" is also that of {place.path}[{seen[value]}]')


def _check_event(event: Mapping[str, Any], place: Place, around: Around) -> None:
    kind = KINDS[event["kind"]]
    for name, (owners, _) in SECTIONS.items():
        if event.get(name) and kind.slug not in owners:
            of = ", ".join(f'"{owner}"' for owner in sorted(owners))
            place.at(name).say(f'belongs to events of kind {of}, and this is a "{kind.slug}"')
    occurrences = event.get("occurrences") or []
    if not occurrences and not kind.has_run and event.get("status", "draft") != "draft":
        place.at("occurrences").say("is empty; only a draft has no date")
    _check_distinct(occurrences, "key", place.at("occurrences"))
    zone = around.zone_of(event)
    for number, occurrence in enumerate(occurrences):
        _check_occurrence(occurrence, place.at("occurrences").item(number), zone)
    _check_rooms(event, place, around)
    _check_programme(event, place)
    _check_questions(event, place)
    _check_details(event, place)
    if (event.get("min_age") or 0) > (event.get("max_age") or 200):
        place.at("max_age").say("is below min_age")
    if event.get("status") == "cancelled" and not event.get("cancellation"):
        place.at("cancellation").say("is missing, and the event is cancelled")


def _check_occurrence(occurrence: Mapping[str, Any], place: Place, zone: str) -> None:
    given_days = [name for name in ("end_day", "end_date") if occurrence.get(name)]
    if len(given_days) == 2:
        place.at("end_date").say("and end_day are both given; one is enough")
        return
    span = span_of(occurrence)
    end = place.at("end_date" if span.ends_wall.date() < span.starts_wall.date() else "end")
    if span.ends_wall < span.starts_wall:
        end.say("is before start")
    elif span.ends_wall == span.starts_wall:
        end.say("is the same as start")
    elif span.ends_wall - span.starts_wall > when.MAX_SPAN:
        end.say(f"is more than {when.MAX_SPAN.days} days after start")
    else:
        try:
            dates = dates_of(span.starts_wall, occurrence.get("rrule"))
        except Refused as refused:
            place.at("rrule").say(f"cannot be followed: {refused}")
            return
        length = span.ends_wall - span.starts_wall
        for start in dates:
            _check_exists(Span(start, start + length), place, zone)
        _check_changes(occurrence, span, {start.date() for start in dates}, place, zone)


def _check_exists(span: Span, place: Place, zone: str) -> None:
    for name, wall in (("start", span.starts_wall), ("end", span.ends_wall)):
        if not when.exists(wall, zone):
            place.at(name).say(f"{wall:%H:%M} does not exist on {wall:%Y-%m-%d} in {zone}, since clocks go forward")


def _check_changes(
    occurrence: Mapping[str, Any], ruled: Span, days: Collection[dt.date], place: Place, zone: str
) -> None:
    """Name what is wrong with the single dates of a series that were changed."""
    changes = occurrence.get("changes") or []
    _check_distinct([{"date": f"{change['date']}"} for change in changes], "date", place.at("changes"))
    for number, change in enumerate(changes):
        here = place.at("changes").item(number)
        if not occurrence.get("rrule"):
            here.say("belongs to a series, and this occurrence has no rrule")
        elif change["date"] not in days:
            here.at("date").say(f"is {change['date']}, which the rule does not give")
        elif change.get("left_out") and change["date"] == ruled.starts_wall.date():
            here.at("left_out").say("cannot be said of the first date; let the rule begin later")
        else:
            own = changed_span(ruled, change)
            if not dt.timedelta(0) < own.ends_wall - own.starts_wall <= when.MAX_SPAN:
                here.at("end").say("is not after start, or too long after it")
            else:
                _check_exists(own, here, zone)


def _check_rooms(event: Mapping[str, Any], place: Place, around: Around) -> None:
    venue = event.get("venue") or ""
    if venue and venue not in around.zones:
        return  # its own row is at fault
    rooms = around.rooms.get(venue, {})
    if (room := event.get("room")) and room not in rooms:
        where = f'of "{event["venue"]}"' if event.get("venue") else ", since the event has no venue"
        place.at("room").say(f'"{room}" is no room {where}{nearest(room, rooms)}'.replace(" ,", ","))
    for number, item in enumerate(event.get("programme") or []):
        if (room := item.get("room")) and room not in rooms:
            place.at("programme").item(number).at("room").say(f'"{room}" is no room of the venue{nearest(room, rooms)}')


def _check_programme(event: Mapping[str, Any], place: Place) -> None:
    keys = {occurrence.get("key") for occurrence in event.get("occurrences") or []} - {None, ""}
    for number, item in enumerate(event.get("programme") or []):
        if (key := item.get("occurrence")) and key not in keys:
            place.at("programme").item(number).at("occurrence").say(
                f'"{key}" is no key of the occurrences{nearest(key, keys)}'
            )


def _check_questions(event: Mapping[str, Any], place: Place) -> None:
    """Name what is wrong with the questions of an event, by the rules of the editor."""
    given = (event.get("registration") or {}).get("questions") or []
    where = place.at("registration").at("questions")
    for number, fault in faults_of(msgspec.convert(jsonable(given), tuple[Question, ...])):
        where.item(number).at(fault.field or "key").say(f"is wrong: {fault}")


def _check_details(event: Mapping[str, Any], place: Place) -> None:
    """Name what the kind itself calls impossible in its details."""
    kind = KINDS[event["kind"]]
    details = read_details(kind.slug, jsonable({name: event[name] for name in kind.sections if event.get(name)}))
    for path, text in kind.faults(details):
        place.at(path).say(text)


def _wall(day: dt.date, clock: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.fromisoformat(clock))
