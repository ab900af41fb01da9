"""The registrations of who is signed in, found by the address of the account."""

from dataclasses import dataclass

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.disclosure import Viewer, disclose
from cag_events.domain.event import Circle
from cag_events.domain.seats import Status
from cag_events.events import reading
from cag_events.events.cards import next_occurrence, title_of, when_text
from cag_events.events.models import Event
from cag_events.events.queries import list_records
from cag_events.registrations import services
from cag_events.registrations.queries.people import list_live_of
from cag_events.registrations.views.blueprint import bp
from cag_events.registrations.wording import OWN_STATUS
from cag_events.web.access import signed_in
from cag_events.web.actor import person


@dataclass(frozen=True, slots=True)
class Row:
    """A registration in the list."""

    title: str
    title_lang: str
    when: str
    status: str
    status_label: str
    open_url: str


@bp.get("/<lang>/me/registrations")
@signed_in
def own() -> ResponseReturnValue:
    """See my registrations."""
    found = list_live_of(_address())
    records = {row.id: row for row in list_records(Event.id.in_([one.event_id for one in found]))}
    reader, rows = reading.reader(), []
    for one in found:
        viewer = Viewer(circle=Circle.MEMBERS, confirmed=one.status is Status.CONFIRMED, invited=True)
        view = disclose(records[one.event_id], viewer, clock.now())
        title = title_of(view, reader)
        rows.append(
            Row(
                title=title.text,
                title_lang=title.lang,
                when=when_text(view, next_occurrence(view, reader), reader),
                status=one.status.value,
                status_label=_(OWN_STATUS[one.status]),
                open_url=url_for(".open_own", row_id=one.row_id),
            )
        )
    return render_template("registrations/own.html", rows=rows)


@bp.post("/<lang>/me/registrations/<row_id>")
@signed_in
def open_own(row_id: str) -> ResponseReturnValue:
    """Open one of my registrations: a link of its own is made for this."""
    return redirect(url_for(".mine", token=services.open_of_address(row_id, _address())), 303)


def _address() -> str:
    known = person()
    assert known is not None
    return known.email
