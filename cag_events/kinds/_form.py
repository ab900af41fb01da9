"""The base of a kind's part of the editor: filled from details, and read back as details."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, ClassVar, get_args, get_type_hints

from wtforms import Form, FormField

from cag_events.kinds._fields import MultiCheckboxField, PickField, RowsField, TextsField


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What the editor offers to choose from, as (key, name) each.

    `contacts`: everybody known; `people`: those of the event; `rooms`: of its venue; `occurrences`: its dated parts.
    """

    contacts: tuple[tuple[str, str], ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    partners: tuple[tuple[str, str], ...] = ()
    rooms: tuple[tuple[str, str], ...] = ()
    occurrences: tuple[tuple[str, str], ...] = ()
    segments: tuple[tuple[str, str], ...] = ()
    indicators: tuple[tuple[str, str], ...] = ()


class KindForm(Form):
    """A kind's part of the editor: shown by its `_form.html`, enclosed with the prefix `kind-`.

    Its fields have the names of the details' fields; a dataclass inside is a FormField, a list of them a RowsField,
    texts per language a TextsField.
    """

    shape: ClassVar[type]

    @staticmethod
    def find_faults(_details: Any, /) -> Iterator[tuple[str, str]]:
        """Yield what can never be right in what was typed, as (path, what is wrong)."""
        return iter(())

    def load(self, details: Any) -> None:
        """Fill the fields from the kind's details."""
        self.process(formdata=None, obj=details)

    def read(self) -> Any:
        """Return what was typed as the kind's details, empty rows left out; call it after validate()."""
        return _read(self, self.shape)

    def offer(self, offered: Offered) -> None:
        """Fill the lists of people, rooms and so on."""
        for field in _all(self):
            if isinstance(field, PickField | MultiCheckboxField) and field.source:
                field.offer(getattr(offered, field.source))

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether every field is right, and no two contradict each other."""
        if not super().validate(extra_validators):
            return False
        found = list(self.find_faults(self.read()))
        for path, text in found:
            field = _field_at(self, path)
            field.errors = [*field.errors, text]
        return not found


def _all(form: Any) -> Iterator[Any]:
    for field in form:
        yield field
        if isinstance(field, FormField):
            yield from _all(field.form)
        elif isinstance(field, RowsField):
            for entry in field.entries:
                yield from _all(entry.form)


def _read(form: Any, shape: type) -> Any:
    """Read a form as a dataclass; a field without a form field keeps its default."""
    hints = get_type_hints(shape)
    values = {field.name: _value(form[field.name], hints[field.name]) for field in fields(shape) if field.name in form}
    return shape(**{name: value for name, value in values.items() if value is not None})


def _value(field: Any, hint: Any) -> Any:
    if isinstance(field, TextsField):
        return field.value
    if isinstance(field, RowsField):
        return tuple(_read(entry.form, get_args(hint)[0]) for entry in field.filled)
    if isinstance(field, FormField):
        return _read(field.form, hint)
    if isinstance(field, MultiCheckboxField):
        return tuple(field.data or ())
    return field.data


def _field_at(form: Any, path: str) -> Any:
    """Return the field that a path like `exhibition.opening[1].end` names; rows are counted without the empty ones."""
    name, _, rest = path.partition(".")
    name, _, number = name.partition("[")
    field = form[name if name in form else f"{name}_"]
    if number:
        field = field.filled[int(number.rstrip("]"))]
    if not rest:
        return field
    return _field_at(field.form, rest)
