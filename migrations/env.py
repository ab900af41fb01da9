"""Runs migrations with the application's own database; SQLite's foreign keys are off while a table is rebuilt."""

from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, inspect
from sqlalchemy.types import TypeDecorator

from cag_events.db import db

HAND_MADE = ("search_", "ix_search_")


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | bool:
    """Write plain SQL types, so that a migration does not change when our column types do."""
    if kind == "type" and isinstance(item, TypeDecorator):
        autogen.imports.add("import sqlalchemy as sa")
        return f"sa.{item.impl!r}" if not repr(item.impl).startswith("sa.") else repr(item.impl)
    return False


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave out what is made by hand: the search index."""
    return not (name and kind in ("table", "index") and name.startswith(HAND_MADE))


def obey_foreign_keys(connection: Connection, how: str) -> None:
    """Turn SQLite's foreign keys ON or OFF; within a transaction that would have no effect, so none is begun."""
    connection.connection.driver_connection.execute(f"PRAGMA foreign_keys={how}")  # type: ignore[union-attr]


def run() -> None:
    """Run the migrations in one transaction."""
    engine = db.engine
    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            obey_foreign_keys(connection, "OFF")
        connection = connection.execution_options(cag_writes=True)
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            include_name=include_name,
            render_as_batch=is_sqlite,
            compare_type=True,
            compare_server_default=False,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()
            if is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                raise RuntimeError(f"foreign keys are broken after migrating: {broken[:3]}")
        connection.rollback()
        if is_sqlite:
            obey_foreign_keys(connection, "ON")
        inspect(connection)


run()
