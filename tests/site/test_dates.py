"""Dates in words: web/dates.py and components/when.html."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from cag_events.web import dates

LECTURE = datetime(2026, 11, 25, 18), datetime(2026, 11, 25, 20)


@pytest.fixture(autouse=True)
def _in_app(app: Flask) -> object:
    with app.test_request_context("/sv/"):
        yield


@pytest.mark.parametrize(
    ("lang", "text", "words"),
    [
        ("sv", "ons 25 nov 2026 kl. 18.00–20.00", "onsdag 25 november 2026 klockan 18.00 till 20.00"),
        ("en", "Wed 25 Nov 2026, 18:00–20:00", "Wednesday 25 November 2026 at 18:00 to 20:00"),
    ],
)
def test_span_says_an_evening_in_each_language(lang: str, text: str, words: str) -> None:
    spell = dates.span(*LECTURE, "Europe/Stockholm", lang=lang)

    assert spell == dates.Spell("2026-11-25T18:00+01:00", text, words)


@pytest.mark.parametrize(
    ("starts", "ends", "text"),
    [
        ("2026-11-28T22:00", "2026-11-29T02:00", "lör 28 nov 2026 kl. 22.00–02.00"),
        ("2026-11-28T10:00", "2026-11-29T16:00", "lör 28 nov kl. 10.00 – sön 29 nov 2026 kl. 16.00"),
        ("2026-12-31T20:00", "2027-01-01T12:00", "tors 31 dec 2026 kl. 20.00 – fre 1 jan 2027 kl. 12.00"),
        ("2026-12-31T20:00", "2027-01-01T01:00", "tors 31 dec 2026 kl. 20.00–01.00"),
    ],
)
def test_span_text_names_the_second_day_when_the_night_is_over(starts: str, ends: str, text: str) -> None:
    assert dates.span_text(datetime.fromisoformat(starts), datetime.fromisoformat(ends), lang="sv") == text


@pytest.mark.parametrize(
    ("first", "last", "weekday", "text"),
    [
        ((2026, 12, 2), (2026, 12, 6), False, "2–6 dec 2026"),
        ((2026, 11, 2), (2026, 12, 6), False, "2 nov – 6 dec 2026"),
        ((2026, 12, 20), (2027, 1, 6), False, "20 dec 2026 – 6 jan 2027"),
        ((2026, 11, 28), (2026, 11, 29), True, "lör 28–sön 29 nov 2026"),
        ((2026, 11, 28), (2026, 11, 28), False, "lör 28 nov 2026"),
    ],
)
def test_run_says_days_as_shortly_as_it_can(
    first: tuple[int, int, int], last: tuple[int, int, int], weekday: bool, text: str
) -> None:
    assert dates.run(date(*first), date(*last), weekday=weekday, lang="sv").text == text


def test_elsewhere_names_the_day_where_it_is_another() -> None:
    starts, ends = datetime(2026, 11, 25, 19, tzinfo=UTC), datetime(2026, 11, 25, 20, tzinfo=UTC)

    there = dates.elsewhere(starts, ends, "Asia/Bishkek", date(2026, 11, 25), lang="sv")

    assert there.text == "01.00–02.00 tors 26 nov i Bisjkek"


@pytest.mark.parametrize(
    ("tz", "day", "short"),
    [
        ("Europe/Stockholm", "2026-11-25T18:00", "CET"),
        ("Europe/Stockholm", "2027-06-25T18:00", "CEST"),
        ("Asia/Bishkek", "2026-11-25T18:00", "UTC+6"),
        ("Asia/Kathmandu", "2026-11-25T18:00", "UTC+5:45"),
        ("America/St_Johns", "2027-01-25T18:00", "NST"),
    ],
)
def test_zone_short_uses_letters_that_people_know(tz: str, day: str, short: str) -> None:
    assert dates.zone_short(datetime.fromisoformat(day), tz) == short


def test_moment_tells_an_instant_by_the_clock_of_its_zone() -> None:
    spell = dates.moment(datetime(2026, 11, 25, 15, tzinfo=UTC), "Asia/Bishkek", lang="en")

    assert spell == dates.Spell(
        "2026-11-25T21:00+06:00", "Wed 25 Nov 2026, 21:00", "Wednesday 25 November 2026 at 21:00"
    )


@pytest.mark.parametrize(
    ("lang", "sorted_words"),
    [("sv", ["Zebra", "Ål", "Älg", "Öl"]), ("en", ["Ål", "Älg", "Öl", "Zebra"])],
)
def test_sort_key_puts_the_swedish_letters_last_in_swedish_alone(lang: str, sorted_words: list[str]) -> None:
    assert sorted(["Öl", "Zebra", "Älg", "Ål"], key=lambda word: dates.sort_key(word, lang)) == sorted_words


def test_names_of_places_and_languages_are_in_the_readers_language() -> None:
    assert dates.country_name("KG", "sv") == "Kirgizistan"
    assert dates.language_name("ky", "en") == "Kyrgyz"
    assert dates.language_name("swl", "en") == "svenskt teckenspråk"  # by the language of the request
    assert dates.zone_city("Asia/Bishkek", "sv") == "Bisjkek"
    assert dates.zone_city("America/Argentina/Buenos_Aires", "en") == "Buenos Aires"


def test_listing_joins_words_as_a_sentence_does() -> None:
    assert dates.listing(["sv"], "sv") == "sv"
    assert dates.listing(["sv", "en", "ru"], "sv") == "sv, en och ru"
    assert dates.listing(["sv", "en"], "en") == "sv and en"
    assert dates.listing([], "sv") == ""


@pytest.mark.parametrize(("minutes", "text"), [(45, "45 min"), (60, "1 tim"), (90, "1 tim 30 min")])
def test_minutes_text_counts_hours(minutes: int, text: str) -> None:
    assert dates.minutes_text(minutes) == text


def test_stamp_names_both_days_of_a_short_run_and_one_of_a_long_one() -> None:
    assert dates.stamp(date(2026, 11, 28), date(2026, 11, 29), lang="sv") == (
        "28",
        "nov",
        "lör–sön",
        "2026-11-28",
        "29",
    )
    assert dates.stamp(date(2026, 11, 2), date(2026, 12, 6), lang="sv") == ("2", "nov", "mån", "2026-11-02", None)
