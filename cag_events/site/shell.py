"""What stands around every public page: the organisation, the menu, the foot. Kept per language and version."""

from typing import Any, NamedTuple

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.local import LocalProxy

from cag_events.events import reading
from cag_events.site.blueprint import bp
from cag_events.web.language import current_language

CURRENT = {
    "site.programme": 0,
    "site.month": 0,
    "site.event": 0,
    "site.register": 0,
    "site.exhibitions": 1,
    "site.campaigns": 2,
    "site.campaign": 2,
    "feeds.builder": 3,
    "site.search": 4,
}  # endpoint → place in the menu


class Link(NamedTuple):
    """A link of the menu or the foot."""

    label: str
    url: str


def _menu() -> list[Link]:
    return [
        Link(_("Programme"), url_for("site.programme")),
        Link(_("Exhibitions"), url_for("site.exhibitions")),
        Link(_("Campaigns"), url_for("site.campaigns")),
        Link(_("Subscribe"), url_for("feeds.builder")),
        Link(_("Search"), url_for("site.search")),
    ]


def _foot() -> list[Link]:
    return [
        Link(_("Subscribe"), url_for("feeds.builder")),
        Link(_("My registration"), url_for("registrations.lost")),
        Link(_("Privacy"), url_for("site.privacy")),
        Link(_("Accessibility"), url_for("site.accessibility")),
        Link(_("Sign in"), url_for("accounts.login")),
    ]


def _nav_public() -> list[tuple[str, str, bool]]:
    here = CURRENT.get(request.endpoint or "", -1)
    links = reading.kept(("menu", current_language()), _menu)
    return [(link.label, link.url, number == here) for number, link in enumerate(links)]


@bp.app_context_processor
def _around() -> dict[str, Any]:
    """Everything is worked out only where a template asks for it."""
    return {
        "site": LocalProxy(reading.site),
        "home_url": f"/{current_language()}/",
        "nav_public": LocalProxy(_nav_public),
        "footer_links": LocalProxy(lambda: reading.kept(("foot", current_language()), _foot)),
    }
