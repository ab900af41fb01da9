"""Another law of the clocks: zone data as a later release of `tzdata` would have them, of files that are real."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cag_events.domain import when


def write_zones(folder: Path, **laws: str) -> Path:
    """Write zone files into a folder, a zone's by its name with `__` for the stroke: that of another zone."""
    for name, other in laws.items():
        path = folder.joinpath(*name.split("__"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(when.zone_file(other))
    return folder


@contextmanager
def new_law(folder: Path, **laws: str) -> Iterator[None]:
    """Let zones have the clocks of others, as `new_law(tmp_path, Asia__Bishkek="Asia/Almaty")`."""
    when.read_zones_from(str(write_zones(folder, **laws)))
    try:
        yield
    finally:
        when.read_zones_from()
