"""The base of all forms: clean texts, limits, our own words, refusals as messages, and the guards of public forms."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

import wtforms
from babel.support import Translations
from flask_babel import get_translations, gettext
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    PasswordField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.i18n import messages_path
from wtforms.validators import Length, Optional, ValidationError

from cag_events import clock, keyring
from cag_events.db import new_row_id
from cag_events.domain.errors import N_, Refused
from cag_events.web import session
from cag_events.web.errors import say
from cag_events.web.fields import (
    EMAIL,
    LINE,
    TEXT,
    WHOLE,
    DateField,
    Email,
    MultiCheckboxField,
    RadioField,
    Required,
    SelectField,
    SelectMultipleField,
    TimeField,
    WallTimeField,
    WholeNumberField,
    clean_line,
    clean_text,
)
from cag_events.web.kept import gap
from cag_events.web.language import current_language

TOO_YOUNG_SECONDS = 3
TOO_OLD_SECONDS = 12 * 3600


class _Words:
    """Our texts first, then those of WTForms."""

    def __init__(self, wtforms: Any) -> None:
        self.wtforms = wtforms

    def gettext(self, text: str) -> str:
        """Translate a text of a field or validator."""
        ours = gettext(text)
        return ours if ours != text or self.wtforms is None else str(self.wtforms.gettext(text))

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Translate a text with a number."""
        return one if self.wtforms is None else str(self.wtforms.ngettext(one, many, number))


@cache
def _words_of_wtforms(lang: str) -> Any:
    """The library's own texts, read once: Flask-WTF reads them anew for each request."""
    return Translations.load(messages_path(), [lang], domain="wtforms")


@cache
def _words(lang: str) -> _Words:
    return _Words(_words_of_wtforms(lang))


def prepare(form: PlainForm) -> None:
    """Translate the words of a form's fields, and of rows added since, and clean what was typed."""
    lang = current_language()
    translations, say_ = _words(lang), get_translations().ugettext
    for field in _all_fields(form):
        if getattr(field, "spoken", "") != lang:
            field.spoken = lang  # type: ignore[attr-defined]  # our own note
            field._translations = translations  # type: ignore[attr-defined]  # parts would speak WTForms' English
            _translate(field, say_)
        _clean(field)


def finish(form: PlainForm, is_right: bool) -> bool:
    """Translate the messages of a form that was validated and limit its texts; tell whether it still is right."""
    for field in _all_fields(form):
        if not isinstance(field, FormField | FieldList):
            field.errors = [_shown(error) for error in field.errors]
            if excess := _excess(field):  # also in place of what WTForms says, which parts of forms say in English
                field.errors = [excess]
                is_right = False
    return is_right


def gather_row_errors(form: PlainForm) -> None:
    """Let lists of rows know of messages that were put at the fields of their rows, so that the summary names them."""
    for field in form:
        if isinstance(field, FieldList):
            field.errors = [entry.errors for entry in field if entry.errors]


class Form(FlaskForm):  # type: ignore[misc]
    """A form: labels and messages are translated, texts are cleaned and limited, parts of kinds included."""

    form_errors: list[str]

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Texts of the form."""

        def get_translations(self, form: PlainForm) -> Any:  # noqa: ARG002 (WTForms' signature)
            """Return our words before those of WTForms."""
            return _words(current_language())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        prepare(self)

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether the shape is right; rules are the services' own."""
        prepare(self)
        return finish(self, bool(super().validate(extra_validators)))

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Turn a Refused into a message at the field it names (`a.b` inside a part), else above the form."""
        try:
            yield
        except Refused as refused:
            self.refuse(refused)

    def refuse(self, refused: Refused) -> None:
        """Show a refusal at the field it names, else above the form."""
        field = _find(self, refused.field) if refused.field else None
        if field is None or isinstance(field, FormField):
            self.form_errors = [*self.form_errors, say(refused)]
        else:
            field.errors = [*field.errors, say(refused)]


class PublicForm(Form):
    """A form that strangers send: a field that people never see, its age, and a key so that twice does no harm."""

    website = StringField(N_("Leave this empty"))
    issued = HiddenField()
    idempotency_key = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not _is_ours(self.idempotency_key.data, "idempotency"):
            self.idempotency_key.data = _signed(new_row_id(), "idempotency")
        if not self.is_submitted():
            self._issue(0)

    @property
    def key(self) -> str:
        """The key of this rendering of the form; the same press again brings the same key."""
        return str(self.idempotency_key.data).partition(".")[0]

    def leave_gaps(self) -> None:
        """Print gaps in place of what is the visitor's own, for a page that is kept; own_values() fills them."""
        self.csrf_token.current_token = gap("csrf_token")
        self.issued.data, self.idempotency_key.data = gap("issued"), gap("idempotency_key")

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether the shape is right and a person may have sent it; otherwise one more press is asked for."""
        is_right = super().validate(extra_validators)
        if self.website.data:
            self.form_errors = [*self.form_errors, gettext("Leave the hidden field empty and send the form again.")]
            self.website.data = ""
            return False
        age = self._age()
        if age is not None and TOO_YOUNG_SECONDS <= age <= TOO_OLD_SECONDS:
            return is_right
        if is_right:
            quick = age is not None and age < TOO_YOUNG_SECONDS
            text = (
                gettext("That was quick. Press the button once more, nothing is lost.")
                if quick
                else gettext("The page had been open for long. Look through what you filled in and send it again.")
            )
            self.form_errors = [*self.form_errors, text]
        self._issue(TOO_YOUNG_SECONDS)
        return False

    def _age(self) -> int | None:
        stamp = str(self.issued.data or "")
        if not _is_ours(stamp, "form-age") or not WHOLE.fullmatch(stamp.partition(".")[0]):
            return None
        return int(clock.now().timestamp()) - int(stamp.partition(".")[0])

    def _issue(self, seconds_ago: int) -> None:
        self.issued.data = _age_mark(seconds_ago)


def own_values() -> dict[str, str]:
    """Return the hidden values of a public form that is new to this visitor, by name."""
    return {
        "csrf_token": generate_csrf(),
        "issued": _age_mark(0),
        "idempotency_key": _signed(new_row_id(), "idempotency"),
    }


def _age_mark(seconds_ago: int) -> str:
    return _signed(str(int(clock.now().timestamp()) - seconds_ago), "form-age")


def _signed(value: str, purpose: str) -> str:
    return f"{value}.{keyring.sign(f'{value} {session.current().id}', purpose)}"


def _is_ours(signed: str | None, purpose: str) -> bool:
    value, _, signature = (signed or "").partition(".")
    return bool(signature) and keyring.is_signed(f"{value} {session.current().id}", signature, purpose)


def _all_fields(form: Any) -> Iterator[Field]:
    """Yield the fields of a form and of its parts."""
    for field in form:
        yield field
        if isinstance(field, FormField):
            yield from _all_fields(field.form)
        elif isinstance(field, FieldList):
            yield from _all_fields(field)


def _find(form: Any, path: str) -> Field | None:
    name, _, rest = path.partition(".")
    field: Field | None = form._fields.get(name)
    if rest:
        return _find(field.form, rest) if isinstance(field, FormField) else None
    return field


def _shown(text: Any) -> Any:
    """Translate a text that a class marked with N_(); what is no message stays as it is."""
    return gettext(text) if isinstance(text, str) and text else text


def _translate(field: Field, say_: Callable[[str], str]) -> None:
    if isinstance(field.label.text, str) and field.label.text:
        field.label.text = say_(field.label.text)
    if isinstance(field.description, str) and field.description:
        field.description = say_(field.description)
    if isinstance(field, wtforms.SelectField | wtforms.SelectMultipleField) and isinstance(field.choices, list):
        field.choices = [_spoken(choice, say_) for choice in field.choices]


def _spoken(choice: Any, say_: Callable[[str], str]) -> Any:
    """Translate a choice; names and other texts of the data, which no catalogue has, stay the very same."""
    if not isinstance(choice, SelectChoice) or not isinstance(choice.label, str) or not choice.label:
        return choice
    label = say_(choice.label)
    return choice if label == choice.label else replace(choice, label=label)


def _clean(field: Field) -> None:
    if isinstance(field, StringField) and not isinstance(field, PasswordField) and isinstance(field.data, str):
        field.data = clean_text(field.data) if isinstance(field, TextAreaField) else clean_line(field.data)


def _excess(field: Field) -> str | None:
    if not isinstance(field, StringField) or not isinstance(field.data, str):
        return None
    own = [validator.max for validator in field.validators if isinstance(validator, Length) and validator.max >= 0]
    most = min(own) if own else TEXT if isinstance(field, TextAreaField) else LINE
    if len(field.data) <= most or (field.errors and not own):
        return None
    return str(gettext("At most %(most)s characters, please; this is %(number)s.", most=most, number=len(field.data)))


__all__ = [
    "EMAIL",
    "BooleanField",
    "DateField",
    "Email",
    "EmailField",
    "FieldList",
    "Form",
    "FormField",
    "HiddenField",
    "Length",
    "MultiCheckboxField",
    "Optional",
    "PasswordField",
    "PublicForm",
    "RadioField",
    "Required",
    "SelectField",
    "SelectMultipleField",
    "StringField",
    "TextAreaField",
    "TimeField",
    "ValidationError",
    "WallTimeField",
    "WholeNumberField",
    "finish",
    "gather_row_errors",
    "prepare",
]
