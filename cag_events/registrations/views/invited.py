"""The invited person's side of an invitation: the event, a yes, a no, somebody else."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cag_events import clock
from cag_events.domain.disclosure import Viewer
from cag_events.domain.errors import NotFound
from cag_events.domain.inviting import Reply
from cag_events.events.queries import get_record
from cag_events.registrations import intake
from cag_events.registrations.forms import obstacle_of
from cag_events.registrations.forms.people import AnswerForm, answer_form
from cag_events.registrations.models import Invitation
from cag_events.registrations.page import EventBeside, see
from cag_events.registrations.queries import find_invitation, seat_state, terms_of
from cag_events.registrations.services import invitations
from cag_events.registrations.views.blueprint import bp
from cag_events.web.access import public
from cag_events.web.actor import actor
from cag_events.web.errors import say


@bp.get("/<lang>/invitations/<token>")
@public
def invited(token: str) -> ResponseReturnValue:
    """See the event that one is invited to, and answer."""
    return _page(token)


@bp.post("/<lang>/invitations/<token>")
@public
def answer(token: str) -> ResponseReturnValue:
    """Answer an invitation: come, not come, or somebody else."""
    if request.form.get("action") == "decline":
        invitations.say_no(token)
        return redirect(url_for(".invited", token=token), 303)
    invitation = find_invitation(token, clock.now(), answered=True)  # the same press again gets the same answer
    if invitation is None:
        raise NotFound("invitation")
    form = _form(invitation)
    sent = intake.submit(form, _seen(invitation).view, by=actor(), invitation=token, answering=form)
    return sent or (_page(token, form), *intake.status_of(form))


@bp.get("/<lang>/invitations/receipt")
@public
def receipt() -> ResponseReturnValue:
    """See what happens next, after answering an invitation; it names no event."""
    outcome = request.args.get("outcome", "")
    known = outcome if outcome in intake.OUTCOMES.values() else "seat"
    return render_template("registrations/receipt.html", outcome=known)


def _invitation(token: str) -> Invitation:
    found = find_invitation(token, clock.now())
    if found is None:
        raise NotFound("invitation")
    return found


def _seen(invitation: Invitation) -> EventBeside:
    viewer = Viewer(circle=actor().viewer.circle, invited=True)
    return see(get_record(invitation.event_id), viewer, clock.now())


def _form(invitation: Invitation) -> AnswerForm:
    state = seat_state(get_record(invitation.event_id))
    return answer_form(_seen(invitation).view, state, terms_of(invitation))


def _page(token: str, form: AnswerForm | None = None) -> str:
    invitation = _invitation(token)
    event = _seen(invitation)
    obstacle = obstacle_of(event.view, actor(), is_invited=True)
    if obstacle is None and form is None:
        form = _form(invitation)
    return render_template(
        "registrations/invited.html",
        event=event,
        view=event.view,
        form=form,
        obstacle=say(obstacle) if obstacle else "",
        terms=terms_of(invitation),
        has_declined=invitation.reply is Reply.NO,
        until=invitation.expires_at,
        token=token,
    )
