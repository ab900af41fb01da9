"""One tap from a reminder: I am not coming. Opening the link changes nothing, since mail scanners open every link."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cag_events.domain.errors import Refused
from cag_events.domain.seats import LIVE
from cag_events.registrations import services
from cag_events.registrations.views.blueprint import bp
from cag_events.registrations.views.people import beside, opened
from cag_events.web.access import public
from cag_events.web.errors import say


@bp.get("/<lang>/registrations/<token>/not-coming")
@public
def not_coming(token: str) -> ResponseReturnValue:
    """See the one button by which one gives one's seat back."""
    registration = opened(token)
    if registration.status not in LIVE:
        return redirect(url_for(".mine", token=token), 303)
    return render_template(
        "registrations/not_coming.html",
        event=beside(registration),
        party=registration.party,
        status=registration.status.value,
        token=token,
    )


@bp.post("/<lang>/registrations/<token>/not-coming")
@public
def not_come(token: str) -> ResponseReturnValue:
    """Give one's seat back; the page that follows has the undo."""
    registration = opened(token)
    try:
        services.withdraw(registration.id)
    except Refused as refused:
        flash(say(refused), "error")
    return redirect(url_for(".mine", token=token), 303)
