"""Writes cag_events/events/data/holidays: the public holidays of the countries we work with, from the library holidays.

Run by `make holidays`, in an environment of its own: the library wants an older dateutil than the application has, and
nothing of it is needed while the application runs. Swedish names are the library's, else from SWEDISH.
"""

import json
import re
import sys
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

from holidays import country_holidays

FIRST, LAST = 2024, 2040
COUNTRIES = (
    *("SE", "NO", "DK", "FI", "IS", "EE", "LV", "LT", "KZ", "KG", "TJ", "UZ", "TM"),
    *("CN", "MN", "AF", "TR", "GE", "AM", "AZ", "MD", "DE", "PL", "GB", "BE", "FR", "US"),
)  # not Ukraine: under martial law its holidays are working days
PARTS = {"GB": "ENG"}  # of countries without holidays that all of it has
ENGLISH = {"GB": "en_GB"}
OWN_SWEDISH = {"SE": "sv", "FI": "sv_FI"}
CATEGORIES = {"public": "public", "de_facto": "de_facto", "half_day": "half"}  # the library's → ours
MARKS = ("observed", "estimated")
SPOKEN_HERE = ("SE", "GB", "US")  # names in Swedish and English are all there is
BRACKETS = re.compile(r" [(（].*[)）]$")  # what the library says of a day beside its name
TARGET = Path(__file__).parents[1] / "cag_events" / "events" / "data" / "holidays"
SWEDISH = {
    "All Saints' Day": "Alla helgons dag",
    "Ascension Day": "Kristi himmelsfärdsdag",
    "Armed Forces Day": "Försvarsmaktens dag",
    "Boxing Day": "Annandag jul",
    "Capital Day": "Huvudstadens dag",
    "Children's Day": "Barnens dag",
    "Chinese New Year (Spring Festival)": "Kinesiska nyåret (vårfesten)",
    "Chinese New Year's Eve": "Kinesiska nyårsafton",
    "Christmas Day": "Juldagen",
    "Christmas Day (by new style)": "Juldagen (nya stilen)",
    "Christmas Day (by old style)": "Juldagen (gamla stilen)",
    "Christmas Eve": "Julafton",
    "Constitution Day": "Konstitutionsdagen",
    "Corpus Christi": "Kristi lekamens fest",
    "Day of Arafah": "Arafahs dag",
    "Day off": "Ledig dag",
    "Days of History and Commemoration of Ancestors": "Historiens och förfädernas minnesdagar",
    "Day of the People's April Revolution": "Aprilrevolutionens dag",
    "Defender of the Fatherland Day": "Fosterlandsförsvararnas dag",
    "Dragon Boat Festival": "Drakbåtsfestivalen",
    "Easter": "Påskdagen",
    "Easter Monday": "Annandag påsk",
    "Easter Sunday": "Påskdagen",
    "Eid al-Adha": "Eid al-adha (offerhögtiden)",
    "Eid al-Fitr": "Eid al-fitr (slutet på ramadan)",
    "Epiphany": "Trettondedag jul",
    "Europe Day": "Europadagen",
    "Fatherland Defender's Day": "Fosterlandsförsvararnas dag",
    "First Day of Ramadan": "Ramadans första dag",
    "First Day of Summer": "Första sommardagen",
    "German Unity Day": "Tyska enhetens dag",
    "Good Friday": "Långfredagen",
    "Holy Saturday": "Påskafton",
    "Independence Day": "Självständighetsdagen",
    "Independence Restoration Day": "Självständighetens återkomst",
    "International Children's Day": "Internationella barndagen",
    "International Neutrality Day": "Internationella neutralitetsdagen",
    "International Nowruz Day": "Nouruz",
    "International Women's Day": "Internationella kvinnodagen",
    "International Workers' Day": "Första maj",
    "International Workers' Solidarity Day": "Första maj",
    "Kazakhstan's People Solidarity Holiday": "Enighetens dag för Kazakstans folk",
    "Labor Day": "Första maj",
    "Labor and Solidarity Day": "Första maj",
    "Lunar New Year": "Månnyåret",
    "Martyrs' Day": "Martyrernas dag",
    "Maundy Thursday": "Skärtorsdagen",
    "May Day": "Första maj",
    "May Holidays": "Majhelgen",
    "Memorial Day": "Minnesdagen",
    "Mid-Autumn Festival": "Mitthöstfesten",
    "Midsummer Day": "Midsommardagen",
    "Midsummer Eve": "Midsommarafton",
    "Mother's Day": "Mors dag",
    "National Day": "Nationaldagen",
    "National Flag Day": "Flaggans dag",
    "National Independence Day": "Självständighetsdagen",
    "National Language Day": "Språkets dag",
    "National Unity Day": "Nationella enighetens dag",
    "New Year Holidays": "Nyårshelgen",
    "New Year's Day": "Nyårsdagen",
    "New Year's Eve": "Nyårsafton",
    "Nooruz Holiday": "Nooruz",
    "Nowruz": "Nouruz",
    "Nowruz Holiday": "Nouruz",
    "Orthodox Christmas": "Ortodoxa julen",
    "Pentecost": "Pingstdagen",
    "Pentecost Monday": "Annandag pingst",
    "Prophet's Birthday": "Profetens födelsedag",
    "Republic Day": "Republikens dag",
    "Saint Andrew's Day": "Andreasdagen",
    "Second Day of Christmas": "Annandag jul",
    "Spring Bank Holiday": "Vårens lediga måndag",
    "Spring Festival": "Vårfesten",
    "Late Summer Bank Holiday": "Sensommarens lediga måndag",
    "Statehood Day": "Statens dag",
    "Teachers and Instructors Day": "Lärarnas dag",
    "Tomb-Sweeping Day": "Gravsopardagen",
    "Victory Day": "Segerdagen",
    "Women's Day": "Kvinnodagen",
    "Youth Day": "Ungdomens dag",
}


def main() -> None:
    """Write a file for each country, and say which version of the library they are from."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for country in COUNTRIES:
        rows = sorted(_rows(country), key=lambda row: (row["on"][0], row["en"]))
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        text = f'{{"country": "{country}", "first": {FIRST}, "last": {LAST}, "days": [\n{lines}\n]}}\n'
        (TARGET / f"{country}.json").write_text(text, encoding="utf-8")
    print(f"{len(COUNTRIES)} countries, {FIRST}-{LAST}, holidays {version('holidays')}", file=sys.stderr)


def _rows(country: str) -> list[dict[str, object]]:
    """Each name with its days: `on` for all of them, `moved` and `estimated` for those that are."""
    english = ENGLISH.get(country, "en_US")
    kept: dict[tuple[str, ...], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for category, kind in CATEGORIES.items():
        if category not in country_holidays(country).supported_categories:
            continue
        named = _days(country, category, english)
        swedish = _days(country, category, OWN_SWEDISH[country]) if country in OWN_SWEDISH else {}
        own = country_holidays(country).default_language
        local = _days(country, category, own) if own and country not in SPOKEN_HERE else {}
        for day, names in named.items():
            for number, spelled in enumerate(names):
                name, marks = _marks(spelled)
                known = _nth(swedish.get(day, ()), number) or SWEDISH.get(name, "")
                found = kept[kind, name, known, _nth(local.get(day, ()), number)]
                found["on"].append(day)
                for mark in marks:
                    found[mark].append(day)
    return [_row(*key, found) for key, found in kept.items()]


def _nth(names: list[str] | tuple[()], number: int) -> str:
    return BRACKETS.sub("", names[number]) if number < len(names) else ""


def _row(kind: str, english: str, swedish: str, local: str, found: dict[str, list[str]]) -> dict[str, object]:
    row: dict[str, object] = {"kind": kind, "en": english}
    row |= {language: name for language, name in (("sv", swedish), ("local", local)) if name}
    row["on"] = sorted(found["on"])
    for mark in MARKS:
        if found[mark]:
            row[mark] = sorted(found[mark])
    return row


def _days(country: str, category: str, language: str) -> dict[str, list[str]]:
    years = range(FIRST, LAST + 1)
    days = country_holidays(country, subdiv=PARTS.get(country), years=years, categories=(category,), language=language)
    return {day.isoformat(): name.split("; ") for day, name in sorted(days.items())}


def _marks(spelled: str) -> tuple[str, set[str]]:
    """A name without what the library adds in brackets, and what that said."""
    name, bracket, rest = spelled.partition(" (observed")
    marks = {"observed"} if bracket else set()
    if "estimated" in rest:
        marks.add("estimated")
    name, bracket, _rest = name.partition(" (estimated")
    if bracket:
        marks.add("estimated")
    name, bracket, _rest = name.partition(" (substituted")
    return name.partition(" (from ")[0], marks | ({"observed"} if bracket else set())


if __name__ == "__main__":
    main()
