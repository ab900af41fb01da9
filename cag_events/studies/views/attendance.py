"""Attendance: a meeting on a phone, for organizers and by the leader's link; the whole circle as a table."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.disclosure import TEAM, disclose
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.texts import pick
from cag_events.events.queries import get_record, get_view
from cag_events.events.services import Holder, holder_of
from cag_events.events.tabs import tabs_of
from cag_events.kinds import details_of
from cag_events.kinds.study_session import StudySession
from cag_events.permissions import Actor, Permission, may
from cag_events.studies import services
from cag_events.studies.extension import LEADER
from cag_events.studies.forms import AttendanceForm
from cag_events.studies.queries import MeetingRow, PartyRow, Sheet, open_names, sheet_of, short_names
from cag_events.studies.views.blueprint import bp
from cag_events.studies.wording import say_lack, say_meter
from cag_events.web.access import needs, public
from cag_events.web.actor import actor
from cag_events.web.gate import whole_number
from cag_events.web.language import current_language


@bp.get("/<lang>/leader/<token>")
@public
def leader(token: str) -> ResponseReturnValue:
    """See who comes to a meeting, by the leader's link: first names with an initial."""
    holder = holder_of(token, LEADER)
    return _leader_page(holder)


@bp.post("/<lang>/leader/<token>")
@public
def leader_mark(token: str) -> ResponseReturnValue:
    """Store who is here, by the leader's link."""
    holder = holder_of(token, LEADER)
    return _mark(holder.record, holder, lambda row, form: _leader_page(holder, row, form))


@bp.get("/<lang>/organise/events/<key>/study")
@needs(Permission.COUNTS_SEE)
def show(key: str) -> ResponseReturnValue:
    """See how a circle stands: its meter, its meetings, and for organizers who came to which."""
    record, who = record_of(key), actor()
    sheet = sheet_of(record, clock.now())
    return render_template(
        "studies/sheet.html",
        sheet=sheet,
        record=record,
        title=pick(record.title, current_language()),
        event_tabs=tabs_of(record, who),
        lines=say_meter(sheet.meter, sheet.terms) if sheet.meter and sheet.terms else [],
        rows=_rows(sheet) if may(who, Permission.ATTENDEES_SEE) else None,
    )


@bp.get("/<lang>/organise/events/<key>/study/attendance")
@needs(Permission.ATTENDEES_EDIT)
def take(key: str) -> ResponseReturnValue:
    """See who comes to a meeting."""
    return _take_page(record_of(key))


@bp.post("/<lang>/organise/events/<key>/study/attendance")
@needs(Permission.ATTENDEES_EDIT)
def mark(key: str) -> ResponseReturnValue:
    """Store who is here."""
    record = record_of(key)
    return _mark(record, actor(), lambda row, form: _take_page(record, row, form))


def record_of(key: str) -> EventRecord:
    """Return a study session that this member of the team may know of. Raises NotFound."""
    record = get_record(get_view(key, actor().viewer).id)
    if not isinstance(details_of(record), StudySession):
        raise NotFound(key)
    return record


def _mark(record: EventRecord, by: Actor | Holder, again: Any) -> ResponseReturnValue:
    sheet = sheet_of(record, clock.now())
    row = _meeting(sheet)
    is_tap = "tap" in request.form
    form = AttendanceForm()
    if row is None:
        raise NotFound("meeting")
    if form.validate():
        try:
            services.take_attendance(record.id, row.part.id, form.read(), by=by)
        except Refused as refused:
            form.refuse(refused)
        else:
            if is_tap:
                return "", 204
            flash(_("Attendance of meeting %(number)s is saved.", number=row.number), "ok")
            return redirect(url_for(request.endpoint or "", **(request.view_args or {}), meeting=row.number), 303)
    return (again(row, form), 422) if not is_tap else (say_first(form), 422)


def say_first(form: AttendanceForm) -> str:
    """Return the first thing that is wrong, for a script to show."""
    texts = [*form.form_errors, *(text for field in form for text in field.errors)]
    return str(texts[0]) if texts else _("This could not be saved.")


def _meeting(sheet: Sheet) -> MeetingRow | None:
    """The meeting that the address names, else the one of today."""
    number = whole_number(request.values.get("meeting"), 0, most=1000)
    chosen = next((row for row in sheet.meetings if row.number == number), None)
    return chosen or sheet.meeting_now(clock.now())


def _leader_page(holder: Holder, row: MeetingRow | None = None, form: AttendanceForm | None = None) -> str:
    sheet = sheet_of(get_record(holder.record.id), clock.now())
    title = pick(disclose(sheet.record, TEAM, clock.now()).title, current_language())
    return _page("studies/leader.html", sheet, row, form, is_short=True, title=title, holder=holder.name)


def _take_page(record: EventRecord, row: MeetingRow | None = None, form: AttendanceForm | None = None) -> str:
    sheet = sheet_of(record, clock.now())
    return _page(
        "studies/take.html",
        sheet,
        row,
        form,
        is_short=False,
        title=pick(record.title, current_language()),
        record=record,
        event_tabs=tabs_of(record, actor()),
    )


def _page(
    template: str, sheet: Sheet, row: MeetingRow | None, form: AttendanceForm | None, *, is_short: bool, **more: Any
) -> str:
    row = row or _meeting(sheet)
    people = [party for party in sheet.parties if _is_listed(party, row)]
    names = open_names([party.registration_id for party in people])
    if is_short:
        names = short_names(names)
    return render_template(
        template,
        sheet=sheet,
        row=row,
        form=form or (AttendanceForm.of(row) if row else None),
        people=[(party, names.get(party.registration_id, "")) for party in people],
        lines=say_meter(sheet.meter, sheet.terms) if sheet.meter and sheet.terms else [],
        **more,
    )


def _is_listed(party: PartyRow, row: MeetingRow | None) -> bool:
    """Who comes still, and who was at this meeting; one who withdrew stands at the meetings before."""
    return party.is_coming or (row is not None and row.part.id in party.came_to)


def _rows(sheet: Sheet) -> list[tuple[PartyRow, str, str]]:
    """The people of a circle: who, name, and what they lack to count, said."""
    names = open_names([party.registration_id for party in sheet.parties])
    return [
        (
            party,
            names.get(party.registration_id, ""),
            say_lack(party.lack, sheet.terms) if sheet.terms and party.lack else "",
        )
        for party in sheet.parties
    ]
