"""An application with the demo programme in it, loaded once and copied for each test."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from cag_events import clock
from cag_events.app import create_app
from cag_events.db import db
from cag_events.demo import FILE
from cag_events.exchange import files, services
from tests.conftest import NOW, settings_for


@pytest.fixture(scope="session")
def demo_sqlite(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the demo programme."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(empty_sqlite, folder / "demo.sqlite")
    app = create_app(settings_for(folder, f"sqlite:///{folder / 'demo.sqlite'}"))
    with app.app_context(), clock.fixed(NOW):
        services.load([files.read_source(FILE)])
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return folder / "demo.sqlite"


@pytest.fixture
def demo_app(demo_sqlite: Path, tmp_path: Path, make_app: Callable[..., Flask]) -> Flask:
    """An application on a copy of the demo programme."""
    shutil.copy(demo_sqlite, tmp_path / "demo.sqlite")
    return make_app(f"sqlite:///{tmp_path / 'demo.sqlite'}")
