"""What somebody with a seat does by their own link: print the certificate."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.errors import NotFound
from cag_events.events.extensions import OwnVisit
from cag_events.registrations.certificate import name_of
from cag_events.registrations.visits import visit_of
from cag_events.web.access import public
from cag_events.workshops.certificates import certificate_for
from cag_events.workshops.queries import KINDS
from cag_events.workshops.views.blueprint import bp


@bp.get("/<lang>/registrations/<token>/diploma")
@public
def certificate(token: str) -> ResponseReturnValue:
    """Print one's own certificate."""
    visit = _visit(token)
    found = certificate_for(visit.view, visit.registration_id, name_of(visit), visit.now)
    if found is None:
        raise NotFound("certificate")
    back = (url_for("registrations.mine", token=token), _("My registration"))
    return render_template("registrations/certificate.html", certificates=[found], back=back)


def _visit(token: str) -> OwnVisit:
    visit = visit_of(token)
    if visit.view.kind not in KINDS:
        raise NotFound("registration")
    return visit
