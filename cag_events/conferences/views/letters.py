"""Letters of invitation, as for a visa: who asked, and a page to print whose facts are typed there and kept nowhere."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.conferences import services
from cag_events.conferences.queries import list_wishes
from cag_events.conferences.views.blueprint import bp
from cag_events.conferences.views.organise import conference
from cag_events.domain import when
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventView
from cag_events.domain.seats import LIVE, Status
from cag_events.domain.texts import pick
from cag_events.events.tabs import tabs_of
from cag_events.permissions import Permission, may
from cag_events.registrations.queries import get_registration, list_registrations, occurrences_of
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.language import current_language


@bp.get("/<lang>/organise/events/<key>/letters")
@needs(Permission.ATTENDEES_SEE)
def letters(key: str) -> ResponseReturnValue:
    """See who asked for a letter of invitation."""
    view = _with_letters(key)
    wishes = list_wishes(view.id)
    people = [row for row in list_registrations(view.id, statuses=LIVE) if row.id in wishes]
    return render_template(
        "conferences/letters.html",
        view=view,
        title=pick(view.title, current_language()),
        event_tabs=tabs_of(view, actor()),
        people=[
            {
                "name": row.name or "",
                "code": row.code,
                "is_confirmed": row.status is Status.CONFIRMED,
                "asked_at": wishes[row.id].asked_at,
                "sent_at": wishes[row.id].sent_at,
            }
            for row in people
        ],
        may_edit=may(actor(), Permission.ATTENDEES_EDIT),
    )


@bp.post("/<lang>/organise/events/<key>/letters/<code>")
@needs(Permission.ATTENDEES_EDIT)
def mark_letter(key: str, code: str) -> ResponseReturnValue:
    """Note that a letter was sent, or was not."""
    view = _with_letters(key)
    services.mark_sent(view.id, code, is_sent=request.form.get("sent") == "yes", by=actor())
    return redirect(url_for(".letters", key=view.key), 303)


@bp.get("/<lang>/organise/events/<key>/letters/<code>")
@needs(Permission.ATTENDEES_SEE)
def letter_of(key: str, code: str) -> ResponseReturnValue:
    """Print a letter of invitation; what only the letter needs is typed on the page and kept nowhere."""
    view = _with_letters(key)
    registration = get_registration(view.id, code)
    if registration.is_removed or registration.status not in LIVE:
        raise NotFound(code)
    days = set(occurrences_of([registration.id])[registration.id])
    return render_template(
        "conferences/letter.html",
        view=view,
        title=pick(view.title, current_language()),
        name=registration.name or "",
        dates=[part for part in view.living if part.id in days],
        today=when.day_of(clock.now(), view.tz),
        back=(url_for(".letters", key=view.key), _("Back to the letters")),
    )


def _with_letters(key: str) -> EventView:
    view = conference(key)
    if not view.registration.travel_support:
        raise NotFound(key)
    return view
