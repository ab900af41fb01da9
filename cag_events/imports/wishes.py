"""What a foreign entry, with the changed dates of its series, wants to be here: the fields of an event, or why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from cag_events.domain import when
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import Mode
from cag_events.domain.recurrence import dates_of, with_count
from cag_events.domain.texts import fold
from cag_events.events.fields import EventFields, OccurrenceFields
from cag_events.imports.expanding import MOST_DATES, can_follow, walls_of
from cag_events.imports.foreign import ForeignEntry, Remark, instant_of
from cag_events.imports.places import Found, KnownVenue, find_place, holds_meeting
from cag_events.imports.times import LAST_YEAR
from cag_events.kinds import KINDS, read_details, write_details

LONGEST_BODY: Final = 18_000  # characters; with its first lines it stays below what is rendered
MOST_DAYS: Final = 7  # of an entry over several days that becomes a date a day
ENDLESS: Final = timedelta(days=365)
OPENS, CLOSES = time(9), time(17)  # of what lasts all day there
LONGEST_RULE: Final = 200
USUAL_MINUTES: Final = 60


class NotTaken(Exception):
    """An entry cannot become an event."""

    def __init__(self, code: str, text: str, /, **facts: Any) -> None:
        super().__init__(code)
        self.remark = Remark(f"entry.{code}", text, facts)


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What there is here to find again, and what entries get that say nothing themselves."""

    home: str = when.HOME
    lang: str = "sv"
    languages: tuple[str, ...] = ("sv", "en")
    kind: str = ""  # empty: by category, else a lecture
    theme: str = ""
    venues: Sequence[KnownVenue] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)  # folded name in any language → slug
    themes: Mapping[str, str] = field(default_factory=dict)  # folded name in any language → key
    first_kind: str = "lecture"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """An event as an entry would have it. `dates` are wall times in `tz`; `rrule` gives them all, where one does."""

    title: str
    body: str
    lang: str
    kind: str
    themes: tuple[str, ...]
    mode: Mode
    venue: str | None
    room: str | None
    tz: str
    own_tz: str | None  # None: the venue's
    dates: tuple[tuple[datetime, datetime], ...] = ()
    rrule: str = ""
    run: tuple[date, date] | None = None
    online_url: str = ""
    remarks: tuple[Remark, ...] = ()

    @property
    def ends_at(self) -> datetime:
        """The instant at which all of it is over."""
        if self.run:
            return when.start_of_day(self.run[1] + timedelta(days=1), self.tz)
        return max(instant_of(ends, self.tz) for _, ends in self.dates)

    def occurrences(self) -> tuple[OccurrenceFields, ...]:
        """Return its dates as the editor would type them."""
        if self.rrule:
            starts, ends = self.dates[0]
            return (OccurrenceFields(starts_wall=starts, ends_wall=ends, rrule=self.rrule),)
        return tuple(OccurrenceFields(starts_wall=starts, ends_wall=ends) for starts, ends in self.dates)

    def fields(self) -> EventFields:
        """Return the fields of a new draft."""
        return EventFields(
            kind=self.kind,
            title={self.lang: self.title},
            body={self.lang: self.body},
            mode=self.mode,
            venue=self.venue,
            room=self.room,
            tz=self.own_tz,
            occurrences=self.occurrences(),
            themes=self.themes,
            details=self.details({}),
        )

    def details(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Return a kind's details with the days that the entry says."""
        read = read_details(self.kind, dict(stored))
        return write_details(self.kind, KINDS[self.kind].with_run(read, *self.run) if self.run else read)


def wish_of(entry: ForeignEntry, changed: Sequence[ForeignEntry], around: Surroundings, now: datetime) -> Wish:
    """Return what an entry wants to be. `changed`: the entries that change dates of its series.

    Raises NotTaken with the reason.
    """
    if not entry.summary:
        raise NotTaken("no_title", N_("It has no title."))
    remarks = [*entry.remarks, *(remark for other in changed for remark in other.remarks)]
    kind = _kind(entry, around, remarks)
    place = find_place(entry.location, entry.geo, entry.online_url, around.venues)
    tz = around.home if entry.tz == "UTC" else entry.tz
    wish = Wish(
        title=entry.summary,
        body=_body(entry, place, remarks),
        lang=entry.lang if entry.lang in around.languages else around.lang,
        kind=kind,
        themes=_themes(entry, around, remarks),
        mode=place.mode,
        venue=place.venue.key if place.venue else None,
        room=place.room,
        tz=tz,
        own_tz=None if place.venue and place.venue.tz == tz else tz,
        online_url=entry.online_url if place.mode is Mode.ONLINE else "",
    )
    _remark_place(entry, place, remarks)
    if entry.status == "TENTATIVE":
        remarks.append(Remark("entry.tentative", N_("It is not certain yet.")))
    wish = _dated(wish, entry, changed, now, remarks)
    return replace(wish, remarks=tuple({(remark.code, str(remark)): remark for remark in remarks}.values()))


def _kind(entry: ForeignEntry, around: Surroundings, remarks: list[Remark]) -> str:
    found = [around.kinds[name] for name in map(fold, entry.categories) if name in around.kinds]
    if found:
        return found[0]
    if not around.kind:
        remarks.append(Remark("kind.unknown", N_("What kind of event it is does not stand there.")))
    return around.kind or around.first_kind


def _themes(entry: ForeignEntry, around: Surroundings, remarks: list[Remark]) -> tuple[str, ...]:
    found = [around.themes[name] for name in map(fold, entry.categories) if name in around.themes]
    others = [name for name in entry.categories if fold(name) not in around.themes and fold(name) not in around.kinds]
    if others:
        text = N_("Categories that mean nothing here: %(names)s.")
        remarks.append(Remark("theme.unknown", text, {"names": ", ".join(others[:5])}))
    return tuple(dict.fromkeys([*found, *([around.theme] if around.theme and not found else [])]))


def _body(entry: ForeignEntry, place: Found, remarks: list[Remark]) -> str:
    first = []
    if entry.url and entry.url != entry.online_url:
        first.append(f"<{entry.url}>")
    if entry.location and place.venue is None and place.mode is Mode.ONSITE:
        first.append(entry.location)
    if holds_meeting(entry.description):
        text = N_("The text holds a link to an online room, which everybody would see once it is published.")
        remarks.append(Remark("text.meeting", text))
    if len(entry.description) > LONGEST_BODY:
        remarks.append(Remark("text.cut", N_("The text was too long; its end was left out.")))
    return "\n\n".join([*first, *([entry.description[:LONGEST_BODY]] if entry.description else [])])


def _remark_place(entry: ForeignEntry, place: Found, remarks: list[Remark]) -> None:
    if place.by_geo:
        remarks.append(Remark("place.near", N_("The place was found by its coordinates alone.")))
    elif place.venue is None and place.mode is Mode.ONSITE:
        if entry.location:
            text = N_("There is no venue called “%(name)s” here; it stands in the text, choose the place.")
            remarks.append(Remark("place.unknown", text, {"name": entry.location[:100]}))
        else:
            remarks.append(Remark("place.none", N_("Where it is does not stand there; choose the place.")))


def _dated(
    wish: Wish, entry: ForeignEntry, changed: Sequence[ForeignEntry], now: datetime, remarks: list[Remark]
) -> Wish:
    if entry.is_all_day:
        return _by_days(wish, entry, changed, now, remarks)
    if entry.repeats or changed:
        return _series(wish, entry, changed, now, remarks)
    return replace(wish, dates=(_span(entry, wish, remarks),))


def _by_days(
    wish: Wish, entry: ForeignEntry, changed: Sequence[ForeignEntry], now: datetime, remarks: list[Remark]
) -> Wish:
    days = (entry.last_on - entry.first_on).days + 1
    if KINDS[wish.kind].has_run:
        if entry.repeats or changed:
            raise NotTaken("run_repeats", N_("What stands for days cannot repeat; make one event of each."))
        return replace(wish, run=(entry.first_on, entry.last_on))
    if days > MOST_DAYS:
        text = N_("It lasts %(days)s days. Choose a kind that stands for days, as an exhibition, or make it by hand.")
        raise NotTaken("days", text, days=days)
    remarks.append(
        Remark("when.all_day", N_("It lasts all day there; 9–17 was taken for now, choose the right times."))
    )
    firsts = [entry.first_on]
    if entry.repeats or changed:
        firsts = [starts.date() for starts, _ in _dates(entry, changed, wish, now, remarks)]
    dates = [first + timedelta(days=day) for first in firsts for day in range(days)]
    spans = [(datetime.combine(day, OPENS), datetime.combine(day, CLOSES)) for day in dict.fromkeys(dates)]
    return replace(wish, dates=tuple(spans[:MOST_DATES]))


def _series(
    wish: Wish, entry: ForeignEntry, changed: Sequence[ForeignEntry], now: datetime, remarks: list[Remark]
) -> Wish:
    dates = _dates(entry, changed, wish, now, remarks)
    rule = _rule(entry, changed, wish, dates)
    if entry.repeats and not rule and len(dates) > 1:
        text = N_("Its dates follow no rule that can be kept here; each became a date of its own.")
        remarks.append(Remark("series.dates", text))
    return replace(wish, dates=tuple(dates), rrule=rule)


def _dates(
    entry: ForeignEntry, changed: Sequence[ForeignEntry], wish: Wish, now: datetime, remarks: list[Remark]
) -> list[tuple[datetime, datetime]]:
    """The dates of a series that are not over, with those that were changed or cancelled there."""
    until = datetime(LAST_YEAR, 12, 31)  # noqa: DTZ001 (a wall time)
    if entry.rrule and not can_follow(entry.rrule):
        remarks.append(Remark("series.rule", N_("Its rule for repeating cannot be followed; its first date counts.")))
    elif entry.rrule and "COUNT=" not in entry.rrule and "UNTIL=" not in entry.rrule:
        until = max(when.wall_of(now, entry.tz), entry.starts_wall) + ENDLESS
        remarks.append(Remark("series.endless", N_("It repeats without end; a year of it was taken.")))
    others = {instant_of(other.recurrence_wall, other.tz): other for other in changed if other.recurrence_wall}
    found: list[tuple[datetime, datetime]] = []
    called_off = 0
    for wall in walls_of(entry, until):
        other = others.pop(instant_of(wall, entry.tz), None)
        if other is not None and other.status == "CANCELLED":
            called_off += 1
        elif other is not None:
            found.append(_span(other, wish, remarks))
        else:
            step = wall - entry.starts_wall
            moved = replace(entry, starts_wall=wall, ends_wall=entry.ends_wall + step)
            found.append(_span(moved, wish, remarks))
    found += [_span(other, wish, remarks) for other in others.values() if other.status != "CANCELLED"]
    if called_off:
        text = N_("%(number)s of its dates are cancelled there and were left out.")
        remarks.append(Remark("series.cancelled", text, {"number": called_off}))
    coming = [span for span in sorted(set(found)) if instant_of(span[1], wish.tz) > now]
    if coming and len(coming) < len(found):
        remarks.append(Remark("series.over", N_("Those of its dates that are over were left out.")))
    if len(coming or found) > MOST_DATES:
        remarks.append(
            Remark(
                "series.many", N_("It has more than %(most)s dates; the first ones were taken."), {"most": MOST_DATES}
            )
        )
    if not (coming or found):
        raise NotTaken("no_dates", N_("None of its dates takes place."))
    return (coming or sorted(set(found)))[:MOST_DATES]


def _span(entry: ForeignEntry, wish: Wish, remarks: list[Remark]) -> tuple[datetime, datetime]:
    """When it begins and ends, as clocks in the event's zone show it, to the minute."""
    if entry.is_all_day:
        return entry.starts_wall, entry.ends_wall
    starts, ends = (
        when.wall_of(instant, wish.tz).replace(second=0, microsecond=0) for instant in (entry.starts_at, entry.ends_at)
    )
    if ends <= starts:
        minutes = KINDS[wish.kind].default_minutes or USUAL_MINUTES
        text = N_("When it ends does not stand there; %(minutes)s minutes were taken.")
        remarks.append(Remark("when.no_end", text, {"minutes": minutes}))
        ends = starts + timedelta(minutes=minutes)
    if ends - starts > when.MAX_SPAN:
        raise NotTaken("long", N_("It lasts longer than %(days)s days at one go."), days=when.MAX_SPAN.days)
    return starts, ends


def _rule(
    entry: ForeignEntry, changed: Sequence[ForeignEntry], wish: Wish, dates: list[tuple[datetime, datetime]]
) -> str:
    """The rule that gives just these dates here; nothing where none of ours does."""
    if not entry.rrule or not can_follow(entry.rrule) or changed or len(dates) < 2 or entry.tz != wish.tz:
        return ""
    rule = with_count(entry.rrule, len(dates))
    starts, ends = dates[0]
    if len(rule) > LONGEST_RULE or any(end - start != ends - starts for start, end in dates):
        return ""
    try:
        return rule if dates_of(starts, rule) == [start for start, _ in dates] else ""
    except Refused:
        return ""
