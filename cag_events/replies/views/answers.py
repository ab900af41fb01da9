"""What calendars answered about an event: the seats they freed, and what needs a human."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.audit.services import record_reading
from cag_events.domain.texts import pick
from cag_events.events.queries import get_view
from cag_events.events.tabs import tabs_of
from cag_events.permissions import Permission
from cag_events.replies import services
from cag_events.replies.models import Outcome
from cag_events.replies.queries import list_answers
from cag_events.replies.views.blueprint import bp
from cag_events.replies.wording import BECAME, OTHERWISE, SAID, TONE, WHY
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.language import current_language


@bp.get("/<lang>/organise/events/<key>/answers")
@needs(Permission.ATTENDEES_EDIT)
def answers(key: str) -> ResponseReturnValue:
    """See what calendars answered, and what waits for somebody."""
    view = get_view(key, actor().viewer)
    record_reading("registrations.read", by=actor(), event_id=view.id)
    return render_template(
        "replies/answers.html",
        view=view,
        title=pick(view.title, current_language()),
        event_tabs=tabs_of(view, actor()),
        rows=[
            {
                "one": one,
                "said": _(SAID[one.partstat]) if one.partstat in SAID else _("something else"),
                "why": _(WHY.get(one.reason, OTHERWISE)) if one.outcome is Outcome.HUMAN else "",
                "became": _(BECAME[one.outcome]),
                "tone": TONE[one.outcome],
                "waits": one.outcome is Outcome.HUMAN,
            }
            for one in list_answers(view.id)
        ],
    )


@bp.post("/<lang>/organise/events/<key>/answers/<code>")
@needs(Permission.ATTENDEES_EDIT)
def settle(key: str, code: str) -> ResponseReturnValue:
    """Say that one has seen to what somebody's calendar answered."""
    services.settle(get_view(key, actor().viewer).id, code, by=actor())
    flash(_("Good. It no longer waits."), "ok")
    return redirect(url_for(".answers", key=key), 303)
