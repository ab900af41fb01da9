"""The dates of a foreign entry as ours: a series stays one wherever a rule of ours gives it, whatever befell its dates.

A date of a series keeps what the rule gives beside when it is, as ours do (domain/series.py).
"""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final

from cag_events.domain import when
from cag_events.domain.calendar.rules import read_rule
from cag_events.domain.errors import N_, Refused
from cag_events.domain.recurrence import dates_of, with_count
from cag_events.imports.expanding import MOST_DATES, can_follow, ruled_walls
from cag_events.imports.foreign import ForeignEntry, Remark, instant_of
from cag_events.imports.times import LAST_YEAR

ENDLESS: Final = timedelta(days=365)
OPENS, CLOSES = time(9), time(17)  # of what lasts all day there
LONGEST_RULE: Final = 200
MOST_NAMED: Final = 5  # dates in a remark
MOST_LAID: Final = MOST_DATES + 100  # looked at for those that are taken, since some fall out yet
MARGIN: Final = timedelta(days=2)  # more than clocks differ anywhere
_LESS: Final = ("BYHOUR", "BYMINUTE", "BYSECOND", "WKST")  # that say nothing in most rules, and not all calendars know
_WORDS: Final = {
    "title": ("summary",),
    "body": ("description", "url"),
    "place": ("location",),
    "online": ("online_url",),
}


class NotTaken(Exception):
    """An entry cannot become an event."""

    def __init__(self, code: str, text: str, /, **facts: object) -> None:
        super().__init__(code)
        self.remark = Remark(f"entry.{code}", text, dict(facts))


@dataclass(frozen=True, kw_only=True)
class WishedDate:
    """One date in wall times of the event's zone. `ruled`: what the rule gives for it; None: no rule gives it."""

    starts: datetime
    ends: datetime
    ruled: tuple[datetime, datetime] | None = None
    is_off: bool = False

    @property
    def key(self) -> datetime:
        """By what it is found again when the file changes."""
        return self.ruled[0] if self.ruled else self.starts


@dataclass(frozen=True)
class Dates:
    """The dates of an entry in their order, and the rule that gives those of them that have `ruled`, if one does."""

    dates: tuple[WishedDate, ...]
    rrule: str = ""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Where dates are laid: the event's zone, how long what has no end lasts, and since when dates are wanted."""

    tz: str
    minutes: int
    now: datetime
    since: datetime


def dates_in(entry: ForeignEntry, changed: Sequence[ForeignEntry], frame: Frame, remarks: list[Remark]) -> Dates:
    """Return the dates of an entry that is no series and of one that is, with those that were changed there.

    Raises NotTaken with the reason.
    """
    if not entry.repeats and not changed:
        starts, ends = _span(entry, frame, remarks)
        one = WishedDate(starts=starts, ends=ends)
        if _is_doubled(one, frame.tz):
            raise _doubled(one, frame.tz)
        return Dates((one,))
    found, ruled = _found(entry, changed, frame, remarks)
    dates = _wanted(found, frame, remarks)
    rrule, dates = _ruled(entry, dates, ruled, frame, remarks)
    number = sum(one.is_off for one in dates)
    if number:
        text = N_("Dates that are cancelled there, and so called off here: %(number)s.")
        remarks.append(Remark("series.cancelled", text, {"number": number}))
    _remark_words(entry, changed, remarks)
    return Dates(tuple(dates), rrule)


def _found(
    entry: ForeignEntry, changed: Sequence[ForeignEntry], frame: Frame, remarks: list[Remark]
) -> tuple[list[WishedDate], list[datetime]]:
    """All dates of a series, and what its rule gives, those included that fell out."""
    until = datetime(LAST_YEAR, 12, 31)  # noqa: DTZ001 (a wall time)
    if entry.rrule and not can_follow(entry.rrule):
        remarks.append(Remark("series.rule", N_("Its rule for repeating cannot be followed; its first date counts.")))
    elif entry.rrule and "COUNT=" not in entry.rrule and "UNTIL=" not in entry.rrule:
        until = max(when.wall_of(frame.now, entry.tz), entry.starts_wall) + ENDLESS
        remarks.append(Remark("series.endless", N_("It repeats without end; a year of it was taken.")))
    others = {instant_of(other.recurrence_wall, other.tz): other for other in changed if other.recurrence_wall}
    by_rule = ruled_walls(entry, until)
    beside = set(entry.rdates) - set(by_rule)
    gone = set(entry.exdates)
    near = _near([wall for wall in by_rule if wall not in gone], others, entry, frame)
    exact = None if entry.is_all_day else entry.ends_at - entry.starts_at  # on nights of a change too (§3.8.5.3)
    found: list[WishedDate] = []
    for wall in (*near, *sorted(beside - gone)):
        alone = replace(entry, starts_wall=wall, ends_wall=wall + (entry.ends_wall - entry.starts_wall))
        given = _given(alone, frame)
        other = others.pop(instant_of(wall, entry.tz), None)
        is_off = other is not None and other.status == "CANCELLED"
        starts, ends = _span(other, frame, remarks) if other and not is_off else _span(alone, frame, remarks, exact)
        found.append(WishedDate(starts=starts, ends=ends, ruled=given if wall not in beside else None, is_off=is_off))
    for other in others.values():  # that no rule gives
        if other.status != "CANCELLED":
            starts, ends = _span(other, frame, remarks)
            found.append(WishedDate(starts=starts, ends=ends))
    return found, [_told(wall, entry, frame.tz) for wall in by_rule if near and near[0] <= wall <= near[-1]]


def _near(
    walls: Sequence[datetime], others: Collection[datetime], entry: ForeignEntry, frame: Frame
) -> Sequence[datetime]:
    """What may be taken of what a rule gives, which may be a century: the first dates, those to come, the changed."""
    since = when.wall_of(frame.since, entry.tz) - (entry.ends_wall - entry.starts_wall) - MARGIN
    start = bisect_left(walls, since)
    changed = {when.wall_of(at, entry.tz) for at in others}
    return sorted({*walls[:MOST_LAID], *walls[start : start + MOST_LAID], *changed.intersection(walls)})


def _told(wall: datetime, entry: ForeignEntry, tz: str) -> datetime:
    """A wall time of the entry in the event's zone; in its own zone as it stands there, also where clocks skip it."""
    if entry.is_all_day:
        return datetime.combine(wall.date(), OPENS)
    told = wall if entry.tz == tz else when.wall_of(instant_of(wall, entry.tz), tz)
    return told.replace(second=0, microsecond=0)


def _given(entry: ForeignEntry, frame: Frame) -> tuple[datetime, datetime]:
    """What the rule gives for a date: the same length on the wall each time."""
    start = _told(entry.starts_wall, entry, frame.tz)
    if entry.is_all_day:
        return start, datetime.combine(start.date(), CLOSES)
    length = (entry.ends_wall - entry.starts_wall) // timedelta(minutes=1) * timedelta(minutes=1)
    return start, start + (length if length > timedelta(0) else timedelta(minutes=frame.minutes))


def _span(
    entry: ForeignEntry, frame: Frame, remarks: list[Remark], exact: timedelta | None = None
) -> tuple[datetime, datetime]:
    """When it begins and ends, as clocks in the event's zone show it, to the minute. `exact`: how long it lasts."""
    if entry.is_all_day:
        return datetime.combine(entry.first_on, OPENS), datetime.combine(entry.first_on, CLOSES)
    ends_at = entry.ends_at if exact is None else entry.starts_at + exact
    starts, ends = (
        when.wall_of(instant, frame.tz).replace(second=0, microsecond=0) for instant in (entry.starts_at, ends_at)
    )
    walls = (entry.starts_wall, *([entry.ends_wall] if exact is None else []))
    remarks += [_skipped(wall, entry.tz) for wall in walls if not when.exists(wall, entry.tz)]
    if ends <= starts:
        text = N_("The file does not say when it ends; %(minutes)s minutes were taken.")
        remarks.append(Remark("when.no_end", text, {"minutes": frame.minutes}))
        ends = starts + timedelta(minutes=frame.minutes)
    if ends - starts > when.MAX_SPAN:
        raise NotTaken("long", N_("It lasts longer than %(days)s days at one go."), days=when.MAX_SPAN.days)
    return starts, ends


def _skipped(wall: datetime, tz: str) -> Remark:
    text = N_("%(time)s does not exist on %(on)s, since clocks go forward; %(read)s was taken.")
    read = when.wall_of(instant_of(wall, tz), tz)
    return Remark("when.gap", text, {"time": f"{wall:%H:%M}", "on": f"{wall:%Y-%m-%d}", "read": f"{read:%H:%M}"})


def _is_doubled(one: WishedDate, tz: str) -> bool:
    return when.is_doubled(one.starts, tz) or when.is_doubled(one.ends, tz)


def _doubled(one: WishedDate, tz: str) -> NotTaken:
    wall = one.starts if when.is_doubled(one.starts, tz) else one.ends
    text = N_("%(time)s comes twice on %(on)s, since clocks go back. Make it by hand, with a time that comes once.")
    return NotTaken("doubled", text, time=f"{wall:%H:%M}", on=f"{wall:%Y-%m-%d}")


def _wanted(found: list[WishedDate], frame: Frame, remarks: list[Remark]) -> list[WishedDate]:
    """The dates that are not over, and that events can have."""
    every = sorted(set(found), key=lambda one: (one.starts, one.ends, one.key))
    coming = [one for one in every if instant_of(one.ends, frame.tz) > frame.since]
    if not any(not one.is_off for one in coming):
        coming = every
    elif len(coming) < len(every):
        remarks.append(Remark("series.over", N_("Those of its dates that are over were left out.")))
    doubled = {one for one in coming if _is_doubled(one, frame.tz)}
    single = [one for one in coming if one not in doubled]
    if twice := [f"{one.starts:%Y-%m-%d}" for one in coming if one in doubled]:
        text = N_("Left out for its hour comes twice that night, since clocks go back; add it by hand: %(on)s.")
        remarks.append(Remark("series.doubled", text, {"on": twice[:MOST_NAMED]}))
    if len(single) > MOST_DATES:
        text = N_("It has more than %(most)s dates; the first ones were taken.")
        remarks.append(Remark("series.many", text, {"most": MOST_DATES}))
    _require_one_held(single[:MOST_DATES])
    return single[:MOST_DATES]


def _require_one_held(dates: Sequence[WishedDate]) -> None:
    if all(one.is_off for one in dates):
        raise NotTaken("no_dates", N_("None of its dates takes place."))


def _ruled(
    entry: ForeignEntry, dates: list[WishedDate], by_rule: Sequence[datetime], frame: Frame, remarks: list[Remark]
) -> tuple[str, list[WishedDate]]:
    """The rule that gives its dates here, with those that it does not give made dates of their own."""
    given = sorted({one.ruled[0] for one in dates if one.ruled})
    for first in given[:2]:  # some begin on a day that their own rule does not give
        span = sorted({wall for wall in by_rule if first <= wall <= given[-1]})
        rrule = _rule_for(entry.rrule, span, frame.tz) if len(given) > 1 and len(span) > 1 else ""
        if rrule:
            return rrule, [one if one.ruled and one.ruled[0] >= first else replace(one, ruled=None) for one in dates]
    if len(dates) > 1:
        remarks.append(_why_single(entry))
    return "", [replace(one, ruled=None) for one in dates]


def _rule_for(text: str, span: Sequence[datetime], tz: str) -> str:
    """A rule of ours that gives just these wall times, nothing where none does."""
    if not can_follow(text):
        return ""
    rule = with_count(text, len(span))
    shorter = ";".join(part for part in rule.split(";") if part.partition("=")[0] not in _LESS)
    for one in dict.fromkeys((rule, shorter)):
        try:
            read_rule(one, span[0], tz)
            if len(one) <= LONGEST_RULE and dates_of(span[0], one) == list(span):
                return one
        except (Refused, ValueError):
            continue
    return ""


def _why_single(entry: ForeignEntry) -> Remark:
    if not entry.rrule:
        text = N_("Its dates are listed one by one there, without a rule; each became a date of its own.")
    elif entry.tz == "UTC":
        text = N_("It repeats by UTC, so its hour here changes with the clocks; each became a date of its own.")
    else:
        text = N_("Its dates follow no rule that can be kept here; each became a date of its own.")
    return Remark("series.dates", text)


def _remark_words(entry: ForeignEntry, changed: Sequence[ForeignEntry], remarks: list[Remark]) -> None:
    """Say what single dates of a series say otherwise, which an event says once."""
    living = [other for other in changed if other.status != "CANCELLED"]
    others = [(other.starts_wall, words) for other in living if (words := _other_words(entry, other))]
    if others:
        text = N_("Other words for single dates were left out (%(fields)s): %(on)s.")
        named = {name for _, words in others for name in words}
        days = sorted(f"{starts:%Y-%m-%d}" for starts, _ in others)[:MOST_NAMED]
        facts = {"fields": [name for name in _WORDS if name in named], "on": days}
        remarks.append(Remark("series.words", text, facts))


def _other_words(entry: ForeignEntry, other: ForeignEntry) -> list[str]:
    return [
        field
        for field, names in _WORDS.items()
        if any((value := getattr(other, name)) and value != getattr(entry, name) for name in names)
    ]


def by_days(
    entry: ForeignEntry, changed: Sequence[ForeignEntry], days: int, frame: Frame, remarks: list[Remark]
) -> Dates:
    """Return a date a day of what lasts all day, at hours to be chosen later. Raises NotTaken."""
    if days == 1:
        return dates_in(entry, changed, frame, remarks)
    said: list[Remark] = []
    found = dates_in(entry, changed, frame, said)
    remarks += [one for one in said if one.code != "series.dates"]
    step = timedelta(days=1)
    every = [
        WishedDate(starts=one.starts + number * step, ends=one.ends + number * step, is_off=one.is_off)
        for one in found.dates
        for number in range(days)
    ]
    if len(found.dates) > 1:
        text = N_("It lasts %(days)s days each time; each day became a date of its own.")
        remarks.append(Remark("series.days", text, {"days": days}))
    kept = {one.starts: one for one in sorted(every, key=lambda one: not one.is_off)}  # what takes place stands last
    dates = sorted(kept.values(), key=lambda one: one.starts)[:MOST_DATES]
    _require_one_held(dates)
    return Dates(tuple(dates))
