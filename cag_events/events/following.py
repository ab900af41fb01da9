"""What follows in the events room when a contact, partner or segment changes: the records of the events that use it."""

from sqlalchemy import select

from cag_events.events import records
from cag_events.events.models import Event, EventPartner, EventPerson, EventSegment


def contact_changed(contact_id: int) -> None:
    """Rewrite the records of the events that a contact takes part in."""
    used = select(EventPerson.event_id).where(EventPerson.contact_id == contact_id)
    records.refresh_where(Event.id.in_(used))


def partner_changed(partner_id: int) -> None:
    """Rewrite the records of the events that a partner co-hosts."""
    used = select(EventPartner.event_id).where(EventPartner.partner_id == partner_id)
    records.refresh_where(Event.id.in_(used))


def segment_changed(segment_id: int) -> None:
    """Rewrite the records of the events that are meant for a segment."""
    used = select(EventSegment.event_id).where(EventSegment.segment_id == segment_id)
    records.refresh_where(Event.id.in_(used))
