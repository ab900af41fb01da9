"""Letting an allocation be worked out, watching it, approving it, opening it again."""

from flask import Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.errors import Refused
from cag_events.permissions import Permission
from cag_events.roleplays import services
from cag_events.roleplays.forms import RunForm
from cag_events.roleplays.models import RunState
from cag_events.roleplays.queries import list_runs
from cag_events.roleplays.views.blueprint import bp
from cag_events.roleplays.views.desk import game_of, page, tell
from cag_events.web.access import needs
from cag_events.web.actor import actor


@bp.post("/<lang>/organise/events/<key>/roles")
@needs(Permission.ATTENDEES_EDIT)
def run(key: str) -> ResponseReturnValue:
    """Let an allocation be worked out."""
    view, form = game_of(key), RunForm()
    if form.validate():
        with form.refusals():
            services.ask_for_run(view.id, seed=form.seed.data, keeps=bool(form.keeps.data), by=actor())
            return redirect(url_for(".roles", key=key, _anchor="allocation"), 303)
    return page(view, form), 422


@bp.get("/<lang>/organise/events/<key>/roles.json")
@needs(Permission.ATTENDEES_SEE)
def progress(key: str) -> Response:
    """See how far the last allocation has come, as a script does."""
    runs = list_runs(game_of(key).id, 1)
    state = runs[0].state if runs else RunState.DONE
    return jsonify(progress=runs[0].progress if runs else 100, done=state not in (RunState.QUEUED, RunState.RUNNING))


@bp.post("/<lang>/organise/events/<key>/roles/approve")
@needs(Permission.ATTENDEES_EDIT)
def approve(key: str) -> ResponseReturnValue:
    """Give the roles of an allocation to the people."""
    view = game_of(key)
    try:
        services.approve(view.id, request.form.get("run", ""), by=actor())
        flash(_("The roles are given. Everybody whose role is new gets a mail."), "ok")
    except Refused as refused:
        tell(refused)
    return redirect(url_for(".roles", key=key, _anchor="allocation"), 303)


@bp.post("/<lang>/organise/events/<key>/roles/reopen")
@needs(Permission.ATTENDEES_EDIT)
def reopen(key: str) -> ResponseReturnValue:
    """Let wishes be changed and roles be given anew."""
    view = game_of(key)
    try:
        services.reopen(view.id, by=actor())
    except Refused as refused:
        tell(refused)
    return redirect(url_for(".roles", key=key, _anchor="allocation"), 303)
