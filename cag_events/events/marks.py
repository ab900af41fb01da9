"""Days that a calendar of the team shows beneath its events: public holidays, usual school breaks, periods to mind."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from sqlalchemy import select, union

from cag_events.audiences.models import Partner
from cag_events.db import db
from cag_events.domain.holidays import DAY, WINTER_WEEKS, ZONES, Break, DayOff, days_between, usual_breaks
from cag_events.domain.texts import pick
from cag_events.events.conflicts import home_country, list_periods
from cag_events.events.holidays import holidays_of
from cag_events.events.models import Venue
from cag_events.web.dates import country_name
from cag_events.web.language import current_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Days to show, both ends included. `kind`: holiday, half, school_break, exam or other; `country` may be empty.

    `label` is short, as “KG: Nooruz”; `words` spells it out, as “Nooruz, Kyrgyzstan”.
    """

    first: date
    last: date
    label: str
    words: str
    kind: str
    country: str = ""


def marks_between(first: date, last: date) -> list[Mark]:
    """Return what to show between two days, in order, in the reader's language.

    Holidays are those of the organization's country, and of those where it has partners or venues.
    """
    found = [
        *_holidays(first, last),
        *(_usual(one) for one in usual_breaks(first, last) if home_country() == "SE"),
        *_periods(first, last),
    ]
    return sorted(found, key=lambda mark: (mark.first, mark.country != home_country(), mark.last, mark.label))


def usual_of_year(today: date) -> list[tuple[str, date, date, str]]:
    """Return the usual breaks of Swedish schools in the year to come: name, first and last day, in which towns."""
    if home_country() != "SE":
        return []
    last = date(today.year + 1, today.month, 28)
    rows = []
    for one in usual_breaks(today, last):
        weeks = {one.first.isocalendar().week, one.last.isocalendar().week}
        if weeks != {min(WINTER_WEEKS), max(WINTER_WEEKS)}:
            rows.append((_name(one), one.first, one.last, ""))
            continue
        for week, towns in WINTER_WEEKS.items():
            monday = date.fromisocalendar(one.first.year, week, 1)
            rows.append((_name(one), monday, monday + 4 * DAY, _TOWNS[week] if towns else ""))
    return rows


_TOWNS = {7: "Göteborg, Jönköping", 8: "Malmö, Växjö, Linköping", 9: "Stockholm, Uppsala, Örebro", 10: "Umeå, Luleå"}


def _countries() -> list[str]:
    """The organization's country, then those of its partners and venues that we have holidays of."""
    rows = db.session.scalars(union(select(Partner.country), select(Venue.country)))
    return list(dict.fromkeys([home_country(), *sorted(code for code in rows if code in ZONES)]))


@dataclass(frozen=True, slots=True)
class _Days:
    """Days off with the same name that follow each other."""

    first: date
    last: date
    name: str
    kind: str


def _holidays(first: date, last: date) -> Iterator[Mark]:
    """Days off, each once: whatever is one here is told without a country, all others with those where they are."""
    where: dict[_Days, list[str]] = {}
    for country in _countries():
        for days in _days_off(country, first, last):
            where.setdefault(days, []).append(country)
    home, lang = home_country(), current_language()
    for days, countries in where.items():
        is_here = home in countries
        names = ", ".join(country_name(code, lang) for code in countries)
        yield Mark(
            first=days.first,
            last=days.last,
            label=days.name if is_here else f"{', '.join(countries)}: {days.name}",
            words=days.name if is_here else f"{days.name}, {names}",
            kind=days.kind,
            country=home if is_here else countries[0],
        )


def _days_off(country: str, first: date, last: date) -> Iterator[_Days]:
    year = holidays_of(country)
    if year is None:
        return
    lang = current_language()
    open_days: dict[tuple[str, str], _Days] = {}
    for day in days_between(first, last):
        for one in year.on(day):
            name = pick(one.name, lang, ("en",)).text
            if one.is_estimated:
                name = gettext("%(name)s, probably", name=name)
            key = name, "half" if one.kind is DayOff.HALF else "holiday"
            before = open_days.get(key)
            if before is not None and before.last == day - DAY:
                open_days[key] = _Days(before.first, day, *key)
                continue
            if before is not None:
                yield before
            open_days[key] = _Days(day, day, *key)
    yield from open_days.values()


def _name(one: Break) -> str:
    name = str(gettext(one.name))
    return name[:1].upper() + name[1:]


def _usual(one: Break) -> Mark:
    label = gettext("%(name)s at schools, usually", name=_name(one))
    return Mark(first=one.first, last=one.last, label=label, words=label, kind="school_break", country="SE")


def _periods(first: date, last: date) -> Iterator[Mark]:
    lang = current_language()
    for row in list_periods(first, last):
        name = pick(row.name, lang).text
        yield Mark(
            first=row.first_on,
            last=row.last_on,
            label=name,
            words=name,
            kind=row.kind,
            country=row.country,
        )
