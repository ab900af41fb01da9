"""Fails if the migrations do not make exactly the tables that the models describe."""

import tempfile
from pathlib import Path

from alembic import command

from cag_events.app import create_app
from cag_events.config import Settings
from cag_events.schema import alembic, migrate

with tempfile.TemporaryDirectory() as folder:
    app = create_app(Settings(instance=Path(folder), database_url=f"sqlite:///{folder}/check.sqlite"))
    with app.app_context():
        migrate()
        command.check(alembic())
