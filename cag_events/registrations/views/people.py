"""What pages below one's own registration share: whose it is, and its event as they may see it."""

from cag_events import clock
from cag_events.domain.disclosure import Viewer
from cag_events.domain.errors import NotFound
from cag_events.domain.seats import Status
from cag_events.events.queries import get_record
from cag_events.registrations.models import Registration
from cag_events.registrations.page import EventBeside, see
from cag_events.registrations.queries import find_by_token, occurrences_of


def opened(token: str) -> Registration:
    """Return the registration that a manage link opens. Raises NotFound for a link that is unknown or dead."""
    registration = find_by_token(token)
    if registration is None:
        raise NotFound("registration")
    return registration


def beside(registration: Registration) -> EventBeside:
    """Return the event as a registration's owner may see it now. Raises NotFound where it is hidden from them."""
    viewer = Viewer(confirmed=registration.status is Status.CONFIRMED, invited=True)
    chosen = occurrences_of([registration.id])[registration.id]
    return see(get_record(registration.event_id), viewer, clock.now(), chosen)
