"""Screening: a film that fits, and a licence for as many showings."""

from dataclasses import replace

from cag_events.kinds.screening import Film, Licence, Screening
from tests.kinds.drafts import draft, part, refused

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
