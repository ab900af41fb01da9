"""Whose registration a link opens, and what of the event its owner may see: for pages that other rooms add to it."""

from cag_events import clock
from cag_events.domain.disclosure import Viewer, disclose, may_know
from cag_events.domain.errors import NotFound
from cag_events.domain.seats import Status
from cag_events.events.extensions import OwnVisit
from cag_events.events.queries import get_record
from cag_events.registrations.models import Registration
from cag_events.registrations.queries import find_by_token, occurrences_of


def visit_of(token: str) -> OwnVisit:
    """Return whose registration a manage link opens. Raises NotFound for a link that is unknown or dead."""
    registration = find_by_token(token)
    if registration is None:
        raise NotFound("registration")
    return visit_to(registration, token)


def visit_to(registration: Registration, token: str) -> OwnVisit:
    """Return the visit of somebody at the page of this registration. Raises NotFound where the event is hidden."""
    record, now = get_record(registration.event_id), clock.now()
    viewer = Viewer(confirmed=registration.status is Status.CONFIRMED, invited=True)
    if not may_know(record, viewer):
        raise NotFound(record.key)
    return OwnVisit(
        registration_id=registration.id,
        row_id=registration.row_id,
        token=token,
        status=registration.status,
        view=disclose(record, viewer, now),
        occurrence_ids=frozenset(occurrences_of([registration.id])[registration.id]),
        now=now,
    )
