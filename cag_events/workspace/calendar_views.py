"""The organisers' calendar: month, week, day, list."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.events import reading
from cag_events.permissions import Permission, may
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.workspace import schedule
from cag_events.workspace.blueprint import bp


@bp.get("/<lang>/organise/calendar")
@needs(Permission.EVENT_SEE)
def calendar() -> ResponseReturnValue:
    """See all events of a month, a week, a day or a season, drafts too."""
    who, reader = actor(), reading.reader()
    wanted = schedule.read(request.args, request.args.getlist("layer"), reader.today)
    before, after = wanted.beside(-1), wanted.beside(1)
    return render_template(
        "workspace/calendar.html",
        shown=schedule.find_schedule(wanted, who, reader, clock.now()),
        wanted=wanted,
        views=[(name, _(label), wanted.url(view=name), name == wanted.view) for name, label in schedule.VIEWS.items()],
        layers=[(_(label), wanted.toggled(name), name in wanted.layers) for name, label in schedule.LAYERS.items()],
        mine_url=wanted.url(mine=not wanted.mine),
        before_url=wanted.url(day=before) if before else "",
        after_url=wanted.url(day=after) if after else "",
        today_url=wanted.url(day=reader.today),
        new_url=url_for("events.new") if may(who, Permission.EVENT_EDIT) else "",
    )
