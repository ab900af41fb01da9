"""The attendance sheet: names with a line to sign on."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.event import Mode
from cag_events.lists.forms import MOST_BLANK, AttendanceForm
from cag_events.lists.queries import list_seated
from cag_events.lists.reasons import reasoned
from cag_events.lists.views.blueprint import (
    around,
    bp,
    dates_of,
    for_team,
    form_page,
    in_order,
    occurrence_of,
    prefilled,
    sent,
    taken,
)
from cag_events.permissions import Permission
from cag_events.web.access import confirmed, needs
from cag_events.web.gate import whole_number


@bp.get("/<lang>/organise/events/<key>/lists/attendance")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def attendance(key: str) -> ResponseReturnValue:
    """Choose how the attendance sheet is printed."""
    view = for_team(key)
    return form_page(AttendanceForm(view, formdata=None, data=prefilled()), view, "lists/attendance.html")


@bp.post("/<lang>/organise/events/<key>/lists/attendance")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def take_attendance(key: str) -> ResponseReturnValue:
    """Lead to the attendance sheet."""
    view = for_team(key)
    return sent(AttendanceForm(view), view, "lists.print_attendance", "lists/attendance.html")


@bp.get("/<lang>/organise/events/<key>/lists/attendance/print")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
@reasoned("lists.attendance", for_team)
def print_attendance(key: str) -> ResponseReturnValue:
    """Print the attendance sheet: a page for each date."""
    view, chosen = for_team(key), occurrence_of(for_team(key))
    parts = [
        (
            one,
            in_order(list_seated(view.id, occurrence_id=one.id, mode=Mode.ONSITE), request.args.get("sort", "")),
        )
        for one in view.living
        if chosen is None or one.id == chosen.id
    ]
    taken(view, "attendance.printed", people=sum(len(people) for _one, people in parts), **dates_of(chosen))
    return render_template(
        "lists/print_attendance.html",
        **around(view),
        parts=parts,
        blank=whole_number(request.args.get("blank"), 0, most=MOST_BLANK),
        back=(url_for(".attendance", key=key), _("Attendance sheet")),
    )
