"""Tables of a programme file as a type: named fields, each with its own type."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cag_events.exchange.faults import Place, nearest
from cag_events.exchange.fields import BAD, Reading, Type, read_point


@dataclass(frozen=True)
class Field:
    """A field: `column` is what the database calls it, where that differs.

    `always`: written even when empty; `usual`: the value that goes without saying, and is not written.
    """

    name: str
    type: Type
    column: str = ""
    required: bool = False
    always: bool = False
    usual: Any = None

    @property
    def stored_as(self) -> str:
        """The name of the column or JSON member."""
        return self.column or self.name


@dataclass(frozen=True)
class Table:
    """A table with these fields. `dated`: the field of type Day that `week` and `day` may stand for.

    `merges`: a table that names some fields changes those and leaves the others; else it stands for the whole.
    """

    fields: tuple[Field, ...]
    dated: str = ""
    merges: bool = False
    what: str = "a table"

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {field.name: field for field in self.fields})

    def names(self) -> list[str]:
        """Return the names that may stand in it."""
        return [field.name for field in self.fields] + (["week", "day"] if self.dated else [])

    def paths(self) -> list[str]:
        """Return those names, and those in tables that stand in it."""
        inner = [
            f"{field.name}.{name}"
            for field in self.fields
            if isinstance(field.type, Table)
            for name in field.type.names()
        ]
        return self.names() + inner

    def find(self, name: str) -> Field | None:
        """Return the field of this name."""
        found: Field | None = self._by_name.get(name)  # type: ignore[attr-defined]
        return found

    def read(self, value: Any, place: Place, reading: Reading) -> Any:
        """Read each field; refuse unknown ones and name the nearest."""
        if not isinstance(value, dict):
            place.say(f"is not {self.what}")
            return BAD
        given = dict(value)
        values: dict[str, Any] = {}
        if self.dated and ("week" in given or "day" in given):
            point = {name: given.pop(name) for name in ("week", "day") if name in given}
            if self.dated in given:
                place.at(self.dated).say("and week are both given; one is enough")
                values[self.dated] = BAD
                del given[self.dated]
            else:
                values[self.dated] = read_point(point, place, reading)
        for name in given:
            if self.find(name) is None:
                place.at(name).say(f"is unknown{nearest(name, self.paths())}")
                values[name] = BAD
        for field in self.fields:
            if field.name in given:
                values[field.name] = field.type.read(given[field.name], place.at(field.name), reading)
                if field.required and values[field.name] in ("", {}):
                    place.at(field.name).say("is empty")
                    values[field.name] = BAD
            elif field.required and field.name not in values and (reading.complete or not self.merges):
                place.at(field.name).say("is missing")
                values[field.name] = BAD
        return BAD if any(inner is BAD for inner in values.values()) else values

    def write(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Write each field that holds something."""
        written: dict[str, Any] = {}
        for field in self.fields:
            inner = value.get(field.name)
            if inner is not None:
                inner = field.type.write(inner)
            if inner is None or (not field.always and (inner in ("", {}, []) or inner == field.usual)):
                continue
            written[field.name] = inner
        return written

    def merged(self, before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was before with what is given: tables that merge field by field, all else as a whole."""
        result = dict(before)
        for name, value in given.items():
            field = self.find(name)
            if field and isinstance(field.type, Table) and field.type.merges and isinstance(before.get(name), Mapping):
                result[name] = field.type.merged(before[name], value)
            else:
                result[name] = value
        return result

    def schema(self) -> dict[str, Any]:
        """Describe the table; no other fields may stand in it."""
        properties = {field.name: field.type.schema() for field in self.fields}
        if self.dated:
            properties |= {"week": {"$ref": "#/$defs/week"}, "day": {"$ref": "#/$defs/weekday"}}
        required = [field.name for field in self.fields if field.required and field.name != self.dated]
        described: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
        if required:
            described["required"] = required
        if self.dated:
            point = {"required": ["week", "day"]}
            by_date = {"required": [self.dated], "not": {"anyOf": [{"required": ["week"]}, {"required": ["day"]}]}}
            described["oneOf"] = [by_date, {**point, "not": {"required": [self.dated]}}]
        return described
