"""Pages that are opened by a link of their own: a role card, a guardian's yes, the debriefing by its code."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.disclosure import Viewer, disclose
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventRecord, EventView
from cag_events.domain.seats import LIVE
from cag_events.domain.texts import pick
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.registrations.models import Registration
from cag_events.roleplays import services
from cag_events.roleplays.cards import Refusal, open_card
from cag_events.roleplays.codes import DEBRIEFING, GUARDIAN, read_link_token
from cag_events.roleplays.forms import GuardianForm, debriefing_form
from cag_events.roleplays.models import Player
from cag_events.roleplays.queries import asks_age, play_of
from cag_events.roleplays.services.debriefing import is_open
from cag_events.roleplays.views.blueprint import bp
from cag_events.web import session, throttle
from cag_events.web.access import public
from cag_events.web.language import current_language

_SESSION = throttle.Limit("debriefing.session", 40, throttle.HOUR, 5 * throttle.MINUTE, throttle.HOUR)  # a tablet's
_EVENT = throttle.Limit("debriefing.event", 400, throttle.HOUR, throttle.MINUTE, 10 * throttle.MINUTE)


@bp.get("/<lang>/role-cards/<token>")
@public
def card(token: str) -> ResponseReturnValue:
    """Read a role card by its own link; a link whose role has moved is dead, and the look is noted."""
    found = open_card(token)
    if found is None:
        raise NotFound("card")
    if isinstance(found, Refusal):
        services.note_look(found.event_id, found.place, found.who, found.why)
        raise NotFound("card")
    record, shown = found
    view = disclose(record, Viewer(confirmed=True, invited=True), clock.now())
    return render_template(
        "roleplays/card.html",
        cards=[shown],
        view=view,
        title=pick(view.title, current_language()),
        token="",
        opt_out=play_of(record).opt_out,
    )


@bp.get("/<lang>/guardians/<token>")
@public
def guardian(token: str) -> ResponseReturnValue:
    """See, as a guardian, what somebody wants to take part in."""
    return _guardian_page(*_whose(token))


@bp.post("/<lang>/guardians/<token>")
@public
def guardian_says(token: str) -> ResponseReturnValue:
    """Agree, or take that back."""
    player, view = _whose(token)
    if request.form.get("action") == "take_back":
        services.take_back_agreement(player.registration_id)
        flash(_("Your yes is taken back. They cannot read a role card any more."), "ok")
        return redirect(url_for(".guardian", token=token), 303)
    form = GuardianForm()
    if form.validate():
        with form.refusals():
            services.agree(player.registration_id, str(form.guardian.data))
            flash(_("Thank you. Your yes is saved."), "ok")
            return redirect(url_for(".guardian", token=token), 303)
    return _guardian_page(player, view, form), 422


def _whose(token: str) -> tuple[Player, EventView]:
    row_id = read_link_token(token, GUARDIAN)
    player = db.session.scalar(select(Player).where(Player.row_id == row_id)) if row_id else None
    registration = db.session.get(Registration, player.registration_id) if player else None
    if player is None or registration is None or registration.status not in LIVE or player.is_minor is not True:
        raise NotFound("guardian")
    record = get_record(registration.event_id)
    if not asks_age(record):
        raise NotFound("guardian")
    return player, disclose(record, Viewer(invited=True), clock.now())


def _guardian_page(player: Player, view: EventView, form: GuardianForm | None = None) -> str:
    registration = db.session.get_one(Registration, player.registration_id)
    return render_template(
        "roleplays/guardian.html",
        form=form or GuardianForm(formdata=None),
        view=view,
        title=pick(view.title, current_language()),
        token="",
        first_name=(registration.name or "").split(" ")[0],
        has_agreed=player.agreed_at is not None,
    )


@bp.get("/<lang>/debriefings/<token>")
@public
def debrief(token: str) -> ResponseReturnValue:
    """See the debriefing form, by the link that game masters show on the wall."""
    record = _event(token)
    return _debriefing_page(record, debriefing_form(play_of(record).debriefing), token)


@bp.post("/<lang>/debriefings/<token>")
@public
def send_debrief(token: str) -> ResponseReturnValue:
    """Send the debriefing form."""
    record = _event(token)
    form = debriefing_form(play_of(record).debriefing)
    if form.validate():
        throttle.spend((_SESSION, session.current().id), (_EVENT, str(record.id)))
        with form.refusals():
            services.answer(record.id, form.read())
            return redirect(url_for(".debrief", token=token, sent=1), 303)
    return _debriefing_page(record, form, token), 422


def _event(token: str) -> EventRecord:
    row_id = read_link_token(token, DEBRIEFING)
    event_id = db.session.scalar(select(Event.id).where(Event.uid == row_id)) if row_id else None
    if event_id is None:
        raise NotFound("debriefing")
    record = get_record(event_id)
    if not is_open(record):
        raise NotFound("debriefing")
    return record


def _debriefing_page(record: EventRecord, form: Any, token: str) -> str:
    view = disclose(record, Viewer(invited=True), clock.now())
    return render_template(
        "roleplays/debriefing.html",
        form=form,
        is_sent=request.method == "GET" and request.args.get("sent") == "1",
        action=url_for(".send_debrief", token=token),
        view=view,
        title=pick(view.title, current_language()),
        token="",
    )
