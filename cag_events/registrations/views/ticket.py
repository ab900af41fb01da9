"""One's ticket for the door: on the screen of a phone or on paper."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.errors import NotFound
from cag_events.registrations.tickets import ticket_sheet
from cag_events.registrations.views.blueprint import bp
from cag_events.registrations.visits import visit_of
from cag_events.web.access import public


@bp.get("/<lang>/registrations/<token>/ticket")
@public
def ticket(token: str) -> ResponseReturnValue:
    """Show one's ticket, or print it."""
    sheet = ticket_sheet(visit_of(token))
    if sheet is None:
        raise NotFound("ticket")
    back = (url_for(".mine", token=token), _("My registration"))
    return render_template("registrations/ticket.html", sheet=sheet, back=back)
