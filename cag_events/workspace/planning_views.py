"""Making an event in the calendar: its title, its kind, and when; the rest is the editor's."""

from dataclasses import replace
from datetime import date, datetime

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from cag_events.events import reading, services
from cag_events.events.cards import kind_label
from cag_events.events.editing import FIRST_KIND, asked_times
from cag_events.events.fields import EventFields, OccurrenceFields
from cag_events.events.forms.event import EventForm
from cag_events.events.models import Event
from cag_events.kinds import KINDS
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.language import current_language
from cag_events.workspace.blueprint import bp
from cag_events.workspace.forms import PlanForm, is_over_midnight


@bp.route("/<lang>/organise/calendar/new", methods=["GET", "POST"])
@needs(Permission.EVENT_EDIT)
def plan() -> ResponseReturnValue:
    """Make a draft at a time."""
    reader = reading.reader()
    form = PlanForm()
    form.kind.choices = [
        SelectChoice(slug, kind_label(slug, reader)) for slug, kind in KINDS.items() if not kind.has_run
    ]
    if not form.is_submitted():
        _load(form, reader.today)
    elif form.validate():
        with form.refusals():
            walls = form.read()
            return _made(_plan(form, walls.starts, walls.ends))
    elif request.accept_mimetypes.best == "application/json":
        fields = {name: " ".join(map(str, texts)) for name, texts in form.errors.items() if name and texts}
        return jsonify(text=" ".join([*map(str, form.form_errors), *fields.values()]), fields=fields), 422
    return render_template("workspace/plan.html", form=form), 422 if form.is_submitted() else 200


def _plan(form: PlanForm, starts: datetime, ends: datetime) -> Event:
    slug = str(form.kind.data)
    fields = EventFields(
        kind=slug,
        title={current_language(): str(form.title.data)},
        occurrences=(OccurrenceFields(starts_wall=starts, ends_wall=ends),),
        **EventForm.defaults_of(slug),
    )
    return services.plan_event(replace(fields, lead=actor().account_id), by=actor())


def _made(event: Event) -> ResponseReturnValue:
    url = url_for("events.edit", key=event.key)
    if request.accept_mimetypes.best == "application/json":
        undo = {"event": event.key, "before": 0, "version": event.version}
        return jsonify(text=_("The draft is made."), url=url, undo=undo)
    flash(_("The draft is made."), "ok")
    return redirect(url, 303)


def _load(form: PlanForm, today: date) -> None:
    """Show the asked day and hours, the usual ones where none are asked for."""
    form.kind.data = FIRST_KIND
    asked = asked_times(FIRST_KIND, request.args) or asked_times(FIRST_KIND, {"day": today.isoformat()})
    assert asked is not None
    starts, ends = asked
    form.day.data, form.start.data, form.end.data = starts.date(), starts.time(), ends.time()
    if is_over_midnight(starts, ends):
        form.last_day.data = ends.date()
