"""Moving in the calendar: the page and the dialog with date and time, what dragging sends, and undo."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events import clock
from cag_events.domain import when
from cag_events.domain.errors import N_, NotFound, Refused, Stale
from cag_events.domain.recurrence import Scope
from cag_events.domain.shifting import Walls
from cag_events.events import reading, services
from cag_events.events.models import Event
from cag_events.messages.queries.notices import find_held
from cag_events.messages.services.holding import send_now
from cag_events.permissions import Permission, may
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.dates import zone_city
from cag_events.web.gate import whole_number
from cag_events.workspace import moving, queries
from cag_events.workspace.blueprint import bp
from cag_events.workspace.forms import MoveDateForm, MoveRunForm
from cag_events.workspace.moving import Target

STALE = N_("Somebody has changed the event since you looked at it. Look where it is now and move it again.")
Moving = MoveDateForm | MoveRunForm


@bp.route("/<lang>/organise/calendar/move", methods=["GET", "POST"])
@needs(Permission.EVENT_EDIT)
def move() -> ResponseReturnValue:
    """Give a date or a run another time."""
    target = _target(request.values.get("event", ""), request.values.get("occurrence", ""))
    form = MoveDateForm() if target.walls else MoveRunForm()
    if not form.is_submitted():
        _load(form, target)
        return _page(target, form)
    status = 422
    if form.validate():
        try:
            with form.refusals():
                return _moved(target, _move(target, form))
        except Stale:
            form.form_errors = [*form.form_errors, _(STALE)]
            form.version.data, status = str(_target(target.view.key, str(target.occurrence or "")).version), 409
    return _answer(target, form, status)


@bp.post("/<lang>/organise/calendar/undo")
@needs(Permission.EVENT_EDIT)
def undo_move() -> ResponseReturnValue:
    """Put back what was moved, or throw away what was just made."""
    key = request.form.get("event", "")
    event_id = queries.find_event_id(key, actor())
    if event_id is None:
        raise NotFound(key)
    before, version = (whole_number(request.form.get(name), 0) for name in ("before", "version"))
    try:
        if before:
            services.undo_move(event_id, before=before, version=version, by=actor())
        else:
            services.delete_draft(event_id, version=version, by=actor())
    except Stale:
        return _said(_("Somebody has changed the event since. Nothing was undone."), 409)
    told = moving.told_text(event_id, clock.now()) if before else ""
    text = _("Moved back.") if before else _("The draft is deleted.")
    return _said(f"{text} {told}".strip(), 200)


@bp.post("/<lang>/organise/calendar/send")
@needs(Permission.EVENT_PUBLISH)
def send_moved() -> ResponseReturnValue:
    """Tell those who are registered now."""
    key = request.form.get("event", "")
    event_id = queries.find_event_id(key, actor())
    notice = find_held(event_id) if event_id is not None else None
    if notice is None:
        raise Refused("notice.settled", N_("It was sent or undone meanwhile."))
    number = send_now(notice.id, by=actor())
    return _said(ngettext("%(num)s mail is on its way.", "%(num)s mails are on their way.", number), 200)


def _target(key: str, occurrence: str) -> Target:
    return moving.find_target(key, occurrence, actor(), reading.reader())


def _load(form: Moving, target: Target) -> None:
    form.event.data, form.version.data = target.view.key, str(target.version)
    form.occurrence.data = str(target.occurrence or "")
    if isinstance(form, MoveDateForm) and target.walls:
        form.load(_asked(target) or target.walls)
    elif target.run:
        form.day.data, form.last_day.data = target.run


def _asked(target: Target) -> Walls | None:
    """Where the address says that it was put; nothing where it says so wrongly."""
    if "day" not in request.args:
        return None
    asked = MoveDateForm(request.args, meta={"csrf": False})
    try:
        return target.put(asked.read(), _zone(asked)) if asked.validate() else None
    except Refused:
        return None  # an hour that clocks skip: it is typed anew


def _zone(form: MoveDateForm) -> str:
    """By whose clocks it was typed, or nothing."""
    tz = str(form.tz.data or "")
    return tz if tz in when.zone_names() else ""


def _move(target: Target, form: Moving) -> Event:
    version, scope = whole_number(form.version.data, 0), Scope(form.scope.data or Scope.THIS)
    if isinstance(form, MoveRunForm):
        assert form.day.data
        assert form.last_day.data
        return services.move_run(
            target.view.id, form.day.data, form.last_day.data, scope=scope, version=version, by=actor()
        )
    assert target.occurrence is not None
    starts, ends = target.put(form.read(), _zone(form))
    return services.move_date(target.view.id, target.occurrence, starts, ends, scope=scope, version=version, by=actor())


def _moved(before: Target, event: Event) -> ResponseReturnValue:
    """Say where it is now, who is told, and what undoes it."""
    target = _target(event.key, str(before.occurrence or ""))
    if target.version == before.version:
        return _said(_("It is where it was."), 200)
    told = moving.told_text(target.view.id, clock.now())
    text = moving.moved_text(target, reading.reader().lang)
    undo = {"event": event.key, "before": before.version, "version": target.version}
    if _wants_plain():
        send = {"event": event.key} if told and may(actor(), Permission.EVENT_PUBLISH) else None
        return jsonify(text=text, told=told, undo=undo, send=send)
    flash(f"{text} {told}".strip(), "ok")
    return redirect(f"{moving.calendar_address(target)}&moved={event.key}&before={before.version}", 303)


def _said(text: str, status: int) -> ResponseReturnValue:
    """Answer in a line."""
    if _wants_plain():
        return jsonify(text=text), status
    flash(text, "ok" if status < 400 else "error")
    return redirect(url_for("workspace.calendar"), 303)


def _answer(target: Target, form: Moving, status: int) -> ResponseReturnValue:
    """Say what is wrong, at its field."""
    if not _wants_plain():
        return _page(target, form), status
    fields = {name: " ".join(map(str, texts)) for name, texts in form.errors.items() if name and texts}
    text = " ".join([*map(str, form.form_errors), *fields.values()])
    return jsonify(text=text, fields=fields, version=form.version.data), status


def _wants_plain() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _hints(target: Target, form: Moving) -> list[moving.Hint]:
    """What speaks against the time that the form shows, as far as it is one."""
    if isinstance(form, MoveRunForm):
        run = (form.day.data, form.last_day.data) if form.day.data and form.last_day.data else None
        return moving.find_hints(target, None, run if run and run[0] <= run[1] else target.run, actor())
    is_whole = form.day.data and form.start.data and form.end.data
    return moving.find_hints(target, form.read() if is_whole else None, None, actor())


def _page(target: Target, form: Moving) -> str:
    reader = reading.reader()
    values: dict[str, Any] = {
        "target": target,
        "form": form,
        "when": target.when(reader.lang),
        "zone": zone_city(target.tz, reader.lang),
        "is_elsewhere": target.tz != reader.home,
        "asks_scope": target.is_series or target.has_dates,
        "back_url": moving.calendar_address(target),
        "is_run": isinstance(form, MoveRunForm),
        "conflicts": _hints(target, form),
    }
    return render_template("workspace/move.html", **values)
