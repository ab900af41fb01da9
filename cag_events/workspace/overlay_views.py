"""One's own calendars beneath the workspace's: add, name, show, look again, remove."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.errors import Refused
from cag_events.events import reading
from cag_events.permissions import Permission
from cag_events.web import throttle
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.errors import say
from cag_events.web.gate import takes_files
from cag_events.workspace import overlays
from cag_events.workspace.blueprint import bp
from cag_events.workspace.overlay_forms import NewOverlayForm, OverlayForm


@bp.get("/<lang>/organise/calendar/overlays")
@needs(Permission.EVENT_SEE)
def own_overlays() -> ResponseReturnValue:
    """See one's own calendars that lie beneath the workspace's."""
    return _page(NewOverlayForm(formdata=None))


@bp.post("/<lang>/organise/calendar/overlays")
@needs(Permission.EVENT_SEE)
@takes_files(overlays.MOST_FILE_BYTES)
def add_overlay() -> ResponseReturnValue:
    """Lay another calendar beneath."""
    form = NewOverlayForm()
    if form.validate():
        with form.refusals():
            octets = form.octets()
            throttle.spend((throttle.IMPORT_ACCOUNT, str(actor().account_id)))
            name, token = str(form.name.data or ""), str(form.token.data or "")
            if octets:
                overlays.add_from_file(octets, name, token, called=form.called(), by=actor())
            else:
                overlays.add_from_url(str(form.url.data), name, token, by=actor())
            flash(_("The calendar lies beneath yours now. Nobody else sees it."), "ok")
            return redirect(url_for(".own_overlays"), 303)
    return _page(form), 422


@bp.get("/<lang>/organise/calendar/overlays/<row_id>")
@needs(Permission.EVENT_SEE)
def edit_overlay(row_id: str) -> ResponseReturnValue:
    """See an overlay's name and colour."""
    overlay = overlays.get_overlay(row_id, actor().account_id or 0)
    return _editor(row_id, OverlayForm(formdata=None, name=overlay.name, token=overlay.token))


@bp.post("/<lang>/organise/calendar/overlays/<row_id>")
@needs(Permission.EVENT_SEE)
def change_overlay(row_id: str) -> ResponseReturnValue:
    """Give an overlay another name and colour."""
    overlays.get_overlay(row_id, actor().account_id or 0)
    form = OverlayForm()
    if not form.validate():
        return _editor(row_id, form), 422
    overlays.change_overlay(row_id, name=str(form.name.data), token=str(form.token.data or ""), by=actor())
    return redirect(url_for(".own_overlays"), 303)


@bp.post("/<lang>/organise/calendar/overlays/<row_id>/show")
@needs(Permission.EVENT_SEE)
def show_overlay(row_id: str) -> ResponseReturnValue:
    """Show an overlay in the calendar, or leave it out."""
    overlays.show_overlay(row_id, is_shown=request.form.get("shown") == "1", by=actor())
    return redirect(url_for(".own_overlays"), 303)


@bp.post("/<lang>/organise/calendar/overlays/<row_id>/refresh")
@needs(Permission.EVENT_SEE)
def refresh_overlay(row_id: str) -> ResponseReturnValue:
    """Fetch an overlay without waiting."""
    throttle.spend((throttle.IMPORT_ACCOUNT, str(actor().account_id)))
    try:
        overlays.refresh_now(row_id, by=actor())
        flash(_("Fetched."), "ok")
    except Refused as refused:
        flash(say(refused), "error")
    return redirect(url_for(".own_overlays"), 303)


@bp.post("/<lang>/organise/calendar/overlays/<row_id>/remove")
@needs(Permission.EVENT_SEE)
def remove_overlay(row_id: str) -> ResponseReturnValue:
    """Delete an overlay."""
    overlays.remove_overlay(row_id, by=actor())
    flash(_("The calendar is gone from here, with all that was kept of it."), "ok")
    return redirect(url_for(".own_overlays"), 303)


def _page(form: NewOverlayForm) -> str:
    reader = reading.reader()
    found = [
        (overlay, say(fault) if (fault := overlays.fault_of(overlay)) is not None else "")
        for overlay in overlays.list_overlays(actor().account_id or 0)
    ]
    return render_template("workspace/overlays.html", found=found, form=form, home=reader.home)


def _editor(row_id: str, form: OverlayForm) -> str:
    return render_template("workspace/overlay.html", form=form, row_id=row_id)
