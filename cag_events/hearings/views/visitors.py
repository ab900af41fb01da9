"""The list of visitors for a house that checks names at the door: made, handed over, deleted afterwards."""

from dataclasses import dataclass

import msgspec
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventView
from cag_events.domain.retention import kept_until
from cag_events.domain.seats import Status
from cag_events.hearings import services
from cag_events.hearings.extension import visitors_due_at, wants_visitor_list
from cag_events.hearings.queries import list_log
from cag_events.hearings.services.visitors import HANDED, PRINTED, TAKEN
from cag_events.hearings.views.blueprint import around, bp, for_team
from cag_events.hearings.wording import LOGGED
from cag_events.permissions import Permission
from cag_events.registrations.queries import list_registrations
from cag_events.web import throttle
from cag_events.web.access import confirmed, needs
from cag_events.web.actor import actor
from cag_events.web.dates import sort_key
from cag_events.web.sheets import csv_answer


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a seat: the name as on the identity document, how many come with them."""

    name: str
    party: int
    code: str


@bp.get("/<lang>/organise/events/<key>/visitor-list")
@needs(Permission.ATTENDEES_SEE)
def visitors(key: str) -> ResponseReturnValue:
    """See how the visitor list stands."""
    view = _view(key)
    kept = kept_until(view)
    found = _visitors(view)
    return render_template(
        "hearings/visitors.html",
        **around(view),
        people=sum(one.party for one in found),
        missing=[one.code for one in found if not one.name],
        due_at=visitors_due_at(view),
        is_late=(due := visitors_due_at(view)) is not None and clock.now() > due,
        log=[(at, who, _(LOGGED[what]), number) for at, who, what, number in list_log(view.id, *LOGGED)],
        is_handed=bool(list_log(view.id, HANDED)),
        deleted_on=kept.visitor_list if kept else None,
    )


@bp.get("/<lang>/organise/events/<key>/visitor-list/print")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def print_visitors(key: str) -> ResponseReturnValue:
    """Print the visitor list."""
    view, found = _wanted(key, PRINTED)
    back = (url_for(".visitors", key=view.key), _("Visitor list"))
    return render_template(
        "hearings/print_visitors.html", **around(view), visitors=found, back=back, printed_at=clock.now()
    )


@bp.get("/<lang>/organise/events/<key>/visitor-list.csv")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def visitors_csv(key: str) -> ResponseReturnValue:
    """Take the visitor list along as CSV."""
    view, found = _wanted(key, TAKEN)
    rows = [(number, one.name, one.party) for number, one in enumerate(found, start=1)]
    return csv_answer(f"visitors-{view.key}", ("number", "name_as_on_id", "people"), rows)


@bp.post("/<lang>/organise/events/<key>/visitor-list")
@needs(Permission.ATTENDEES_EXPORT)
def hand_over(key: str) -> ResponseReturnValue:
    """Say that the venue has the list."""
    view = _view(key)
    services.log(view.id, HANDED, sum(one.party for one in _visitors(view)), by=actor())
    flash(_("Noted: the venue has the list."), "ok")
    return redirect(url_for(".visitors", key=view.key), 303)


def _wanted(key: str, what: str) -> tuple[EventView, list[Visitor]]:
    view = _view(key)
    throttle.spend((throttle.EXPORT_ACCOUNT, str(actor().account_id)))
    found = _visitors(view)
    services.log(view.id, what, sum(one.party for one in found), by=actor())
    return view, found


def _view(key: str) -> EventView:
    view = for_team(key)
    if not wants_visitor_list(view):
        raise NotFound(key)
    return view


def _visitors(view: EventView) -> list[Visitor]:
    """Those with a seat, by name; whoever has not given the name as on the document comes first."""
    found = []
    for row in list_registrations(view.id, statuses=[Status.CONFIRMED]):
        answers = msgspec.json.decode(row.answers) if row.answers else {}
        found.append(Visitor(str(answers.get("id_name") or ""), row.party, row.code))
    return sorted(found, key=lambda one: sort_key(one.name))
