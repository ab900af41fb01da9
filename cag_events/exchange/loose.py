"""Types of fields whose names the reader does not know: numbers by key, and what is kept as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cag_events.exchange.faults import Place
from cag_events.exchange.fields import BAD, PROSE, Number, Reading, Ref, Text, kind_of, refuse


@dataclass(frozen=True)
class Counts:
    """A number by key of another table, as people by segment."""

    table: str

    def read(self, value: Any, place: Place, reading: Reading) -> Any:
        """Read each key and number."""
        if not isinstance(value, dict):
            return refuse(place, f"is {kind_of(value)}, not numbers by key")
        pairs = {
            Ref(self.table).read(key, place, reading): Number().read(number, place.at(key), reading)
            for key, number in value.items()
        }
        return BAD if BAD in pairs or BAD in pairs.values() else pairs

    def write(self, value: Any) -> Any:
        """Return the numbers."""
        return dict(value)

    def schema(self) -> dict[str, Any]:
        """Describe numbers by key."""
        return {"type": "object", "additionalProperties": Number().schema()}


@dataclass(frozen=True)
class Anything:
    """What no part of the program reads yet, or `demo` alone: kept and given back as it is."""

    def read(self, value: Any, place: Place, reading: Reading) -> Any:
        """Refuse only what cannot be kept: dates become texts."""
        if isinstance(value, dict):
            return _kept({key: self.read(inner, place.at(key), reading) for key, inner in value.items()})
        if isinstance(value, list):
            return _kept([self.read(inner, place.item(number), reading) for number, inner in enumerate(value)])
        if isinstance(value, str):
            return Text(PROSE, prose=True).read(value, place, reading)
        if isinstance(value, bool):
            return value
        if value is None:
            return refuse(place, "is empty")
        if isinstance(value, int | float):
            return Number(-1e15, 1e15, real=True).read(value, place, reading)
        return value.isoformat()

    def write(self, value: Any) -> Any:
        """Return it."""
        return value

    def schema(self) -> dict[str, Any]:
        """Say nothing about it."""
        return {}


def _kept(values: Any) -> Any:
    inner: Sequence[Any] = list(values.values()) if isinstance(values, dict) else values
    return BAD if any(value is BAD for value in inner) else values
