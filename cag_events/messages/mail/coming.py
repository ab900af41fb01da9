"""The mail that asks somebody with a seat whether they still come."""

from flask_babel import gettext as _

from cag_events.messages.queries.coming import find_asked
from cag_events.outbox.messages import is_queued
from cag_events.registrations.mail.reader import greeting, lines_about, seen_by
from cag_events.registrations.mail.sending import find_seated, to_owner
from cag_events.registrations.services.links import make_link
from cag_events.web.language import in_language
from cag_events.web.mailing import Letter, Link, address


def asked(registration_id: int, for_on: str, times: int) -> None:
    """Ask somebody who has a seat whether they still come; the answer is given on a page, never by opening a link."""
    registration = find_seated(registration_id)
    known = find_asked(registration_id)
    if registration is None or known is None or known.answer is not None or known.for_on.isoformat() != for_on:
        return
    key = f"attendance:{registration.row_id}:{for_on}:{times}"
    if is_queued(key):
        return
    with in_language(registration.language):
        event = seen_by(registration)
        token = make_link(registration.id)
        letter = Letter(
            subject=event.subject(_("Are you still coming?")),
            heading=event.heading(_("Are you still coming?")),
            greeting=greeting(registration.name),
            paragraphs=(
                _("You have a seat. Tell us with one press whether you come, so that nobody waits in vain for a seat."),
                *([_("We have asked before and have no answer yet.")] if times > 1 else []),
            ),
            lines=lines_about(event, registration),
            action=Link(_("Yes or no"), address("messages.coming_page", token=token)),
            after=(_("You keep your seat until you answer or we write to you."),),
        )
        to_owner(registration, event, letter, key=key, kind="attendance.asked")
