"""Mails to everybody who is registered, when an event is moved, postponed, cancelled, closed or open again.

What a mail says is in event_letters.py; each is a fact about one registration, and a small writing unit of its own.
"""

from dataclasses import replace

from flask_babel import gettext as _

from cag_events.domain.noticing import News
from cag_events.events.queries import get_record
from cag_events.outbox.messages import is_queued
from cag_events.registrations.mail.event_letters import NOTHING, Extra, Told, letter_about
from cag_events.registrations.mail.invites import calendar_part
from cag_events.registrations.mail.leaving import call_off_rest
from cag_events.registrations.mail.reader import page_of
from cag_events.registrations.mail.sending import find_reachable, to_owner
from cag_events.registrations.models import Registration
from cag_events.registrations.queries.people import occurrence_ids
from cag_events.registrations.services.links import make_link
from cag_events.web.language import in_language
from cag_events.web.mailing import Link, address


def tell(news: News, registration_id: int, before: int | None = None, extra: Extra = NOTHING) -> None:
    """Mail somebody what has become of their event; nothing where they see no difference, or were told already."""
    registration = find_reachable(registration_id)
    if registration is None:
        return
    key = f"registration:{registration.row_id}:{news}:{get_record(registration.event_id).version}"
    key = f"{key}:{extra.notice}" if extra.notice else key
    if is_queued(key):
        return
    with in_language(registration.language):
        told = letter_about(news, registration, occurrence_ids(registration.id), before=before, extra=extra)
        if told is not None:
            _send(registration, told, key=key, kind=news)


def _send(registration: Registration, told: Told, *, key: str, kind: str) -> None:
    """Queue the mail with a link of its own; of an event whose page is closed there is no page to open."""
    event, letter, page = told.event, told.letter, None
    if kind != News.WITHDRAWN:
        token = make_link(registration.id)
        page = Link(_("Open your page"), address("registrations.mine", token=token))
        coming = Link(_("Yes or no"), address("messages.coming_page", token=token)) if told.asks else None
        public = page_of(event)
        links = ((page,) if coming else ()) + ((public,) if public else ())
        letter = replace(letter, action=coming or page, links=links)
    calendar = calendar_part(event, registration, told.method) if told.method else None
    to_owner(registration, event, letter, key=key, kind=f"event.{kind}", calendar=calendar)
    call_off_rest(event, registration, page.url if page else "")
