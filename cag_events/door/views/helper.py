"""Doors that somebody with a check-in account is assigned to; opening one gives the phone a link of its own."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cag_events import clock
from cag_events.domain.disclosure import Viewer, disclose
from cag_events.domain.event import EventRecord, OccurrenceRecord
from cag_events.domain.lifecycle import Status
from cag_events.door import services
from cag_events.door.queries import list_assigned
from cag_events.door.views.blueprint import bp
from cag_events.events import reading
from cag_events.events.cards import title_of
from cag_events.events.queries import get_record
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.gate import whole_number
from cag_events.web.language import current_language


@bp.get("/<lang>/me/doors")
@needs(Permission.DOOR_OPEN)
def doors() -> ResponseReturnValue:
    """See the doors that one may open."""
    found = _assigned()
    return render_template(
        "door/doors.html",
        doors=[
            (title_of(disclose(record, Viewer(confirmed=True), clock.now()), reading.reader()), part)
            for record, part in found
        ],
    )


@bp.post("/<lang>/me/doors")
@needs(Permission.DOOR_OPEN)
def open_door() -> ResponseReturnValue:
    """Open a door on this phone; the link it had before is dead."""
    chosen = whole_number(request.form.get("occurrence"), 0)
    event_id = next((record.id for record, part in _assigned() if part.id == chosen), 0)
    token = services.open_assigned(event_id, chosen, by=actor())
    return redirect(url_for(".phone", token=token, lang=current_language()), 303)


def _assigned() -> list[tuple[EventRecord, OccurrenceRecord]]:
    found = []
    for event_id, occurrence_id in list_assigned(actor().account_id or 0, clock.now()):
        record = get_record(event_id)
        part = next((one for one in record.living if one.id == occurrence_id), None)
        if part is not None and record.status is Status.PUBLISHED:
            found.append((record, part))
    return found
