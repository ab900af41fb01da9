"""Who makes this request. Public pages never ask: they touch no session and look the same to everybody."""

from flask import g

from cag_events.permissions import ANONYMOUS, Actor


def actor() -> Actor:
    """Return who is signed in, or ANONYMOUS; asks the session once per request."""
    if "actor" not in g:
        from flask_login import current_user  # noqa: PLC0415 (only requests that ask touch the session)

        g.actor = current_user.actor if current_user.is_authenticated else ANONYMOUS
    known: Actor = g.actor
    return known
