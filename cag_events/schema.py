"""Which revision the database is at and which one this program needs; the tool that migrates is read only when it is
used, since it is heavy."""

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from cag_events.db import db

if TYPE_CHECKING:
    from alembic.config import Config

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


def migrate(revision: str = "head") -> None:
    """Bring the database up to this program's revision, or to an earlier one."""
    from alembic import command  # noqa: PLC0415 (heavy: only when something migrates)

    command.upgrade(alembic(), revision)


def migrate_back(revision: str) -> None:
    """Take the database down to a revision; what only later ones keep is lost."""
    from alembic import command  # noqa: PLC0415 (heavy: only when something migrates)

    command.downgrade(alembic(), revision)


def alembic() -> "Config":
    """Return what Alembic's commands want first: where the migrations are. They run in the application's context."""
    from alembic.config import Config  # noqa: PLC0415 (heavy: only when something migrates)

    config = Config(MIGRATIONS / "alembic.ini")
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
