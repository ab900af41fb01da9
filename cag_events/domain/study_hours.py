"""Study hours and the terms on which a study circle is funded: what is reached, what is planned, what is missing.

A study hour is 45 minutes. Of each meeting the whole study hours count, a started one does not; minutes of two meetings
are never added up, the break is no study time, and what is above a limit a meeting does not count. Times are instants,
so that the night when clocks change has the minutes that it has. A meeting belongs to the day on which it begins.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from cag_events.domain.when import monday_of

STUDY_HOUR = 45  # minutes


def study_minutes(starts_at: datetime, ends_at: datetime, break_minutes: int) -> int:
    """Return the minutes from start to end without the break, never below 0."""
    return max(int((ends_at - starts_at) / timedelta(minutes=1)) - break_minutes, 0)


def hours_of(minutes: int, *limits: int | None) -> int:
    """Return the study hours that count of a meeting's study minutes; `limits`: the most a meeting may have."""
    return min([max(minutes, 0) // STUDY_HOUR, *(limit for limit in limits if limit is not None)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a form of study must be from a day on; the leader counts among the people. 0 and None ask nothing."""

    form: str
    association: str = ""  # its key; empty: every association that has no terms of its own
    valid_from: date
    people_min: int = 0
    people_max: int | None = None
    meetings_min: int = 0
    hours_min: int = 0
    hours_per_meeting_max: int | None = None
    meetings_per_week_max: int | None = None
    hours_per_year_max: int | None = None
    min_age: int = 0
    own_meetings_min: int = 0  # what somebody must have come to, to be counted
    own_hours_min: int = 0
    among_first: int = 0  # one of them among the first so many


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A meeting: its study minutes, and whether it has been. `day`: on which it begins, where it is."""

    id: int
    day: date
    minutes: int  # without the break
    is_over: bool = False

    @property
    def is_held(self) -> bool:
        """Whether it takes place at all: one of no minutes fell through."""
        return self.minutes > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One registration: how many people it is, the meetings that it came to, and whether it still comes."""

    id: int
    people: int = 1
    came_to: frozenset[int] = frozenset()
    is_coming: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """All that is counted; the leader is at each meeting. `hours_limit`: the study hours a meeting in the plan."""

    meetings: tuple[Meeting, ...]  # in order of time
    parties: tuple[Party, ...] = ()
    has_leader: bool = True
    hours_limit: int | None = None
    lowest_age: int = 0

    def held(self) -> tuple[Meeting, ...]:
        """Return the meetings that take place, or have."""
        return tuple(meeting for meeting in self.meetings if meeting.is_held)


class Rule(StrEnum):
    """What terms ask."""

    MEETINGS = "meetings"
    HOURS = "hours"
    PEOPLE = "people"
    MOST_PEOPLE = "most_people"
    WEEK = "week"
    YEAR = "year"
    AGE = "age"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Lack:
    """What keeps somebody from being counted: so many meetings and hours more, and one of the first."""

    meetings: int = 0
    hours: int = 0
    first: bool = False

    def __bool__(self) -> bool:
        return bool(self.meetings or self.hours or self.first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One rule, looked at: what there is, what is asked, and how much is missing (or too much); 0: it is kept."""

    rule: Rule
    have: int
    asked: int
    missing: int
    lacks: tuple[tuple[Lack, int], ...] = ()  # of the people who are nearest to being counted: what, how many of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a circle stands against its terms."""

    lines: tuple[Line, ...]

    @property
    def is_green(self) -> bool:
        """Whether every rule is kept."""
        return not any(line.missing for line in self.lines)

    def line(self, rule: Rule) -> Line | None:
        """Return how it stands with one rule, None where the terms do not ask it."""
        return next((line for line in self.lines if line.rule is rule), None)


class State(StrEnum):
    """Of a meter: reached already, reached if all goes as planned, or short."""

    REACHED = "reached"
    ON_WAY = "on_way"
    SHORT = "short"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A circle against its terms: `actual` by what has been, `planned` if all that come come to all that is left."""

    actual: Standing
    planned: Standing

    @property
    def state(self) -> State:
        """The worst that can be said."""
        if self.actual.is_green:
            return State.REACHED
        return State.ON_WAY if self.planned.is_green else State.SHORT

    def state_of(self, rule: Rule) -> State:
        """The same of one rule."""
        actual, planned = self.actual.line(rule), self.planned.line(rule)
        if actual is None or not actual.missing:
            return State.REACHED
        return State.ON_WAY if planned is not None and not planned.missing else State.SHORT


def terms_for(every: Iterable[Terms], form: str, association: str, day: date) -> Terms | None:
    """Return the terms for a form of study that begins on a day: the association's own before those of all.

    The newest that are in force, else the oldest there are; None for a form that has no terms.
    """
    of_form = [terms for terms in every if terms.form == form]
    own = [terms for terms in of_form if association and terms.association == association]
    for some in (own, [terms for terms in of_form if not terms.association]):
        in_force = [terms for terms in some if terms.valid_from <= day]
        if in_force:
            return max(in_force, key=lambda terms: terms.valid_from)
    left = own or [terms for terms in of_form if not terms.association]
    return min(left, key=lambda terms: terms.valid_from, default=None)


def measure(circle: Circle, terms: Terms) -> Meter:
    """Return how a circle stands by what has been, and by what is planned."""
    return Meter(actual=stand(_so_far(circle), terms), planned=stand(_to_the_end(circle), terms))


def lack_of(circle: Circle, party: Party, terms: Terms) -> Lack:
    """Return what a party lacks to be counted, by what has been: nothing, or what it must still come to."""
    return _lack(party.came_to, _so_far(circle), terms)


def out_of_reach(circle: Circle, party: Party, terms: Terms) -> Lack:
    """Return what a party will lack even if it comes to all that is left."""
    whole = _to_the_end(circle)
    return _lack(next(one for one in whole.parties if one.id == party.id).came_to, whole, terms)


def hours_by(circle: Circle, terms: Terms | None) -> dict[int, int]:
    """Return the study hours that count of each meeting, by its id."""
    limit = terms.hours_per_meeting_max if terms else None
    return {meeting.id: hours_of(meeting.minutes, circle.hours_limit, limit) for meeting in circle.meetings}


def joined_at(meetings: Sequence[Meeting], day: date) -> int:
    """Return the number, from 1, of the first meeting for somebody who joined on a day; one more than there are: none.

    Whoever joins on the day of a meeting comes to it.
    """
    return next((number for number, one in enumerate(meetings, start=1) if one.day >= day), len(meetings) + 1)


def stand(circle: Circle, terms: Terms) -> Standing:
    """Look at every rule that terms have, taking the circle's meetings and attendance as they are."""
    hours = hours_by(circle, terms)
    held = circle.held()
    lines: list[Line] = []
    if terms.meetings_min:
        lines.append(_at_least(Rule.MEETINGS, len(held), terms.meetings_min))
    if terms.hours_min:
        lines.append(_at_least(Rule.HOURS, sum(hours.values()), terms.hours_min))
    if terms.people_min:
        lines.append(_people(circle, terms))
    if terms.people_max is not None:
        everybody = sum(party.people for party in circle.parties if party.is_coming) + circle.has_leader
        lines.append(_at_most(Rule.MOST_PEOPLE, everybody, terms.people_max))
    if terms.meetings_per_week_max is not None:
        weeks = Counter(monday_of(meeting.day) for meeting in held)
        lines.append(_at_most(Rule.WEEK, max(weeks.values(), default=0), terms.meetings_per_week_max))
    if terms.hours_per_year_max is not None:
        years: Counter[int] = Counter()
        for meeting in held:
            years[meeting.day.year] += hours[meeting.id]
        lines.append(_at_most(Rule.YEAR, max(years.values(), default=0), terms.hours_per_year_max))
    if terms.min_age:
        lines.append(_at_least(Rule.AGE, circle.lowest_age, terms.min_age))
    return Standing(lines=tuple(lines))


def _at_least(rule: Rule, have: int, asked: int) -> Line:
    return Line(rule=rule, have=have, asked=asked, missing=max(asked - have, 0))


def _at_most(rule: Rule, have: int, asked: int) -> Line:
    return Line(rule=rule, have=have, asked=asked, missing=max(have - asked, 0))


def _people(circle: Circle, terms: Terms) -> Line:
    """The people who count, and of those who are nearest to it, as many as are missing, what they lack."""
    counted = int(circle.has_leader)
    short: list[tuple[Lack, int]] = []
    for party in circle.parties:
        lack = _lack(party.came_to, circle, terms)
        if not lack:
            counted += party.people
        elif party.is_coming:
            short.append((lack, party.people))
    missing = max(terms.people_min - counted, 0)
    left, nearest = missing, Counter[Lack]()
    for lack, people in sorted(short, key=lambda pair: _distance(pair[0])):
        taken = min(people, left)
        if taken:
            nearest[lack] += taken
            left -= taken
    lacks = tuple(sorted(nearest.items(), key=lambda pair: _distance(pair[0])))
    return Line(rule=Rule.PEOPLE, have=counted, asked=terms.people_min, missing=missing, lacks=lacks)


def _distance(lack: Lack) -> tuple[int, int, int]:
    return max(lack.meetings, int(lack.first)), lack.hours, int(lack.first)


def _lack(came_to: Collection[int], circle: Circle, terms: Terms) -> Lack:
    held = circle.held()
    hours = hours_by(circle, terms)
    came = [meeting.id for meeting in held if meeting.id in came_to]
    first = {meeting.id for meeting in held[: terms.among_first]}
    return Lack(
        meetings=max(terms.own_meetings_min - len(came), 0),
        hours=max(terms.own_hours_min - sum(hours[one] for one in came), 0),
        first=bool(terms.among_first) and first.isdisjoint(came),
    )


def _so_far(circle: Circle) -> Circle:
    """The circle as it has been: the meetings that are over."""
    return _with(circle, [meeting for meeting in circle.meetings if meeting.is_over], {})


def _to_the_end(circle: Circle) -> Circle:
    """The circle as it will have been if all who still come come to all that is left."""
    left = frozenset(meeting.id for meeting in circle.meetings if not meeting.is_over)
    return _with(circle, circle.meetings, {party.id: left for party in circle.parties if party.is_coming})


def _with(circle: Circle, meetings: Sequence[Meeting], more: Mapping[int, frozenset[int]]) -> Circle:
    parties = tuple(
        Party(
            id=party.id,
            people=party.people,
            came_to=party.came_to | more.get(party.id, frozenset()),
            is_coming=party.is_coming,
        )
        for party in circle.parties
    )
    return Circle(
        meetings=tuple(meetings),
        parties=parties,
        has_leader=circle.has_leader,
        hours_limit=circle.hours_limit,
        lowest_age=circle.lowest_age,
    )
