"""The editor: a new event, an event that is there, a copy, the checklist, the end of a draft."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.validators import Optional

from cag_events.domain.errors import N_, NotFound, Refused, Stale
from cag_events.domain.lifecycle import Status
from cag_events.events import gate, services
from cag_events.events.blueprint import bp
from cag_events.events.drafts import fields_of, get_event
from cag_events.events.editing import Editor, event_title, has_series, open_editor
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.events.services.planning import what_moved
from cag_events.events.told import count_told
from cag_events.events.views.editor_page import editor_page, say_held
from cag_events.events.views.merging import conflict_page
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.forms import DateField, Form, WholeNumberField
from cag_events.web.gate import whole_number
from cag_events.web.language import languages


@bp.route("/<lang>/organise/events/new", methods=["GET", "POST"])
@needs(Permission.EVENT_EDIT)
def new() -> ResponseReturnValue:
    """Plan an event."""
    editor = open_editor(None, None)
    if editor.form.is_submitted() and not _rearranged(editor):
        if editor.validate():
            with editor.form.refusals():
                event = services.plan_event(
                    editor.read(),
                    online_url=editor.form.online_url.data or None,
                    parked=editor.to_park(),
                    by=actor(),
                )
                return _saved(event)
        return editor_page(editor, None), 422
    return editor_page(editor, None)


@bp.route("/<lang>/organise/events/<key>/edit", methods=["GET", "POST"])
@needs(Permission.EVENT_EDIT)
def edit(key: str) -> ResponseReturnValue:
    """Edit an event."""
    event = get_event(key)
    before = fields_of(event)
    editor = open_editor(event, before)
    if not editor.form.is_submitted() or _rearranged(editor):
        return editor_page(editor, event)
    if not editor.validate():
        return editor_page(editor, event), 422
    fields = editor.read()
    version = _version(editor)
    moved = what_moved(before, fields) if event.status is Status.PUBLISHED else []
    if moved and version == event.version and not request.form.get("told") and count_told(event.id):
        return editor_page(editor, event, moved=moved), 422
    try:
        saved = services.edit_event(
            event.id,
            fields,
            version=version,
            online_url=_online_url(editor),
            parked=editor.to_park(),
            by=actor(),
        )
    except Refused as refused:
        editor.form.refuse(refused)
        return editor_page(editor, get_event(key)), 422
    except Stale:
        return conflict_page(get_event(key), fields, version, _online_url(editor)), 409
    return _saved(saved)


def _version(editor: Editor) -> int:
    return whole_number(editor.form.version.data, 0)


def _online_url(editor: Editor) -> str | None:
    """The room's address as typed; empty to remove it; None to keep what is stored."""
    if editor.form.remove_online_url.data:
        return ""
    return editor.form.online_url.data or None


def _rearranged(editor: Editor) -> bool:
    """Do what a button asks that saves nothing: a row more or less, another kind, another language."""
    action = request.form.get("do", "save")
    if action == "kind":
        editor.switch_kind()
        return True
    if editor.form.change_rows(action):
        editor.form.add_blanks(has_series=has_series(editor.before))
        editor.form.offer(editor.choices, editor.before)
        editor.form.point_at_rows(action)
        return True
    return action == "check" or action.startswith("language-")


def _saved(event: Event) -> ResponseReturnValue:
    """Go on after saving: to publishing if that was the button, else back to the editor."""
    if request.form.get("do") == "publish" and event.status in (Status.DRAFT, Status.POSTPONED):
        return _publish(event)
    flash(_("Saved.") if event.status is Status.DRAFT else _("Saved. The page shows it now."), "ok")
    say_held(event.id)
    return redirect(url_for(".edit", key=event.key), 303)


def _publish(event: Event) -> ResponseReturnValue:
    """Publish a draft at once where nobody has to be told; else ask first, or show what is missing."""
    if event.published_at is not None or gate.check_event(event.id, languages()).missing:
        return redirect(url_for("workspace.publish", key=event.key), 303)
    try:
        services.publish_event(event.id, version=event.version, by=actor())
    except Refused:
        return redirect(url_for("workspace.publish", key=event.key), 303)
    flash(_("Published. Everybody who may know of it finds it in the programme now."), "ok")
    return redirect(url_for(".edit", key=event.key), 303)


class DuplicateForm(Form):
    """When the copy is."""

    first_on = DateField(N_("First day of the copy"), [Optional()])
    days = WholeNumberField(N_("or how many days later"), most=3650)


@bp.route("/<lang>/organise/events/<key>/duplicate", methods=["GET", "POST"])
@needs(Permission.EVENT_EDIT)
def duplicate(key: str) -> ResponseReturnValue:
    """Make a copy on another day."""
    event, form = get_event(key), DuplicateForm()
    if form.is_submitted():
        if form.validate():
            with form.refusals():
                copy = services.duplicate_event(event.id, days=form.days.data, first_on=form.first_on.data, by=actor())
                flash(_("Copied. Look it through and publish it when it is ready."), "ok")
                return redirect(url_for(".edit", key=copy.key), 303)
        return render_template("events/duplicate.html", form=form, event=_plain(event)), 422
    return render_template("events/duplicate.html", form=form, event=_plain(event))


@bp.route("/<lang>/organise/events/<key>/delete", methods=["GET", "POST"])
@needs(Permission.EVENT_EDIT)
def delete(key: str) -> ResponseReturnValue:
    """Delete a draft, after one more question."""
    event, form = get_event(key), Form()
    if form.is_submitted():
        if form.validate():
            with form.refusals():
                services.delete_draft(event.id, version=_asked_version(), by=actor())
                flash(_("The draft is deleted."), "ok")
                return redirect(url_for(".list"), 303)
        return render_template("events/delete.html", form=form, event=_plain(get_event(key))), 422
    return render_template("events/delete.html", form=form, event=_plain(event))


@bp.post("/<lang>/organise/events/<key>/tasks")
@needs(Permission.EVENT_EDIT)
def task(key: str) -> ResponseReturnValue:
    """Say that a planning task is done, or not after all."""
    event = get_event(key)
    number = whole_number(request.form.get("task"), -1)
    if number < 0:
        raise NotFound(key)
    do = services.untick_task if request.form.get("undo") else services.tick_task
    do(event.id, request.form.get("checklist", ""), number, by=actor())
    return redirect(url_for(".edit", key=key, _anchor="tasks"), 303)


def _asked_version() -> int:
    return whole_number(request.form.get("version"), 0)


def _plain(event: Event) -> dict[str, Any]:
    return {
        "key": event.key,
        "title": event_title(event.title),
        "version": event.version,
        "starts_at": event.starts_at,
        "tz": get_record(event.id).tz,
        "may_go": event.status is Status.DRAFT and event.published_at is None,
    }
