"""Wishes counted without names."""

from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.kitchen import Counted, count_wishes, without_names


def test_wishes_that_differ_in_case_accents_and_stops_are_one_as_written_most() -> None:
    wishes = ["Vegan", "vegan", "vegan.", " VEGAN ", "Végan", "glutenfri", "", "  ", "–"]

    assert count_wishes(wishes) == [Counted("vegan", 5), Counted("glutenfri", 1)]


def test_cyrillic_letters_that_look_alike_stay_apart() -> None:
    assert count_wishes(["Без мяса", "без мяса", "ёж", "еж"]) == [
        Counted("Без мяса", 2),
        Counted("еж", 1),
        Counted("ёж", 1),
    ]


def test_a_name_in_a_wish_is_left_out() -> None:
    text = "Anna är vegan, ÅKESSONS barn tål inte nötter. Bo äter allt"

    assert without_names(text, ["Anna Åkessons", "Bo"]) == "… är vegan, … barn tål inte nötter. Bo äter allt"
    assert without_names("Чынара не ест рыбу", ["чынара Үлгүбаева"]) == "… не ест рыбу"
    assert without_names("vegan", ["", "Vegard"]) == "vegan"


@given(st.lists(st.text(max_size=20), max_size=30))
def test_no_wish_is_counted_twice_or_lost(wishes: list[str]) -> None:
    counted = count_wishes(wishes)

    assert sum(one.number for one in counted) == sum(bool(" ".join(w.split()).strip(" .,;:!?-–")) for w in wishes)
    assert [one.number for one in counted] == sorted((one.number for one in counted), reverse=True)
