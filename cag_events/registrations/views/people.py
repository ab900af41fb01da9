"""What pages below one's own registration share: whose it is, and its event as they may see it."""

from cag_events import clock
from cag_events.domain.disclosure import Viewer
from cag_events.domain.errors import NotFound
from cag_events.domain.seats import Status
from cag_events.events.queries import get_record
from cag_events.registrations.models import Registration
from cag_events.registrations.page import EventBeside, see
from cag_events.registrations.queries import find_by_token, find_successor, members_of, occurrences_of


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


def named_successor(registration: Registration) -> str:
    """Return who was named to take the seat and has not answered yet; empty where nobody is."""
    found = find_successor(registration.id)
    is_over = found is None or (found.expires_at is not None and clock.now() >= found.expires_at)
    return "" if found is None or is_over else found.name or ""


def names_to_choose_from(registration: Registration, party: int) -> bool:
    """Tell whether a party that becomes smaller has more names than there is room for: somebody must say who stays."""
    if party >= registration.party:
        return False
    return len(members_of([registration.id])[registration.id]) > party - 1
