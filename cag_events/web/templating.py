"""What every template may use: addresses, the organisation, languages, dates, permissions."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, get_flashed_messages, request, session, url_for
from jinja2 import StrictUndefined

from cag_events.domain.texts import Picked, pick
from cag_events.permissions import Permission, may
from cag_events.web.actor import actor
from cag_events.web.language import current_language, languages

STATIC = Path(__file__).parent.parent / "static"


@lru_cache(maxsize=200)
def _version(path: str) -> str:
    file = STATIC / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.exists() else ""


def asset(path: str) -> str:
    """Return the address of a static file with the version of its content, so that it can be cached for ever."""
    return f"/static/{path}?v={_version(path)}"


def lang_url(code: str) -> str:
    """Return this page's address in another language."""
    if request.endpoint is None or "lang" not in (request.view_args or {}):
        return f"/?lang={code}"
    values: dict[str, Any] = {**(request.view_args or {}), **request.args.to_dict(flat=False), "lang": code}
    return url_for(request.endpoint, **values)


def picked(texts: dict[str, str] | None) -> Picked:
    """Return a text in the reader's language, or the next best, with the language that it is in."""
    return pick(texts, current_language())


def flashes() -> list[tuple[str, str]]:
    """Return the messages left by the request before, as (tone, text)."""
    return (
        [(str(tone), str(text)) for tone, text in get_flashed_messages(with_categories=True)]
        if "_flashes" in session
        else []
    )


def may_now(permission: str) -> bool:
    """Tell whether the person of this request has a permission; asks the session."""
    return may(actor(), Permission(permission))


def init_app(app: Flask) -> None:
    """Make the names known to templates and turn on the strict mode."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(asset=asset, lang_url=lang_url, may=may_now, flashes=flashes, picked=picked)
    app.context_processor(lambda: {"lang": current_language(), "languages": languages()})
