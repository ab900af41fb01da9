"""What every template may use: addresses, the organisation, languages, dates, permissions."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, g, get_flashed_messages, has_request_context, request, session, url_for  # noqa: TID251
from jinja2 import StrictUndefined

from cag_events.domain.texts import Picked, pick
from cag_events.permissions import ANONYMOUS, Permission, may
from cag_events.web import dates, kept, memo, navigation, richtext
from cag_events.web.actor import actor, person
from cag_events.web.language import current_language, languages
from cag_events.web.organisation import site
from cag_events.web.session import current
from cag_events.web.settings import base_url

_OWN_WORDS = frozenset({"lang", "_external", "_anchor", "_method", "_scheme"})  # url_for's, not the address's
STATIC = Path(__file__).parent.parent / "static"


@lru_cache(maxsize=200)
def _version(path: str) -> str:
    file = STATIC / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.exists() else ""


def asset(path: str) -> str:
    """Return the address of a static file with the version of its content, so that it can be cached for ever."""
    return f"/static/{path}?v={_version(path)}"


def lang_url(code: str) -> str:
    """Return this page's address in another language; where it has none, the front page's."""
    endpoint = request.endpoint
    if endpoint is None or not current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        return f"/{code}/"
    args = {name: values for name, values in request.args.to_dict(flat=False).items() if name not in _OWN_WORDS}
    return url_for(endpoint, **{**args, **(request.view_args or {}), "lang": code})


def switch_url(code: str) -> str:
    """Return the way to lang_url() past `/`, which remembers the choice."""
    return f"/?{urlencode({'lang': code, 'next': lang_url(code)})}"


def absolute(path: str) -> str:
    """Return a path's address for outside: on the site's own address, whatever host was asked."""
    return base_url() + path


def picked(texts: dict[str, str] | None) -> Picked:
    """Return a text in the reader's language, or the next best, with the language that it is in."""
    return pick(texts, current_language())


def flashes() -> list[tuple[str, str]]:
    """Return the messages left by the request before, as (tone, text); none where nothing has asked the session."""
    if not current().accessed or "_flashes" not in session:
        return []
    left: list[tuple[str, str]] = get_flashed_messages(with_categories=True)  # type: ignore[assignment]
    return [(str(tone), str(text)) for tone, text in left]


def may_now(permission: str) -> bool:
    """Tell whether the person of this request has a permission; asks the session."""
    return may(actor(), Permission(permission))


def init_app(app: Flask) -> None:
    """Make the names known to templates and turn on the strict mode."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=asset,
        lang_url=lang_url,
        switch_url=switch_url,
        absolute=absolute,
        may=may_now,
        flashes=flashes,
        picked=picked,
        richtext=richtext.render,
    )
    dates.init_app(app)
    memo.init_app(app)
    kept.init_app(app)
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    """What the skeletons of pages need; nothing here touches the session of a page that has not done so itself."""
    known = person() if has_request_context() and g.get("actor", ANONYMOUS).account_id is not None else None
    return {
        "lang": current_language(),
        "languages": languages(),
        "site": site(),
        "home_url": navigation.link_to("site.programme") or "/",
        "nav_public": navigation.public_links(),
        "footer_links": navigation.footer_links(),
        "sign_in_url": navigation.link_to("accounts.login"),
        "me": known,
        "nav_workspace": navigation.workspace_links(known.actor) if known else [],
        "account_links": navigation.account_links(known.actor) if known else [],
        "logout_url": navigation.link_to("accounts.logout") or "/",
    }
