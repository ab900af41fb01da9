"""The kinds of event: one module each, found by looking, so that a new kind is one module and one template folder.

What a kind has beside the common fields is its *details*. They are a frozen dataclass in code and JSON in
Event.details, in one shape: `{section: content}`, where a section is a field that an event of this kind has in
programme files, as `{"exhibition": {"from": "2027-03-01", …}}` or `{"programme": [{…}, …]}`.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cag_events.domain.event import EventRecord
from cag_events.domain.joining import Entering
from cag_events.kinds import _shape
from cag_events.kinds._form import KindForm, Offered
from cag_events.kinds._kind import Draft, Kind, Rule

__all__ = [
    "KINDS",
    "Draft",
    "Kind",
    "KindForm",
    "Offered",
    "Rule",
    "details_of",
    "entering_of",
    "read_details",
    "split_details",
    "write_details",
]


def _found() -> Mapping[str, Kind]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    kinds = (importlib.import_module(f"{__name__}.{name}").KIND for name in names)
    return MappingProxyType({kind.slug: kind for kind in kinds})


KINDS: Mapping[str, Kind] = _found()


def read_details(slug: str, stored: Mapping[str, Any]) -> Any:
    """Return stored details as the kind's dataclass; what is missing, or hidden from a viewer, takes its default."""
    return _shape.read(KINDS[slug].details, dict(stored))


def write_details(slug: str, details: Any) -> dict[str, Any]:
    """Return a kind's details as JSON values, to be stored in Event.details."""
    if not isinstance(details, KINDS[slug].details):
        raise TypeError(f"{type(details).__name__} are not the details of {slug}")
    written, _ = split_paths(_shape.write(details), KINDS[slug].file_only)
    return written


def details_of(record: EventRecord) -> Any:
    """Return all details of an event, those for the team alone too: for rules, forms and the team's pages."""
    return read_details(record.kind, record.team_details or record.details)


def names_nobody(slug: str, format: str | None, details: Mapping[str, Any]) -> bool:  # noqa: A002 (the files' word)
    """Tell whether nobody at an event with these stored details may be named to anybody outside the team."""
    kind = KINDS.get(slug)
    return kind is not None and kind.names_nobody(format or "", read_details(slug, details))


def entering_of(record: EventRecord) -> Entering:
    """Return what an event's kind says of entering its online room; of a view, what its viewer may know."""
    kind = KINDS.get(record.kind)
    return kind.entering(details_of(record)) if kind is not None else Entering()


def split_details(
    slug: str, details: Mapping[str, Any], *, without_people: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a kind's details as (what may be disclosed, what only the team may see); both new.

    `without_people`: nobody may be named, see names_nobody().
    """
    kind = KINDS.get(slug)
    if kind is not None and kind.file_only:
        details, _ = split_paths(details, kind.file_only)
    paths = kind.team_only + (kind.people_in if without_people else ()) if kind else ()
    return split_paths(details, paths)


def split_paths(details: Mapping[str, Any], paths: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return details without the values at the paths, and a copy with all where anything was taken out."""
    shown: dict[str, Any] = _copy(dict(details))
    for path in paths:
        _remove(shown, path.split("."))
    return shown, (_copy(dict(details)) if shown != details else {})


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_copy(inner) for inner in value]
    return value


def _remove(value: Any, path: list[str]) -> None:
    name, *rest = path
    many = name.endswith("[]")
    name = name.removesuffix("[]")
    if not isinstance(value, dict) or name not in value:
        return
    if not rest:
        del value[name]
    else:
        for inner in value[name] if many else [value[name]]:
            _remove(inner, rest)
