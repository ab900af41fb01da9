"""What organizers write themselves: their words in the reader's language, with a few words filled in for each."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from flask_babel import gettext as _

from cag_events import clock
from cag_events.db import db
from cag_events.domain.seats import LIVE
from cag_events.domain.texts import Texts, pick
from cag_events.events.queries import get_record
from cag_events.messages.models import Notice
from cag_events.outbox.messages import is_queued, queue
from cag_events.registrations.mail.event_letters import Told
from cag_events.registrations.mail.reader import (
    Seen,
    greeting,
    message,
    page_of,
    seen,
    viewer_of,
    when_texts,
    where_text,
)
from cag_events.registrations.models import Registration
from cag_events.registrations.queries.people import occurrence_ids
from cag_events.registrations.services.links import make_link
from cag_events.web.language import current_language, in_language
from cag_events.web.mailing import Letter, Link, address

FILLED: Final[Mapping[str, Callable[[Seen, Registration], str]]] = {
    "name": lambda _event, registration: registration.name or "",
    "event": lambda event, _registration: event.title.text,
    "when": lambda event, _registration: ", ".join(when_texts(event)),
    "where": lambda event, registration: "" if event.discreet else where_text(event, registration.mode),
    "code": lambda _event, registration: registration.code,
}
_SLOT = re.compile(r"\{([a-z]+)\}")


def unknown_slots(texts: Texts) -> list[str]:
    """Return what stands in braces in texts and is not filled in for anybody."""
    return sorted({name for text in texts.values() for name in _SLOT.findall(text) if name not in FILLED})


def letter_written(subject: Texts, body: Texts, registration: Registration, chosen: Sequence[int]) -> Told:
    """Return an organizer's letter to somebody, in the present language or the next best that it is written in."""
    record = get_record(registration.event_id)
    event = seen(record, viewer_of(registration), clock.now(), chosen)
    lang = current_language()
    head = " ".join(_filled(pick(subject, lang).text, event, registration).split())
    text = _filled(pick(body, lang).text, event, registration)
    letter = Letter(
        subject=event.subject("") if event.discreet else head,
        heading=head,
        greeting=greeting(registration.name) if "{name}" not in pick(body, lang).text else "",
        paragraphs=tuple(part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()),
    )
    return Told(event=event, letter=letter)


def written_to(registration_id: int, notice_id: int) -> None:
    """Send somebody what an organizer wrote."""
    notice = db.session.get(Notice, notice_id)
    registration = db.session.get(Registration, registration_id, populate_existing=True)
    if notice is None or registration is None or registration.status not in LIVE or not registration.email:
        return
    key = f"notice:{notice.row_id}:{registration.row_id}"
    if is_queued(key):
        return
    with in_language(registration.language):
        told = letter_written(notice.subject, notice.body, registration, occurrence_ids(registration.id))
        page = Link(_("Open your page"), address("registrations.mine", token=make_link(registration.id)))
        public = page_of(told.event)
        queue(
            message(
                told.event,
                replace(told.letter, action=page, links=(public,) if public else ()),
                key=key,
                kind="event.written",
                to=registration.email,
                language=registration.language,
                may_wait=False,
            )
        )


def _filled(text: str, event: Seen, registration: Registration) -> str:
    """A text with what stands in braces filled in, once: what is filled in is never looked at again."""
    return _SLOT.sub(lambda found: FILLED[found[1]](event, registration) if found[1] in FILLED else found[0], text)
