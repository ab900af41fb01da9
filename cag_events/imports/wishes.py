"""What a foreign entry, with the changed dates of its series, wants to be here: the fields of an event, or why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from cag_events.domain import when
from cag_events.domain.errors import N_
from cag_events.domain.event import Mode
from cag_events.domain.texts import fold
from cag_events.events.fields import EventFields, OccurrenceFields
from cag_events.imports.dating import Frame, NotTaken, WishedDate, by_days, dates_in
from cag_events.imports.foreign import ForeignEntry, Remark, instant_of
from cag_events.imports.laying import laid_out
from cag_events.imports.places import Found, KnownVenue, find_place, holds_meeting
from cag_events.kinds import KINDS, read_details, write_details

LONGEST_BODY: Final = 18_000  # characters; with its first lines it stays below what is rendered
MOST_DAYS: Final = 7  # of an entry over several days that becomes a date a day
USUAL_MINUTES: Final = 60


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
    """An event as an entry would have it. `dates` are wall times in `tz`; `rrule` gives those that have `ruled`."""

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
    dates: tuple[WishedDate, ...] = ()
    rrule: str = ""
    today: date  # where it is
    run: tuple[date, date] | None = None
    online_url: str = ""
    remarks: tuple[Remark, ...] = ()

    @property
    def ends_at(self) -> datetime:
        """The instant at which all of it is over."""
        if self.run:
            return when.start_of_day(self.run[1] + timedelta(days=1), self.tz)
        return max(instant_of(one.ends, self.tz) for one in self.dates if not one.is_off)

    def occurrences(self, before: Sequence[OccurrenceFields] = ()) -> tuple[OccurrenceFields, ...]:
        """Return its dates as rows, those that there were before wherever they stay."""
        return laid_out(self.dates, self.rrule, before, self.today)

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


def wish_of(
    entry: ForeignEntry,
    changed: Sequence[ForeignEntry],
    around: Surroundings,
    now: datetime,
    since: datetime | None = None,
) -> Wish:
    """Return what an entry wants to be. `changed`: the entries that change dates of its series.

    `since`: from when on dates are wanted, else from now. Raises NotTaken with the reason.
    """
    if not entry.summary:
        raise NotTaken("no_title", N_("It has no title; it begins on %(on)s."), on=f"{entry.starts_wall:%Y-%m-%d}")
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
        today=when.day_of(now, tz),
    )
    _remark_place(entry, place, remarks)
    if entry.status == "TENTATIVE":
        remarks.append(Remark("entry.tentative", N_("It is not certain yet.")))
    minutes = KINDS[kind].default_minutes or USUAL_MINUTES
    frame = Frame(tz=tz, minutes=minutes, now=now, since=min(now, since or now))
    wish = _dated(wish, entry, changed, frame, remarks)
    return replace(wish, remarks=tuple({(remark.code, str(remark)): remark for remark in remarks}.values()))


def _kind(entry: ForeignEntry, around: Surroundings, remarks: list[Remark]) -> str:
    found = [around.kinds[name] for name in map(fold, entry.categories) if name in around.kinds]
    if found:
        return found[0]
    if not around.kind:
        remarks.append(Remark("kind.unknown", N_("The file does not say what kind of event it is.")))
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
            remarks.append(Remark("place.none", N_("The file does not say where it is; choose the place.")))


def _dated(
    wish: Wish, entry: ForeignEntry, changed: Sequence[ForeignEntry], frame: Frame, remarks: list[Remark]
) -> Wish:
    if not entry.is_all_day:
        found = dates_in(entry, changed, frame, remarks)
        return replace(wish, dates=found.dates, rrule=found.rrule)
    if KINDS[wish.kind].has_run:
        if entry.repeats or changed:
            raise NotTaken("run_repeats", N_("What stands for days cannot repeat; make one event of each."))
        return replace(wish, run=(entry.first_on, entry.last_on))
    days = (entry.last_on - entry.first_on).days + 1
    if days > MOST_DAYS:
        text = N_("It lasts %(days)s days. Choose a kind that stands for days, as an exhibition, or make it by hand.")
        raise NotTaken("days", text, days=days)
    remarks.append(
        Remark("when.all_day", N_("It lasts all day there; 9–17 was taken for now, choose the right times."))
    )
    found = by_days(entry, changed, days, frame, remarks)
    return replace(wish, dates=found.dates, rrule=found.rrule)
