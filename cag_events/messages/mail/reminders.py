"""The mails that the program sends by itself: before a start, and after the end with thanks and three questions."""

from collections.abc import Sequence
from dataclasses import replace

from flask_babel import gettext as _

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.reminding import SURVEY_DAYS, Moment, Reminder
from cag_events.domain.seats import Status
from cag_events.domain.texts import pick
from cag_events.events.queries import get_record
from cag_events.kinds import KINDS, details_of
from cag_events.messages.queries.reminders import rules_of_record
from cag_events.messages.services.survey import asked_by, survey_token
from cag_events.outbox.messages import is_queued
from cag_events.registrations.mail.event_letters import Told
from cag_events.registrations.mail.reader import Seen, greeting, lines_about, page_of, seen, viewer_of
from cag_events.registrations.mail.sending import find_reachable, to_owner
from cag_events.registrations.mail.ticket import ticket_code
from cag_events.registrations.models import Registration, RegistrationOccurrence
from cag_events.registrations.services.links import make_link
from cag_events.web.language import current_language, in_language
from cag_events.web.mailing import Letter, Line, Link, address
from cag_events.web.richtext import plain


def reminded(registration_id: int, occurrence_ids: Sequence[int], hours: int) -> None:
    """Remind somebody with a seat of the parts that they come to; nothing once it has begun or they are here."""
    registration, now = find_reachable(registration_id, {Status.CONFIRMED}), clock.now()
    if registration is None:
        return
    record = get_record(registration.event_id)
    to_come = [one.id for one in record.living if one.id in occurrence_ids and one.starts_at > now]
    if record.status is not EventStatus.PUBLISHED or not to_come or _is_here(registration_id, to_come[0]):
        return
    first = next(one for one in record.occurrences if one.id == to_come[0])
    key = f"reminder:{registration.row_id}:{first.id}:{first.starts_wall:%Y%m%d}:{hours}"
    if is_queued(key):
        return
    with in_language(registration.language):
        told = reminder_letter(record, registration, to_come, _rule(record, Moment.BEFORE, hours))
        token = make_link(registration.id)
        cannot = Link(_("Cannot come?"), address("registrations.not_coming", token=token))
        public = page_of(told.event)
        letter = replace(
            told.letter,
            action=Link(_("Open your page"), address("registrations.mine", token=token)),
            links=(cannot, public) if public else (cannot,),
        )
        to_owner(registration, told.event, letter, key=key, kind="registration.reminded")


def reminder_letter(
    record: EventRecord, registration: Registration, parts: Sequence[int], rule: Reminder | None
) -> Told:
    """Return what somebody reads before the start, in the present language: when, where as of now, what to bring."""
    event = seen(record, viewer_of(registration), clock.now(), parts)
    letter = Letter(
        subject=event.subject(_("Reminder")),
        heading=event.heading(_("It is soon")),
        greeting=greeting(registration.name),
        paragraphs=(_("You have a seat. We look forward to seeing you."), *_notes(rule)),
        lines=(*lines_about(event, registration), *_to_bring(event)),
        code=ticket_code(event, registration),
        after=(_("Cannot come? One press gives your seat to somebody else."),),
    )
    return Told(event=event, letter=letter)


def thanked(registration_id: int, hours: int, *, again: bool = False) -> None:
    """Thank somebody who had a seat, and ask the three questions where the event asks them."""
    registration = find_reachable(registration_id, {Status.CONFIRMED})
    if registration is None:
        return
    record = get_record(registration.event_id)
    rule = _rule(record, Moment.AFTER, hours)
    key = f"thanks:{registration.row_id}:{hours}{':again' if again else ''}"
    if record.status is not EventStatus.PUBLISHED or rule is None or is_queued(key):
        return
    token = survey_token(registration.row_id)
    if rule.survey and _is_answered(token):
        return
    with in_language(registration.language):
        told = thanks_letter(record, registration, rule, again=again)
        asks = Link(_("Answer three questions"), address("messages.thanks", token=token)) if rule.survey else None
        public = page_of(told.event)
        letter = replace(told.letter, action=asks, links=(public,) if public else ())
        to_owner(registration, told.event, letter, key=key, kind="registration.thanked")


def thanks_letter(record: EventRecord, registration: Registration, rule: Reminder, *, again: bool = False) -> Told:
    """Return what somebody reads after the end, in the present language."""
    event = seen(record, viewer_of(registration), clock.now())
    asks = (
        _("Three questions, one press each. Nobody can see who answered what."),
        _("You can answer for %(days)s days after the event.", days=SURVEY_DAYS),
    )
    letter = Letter(
        subject=event.subject(_("Three questions") if again else _("Thank you")),
        heading=event.heading(_("Three questions") if again else _("Thank you for coming")),
        greeting=greeting(registration.name),
        paragraphs=(
            *([] if again else _notes(rule)),
            *([_("We have no answer of yours yet. This is the only time that we ask again.")] if again else []),
            *(asks if rule.survey else ()),
        ),
    )
    return Told(event=event, letter=letter)


def _rule(record: EventRecord, moment: Moment, hours: int) -> Reminder | None:
    """The event's mail of this moment, if it has it still."""
    return next((one for one in rules_of_record(record) if one.moment is moment and one.hours == hours), None)


def _notes(rule: Reminder | None) -> tuple[str, ...]:
    text = pick(rule.note, current_language()).text if rule is not None else ""
    return tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())


def _to_bring(event: Seen) -> tuple[Line, ...]:
    """What those who come bring or prepare, as far as this reader may see it; a discreet mail says nothing of it."""
    if event.discreet or event.view.kind not in KINDS:
        return ()
    texts = [event.reader.text(text).text for text in KINDS[event.view.kind].to_bring(details_of(event.view))]
    words = [" ".join(plain(text).split()) for text in texts if text]
    return tuple(Line(_("Bring or prepare") if number == 0 else "", text) for number, text in enumerate(words))


def _is_here(registration_id: int, occurrence_id: int) -> bool:
    row = db.session.get(RegistrationOccurrence, (registration_id, occurrence_id), populate_existing=True)
    return row is not None and row.checked_in_at is not None


def _is_answered(token: str) -> bool:
    try:
        asked = asked_by(token)
    except NotFound:
        return True
    return asked.is_answered or asked.is_closed
