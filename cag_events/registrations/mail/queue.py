"""What mails say of the queue: the place and the reason, an offer and until when, an offer that has lapsed."""

from typing import NamedTuple

from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.seating import Lapse
from cag_events.registrations.mail.reader import Seen
from cag_events.registrations.models import Registration
from cag_events.registrations.standing import find_standing, instant_text, lapse_words, queue_words, standing_words


class Said(NamedTuple):
    """The fact of a mail, its paragraphs and what its button says."""

    fact: str
    paragraphs: tuple[str, ...]
    action: str


def say_waiting(event: Seen, registration: Registration, occasion: str) -> Said:
    """Return what somebody is told who stands in the queue: the place, why, and how the queue moves."""
    first = {
        "approved": _("The organizer has said yes, but all seats are taken at the moment."),
        "restored": _("Your place in the queue counts again."),
        "lapsed": _("You did not take the seat that we offered you, so it went to the next in line."),
        "moved": _("An organizer has moved you to the head of the queue."),
    }
    facts = {
        "lapsed": _("The seat went to the next in line"),
        "moved": _("You have been moved forward in the queue"),
    }
    paragraphs = [first.get(occasion, _("There is no free seat for you at the moment. You are in the queue."))]
    if occasion == "lapsed":
        paragraphs.append(
            _("You stand at the end of the queue now. If you let one more offer pass, you leave the queue.")
        )
    standing = None if event.discreet else find_standing(registration.id, event.record)
    if standing is not None:
        paragraphs.append(" ".join(standing_words(event.view, standing)))
    paragraphs.append(queue_words(event.view))
    return Said(
        facts.get(occasion, _("You are in the queue")), tuple(paragraphs), _("See or leave your place in the queue")
    )


def say_offered(event: Seen, registration: Registration, _occasion: str) -> Said:
    """Return what somebody is told to whom a seat is offered: until when, and what happens then."""
    until = registration.offered_until or clock.now()
    then = lapse_words(is_last=event.view.registration.queue.lapse is Lapse.OUT)
    return Said(
        _("A seat is offered to you"),
        (
            _("It is your turn: a seat is held for you until %(when)s.", when=instant_text(until, event.view.tz)),
            _("Open your page and say whether you take it. To open it decides nothing."),
            then,
        ),
        _("Answer the offer"),
    )


def say_not_taken(occasion: str) -> Said | None:
    """Return what somebody is told who has said no to an offer or let it pass, and is not in the queue any more."""
    paragraphs = {
        "lapsed": _("You did not take the seat that we offered you, so it went to the next in line."),
        "offer_declined": _("You have said no to the seat that we offered you. It goes to the next in line."),
    }
    if occasion not in paragraphs:
        return None
    again = _("You are not in the queue any more. You can register again as long as registration is open.")
    return Said(_("You are not in the queue any more"), (paragraphs[occasion], again), _("See your registration"))
