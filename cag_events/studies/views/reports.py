"""What the association gets: the attendance list on paper, the hours as a file; and the certificates of a circle."""

from collections.abc import Iterator, Sequence

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.disclosure import TEAM, disclose
from cag_events.domain.event import EventView
from cag_events.permissions import Permission, may
from cag_events.studies import circle
from cag_events.studies.queries import Sheet, open_names, sheet_of
from cag_events.studies.views.attendance import record_of
from cag_events.studies.views.blueprint import bp
from cag_events.web import throttle
from cag_events.web.access import confirmed, needs
from cag_events.web.actor import actor
from cag_events.web.sheets import Cell, csv_answer, xlsx_answer

EMPTY_LINES = 4  # for those who come without having registered


@bp.get("/<lang>/organise/events/<key>/study/list")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def attendance_list(key: str) -> ResponseReturnValue:
    """Print the attendance list; the column for identity numbers is empty, and is filled in by hand."""
    _spend()
    sheet = sheet_of(record_of(key), clock.now())
    names = open_names([party.registration_id for party in sheet.parties])
    return render_template(
        "studies/list.html",
        sheet=sheet,
        head=circle.head_of(sheet),
        days=circle.days_text(sheet),
        rows=[(party, names.get(party.registration_id, "")) for party in sheet.parties],
        empty_lines=EMPTY_LINES,
        back=(url_for(".show", key=key), _("Attendance")),
    )


@bp.get("/<lang>/organise/events/<key>/study/certificates")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def certificates(key: str) -> ResponseReturnValue:
    """Print the certificates of all who have reached what it takes."""
    _spend()
    sheet = sheet_of(record_of(key), clock.now())
    reached = [party for party in sheet.parties if circle.has_reached(sheet, party)]
    names = open_names([party.registration_id for party in reached])
    view = _view(sheet)
    return render_template(
        "registrations/certificate.html",
        certificates=[
            circle.certificate(sheet, party, names[party.registration_id], view)
            for party in reached
            if names.get(party.registration_id)
        ],
        back=(url_for(".show", key=key), _("Attendance")),
    )


@bp.get("/<lang>/organise/events/<key>/study/hours.csv")
@needs(Permission.COUNTS_SEE)
def hours_csv(key: str) -> ResponseReturnValue:
    """Take the hours along as CSV: counts alone."""
    sheet = sheet_of(record_of(key), clock.now())
    return csv_answer(f"hours-{sheet.record.key}", circle.columns(), _hours(sheet))


@bp.get("/<lang>/organise/events/<key>/study/hours.xlsx")
@needs(Permission.COUNTS_SEE)
def hours_xlsx(key: str) -> ResponseReturnValue:
    """Take the hours along as a workbook: counts alone."""
    sheet = sheet_of(record_of(key), clock.now())
    return xlsx_answer(f"hours-{sheet.record.key}", circle.columns(), _hours(sheet), _("Study hours"))


def _hours(sheet: Sheet) -> Iterator[Sequence[Cell]]:
    """The rows of the hours; whoever reports, and sees no names, gets them without the leader's."""
    return circle.rows(sheet, is_named=may(actor(), Permission.EVENT_SEE))


def _spend() -> None:
    throttle.spend((throttle.EXPORT_ACCOUNT, str(actor().account_id)))


def _view(sheet: Sheet) -> EventView:
    return disclose(sheet.record, TEAM, clock.now())
