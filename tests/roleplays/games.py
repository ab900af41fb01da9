"""A small game and the people who play it, for the tests of this room."""

from typing import Any

from cag_events.accounts.models import Account
from cag_events.db import db, transaction
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.outbox.delivery import follow_up
from cag_events.permissions import ANONYMOUS, Actor, Role
from cag_events.registrations import services as registrations
from cag_events.registrations.models import Registration
from cag_events.registrations.services.links import make_link
from cag_events.roleplays import services
from cag_events.roleplays.models import AllocationRun
from cag_events.roleplays.queries import get_run, seats_held_by
from tests.factories import make_account, make_event

CANARIES = {"herders": "canary-bridge", "ministry": "canary-promise", "media": "canary-rumour"}
PARTY_CANARY = "canary-upstream"
ROLES = (
    {"key": "herders", "seats": 2, "party": "upstream", "name": {"sv": "Herdarna", "en": "The herders"}},
    {"key": "ministry", "seats": 2, "name": {"sv": "Ministeriet", "en": "The ministry"}},
    {"key": "media", "seats": 2, "name": {"sv": "Radion", "en": "The radio"}},
)


def make_game(**values: Any) -> Event:
    """A role-play on 3 December with three roles of two seats, a brief for each, and a lead who is its game master."""
    play = {
        "scenario": {"sv": "Floden", "en": "The river"},
        "opt_out": {"sv": "Räck upp handen.", "en": "Raise your hand."},
        "groups": 1,
        "parties": [{"key": "upstream", "name": {"sv": "Uppströms", "en": "Upstream"}}],
        "roles": [dict(role) for role in ROLES],
        "debriefing": [{"text": {"en": "What surprised you?"}}, {"text": {"en": "How was it?"}, "is_scale": True}],
        **values.pop("roleplay", {}),
    }
    lead = make_account(Role.ORGANIZER)
    defaults: dict[str, Any] = {"kind": "roleplay", "capacity": 6, "guests": 5, "lead_id": lead.id}
    event = make_event(details={"roleplay": play}, **{**defaults, **values})
    services.keep_briefs(
        event.id,
        {
            "roleplay.roles[].brief": [(key, {"sv": text}) for key, text in CANARIES.items()],
            "roleplay.parties[].brief": [("upstream", {"sv": PARTY_CANARY})],
        },
    )
    return event


def organizer() -> Actor:
    """An organizer who leads no game."""
    return Actor(account_id=make_account(Role.ORGANIZER).id, role=Role.ORGANIZER)


def lead_of(event: Event) -> Account:
    """The account that answers for an event."""
    return db.session.get_one(Account, event.lead_id)


def join(event: Event, name: str, *wishes: str, party: int = 1) -> Registration:
    """Register somebody with these wishes."""
    new = registrations.NewRegistration(
        name=name, email=f"{name.split(maxsplit=1)[0].lower()}@example.org", party=party, answers={"wish": list(wishes)}
    )
    made = registrations.register(event.id, new, by=ANONYMOUS)
    registration = db.session.get_one(Registration, made.registration_id)
    assert registration.status is Status.CONFIRMED
    return registration


def token_of(registration: Registration) -> str:
    """A link to somebody's own page."""
    with transaction():
        return make_link(registration.id)


def allocate(event: Event, *, by: Actor | None = None, **options: Any) -> AllocationRun:
    """Ask for an allocation and let the worker work it out."""
    row_id = services.ask_for_run(event.id, by=by or organizer(), **{"seed": 1, **options})
    follow_up()
    db.session.expire_all()
    return get_run(event.id, row_id)


def give_roles(event: Event) -> AllocationRun:
    """Ask for an allocation, and approve it."""
    by = organizer()
    run = allocate(event, by=by)
    services.approve(event.id, run.row_id, by=by)
    return run


def held(registration: Registration) -> list[str]:
    """The roles that somebody holds."""
    db.session.expire_all()
    return [seat.role for seat in seats_held_by(registration.id)]


def release(event: Event) -> None:
    """Let briefs be read from now on."""
    lead = lead_of(event)
    services.set_release(event.id, get_record(event.id).created_at, by=Actor(account_id=lead.id, role=lead.role))
