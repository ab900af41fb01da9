"""Texts in several languages: which one a reader gets, and in what language it then is."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

Texts = dict[str, str]  # language code → text; never an empty text


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


def fold(text: str) -> str:
    """Return the text as search compares it: lower case, no diacritics, ß as ss; Cyrillic й and ё stay letters."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("й", "\ue000").replace("ё", "\ue001"))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return bare.replace("\ue000", "й").replace("\ue001", "ё")
