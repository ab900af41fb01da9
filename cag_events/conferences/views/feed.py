"""A visitor's own programme as a feed by a secret address: made, replaced and ended without an account."""

from typing import Any

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import Gone

from cag_events import clock
from cag_events.conferences import services
from cag_events.conferences.calendars import own_calendar
from cag_events.conferences.queries import find_feed
from cag_events.conferences.views.blueprint import bp
from cag_events.domain.errors import NotFound, Refused
from cag_events.registrations.visits import visit_of
from cag_events.web.access import public
from cag_events.web.calendar_answers import CALENDAR, GET_ONLY, PRIVATE, Answer, respond
from cag_events.web.errors import say
from cag_events.web.settings import base_url
from cag_events.web.throttle import spend_coarsely

NEW = "new_own_feed"  # in the session: the token that is shown once


@bp.route("/feeds/own/<token>.ics", **GET_ONLY)
@public
def own_ics(token: str) -> ResponseReturnValue:
    """Fetch my own programme."""
    found = find_feed(token)
    if found is None:
        raise NotFound(token)
    feed, registration = found
    spend_coarsely("private_feed", f"own feed {feed.id}")
    if feed.revoked_at is not None or registration.is_removed:
        raise Gone
    now, feed_id = clock.now(), feed.id
    answer = Answer(own_calendar(registration, now), CALENDAR, now, "my-programme.ics")
    answer.last_modified = services.note_body(feed_id, bytes.fromhex(answer.etag))
    return respond(answer, PRIVATE)


@bp.post("/<lang>/registrations/<token>/programme/feed")
@public
def own_feed(token: str) -> ResponseReturnValue:
    """Make the address of my feed, replace it, or end it."""
    visit = visit_of(token)
    try:
        if request.form.get("action") == "end":
            services.end_feed(visit.registration_id)
            flash(_("The feed has ended. Take it out of your calendar too."), "ok")
        else:
            session[NEW] = [visit.row_id, services.make_feed(visit.registration_id)]
    except Refused as refused:
        flash(say(refused), "error")
    return redirect(url_for(".own", token=token, _anchor="feed"), 303)


def shown_once(known: Any, row_id: str) -> dict[str, str] | None:
    """Return the addresses of a feed that has just been made, for its own page and once."""
    if not isinstance(known, list) or known[0] != row_id:
        return None
    https = f"{base_url()}/feeds/own/{known[1]}.ics"
    return {"https": https, "webcal": "webcal:" + https.partition(":")[2]}
