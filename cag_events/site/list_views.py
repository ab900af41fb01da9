"""The programme: as a list, as a month, by theme, by campaign; exhibitions; search."""

from datetime import timedelta
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.errors import NotFound
from cag_events.events import grid, reading
from cag_events.site import listing
from cag_events.site.blueprint import bp
from cag_events.site.month import find_month
from cag_events.site.share import programme_feeds, share
from cag_events.web import kept
from cag_events.web.access import public
from cag_events.web.gate import page_number
from cag_events.web.organisation import site
from cag_events.web.throttle import spend_coarsely


@bp.get("/<lang>/")
@public
def programme() -> ResponseReturnValue:
    """See what is on, from today, and narrow it down."""
    asked = _asked()
    path = url_for("site.programme")
    page = listing.find_page(asked, page_number(), path)
    return kept.page((reading.version(), page.seats), lambda: _print_programme(asked, page, path))


def _asked() -> listing.Asked:
    """What the address asks for; words to look for are counted as a search."""
    asked = listing.read(request.args)
    if "q" in asked.filters.values:
        spend_coarsely("search")
    return asked


def _print_programme(asked: listing.Asked, page: listing.Page, path: str) -> str:
    today = reading.today()
    return render_template(
        "site/programme.html",
        asked=asked,
        page=page,
        path=path,
        heading=_("Earlier events") if page.is_past else _("Programme"),
        month_path=url_for("site.month", year=today.year, month=f"{today.month:02d}"),
        builder_path=url_for("feeds.builder"),
        past_url=asked.with_days(path, to=today - timedelta(days=1)),
        page_url=lambda number: asked.url(path, page=number),
        share=share(_("Programme"), site().about, asked.url(path, page=page.number)),
        feeds=programme_feeds(urlencode(asked.without_days)),
    )


@bp.get("/<lang>/calendar/<year>/<month>")
@public
def month(year: str, month: str) -> ResponseReturnValue:
    """See what is on in a month."""
    if not grid.is_month(year, month):
        raise NotFound(f"{year}-{month}")
    asked = _asked()
    return kept.page(reading.version(), lambda: _print_month(asked, year, month))


def _print_month(asked: listing.Asked, year: str, month: str) -> str:
    path = url_for("site.month", year=year, month=month)
    shown = find_month(asked, int(year), int(month), path)
    today = reading.today()
    return render_template(
        "site/month.html",
        asked=asked,
        shown=shown,
        path=path,
        list_path=url_for("site.programme"),
        today_url=asked.feed_url(url_for("site.month", year=today.year, month=f"{today.month:02d}")),
        before_url=_month_url(asked, shown.before),
        after_url=_month_url(asked, shown.after),
        builder_path=url_for("feeds.builder"),
        share=share(shown.title, site().about, path),
        feeds=programme_feeds(urlencode(asked.without_days)),
    )


def _month_url(asked: listing.Asked, there: tuple[int, int] | None) -> str:
    return asked.feed_url(url_for("site.month", year=there[0], month=f"{there[1]:02d}")) if there else ""
