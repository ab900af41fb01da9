"""Golden copies: octets that may change only when somebody has read the difference. `make golden` writes them anew."""

import os
from pathlib import Path

from sqlalchemy import delete

from cag_events.db import db
from cag_events.feeds.models import Entry

FOLDER = Path(__file__).with_name("golden")


def check(name: str, octets: bytes) -> None:
    """Compare octets with their golden copy; with CAG_GOLDEN=write make them the golden copy."""
    path = FOLDER / name
    if os.environ.get("CAG_GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)
    assert path.exists(), f"no golden copy {name}: run `make golden`, then read it"
    assert octets.decode() == path.read_bytes().decode()


def forget_entries() -> None:
    """Forget the entries under random UIDs before fixed ones are given: they would be withdrawn, as they should."""
    db.session.execute(delete(Entry))
