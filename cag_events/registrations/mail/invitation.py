"""The mail that invites a contact to an event: it carries the link, which no other place shows."""

from flask_babel import gettext as _

from cag_events import clock
from cag_events.audiences.models import Contact
from cag_events.db import db
from cag_events.domain.disclosure import Viewer
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.events.queries import get_record
from cag_events.outbox.messages import is_queued, queue
from cag_events.registrations.mail.reader import greeting, lines_about, message, seen
from cag_events.registrations.models import Invitation
from cag_events.registrations.services.invitations import make_invitation_link
from cag_events.web import dates
from cag_events.web.language import in_language, languages
from cag_events.web.mailing import Letter, Link, address


def invited(invitation_id: int) -> None:
    """Invite a contact: what, when and where, and the way to answer."""
    invitation = db.session.get(Invitation, invitation_id, populate_existing=True)
    if invitation is None or invitation.registration_id is not None or invitation.contact_id is None:
        return
    contact = db.session.get(Contact, invitation.contact_id)
    record = get_record(invitation.event_id)
    key = f"invitation:{invitation.id}:{invitation.created_at:%Y%m%dT%H%M%S}"
    if contact is None or not contact.email or record.status is not EventStatus.PUBLISHED or is_queued(key):
        return
    known = languages()
    language = next((code for code in contact.languages if code in known), known[0])
    with in_language(language):
        event = seen(record, Viewer(invited=True), clock.now())
        page = address("registrations.invited", token=make_invitation_link(invitation.id))
        until = invitation.expires_at
        letter = Letter(
            subject=_("An invitation from %(organisation)s", organisation=event.sender)
            if event.discreet
            else event.subject(_("Invitation")),
            heading=event.heading(_("You are invited")),
            greeting=greeting(contact.name),
            paragraphs=(_("%(organisation)s invites you. We hope that you can come.", organisation=event.sender),),
            lines=lines_about(event),
            action=Link(_("Read more and answer"), page),
            after=(
                *([_("Please answer before %(time)s.", time=dates.moment(until, record.tz).text)] if until else []),
                _("The invitation is for you and holds no seat until you have answered. Do not pass the link on."),
            ),
            why=_("You get this mail because %(organisation)s has you among its contacts.", organisation=event.sender),
        )
        queue(
            message(
                event,
                letter,
                key=key,
                kind="registration.invited",
                to=contact.email,
                language=language,
                may_wait=False,
            )
        )
