"""Which revision the database is at and which one this program needs; the tool that migrates is read only when it is
used, since it is heavy."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import inspect, text

from cag_events.db import db

_HERE = Path(__file__).parent
MIGRATIONS = _HERE / "migrations" if (_HERE / "migrations").exists() else _HERE.parent / "migrations"
_NAMED = re.compile(r"^(revision|down_revision)(?::[^=]*)? = [\"'](\w+)[\"']", re.MULTILINE)


@lru_cache(maxsize=1)
def newest_revision() -> str:
    """Return the revision that this program's models are of: the one that no other comes after."""
    named = [dict(_NAMED.findall(path.read_text("utf-8"))) for path in (MIGRATIONS / "versions").glob("*.py")]
    before = {one.get("down_revision") for one in named}
    (newest,) = (str(one["revision"]) for one in named if one["revision"] not in before)
    return newest


def current_revision() -> str | None:
    """Return the revision that the database is at, None for an empty one."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def is_current() -> bool:
    """Tell whether the database is at this program's revision."""
    return current_revision() == newest_revision()


def migrate() -> None:
    """Bring the database to this program's revision."""
    from flask_migrate import upgrade  # noqa: PLC0415 (heavy: only when something migrates)

    upgrade()


class _Late:
    """Stands where Flask-Migrate keeps its settings until something asks for them."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate  # noqa: PLC0415 (heavy: only when something migrates)

        Migrate(self._app, db, directory=str(MIGRATIONS), compare_type=True)
        return getattr(self._app.extensions["migrate"], name)


def init_app(app: Flask) -> None:
    """Let Flask-Migrate's commands find the application's migrations."""
    app.extensions["migrate"] = _Late(app)
