"""What speaks against a time: given a plan and what else there is, everything that somebody should know. Pure.

Nothing here forbids anything: a conflict warns, or notes. Days of a holiday are those of its own country's clock.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from cag_events.domain import when
from cag_events.domain.errors import N_
from cag_events.domain.holidays import (
    DAY,
    LANGUAGES,
    ZONES,
    DayOff,
    Holiday,
    Year,
    days_between,
    knows_town,
    usual_breaks,
)
from cag_events.domain.plans import Conflict, Kind, Known, Level, Mind, Other, Place, Plan, Span
from cag_events.domain.texts import fold

NIGHT_BEGINS, NIGHT_ENDS = time(22), time(7)
EVENING = time(16)  # from then on two events of one day are on the same evening
TRAVEL = timedelta(hours=4)  # less than this between two towns wants a look
SCHOOL = frozenset({"schools", "school", "pupils", "teachers", "youth", "children"})  # keys of segments
MOST = 40
_ORDER = list(Kind)
_LATER = datetime.max.replace(tzinfo=when.start_of_day(date(2000, 1, 1), "UTC").tzinfo)


def overlap(one: tuple[datetime, datetime], two: tuple[datetime, datetime]) -> bool:
    """Tell whether two stretches have a moment in common; what ends as the other begins has none."""
    return one[0] < two[1] and two[0] < one[1]


def conflicts_of(plan: Plan, known: Known, now: datetime) -> list[Conflict]:
    """Return everything that speaks against a plan: warnings first, then by time; at most MOST."""
    found = [*_without_data(plan, known)]
    for span in plan.dates:
        for rule in (_past, _rooms, _people, _hours, _holidays, _breaks, _periods, _segments, _nights):
            found += rule(plan, span, known, now)
    if plan.run is not None:
        found += _stands(plan, plan.run, known)
    unique = {(one.kind, one.text, repr(one.facts), one.other): one for one in reversed(found)}
    kept = sorted(
        unique.values(), key=lambda one: (one.level is Level.NOTE, one.at or _LATER, _ORDER.index(one.kind), one.text)
    )
    return kept[:MOST]


def taken(plan: Plan, known: Known, now: datetime) -> list[Conflict]:
    """Return the warnings of rooms and people that are taken on the dates to come, and of nothing else."""
    coming = [span for span in plan.dates if span.starts_at > now]
    found = [one for span in coming for rule in (_rooms, _people) for one in rule(plan, span, known, now)]
    return [one for one in found if one.level is Level.WARN]


def countries_of(plan: Plan, known: Known) -> tuple[str, ...]:
    """Return the countries whose holidays and clocks matter to a plan, that of the venue first.

    Those of the venue, the organization, the partners and the people, and where what is online finds its audience.
    """
    place = known.place.country if known.place is not None and not known.place.is_virtual else ""
    partners = (known.partners[key].country for key in plan.partners if key in known.partners)
    people = (known.people[key].country for key in plan.people if key in known.people)
    audience = (LANGUAGES.get(code, "") for code in plan.languages) if plan.has_audience_elsewhere else ()
    return tuple(code for code in dict.fromkeys((place, known.home, *partners, *people, *audience)) if code)


def _say(
    kind: Kind, level: Level, text: str, span: Span | None, other: Other | None = None, /, **facts: Any
) -> Conflict:
    """A conflict about a date; it leads to the other event where that may be named."""
    key = other.key if other is not None and other.title is not None else None
    return Conflict(
        kind=kind, level=level, text=text, facts=facts, other=key, at=span.starts_at if span is not None else None
    )


def _past(plan: Plan, span: Span, known: Known, now: datetime) -> Iterator[Conflict]:
    """The date is over; or it is so near that the visitor list was due, or registration would be closed."""
    day = span.starts_wall.date()
    if span.starts_at <= now:
        over = span.ends_at <= now
        text = N_("%(day)s is already over.") if over else N_("%(day)s has already begun.")
        yield _say(Kind.PAST, Level.WARN, text, span, day=day)
        return
    place = known.place if plan.is_on_site else None
    if place and place.visitor_list_hours and span.starts_at - timedelta(hours=place.visitor_list_hours) <= now:
        text = N_("%(venue)s wants the list of visitors %(hours)s hours before: for %(day)s that time has passed.")
        facts = {"venue": place.name, "hours": place.visitor_list_hours, "day": day}
        yield _say(Kind.VISITOR_LIST, Level.WARN, text, span, **facts)
    if plan.closes_hours is not None and span.starts_at - timedelta(hours=plan.closes_hours) <= now:
        text = N_("Registration for %(day)s would be closed already: it closes %(hours)s hours before the start.")
        yield _say(Kind.REGISTRATION, Level.WARN, text, span, day=day, hours=plan.closes_hours)


def _rooms(plan: Plan, span: Span, known: Known, _now: datetime) -> Iterator[Conflict]:
    """The room, or the whole venue, is needed for something else; setting up and clearing away of both count."""
    place = known.place
    if place is None or place.is_virtual or not plan.is_on_site:
        return
    needed = plan.needed(span)
    for other in known.others:
        if other.is_kin or not other.is_on_site or other.venue != place.key:
            continue
        if other.run is not None:
            days = when.wall_of(needed[0], place.tz).date(), when.wall_of(needed[1], place.tz).date()
            if days[0] <= other.run[1] and other.run[0] <= days[1]:
                yield from _stands_there(plan, span, place, other, other.run)
        elif overlap(needed, other.needed):
            yield from _taken(plan, span, place, other)


def _taken(plan: Plan, span: Span, place: Place, other: Other) -> Iterator[Conflict]:
    starts, ends = (when.wall_of(moment, place.tz) for moment in other.needed)
    facts: dict[str, Any] = {"day": starts.date(), "start": starts.time(), "end": ends.time()}
    hidden = other.title is None
    if not hidden:
        facts["title"] = other.title
    if place.rooms and not (plan.room and other.room):
        facts["venue"] = place.name
        text = N_("Something else is at %(venue)s %(day)s, %(start)s–%(end)s: make sure of a room.")
        if not hidden:
            text = N_("“%(title)s” is at %(venue)s %(day)s, %(start)s–%(end)s: make sure of a room.")
        yield _say(Kind.ROOM, Level.NOTE, text, span, other, **facts)
        return
    if place.rooms and plan.room != other.room:
        return
    facts["room"] = place.rooms.get(plan.room or "") or place.name
    if overlap((span.starts_at, span.ends_at), (other.span.starts_at, other.span.ends_at)):
        text = N_("%(room)s is taken %(day)s, %(start)s–%(end)s.")
        if not hidden:
            text = N_("%(room)s is taken %(day)s, %(start)s–%(end)s, by “%(title)s”.")
    else:
        text = N_("%(room)s is taken %(day)s, %(start)s–%(end)s, setting up and clearing away counted.")
        if not hidden:
            text = N_(
                "%(room)s is taken %(day)s, %(start)s–%(end)s, by “%(title)s”, setting up and clearing away counted."
            )
    yield _say(Kind.ROOM, Level.WARN, text, span, other, **facts)


def _stands_there(
    plan: Plan, span: Span | None, place: Place, other: Other, run: tuple[date, date]
) -> Iterator[Conflict]:
    """Something stands in the same room for days: fine for an evening, not for what stands there too."""
    if (place.rooms and plan.room != other.room) or (place.rooms and not plan.room):
        return
    room = place.rooms.get(plan.room or "") or place.name
    level = Level.NOTE if span is not None else Level.WARN
    if other.title is None:
        text = N_("Something stands in %(room)s %(first)s – %(last)s.")
        yield _say(Kind.ROOM, level, text, span, other, room=room, first=run[0], last=run[1])
    else:
        text = N_("“%(title)s” stands in %(room)s %(first)s – %(last)s.")
        yield _say(Kind.ROOM, level, text, span, other, room=room, first=run[0], last=run[1], title=other.title)


def _stands(plan: Plan, run: tuple[date, date], known: Known) -> Iterator[Conflict]:
    """What stands for days meets what stands in the same room; what happens there for an hour may be a part of it."""
    place = known.place
    if place is None or place.is_virtual or not plan.is_on_site:
        return
    for other in known.others:
        meets = other.run is not None and other.run[0] <= run[1] and run[0] <= other.run[1]
        if meets and other.run is not None and other.venue == place.key and not other.is_kin and other.is_on_site:
            yield from _stands_there(plan, None, place, other, other.run)


def _people(plan: Plan, span: Span, known: Known, _now: datetime) -> Iterator[Conflict]:
    """Somebody is somewhere else at the time, or would have to be in two towns on one day."""
    mine = span.starts_at, span.ends_at
    for other in known.others:
        shared = [key for key in plan.people if key in other.people and key in known.people]
        if other.is_kin or other.run is not None or not shared:
            continue
        theirs = other.span.starts_at, other.span.ends_at
        starts = when.wall_of(theirs[0], span.tz)
        facts: dict[str, Any] = {"day": starts.date(), "start": starts.time()}
        facts["end"] = when.wall_of(theirs[1], span.tz).time()
        hidden = other.title is None
        if not hidden:
            facts["title"] = other.title
        if overlap(mine, theirs):
            level, text = Level.WARN, N_("%(name)s is taken %(day)s, %(start)s–%(end)s.")
            if not hidden:
                text = N_("%(name)s is at “%(title)s” %(day)s, %(start)s–%(end)s.")
        elif _is_far(plan, known.place, other) and _gap(mine, theirs) < TRAVEL:
            level, text = Level.NOTE, N_("%(name)s is in %(town)s %(day)s, %(start)s–%(end)s: is there time to travel?")
            facts["town"] = other.city
            if not hidden:
                text = N_(
                    "%(name)s is in %(town)s %(day)s, %(start)s–%(end)s, at “%(title)s”: is there time to travel?"
                )
        else:
            continue
        for key in shared:
            yield _say(Kind.PERSON, level, text, span, other, name=known.people[key].name, **facts)


def _gap(one: tuple[datetime, datetime], two: tuple[datetime, datetime]) -> timedelta:
    """The time between two stretches that do not overlap."""
    return max(one[0] - two[1], two[0] - one[1])


def _is_far(plan: Plan, place: Place | None, other: Other) -> bool:
    here = place.city if place is not None and plan.is_on_site else ""
    return bool(here and other.city and other.is_on_site) and fold(here) != fold(other.city)


def _hours(plan: Plan, span: Span, known: Known, _now: datetime) -> Iterator[Conflict]:
    """The venue is not open for all of it, setting up and clearing away included."""
    place = known.place
    if place is None or place.hours is None or place.is_virtual or not plan.is_on_site:
        return
    first, last = (when.wall_of(moment, place.tz) for moment in plan.needed(span))
    spans = place.hours.spans_on(first.date())
    if not spans:
        text = N_("%(venue)s is closed %(day)s.")
        yield _say(Kind.HOURS, Level.WARN, text, span, venue=place.name, day=first.date())
    elif not any(opens <= first and last <= closes for opens, closes in spans):
        facts = {"day": first.date(), "start": spans[0][0].time(), "end": spans[-1][1].time(), "venue": place.name}
        text = N_("%(venue)s is open %(day)s, %(start)s–%(end)s: make sure that somebody opens and locks.")
        yield _say(Kind.HOURS, Level.WARN, text, span, **facts)


def _days_in(span: Span, tz: str) -> tuple[date, ...]:
    """The days of a date by the clock of another place; one that ends at midnight does not touch the day after."""
    first, last = when.wall_of(span.starts_at, tz), when.wall_of(span.ends_at, tz)
    return tuple(days_between(first.date(), max(first, last - timedelta(minutes=1)).date()))


def _zone_of(country: str, plan_zone: str, known: Known) -> str:
    """The clock of a country: the venue's in its own, else its capital's."""
    if known.place is not None and known.place.country == country:
        return known.place.tz
    return ZONES.get(country, plan_zone)


def _holidays(plan: Plan, span: Span, known: Known, _now: datetime) -> Iterator[Conflict]:
    """A day off in one of the countries concerned; the eve of one, and a day between, where it takes place."""
    here = known.place.country if known.place is not None and known.place.country else known.home
    for country in countries_of(plan, known):
        year = known.holidays.get(country)
        if year is None:
            continue
        days = _days_in(span, _zone_of(country, span.tz, known))
        for day in days:
            for one in year.on(day):
                yield _off(one, span, is_concerned=country == here or country != known.home)
        if country == here:
            yield from _around(year, days[0], span)


def _off(one: Holiday, span: Span, *, is_concerned: bool) -> Conflict:
    facts = {"day": one.day, "country": one.country, "name": one.name}
    if one.kind is DayOff.HALF:
        text = N_("%(day)s is half a day off in %(country)s: %(name)s.")
        return _say(Kind.HOLIDAY, Level.NOTE, text, span, **facts)
    if one.kind is DayOff.DE_FACTO:
        text = N_("Almost nobody works %(day)s in %(country)s: %(name)s.")
    elif one.is_estimated:
        text = N_("%(day)s is probably a public holiday in %(country)s: %(name)s. The day is settled by the moon.")
    elif one.is_moved:
        text = N_("%(day)s is a day off in %(country)s, for %(name)s.")
    else:
        text = N_("%(day)s is a public holiday in %(country)s: %(name)s.")
    return _say(Kind.HOLIDAY, Level.WARN if is_concerned else Level.NOTE, text, span, **facts)


def _around(year: Year, day: date, span: Span) -> Iterator[Conflict]:
    """Days that are worked on, and yet are not like others."""
    if year.is_bridge(day):
        text = N_("%(day)s lies between days off in %(country)s: many are away.")
        yield _say(Kind.HOLIDAY, Level.NOTE, text, span, day=day, country=year.country)
    elif eve := year.eve_of(day):
        text = N_("%(day)s is the day before a day off in %(country)s: %(name)s.")
        yield _say(Kind.HOLIDAY, Level.NOTE, text, span, day=day, country=year.country, name=eve.name)


def _without_data(plan: Plan, known: Known) -> Iterator[Conflict]:
    """Countries, or years, of which we know no holidays: said once."""
    last = max((span.ends_wall.date() for span in plan.dates), default=None)
    if last is None:
        return
    for country in countries_of(plan, known):
        year = known.holidays.get(country)
        if year is None:
            text = N_("We have no public holidays of %(country)s: ask there.")
            yield _say(Kind.NO_DATA, Level.NOTE, text, None, country=country)
        elif not year.knows(last):
            text = N_("We know the public holidays of %(country)s until %(year)s: ask there.")
            yield _say(Kind.NO_DATA, Level.NOTE, text, None, country=country, year=year.last)


def _breaks(plan: Plan, span: Span, known: Known, _now: datetime) -> Iterator[Conflict]:
    """The usual breaks of Swedish schools, for what takes place in Sweden; a warning where schools are meant."""
    place = known.place
    if place is None or place.is_virtual or place.country != "SE" or not plan.is_on_site:
        return
    level = Level.WARN if SCHOOL.intersection(plan.segments) else Level.NOTE
    for one in usual_breaks(span.starts_wall.date(), span.ends_wall.date(), place.city):
        facts: dict[str, Any] = {"pause": one.name, "first": one.first, "last": one.last}
        if knows_town(place.city):
            text = N_("Schools in %(town)s usually have their %(pause)s %(first)s – %(last)s.")
            facts["town"] = place.city
        else:
            text = N_("Schools in Sweden usually have their %(pause)s %(first)s – %(last)s.")
        yield _say(Kind.BREAK, level, text, span, **facts)


def _periods(plan: Plan, span: Span, known: Known, _now: datetime) -> Iterator[Conflict]:
    """What the organization has written down to keep in mind."""
    days = span.starts_wall.date(), span.ends_wall.date()
    for mind in known.minds:
        if mind.first <= days[1] and days[0] <= mind.last and _is_meant(mind, plan, known):
            level = Level.WARN if mind.segments.intersection(plan.segments) else Level.NOTE
            text = N_("%(name)s, %(first)s.") if mind.first == mind.last else N_("%(name)s, %(first)s – %(last)s.")
            yield _say(mind.kind, level, text, span, name=mind.name, first=mind.first, last=mind.last)


def _is_meant(mind: Mind, plan: Plan, known: Known) -> bool:
    """Tell whether a period concerns a plan: its audience, its country, its town, as far as the period names any."""
    if mind.segments and not mind.segments.intersection(plan.segments):
        return False
    if mind.country and mind.country not in countries_of(plan, known):
        return False
    place = known.place if plan.is_on_site and not (known.place and known.place.is_virtual) else None
    return not mind.city or place is None or fold(mind.city) == fold(place.city)


def _segments(plan: Plan, span: Span, known: Known, _now: datetime) -> Iterator[Conflict]:
    """Another event of ours for the same people: at the same time, or on the same evening in the same town."""
    for other in known.others:
        shared = [key for key in plan.segments if key in other.segments]
        if other.is_kin or other.run is not None or other.title is None or not shared:
            continue
        if _is_far(plan, known.place, other):
            continue
        meets = overlap((span.starts_at, span.ends_at), (other.span.starts_at, other.span.ends_at))
        starts = when.wall_of(other.span.starts_at, span.tz)
        same_day = starts.date() == span.starts_wall.date()
        if not meets and not (same_day and starts.time() >= EVENING and span.starts_wall.time() >= EVENING):
            continue
        names = {f"segment{number}": known.segments.get(key, {}) for number, key in enumerate(shared[:1])}
        facts = {"day": starts.date(), "start": starts.time(), "title": other.title, "segment": names["segment0"]}
        text = N_("“%(title)s” is for %(segment)s too, %(day)s at %(start)s.")
        yield _say(Kind.SEGMENT, Level.WARN if meets else Level.NOTE, text, span, other, **facts)


def _nights(plan: Plan, span: Span, known: Known, _now: datetime) -> Iterator[Conflict]:
    """It is night where some of those who take part online are."""
    if not plan.has_audience_elsewhere:
        return
    for country in countries_of(plan, known):
        tz = ZONES.get(country)
        if tz is None:
            continue
        starts, ends = when.wall_of(span.starts_at, tz), when.wall_of(span.ends_at, tz)
        if starts == span.starts_wall:
            continue  # the same clock: that it is late is plain
        by_day = starts.time() >= NIGHT_ENDS and ends.time() <= NIGHT_BEGINS and starts.date() == ends.date()
        if not by_day and ends - starts < DAY:
            facts: Mapping[str, Any] = {"country": country, "start": starts.time(), "end": ends.time()}
            text = N_("It is night in %(country)s then: %(start)s–%(end)s by the capital's clock.")
            yield _say(Kind.NIGHT, Level.NOTE, text, span, **facts)
