"""Role-plays of the demo: one with a class, given roles and briefs that can be read; one with wishes alone."""

import random
from typing import Final

from sqlalchemy import delete, select

from cag_events.accounts.models import Account
from cag_events.db import db
from cag_events.domain.event import EventRecord
from cag_events.domain.seats import Status
from cag_events.events.queries import find_record
from cag_events.kinds import details_of
from cag_events.outbox.models import Fact
from cag_events.permissions import SYSTEM
from cag_events.registrations.models import Registration
from cag_events.registrations.services import NewRegistration, add
from cag_events.roleplays import services
from cag_events.roleplays.models import AllocationRun

GIVEN: Final = "floden-goteborg"
WISHED: Final = "floden-uppsala"
MASTER: Final = "praktikant@example.org"  # an intern who leads the game, and no other
SEED: Final = 7
STUDENTS: Final = 14
NAMES: Final = ("Alva", "Bakyt", "Cornelia", "Dilnoza", "Edvin", "Farida", "Gusten", "Hilda", "Ismat", "Jarl")
LAST: Final = ("Provsson", "Exempelova", "Demoberg", "Testsjö", "Påhitt")


def fill(rng: random.Random) -> None:
    """Let a class come to one game and give its roles, and let students wish for roles in the other."""
    if (record := find_record(GIVEN)) is not None:
        _give_roles(record, rng)
    if (record := find_record(WISHED)) is not None:
        _wish(record, rng)
    db.session.execute(delete(Fact))


def _give_roles(record: EventRecord, rng: random.Random) -> None:
    people = _people(record)
    if len(people) < 4:
        return
    teacher, *pupils = people
    group = services.make_group(teacher.id, "SA2b", plays=False)
    in_class = pupils[: len(pupils) // 2]
    for pupil in in_class:
        services.join_group(pupil.id, group.code or "")
    for number, one in enumerate(people):
        if number == len(people) - 1:
            services.set_age(one.id, is_minor=True)  # whose guardian has not agreed yet
        elif one in in_class:
            services.agree(one.id, f"{rng.choice(NAMES)} {rng.choice(LAST)}")
        else:
            services.set_age(one.id, is_minor=False)
    if account := db.session.scalar(select(Account.email).where(Account.email == MASTER)):
        services.add_facilitator(record.id, account, by=SYSTEM)
    row_id = services.ask_for_run(record.id, seed=SEED, by=SYSTEM)
    run = db.session.scalars(select(AllocationRun).where(AllocationRun.row_id == row_id)).one()
    services.carry_out(run.id)
    db.session.refresh(run)
    services.approve(record.id, row_id, by=SYSTEM)
    services.note_look(record.id, "", "account", "not_facilitator")


def _wish(record: EventRecord, rng: random.Random) -> None:
    roles = [role.key for role in details_of(record).roleplay.roles]
    for number in range(STUDENTS):
        wishes = rng.sample(roles, 3)
        name = f"{NAMES[number % len(NAMES)]} {LAST[number % len(LAST)]}"
        new = NewRegistration(
            name=name,
            email=f"student{number + 1}@example.org",
            language=rng.choice(("sv", "en")),
            answers={"wish": wishes},
            channel="organizer",
        )
        registration = add(record.id, new, by=SYSTEM)
        unwanted = next(role for role in roles if role not in wishes)
        refused = frozenset({unwanted}) if rng.random() < 0.3 else frozenset[str]()
        level = rng.choice(("A2", "B2", "C1"))
        services.set_wishes(
            registration.id, services.Wishes(wishes=tuple(wishes), refused=refused, levels={"en": level})
        )


def _people(record: EventRecord) -> list[Registration]:
    query = select(Registration).where(Registration.event_id == record.id, Registration.status == Status.CONFIRMED)
    return list(db.session.scalars(query.order_by(Registration.id)))
