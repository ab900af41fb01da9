"""Fields of the kinds' parts of the editor; each holds the value that its dataclass field takes.

Labels are marked with N_() and translated by the room that shows the form. Rows work without scripts: a list shows some
empty rows at its end, and empty rows are left out when it is read.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from wtforms import BooleanField, Field, FieldList, Form, FormField, SelectMultipleField, StringField, TextAreaField
from wtforms import SelectField as AnySelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput, DateInput, ListWidget, NumberInput, TimeInput, URLInput

from cag_events.domain.errors import N_

LANGUAGES: Final = ("sv", "en")  # shown always; others where a text is there in them
MORE_LANGUAGES: Final = ("ru", "ky", "kk", "tg", "uz", "fa", "uk", "ar", "de", "fr", "es", "fi", "nb", "da")
LINE: Final = 300
PROSE: Final = 20_000
SPOKEN: Final = (
    ("sv", N_("Swedish")),
    ("en", N_("English")),
    ("ru", N_("Russian")),
    ("ky", N_("Kyrgyz")),
    ("kk", N_("Kazakh")),
    ("tg", N_("Tajik")),
    ("uz", N_("Uzbek")),
    ("fa", N_("Persian")),
    ("de", N_("German")),
    ("fr", N_("French")),
)
COUNTRIES: Final = (
    ("KG", N_("Kyrgyzstan")),
    ("KZ", N_("Kazakhstan")),
    ("TJ", N_("Tajikistan")),
    ("TM", N_("Turkmenistan")),
    ("UZ", N_("Uzbekistan")),
    ("SE", N_("Sweden")),
    ("RU", N_("Russia")),
    ("DE", N_("Germany")),
    ("FR", N_("France")),
)
_CLOCK = re.compile(r"(?P<hour>[01]?\d|2[0-3])[:.]?(?P<minute>[0-5]\d)", re.ASCII)
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,98}[a-z0-9])?")
_LINK = re.compile(r"https?://[^\s\\]{4,1900}")


class LineField(StringField):
    """A text of one line."""

    def __init__(self, label: str = "", *, most: int = LINE, **more: Any) -> None:
        super().__init__(label, [Length(max=most)], **more)


class NoteField(TextAreaField):
    """A text of several lines."""

    def __init__(self, label: str = "", *, most: int = PROSE, **more: Any) -> None:
        super().__init__(label, [Length(max=most)], render_kw={"rows": 3}, **more)


class LinkField(StringField):
    """An address on the web."""

    widget = URLInput()

    def pre_validate(self, _form: Any) -> None:
        """Refuse what is no http address."""
        if self.data and not _LINK.fullmatch(self.data):
            raise ValidationError(N_("Enter an address that begins with https://."))


class KeyField(StringField):
    """A short name of one's own, as of a role."""

    def pre_validate(self, _form: Any) -> None:
        """Refuse what no programme file could hold."""
        if self.data and not _KEY.fullmatch(self.data):
            raise ValidationError(N_("Use small letters, digits and hyphens."))


class ClockField(StringField):
    """A time of day as text, 18:00."""

    widget = TimeInput()

    def pre_validate(self, _form: Any) -> None:
        """Refuse what is no time; write it as hh:mm."""
        if not self.data:
            return
        found = _CLOCK.fullmatch(self.data.strip())
        if found is None:
            raise ValidationError(N_("Enter a time, for example 18:00."))
        self.data = f"{int(found['hour']):02}:{found['minute']}"


class DayField(Field):
    """A date; what was typed stays."""

    widget = DateInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data is not None else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read a date."""
        self.data = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            return
        try:
            self.data = date.fromisoformat(text)
        except ValueError as fault:
            raise ValueError(N_("Enter a date, for example 2026-12-03.")) from fault


class NumberField(Field):
    """A whole number from `least` to `most`, or nothing; what was typed stays."""

    widget = NumberInput()

    def __init__(self, label: str = "", *, least: int = 0, most: int = 100_000, **more: Any) -> None:
        super().__init__(label, render_kw={"inputmode": "numeric", "min": least, "max": most}, **more)
        self.least, self.most = least, most

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return str(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the digits."""
        self.data = None
        text = str(valuelist[0]).strip().replace(" ", "").replace("\xa0", "") if valuelist else ""
        if not text:
            return
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
            raise ValueError(N_("Enter a whole number."))
        if not self.least <= int(text) <= self.most:
            raise ValueError(N_("This number is too small or too large."))
        self.data = int(text)


class ChoiceField(AnySelectField):
    """One of a few words, or none of them; what is stored already stays a choice."""

    def __init__(
        self, label: str = "", *, words: Sequence[tuple[str, str]], none: str = N_("not said"), **more: Any
    ) -> None:
        choices = [SelectChoice(value, text) for value, text in (("", none), *words)]
        super().__init__(label, choices=choices, validate_choice=False, **more)

    def iter_choices(self) -> Iterator[Any]:
        """Show a stored word that the list does not know."""
        self.choices = _with(self.choices, [self.data or ""])
        return iter(super().iter_choices())

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no word; nothing sent is none of them."""
        super().pre_validate(form)
        self.data = self.data or ""
        if self.data and not _KEY.fullmatch(self.data):
            raise ValidationError(N_("Choose one of the list."))


class PickField(AnySelectField):
    """The key of something that the editor offers: a person, a room; see KindForm.offer()."""

    def __init__(self, label: str = "", *, source: str, **more: Any) -> None:
        super().__init__(label, choices=[SelectChoice("", "–")], validate_choice=False, **more)
        self.source = source
        self.is_offered = False

    def offer(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Offer these (key, name)."""
        self.choices = [SelectChoice("", "–"), *(SelectChoice(key, name) for key, name in pairs)]
        self.is_offered = True

    def iter_choices(self) -> Iterator[Any]:
        """Show what is chosen even where it is no longer offered."""
        self.choices = _with(self.choices, [self.data or ""])
        return iter(super().iter_choices())

    def pre_validate(self, form: Any) -> None:
        """Refuse a key that is not offered."""
        super().pre_validate(form)
        if self.is_offered and self.data and self.data not in _values(self.choices):
            raise ValidationError(N_("Choose one of the list."))


class MultiCheckboxField(SelectMultipleField):
    """Several of many, as tick boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(
        self, label: str = "", *, words: Sequence[tuple[str, str]] = (), source: str = "", **more: Any
    ) -> None:
        choices = [SelectChoice(value, text) for value, text in words]
        super().__init__(label, choices=choices, validate_choice=False, **more)
        self.source = source
        self.is_offered = bool(words)

    def offer(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Offer these (key, name)."""
        self.choices = [SelectChoice(key, name) for key, name in pairs]
        self.is_offered = True

    def process_data(self, value: Any) -> None:
        """Keep what is stored though the list does not know it."""
        super().process_data(value)
        self.choices = _with(self.choices, self.data or [])

    def iter_choices(self) -> Iterator[Any]:
        """Show what is chosen even where it is no longer offered."""
        self.choices = _with(self.choices, self.data or [])
        return iter(super().iter_choices())

    def pre_validate(self, form: Any) -> None:
        """Refuse keys that are not offered."""
        super().pre_validate(form)
        if self.is_offered and not set(self.data or ()) <= _values(self.choices):
            raise ValidationError(N_("Choose from the list."))


def _values(choices: Any) -> set[str]:
    return {choice.value for choice in choices or ()}


def _with(choices: Any, own: Iterable[str]) -> list[Any]:
    listed = list(choices or ())
    known = _values(listed)
    return [*listed, *(SelectChoice(value, value) for value in own if value and value not in known)]


class TextsField(FormField):  # type: ignore[type-arg]
    """A text per language: Swedish and English, and any other that a text is there in."""

    def __init__(self, label: str = "", *, prose: bool = False, **more: Any) -> None:
        super().__init__(_texts_form(LANGUAGES, prose), label, default=dict, **more)
        self.is_prose = prose

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Show a field for each language that is typed or stored."""
        texts = dict(data) if isinstance(data, dict) else {}
        sent = {code for code in MORE_LANGUAGES if formdata and f"{self.name}-{code}" in formdata}
        codes = (*LANGUAGES, *(code for code in MORE_LANGUAGES if code in sent or texts.get(code)))
        self.form_class = _texts_form(codes, self.is_prose)
        super().process(formdata, texts, extra_filters)

    @property
    def value(self) -> dict[str, str]:
        """The texts that are not empty."""
        return {code: text for code, text in self.form.data.items() if text and text.strip()}


@lru_cache(maxsize=64)
def _texts_form(codes: tuple[str, ...], prose: bool) -> type[Form]:
    field: Any = NoteField if prose else LineField
    return type("TextsForm", (Form,), {code: field(code) for code in codes})


class RowForm(Form):
    """A row of a list; `needed` names what a row that is not empty must have."""

    needed: tuple[str, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed in the row."""
        return not any(is_filled(field) for field in self)

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether the row is right; an empty one is."""
        if self.is_blank:
            return True
        is_right = bool(super().validate(extra_validators))
        for name in self.needed:
            field = self[name]
            if not is_filled(field) and not field.errors:
                field.errors = [N_("Fill this in.")]
                is_right = False
        return is_right


class RowsField(FieldList):  # type: ignore[type-arg]
    """A list of rows, with some empty ones at its end to fill in."""

    def __init__(self, row: type[RowForm], label: str = "", *, blank: int = 2, most: int = 200, **more: Any) -> None:
        super().__init__(FormField(row), label, max_entries=most, **more)
        self.blank, self.most = blank, most

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Show the rows, and below them empty ones."""
        super().process(formdata, data or (), extra_filters)
        if not formdata:
            for _ in range(min(self.blank, self.most - len(self.entries))):
                self.append_entry()

    @property
    def filled(self) -> list[Any]:
        """The rows that are not empty."""
        return [entry for entry in self.entries if not entry.form.is_blank]


def is_filled(field: Any) -> bool:
    """Tell whether something was typed or chosen in a field; a tick alone is nothing."""
    if isinstance(field, TextsField):
        return bool(field.value)
    if isinstance(field, RowsField):
        return bool(field.filled)
    if isinstance(field, FormField):
        return any(is_filled(inner) for inner in field.form)
    if isinstance(field, BooleanField):
        return False  # a tick alone is no row
    typed = field.raw_data[0] if field.raw_data and not isinstance(field, MultiCheckboxField) else None
    return bool(field.data) or bool(typed)


__all__ = [
    "COUNTRIES",
    "SPOKEN",
    "BooleanField",
    "ChoiceField",
    "ClockField",
    "DayField",
    "FormField",
    "KeyField",
    "LineField",
    "LinkField",
    "MultiCheckboxField",
    "NoteField",
    "NumberField",
    "PickField",
    "RowForm",
    "RowsField",
    "TextsField",
    "is_filled",
]
