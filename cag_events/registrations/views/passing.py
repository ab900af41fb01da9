"""Passing a seat on: the giver's page, the new person's page, and what the organizer decides."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.disclosure import Viewer
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.retention import kept_until
from cag_events.events.models import Event
from cag_events.events.queries import get_record, get_view
from cag_events.events.wording import MODE_WORDS
from cag_events.permissions import Permission
from cag_events.registrations.forms import OwnForm
from cag_events.registrations.forms.people import PassOnForm, take_over_form, taken_of
from cag_events.registrations.models import Delegate, Registration
from cag_events.registrations.page import EventBeside, see
from cag_events.registrations.queries import find_successor, get_registration, occurrences_of
from cag_events.registrations.queries.members import find_offered
from cag_events.registrations.services import make_link, passing
from cag_events.registrations.views.blueprint import bp
from cag_events.registrations.views.people import beside, opened
from cag_events.web.access import needs, public
from cag_events.web.actor import actor
from cag_events.web.errors import say


@bp.get("/<lang>/registrations/<token>/pass-on")
@public
def pass_on(token: str) -> ResponseReturnValue:
    """Name who is to take one's seat, or see who was named."""
    return _giver_page(opened(token), token, PassOnForm(formdata=None))


@bp.post("/<lang>/registrations/<token>/pass-on")
@public
def offer(token: str) -> ResponseReturnValue:
    """Name who is to take one's seat, or keep it after all."""
    registration = opened(token)
    if request.form.get("action") == "keep":
        passing.take_back(registration.id)
        flash(_("You keep your seat."), "ok")
        return redirect(url_for(".mine", token=token), 303)
    form = PassOnForm()
    if form.validate():
        with form.refusals():
            passing.pass_on(registration.id, str(form.name.data), str(form.email.data))
            return redirect(url_for(".pass_on", token=token), 303)
    return _giver_page(opened(token), token, form), 422


@bp.get("/<lang>/taking-over/<token>")
@public
def take_over(token: str) -> ResponseReturnValue:
    """See the seat that somebody passes on."""
    successor, registration = _offered(token)
    return _taker_page(token, successor, registration, take_over_form(_seen(registration).view, successor.name or ""))


@bp.post("/<lang>/taking-over/<token>")
@public
def taken(token: str) -> ResponseReturnValue:
    """Take the seat, or leave it with who has it."""
    successor, registration = _offered(token)
    if request.form.get("action") == "decline":
        passing.turn_down(token)
        return render_template("registrations/taken.html", event=_seen(registration))
    form = take_over_form(_seen(registration).view, "")
    if form.validate():
        with form.refusals():
            with transaction():
                link = make_link(passing.take_over(token, taken_of(form)))
            flash(_("The seat is yours. Welcome!"), "ok")
            return redirect(url_for(".mine", token=link), 303)
    return _taker_page(token, successor, registration, form), 422


@bp.post("/<lang>/organise/events/<key>/registrations/<code>/passing")
@needs(Permission.ATTENDEES_EDIT)
def decide_passing(key: str, code: str) -> ResponseReturnValue:
    """Let somebody take a seat that is passed on, or not."""
    registration = get_registration(get_view(key, actor().viewer, clock.now()).id, code)
    actions = {"allow": passing.allow, "refuse": passing.refuse}
    action = actions.get(request.form.get("action", ""))
    if action is None:
        raise NotFound(code)
    try:
        action(registration.id, by=actor())
    except Refused as refused:
        flash(say(refused), "error")
    return redirect(url_for(".detail", key=key, code=code), 303)


def _giver_page(registration: Registration, token: str, form: PassOnForm) -> str:
    event_row = db.session.get_one(Event, registration.event_id)
    hindrance = passing.find_hindrance(event_row, registration)
    successor = find_successor(registration.id)
    now = clock.now()
    return render_template(
        "registrations/pass_on.html",
        event=beside(registration),
        form=form,
        hindrance=say(hindrance) if hindrance else "",
        asks_organizer=passing.asks_organizer(event_row, registration),
        party=registration.party,
        successor={
            "name": successor.name or "",
            "email": successor.email or "",
            "is_allowed": successor.allowed_at is not None,
            "until": successor.expires_at,
        }
        if successor and (successor.expires_at is None or now < successor.expires_at)
        else None,
        token=token,
    )


def _taker_page(token: str, successor: Delegate, registration: Registration, form: OwnForm) -> str:
    event = _seen(registration)
    hindrance = passing.find_hindrance(db.session.get_one(Event, registration.event_id), registration)
    return render_template(
        "registrations/take_over.html",
        event=event,
        view=event.view,
        form=form,
        hindrance=_("This seat cannot be taken any more.") if hindrance else "",
        email=successor.email or "",
        until=successor.expires_at,
        party=registration.party,
        mode=_(MODE_WORDS[registration.mode]),
        kept=kept_until(event.view),
        token=token,
    )


def _offered(token: str) -> tuple[Delegate, Registration]:
    successor = find_offered(token, clock.now())
    registration = db.session.get(Registration, successor.registration_id) if successor else None
    if successor is None or registration is None:
        raise NotFound("successor")
    return successor, registration


def _seen(registration: Registration) -> EventBeside:
    """The event as somebody may see it who has no seat yet."""
    chosen = occurrences_of([registration.id])[registration.id]
    return see(get_record(registration.event_id), Viewer(invited=True), clock.now(), chosen)
