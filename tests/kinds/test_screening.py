"""Screening: a film that fits, and a licence for as many showings."""

from dataclasses import replace
from datetime import date

from cag_events.kinds import KINDS
from cag_events.kinds.screening import Film, Licence, Screening, as_movie, showings_of
from tests.kinds.drafts import advised, draft, part, record, refused

FILM = Film(title={"en": "The stream"}, minutes=90, licence=Licence(holder="Exempelfilm", showings=1))


def codes(film: Film, **values: object) -> list[str]:
    return refused(draft("screening", Screening(film=film), **values))


def test_publish_rules_ask_for_title_length_and_licence() -> None:
    assert codes(Film()) == ["screening.title", "screening.minutes", "screening.licence"]
    assert codes(FILM) == []


def test_publish_rules_accept_the_original_title_alone() -> None:
    assert codes(replace(FILM, title={}, original_title="Булак")) == []


def test_publish_rules_refuse_a_film_a_minute_longer_than_the_showing() -> None:
    assert codes(replace(FILM, minutes=91)) == ["screening.too_short"]


def test_publish_rules_refuse_more_showings_than_the_licence_allows() -> None:
    twice = (part(number=1), part("2026-12-04T18:00", number=2))

    assert codes(FILM, occurrences=twice) == ["screening.showings"]
    assert codes(replace(FILM, licence=replace(FILM.licence, showings=2)), occurrences=twice) == []
    assert codes(replace(FILM, licence=replace(FILM.licence, showings=None)), occurrences=twice) == []


def test_publish_rules_refuse_to_invite_those_who_may_not_see_it() -> None:
    grown = replace(FILM, age=15)

    assert codes(grown, min_age=14) == ["screening.age"]
    assert codes(grown, min_age=15) == []
    assert codes(grown) == []


def test_publish_rules_refuse_a_showing_the_day_after_the_licence_ends() -> None:
    def until(day: date) -> Film:
        return replace(FILM, licence=replace(FILM.licence, valid_until=day))

    assert codes(until(date(2026, 12, 2))) == ["screening.licence_over"]
    assert codes(until(date(2026, 12, 3))) == []


def test_publish_rules_count_no_showing_for_the_talk_that_is_a_date_of_its_own() -> None:
    film = replace(FILM, talk="talk")
    dates = (part(number=1), part("2026-12-03T20:00", minutes=45, key="talk", number=2))

    assert codes(film, occurrences=dates) == []
    assert codes(FILM, occurrences=dates) == ["screening.too_short", "screening.showings"]
    assert [one.id for one in showings_of(film, record("screening", occurrences=dates))] == [1]


def test_advice_asks_how_often_the_film_may_be_shown() -> None:
    unsaid = Screening(film=replace(FILM, licence=replace(FILM.licence, showings=None)))

    assert advised(draft("screening", unsaid)) == ["screening.how_often"]
    assert advised(draft("screening", Screening(film=FILM))) == []


def test_repeated_keeps_the_licence_and_asks_anew_until_when_it_is_valid() -> None:
    again = KINDS["screening"].repeated(KINDS["screening"].sample, 7).film

    assert (again.licence.key, again.licence.holder, again.licence.valid_until) == ("backen-2026", "Exempelfilm", None)
    assert again.talk == ""


def test_structured_describes_the_film_and_never_its_licence() -> None:
    movie = as_movie(KINDS["screening"].sample, "en")

    assert movie == {
        "workPresented": {
            "@type": "Movie",
            "name": "The stream",
            "alternateName": "Булак",
            "director": {"@type": "Person", "name": "Lee Placeholder"},
            "countryOfOrigin": [{"@type": "Country", "identifier": "KG"}],
            "dateCreated": "2025",
            "duration": "PT52M",
            "inLanguage": ["ky"],
            "subtitleLanguage": ["en", "sv"],
            "contentRating": "11+",
        }
    }
    assert as_movie(Screening(), "en") == {}
