"""The mails to those who are invited to an event: they carry the link, which no other place shows."""

from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events import clock
from cag_events.audiences.models import Contact
from cag_events.db import db
from cag_events.domain.disclosure import Viewer
from cag_events.domain.inviting import Reply
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.events.queries import get_record
from cag_events.outbox.messages import is_queued, queue
from cag_events.registrations.mail.reader import Seen, greeting, lines_about, message, seen
from cag_events.registrations.models import Invitation
from cag_events.registrations.queries.invitations import InvitationTerms, terms_of
from cag_events.registrations.services.invitations import make_further_link, make_invitation_link
from cag_events.web import dates
from cag_events.web.language import in_language, languages
from cag_events.web.mailing import Letter, Link, address


def invited(invitation_id: int) -> None:
    """Invite somebody: what, when and where, and the way to answer."""
    invitation = _open(invitation_id)
    key = f"invitation:{invitation_id}:{invitation.created_at:%Y%m%dT%H%M%S}" if invitation else ""
    if invitation is None or is_queued(key):
        return
    terms = terms_of(invitation)
    language = _language(invitation)
    with in_language(language):
        event = _seen(invitation)
        letter = _letter(event, terms, invitation, make_invitation_link(invitation.id))
        _queue(event, letter, key=key, kind="registration.invited", to=terms.email, language=language)


def invitation_reminded(invitation_id: int) -> None:
    """Remind somebody of an invitation that they have not answered; earlier links work too."""
    invitation = _open(invitation_id)
    at = invitation.reminded_at if invitation else None
    key = f"invitation:{invitation_id}:reminded:{at:%Y%m%dT%H%M%S}" if at else ""
    if invitation is None or not key or is_queued(key):
        return
    terms = terms_of(invitation)
    language = _language(invitation)
    with in_language(language):
        event = _seen(invitation)
        letter = _letter(event, terms, invitation, make_further_link(invitation.id), is_reminder=True)
        _queue(event, letter, key=key, kind="registration.invitation_reminded", to=terms.email, language=language)


def invitation_substituted(invitation_id: int) -> None:
    """Tell the invited person that somebody else comes in their place."""
    invitation = db.session.get(Invitation, invitation_id, populate_existing=True)
    key = f"invitation:{invitation_id}:substituted"
    if invitation is None or invitation.reply is not Reply.SUBSTITUTE or is_queued(key):
        return
    terms = terms_of(invitation)
    if not terms.email:
        return
    language = _language(invitation)
    with in_language(language):
        event = _seen(invitation)
        letter = Letter(
            subject=event.subject(_("Somebody comes in your place")),
            heading=event.heading(_("Somebody comes in your place")),
            greeting=greeting(terms.name),
            paragraphs=(
                _("Your invitation has been answered: somebody else comes in your place, and has a link of their own."),
                _("Was it not you, or somebody who answers for you? Then please tell us."),
            ),
            lines=lines_about(event),
            why=_why(event),
        )
        kind = "registration.invitation_substituted"
        _queue(event, letter, key=key, kind=kind, to=terms.email, language=language)


def _open(invitation_id: int) -> Invitation | None:
    """An invitation that can be answered still, to somebody with an address, at an event that stands."""
    invitation = db.session.get(Invitation, invitation_id, populate_existing=True)
    if invitation is None or invitation.registration_id is not None or invitation.reply is not None:
        return None
    if invitation.withdrawn_at is not None or not terms_of(invitation).email:
        return None
    return invitation if get_record(invitation.event_id).status is EventStatus.PUBLISHED else None


def _seen(invitation: Invitation) -> Seen:
    return seen(get_record(invitation.event_id), Viewer(invited=True), clock.now())


def _language(invitation: Invitation) -> str:
    """A language that a contact reads and the site has, else the site's first."""
    known = languages()
    contact = db.session.get(Contact, invitation.contact_id) if invitation.contact_id else None
    return next((code for code in contact.languages if code in known), known[0]) if contact else known[0]


def _letter(
    event: Seen, terms: InvitationTerms, invitation: Invitation, token: str, *, is_reminder: bool = False
) -> Letter:
    fact = _("Reminder: an invitation") if is_reminder else _("Invitation")
    first = _("%(organisation)s invites you. We hope that you can come.", organisation=event.sender)
    if is_reminder:
        first = _("You have not answered yet whether you can come. One press is enough, for a no as well.")
    until = invitation.expires_at
    note = tuple(line.strip() for line in terms.note.splitlines() if line.strip()) if not event.discreet else ()
    return Letter(
        subject=_("An invitation from %(organisation)s", organisation=event.sender)
        if event.discreet
        else event.subject(fact),
        heading=event.heading(_("You are invited")),
        greeting=greeting(terms.name),
        paragraphs=(first, *(() if is_reminder else note)),
        lines=lines_about(event),
        action=Link(_("Read more and answer"), address("registrations.invited", token=token)),
        after=(
            *(
                [ngettext("You may bring %(num)s person.", "You may bring up to %(num)s people.", terms.plus)]
                if terms.plus
                else []
            ),
            *([_("Please answer before %(time)s.", time=dates.moment(until, event.record.tz).text)] if until else []),
            _("Somebody may answer for you, and somebody else may come in your place: both are on the page."),
            _("The invitation is for you and holds no seat until you have answered. Do not pass the link on."),
        ),
        why=_why(event),
    )


def _why(event: Seen) -> str:
    return str(_("You get this mail because %(organisation)s has invited this address.", organisation=event.sender))


def _queue(event: Seen, letter: Letter, *, key: str, kind: str, to: str, language: str) -> None:
    queue(message(event, letter, key=key, kind=kind, to=to, language=language, may_wait=False))
