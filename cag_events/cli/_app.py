"""The application for a command: made from the settings, its database checked."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

from cag_events.app import create_app
from cag_events.cli._failing import Failed
from cag_events.config import Settings
from cag_events.db import db
from cag_events.events.catching_up import write_missing
from cag_events.events.services.clocks import follow_zone_data
from cag_events.feeds.raising import heed_restored
from cag_events.schema import current_revision, newest_revision
from cag_events.web.settings import settings_of

RESTORED = "The database is older than what subscribers have seen: it was restored, and all versions were raised."


def require_migrated() -> None:
    """Fail, and say which command helps, where the database is not at this program's revision."""
    current, newest = current_revision(), newest_revision()
    if current is None:
        raise Failed("the database is empty; `cag-events init` begins a new installation")
    if current != newest:
        raise Failed(f"the database is at revision {current}, the program at {newest}; run `cag-events migrate`")


@contextmanager
def application(settings: Settings | None = None, *, migrated: bool = True) -> Iterator[Flask]:
    """Give the application with its context, and let go of the database at the end."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    app = create_app(settings)
    with app.app_context():
        try:
            if migrated:
                require_migrated()
                if heed_restored(settings_of(app).instance):
                    click.echo(RESTORED, err=True)
                write_missing()
                follow_zone_data()
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()
