"""Fields of forms: texts are cleaned, addresses, numbers, dates and times are read the ways people type them."""

import re
import unicodedata
from datetime import date, datetime, time
from typing import Any

import wtforms
from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext
from wtforms import Field, IntegerField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, Optional, StopValidation
from wtforms.widgets import CheckboxInput, DateInput, DateTimeLocalInput, ListWidget, NumberInput, TimeInput

from cag_events.domain.errors import N_
from cag_events.domain.texts import composed

LINE = 200  # characters of a single line, unless its field says otherwise
TEXT = 20_000  # of a text of several lines
EMAIL = 254
WHOLE = re.compile(r"\d{1,15}", re.ASCII)
YEARS = range(1900, 2200)  # any other is a slip of the finger, and zones do not reach so far
_BREAKS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\ufeff")  # embeddings too; and the byte order mark
_BIDI = _OVERRIDES | frozenset("\u2066\u2067\u2068\u2069")


def clean_line(text: str) -> str:
    """Return a single line: NFC, no control, separator or direction-override characters, single spaces, trimmed.

    Joiners and combining marks stay: names are Kazakh, Kyrgyz, Uzbek, Persian and Swedish.
    """
    if _is_plain(text):
        return " ".join(text.split())
    spaced = "".join(" " if c in "\t\n\r\v\f\x85\u2028\u2029" else c for c in text)
    kept = "".join(c for c in spaced if c not in _BIDI and not _is_unwanted(c))
    return " ".join(composed(kept).split())


def clean_text(text: str) -> str:
    """Return a text of several lines: NFC, line ends as \\n, no other control characters or overrides, trimmed.

    Isolates stay, which end with their line and keep names in two scripts apart.
    """
    if _is_plain(text):
        return text.strip()
    kept = "".join(c for c in _BREAKS.sub("\n", text) if c in "\n\t" or not (c in _OVERRIDES or _is_unwanted(c)))
    return composed(kept).strip()


def _is_plain(text: str) -> bool:
    """Whether there is nothing to look at more closely, as in addresses and tokens."""
    return text.isascii() and text.isprintable()


def _is_unwanted(character: str) -> bool:
    category = unicodedata.category(character)
    return category in ("Cc", "Cs") or (ord(character) & 0xFFFE) == 0xFFFE


class Required(DataRequired):
    """The field must hold something."""

    def __init__(self, message: str = N_("Fill this in.")) -> None:
        super().__init__(message)


class Email:
    """One e-mail address that could exist; the domain is not looked up."""

    def __call__(self, form: PlainForm, field: Field) -> None:  # noqa: ARG002 (WTForms' signature)
        """Raise StopValidation, or leave the address in its usual form."""
        try:
            found = validate_email(field.data or "", check_deliverability=False, allow_smtputf8=False)
        except EmailNotValidError:
            raise StopValidation(gettext("Enter an e-mail address, for example name@example.org.")) from None
        address = found.ascii_email or found.normalized
        if len(address) > EMAIL:
            raise StopValidation(gettext("Enter an e-mail address, for example name@example.org."))
        field.data = address


class WholeNumberField(IntegerField):
    """A whole number of up to 15 digits between `least` and `most`; what was typed stays."""

    widget = NumberInput()

    def __init__(
        self, label: str = "", validators: Any = None, *, least: int = 0, most: int = 10**6, **more: Any
    ) -> None:
        render = {"inputmode": "numeric", "min": least, "max": most, **more.pop("render_kw", {})}
        super().__init__(label, validators or [Optional()], render_kw=render, **more)
        self.least, self.most = least, most

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the digits."""
        self.data = None
        text = clean_line(str(valuelist[0])).replace(" ", "") if valuelist else ""
        if not text:
            return
        if not WHOLE.fullmatch(text) or not self.least <= int(text) <= self.most:
            raise ValueError(
                gettext("Enter a whole number from %(least)s to %(most)s.", least=self.least, most=self.most)
            )
        self.data = int(text)


class _MomentField(Field):
    """What dates and times have in common: native input, several ways to type it, what was typed stays."""

    formats: tuple[str, ...] = ()
    shown = ""
    fault = ""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.strftime(self.shown) if self.data is not None else ""

    def _convert(self, moment: datetime) -> Any:
        return moment

    def _read(self, text: str, known: str) -> Any:
        moment = datetime.strptime(text, known)  # noqa: DTZ007 (wall time)
        if moment.year not in YEARS:
            raise ValueError(text)
        return self._convert(moment)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the first format that fits."""
        self.data = None
        text = clean_line(str(valuelist[0])) if valuelist else ""
        if not text:
            return
        for known in self.formats:
            try:
                self.data = self._read(text, known)
            except ValueError:
                continue
            return
        raise ValueError(gettext(self.fault))


class DateField(_MomentField):
    """A date."""

    widget = DateInput()
    formats = ("%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y")
    shown = "%Y-%m-%d"
    fault = N_("Enter a date, for example 2026-12-03.")
    data: date | None

    def _convert(self, moment: datetime) -> date:
        return moment.date()


class TimeField(_MomentField):
    """A time of day on the wall."""

    widget = TimeInput()
    formats = ("%H:%M", "%H.%M", "%H:%M:%S", "%H%M")
    shown = "%H:%M"
    fault = N_("Enter a time, for example 18:00.")
    data: time | None

    def _convert(self, moment: datetime) -> time:
        return moment.time().replace(second=0)


class WallTimeField(_MomentField):
    """A date and time on the wall, without a zone."""

    widget = DateTimeLocalInput()
    formats = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H.%M")
    shown = "%Y-%m-%dT%H:%M"
    fault = N_("Enter a date and a time, for example 2026-12-03 18:00.")
    data: datetime | None


def _listed(choices: Any) -> Any:
    """Return choices as WTForms wants them; (value, label) pairs are what our code writes."""
    if not isinstance(choices, list | tuple):
        return choices
    return [SelectChoice(*choice) if isinstance(choice, tuple) else choice for choice in choices]


class SelectField(wtforms.SelectField):
    """One of many; `choices` are pairs of value and label."""

    def __init__(self, label: str = "", validators: Any = None, *, choices: Any = None, **more: Any) -> None:
        super().__init__(label, validators, choices=_listed(choices), **more)


class RadioField(wtforms.RadioField):
    """One of few, all in sight; `choices` are pairs of value and label."""

    def __init__(self, label: str = "", validators: Any = None, *, choices: Any = None, **more: Any) -> None:
        super().__init__(label, validators, choices=_listed(choices), **more)


class SelectMultipleField(wtforms.SelectMultipleField):
    """Several of many; `choices` are pairs of value and label."""

    def __init__(self, label: str = "", validators: Any = None, *, choices: Any = None, **more: Any) -> None:
        super().__init__(label, validators, choices=_listed(choices), **more)


class MultiCheckboxField(SelectMultipleField):
    """Several of many, as tick boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
