"""The demo: an invented programme, its accounts and registrations, the same every time for the same week."""

import random
import shutil
import sqlite3
import tomllib
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import select, update

from cag_events import clock
from cag_events.accounts import passwords
from cag_events.accounts.models import Account, Organisation
from cag_events.config import LOOPBACK, BadSettings, Settings
from cag_events.db import db, transaction
from cag_events.demo import conferences, hearings, roleplays, studies, talks, workshops
from cag_events.demo.people import register_people
from cag_events.domain import when
from cag_events.exchange import services
from cag_events.exchange.files import Source
from cag_events.exchange.models import Kept

PASSWORD: Final = "cag-demo-2026"  # noqa: S105 (of accounts that exist in the demo alone, on loopback)
FILE: Final = Path(__file__).parent / "demo.toml"
MARK: Final = "demo"  # a row of `kept`: this database is a demo, and may be started over


def settings_for(settings: Settings, port: int) -> Settings:
    """Return the settings of a demo on this machine. Raises BadSettings for an installation that is no demo."""
    host = urlsplit(settings.base_url).hostname
    if host not in LOOPBACK:
        raise BadSettings(f"the demo is for this machine alone, and CAG_BASE_URL names {host}")
    return replace(settings, base_url=f"http://127.0.0.1:{port}")


def forget(settings: Settings) -> None:
    """Delete the demo's database file, and nothing but a demo's. Raises BadSettings for any other."""
    if not settings.database_url.startswith("sqlite:///"):
        raise BadSettings("--fresh deletes the demo's SQLite file; empty another database yourself")
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    if not path.exists():
        return
    with closing(sqlite3.connect(path)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        marks = (
            connection.execute("SELECT 1 FROM kept WHERE name = ?", (MARK,)).fetchone() if "kept" in tables else None
        )
        holds = "account" in tables and connection.execute("SELECT 1 FROM account").fetchone()
    if holds and not marks:
        raise BadSettings(f"{path} is no demo and is left alone")
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.rmtree(settings.instance / "mail", ignore_errors=True)


def fill_if_empty(settings: Settings) -> bool:
    """Fill the application's database, migrated, if there is nothing in it; returns whether it did.

    Raises BadSettings where it holds something else than a demo.
    """
    if is_demo():
        return False
    if db.session.scalar(select(Account.id).limit(1)) or db.session.scalar(select(Organisation.id).limit(1)):
        raise BadSettings(f"{settings.instance} holds no demo but an installation; choose another CAG_INSTANCE")
    fill()
    return True


def is_demo() -> bool:
    """Tell whether this database is a demo's, whose password everybody knows."""
    return db.session.get(Kept, MARK) is not None


def programme() -> dict[str, Any]:
    """Return the invented programme as tables of a programme file."""
    return tomllib.loads(FILE.read_text("utf-8"))


def fill() -> None:
    """Fill an empty database with the programme around this week, its accounts and registrations; all or nothing.

    The same on the same day.
    """
    tables = programme()
    today = clock.now().replace(hour=0, minute=0, second=0)
    monday = when.monday_of(when.day_of(clock.now(), tables["meta"]["timezone"]))
    tables["meta"]["anchor"] = monday
    hashed = passwords.hash_password(PASSWORD)
    with transaction():
        services.load([Source(FILE.name, tables)], anchor=monday)
        db.session.execute(update(Account).values(password_hash=hashed))
        with clock.fixed(today):
            register_people(tables["generator"])
            conferences.fill(random.Random(tables["generator"]["seed"]))  # noqa: S311 (the same every time is what is wanted)
            hearings.fill(random.Random(tables["generator"]["seed"]))  # noqa: S311 (as above)
            roleplays.fill(random.Random(tables["generator"]["seed"]))  # noqa: S311 (as above)
            studies.fill(random.Random(tables["generator"]["seed"]))  # noqa: S311 (the same every time is what is wanted)
            talks.fill(random.Random(tables["generator"]["seed"]))  # noqa: S311 (as above)
            workshops.fill(random.Random(tables["generator"]["seed"]))  # noqa: S311 (as above)
        db.session.add(Kept(name=MARK, body={"anchor": monday.isoformat()}))


def welcome(settings: Settings, *, is_new: bool) -> str:
    """Return what is printed: addresses to open, and the accounts."""
    base = settings.base_url
    lines = [
        "The demo is filled." if is_new else "The demo is as you left it (--fresh starts over).",
        "",
        f"  Programme       {base}/sv/   {base}/en/",
        f"  Calendar feeds  {base}/sv/feeds",
        f"  Workspace       {base}/sv/organise/today",
        "",
        f"  Sign in at {base}/sv/account/login with the password {PASSWORD}:",
        *(f"    {user['email']:<28} {user['role']}" for user in programme()["users"]),
        "",
        "Everything in it is invented, and it listens on this machine alone. Ctrl+C stops it.",
    ]
    return "\n".join(lines)
