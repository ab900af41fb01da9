"""Tells somebody that their role is ready: a link, and nothing of the role itself."""

from flask_babel import gettext as _

from cag_events.db import db
from cag_events.domain.seats import Status
from cag_events.events.queries import get_record
from cag_events.outbox.messages import is_queued, queue
from cag_events.registrations.mail.reader import greeting, message, seen_by
from cag_events.registrations.models import Registration
from cag_events.registrations.services.links import make_link
from cag_events.roleplays.codes import CARD, link_token
from cag_events.roleplays.models import Player
from cag_events.roleplays.queries import asks_age, may_have_role, seats_held_by, stage_of
from cag_events.web import dates
from cag_events.web.language import in_language
from cag_events.web.mailing import Letter, Link, address


def role_given(registration_id: int) -> None:
    """Tell somebody that a role waits for them, or another one than before; once for each."""
    registration = db.session.get(Registration, registration_id, populate_existing=True)
    if registration is None or not registration.email or registration.status is not Status.CONFIRMED:
        return
    seats, record = seats_held_by(registration.id), get_record(registration.event_id)
    if not seats or not may_have_role(db.session.get(Player, registration.id), asks=asks_age(record)):
        return
    key = f"registration:{registration.row_id}:role:{seats[-1].row_id}"
    if is_queued(key):
        return
    released_at = stage_of(record).releases_at
    with in_language(registration.language):
        event = seen_by(registration)
        when = dates.moment(released_at, record.tz).text if released_at else ""
        letter = Letter(
            subject=event.subject(_("Your role is ready")),
            heading=event.heading(_("Your role is ready")),
            greeting=greeting(registration.name),
            paragraphs=(
                _("You see which one on your page. An older link to a role card does not work any more."),
                *((_("You can read your brief from %(when)s.", when=when),) if when else ()),
            ),
            action=Link(_("Open my page"), address("registrations.mine", token=make_link(registration.id))),
            links=tuple(
                Link(
                    _("My role card") if len(seats) == 1 else _("Role card %(num)s", num=seat.no),
                    address("roleplays.card", token=link_token(seat.row_id, CARD)),
                )
                for seat in seats
            ),
            after=(_("The card is for you alone. Please do not pass it on: what others know would spoil the game."),),
        )
        queue(message(event, letter, key=key, kind="role", to=registration.email, language=registration.language))
