"""What happens when somebody sends the registration form, wherever it stands: on the event page or an invitation."""

from flask import redirect, url_for
from werkzeug import Response

from cag_events.domain.errors import Refused
from cag_events.domain.event import EventView
from cag_events.domain.seats import Status
from cag_events.permissions import Actor
from cag_events.registrations import services
from cag_events.registrations.forms import RegisterForm
from cag_events.registrations.forms.people import AnswerForm
from cag_events.web import session, throttle

OUTCOMES = {Status.CONFIRMED: "seat", Status.WAITLISTED: "queue", Status.PENDING: "approval", Status.OFFERED: "mail"}


def status_of(form: RegisterForm) -> tuple[int, dict[str, str]]:
    """Return with which status and headers a form is shown again: something is wrong, or it was sent too often."""
    return (429, {"Retry-After": str(form.waits)}) if form.waits else (422, {})


def submit(
    form: RegisterForm,
    view: EventView,
    *,
    by: Actor,
    invitation: str | None = None,
    answering: AnswerForm | None = None,
) -> Response | None:
    """Register whoever sent the form and return where to go, or None: the form is shown again with what is wrong.

    The answer follows from the event's state and what was typed; who has an address gets everything personal by mail,
    an alias goes to the own page, which is the ticket. `answering` says who answers an invitation, and for whom.
    """
    if not form.validate():
        return None
    new = form.read(invitation=invitation)
    limits = [(throttle.REGISTER_SESSION, session.current().id), (throttle.REGISTER_EVENT, str(view.id))]
    if new.email:
        limits.append((throttle.REGISTER_EMAIL, new.email))
    try:
        done = services.register(view.id, new, by=by, limits=limits)
    except Refused as refused:
        form.refuse(refused)
        return None
    except throttle.TooMany as many:
        form.ask_to_wait(many.seconds)
        return None
    if invitation is not None and answering is not None and done.registration_id:
        services.note_reply(
            invitation,
            done.registration_id,
            is_substitute=answering.is_substitute,
            assistant=answering.assistant,
        )
    if done.token:
        return redirect(url_for("registrations.mine", token=done.token), 303)
    outcome = OUTCOMES[done.shown]
    if invitation is not None:  # it is answered now, and the event's own page may be hidden
        return redirect(url_for("registrations.receipt", outcome=outcome), 303)
    return redirect(url_for("site.receipt", key=view.key, outcome=outcome), 303)
