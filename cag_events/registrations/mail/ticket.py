"""The ticket in a mail: a code for the door, with the reference in words for those who do not see it."""

from flask_babel import gettext as _

from cag_events.registrations.mail.reader import Seen
from cag_events.registrations.models import Registration
from cag_events.registrations.tickets import has_ticket, make_ticket
from cag_events.web.mailing import Code


def ticket_code(event: Seen, registration: Registration) -> Code | None:
    """Return the ticket of somebody who comes to the place, for confirmations and reminders.

    None for those who take part online, and of guarded events: others may see the mail, and the ticket is on the page.
    """
    if event.discreet or not has_ticket(registration, event.view.mode):
        return None
    return Code(
        content=make_ticket(registration.row_id, registration.ticket_no),
        alt=_("Your ticket as a code; your reference is %(code)s.", code=registration.code),
        caption=_("This is your ticket: show it at the door, or say your reference, %(code)s.", code=registration.code),
    )
