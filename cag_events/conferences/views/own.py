"""A visitor's own programme, by the link of their registration: ticks per item, and the list to print."""

from collections.abc import Collection

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events.conferences import services
from cag_events.conferences.items import programme_of
from cag_events.conferences.own_page import page_of
from cag_events.conferences.queries import SERVED, feed_of
from cag_events.conferences.services import Chosen
from cag_events.conferences.views.blueprint import bp
from cag_events.conferences.views.feed import NEW, shown_once
from cag_events.db import db
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.event import Aspect
from cag_events.events import reading
from cag_events.events.cards import title_of
from cag_events.events.extensions import OwnVisit
from cag_events.registrations.models import Registration
from cag_events.registrations.visits import visit_of
from cag_events.web.access import public
from cag_events.web.errors import say

MOST_KEYS = 200


def programme_visit(token: str) -> OwnVisit:
    """Return the visit of somebody who may see the programme. Raises NotFound for all others."""
    visit = visit_of(token)
    if visit.view.kind not in SERVED or Aspect.PROGRAMME in visit.view.hidden or visit.view.neutral:
        raise NotFound("programme")
    return visit


@bp.get("/<lang>/registrations/<token>/programme")
@public
def own(token: str) -> ResponseReturnValue:
    """See my own programme, and choose what is in it."""
    return _page(programme_visit(token))


@bp.post("/<lang>/registrations/<token>/programme")
@public
def choose(token: str) -> ResponseReturnValue:
    """Choose what is in my programme."""
    visit = programme_visit(token)
    keys = request.form.getlist("item")[:MOST_KEYS]
    try:
        chosen = services.choose(visit.registration_id, keys)
    except Refused as refused:
        return _page(programme_visit(token), ticked=keys, refused=refused), 422
    flash(*_said(chosen))
    return redirect(url_for(".own", token=token), 303)


@bp.post("/<lang>/registrations/<token>/letter")
@public
def letter(token: str) -> ResponseReturnValue:
    """Ask for a letter of invitation, or take that back."""
    visit = visit_of(token)
    wants = request.form.get("wants", "") == "yes"
    try:
        services.ask_for_letter(visit.registration_id, wants=wants)
    except Refused as refused:
        flash(say(refused), "error")
    else:
        flash(_("We have noted that you need a letter.") if wants else _("You no longer ask for a letter."), "ok")
    return redirect(url_for("registrations.mine", token=token), 303)


def _page(visit: OwnVisit, *, ticked: Collection[str] | None = None, refused: Refused | None = None) -> str:
    registration = db.session.get_one(Registration, visit.registration_id)
    return render_template(
        "conferences/own.html",
        view=visit.view,
        title=title_of(visit.view, reading.reader()),
        visit=visit,
        own=page_of(visit, registration.mode, registration.party, ticked),
        tracks=programme_of(visit.view).tracks,
        refused_text=say(refused) if refused else "",
        refused_key=(refused.field or "").removeprefix("item-") if refused else "",
        feed=feed_of(visit.registration_id),
        feed_once=shown_once(session.pop(NEW, None), visit.row_id),
        token=visit.token,
    )


def _said(chosen: Chosen) -> tuple[str, str]:
    """What the page says of a choice, and its tone."""
    parts = [_("Your programme is saved.")]
    if number := len(chosen.waiting):
        parts.append(
            ngettext("One item is full: you are on its waiting list.", "%(num)s are full: you wait for them.", number)
        )
    return " ".join(parts), "warn" if chosen.waiting else "ok"
