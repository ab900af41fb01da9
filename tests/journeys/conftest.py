"""The stage of the journeys: a Chromium for the run, and for each test the demo programme of its own, served."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from cag_events import clock, demo
from cag_events.app import create_app
from cag_events.db import db
from tests.conftest import settings_for
from tests.journeys.browser import chromium, launch, served
from tests.journeys.stage import Stage

TODAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # Monday of the demo's week 0


@pytest.fixture(autouse=True)
def _fixed_clock() -> Iterator[None]:
    """Stop the clock on the Monday of the demo, for the threads that serve it too."""
    with clock.fixed(TODAY):
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium without a window."""
    if chromium() is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo_sqlite(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the demo programme, its accounts and registrations."""
    folder = tmp_path_factory.mktemp("demo")
    path = folder / "demo.sqlite"
    shutil.copy(empty_sqlite, path)
    with clock.fixed(TODAY):
        app = create_app(settings_for(folder, f"sqlite:///{path}"))
        with app.app_context():
            demo.fill()
            db.session.remove()
            db.engine.dispose()
    return path


@pytest.fixture
def raise_stage(browser: Browser, make_app: Callable[..., Flask]) -> Iterator[Callable[[str], Stage]]:
    """Serve an application on a database, at an address that it knows."""
    with ExitStack() as stack:

        def raise_one(url: str) -> Stage:
            app, address = stack.enter_context(served(lambda address: make_app(url, base_url=address)))
            return Stage(app, address, browser, stack.enter_context(ExitStack()))

        yield raise_one


@pytest.fixture
def stage(raise_stage: Callable[[str], Stage], demo_sqlite: Path, tmp_path: Path) -> Stage:
    """The demo programme, served."""
    shutil.copy(demo_sqlite, tmp_path / "stage.sqlite")
    return raise_stage(f"sqlite:///{tmp_path / 'stage.sqlite'}")


@pytest.fixture
def demo_app(make_app: Callable[..., Flask], demo_sqlite: Path, tmp_path: Path) -> Flask:
    """An application with the demo programme, not served."""
    shutil.copy(demo_sqlite, tmp_path / "demo.sqlite")
    return make_app(f"sqlite:///{tmp_path / 'demo.sqlite'}")
