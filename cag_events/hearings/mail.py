"""Mails of the room: whether one may speak, the link to one's submission, that it is cleared."""

from flask_babel import gettext as _

from cag_events import clock
from cag_events.db import db
from cag_events.domain.disclosure import Viewer
from cag_events.domain.event import EventRecord
from cag_events.domain.hearing import Audience, Slot, reach_of
from cag_events.events.queries import get_record
from cag_events.hearings.models import SpeakingSlot, Submission
from cag_events.hearings.queries import submission_token
from cag_events.hearings.rules import kept_until
from cag_events.hearings.wording import LEVELS
from cag_events.outbox.messages import is_queued, queue
from cag_events.registrations.mail.reader import greeting, lines_about, message, seen, seen_by
from cag_events.registrations.mail.sending import to_owner
from cag_events.registrations.models import Registration
from cag_events.registrations.services.links import make_link
from cag_events.web.dates import day_text
from cag_events.web.language import in_language
from cag_events.web.mailing import Letter, Line, Link, address


def speaking_decided(slot_id: int) -> None:
    """Tell somebody whether they may speak. Several answers that follow each other are told once, as they ended."""
    slot = db.session.get(SpeakingSlot, slot_id, populate_existing=True)
    if slot is None or slot.status not in {Slot.APPROVED, Slot.DECLINED}:
        return
    registration = db.session.get(Registration, slot.registration_id, populate_existing=True)
    key = f"speaking:{slot.row_id}:{slot.status.value}:{slot.decisions}"
    if registration is None or not registration.email or is_queued(key):
        return
    with in_language(registration.language):
        event = seen_by(registration)
        if slot.status is Slot.APPROVED:
            fact = _("You may speak")
            words = (
                _("You are on the speakers' list. The chair calls you by the name that you chose."),
                _("The order may change. Be in the room when the item begins: the list goes on without you."),
            )
        else:
            fact = _("You cannot speak this time")
            words = (
                _("There was no room for you among the speakers. Thank you for wanting to."),
                _("You can write instead, if the hearing takes submissions: see your page."),
            )
        letter = Letter(
            subject=event.subject(fact),
            heading=event.heading(fact),
            greeting=greeting(registration.name),
            paragraphs=words,
            lines=lines_about(event, registration),
            action=Link(_("Open your page"), address("registrations.mine", token=make_link(registration.id))),
        )
        to_owner(registration, event, letter, key=key, kind="speaking.decided")


def submission_made(submission_id: int) -> None:
    """Send the submitter who gave an address the secret link."""
    _tell(submission_id, "made")


def submission_cleared(submission_id: int) -> None:
    """Tell the submitter that the text was looked through, and from when on it is public."""
    _tell(submission_id, "cleared")


def _tell(submission_id: int, occasion: str) -> None:
    row = db.session.get(Submission, submission_id, populate_existing=True)
    if row is None or not row.email or (occasion == "cleared" and row.cleared_at is None):
        return
    key = f"submission:{row.row_id}:{occasion}" + (f":{row.cleared_at:%Y%m%dT%H%M%S}" if row.cleared_at else "")
    if is_queued(key):
        return
    record = get_record(row.event_id)
    with in_language(row.page_language):
        event = seen(record, Viewer(invited=row.registration_id is not None), clock.now())
        fact = _("We have got your submission") if occasion == "made" else _("Your submission is cleared")
        letter = Letter(
            subject=event.subject(fact),
            heading=event.heading(fact),
            greeting=_("Hello,"),
            paragraphs=_made(record) if occasion == "made" else _cleared(row),
            lines=(*lines_about(event)[:2], Line(_("Who may read it"), _(LEVELS[row.chosen]))),
            action=Link(
                _("See, change or take back your submission"),
                address("hearings.submission", token=submission_token(row.row_id)),
            ),
            after=(_("The link is yours alone: whoever has it can read and change your text. Do not pass it on."),),
            why=_("You get this mail because this address was given with a submission to a hearing."),
        )
        queue(message(event, letter, key=key, kind=f"submission.{occasion}", to=row.email, language=row.page_language))


def _made(record: EventRecord) -> tuple[str, ...]:
    until = kept_until(record)
    words = [_("Thank you. The organizer looks it through before anybody else sees it.")]
    if until is not None:
        words.append(_("What is not public of it is deleted on %(day)s.", day=day_text(until, weekday=False)))
    return tuple(words)


def _cleared(row: Submission) -> tuple[str, ...]:
    reach = reach_of(row.chosen, row.narrowed)
    if row.shown_from is not None:
        first = _(
            "It is public from %(day)s, when the record is published. Until then you can change it or take it back.",
            day=day_text(row.shown_from, weekday=False),
        )
    elif reach.text is Audience.PANEL:
        first = _("The panel can read it now. Nothing of it is published.")
    else:
        first = _("It is kept with the papers and shown to nobody.")
    return (first,)
