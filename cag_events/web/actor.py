"""Who makes this request. Public pages never ask: they touch no session and look the same to everybody."""

from flask import Flask, Request, g
from flask_login import LoginManager, current_user

from cag_events.permissions import ANONYMOUS, Actor
from cag_events.web import session
from cag_events.web.session import Person


def person() -> Person | None:
    """Return who is signed in; asks the session once per request."""
    known: Person | None = current_user._get_current_object() if current_user.is_authenticated else None
    return known


def actor() -> Actor:
    """Return who is signed in, or ANONYMOUS; asks the session once per request."""
    if "actor" not in g:
        known = person()
        g.actor = known.actor if known else ANONYMOUS
    found: Actor = g.actor
    return found


def init_app(app: Flask) -> None:
    """Let Flask-Login know people by our sessions. Its remember-me cookie is not used, so its hooks are left out."""
    manager = LoginManager()
    manager.session_protection = None
    manager.request_loader(_load)
    app.login_manager = manager  # type: ignore[attr-defined]
    app.config["REMEMBER_COOKIE_NAME"] = "no such cookie"  # a name with spaces: none can be sent


def _load(_request: Request) -> Person | None:
    return session.current().person
