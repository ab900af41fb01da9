"""An event at which everything about registration is in use, full of words that only some may read.

Parties with names, own questions, held seats, a queue with moves, seats passed on, invitations, the door, mails. Every
word stands in one place, as in kinds_world.py, which fills this in.
"""

from typing import TYPE_CHECKING

from sqlalchemy import select

from cag_events import clock
from cag_events.accounts.models import Account
from cag_events.audit.services import Thing, record
from cag_events.db import db, transaction
from cag_events.domain.inviting import Addressee
from cag_events.door import services as door
from cag_events.events.models import Event, EventCarer, Occurrence
from cag_events.messages.models import ThanksSent
from cag_events.messages.services.survey import survey_token
from cag_events.messages.services.writing import write
from cag_events.outbox.delivery import follow_up
from cag_events.permissions import SYSTEM, Actor, Role
from cag_events.registrations import services as registrations
from cag_events.registrations.models import Delegate, Invitation, Invitee, Registration
from cag_events.registrations.services import groups, invitations, passing
from cag_events.registrations.services.consents import news_token
from cag_events.registrations.services.proof import add_code, set_addresses
from cag_events.registrations.services.queue import move_up
from cag_events.registrations.tickets import make_ticket
from tests.factories import make_account, make_event, make_segment

if TYPE_CHECKING:
    from tests.site.kinds_world import World

QUESTIONS = [
    {"key": "plain", "label": {"sv": "Vad ser du fram emot?"}},
    {"key": "health", "label": {"sv": "Vad behöver vi veta?"}, "sensitive": True},
]
POOLS = [
    {"segment": "students", "seats": 1, "online": False, "release_hours": 24, "proof": "code"},
    {"segment": "listed", "seats": 1, "online": False, "release_hours": 24, "proof": "list"},
]
REMINDERS = [{"moment": "before", "hours": 24, "note": {"sv": "zqreminder"}}]


def fill_registering(world: "World") -> None:
    """Make the event, those who come, wait, help, pass on, are invited, and who lets them in."""
    make_segment("students")
    make_segment("listed")
    event = make_event(
        key="seats",
        capacity=6,  # two are held, four taken: who comes then waits
        ask=["needs", "group", "segment"],
        group_max=3,
        questions=QUESTIONS,
        pools=POOLS,
        reminders=REMINDERS,
        title={"sv": "Platserna", "en": "The seats"},
    )
    world.knows(event)
    add_code(event.id, "students", "zqcode-77", label="zqlabel", most_uses=3, by=SYSTEM)
    set_addresses(event.id, "listed", ["zqlisted@example.org"], replaces=True, by=SYSTEM)
    _party(world, event)
    _passing(world, event)
    _queue(world, event)
    _invitations(world, event)
    _team(world, event)
    write(event.id, {"sv": "zqsubject"}, {"sv": "zqfreewords"}, {"statuses": ["confirmed"]}, by=SYSTEM)


def _party(world: "World", event: Event) -> None:
    """A group of two: the first name is all that the door knows of its leader."""
    answers = {"question_plain": "zqplainly", "question_health": "zqhealth", "needs": "zqramp"}
    row = world.joins(
        "grouper", event, "Zqdoorname Zqlastname", party=2, email="zqgrouper@example.org", answers=answers
    )
    groups.name_members(row.id, {2: groups.Told("Zqalong Följer", "zqalongneeds")})
    groups.add_helper(row.id, "zqcolleague@example.org")
    with transaction():
        world.tokens["colleague"] = registrations.make_link(row.id)
        world.tokens["ticket"] = make_ticket(row.row_id, row.ticket_no)
        world.tokens["news"] = news_token(row.row_id)
        world.tokens["thanks"] = survey_token(row.row_id)
        asked = ThanksSent(registration_id=row.id, hours=18, event_id=event.id, sent_at=clock.now(), has_survey=True)
        db.session.add(asked)


def _queue(world: "World", event: Event) -> None:
    """Somebody who waits was put at the head, for a reason that is for the team."""
    row = world.joins("queued", event, "Zqqueued Väntar")
    organizer = Actor(account_id=world.accounts["organizer"], role=Role.ORGANIZER)
    move_up(row.id, "zqreason", by=organizer, to_head=True)


def _passing(world: "World", event: Event) -> None:
    """One has named who is to take the seat, who has not taken it yet; another seat was taken."""
    giver = world.joins("giver", event, "Zqgiver Lämnar")
    former = world.joins("former", event, "Zqformer Lämnade")
    for row, name in ((giver, "zqtaker"), (former, "zqheir")):
        passing.pass_on(row.id, f"{name.title()} Tar", f"{name}@example.org")
        follow_up()  # the mail makes a link of its own
        with transaction():
            found = db.session.scalars(select(Delegate).where(Delegate.registration_id == row.id)).one()
            world.tokens[name.removeprefix("zq")] = passing.make_successor_link(found.id)
    taken = passing.Taken(name="Zqheir Tar", language="sv", answers={"question_plain": "zqheirplain"})
    mine = passing.take_over(world.tokens["heir"], taken)
    world.tokens["heir, before"] = world.tokens["heir"]
    world.remembers("heir", event, db.session.get_one(Registration, mine))
    follow_up()


def _invitations(world: "World", event: Event) -> None:
    """An office is invited, with some words."""
    office = Addressee("Zqoffice Verket", "zqmailofoffice@example.org")
    invitations.send(event.id, invitations.Sending(addressees=[office], note="zqinvitenote"), by=SYSTEM)
    with transaction():
        found = select(Invitation.id).join(Invitee, Invitee.invitation_id == Invitation.id)
        world.tokens["invited"] = invitations.make_further_link(db.session.scalars(found).one())


def _team(world: "World", event: Event) -> None:
    """Who reads sensitive answers, who stands at the door, what was looked at all the same."""
    carer, helper = make_account(Role.ORGANIZER), db.session.get_one(Account, world.accounts["checkin"])
    world.accounts["carer"] = carer.id
    now, part = clock.now(), db.session.scalars(select(Occurrence.id).where(Occurrence.event_id == event.id)).one()
    with transaction():
        db.session.add(EventCarer(event_id=event.id, account_id=carer.id, given_by=None, given_at=now))
        code = world.codes[event.key][0]
        record("care.broken", by=SYSTEM, event_id=event.id, thing=Thing("registration", code), reason="zqbroken glass")
    door.assign(event.id, frozenset({helper.id}), by=SYSTEM)
    world.tokens["door"] = door.make_link(event.id, part, "zqphone", by=SYSTEM)
