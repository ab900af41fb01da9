"""Mails about programme items that somebody chose: what changed, with before and after; a seat from the waiting list.

A mail about a guarded conference tells neither item nor title: what it is about stands on the reader's own page.
"""

from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events import clock
from cag_events.conferences.items import placed_of
from cag_events.conferences.models import ItemSignUp, SignUpStatus
from cag_events.conferences.queries import CHOSEN, find_version, registrations_with, sign_ups_of
from cag_events.conferences.telling import Fact, people_of, room_of, tell, when_of
from cag_events.db import db
from cag_events.domain.disclosure import disclose
from cag_events.domain.programme import CONCERNS, Change, What, changes
from cag_events.domain.seats import Status
from cag_events.domain.texts import pick
from cag_events.events.queries import get_record
from cag_events.kinds.conference import Item
from cag_events.outbox.facts import note_each
from cag_events.outbox.messages import is_queued
from cag_events.registrations.mail.reader import Seen, greeting, page_of, seen_by, viewer_of
from cag_events.registrations.mail.sending import find_reachable, to_owner
from cag_events.registrations.models import Registration
from cag_events.registrations.services.links import make_link
from cag_events.web.language import in_language
from cag_events.web.mailing import Letter, Line, Link, address


def programme_published(event_id: int, number: int) -> None:
    """Let each who chose an item that was moved, called off or brought back be told, in a unit of its own."""
    found = _concerning(event_id, number)
    if not found:
        return
    ids = registrations_with(event_id, [change.key for change in found])
    note_each(
        "conference.items_changed",
        [{"registration_id": one, "event_id": event_id, "number": number} for one in ids],
    )


def items_changed(registration_id: int, event_id: int, number: int) -> None:
    """Tell somebody what a new version of the programme changes of what they chose."""
    registration = find_reachable(registration_id, {Status.CONFIRMED})
    key = f"conference:{event_id}:{number}:registration:{registration_id}"
    if registration is None or is_queued(key):
        return
    mine = {key for key, row in sign_ups_of(registration_id).items() if row.status in CHOSEN}
    touched = [change for change in _concerning(event_id, number) if change.key in mine]
    if not touched:
        return
    with in_language(registration.language):
        event = seen_by(registration)
        fact = _("The programme has changed")
        letter = Letter(
            subject=event.subject(fact),
            heading=event.heading(fact),
            greeting=greeting(registration.name),
            paragraphs=_paragraphs(event, len(touched)),
            lines=() if event.discreet else _lines(touched, registration),
            action=Link(_("Open my programme"), _own_page(registration)),
            links=tuple(link for link in (page_of(event),) if link),
        )
        to_owner(registration, event, letter, key=key, kind="conference.items_changed")


def item_promoted(sign_up_id: int) -> None:
    """Tell somebody from the waiting list of an item that they have a seat there."""
    row = db.session.get(ItemSignUp, sign_up_id)
    if row is None or row.status is not SignUpStatus.CONFIRMED:
        return
    registration = find_reachable(row.registration_id, {Status.CONFIRMED})
    key = f"conference:sign-up:{sign_up_id}:{row.revision}"
    one = placed_of(get_record(row.event_id)).get(row.item_key)
    if registration is None or one is None or is_queued(key):
        return
    with in_language(registration.language):
        event = seen_by(registration)
        fact = _("You have a seat from the waiting list")
        view = disclose(event.record, viewer_of(registration), clock.now())
        lines = (
            Line(_("What"), pick(one.item.title, registration.language).text),
            Line(_("When"), when_of(one.item, view)),
            *((Line(_("Room"), room),) if (room := room_of(one.item, view)) else ()),
            *((Line(_("Who"), who),) if (who := people_of(one.item, view)) else ()),
        )
        letter = Letter(
            subject=event.subject(fact),
            heading=event.heading(fact),
            greeting=greeting(registration.name),
            paragraphs=(_("Can you not come? Please take it out of your programme, so that somebody else gets it."),),
            lines=() if event.discreet else lines,
            action=Link(_("Open my programme"), _own_page(registration)),
        )
        to_owner(registration, event, letter, key=key, kind="conference.item_promoted")


def _concerning(event_id: int, number: int) -> list[Change[Item]]:
    """What a version changes that those who chose an item must know."""
    now, before = find_version(event_id, number), find_version(event_id, number - 1)
    if now is None or before is None:
        return []
    return [change for change in changes(before.items, now.items) if CONCERNS & set(change.what)]


def _paragraphs(event: Seen, number: int) -> tuple[str, ...]:
    if event.discreet:
        return (_("Something that you chose has changed. What it is stands on your own page."),)
    return (
        ngettext(
            "Something that you chose has changed. It is marked on your page, and your calendar follows by itself.",
            "%(num)s things that you chose have changed. They are marked on your page, and your calendar follows.",
            number,
        ),
    )


def _lines(touched: list[Change[Item]], registration: Registration) -> tuple[Line, ...]:
    """A line for each item, and one for each thing about it that is different: before → after."""
    view = disclose(get_record(registration.event_id), viewer_of(registration), clock.now())
    lines: list[Line] = []
    for change in touched:
        told = tell(change, view)
        if told is None:
            continue
        lang = told.title.lang if told.title.lang != registration.language else None
        lines.append(Line(told.word, told.title.text, lang=lang))
        is_off = {What.REMOVED, What.CANCELLED} & set(change.what)
        facts = (
            (Fact(label=_("When"), before=when_of(change.item, view), after=_("cancelled")),) if is_off else told.facts
        )
        lines += [Line(fact.label, fact.after, before=fact.before) for fact in facts if fact.after]
    return tuple(lines)


def _own_page(registration: Registration) -> str:
    return address("conferences.own", token=make_link(registration.id))
