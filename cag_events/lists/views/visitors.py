"""The list of visitors for a house that checks names at the door: made, handed over, deleted afterwards."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.audit.acts import ACTS
from cag_events.audit.queries import list_about
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventView, Mode
from cag_events.domain.retention import kept_until
from cag_events.lists import services
from cag_events.lists.extension import visitors_due_at, wants_visitor_list
from cag_events.lists.forms import ReasonForm
from cag_events.lists.queries import Person, list_seated
from cag_events.lists.reasons import reasoned
from cag_events.lists.views.blueprint import around, bp, for_team, named, sent, taken
from cag_events.lists.wording import VISITORS
from cag_events.permissions import Permission
from cag_events.web.access import confirmed, needs
from cag_events.web.actor import actor
from cag_events.web.dates import sort_key
from cag_events.web.sheets import csv_answer

FORM = "lists.visitors"


@bp.get("/<lang>/organise/events/<key>/visitor-list")
@needs(Permission.ATTENDEES_SEE)
def visitors(key: str) -> ResponseReturnValue:
    """See how the visitor list stands."""
    view = _for_venue(key)
    return _page(view, ReasonForm(view, formdata=None))


@bp.post("/<lang>/organise/events/<key>/visitor-list")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def take_visitors(key: str) -> ResponseReturnValue:
    """Lead to the list on paper."""
    view = _for_venue(key)
    form = ReasonForm(view)
    result = "lists.visitors_csv" if request.form.get("as") == "csv" else "lists.print_visitors"
    return sent(form, view, result, "lists/visitors.html", **_standing(view))


@bp.get("/<lang>/organise/events/<key>/visitor-list/print")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
@reasoned(FORM, for_team)
def print_visitors(key: str) -> ResponseReturnValue:
    """Print the visitor list."""
    view = _for_venue(key)
    found = _visitors(view)
    taken(view, "visitors.printed", people=len(found))
    return render_template(
        "lists/print_visitors.html",
        **around(view),
        visitors=found,
        back=(url_for(".visitors", key=key), _("Visitor list")),
        printed_at=clock.now(),
    )


@bp.get("/<lang>/organise/events/<key>/visitor-list.csv")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
@reasoned(FORM, for_team)
def visitors_csv(key: str) -> ResponseReturnValue:
    """Take the visitor list along as CSV."""
    view = _for_venue(key)
    found = _visitors(view)
    taken(view, "visitors.taken", people=len(found), format="csv")
    rows = [(number, one.id_name, one.key) for number, one in enumerate(found, start=1)]
    return csv_answer(named(view, "visitors"), ("number", "name_as_on_id", "code"), rows)


@bp.post("/<lang>/organise/events/<key>/visitor-list/handed")
@needs(Permission.ATTENDEES_EXPORT)
def hand_over(key: str) -> ResponseReturnValue:
    """Say that the venue has the list."""
    view = _for_venue(key)
    services.hand_over(view.id, len(_visitors(view)), by=actor())
    flash(_("Noted: the venue has the list."), "ok")
    return redirect(url_for(".visitors", key=key), 303)


def _page(view: EventView, form: ReasonForm) -> str:
    return render_template(
        "lists/visitors.html",
        form=form,
        is_guarded=services.needs_reason(view),
        **around(view),
        **_standing(view),
    )


def _standing(view: EventView) -> dict[str, object]:
    """How the list stands: how many people, whose names are missing, what happened to it."""
    found, log, kept = _visitors(view), list_about(view.id, VISITORS), kept_until(view)
    due = visitors_due_at(view)
    return {
        "people": len(found),
        "missing": [(one.key, one.code) for one in found if not one.id_name],
        "due_at": due,
        "is_late": due is not None and clock.now() > due,
        "log": [(one.at, one.name, _(ACTS[one.what]), one.facts.get("people", "")) for one in log],
        "is_handed": any(one.what == "visitors.handed" for one in log),
        "deleted_on": kept.visitor_list if kept else None,
    }


def _for_venue(key: str) -> EventView:
    view = for_team(key)
    if not wants_visitor_list(view):
        raise NotFound(key)
    return view


def _visitors(view: EventView) -> list[Person]:
    """Those with a seat on site by name; whoever has not told the name as on the document comes first."""
    return sorted(list_seated(view.id, mode=Mode.ONSITE), key=lambda one: (sort_key(one.id_name), one.key))
