"""Today: what needs doing, for one's own events or for all."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cag_events import clock
from cag_events.domain.errors import NotFound
from cag_events.events import reading, services
from cag_events.events.editing import say
from cag_events.permissions import Permission, may
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.gate import whole_number
from cag_events.web.language import languages
from cag_events.workspace import queries
from cag_events.workspace.blueprint import bp
from cag_events.workspace.doing import find_today

FIRST_TASKS = 8  # the rest folds away
WHOSE = ("all", "mine")


@bp.get("/<lang>/organise/today")
@needs(Permission.WORKSPACE)
def today() -> ResponseReturnValue:
    """See what happens this week and what needs doing."""
    who, reader, now = actor(), reading.reader(), clock.now()
    whose = request.args.get("whose", "all")
    shown = find_today(who, reader, now, mine=whose == "mine", languages=languages())
    may_edit = may(who, Permission.EVENT_EDIT)
    return render_template(
        "workspace/today.html",
        shown=shown,
        is_new=may_edit and not shown.coming and not queries.has_events(),
        reader=reader,
        whose=whose if whose in WHOSE else "all",
        first_tasks=FIRST_TASKS,
        say=say,
        may_edit=may_edit,
        may_see_people=may(who, Permission.ATTENDEES_SEE),
    )


@bp.get("/<lang>/organise/")
@needs(Permission.WORKSPACE)
def front() -> ResponseReturnValue:
    """Go to the day's page."""
    return redirect(url_for("workspace.today"))


@bp.post("/<lang>/organise/today/tasks")
@needs(Permission.EVENT_EDIT)
def tick() -> ResponseReturnValue:
    """Say that a planning task is done."""
    event_id = queries.find_event_id(request.form.get("event", ""), actor())
    if event_id is None:
        raise NotFound("event")
    number = whole_number(request.form.get("task"), -1)
    services.tick_task(event_id, request.form.get("checklist", ""), number, by=actor())
    whose = "mine" if request.form.get("whose") == "mine" else None
    return redirect(url_for("workspace.today", whose=whose, _anchor="tasks"), 303)
