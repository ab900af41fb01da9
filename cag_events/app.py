"""Puts the application together: settings, extensions, blueprints, error pages. No rules."""

from importlib import import_module
from importlib.util import find_spec

from flask import Flask
from flask.helpers import get_debug_flag
from flask_wtf import CSRFProtect
from sqlalchemy import inspect

from cag_events import db as database
from cag_events import keyring, reactions
from cag_events.accounts import models as accounts_models
from cag_events.accounts import queries as accounts_queries
from cag_events.accounts.sessions import Sessions
from cag_events.audiences import models as audiences_models
from cag_events.audit import models as audit_models
from cag_events.campaigns import models as campaigns_models
from cag_events.conferences import models as conferences_models
from cag_events.config import BadSettings, Settings, read_settings
from cag_events.db import db
from cag_events.domain.calendar import require_current_zone_data
from cag_events.door import models as door_models
from cag_events.events import extensions, told
from cag_events.events import models as events_models
from cag_events.exchange import models as exchange_models
from cag_events.exhibitions import models as exhibitions_models
from cag_events.feeds import models as feeds_models
from cag_events.hearings import models as hearings_models
from cag_events.imports import models as imports_models
from cag_events.lists import models as lists_models
from cag_events.messages import models as messages_models
from cag_events.messages.queries.notices import held_of
from cag_events.messages.queries.places import held_at
from cag_events.outbox import models as outbox_models
from cag_events.registrations import models as registrations_models
from cag_events.registrations.queries import count_told
from cag_events.registrations.views.unsubscribe import ONE_CLICK
from cag_events.replies import models as replies_models
from cag_events.roleplays import models as roleplays_models
from cag_events.rooms import EXTENSIONS
from cag_events.studies import models as studies_models
from cag_events.talks import models as talks_models
from cag_events.web import actor, errors, gate, headers, language, log, organisation, session, templating
from cag_events.web import models as web_models
from cag_events.web import settings as configured
from cag_events.web.access import require_declared
from cag_events.workshops import models as workshops_models
from cag_events.workspace import models as workspace_models

MODELS = (
    accounts_models,
    audiences_models,
    replies_models,
    messages_models,
    lists_models,
    door_models,
    audit_models,
    campaigns_models,
    conferences_models,
    events_models,
    exchange_models,
    exhibitions_models,
    feeds_models,
    hearings_models,
    imports_models,
    outbox_models,
    registrations_models,
    roleplays_models,
    studies_models,
    talks_models,
    web_models,
    workshops_models,
    workspace_models,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the WSGI application. Raises BadSettings, KeyMissing or StaleZoneData with one line for the operator."""
    settings = settings or read_settings()
    require_current_zone_data()
    if get_debug_flag() and not settings.is_local:
        raise BadSettings("debug mode is for this machine alone; CAG_BASE_URL is another")
    app = Flask(__name__, instance_path=str(settings.instance), static_folder="static")
    configured.init_app(app, settings)
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
    _guard(app, settings)
    language.init_app(app)
    language.Speech(app, default_locale=settings.languages[0], locale_selector=language.current_language)
    organisation.init_app(app, accounts_queries.load_site)
    templating.init_app(app)
    reactions.init_app(app)
    told.init_app(app, count_told, held_of, held_at)
    extensions.init_app(app, EXTENSIONS)
    _register_rooms(app)
    require_declared(app)
    return app


def _guard(app: Flask, settings: Settings) -> None:
    """What stands before and after every view. The order counts: the log runs first and last."""
    log.init_app(app)
    headers.init_app(app, settings)
    gate.init_app(app, settings)
    session.init_app(app, Sessions(), is_local=settings.is_local)
    actor.init_app(app)
    app.config.update(WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False)  # SSL_STRICT reads Referer: we send none
    CSRFProtect(app).exempt(ONE_CLICK)
    errors.init_app(app)


def _register_rooms(app: Flask) -> None:
    """Register the blueprint of every room that has pages."""
    for room in (
        "accounts",
        "outbox",
        "audiences",
        "events",
        "registrations",
        "audit",
        "door",
        "lists",
        "messages",
        "replies",
        "conferences",
        "exhibitions",
        "hearings",
        "roleplays",
        "studies",
        "talks",
        "workshops",
        "feeds",
        "imports",
        "campaigns",
        "workspace",
        "site",
    ):
        if find_spec(f"cag_events.{room}.views"):
            app.register_blueprint(import_module(f"cag_events.{room}.views").bp)
