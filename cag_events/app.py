"""Puts the application together: settings, extensions, blueprints, error pages. No rules."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from sqlalchemy import inspect

from cag_events import db as database
from cag_events import keyring, reactions
from cag_events.accounts import models as accounts_models
from cag_events.audiences import models as audiences_models
from cag_events.campaigns import models as campaigns_models
from cag_events.config import Settings, read_settings
from cag_events.db import db
from cag_events.events import models as events_models
from cag_events.feeds import models as feeds_models
from cag_events.outbox import models as outbox_models
from cag_events.registrations import models as registrations_models
from cag_events.web import language, templating

MODELS = (
    accounts_models,
    audiences_models,
    campaigns_models,
    events_models,
    feeds_models,
    outbox_models,
    registrations_models,
)
_HERE = Path(__file__).parent
MIGRATIONS = _HERE / "migrations" if (_HERE / "migrations").exists() else _HERE.parent / "migrations"


def create_app(settings: Settings | None = None) -> Flask:
    """Return the WSGI application. Raises BadSettings or KeyMissing with one line for the operator."""
    settings = settings or read_settings()
    app = Flask(__name__, instance_path=str(settings.instance), static_folder="static")
    app.extensions["cag_settings"] = settings
    settings.instance.mkdir(parents=True, exist_ok=True)
    database.init_app(app, settings.database_url)
    with app.app_context():
        is_new = not inspect(db.engine).has_table("account")
    ring = keyring.load_ring(
        settings.instance,
        secret=settings.secret_key,
        data=settings.data_key,
        index=settings.index_key,
        may_make=is_new,
    )
    keyring.init_app(app, ring)
    app.secret_key = ring.secret
    Migrate(app, db, directory=str(MIGRATIONS), compare_type=True)
    language.init_app(app)
    templating.init_app(app)
    reactions.init_app(app)
    _register_rooms(app)
    return app


def _register_rooms(app: Flask) -> None:
    """Register the blueprint of every room that has pages."""
    for room in (
        "accounts",
        "outbox",
        "audiences",
        "events",
        "registrations",
        "feeds",
        "campaigns",
        "workspace",
        "site",
    ):
        if find_spec(f"cag_events.{room}.views"):
            app.register_blueprint(import_module(f"cag_events.{room}.views").bp)
