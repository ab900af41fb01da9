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
    """Days to show, both ends included. `kind`: holiday, half, school_break, exam or other; `country` may be empty."""

    first: date
    last: date
    label: str
    kind: str
    country: str = ""


def marks_between(first: date, last: date) -> list[Mark]:
    """Return what to show between two days, in order, in the reader's language.

    Holidays are those of the organization's country, and of those where it has partners or venues.
    """
    found = [
        *(mark for country in _countries() for mark in _holidays(country, first, last)),
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


def _holidays(country: str, first: date, last: date) -> Iterator[Mark]:
    """Days off in a country, those with the same name that follow each other as one."""
    year = holidays_of(country)
    if year is None:
        return
    lang = current_language()
    open_marks: dict[tuple[str, str], Mark] = {}
    for day in days_between(first, last):
        for one in year.on(day):
            name = pick(one.name, lang, ("en",)).text
            label = name if country == home_country() else f"{name} ({country_name(country, lang)})"
            if one.is_estimated:
                label = gettext("%(name)s, probably", name=label)
            key = label, "half" if one.kind is DayOff.HALF else "holiday"
            before = open_marks.get(key)
            if before is not None and before.last == day - DAY:
                open_marks[key] = Mark(first=before.first, last=day, label=label, kind=key[1], country=country)
                continue
            if before is not None:
                yield before
            open_marks[key] = Mark(first=day, last=day, label=label, kind=key[1], country=country)
    yield from open_marks.values()


def _name(one: Break) -> str:
    name = str(gettext(one.name))
    return name[:1].upper() + name[1:]


def _usual(one: Break) -> Mark:
    label = gettext("%(name)s at schools, usually", name=_name(one))
    return Mark(first=one.first, last=one.last, label=label, kind="school_break", country="SE")


def _periods(first: date, last: date) -> Iterator[Mark]:
    lang = current_language()
    for row in list_periods(first, last):
        yield Mark(
            first=row.first_on,
            last=row.last_on,
            label=pick(row.name, lang).text,
            kind=row.kind,
            country=row.country,
        )
