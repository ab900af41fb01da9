"""What programs ask of the site: where to begin, which pages there are, whether it lives."""

from datetime import timedelta

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from cag_events.site import health, queries
from cag_events.site.blueprint import bp
from cag_events.web.access import public
from cag_events.web.gate import safe_next
from cag_events.web.language import COOKIE, languages
from cag_events.web.settings import settings
from cag_events.web.templating import absolute

REMEMBERED = timedelta(days=365)


@bp.get("/")
@public
def root() -> ResponseReturnValue:
    """Go to the programme in one's language; `?lang=` remembers the choice, `?next=` leads back to where one was."""
    known = languages()
    chosen = request.args.get("lang")
    if chosen in known:
        response = redirect(safe_next(request.args.get("next"), f"/{chosen}/"))
        response.set_cookie(
            COOKIE, chosen, max_age=REMEMBERED, secure=not settings().is_local, httponly=True, samesite="Lax"
        )
        return response
    kept = request.cookies.get(COOKIE)
    lang = kept if kept in known else request.accept_languages.best_match(known, known[0])
    response = make_response(redirect(f"/{lang}/"))
    response.vary.update(("Accept-Language", "Cookie"))
    return response


@bp.get("/sitemap.xml")
@public
def sitemap() -> ResponseReturnValue:
    """List the public pages, each in every language."""
    body = render_template("site/sitemap.xml", pages=_pages(), codes=languages(), absolute=absolute)
    return Response(body, mimetype="application/xml")


def _pages() -> list[tuple[str, str]]:
    """Path after the language, and the day of the last change or nothing."""
    fixed = [(path, "") for path in ("", "exhibitions", "campaigns", "feeds", "privacy", "accessibility")]
    themes = [(f"themes/{theme.key}", "") for theme in queries.list_themes()]
    campaigns = [(f"campaigns/{campaign.key}", "") for campaign in queries.list_campaigns()]
    events = [(f"events/{key}", f"{changed_at:%Y-%m-%d}") for key, changed_at in queries.list_addresses()]
    return [*fixed, *themes, *campaigns, *events]


@bp.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """Say where crawlers need not go; never the feeds, since calendar programs obey this too."""
    lines = ["User-agent: *"]
    for code in languages():
        lines += [f"Disallow: /{code}/{path}" for path in ("account/", "organise/", "me/", "search")]
    lines += [f"Sitemap: {absolute('/sitemap.xml')}", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Tell that the process lives."""
    return _plain("ok", 200)


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Tell whether requests can be served: database, schema, disk, worker."""
    return _plain("ok", 200) if health.is_ready() else _plain("unavailable", 503)


def _plain(text: str, status: int) -> Response:
    response = Response(text + "\n", status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
