"""The mail to whoever answers for events that an update of the zone data has moved: one for each person and update."""

from collections import defaultdict
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from cag_events import clock
from cag_events.accounts.models import Account
from cag_events.db import db
from cag_events.domain.disclosure import TEAM
from cag_events.domain.event import EventRecord, Safety
from cag_events.events.models import ClockChange, Event
from cag_events.events.queries import get_record
from cag_events.outbox.messages import NewMessage, is_queued, queue
from cag_events.permissions import GRANTS, Permission, Role
from cag_events.registrations.mail.reader import greeting, seen, when_texts
from cag_events.web.language import in_language
from cag_events.web.mailing import Letter, Line, Link, address, write
from cag_events.web.organisation import site

MOST_EVENTS = 30  # told one by one; *today* has them all


def changed(number: int) -> None:
    """Tell each lead which of their events have moved against the rest of the world, or stand in an hour that is not.

    Events without a lead are told to all organizers. `number`: of the update.
    """
    rows = db.session.execute(
        select(ClockChange, Event.lead_id)
        .join(Event, Event.id == ClockChange.event_id)
        .where(ClockChange.update_number == number)
        .order_by(Event.starts_at, ClockChange.id)
    )
    of_account: dict[int, list[ClockChange]] = defaultdict(list)
    organizers = [account.id for account in _organizers()]
    for change, lead_id in rows:
        for account_id in [lead_id] if lead_id is not None else organizers:
            of_account[account_id].append(change)
    accounts = select(Account).where(Account.id.in_(of_account), ~Account.is_disabled).order_by(Account.id)
    for account in db.session.scalars(accounts):
        _tell(account, of_account[account.id], number)


def _tell(account: Account, changes: Sequence[ClockChange], number: int) -> None:
    key = f"clocks:{number}:{account.row_id}"
    if is_queued(key):
        return
    with in_language(account.language):
        words = site()
        told = [(change, get_record(change.event_id)) for change in changes[:MOST_EVENTS]]
        lines = [line for change, record in told for line in _lines(change, record)]
        if len(changes) > MOST_EVENTS:
            lines.append(Line("", _("and %(num)s more", num=len(changes) - MOST_EVENTS)))
        letter = Letter(
            subject=_("Clocks changed by law: your events"),
            heading=_("The law of the clocks has changed"),
            greeting=greeting(account.name),
            paragraphs=(
                _(
                    "New time zone data (release %(release)s) are in use. These events keep their time by the clocks "
                    "there, and are at another time for everybody else.",
                    release=changes[0].release,
                ),
                _("Those who are registered get a mail in ten minutes, unless you stop it."),
            ),
            lines=tuple(lines),
            action=Link(_("See what waits"), address("workspace.today")),
            why=_("You get this mail because you answer for the event."),
            signature=words.name,
        )
        text, html = write(letter)
        message = NewMessage(
            key=key,
            kind="event.clocks",
            to=account.email,
            language=account.language,
            subject=letter.subject,
            text=text,
            html=html,
            sender=words.name,
            may_wait=False,
        )
        queue(message)


def _lines(change: ClockChange, record: EventRecord) -> list[Line]:
    """What a mail says of one event; of a guarded one its page in the workspace alone."""
    event = seen(record, TEAM, clock.now())
    page = address("messages.of_event", key=record.key)
    is_guarded = record.safety is Safety.GUARDED
    dates = ", ".join(when_texts(event)[:3])
    lines = [Line(_("Event") if is_guarded else event.title.text, page if is_guarded else dates)]
    if change.gaps:
        lines.append(Line("", _("An hour of it is skipped or comes twice now: choose another time.")))
    return lines


def _organizers() -> Sequence[Account]:
    roles = [role for role in Role if Permission.EVENT_PUBLISH in GRANTS[role] and role is not Role.ADMIN]
    return db.session.scalars(select(Account).where(Account.role.in_(roles), ~Account.is_disabled)).all()
