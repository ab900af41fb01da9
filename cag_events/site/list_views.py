"""The programme: as a list, as a month, by theme, by campaign; exhibitions; search."""

from datetime import timedelta
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.events import reading
from cag_events.site import listing
from cag_events.site.blueprint import bp
from cag_events.site.share import programme_feeds, share
from cag_events.web.access import public
from cag_events.web.organisation import site


@bp.get("/<lang>/")
@public
def programme() -> ResponseReturnValue:
    """See what is on, from today, and narrow it down."""
    asked = listing.read(request.args)
    path = url_for("site.programme")
    page = listing.find_page(asked, listing.page_number(request.args), path)
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
