"""Lists that many forms offer, and fields for a text in several languages."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from flask_babel import gettext
from wtforms import Form as Part

from cag_events.domain.texts import Texts
from cag_events.web.dates import country_name, language_name
from cag_events.web.forms import FormField, Length, StringField, TextAreaField

LANGUAGE_WORDS = {
    "sv": "Svenska",
    "en": "English",
    "ru": "Русский",
    "ky": "Кыргызча",
    "kk": "Қазақша",
    "tg": "Тоҷикӣ",
    "uz": "Oʻzbekcha",
}
SPOKEN = ("sv", "en", "ru", "ky", "kk", "tg", "uz", "tk", "fa", "ar", "de", "fr", "fi", "swl")
COUNTRIES = ("SE", "KG", "KZ", "TJ", "UZ", "TM", "NO", "DK", "FI", "DE", "FR", "GB", "PL", "GE", "TR", "BE", "US")
ZONES = (
    *("Europe/Stockholm", "Asia/Bishkek", "Asia/Almaty", "Asia/Tashkent", "Asia/Dushanbe", "Asia/Ashgabat"),
    *("Asia/Samarkand", "Asia/Qyzylorda", "Asia/Aqtobe", "Europe/Helsinki", "Europe/London", "Europe/Berlin"),
    *("Europe/Brussels", "Europe/Warsaw", "Asia/Tbilisi", "Europe/Istanbul", "UTC"),
)


def with_own(choices: Iterable[tuple[Any, str]], *own: Any) -> list[tuple[Any, str]]:
    """Return choices in the reader's language, and what is set already though the list does not know it."""
    known = [(str(value), gettext(label)) for value, label in choices]
    values = {value for value, _label in known}
    return [*known, *((value, value) for value in dict.fromkeys(map(str, own)) if value and value not in values)]


def spoken_languages(*own: str) -> list[tuple[str, str]]:
    """Return languages by their names, with those that are set already."""
    return [(code, language_name(code)) for code in dict.fromkeys((*SPOKEN, *own))]


def countries(*own: str) -> list[tuple[str, str]]:
    """Return countries by their names in order, with those that are set already; none first."""
    names = [(code, country_name(code)) for code in dict.fromkeys((*COUNTRIES, *own)) if code]
    return [("", gettext("– not chosen –")), *sorted(names, key=lambda pair: pair[1])]


def zones(*own: str) -> list[tuple[str, str]]:
    """Return time zones, with those that are set already."""
    return with_own([(tz, tz) for tz in ZONES], *own)


def words_in(field: Any) -> dict[str, str]:
    """Return the words of a list's choices by their values."""
    return {str(value): str(label) for value, label, *_more in field.choices or ()}


@lru_cache(maxsize=64)
def texts_form(languages: tuple[str, ...], label: str, most: int, is_long: bool, rows: int) -> type[Part]:
    """Return a part with the same text in several languages; its data is a dict of them."""
    field: Any = TextAreaField if is_long else StringField
    render = {"rows": rows} if is_long else {}
    fields = {code: field(label, [Length(max=most)], render_kw=render) for code in languages}
    return type("TextsForm", (Part,), fields)


def texts_field(languages: Sequence[str], label: str, *, most: int = 200, is_long: bool = False, rows: int = 4) -> Any:
    """Return a field for a text per language."""
    return FormField(texts_form(tuple(languages), label, most, is_long, rows), label=label)


def typed(field: Any, before: Texts | None = None) -> Texts:
    """Return what was typed per language; languages that the form does not show stay as they were."""
    shown = {code: text for code, text in (field.data or {}).items() if text}
    hidden = {code: text for code, text in (before or {}).items() if code not in field.form._fields}
    both = {**hidden, **shown}
    order = [code for code in (before or {}) if code in both]
    return {code: both[code] for code in (*order, *(code for code in both if code not in order))}


def own_languages(languages: Sequence[str]) -> list[tuple[str, str]]:
    """Return languages with their own names, as forms show texts side by side."""
    return [(code, LANGUAGE_WORDS.get(code, code)) for code in languages]


def show_texts(field: Any, texts: Texts) -> None:
    """Fill a field of texts."""
    field.form.process(None, data=texts)
