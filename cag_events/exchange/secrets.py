"""What a file may say of an event that is never kept with it: taken out before anything is compared or stored."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from cag_events.kinds import split_paths
from cag_events.rooms import EXTENSIONS

PATHS: Final = tuple(path for one in EXTENSIONS for path in one.secrets)


def without_secrets(values: dict[str, Any]) -> dict[str, Any]:
    """Return an event's values without its secrets."""
    if not any(path.split(".")[0] in values for path in PATHS):
        return values
    names = {path.split(".")[0] for path in PATHS} & values.keys()
    shown, _ = split_paths({name: values[name] for name in names if values[name]}, PATHS)
    return {**values, **shown}


def secrets_of(values: Mapping[str, Any]) -> dict[str, Sequence[tuple[str, Any]]]:
    """Return the secrets that a row of events gives: by path, (key of the row that it stands in, value)."""
    found = {path: list(_at(values, path.split("."), "")) for path in PATHS}
    return {path: given for path, given in found.items() if given}


def _at(value: Any, path: list[str], key: str) -> Iterator[tuple[str, Any]]:
    name, *rest = path
    many, name = name.endswith("[]"), name.removesuffix("[]")
    if not isinstance(value, Mapping) or not value.get(name):
        return
    if not rest:
        yield key, value[name]
        return
    for number, inner in enumerate(value[name] if many else [value[name]]):
        own = str(inner.get("key") or number) if many and isinstance(inner, Mapping) else key
        yield from _at(inner, rest, own)
