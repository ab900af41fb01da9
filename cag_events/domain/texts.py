"""Texts in several languages: which one a reader gets, and in what language it then is."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

Texts = dict[str, str]  # language code → text; never an empty text
MOST_MARKS: Final = 30  # on one letter: what Unicode calls stream-safe (UAX #15 §13)
_MANY_MARKS: Final = re.compile(f"[^\x00-\u02ff]{{{MOST_MARKS + 1},}}")  # below are no marks
_DOUBLE: Final = frozenset("\u0f73\u0f75\u0f81")  # no marks by their class, but made of two


class Picked(NamedTuple):
    """A text and the language it is in, so that a page can mark foreign words for screen readers."""

    text: str
    lang: str

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


def pick(texts: Mapping[str, str] | None, lang: str, fallbacks: Sequence[str] = ("sv", "en")) -> Picked:
    """Return the text in `lang`, else in the first fallback that has it, else in any; empty if there is none."""
    if not texts:
        return Picked("", lang)
    for code in (lang, *fallbacks):
        if text := texts.get(code):
            return Picked(text, code)
    return next((Picked(text, code) for code, text in sorted(texts.items()) if text), Picked("", lang))


def composed(text: str) -> str:
    """Return the text in NFC, with at most 30 marks on one letter.

    Marks are sorted one by one: 100,000 of them on one letter, which a stranger's form can hold, take half a minute in
    which no other thread of the process runs.
    """
    return text if text.isascii() else unicodedata.normalize("NFC", _MANY_MARKS.sub(_with_few_marks, text))


def _with_few_marks(match: re.Match[str]) -> str:
    kept, number = [], 0
    for character in match[0]:
        number = number + 1 if unicodedata.combining(character) or character in _DOUBLE else 0
        if number <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def fold(text: str) -> str:
    """Return the text as search compares it: lower case, no diacritics, ß as ss; Cyrillic й and ё stay letters."""
    decomposed = unicodedata.normalize("NFD", composed(text).casefold().replace("й", "\ue000").replace("ё", "\ue001"))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return bare.replace("\ue000", "й").replace("\ue001", "ё")
