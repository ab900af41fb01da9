"""Events as lists show them: a Card is one row in the reader's language, made of what the reader may see."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from flask_babel import gettext as _

from cag_events.domain.clocks import other_zones
from cag_events.domain.event import EventView, Mode, OccurrenceRecord, ThemeRef, VenueRef
from cag_events.domain.lifecycle import Status
from cag_events.domain.opening_hours import Hours, standing
from cag_events.domain.texts import Picked, pick
from cag_events.domain.when import wall_of
from cag_events.events.wording import STATUS_WORDS
from cag_events.kinds import KINDS, read_details
from cag_events.web import dates


class Doors(NamedTuple):
    """When something that stands for days can be seen: its hours, and the zone that they are in."""

    hours: Hours
    tz: str


class ThemeName(NamedTuple):
    """A theme in the reader's language, as the macros want it."""

    key: str
    token: str
    icon: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One event in a list; see templates/components/event.html for what each field shows."""

    id: int
    key: str
    url: str
    title: str
    title_lang: str | None
    kind_slug: str
    kind_label: str
    themes: tuple[ThemeName, ...]
    stamp: dates.Stamp
    until_text: str
    until_iso: str
    is_ongoing: bool
    when_text: str
    place_text: str
    language_text: str
    seats_text: str = ""
    seats_slug: str = ""
    status: str
    status_label: str
    summary: str
    summary_lang: str | None
    first_day: date
    goes_on: bool  # began before today and has more to come
    doors: Doors | None = None
    open_slug: str = ""  # open, today, shut: whether it can be seen now
    open_text: str = ""

    def with_seats(self, slug: str, text: str) -> "Card":
        """Return the card with its seats in words."""
        return replace(self, seats_slug=slug, seats_text=text)

    def at(self, now: datetime) -> "Card":
        """Return the card with whether it can be seen now, where it stands for days."""
        if self.doors is None or self.status:
            return self
        slug, text = open_text(self.doors, now)
        return replace(self, open_slug=slug, open_text=text)


class Reader(NamedTuple):
    """For whom a card is made: language, the organisation's zone, the day it is there, and its words for kinds."""

    lang: str
    home: str
    today: date
    kind_names: Mapping[str, Mapping[str, str]]

    def text(self, texts: Mapping[str, str]) -> Picked:
        """Return a text in the reader's language, or the next best."""
        return pick(texts, self.lang)


def kind_label(slug: str, reader: Reader) -> str:
    """Return the word for a kind: the organisation's own, else ours."""
    if own := reader.kind_names.get(slug):
        return reader.text(own).text
    return _(KINDS[slug].label) if slug in KINDS else slug


def theme_name(theme: ThemeRef, reader: Reader) -> ThemeName:
    """Return a theme in the reader's language."""
    return ThemeName(theme.key, theme.token, theme.icon, reader.text(theme.name).text)


def title_of(view: EventView, reader: Reader) -> Picked:
    """Return the title to show: the event's, or for a guarded event seen from outside its kind."""
    if view.neutral or not view.title:
        return Picked(kind_label(view.kind, reader), reader.lang)
    return reader.text(view.title)


def card_of(view: EventView, url: str, reader: Reader) -> Card:
    """Return an event's card; seats are added by with_seats()."""
    title = title_of(view, reader)
    summary = reader.text(view.summary)
    next_one = next_occurrence(view, reader)
    ongoing, first, last = _days(view, next_one, reader)
    begins, ends = _whole(view, first, last)
    status = view.status.value if view.status is not Status.PUBLISHED else _past(ends, reader)
    return Card(
        id=view.id,
        key=view.key,
        url=url,
        title=title.text,
        title_lang=_foreign(title, reader),
        kind_slug=view.kind,
        kind_label=kind_label(view.kind, reader),
        themes=tuple(theme_name(theme, reader) for theme in view.themes),
        stamp=dates.stamp(first, last if _stands_for_days(view, next_one) else None, lang=reader.lang),
        until_text=dates.day_text(last, weekday=False, year=False, lang=reader.lang) if ongoing else "",
        until_iso=last.isoformat() if ongoing else "",
        is_ongoing=ongoing,
        when_text=when_text(view, next_one, reader),
        place_text=place_text(view, reader),
        language_text=language_text(view, reader),
        status=status,
        status_label=_(STATUS_WORDS[status]) if status else "",
        summary=summary.text,
        summary_lang=_foreign(summary, reader),
        first_day=begins,
        goes_on=begins < reader.today <= ends,
        doors=_doors(view, reader),
    )


def _doors(view: EventView, reader: Reader) -> Doors | None:
    """The hours of what stands today."""
    if view.run_from is None or view.run_to is None or not view.run_from <= reader.today <= view.run_to:
        return None
    kind = KINDS.get(view.kind)
    hours = kind.hours_of(read_details(view.kind, view.details)) if kind else None
    return Doors(hours, view.tz) if hours else None


def open_text(doors: Doors, now: datetime) -> tuple[str, str]:
    """Return whether something can be seen now, as a slug (open, today, shut) and in words; nothing once it is over."""
    stands = standing(doors.hours, now, doors.tz)
    if stands.closes:
        return "open", str(_("Open now until %(time)s", time=dates.clock_text(stands.closes)))
    if stands.opens is None:
        return "", ""
    clock = dates.clock_text(stands.opens)
    today = wall_of(now, doors.tz).date()
    if stands.opens.date() == today:
        return "today", str(_("Opens today at %(time)s", time=clock))
    if stands.opens.date() == today + timedelta(days=1):
        return "shut", str(_("Opens tomorrow at %(time)s", time=clock))
    day = dates.day_text(stands.opens.date(), year=False)
    return "shut", str(_("Opens %(day)s at %(time)s", day=day, time=clock))


def next_occurrence(view: EventView, reader: Reader) -> OccurrenceRecord | None:
    """Return the occurrence that a list shows: the first living one not over before today, or the last."""
    dates = view.living
    for occurrence in dates:
        if occurrence.ends_wall.date() >= reader.today:
            return occurrence
    return dates[-1] if dates else None


def _days(view: EventView, shown: OccurrenceRecord | None, reader: Reader) -> tuple[bool, date, date]:
    """Whether it goes on today over days, its first day and its last."""
    if view.run_from is not None and view.run_to is not None:
        return view.run_from < reader.today <= view.run_to, view.run_from, view.run_to
    if shown is None:
        return False, reader.today, reader.today
    if _is_unbroken(view):
        first, last = view.living[0].starts_wall.date(), _last_day(view.living[-1])
        return first < reader.today <= last, first, last
    return False, shown.starts_wall.date(), _last_day(shown)


def _whole(view: EventView, first: date, last: date) -> tuple[date, date]:
    """The first and last day of all occurrences and the run together."""
    starts = [first, *(occurrence.starts_wall.date() for occurrence in view.occurrences)]
    ends = [last, *(_last_day(occurrence) for occurrence in view.occurrences)]
    return (min(starts), max(ends)) if view.run_from is None else (first, last)


def _last_day(occurrence: OccurrenceRecord) -> date:
    """The day on which an occurrence ends, the small hours after an evening belonging to it."""
    return (occurrence.ends_wall - timedelta(hours=6)).date()


def unbroken_days(view: EventView) -> tuple[date, date] | None:
    """Return the first and last of days that follow each other, as a conference's do; None for anything else."""
    if view.run_from is not None or not _is_unbroken(view):
        return None
    return view.living[0].starts_wall.date(), _last_day(view.living[-1])


def _is_unbroken(view: EventView) -> bool:
    days = [occurrence.starts_wall.date() for occurrence in view.living]
    return len(days) > 1 and all(later - earlier <= timedelta(days=1) for earlier, later in pairwise(days))


def _stands_for_days(view: EventView, shown: OccurrenceRecord | None) -> bool:
    return view.run_from is not None or (shown is not None and _is_unbroken(view))


def _past(last: date, reader: Reader) -> str:
    return "held" if last < reader.today else ""


def when_text(view: EventView, shown: OccurrenceRecord | None, reader: Reader) -> str:
    """Return when it is, in one line: the run, the days, or the next occurrence, in the zones that it concerns."""
    lang = reader.lang
    if view.run_from is not None and view.run_to is not None:
        return dates.run(view.run_from, view.run_to, lang=lang).text
    if shown is None:
        return ""
    if _is_unbroken(view):
        first, last = view.living[0].starts_wall.date(), _last_day(view.living[-1])
        text = dates.run(first, last, lang=lang, weekday=True).text
        times = {(o.starts_wall.time(), o.ends_wall.time()) for o in view.living}
        return text if len(times) > 1 else f"{text}, {_hours(shown, lang)}"
    text = dates.span(shown.starts_wall, shown.ends_wall, shown.tz, lang=lang).text
    others = other_zones(view, reader.home)
    if others:
        told = [dates.elsewhere(shown.starts_at, None, tz, shown.starts_wall.date(), lang).text for tz in others]
        text = f"{text} {dates.zone_city(shown.tz, lang)} ({', '.join(told)})"
    if len(view.occurrences) > 1:
        number = view.occurrences.index(shown) + 1
        place_in_row = _("%(number)s of %(count)s", number=number, count=len(view.occurrences))
        text = f"{text} · {place_in_row}"
    return text


def _hours(occurrence: OccurrenceRecord, lang: str) -> str:
    return f"{dates.clock_text(occurrence.starts_wall, lang)}–{dates.clock_text(occurrence.ends_wall, lang)}"


def city_of(venue: VenueRef, reader: Reader) -> str:
    """Return a venue's town in the reader's language."""
    return venue.city_in(reader.lang)


def place_text(view: EventView, reader: Reader) -> str:
    """Return where it is, in one line: town, venue, online."""
    parts = []
    if view.venue is not None and not view.venue.virtual and view.mode is not Mode.ONLINE:
        parts = [city_of(view.venue, reader), reader.text(view.venue.name).text]
    text = " · ".join(part for part in parts if part)
    if view.mode is Mode.ONLINE:
        return str(_("Online"))
    return str(_("%(place)s + online", place=text)) if view.mode is Mode.HYBRID else text


def language_text(view: EventView, reader: Reader) -> str:
    """Return the spoken languages and what is interpreted, in one line."""
    words = [dates.language_name(code, reader.lang) for code in view.languages]
    words += [dates.language_name(offer.to, reader.lang) for offer in view.interpreting if offer.how == "sign"]
    spoken = [offer.to for offer in view.interpreting if offer.how not in ("sign", "captions")]
    if spoken:
        names = dates.listing([dates.language_name(code, reader.lang) for code in dict.fromkeys(spoken)], reader.lang)
        words.append(_("interpreted to %(language)s", language=names))
    text = ", ".join(words)
    return text[:1].upper() + text[1:]


def _foreign(text: Picked, reader: Reader) -> str | None:
    return text.lang if text.text and text.lang and text.lang != reader.lang else None
