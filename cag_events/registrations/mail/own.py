"""Mails about one's own registration: how it stands, what one has changed, the link once more."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from cag_events import clock
from cag_events.db import db
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import LIVE, Status
from cag_events.outbox.messages import is_queued
from cag_events.registrations.mail.deciding import say_changed, say_note
from cag_events.registrations.mail.invites import calendar_part
from cag_events.registrations.mail.leaving import call_off_rest
from cag_events.registrations.mail.queue import Said, say_not_taken, say_offered, say_waiting
from cag_events.registrations.mail.reader import (
    Method,
    Seen,
    count_changes,
    greeting,
    lines_about,
    page_of,
    seen_by,
)
from cag_events.registrations.mail.sending import to_owner
from cag_events.registrations.mail.ticket import ticket_code
from cag_events.registrations.models import Registration
from cag_events.registrations.services.links import make_link
from cag_events.registrations.services.own import is_answered
from cag_events.web.language import in_language
from cag_events.web.mailing import Letter, Link, address


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a mail says about how a registration stands."""

    fact: str
    paragraphs: tuple[str, ...] = ()
    action: str = ""
    method: Method | None = None


def made(registration_id: int) -> None:
    """Tell somebody who has registered how it stands: a seat, a place in the queue, or waiting for an answer."""
    _tell(registration_id, "made")


def promoted(registration_id: int) -> None:
    """Tell somebody from the queue that they have a seat."""
    _tell(registration_id, "promoted", may_wait=False)


def approved(registration_id: int) -> None:
    """Tell somebody that the organizer said yes."""
    _tell(registration_id, "approved", may_wait=False)


def declined(registration_id: int) -> None:
    """Tell somebody that the organizer said no; who had a seat has it called off in the calendar too."""
    registration = _reachable(registration_id)
    had_seat = registration is not None and registration.confirmed_at is not None
    _tell(registration_id, "seat_lost" if had_seat else "declined", may_wait=False)


def offered(registration_id: int) -> None:
    """Tell somebody that a seat is offered to them, and until when."""
    _tell(registration_id, "offered", may_wait=False)


def accepted(registration_id: int) -> None:
    """Tell somebody who has taken an offered seat that it is theirs."""
    _tell(registration_id, "accepted")


def offer_declined(registration_id: int) -> None:
    """Tell somebody who has said no to an offer that it counts."""
    _tell(registration_id, "offer_declined")


def lapsed(registration_id: int) -> None:
    """Tell somebody that the time to take a seat is over, and where they stand now."""
    _tell(registration_id, "lapsed")


def moved(registration_id: int) -> None:
    """Tell somebody that an organizer has moved them to the head of the queue."""
    _tell(registration_id, "moved")


def withdrawn(registration_id: int) -> None:
    """Tell somebody that their registration is withdrawn."""
    registration = _reachable(registration_id)
    answered = registration is not None and is_answered(registration)
    _tell(registration_id, "answered" if answered else "withdrawn")


def restored(registration_id: int) -> None:
    """Tell somebody that their registration counts again."""
    _tell(registration_id, "restored")


def changed(registration_id: int) -> None:
    """Tell somebody what their registration is like after a change."""
    registration = _reachable(registration_id)
    if registration is None or registration.status not in LIVE:
        return
    key = f"registration:{registration.row_id}:changed:{count_changes(registration_id)}"
    _send(registration, "changed", key, lambda event: _changed(event, registration))


def link_again(registration_id: int) -> None:
    """Send somebody the link to their registration once more."""
    link_asked([registration_id])


def link_asked(registration_ids: Collection[int]) -> None:
    """Send somebody the links to all of their registrations, a mail for each."""
    for registration_id in registration_ids:
        registration = _reachable(registration_id)
        if registration is not None and registration.status in LIVE:
            key = f"registration:{registration.row_id}:link:{clock.now():%Y%m%dT%H%M%S}"
            _send(registration, "link", key, _link)


def _tell(registration_id: int, occasion: str, *, may_wait: bool = True) -> None:
    """Tell how a registration stands now. Facts that follow each other quickly are told once, as they ended."""
    registration = _reachable(registration_id)
    if registration is None:
        return
    status = registration.status
    key = f"registration:{registration.row_id}:{status.value}:{count_changes(registration_id)}"

    def words_of(event: Seen) -> Words:
        if status in IN_QUEUE:
            words = _said(IN_QUEUE[status](event, registration, occasion))
        else:
            words = STANDINGS[status](event, occasion)
        return replace(words, paragraphs=(*words.paragraphs, *say_note(event, registration, occasion)))

    _send(registration, status.value, key, words_of, may_wait=may_wait)


def _reachable(registration_id: int) -> Registration | None:
    registration = db.session.get(Registration, registration_id, populate_existing=True)
    return registration if registration is not None and registration.email else None


def _send(
    registration: Registration, kind: str, key: str, words_of: Callable[[Seen], Words], *, may_wait: bool = True
) -> None:
    """Queue a mail to a registration's owner with a link of its own, unless one with this key was queued before."""
    if is_queued(key):
        return
    with in_language(registration.language):
        event = seen_by(registration)
        words = words_of(event)
        page = address("registrations.mine", token=make_link(registration.id))
        letter = Letter(
            subject=event.subject(words.fact),
            heading=event.heading(words.fact),
            greeting=greeting(registration.name),
            paragraphs=words.paragraphs,
            lines=lines_about(event, registration),
            code=ticket_code(event, registration) if words.method == "REQUEST" else None,
            action=Link(words.action or _("Open your page"), page),
            after=_after(registration, event),
            links=tuple(link for link in (_calendar_link(registration, event, page), page_of(event)) if link),
        )
        calendar = calendar_part(event, registration, words.method) if words.method else None
        to_owner(
            registration, event, letter, key=key, kind=f"registration.{kind}", may_wait=may_wait, calendar=calendar
        )
        call_off_rest(event, registration, page)


def _after(registration: Registration, event: Seen) -> tuple[str, ...]:
    if registration.status not in LIVE:
        return ()
    keep = _("The link is yours alone: whoever has it can change your registration. Do not pass it on.")
    if registration.status is Status.CONFIRMED and event.view.status is EventStatus.PUBLISHED:
        return (_("Cannot come? Open your page and free your seat, so that somebody else can have it."), keep)
    return (keep,)


def _calendar_link(registration: Registration, event: Seen, page: str) -> Link | None:
    """Where a mail takes no calendar part, as for several dates: the way to a file with all of them."""
    if registration.status is not Status.CONFIRMED or event.discreet or len(event.dates) < 2:
        return None
    return Link(_("Put all dates into your calendar"), f"{page}.ics")


def _confirmed(event: Seen, occasion: str) -> Words:
    facts = {
        "promoted": _("You have got a seat"),
        "approved": _("Your registration is approved"),
        "restored": _("You are registered again"),
    }
    first = {
        "promoted": _(
            "A seat was freed and you were next in the queue. The seat is yours; there is nothing you need to do."
        ),
        "approved": _("The organizer has said yes. You have a seat."),
        "restored": _("Your registration counts again. You have a seat."),
        "accepted": _("You have taken the seat that we offered you. It is yours."),
    }
    paragraphs = [first.get(occasion, _("You have a seat. Welcome!"))]
    if event.discreet:
        paragraphs.append(_("Everything else stands on your page."))
    return Words(
        fact=facts.get(occasion, _("You are registered")),
        paragraphs=tuple(paragraphs),
        action=_("See or change your registration"),
        method="REQUEST" if event.view.status is EventStatus.PUBLISHED else None,
    )


def _said(said: Said) -> Words:
    return Words(fact=said.fact, paragraphs=said.paragraphs, action=said.action)


def _pending(_event: Seen, _occasion: str) -> Words:
    return Words(
        fact=_("We have got your registration"),
        paragraphs=(_("The organizer looks at each registration for this event. You get a mail with the answer."),),
        action=_("See or change your registration"),
    )


def _declined(_event: Seen, occasion: str) -> Words:
    if said := say_not_taken(occasion):
        return _said(said)
    if occasion == "seat_lost":
        return Words(
            fact=_("You have no seat any more"),
            paragraphs=(_("The organizer has looked at your registration again and could not keep your seat."),),
            action=_("See your registration"),
            method="CANCEL",
        )
    return Words(
        fact=_("We cannot give you a seat"),
        paragraphs=(_("The organizer could not give you a seat this time. Thank you for your interest."),),
        action=_("See your registration"),
    )


def _withdrawn(_event: Seen, occasion: str) -> Words:
    first = _("You are no longer registered, and your seat goes to the next in line.")
    undo = _("Was it a mistake? On your page you can take it back for ten minutes.")
    if occasion == "answered":
        first = _("Your calendar told us that you do not come. Your seat goes to the next in line.")
        undo = _("Was it a mistake? On your page you can take it back for two days, as long as there is a seat.")
    return Words(
        fact=_("Your registration is withdrawn"),
        paragraphs=(first, undo),
        action=_("Open your page"),
        method="CANCEL",
    )


def _changed(event: Seen, registration: Registration) -> Words:
    is_sure = registration.status is Status.CONFIRMED and event.view.status is EventStatus.PUBLISHED
    return Words(
        fact=_("Your registration is changed"),
        paragraphs=(*say_changed(event, registration), _("This is what we have now.")),
        action=_("See or change your registration"),
        method="REQUEST" if is_sure else None,
    )


def _link(_event: Seen) -> Words:
    return Words(
        fact=_("Your link"),
        paragraphs=(
            _("Here is the link to your registration once more. Earlier links work too."),
            _("Did you not ask for it? Then somebody else has typed your address. Nothing has changed."),
        ),
        action=_("See or change your registration"),
    )


STANDINGS: dict[Status, Callable[[Seen, str], Words]] = {
    Status.CONFIRMED: _confirmed,
    Status.PENDING: _pending,
    Status.DECLINED: _declined,
    Status.WITHDRAWN: _withdrawn,
}
IN_QUEUE: dict[Status, Callable[[Seen, Registration, str], Said]] = {
    Status.WAITLISTED: say_waiting,
    Status.OFFERED: say_offered,
}
