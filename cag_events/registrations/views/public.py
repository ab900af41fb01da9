"""Pages for those without an account: the link again, an alias's code, an invitation."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.disclosure import Viewer
from cag_events.domain.errors import NotFound
from cag_events.events.queries import get_record
from cag_events.registrations import intake, services
from cag_events.registrations.forms import CodeForm, LostForm, RegisterForm, obstacle_of, register_form
from cag_events.registrations.page import see
from cag_events.registrations.queries import find_invitation, seat_state
from cag_events.registrations.views.blueprint import bp
from cag_events.web import throttle
from cag_events.web.access import public
from cag_events.web.actor import actor
from cag_events.web.errors import say


@bp.get("/<lang>/registrations")
@public
def lost() -> ResponseReturnValue:
    """Ask for one's link again, or open a seat by its six words."""
    return _lost_page(LostForm(prefix="mail-"), CodeForm(prefix="code-"))


@bp.post("/<lang>/registrations")
@public
def send_link() -> ResponseReturnValue:
    """Have the links mailed: the same answer for every address. Or open the seat of an alias."""
    form, code = LostForm(prefix="mail-"), CodeForm(prefix="code-")
    if code.code.data:
        return _open_by_code(code)
    if not form.validate():
        return _lost_page(form, CodeForm(formdata=None, prefix="code-")), 422
    throttle.spend((throttle.REGISTER_EMAIL, str(form.email.data)))
    services.ask_for_link(str(form.email.data))
    flash(_("If there is a registration for that address, the link is on its way by mail."), "ok")
    return redirect(url_for(".lost"), 303)


def _open_by_code(form: CodeForm) -> ResponseReturnValue:
    if form.validate():
        throttle.spend((throttle.ALIAS_ADDRESS, throttle.network_address()))
        if token := services.open_by_code(str(form.code.data)):
            return redirect(url_for(".mine", token=token), 303)
        form.code.errors = [_("We do not know these words. Look whether one of them is misspelt.")]
    return _lost_page(LostForm(formdata=None, prefix="mail-"), form), 422


def _lost_page(form: LostForm, code: CodeForm) -> str:
    return render_template("registrations/lost.html", form=form, code=code)


@bp.get("/<lang>/invitations/<token>")
@public
def invited(token: str) -> ResponseReturnValue:
    """See the event that one is invited to, and register."""
    return _invitation_page(token)


@bp.post("/<lang>/invitations/<token>")
@public
def answer(token: str) -> ResponseReturnValue:
    """Register by an invitation."""
    record = get_record(_event_of_invitation(token))
    event = see(record, Viewer(circle=actor().viewer.circle, invited=True), clock.now())
    form = register_form(event.view, seat_state(record))
    sent = intake.submit(form, event.view, by=actor(), invitation=token)
    return sent or (_invitation_page(token, form), 422)


@bp.get("/<lang>/invitations/receipt")
@public
def receipt() -> ResponseReturnValue:
    """See what happens next, after answering an invitation; it names no event."""
    outcome = request.args.get("outcome", "")
    known = outcome if outcome in intake.OUTCOMES.values() else "seat"
    return render_template("registrations/receipt.html", outcome=known)


def _event_of_invitation(token: str) -> int:
    invitation = find_invitation(token, clock.now())
    if invitation is None:
        raise NotFound("invitation")
    return invitation.event_id


def _invitation_page(token: str, form: RegisterForm | None = None) -> str:
    record = get_record(_event_of_invitation(token))
    event = see(record, Viewer(circle=actor().viewer.circle, invited=True), clock.now())
    obstacle = obstacle_of(event.view, actor(), is_invited=True)
    if obstacle is None and form is None:
        form = register_form(event.view, seat_state(record))
    return render_template(
        "registrations/invited.html",
        event=event,
        view=event.view,
        form=form,
        obstacle=say(obstacle) if obstacle else "",
    )
