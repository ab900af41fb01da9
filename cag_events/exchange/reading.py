"""Reads programme files into rows of plain values, naming every fault by its place."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cag_events.domain import when
from cag_events.exchange.faults import Place, nearest
from cag_events.exchange.fields import BAD, Day, Reading
from cag_events.exchange.files import Source
from cag_events.exchange.tables import GENERATOR, ROWS, SCHEMA_VERSION, SINGLE, TABLES, key_field


@dataclass(frozen=True)
class Row:
    """A row of a table as one file gives it."""

    key: str
    values: dict[str, Any]
    place: Place


@dataclass
class Programme:
    """All that the files give: rows by table, single tables, and what is kept for others."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in ROWS})
    single: dict[str, dict[str, Any]] = field(default_factory=dict)
    generator: Any = None
    faults: list[str] = field(default_factory=list)

    def count(self) -> int:
        """Return the number of rows."""
        return sum(len(rows) for rows in self.rows.values())


def read_programme(
    sources: Sequence[Source],
    known: Mapping[str, set[str]],
    exist: Mapping[str, set[str]],
    anchor: dt.date | None = None,
) -> Programme:
    """Return what the files give.

    `known`: keys that may be referred to; `exist`: keys of rows that are there already and may be given in part.
    """
    programme = Programme()
    reading = Reading(anchor or _anchor(sources, programme.faults), _all_keys(sources, known))
    seen: dict[tuple[str, str], str] = {}
    for source in sources:
        top = Place(programme.faults, path=f"{source.name}: " if len(sources) > 1 else "")
        prefix = top.path
        top = replace(top, path="")
        for name, value in source.tables.items():
            place = replace(top, path=f"{prefix}{name}")
            if name not in TABLES:
                place.say(f"is unknown{nearest(name, TABLES)}")
            elif name == "generator":
                if (kept := GENERATOR.read(value, place, reading)) is not BAD:
                    programme.generator = kept
            elif name in SINGLE:
                if (single := SINGLE[name].read(value, place, reading)) is not BAD:
                    programme.single.setdefault(name, {}).update(single)
            else:
                _read_rows(programme, name, value, place, reading=reading, seen=seen, exist=exist.get(name, set()))
    _check_meta(programme)
    return programme


def _read_rows(
    programme: Programme,
    table: str,
    value: Any,
    place: Place,
    *,
    reading: Reading,
    seen: dict[tuple[str, str], str],
    exist: set[str],
) -> None:
    if not isinstance(value, list):
        place.say("is not a list of rows")
        return
    name = key_field(table)
    for number, given in enumerate(value):
        key = _key_of(given, name)
        row_place = place.item(number)
        row_place = replace(row_place, row=f'{row_place.path} "{key}"' if key else row_place.path, path="")
        if key:
            before = seen.setdefault((table, key), row_place.row)
            if before != row_place.row:
                row_place.at(name).say(f"is also that of {before.rpartition(' ')[0]}")
                continue
        values = ROWS[table].read(given, row_place, replace(reading, complete=key not in exist))
        if values is not BAD:
            if table == "users":
                values["email"] = key
            programme.rows[table].append(Row(key, values, row_place))


def _key_of(given: Any, name: str) -> str:
    key = given.get(name) if isinstance(given, dict) else None
    if not isinstance(key, str) or len(key) > 254 or not key.isprintable():
        return ""
    return key.lower() if name == "email" else key


def _anchor(sources: Sequence[Source], faults: list[str]) -> dt.date | None:
    """Return the files' anchor, the first that one gives."""
    for source in sources:
        meta = source.tables.get("meta")
        if isinstance(meta, dict) and "anchor" in meta and not isinstance(meta["anchor"], dict):
            anchor = Day().read(meta["anchor"], Place([]), Reading())
            if anchor is not BAD:
                if anchor.weekday() != 0:
                    faults.append(f"meta.anchor {anchor} is not a Monday")
                return when.monday_of(anchor)
    return None


def _all_keys(sources: Sequence[Source], known: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Return the keys that may be referred to, those that the files bring included."""
    keys = {table: set(of_table) for table, of_table in known.items()}
    for source in sources:
        for table in ROWS:
            rows = source.tables.get(table)
            for given in rows if isinstance(rows, list) else ():
                if key := _key_of(given, key_field(table)):
                    keys.setdefault(table, set()).add(key)
                inner = given.get("subtopics") if table == "themes" and isinstance(given, dict) else None
                for topic in inner if isinstance(inner, list) else ():
                    if key := _key_of(topic, "key"):
                        keys.setdefault("subtopics", set()).add(key)
    keys["themes or subtopics"] = keys.get("themes", set()) | keys.get("subtopics", set())
    return keys


def _check_meta(programme: Programme) -> None:
    schema = programme.single.get("meta", {}).get("schema", SCHEMA_VERSION)
    if schema != SCHEMA_VERSION:
        programme.faults.append(f"meta.schema is {schema}; this program reads {SCHEMA_VERSION}")
