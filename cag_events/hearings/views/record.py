"""The team's pages of a record: write it, see what would become public, publish it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.disclosure import STRANGER, disclose
from cag_events.domain.errors import Refused, Stale
from cag_events.hearings import rules, services
from cag_events.hearings.forms import record_form
from cag_events.hearings.queries import find_kept, preview
from cag_events.hearings.views.blueprint import around, bp, for_team
from cag_events.hearings.views.public import record_values
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.choices import own_languages
from cag_events.web.errors import say
from cag_events.web.gate import whole_number
from cag_events.web.language import languages


@bp.route("/<lang>/organise/events/<key>/record", methods=["GET", "POST"])
@needs(Permission.EVENT_EDIT)
def edit_record(key: str) -> ResponseReturnValue:
    """Write the record."""
    view = for_team(key)
    session, kept = rules.session_of(view), find_kept(view.id)
    form = record_form(languages(), len(session.questions) + 1)()
    form.load(kept.draft, session, kept.version)
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                version = whole_number(form.version.data, 0)
                services.save_record(view.id, form.read(kept.draft), version=version, by=actor())
            except Stale:
                status = 409
                form.form_errors = [
                    _("Somebody else has saved in between. Copy what you wrote and open the page anew.")
                ]
            else:
                flash(_("Saved. Nothing of it is public before you publish."), "ok")
                return redirect(url_for(".edit_record", key=view.key), 303)
    return (
        render_template(
            "hearings/edit_record.html",
            **around(view),
            form=form,
            session=session,
            kept=kept,
            own_languages=own_languages(languages()),
        ),
        status,
    )


@bp.get("/<lang>/organise/events/<key>/record/publish")
@needs(Permission.EVENT_EDIT)
def publishing(key: str) -> ResponseReturnValue:
    """See exactly what becomes public."""
    view = for_team(key)
    kept, found = find_kept(view.id), preview(view)
    seen = disclose(view, STRANGER, clock.now())
    return render_template(
        "hearings/publishing.html",
        **{**record_values(view, found), **around(view)},
        kept=kept,
        embargo=rules.session_of(view).embargo_until,
        is_hidden=seen.neutral or not seen.details,
    )


@bp.post("/<lang>/organise/events/<key>/record/publish")
@needs(Permission.EVENT_PUBLISH)
def publish(key: str) -> ResponseReturnValue:
    """Publish the record, or take it back."""
    view = for_team(key)
    try:
        if request.form.get("action") == "withdraw":
            services.withdraw_record(view.id, by=actor())
            flash(_("The record is no longer public."), "ok")
        else:
            services.publish_record(view.id, by=actor())
            flash(_("The record is public."), "ok")
    except Refused as refused:
        flash(say(refused), "error")
    return redirect(url_for(".publishing", key=view.key), 303)
