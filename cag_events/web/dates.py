"""Dates, times, places and languages in words, by CLDR, for templates (components/when.html), mails and reports.

Names come from CLDR; the order of the parts stands in STYLES. Everything is cached, so that a list of events costs
little. A `Spell` is a text in two lengths: what is shown, and full words for those who listen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from flask import Flask
from flask_babel import gettext as _

from cag_events.domain import when
from cag_events.domain.errors import N_
from cag_events.web.language import current_language

SIGN_LANGUAGES = {"swl": N_("Swedish Sign Language"), "sgn": N_("sign language")}


class Spell(NamedTuple):
    """A date or time: `iso` for machines, `text` shown, `words` read aloud."""

    iso: str
    text: str
    words: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Style:
    """What stands between the parts of a date, which both our languages write in the order of the calendar's day."""

    clock: str  # strftime of a time
    at: str  # between date and time, short
    at_words: str  # the same, read aloud
    till: str  # between two times, read aloud


STYLES = {
    "sv": Style(clock="%H.%M", at=" kl. ", at_words=" klockan ", till=" till "),
    "en": Style(clock="%H:%M", at=", ", at_words=" at ", till=" to "),
}


@dataclass(frozen=True, slots=True)
class Names:
    """A language's names of months (from 1) and weekdays (Monday is 0), short and wide."""

    months: tuple[str, ...]
    months_wide: tuple[str, ...]
    months_alone: tuple[str, ...]
    days: tuple[str, ...]
    days_wide: tuple[str, ...]


def style_of(lang: str) -> Style:
    """Return a language's style; English for those without their own."""
    return STYLES.get(lang, STYLES["en"])


@lru_cache(maxsize=8)
def names_of(lang: str) -> Names:
    """Return a language's names from CLDR, without the points of abbreviations."""
    locale = _locale(lang)
    months, days = locale.months, locale.days
    return Names(
        months=("", *(months["format"]["abbreviated"][n].rstrip(".") for n in range(1, 13))),
        months_wide=("", *(months["format"]["wide"][n] for n in range(1, 13))),
        months_alone=("", *(months["stand-alone"]["wide"][n] for n in range(1, 13))),
        days=tuple(days["format"]["abbreviated"][n].rstrip(".") for n in range(7)),
        days_wide=tuple(days["format"]["wide"][n] for n in range(7)),
    )


def clock_text(moment: time | datetime, lang: str | None = None) -> str:
    """Return a time of day: 18.00 or 18:00."""
    return moment.strftime(style_of(lang or current_language()).clock)


@lru_cache(maxsize=2000)
def _day(day: date, lang: str, weekday: bool, year: bool, wide: bool) -> str:
    names = names_of(lang)
    parts = [
        (names.days_wide if wide else names.days)[day.weekday()] if weekday else "",
        str(day.day),
        (names.months_wide if wide else names.months)[day.month],
        str(day.year) if year else "",
    ]
    return " ".join(part for part in parts if part)


def day_text(day: date, *, weekday: bool = True, year: bool = True, wide: bool = False, lang: str | None = None) -> str:
    """Return a date: ons 25 nov 2026; `wide`: onsdag 25 november 2026."""
    return _day(day, lang or current_language(), weekday, year, wide)


def day(value: date, *, weekday: bool = True, year: bool = True, lang: str | None = None) -> Spell:
    """Return a date as shown and as read aloud."""
    lang = lang or current_language()
    return Spell(value.isoformat(), _day(value, lang, weekday, year, False), _day(value, lang, weekday, year, True))


@lru_cache(maxsize=4000)
def _span(starts: datetime, ends: datetime | None, lang: str, weekday: bool, year: bool, wide: bool) -> str:  # noqa: PLR0917 (cached by position)
    style = style_of(lang)
    at, dash = (style.at_words, style.till) if wide else (style.at, "–")
    first = starts.date()
    if ends is None:
        return f"{_day(first, lang, weekday, year, wide)}{at}{starts.strftime(style.clock)}"
    if _same_evening(starts, ends):
        hours = f"{starts.strftime(style.clock)}{dash}{ends.strftime(style.clock)}"
        return f"{_day(first, lang, weekday, year, wide)}{at}{hours}"
    shows_year = year and first.year != ends.year
    long_dash = style.till if wide else " – "
    return (
        f"{_day(first, lang, weekday, shows_year, wide)}{at}{starts.strftime(style.clock)}"
        f"{long_dash}{_day(ends.date(), lang, weekday, year, wide)}{at}{ends.strftime(style.clock)}"
    )


def _same_evening(starts: datetime, ends: datetime) -> bool:
    """Whether a span reads as one day: it ends on it, or in the small hours after."""
    return ends.date() == starts.date() or (ends - starts < timedelta(hours=12) and ends.time() <= time(6))


def span_text(
    starts: datetime,
    ends: datetime | None,
    *,
    weekday: bool = True,
    year: bool = True,
    wide: bool = False,
    lang: str | None = None,
) -> str:
    """Return a span of wall time: ons 25 nov 2026 kl. 18.00–20.00."""
    return _span(starts, ends, lang or current_language(), weekday, year, wide)


def span(starts: datetime, ends: datetime | None, tz: str, *, year: bool = True, lang: str | None = None) -> Spell:
    """Return a span of wall time in a zone as shown and as read aloud; `iso` is its start with the offset."""
    lang = lang or current_language()
    return Spell(
        iso_of(starts, tz),
        _span(starts, ends, lang, True, year, False),
        _span(starts, ends, lang, True, year, True),
    )


def iso_of(wall: datetime, tz: str) -> str:
    """Return a wall time with its offset, as the datetime attribute wants it."""
    return wall.replace(tzinfo=when.zone(tz)).isoformat(timespec="minutes")


def moment(at: datetime, tz: str, *, year: bool = True, lang: str | None = None) -> Spell:
    """Return an instant in a zone's wall time: ons 25 nov 2026 kl. 16.00."""
    return span(when.wall_of(at, tz), None, tz, year=year, lang=lang)


def run(first: date, last: date, *, lang: str | None = None, weekday: bool = False) -> Spell:
    """Return a run of whole days, both inclusive: 2 nov – 6 dec 2026."""
    lang = lang or current_language()
    if first == last:
        return day(first, lang=lang)
    till = style_of(lang).till
    shows_year = first.year != last.year
    if first.month == last.month and not shows_year:
        begins = f"{names_of(lang).days[first.weekday()]} {first.day}" if weekday else str(first.day)
        short = f"{begins}–{_day(last, lang, weekday, True, False)}"
    else:
        short = f"{_day(first, lang, weekday, shows_year, False)} – {_day(last, lang, weekday, True, False)}"
    words = f"{_day(first, lang, True, shows_year, True)}{till}{_day(last, lang, True, True, True)}"
    return Spell(f"{first.isoformat()}/{last.isoformat()}", short, words)


def month_text(year: int, month: int, lang: str | None = None) -> str:
    """Return a month as a heading: november 2026."""
    return f"{names_of(lang or current_language()).months_alone[month]} {year}"


def weekday_names(lang: str | None = None) -> list[tuple[str, str]]:
    """Return the weekdays from Monday on, short and wide."""
    names = names_of(lang or current_language())
    return list(zip(names.days, names.days_wide, strict=True))


class Stamp(NamedTuple):
    """The parts of a date stamp: short words; `end` the last day's number where it goes on for days."""

    day: str
    month: str
    weekday: str
    iso: str
    end: str | None


def stamp(first: date, last: date | None = None, lang: str | None = None) -> Stamp:
    """Return the date stamp of a day, or of some days in one month."""
    names = names_of(lang or current_language())
    runs_on = last is not None and last != first and (last - first).days < 14
    weekday, month = names.days[first.weekday()], names.months[first.month]
    if runs_on and last is not None:
        weekday = f"{weekday}–{names.days[last.weekday()]}"
        if last.month != first.month:
            month = f"{month}–{names.months[last.month]}"
    return Stamp(str(first.day), month, weekday, first.isoformat(), str(last.day) if runs_on and last else None)


def minutes_text(minutes: int) -> str:
    """Return a length: 45 min, 1 h 30 min."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return str(_("%(num)s min", num=rest))
    return str(_("%(hours)s h %(minutes)s min", hours=hours, minutes=rest) if rest else _("%(hours)s h", hours=hours))


@lru_cache(maxsize=300)
def _city(tz: str, lang: str) -> str:
    known = _locale(lang).time_zones.get(tz)
    return str(known.get("city") or "") if known else ""


def zone_city(tz: str, lang: str | None = None) -> str:
    """Return the city that names a zone: Bisjkek."""
    return _city(tz, lang or current_language()) or tz.rsplit("/", 1)[-1].replace("_", " ")


def zone_short(at: datetime, tz: str) -> str:
    """Return the zone's abbreviation at a wall time or instant where it has one that people know: CET; else UTC+6."""
    moment_there = at.astimezone(when.zone(tz)) if at.tzinfo else at.replace(tzinfo=when.zone(tz))
    name = moment_there.tzname() or ""
    if name.isalpha():
        return name
    minutes = when.offset_minutes(moment_there, tz)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes >= 0 else '−'}{hours}{f':{rest:02d}' if rest else ''}"


def elsewhere(starts_at: datetime, ends_at: datetime | None, tz: str, here: date, lang: str | None = None) -> Spell:
    """Return an instant, or the time between two, on the clocks of another zone, with the day where it differs."""
    lang = lang or current_language()
    style = style_of(lang)
    starts = when.wall_of(starts_at, tz)
    ends = when.wall_of(ends_at, tz) if ends_at else None
    short = starts.strftime(style.clock) + (f"–{ends.strftime(style.clock)}" if ends else "")
    words = starts.strftime(style.clock) + (f"{style.till}{ends.strftime(style.clock)}" if ends else "")
    city = zone_city(tz, lang)
    other_day = starts.date() != here
    if other_day:
        short = f"{short} {_day(starts.date(), lang, True, False, False)}"
        words = f"{words} {_day(starts.date(), lang, True, False, True)}"
    return Spell(
        iso_of(starts, tz),
        _("%(time)s in %(city)s", time=short, city=city),
        _("%(time)s in %(city)s", time=words, city=city),
    )


@lru_cache(maxsize=600)
def _country(code: str, lang: str) -> str:
    return str(_locale(lang).territories.get(code, code))


def country_name(code: str, lang: str | None = None) -> str:
    """Return a country's name: Kirgizistan."""
    return _country(code, lang or current_language())


@lru_cache(maxsize=600)
def _language(code: str, lang: str) -> str:
    return str(_locale(lang).languages.get(code, code))


def language_name(code: str, lang: str | None = None) -> str:
    """Return a language's name in running text: engelska, svenskt teckenspråk."""
    if code in SIGN_LANGUAGES:
        return str(_(SIGN_LANGUAGES[code]))
    return _language(code, lang or current_language())


def listing(words: Iterable[str], lang: str | None = None) -> str:
    """Return words as a list in a sentence: sv, en och ru."""
    *first, last = list(words) or [""]
    if not first:
        return last
    return f"{', '.join(first)} {_conjunction(lang or current_language())} {last}"


def _conjunction(lang: str) -> str:
    return "och" if lang == "sv" else "and"


_SV_LAST = str.maketrans({"å": "z\ue001", "ä": "z\ue002", "æ": "z\ue002", "ö": "z\ue003", "ø": "z\ue003"})


def sort_key(text: str, lang: str | None = None) -> str:
    """Return what a text is sorted by: å ä ö last in Swedish, without their marks elsewhere."""
    import unicodedata  # noqa: PLC0415 (stands beside its only use)

    low = text.casefold()
    if (lang or current_language()) == "sv":
        low = low.translate(_SV_LAST)
    return "".join(c for c in unicodedata.normalize("NFD", low) if not unicodedata.combining(c))


@lru_cache(maxsize=16)
def _locale(lang: str):  # type: ignore[no-untyped-def]
    from babel import Locale  # noqa: PLC0415 (heavy: only when words are wanted)

    return Locale.parse({"en": "en_GB"}.get(lang, lang))


def init_app(app: Flask) -> None:
    """Let components/when.html use these."""
    app.jinja_env.filters["cldr_language"] = language_name
    app.jinja_env.globals.update(
        cldr_day=day,
        cldr_span=span,
        cldr_moment=moment,
        cldr_run=run,
        cldr_elsewhere=elsewhere,
        cldr_zone_short=zone_short,
        cldr_zone_city=zone_city,
        cldr_minutes=minutes_text,
        cldr_month=month_text,
        cldr_country=country_name,
        cldr_language=language_name,
        cldr_listing=listing,
        cldr_clock=clock_text,
    )
