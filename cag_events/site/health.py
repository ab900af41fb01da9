"""Whether this installation can serve: database writable, schema ours, room on the disk, a worker that lives."""

import shutil

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from cag_events import schema
from cag_events.db import db, transaction
from cag_events.outbox.models import Heartbeat
from cag_events.outbox.queries import is_worker_alive
from cag_events.web.settings import settings

LEAST_FREE_BYTES = 200 * 1024 * 1024


def is_ready() -> bool:
    """Tell whether requests can be served; that mail cannot be sent does not count."""
    if shutil.disk_usage(settings().instance).free < LEAST_FREE_BYTES:
        return False
    try:
        return schema.is_current() and _is_writable() and is_worker_alive()
    except SQLAlchemyError:
        return False


def _is_writable() -> bool:
    with transaction():
        db.session.execute(update(Heartbeat).where(Heartbeat.id == 0).values(id=0))
    return True
