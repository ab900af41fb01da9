"""The fields that a kind alone has, read off the dataclass of its details: a new kind needs nothing written here."""

import datetime as dt
import types
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from cag_events.domain.texts import Texts as TextsByLanguage
from cag_events.exchange import fields as f
from cag_events.exchange.fields import Choice, Day, Flag, ListOf, Number, Ref, Text, Texts, Type
from cag_events.exchange.shapes import Field, Table
from cag_events.kinds import KINDS
from cag_events.kinds._shape import name_in_files

MARKED: Final[dict[str, Type]] = {
    "clock": f.CLOCK,
    "key": f.KEY,
    "room": f.KEY,
    "occurrence": f.KEY,
    "contacts": Ref("contacts", may_be_empty=True),
    "partners": Ref("partners", may_be_empty=True),
    "weekday": Choice(f.WEEKDAYS),
    "language": Choice(("", *f.SPOKEN_LANGUAGES)),
    "country": f.COUNTRY,
    "link": f.LINK,
    "prose": Texts(f.PROSE, prose=True),
}


def type_of(hint: Any) -> Type:
    """Return the type of values that a dataclass field's annotation stands for."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return MARKED[args[1]]
    if origin in (Union, types.UnionType):
        return type_of(next(arg for arg in args if arg is not type(None)))
    if origin is tuple:
        return ListOf(type_of(args[0]))
    if hint == TextsByLanguage:
        return Texts()
    if is_dataclass(hint):
        return table_of(hint)
    simple: dict[Any, Type] = {str: Text(), int: Number(), float: Number(real=True), bool: Flag(), dt.date: Day()}
    return simple[hint]


def table_of(details: Any, *, merges: bool = False) -> Table:
    """Return a dataclass as a table of a programme file; a `date` may be given as week and day too."""
    hints = get_type_hints(details, include_extras=True)
    made = tuple(
        Field(
            name_in_files(field.name),
            type_of(hints[field.name]),
            always=get_origin(hints[field.name]) is tuple,
            usual=field.metadata.get("usual"),
        )
        for field in fields(details)
    )
    return Table(made, dated="date" if any(field.name == "date" for field in made) else "", merges=merges)


def _sections() -> dict[str, tuple[str, Type]]:
    found: dict[str, tuple[str, Type]] = {}
    for kind in KINDS.values():
        hints = get_type_hints(kind.details, include_extras=True)
        for field in fields(kind.details):
            hint = hints[field.name]
            made = table_of(hint, merges=True) if is_dataclass(hint) else type_of(hint)
            name = name_in_files(field.name)
            if name in found:
                raise RuntimeError(f"{kind.slug} and {found[name][0]} both have {name}")
            found[name] = (kind.slug, made)
    return found


SECTIONS: Final = _sections()  # field of an event → (kind, its type)
