"""The fields that a kind alone has, read off dataclasses: of its details, or of what a room keeps in its own tables."""

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
from cag_events.rooms import EXTENSIONS

MARKED: Final[dict[str, Type]] = {
    "clock": f.CLOCK,
    "key": f.KEY,
    "room": f.KEY,
    "occurrence": f.KEY,
    "contacts": Ref("contacts", may_be_empty=True),
    "partners": Ref("partners", may_be_empty=True),
    "segments": Ref("segments", may_be_empty=True),
    "indicators": Ref("indicators", may_be_empty=True),
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


def _type_of_whole(hint: Any) -> Type:
    return table_of(hint, merges=True) if is_dataclass(hint) else type_of(hint)


def _sections() -> dict[str, tuple[frozenset[str], Type]]:
    found: dict[str, tuple[frozenset[str], Type]] = {}

    def add(name: str, kinds: frozenset[str], made: Type) -> None:
        if name in found:
            raise RuntimeError(f"{sorted(kinds)} and {sorted(found[name][0])} both have {name}")
        found[name] = kinds, made

    for kind in KINDS.values():
        hints = get_type_hints(kind.details, include_extras=True)
        for field in fields(kind.details):
            add(name_in_files(field.name), frozenset({kind.slug}), _type_of_whole(hints[field.name]))
    for section in ROOM_SECTIONS:
        add(section.name, KINDS_OF[section.name], _type_of_whole(section.content))
    return found


ROOM_SECTIONS: Final = tuple(section for one in EXTENSIONS for section in one.sections)
KINDS_OF: Final = {
    section.name: one.kinds or frozenset(KINDS) for one in EXTENSIONS for section in one.sections
}  # a room's section → the kinds that have it
SECTIONS: Final = _sections()  # field of an event → (kinds that have it, its type)
