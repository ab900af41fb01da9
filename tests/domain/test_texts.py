"""Texts of people, composed: marks sit on their letters, and only so many of them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.calendar import clean_text
from cag_events.domain.texts import MOST_MARKS, composed, fold
from cag_events.web.fields import clean_line
from cag_events.web.fields import clean_text as clean_lines

BELOW, ABOVE = "\u0323", "\u0307"  # of two classes, so that they have to be sorted
TALL = "a" + (ABOVE + BELOW) * 100_000


@pytest.mark.parametrize("clean", [composed, clean_text, clean_line, clean_lines, fold])
def test_composing_leaves_so_many_marks_on_a_letter_whoever_sends_more(clean):
    told = clean(f"{TALL} Gu\u0308lnara")

    assert len(told) <= 2 * MOST_MARKS
    assert told.endswith(("G\u00fclnara", "gulnara"))


def test_composing_counts_signs_that_are_made_of_two_marks():
    assert len(composed("\u0f40" + "\u0f73" * 50_000)) <= 2 * MOST_MARKS + 1


@given(st.text())
def test_composing_is_nfc_where_no_letter_is_overloaded(text):
    assert composed(text) == unicodedata.normalize("NFC", text)


def test_composing_keeps_long_words_of_every_script():
    text = "Қазақстан" * 20 + "水" * 100 + "நி" * 40 + "e\u0301" * 60
    assert composed(text) == unicodedata.normalize("NFC", text)
