"""Public holidays, the days around them, and the usual breaks of Swedish schools: what the calendar of a year says.

Days are those of the country's own clock. Which days are holidays is data (events/holidays.py); what lies between a
holiday and a weekend, and when schools usually have their breaks, is reckoned here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from cag_events.domain.errors import N_
from cag_events.domain.texts import Texts, fold

DAY = timedelta(days=1)
ZONES = {  # the clock of a country's capital
    "AF": "Asia/Kabul",
    "AM": "Asia/Yerevan",
    "AZ": "Asia/Baku",
    "BE": "Europe/Brussels",
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
    "DK": "Europe/Copenhagen",
    "EE": "Europe/Tallinn",
    "FI": "Europe/Helsinki",
    "FR": "Europe/Paris",
    "GB": "Europe/London",
    "GE": "Asia/Tbilisi",
    "IS": "Atlantic/Reykjavik",
    "KG": "Asia/Bishkek",
    "KZ": "Asia/Almaty",
    "LT": "Europe/Vilnius",
    "LV": "Europe/Riga",
    "MD": "Europe/Chisinau",
    "MN": "Asia/Ulaanbaatar",
    "NO": "Europe/Oslo",
    "PL": "Europe/Warsaw",
    "SE": "Europe/Stockholm",
    "TJ": "Asia/Dushanbe",
    "TM": "Asia/Ashgabat",
    "TR": "Europe/Istanbul",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}
LANGUAGES = {"ky": "KG", "kk": "KZ", "tg": "TJ", "uz": "UZ", "tk": "TM"}  # spoken in one of the countries above


class DayOff(StrEnum):
    """How much of a country is off."""

    PUBLIC = "public"
    DE_FACTO = "de_facto"  # no holiday by law, and yet nobody works: Midsummer Eve
    HALF = "half"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A day off in a country. `is_estimated`: it follows the moon, and is settled shortly before."""

    country: str  # ISO 3166 two letters
    day: date
    name: Texts
    kind: DayOff = DayOff.PUBLIC
    is_estimated: bool = False
    is_moved: bool = False  # given in place of a holiday on a weekend


@dataclass(frozen=True, slots=True)
class Year:
    """The holidays that are known of a country, and for which years they are."""

    country: str
    first: int
    last: int
    days: Mapping[date, tuple[Holiday, ...]]

    def on(self, day: date) -> tuple[Holiday, ...]:
        """Return the holidays of a day."""
        return self.days.get(day, ())

    def knows(self, day: date) -> bool:
        """Tell whether the year of a day is one of those that are known."""
        return self.first <= day.year <= self.last

    def is_off(self, day: date) -> bool:
        """Tell whether nobody works on a day: a weekend or a holiday."""
        return day.weekday() >= 5 or any(one.kind is not DayOff.HALF for one in self.on(day))

    def is_bridge(self, day: date) -> bool:
        """Tell whether a working day lies between a holiday and a weekend, or between two holidays."""
        if self.is_off(day) or not (self.is_off(day - DAY) and self.is_off(day + DAY)):
            return False
        return any(one.kind is not DayOff.HALF for near in (day - DAY, day + DAY) for one in self.on(near))

    def eve_of(self, day: date) -> Holiday | None:
        """Return the holiday that a working day is the day before, if it is."""
        if self.is_off(day):
            return None
        return next((one for one in self.on(day + DAY) if one.kind is not DayOff.HALF), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """When schools are usually closed; the town or the whole country. `name` is marked N_()."""

    name: str
    first: date
    last: date


WINTER_WEEKS = {  # as towns usually have it; towns not named: from week 7 to 10
    7: ("goteborg", "boras", "jonkoping", "trollhattan", "skovde", "uddevalla", "molndal", "kungsbacka", "varnamo"),
    8: (
        *("malmo", "lund", "helsingborg", "kristianstad", "landskrona", "trelleborg", "ystad", "hassleholm", "kalmar"),
        *("vaxjo", "karlskrona", "halmstad", "varberg", "linkoping", "norrkoping", "motala"),
    ),
    9: (
        *("stockholm", "uppsala", "solna", "sodertalje", "taby", "nacka", "norrtalje", "sigtuna", "vasteras"),
        *("eskilstuna", "nykoping", "orebro", "karlstad", "falun", "borlange", "gavle", "visby", "sundbyberg"),
    ),
    10: ("umea", "lulea", "sundsvall", "ostersund", "kiruna", "skelleftea", "harnosand", "ornskoldsvik", "boden"),
}
_WEEK_OF = {town: week for week, towns in WINTER_WEEKS.items() for town in towns}


def usual_breaks(first: date, last: date, town: str = "") -> Iterator[Break]:
    """Yield the usual breaks of Swedish schools that touch some days, in order; `town` decides the winter's week."""
    for year in range(first.year - 1, last.year + 1):
        for one in _breaks(year, _WEEK_OF.get(fold(town).strip())):
            if one.first <= last and one.last >= first:
                yield one


@lru_cache(maxsize=256)
def _breaks(year: int, winter_week: int | None) -> tuple[Break, ...]:
    easter = easter_of(year)
    winter = (winter_week, winter_week) if winter_week else (7, 10)
    return (
        Break(
            name=N_("winter break"),
            first=date.fromisocalendar(year, winter[0], 1),
            last=date.fromisocalendar(year, winter[1], 5),
        ),
        Break(name=N_("Easter break"), first=easter - 6 * DAY, last=easter + DAY),
        Break(name=N_("summer holidays"), first=date(year, 6, 11), last=date(year, 8, 16)),
        Break(name=N_("autumn break"), first=date.fromisocalendar(year, 44, 1), last=date.fromisocalendar(year, 44, 5)),
        Break(name=N_("Christmas break"), first=date(year, 12, 21), last=date(year + 1, 1, 8)),
    )


def easter_of(year: int) -> date:
    """Return Easter Sunday of the western churches (Gregorian computus of Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    month, day = divmod(h + i - 7 * ((a + 11 * h + 22 * i) // 451) + 114, 31)
    return date(year, month, day + 1)


def knows_town(town: str) -> bool:
    """Tell whether the week of a town's winter break is known."""
    return fold(town).strip() in _WEEK_OF


def days_between(first: date, last: date) -> Sequence[date]:
    """Return each day from the first to the last, both included."""
    return [first + number * DAY for number in range((last - first).days + 1)]
