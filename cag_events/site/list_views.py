"""The programme: as a list, as a month, by theme, by campaign; exhibitions; search."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from cag_events.site import listing
from cag_events.site.blueprint import bp
from cag_events.web.access import public


@bp.get("/<lang>/")
@public
def programme() -> ResponseReturnValue:
    """See what is on, from today, and narrow it down."""
    asked = listing.read(request.args)
    path = url_for("site.programme")
    page = listing.find_page(asked, listing.page_number(request.args), path)
    return render_template("site/programme.html", asked=asked, page=page, path=path)
