"""The mails of workshops: it takes place, and to whoever answers for it: decide today."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from cag_events import clock
from cag_events.accounts.models import Account
from cag_events.db import db
from cag_events.domain.disclosure import TEAM
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.messages.queries.coming import first_day
from cag_events.outbox.messages import is_queued, queue
from cag_events.permissions import GRANTS, Permission, Role
from cag_events.registrations.mail.reader import greeting, lines_about, message, page_of, seen, seen_by
from cag_events.registrations.mail.sending import find_seated, to_owner
from cag_events.registrations.services.links import make_link
from cag_events.web import dates
from cag_events.web.language import in_language
from cag_events.web.mailing import Letter, Line, Link, address
from cag_events.workshops.queries import count_people, find_decision, standing_of


def takes_place(registration_id: int) -> None:
    """Tell somebody who has a seat that the workshop is held."""
    registration = find_seated(registration_id)
    if registration is None:
        return
    key = f"workshop:{registration.row_id}:takes_place:{first_day(get_record(registration.event_id))}"
    if is_queued(key):
        return
    with in_language(registration.language):
        event = seen_by(registration)
        page = address("registrations.mine", token=make_link(registration.id))
        public = page_of(event)
        letter = Letter(
            subject=event.subject(_("It takes place")),
            heading=event.heading(_("It takes place")),
            greeting=greeting(registration.name),
            paragraphs=(_("We have decided: the workshop is held as planned. You have a seat."),),
            lines=lines_about(event, registration),
            action=Link(_("See what to prepare"), page),
            after=(_("Can you no longer come? Open your page and free your seat."),),
            links=(public,) if public else (),
        )
        to_owner(registration, event, letter, key=key, kind="workshop.takes_place")


def decision_due(event_id: int) -> None:
    """Tell whoever answers for a workshop that too few have registered, and that it is for them to decide today."""
    record = get_record(event_id)
    day = first_day(record)
    if day is None or record.status is not EventStatus.PUBLISHED or find_decision(record) is not None:
        return
    people = count_people([event_id]).get(event_id, {})
    standing = standing_of(record, people.get(Status.CONFIRMED, 0))
    if standing is None or standing.is_enough:
        return
    waiting = people.get(Status.PENDING, 0) + people.get(Status.WAITLISTED, 0)
    for account in _answering(event_id):
        key = f"workshop:{record.uid}:decide:{day}:{account.row_id}"
        if is_queued(key):
            continue
        with in_language(account.language):
            event = seen(record, TEAM, clock.now())
            needed = ngettext("It needs at least %(num)s person.", "It needs at least %(num)s people.", standing.least)
            have = ngettext("%(num)s person has a seat", "%(num)s people have a seat", standing.people)
            letter = Letter(
                subject=event.subject(_("Decide whether it is held")),
                heading=event.heading(_("Decide whether it is held")),
                greeting=greeting(account.name),
                paragraphs=(f"{needed} {have}.", _("Nothing is called off by itself: you decide, with one press.")),
                lines=(
                    Line(_("Day of the decision"), dates.day_text(standing.day)),
                    Line(_("Have a seat"), str(standing.people)),
                    Line(_("Wait for an answer or a seat"), str(waiting)),
                ),
                action=Link(_("Hold it or cancel it"), address("workshops.decision", key=record.key)),
                why=_("You get this mail because you answer for the event."),
            )
            queue(
                message(
                    event,
                    letter,
                    key=key,
                    kind="workshop.decision_due",
                    to=account.email,
                    language=account.language,
                    may_wait=False,
                )
            )


def _answering(event_id: int) -> Sequence[Account]:
    """Whoever leads the event; where nobody does, the organizers."""
    lead = db.session.scalar(
        select(Account).join(Event, Event.lead_id == Account.id).where(Event.id == event_id, ~Account.is_disabled)
    )
    if lead is not None:
        return [lead]
    roles = [role for role in Role if Permission.EVENT_PUBLISH in GRANTS[role] and role is not Role.ADMIN]
    query = select(Account).where(Account.role.in_(roles), ~Account.is_disabled).order_by(Account.id)
    return list(db.session.scalars(query))
