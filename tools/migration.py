"""Writes a migration from what the models have and a freshly migrated database has not."""

import re
import sys
import tempfile
from pathlib import Path

from alembic import command

from cag_events.app import create_app
from cag_events.config import Settings
from cag_events.schema import MIGRATIONS, alembic, migrate

message = " ".join(sys.argv[1:]).strip()
if not message:
    sys.exit('say what it does: make migration m="registrations: add …"')
number = max(
    (int(name) for name in re.findall(r"(\d{4})_", " ".join(p.name for p in MIGRATIONS.glob("versions/*")))), default=0
)
with tempfile.TemporaryDirectory() as folder:
    app = create_app(Settings(instance=Path(folder), database_url=f"sqlite:///{folder}/new.sqlite"))
    with app.app_context():
        migrate()
        command.revision(alembic(), message, autogenerate=True, rev_id=f"{number + 1:04}")
