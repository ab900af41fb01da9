"""Programme files as text: TOML and JSON in, the same out."""

import datetime as dt
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cag_events.exchange.faults import BadFile

MOST_BYTES: Final = 200_000_000


@dataclass(frozen=True)
class Source:
    """A programme file that was read: its name, for faults, and what it holds."""

    name: str
    tables: dict[str, Any]


def read_source(path: Path) -> Source:
    """Return a file's content. Raises BadFile where it cannot be read or is neither TOML nor JSON."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise BadFile([f"{path}: {size} bytes are too many; {MOST_BYTES} at most"])
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as fault:
        raise BadFile([f"{path}: {fault.strerror or fault}"]) from fault
    except UnicodeDecodeError as fault:
        raise BadFile([f"{path}: is not UTF-8 text (byte {fault.start})"]) from fault
    return Source(path.name, parse(text, path.name, is_json=text.lstrip()[:1] == "{" or path.suffix == ".json"))


def parse(text: str, name: str, *, is_json: bool) -> dict[str, Any]:
    """Return what TOML or JSON text holds. Raises BadFile with the place of the first fault."""
    try:
        held = (
            json.loads(text, object_pairs_hook=_distinct, parse_constant=_constant) if is_json else tomllib.loads(text)
        )
    except tomllib.TOMLDecodeError as fault:
        raise BadFile([f"{name}: is not TOML: {fault}"]) from fault
    except RecursionError as fault:
        raise BadFile([f"{name}: is nested too deeply"]) from fault
    except ValueError as fault:
        raise BadFile([f"{name}: is not {'JSON' if is_json else 'TOML'}: {fault}"]) from fault
    if not isinstance(held, dict):
        raise BadFile([f"{name}: is not a table of tables"])
    return held


def to_json(tables: dict[str, Any]) -> str:
    """Return tables as JSON text; dates as 2027-03-08."""
    return json.dumps(tables, ensure_ascii=False, indent=2, default=_date_text) + "\n"


def to_toml(tables: dict[str, Any]) -> str:
    """Return tables as TOML text."""
    import tomli_w  # noqa: PLC0415 (only an export needs it)

    return tomli_w.dumps(tables, multiline_strings=False)


def _date_text(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'"{twice}" is given twice in one object')
    return held


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not a value")
