"""Mails to others than a registration's owner: who helps, who is to take a seat, who answered for somebody; and what
the owner hears of them."""

from dataclasses import dataclass

from flask_babel import gettext as _

from cag_events import clock
from cag_events.db import db
from cag_events.domain.disclosure import Viewer
from cag_events.domain.inviting import Part
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import LIVE, Status
from cag_events.events.queries import get_record
from cag_events.outbox.messages import is_queued, queue
from cag_events.registrations.mail.invites import calendar_part
from cag_events.registrations.mail.reader import (
    CalendarPart,
    Seen,
    count_changes,
    greeting,
    lines_about,
    message,
    page_of,
    seen,
    seen_by,
)
from cag_events.registrations.mail.sending import find_reachable
from cag_events.registrations.models import Delegate, Registration
from cag_events.registrations.queries.people import occurrence_ids
from cag_events.registrations.services.erasing import forget
from cag_events.registrations.services.links import make_link
from cag_events.registrations.services.passing import make_successor_link
from cag_events.registrations.wording import OWN_STATUS
from cag_events.web import dates
from cag_events.web.language import in_language
from cag_events.web.mailing import Letter, Line, Link, address


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What a mail says, beside the lines about the event."""

    fact: str
    paragraphs: tuple[str, ...]
    action: Link | None = None
    after: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    why: str = ""


def helper_added(delegate_id: int) -> None:
    """Give a colleague a link of their own to somebody's registration."""
    delegate, registration = _found(delegate_id, Part.HELPER)
    key = _key(registration, f"helper:{delegate.row_id}") if delegate and registration else ""
    if delegate is None or registration is None or registration.status not in LIVE or is_queued(key):
        return
    with in_language(registration.language):
        event = _as_stranger(registration)
        page = address("registrations.mine", token=make_link(registration.id))
        said = _Said(
            fact=_("Help with a registration"),
            paragraphs=(
                _(
                    "Somebody who has registered lets you look after the registration together: the names of those "
                    "who come along, the number of people, and whether they come at all."
                ),
            ),
            lines=lines_about(event),
            action=Link(_("Open the registration"), page),
            after=(_("The link is yours alone: whoever has it can change the registration. Do not pass it on."),),
            why=_("You get this mail because somebody typed your address on the page of their registration."),
        )
        _queue(event, registration, said, key=key, kind="helper", to=delegate.email or "")


def seat_offered(delegate_id: int) -> None:
    """Tell somebody that a seat is passed on to them, and how they take it."""
    delegate, registration = _found(delegate_id, Part.SUCCESSOR)
    key = _key(registration, f"offered:{delegate.row_id}") if delegate and registration else ""
    if delegate is None or registration is None or is_queued(key):
        return
    with in_language(registration.language):
        event = _as_stranger(registration)
        page = address("registrations.take_over", token=make_successor_link(delegate.id))
        until = delegate.expires_at
        said = _Said(
            fact=_("A seat for you"),
            paragraphs=(
                _("Somebody cannot come and would like you to have the seat. It is yours when you take it."),
                *(
                    [_("Please answer before %(time)s.", time=dates.moment(until, event.record.tz).text)]
                    if until
                    else []
                ),
            ),
            lines=lines_about(event),
            action=Link(_("Take the seat, or say no"), page),
            after=(_("If you do nothing, the seat stays where it is and we forget your address with the event."),),
            why=_("You get this mail because somebody who is registered named you as the one to take their seat."),
        )
        _queue(event, registration, said, key=key, kind="seat_offered", to=delegate.email or "", name=delegate.name)


def seat_declined(registration_id: int) -> None:
    """Tell the giver that the one whom they named does not take the seat."""
    _to_owner(
        registration_id,
        "seat_declined",
        lambda: (
            _("You still have your seat"),
            _("The one whom you named does not take it. You can name somebody else, or come yourself."),
        ),
    )


def passing_refused(registration_id: int) -> None:
    """Tell the giver that the organizer does not let the seat be passed on."""
    _to_owner(
        registration_id,
        "passing_refused",
        lambda: (
            _("You still have your seat"),
            _("The organizer could not let the seat be passed on. If you cannot come, please free it."),
        ),
    )


def passed_on(registration_id: int) -> None:
    """Tell the giver that the seat is somebody else's now; then delete what they have told."""
    registration = db.session.get(Registration, registration_id, populate_existing=True)
    if registration is None or registration.is_removed:
        return
    key = _key(registration, "passed_on")
    if registration.email and not is_queued(key):
        with in_language(registration.language):
            event = seen_by(registration)
            said = _Said(
                fact=_("Your seat is passed on"),
                paragraphs=(
                    _("The one whom you named has taken your seat. You are no longer registered."),
                    _("Your links have ended, and what you had told us has been deleted."),
                ),
                lines=lines_about(event),
            )
            calendar = calendar_part(event, registration, "CANCEL")
            _queue(event, registration, said, key=key, kind="passed_on", to=registration.email, calendar=calendar)
    forget(registration)


def answered_for(delegate_id: int) -> None:
    """Give somebody who answered for another a copy: how it stands, and no link."""
    delegate, registration = _found(delegate_id, Part.ANSWERED)
    key = _key(registration, f"answered:{delegate.row_id}") if delegate and registration else ""
    if delegate is None or registration is None or registration.status not in LIVE or is_queued(key):
        return
    with in_language(registration.language):
        event = seen_by(registration)
        said = _Said(
            fact=_("Copy of an answer"),
            paragraphs=(
                _("You have answered an invitation for somebody else. This is how it stands."),
                _("The link to the registration has been sent to the one who comes."),
            ),
            lines=(
                *lines_about(event, registration),
                *([] if event.discreet else [Line(_("Name"), registration.name or "")]),
                Line(_("How it stands for the one who comes"), str(_(OWN_STATUS[registration.status]))),
            ),
            why=_("You get this mail because you gave your address when you answered for somebody else."),
        )
        _queue(event, registration, said, key=key, kind="answered_for", to=delegate.email or "", name=delegate.name)


def _to_owner(registration_id: int, occasion: str, words):  # type: ignore[no-untyped-def]  # a fact and a paragraph
    registration = find_reachable(registration_id)
    if registration is None or not registration.email:
        return
    key = _key(registration, f"{occasion}:{count_changes(registration_id)}")
    if is_queued(key):
        return
    with in_language(registration.language):
        event = seen_by(registration)
        fact, paragraph = words()
        page = address("registrations.mine", token=make_link(registration.id))
        said = _Said(
            fact=fact,
            paragraphs=(paragraph,),
            lines=lines_about(event, registration),
            action=Link(_("Open your page"), page),
        )
        _queue(event, registration, said, key=key, kind=occasion, to=registration.email)


def _found(delegate_id: int, part: Part) -> tuple[Delegate | None, Registration | None]:
    """A delegate who still is one, and the registration."""
    delegate = db.session.get(Delegate, delegate_id, populate_existing=True)
    if delegate is None or delegate.part is not part or not delegate.email:
        return None, None
    return delegate, db.session.get(Registration, delegate.registration_id, populate_existing=True)


def _as_stranger(registration: Registration) -> Seen:
    """The event as somebody may see it who has no seat: what only those who are confirmed see is left out."""
    record = get_record(registration.event_id)
    return seen(record, Viewer(invited=True), clock.now(), occurrence_ids(registration.id))


def _key(registration: Registration | None, what: str) -> str:
    return f"registration:{registration.row_id}:{what}" if registration else ""


def _queue(
    event: Seen,
    registration: Registration,
    said: _Said,
    *,
    key: str,
    kind: str,
    to: str,
    name: str | None = None,
    calendar: CalendarPart | None = None,
) -> None:
    has_page = event.view.status is EventStatus.PUBLISHED and registration.status is Status.CONFIRMED
    links = (page_of(event),) if has_page else ()
    letter = Letter(
        subject=event.subject(said.fact),
        heading=event.heading(said.fact),
        greeting=greeting(name or (registration.name if to == registration.email else None)),
        paragraphs=said.paragraphs,
        lines=said.lines,
        action=said.action,
        after=said.after,
        links=tuple(link for link in links if link),
        why=said.why,
    )
    language = registration.language
    queue(message(event, letter, key=key, kind=f"registration.{kind}", to=to, language=language, calendar=calendar))
