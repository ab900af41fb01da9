"""Who comes along: names, who stays when the party shrinks, a colleague who helps."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.inviting import Part
from cag_events.domain.retention import kept_until
from cag_events.domain.seats import LIVE
from cag_events.registrations.forms.people import GroupForm, HelperForm, group_form
from cag_events.registrations.models import Registration
from cag_events.registrations.queries import list_delegates, members_of
from cag_events.registrations.services import groups
from cag_events.registrations.views.blueprint import bp
from cag_events.registrations.views.people import beside, opened
from cag_events.web.access import public
from cag_events.web.errors import say
from cag_events.web.gate import whole_number


@bp.get("/<lang>/registrations/<token>/people")
@public
def group(token: str) -> ResponseReturnValue:
    """See who comes along, and fill in their names."""
    registration = _opened(token)
    people = whole_number(request.args.get("people"), 0, most=registration.party)
    return _page(registration, token, people=people if people < registration.party else 0)


@bp.post("/<lang>/registrations/<token>/people")
@public
def name_group(token: str) -> ResponseReturnValue:
    """Store the names; or say who stays, or let a colleague in."""
    registration = _opened(token)
    actions = {"names": _name, "fewer": _keep, "helper": _help}
    action = actions.get(request.form.get("action", ""))
    if action is None:
        raise NotFound("action")
    return action(registration, token)


def _name(registration: Registration, token: str) -> ResponseReturnValue:
    form = _form(registration)
    if form.validate():
        with form.refusals():
            groups.name_members(registration.id, form.read())
            flash(_("The names are saved."), "ok")
            return redirect(url_for(".mine", token=token), 303)
    return _page(registration, token, form=form), 422


def _keep(registration: Registration, token: str) -> ResponseReturnValue:
    people = whole_number(request.form.get("people"), 0, most=registration.party)
    staying = [whole_number(value, 0, most=registration.party) for value in request.form.getlist("stay")]
    try:
        groups.keep_members(registration.id, staying, people)
    except Refused as refused:
        return _page(opened(token), token, people=people, staying=staying, fault=say(refused)), 422
    flash(_("Your changes are saved."), "ok")
    return redirect(url_for(".mine", token=token), 303)


def _help(registration: Registration, token: str) -> ResponseReturnValue:
    form = HelperForm()
    if form.validate():
        with form.refusals():
            groups.add_helper(registration.id, str(form.email.data))
            flash(_("The link is on its way by mail."), "ok")
            return redirect(url_for(".group", token=token), 303)
    return _page(registration, token, helper=form), 422


def _opened(token: str) -> Registration:
    """The registration of a link, while there is something to change about it. Raises NotFound."""
    registration = opened(token)
    ends_at = beside(registration).view.ends_at
    if registration.status not in LIVE or (ends_at is not None and clock.now() >= ends_at):
        raise NotFound("group")
    return registration


def _form(registration: Registration) -> GroupForm:
    members = {one.position: one for one in members_of([registration.id])[registration.id]}
    return group_form(beside(registration).view, registration.party, members)


def _page(
    registration: Registration,
    token: str,
    *,
    form: GroupForm | None = None,
    helper: HelperForm | None = None,
    people: int = 0,
    staying: Any = None,
    fault: str = "",
) -> str:
    event = beside(registration)
    view, seats = event.view, event.view.registration
    members = members_of([registration.id])[registration.id]
    kept = kept_until(view)
    is_listed = "id_name" in seats.ask
    return render_template(
        "registrations/group.html",
        event=event,
        view=view,
        form=form or group_form(view, registration.party, {one.position: one for one in members}),
        helper=helper or HelperForm(formdata=None),
        helpers=[one.email or "" for one in list_delegates(registration.id, Part.HELPER)],
        contact=registration.name or "",
        party=registration.party,
        people=people,
        members=members,
        staying=set(staying) if staying is not None else {one.position for one in members[: people - 1]},
        fault=fault,
        is_listed=is_listed,
        needed_at=(seats.closes_at or view.starts_at) if is_listed else None,
        kept_until=(kept.visitor_list if is_listed else kept.registration) if kept else None,
        token=token,
    )
