"""The organizer's side of invitations: whom to invite, who has answered, reminding, taking back, handing over."""

from collections import Counter

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from cag_events import clock
from cag_events.audiences.models import Contact
from cag_events.audit.services import record_reading
from cag_events.db import db
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.event import EventView
from cag_events.domain.inviting import may_remind, read_addressees
from cag_events.domain.texts import pick
from cag_events.events.queries import get_view
from cag_events.permissions import Permission
from cag_events.registrations.forms.people import InviteForm
from cag_events.registrations.queries import Invited, list_invited
from cag_events.registrations.services import invitations
from cag_events.registrations.views.blueprint import bp
from cag_events.registrations.wording import OWN_REPLY, STATUS
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.errors import say
from cag_events.web.gate import whole_number
from cag_events.web.language import current_language
from cag_events.web.templating import absolute

SHOWN_ONCE = "invitation_link"  # in the session: a link to hand over


@bp.get("/<lang>/organise/events/<key>/registrations/invite")
@needs(Permission.ATTENDEES_EDIT)
def invite(key: str) -> ResponseReturnValue:
    """Choose whom to invite."""
    return _invite_page(_view(key), InviteForm())


@bp.post("/<lang>/organise/events/<key>/registrations/invite")
@needs(Permission.ATTENDEES_EDIT)
def send_invitations(key: str) -> ResponseReturnValue:
    """Invite the chosen contacts, and the people and offices that were typed."""
    view, form = _view(key), InviteForm()
    if form.validate():
        with form.refusals():
            sending = invitations.Sending(
                contact_ids=_chosen(),
                addressees=read_addressees(str(form.lines.data or "")),
                note=str(form.note.data or ""),
                plus=int(form.plus.data or 0),
            )
            number = invitations.send(view.id, sending, by=actor())
            flash(
                ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", number)
                if number
                else _("Nobody new: all of them are invited or registered already."),
                "ok" if number else "info",
            )
            return redirect(url_for(".invitations", key=key), 303)
    return _invite_page(view, form), 422


@bp.get("/<lang>/organise/events/<key>/registrations/invitations", endpoint="invitations")
@needs(Permission.ATTENDEES_EDIT)
def show_invitations(key: str) -> ResponseReturnValue:
    """See who is invited and who has answered."""
    view = _view(key)
    record_reading("registrations.read", by=actor(), event_id=view.id)
    found, now = list_invited(view.id), clock.now()
    shown = session.pop(SHOWN_ONCE, None)
    due = sum(one.is_open and bool(one.email) and may_remind(one.sent_at, one.reminded_at, now) for one in found)
    link = url_for(".invited", token=shown[2]) if shown and shown[0] == view.id else ""
    return render_template(
        "registrations/invitations.html",
        view=view,
        title=pick(view.title, current_language()),
        rows=[(one, _standing(one)) for one in reversed(found)],
        counts=_counts(found),
        due=due,
        link=absolute(link) if link else "",
        link_for=shown[1] if link else "",
    )


@bp.post("/<lang>/organise/events/<key>/registrations/invitations")
@needs(Permission.ATTENDEES_EDIT)
def follow_invitations(key: str) -> ResponseReturnValue:
    """Remind those who have not answered, take an invitation back, or get a link to hand over."""
    view, action = _view(key), request.form.get("action", "")
    number = whole_number(request.form.get("invitation", ""), 0)
    try:
        if action == "remind":
            done = invitations.remind(view.id, by=actor())
            flash(ngettext("%(num)s person is reminded.", "%(num)s people are reminded.", done), "ok")
        elif action == "withdraw":
            invitations.withdraw_invitation(view.id, number, by=actor())
            flash(_("The invitation is taken back. Its link is dead."), "ok")
        elif action == "hand":
            token = invitations.hand_over(view.id, number, by=actor())
            session[SHOWN_ONCE] = [view.id, request.form.get("name", "")[:200], token]
        else:
            raise NotFound("action")
    except Refused as refused:
        flash(say(refused), "error")
    return redirect(url_for(".invitations", key=key), 303)


def _view(key: str) -> EventView:
    return get_view(key, actor().viewer, clock.now())


def _chosen() -> list[int]:
    return [number for value in request.form.getlist("contact") if (number := whole_number(value, 0))]


def _invite_page(view: EventView, form: InviteForm) -> str:
    invited = {one.email.casefold() for one in list_invited(view.id) if one.email and not one.is_withdrawn}
    contacts = db.session.scalars(select(Contact).where(Contact.email != "").order_by(Contact.name, Contact.id))
    chosen = set(_chosen())
    return render_template(
        "registrations/invite.html",
        view=view,
        title=pick(view.title, current_language()),
        form=form,
        contacts=[
            (contact.id, contact.name, contact.email, contact.email.casefold() in invited, contact.id in chosen)
            for contact in contacts
        ],
    )


def _standing(one: Invited) -> tuple[str, str]:
    """How an invitation stands: a word for its colour and the words."""
    if one.is_withdrawn:
        return "neutral", _("Taken back")
    if one.reply is None:
        return "warn", _("Not answered")
    said = _(OWN_REPLY[one.reply])
    if one.registration_status is not None:
        said = f"{said} · {_(STATUS[one.registration_status])}"
    return {"yes": "ok", "substitute": "ok", "no": "neutral"}[one.reply.value], said


def _counts(found: list[Invited]) -> list[tuple[str, int]]:
    counted = Counter(_(OWN_REPLY[one.reply]) for one in found if one.reply is not None)
    waiting = sum(one.is_open for one in found)
    back = sum(one.is_withdrawn for one in found)
    return [
        (_("Sent"), len(found)),
        *counted.items(),
        (_("Not answered"), waiting),
        *([(_("Taken back"), back)] if back else []),
    ]
