"""One's own certificate, by the link to one's registration."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.errors import NotFound
from cag_events.events.queries import get_record
from cag_events.kinds import details_of
from cag_events.kinds.study_session import StudySession
from cag_events.registrations.certificate import name_of
from cag_events.registrations.visits import visit_of
from cag_events.studies import circle
from cag_events.studies.queries import sheet_of
from cag_events.studies.views.blueprint import bp
from cag_events.web.access import public


@bp.get("/<lang>/registrations/<token>/certificate")
@public
def certificate(token: str) -> ResponseReturnValue:
    """Print one's own certificate, once one has come to what it takes."""
    visit = visit_of(token)
    record = get_record(visit.view.id)
    if not isinstance(details_of(record), StudySession):
        raise NotFound("certificate")
    sheet = sheet_of(record, visit.now)
    party = next((one for one in sheet.parties if one.registration_id == visit.registration_id), None)
    if party is None or not circle.has_reached(sheet, party):
        raise NotFound("certificate")
    return render_template(
        "registrations/certificate.html",
        certificates=[circle.certificate(sheet, party, name_of(visit), visit.view)],
        back=(url_for("registrations.mine", token=token), _("My registration")),
    )
