"""Calls off, in calendars, dates that are no longer somebody's: a mail takes one, so each of the rest has its own."""

from typing import Final

from flask_babel import gettext as _

from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import Status
from cag_events.outbox.messages import queue
from cag_events.registrations.mail.invites import call_off, outstanding, uids_of
from cag_events.registrations.mail.reader import Seen, greeting, message
from cag_events.registrations.models import Registration
from cag_events.web.mailing import Letter, Link

UNSETTLED: Final = frozenset({Status.PENDING, Status.OFFERED})  # may have been promised a seat, and may keep it
STANDS: Final = frozenset({EventStatus.PUBLISHED, EventStatus.POSTPONED})


def call_off_rest(event: Seen, registration: Registration, page: str) -> None:
    """Queue a CANCEL for each date that somebody's calendar was sent and that is no longer theirs; in a writing unit.

    `page`: the address of their own page, nothing where there is none any more.
    """
    if registration.status in UNSETTLED or not registration.email:
        return
    comes = registration.status is Status.CONFIRMED and event.record.status in STANDS
    for told in outstanding(registration, registration.email, uids_of(event) if comes else ()):
        part = call_off(event, registration, told, registration.email)
        letter = Letter(
            subject=event.subject(_("Taken out of your calendar")),
            heading=event.heading(_("Taken out of your calendar")),
            greeting=greeting(registration.name),
            paragraphs=(
                _("You do not come on this date any more, so your calendar takes it out. There is nothing to do."),
            ),
            action=Link(_("Open your page"), page) if page else None,
        )
        queue(
            message(
                event,
                letter,
                key=f"registration:{registration.row_id}:off:{told.uid}:{told.sequence}",
                kind="registration.date_off",
                to=registration.email,
                language=registration.language,
                may_wait=False,
                calendar=part,
            )
        )
