"""The database: base model, column types, and `transaction()`, the only thing that commits.

SQLite: writing units begin with BEGIN IMMEDIATE, one at a time and in turn; PostgreSQL: READ COMMITTED and row locks.
"""

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, overload

from flask import Flask, g, has_app_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, Enum, Executable, Index, MetaData, String, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from cag_events import keyring, turns

BUSY_MILLISECONDS = 5000
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware datetimes in, aware UTC out; naive ones are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse what has no zone; SQLite keeps UTC without an offset."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime is not an instant")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = Annotated[int, mapped_column(primary_key=True)]
RowId = Annotated[str, mapped_column(String(22), unique=True)]


class Base(DeclarativeBase):
    """Base of every model."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            datetime: UtcDateTime(),
            dict[str, str]: JSON(),
            dict[str, Any]: JSON(),
            list[str]: JSON(),
            list[dict[str, Any]]: JSON(),
        },
    )


def _json_dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=False)


db = SQLAlchemy(
    model_class=Base,
    session_options={"expire_on_commit": False, "autoflush": False},
    engine_options={"json_serializer": _json_dumps},
    disable_autonaming=True,
)
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def new_row_id() -> str:
    """Make the random id of a row that is sealed or stands in an address."""
    return secrets.token_urlsafe(16)


class Sealed:
    """Mixin of models with encrypted texts: gives each row its random id before anything is sealed."""

    row_id: Mapped[RowId]

    def __init__(self, **values: Any) -> None:
        self.row_id = values.pop("row_id", None) or new_row_id()
        sealed = {
            name: values.pop(name) for name in tuple(values) if isinstance(getattr(type(self), name), EncryptedText)
        }
        super().__init__(**values)
        for name, value in sealed.items():
            setattr(self, name, value)

    def sealing_key(self) -> bytes | None:
        """The data key that seals this row, None for the ring's own."""
        return None

    def opening_key(self) -> bytes | None:
        """The data key that opens this row, None for the ring's own; never makes one."""
        return None


class EncryptedText:
    """A text kept encrypted in the column `<name>_sealed`, bound to table, column and row id."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.column = name, f"{name}_sealed"

    @overload
    def __get__(self, row: None, owner: type) -> "EncryptedText": ...
    @overload
    def __get__(self, row: Sealed, owner: type) -> str | None: ...
    def __get__(self, row: Sealed | None, owner: type) -> "EncryptedText | str | None":
        if row is None:
            return self
        sealed: bytes | None = getattr(row, self.column)
        if sealed is None:
            return None
        key = row.opening_key()
        return (
            keyring.unseal(sealed, self._context(row))
            if key is None
            else keyring.open_with(key, sealed, self._context(row))
        )

    def __set__(self, row: Sealed, value: str | None) -> None:
        if value is None:
            setattr(row, self.column, None)
            return
        key, context = row.sealing_key(), self._context(row)
        setattr(
            row, self.column, keyring.seal(value, context) if key is None else keyring.seal_with(key, value, context)
        )

    def _context(self, row: Sealed) -> str:
        return f"{row.__tablename__}:{self.name}:{row.row_id}"  # type: ignore[attr-defined]


def text_enum(kind: type[StrEnum]) -> Enum:
    """A column type that stores a StrEnum's values, checked by nothing but the code (values may be added)."""
    return Enum(
        kind, values_callable=lambda e: [m.value for m in e], native_enum=False, create_constraint=False, length=20
    )


def unique_while(name: str, where: str, *columns: str) -> Index:
    """A unique index over the rows that satisfy `where`, on both databases."""
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


def like(words: str) -> str:
    """Return a LIKE pattern (ESCAPE '\\') that finds the words as they are typed."""
    return "%" + re.sub(r"([%_\\])", r"\\\1", words) + "%"


@contextmanager
def transaction() -> Iterator[None]:
    """Do all of a writing unit or nothing; a nested one is a savepoint.

    What was read before is read again: objects held from outside are expired when it begins.
    """
    session = db.session()
    if session.info.get("writing"):
        with session.begin_nested():
            yield
            session.flush()
        return
    with _turn():
        if session.in_transaction():
            session.commit()  # ends what was read; what was changed outside is refused here
        session.info["writing"], session.info["unit"] = True, {}
        try:
            session.expire_all()
            session.connection(execution_options={"cag_writes": True})
            yield
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info["writing"], session.info["unit"] = False, {}


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for one's turn at an SQLite file; raises what SQLite would once that takes too long, or the disk is full."""
    url = db.engine.url
    if not url.drivername.startswith("sqlite"):
        yield
        return
    is_file = url.database and url.database != ":memory:" and not url.database.startswith("file:")
    with ExitStack() as stack:
        try:
            stack.enter_context(turns.taken(url.database if is_file else None, BUSY_MILLISECONDS / 1000))
        except (turns.Busy, OSError) as fault:
            raise OperationalError("BEGIN IMMEDIATE", None, fault) from fault
        yield


def unit() -> dict[str, Any]:
    """Return a dictionary that lives as long as the writing unit that is open; a new, empty one where none is."""
    kept: dict[str, Any] = db.session().info.get("unit", {}) if is_writing() else {}
    return kept


def end_reading() -> None:
    """Let go of what was read, so that no snapshot is held open while something slow is waited for."""
    session = db.session()
    if not session.info.get("writing") and session.in_transaction():
        session.commit()


def is_writing() -> bool:
    """Tell whether a writing unit is open."""
    return bool(db.session().info.get("writing"))


def count_rows_of(statement: Executable, *, synchronizes: bool = True) -> int:
    """Run a bulk statement within a writing unit; return how many rows it touched.

    `synchronizes`: objects in memory follow; not needed where none is held.
    """
    options = {} if synchronizes else {"synchronize_session": False}
    result = db.session.execute(statement, execution_options=options)
    return int(result.rowcount)  # type: ignore[attr-defined]  # of the cursor, which the session's types leave out


def count_statements() -> int:
    """Return how many SQL statements this request or context has run."""
    return int(g.get("sql_statements", 0)) if has_app_context() else 0


class WriteOutsideTransaction(RuntimeError):
    """Something tried to write outside `transaction()`."""


@event.listens_for(Session, "before_flush")
def _no_stray_flush(session: Session, _context: object, _instances: object) -> None:
    if (session.new or session.dirty or session.deleted) and not session.info.get("writing"):
        raise WriteOutsideTransaction("flush outside transaction()")


@event.listens_for(Session, "do_orm_execute")
def _no_stray_statement(state: ORMExecuteState) -> None:
    if (state.is_insert or state.is_update or state.is_delete) and not state.session.info.get("writing"):
        raise WriteOutsideTransaction("bulk statement outside transaction()")


@event.listens_for(Engine, "do_connect")
def _keep_to_ourselves(dialect: Dialect, _record: object, arguments: list[Any], _options: object) -> None:
    """Make a new SQLite file readable by its owner alone; its journal is made as the file is."""
    if dialect.name != "sqlite" or not arguments or arguments[0] == ":memory:" or arguments[0].startswith("file:"):
        return
    if not (path := Path(arguments[0])).exists():
        path.touch(mode=0o600)


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        connection.isolation_level = None  # we begin transactions ourselves
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",  # what is deleted is overwritten
            f"busy_timeout={BUSY_MILLISECONDS}",
            "temp_store=MEMORY",
            "cache_size=-4000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("cag_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    else:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '3s'; SET LOCAL statement_timeout = '10s'")


@event.listens_for(Engine, "before_cursor_execute")
def _count(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
    if has_app_context() and not statement.startswith(("BEGIN", "SET LOCAL")):
        g.sql_statements = g.get("sql_statements", 0) + 1


def init_app(app: Flask, url: str) -> None:
    """Bind the database to an application."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    if url.startswith("sqlite"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"connect_args": {"timeout": BUSY_MILLISECONDS / 1000}}
    else:
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 10, "max_overflow": 10, "pool_pre_ping": True}
    db.init_app(app)


__all__ = ["Id", "Mapped", "Model", "RowId", "UtcDateTime", "db", "transaction"]
