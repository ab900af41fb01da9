"""Whether this installation can serve: database writable, schema ours, room on the disk, a worker that lives."""

import shutil
from datetime import datetime, timedelta

from flask import current_app  # noqa: TID251 (the settings belong to the application)
from sqlalchemy import select, text, update
from sqlalchemy.exc import SQLAlchemyError

from cag_events import schema
from cag_events.config import Settings
from cag_events.db import db, transaction
from cag_events.outbox.models import Heartbeat

LEAST_FREE_BYTES = 200 * 1024 * 1024
WORKER_SILENT = timedelta(minutes=10)


def is_ready(now: datetime) -> bool:
    """Tell whether requests can be served; that mail cannot be sent does not count."""
    settings: Settings = current_app.extensions["cag_settings"]
    if shutil.disk_usage(settings.instance).free < LEAST_FREE_BYTES:
        return False
    try:
        return _is_ours() and _is_writable() and _worker_lives(now)
    except SQLAlchemyError:
        return False


def _is_ours() -> bool:
    current = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return current == schema.newest_revision()


def _is_writable() -> bool:
    with transaction():
        db.session.execute(update(Heartbeat).where(Heartbeat.id == 0).values(id=0))
    return True


def _worker_lives(now: datetime) -> bool:
    last = db.session.scalar(select(Heartbeat.at).where(Heartbeat.id == 1))
    return last is not None and now - last < WORKER_SILENT
