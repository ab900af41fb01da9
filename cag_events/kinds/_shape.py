"""How the details of a kind are written: the types their dataclasses are made of, and dataclass ↔ JSON.

A details dataclass has one field for each of the kind's own fields in programme files: Exhibition.exhibition is what
stands under `exhibition` there. Stored JSON has the same names; a name that Python keeps for itself ends in `_` here.
"""

import datetime as dt
import keyword
from dataclasses import fields, is_dataclass, replace
from typing import Annotated, Any, TypeVar

import msgspec

from cag_events.domain.event import EventRecord, OccurrenceRecord
from cag_events.domain.texts import Texts

Clock = Annotated[str, "clock"]  # wall time, 18:00
Key = Annotated[str, "key"]  # a name of one's own, as of a role
PersonKey = Annotated[str, "contacts"]
PartnerKey = Annotated[str, "partners"]
SegmentKey = Annotated[str, "segments"]
IndicatorKey = Annotated[str, "indicators"]
RoomKey = Annotated[str, "room"]  # of the event's venue
OccurrenceKey = Annotated[str, "occurrence"]  # of the event; see occurrence_of()
Weekday = Annotated[str, "weekday"]  # mon … sun
Language = Annotated[str, "language"]
Country = Annotated[str, "country"]
Link = Annotated[str, "link"]
Prose = Annotated[Texts, "prose"]  # paragraphs, per language

_UNUSUAL = object()  # equal to nothing
D = TypeVar("D")


def name_in_files(field: str) -> str:
    """Return the name that a dataclass field has in files and in stored JSON: `from_` is `from`."""
    bare = field.removesuffix("_")
    return bare if keyword.iskeyword(bare) else field


def read(details: type[D], stored: dict[str, Any]) -> D:
    """Return stored JSON as its dataclass; what is missing takes its default, what is unknown is left out."""
    return msgspec.convert(_renamed(stored), details)


def write(details: Any) -> dict[str, Any]:
    """Return a details dataclass as JSON values.

    What is not known (None, "", {}) is left out, and what goes without saying: `usual` in the field's metadata.
    """
    written: dict[str, Any] = _bare(details)
    return written


def shifted(details: D, days: int) -> D:
    """Return details with every date in them moved by so many days."""
    moved: D = _shifted(details, dt.timedelta(days=days))
    return moved


def occurrence_of(key: str, record: EventRecord) -> OccurrenceRecord | None:
    """Return the occurrence that details name: by its key, else `day-2` for the second; an only one needs no name."""
    parts = record.occurrences
    if not key:
        return parts[0] if len(parts) == 1 else None
    for number, part in enumerate(parts, start=1):
        if key in (part.key, f"day-{number}" if not part.key else None):
            return part
    return None


def _renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {f"{name}_" if keyword.iskeyword(name) else name: _renamed(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(inner) for inner in value]
    return value


def _bare(value: Any) -> Any:
    if is_dataclass(value):
        said = [field for field in fields(value) if field.metadata.get("usual", _UNUSUAL) != getattr(value, field.name)]
        pairs = ((name_in_files(field.name), _bare(getattr(value, field.name))) for field in said)
        return {name: inner for name, inner in pairs if inner is not None and inner not in ("", {})}
    if isinstance(value, list | tuple):
        return [_bare(inner) for inner in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _bare(inner) for name, inner in value.items()}
    return value


def _shifted(value: Any, by: dt.timedelta) -> Any:
    if isinstance(value, dt.date):
        return value + by
    if isinstance(value, tuple):
        return tuple(_shifted(inner, by) for inner in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _shifted(getattr(value, field.name), by) for field in fields(value)})
    return value
