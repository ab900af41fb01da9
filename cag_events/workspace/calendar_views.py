"""The organisers' calendar: month, week, day, list."""

from datetime import date, time

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.errors import N_, Refused
from cag_events.events import reading
from cag_events.permissions import Permission, may
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.dates import clock_text, zone_city
from cag_events.workspace import moving, schedule
from cag_events.workspace.blueprint import bp
from cag_events.workspace.overlays import has_overlays

MOST_DAYS = 62
MOST_BROUGHT = 150  # entries that the page brings for its script; more are fetched
WORDS = {  # of the calendar's scripts
    "all_day": N_("All days"),
    "week": N_("Week %"),
    "new": N_("New event"),
    "new_on": N_("New event on DAY"),
    "undo": N_("Undo"),
    "send": N_("Send now"),
    "open": N_("Open the event"),
    "close": N_("Close"),
    "back": N_("Back to where it was."),
    "free": N_("Nothing speaks against it."),
    "offline": N_("No connection. Nothing was changed; try again when it is back."),
    "signed_out": N_("You have been signed out, so nothing was changed. Sign in again."),
    "failed": N_("Something went wrong with us. Nothing was changed."),
    "on_403": N_("Your account has no right to change that. Nothing was changed."),
    "on_404": N_("It is no longer there."),
    "on_503": N_("We are busy for a moment. Nothing was changed; try again."),
}


@bp.get("/<lang>/organise/calendar")
@needs(Permission.EVENT_SEE)
def calendar() -> ResponseReturnValue:
    """See all events of a month, a week, a day or a season, drafts too."""
    who, reader = actor(), reading.reader()
    wanted = schedule.read(request.args, request.args.getlist("layer"), reader.today)
    before, after = wanted.beside(-1), wanted.beside(1)
    makes = may(who, Permission.EVENT_EDIT)
    shown = schedule.find_schedule(wanted, who, reader, clock.now())
    return render_template(
        "workspace/calendar.html",
        shown=shown,
        first=[entry.plain(reader) for entry in shown.entries] if len(shown.entries) <= MOST_BROUGHT else None,
        wanted=wanted,
        views=[(name, _(label), wanted.url(view=name), name == wanted.view) for name, label in schedule.VIEWS.items()],
        layers=[
            (_(label), wanted.toggled(name), name in wanted.layers)
            for name, label in schedule.LAYERS.items()
            if name != "beneath" or has_overlays(who.account_id)
        ],
        clocks=[
            (zone_city(tz), wanted.url(also="" if tz == wanted.also else tz), tz == wanted.also)
            for tz in schedule.other_clocks(wanted, reader)
        ],
        home=reader.home,
        home_city=zone_city(reader.home),
        also_minutes=schedule.minutes_ahead(wanted, reader),
        mine_url=wanted.url(mine=not wanted.mine),
        before_url=wanted.url(day=before) if before else "",
        after_url=wanted.url(day=after) if after else "",
        today_url=wanted.url(day=reader.today),
        day_url=wanted.url(view="day").replace(wanted.day.isoformat(), "DAY"),
        new_url=url_for("events.new") if makes else "",
        plan_url=url_for("workspace.plan") if makes else "",
        conflicts_url=url_for("workspace.calendar").replace("/calendar", "/conflicts"),
        words={name: _(text) for name, text in WORDS.items()} | {"separator": clock_text(time(0))[2:3]},
        moved=moving.find_moved(request.args, who, reader) if makes else None,
    )


@bp.get("/<lang>/organise/calendar.json")
@needs(Permission.EVENT_SEE)
def calendar_entries() -> ResponseReturnValue:
    """See what stands in the calendar from a day to another, as the calendar's script reads it."""
    who, reader = actor(), reading.reader()
    wanted = schedule.read(request.args, request.args.getlist("layer"), reader.today)
    first, last = _days()
    watched = schedule.find_watched(wanted, first, last, who, reader.home)
    found = schedule.find_entries(wanted, watched, who, reader, clock.now(), days=(first, last))
    return jsonify(zone=reader.home, entries=[entry.plain(reader) for entry in found])


def _days() -> tuple[date, date]:
    """The days that are asked for. Raises Refused calendar.days."""
    try:
        first, last = (date.fromisoformat(request.args.get(name, "")) for name in ("from", "to"))
    except ValueError as fault:
        raise Refused("calendar.days", N_("Say from which day to which, as 2026-11-23.")) from fault
    if not 0 <= (last - first).days <= MOST_DAYS:
        raise Refused("calendar.days", N_("Say from which day to which, as 2026-11-23."))
    return first, last
