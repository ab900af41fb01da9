"""Allocations: worked out by the worker, approved, opened again; roles follow people who come and go."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from cag_events import clock
from cag_events.db import db, new_row_id, transaction
from cag_events.domain.errors import NotAllowed, Refused
from cag_events.events.queries import get_record
from cag_events.outbox.delivery import follow_up
from cag_events.outbox.models import Message
from cag_events.permissions import Actor, Role
from cag_events.registrations import services as registrations
from cag_events.roleplays import services
from cag_events.roleplays.models import RoleSeat, RunSeat, RunState
from cag_events.roleplays.queries import held_seats, seats_held_by, stage_of
from cag_events.roleplays.services import Wishes
from tests.factories import make_account
from tests.roleplays.games import allocate, give_roles, held, join, make_game, organizer

pytestmark = pytest.mark.usefixtures("any_ctx")


def refused(code: str) -> Any:
    return pytest.raises(Refused, check=lambda refusal: refusal.code == code)


def test_run_gives_everybody_their_wish_and_says_how_far_it_came() -> None:
    event = make_game()
    ada, bo = join(event, "Ada", "herders"), join(event, "Bo", "media", "herders")

    run = allocate(event)

    seats = db.session.scalars(select(RunSeat).where(RunSeat.run_id == run.id).order_by(RunSeat.registration_id))
    assert (run.state, run.progress, run.points, run.seed) == (RunState.DONE, 100, 0, 1)
    assert [(seat.registration_id, seat.role, seat.rank) for seat in seats] == [
        (ada.id, "herders", 1),
        (bo.id, "media", 1),
    ]
    assert held_seats(event.id) == []


def test_run_is_refused_to_those_who_may_not_and_while_one_is_under_way() -> None:
    event = make_game()
    join(event, "Ada")
    editor = Actor(account_id=make_account(Role.EDITOR).id, role=Role.EDITOR)

    with pytest.raises(NotAllowed):
        services.ask_for_run(event.id, by=editor)
    services.ask_for_run(event.id, by=organizer())
    with refused("roleplay.under_way"):
        services.ask_for_run(event.id, by=organizer())


def test_run_that_was_begun_is_not_begun_again() -> None:
    event = make_game()
    join(event, "Ada")
    run = allocate(event)

    services.carry_out(run.id)

    assert len(list(db.session.scalars(select(RunSeat).where(RunSeat.run_id == run.id)))) == 1


def test_run_says_what_contradicts_and_changes_nothing() -> None:
    event = make_game(roleplay={"roles": [{"key": "herders", "seats": 6, "seats_min": 3, "name": {"en": "H"}}]})
    join(event, "Ada")

    run = allocate(event)

    assert run.state is RunState.FAILED
    assert [(one["rule"], one["needed"], one["there"]) for one in run.failure] == [("fewest", 3, 1)]
    with refused("roleplay.not_done"):
        services.approve(event.id, run.row_id, by=organizer())


def test_approve_gives_the_roles_and_mails_each_once_without_a_word_of_the_brief() -> None:
    event = make_game()
    ada = join(event, "Ada", "herders")

    give_roles(event)
    follow_up()

    db.session.expire_all()
    mails = [mail for mail in db.session.scalars(select(Message)) if mail.kind == "role"]
    assert held(ada) == ["herders"]
    assert len(mails) == 1
    text = f"{mails[0].subject} {mails[0].text} {mails[0].html}"
    assert "/role-cards/" in text
    assert "canary" not in text
    assert "erdarna" not in text


def test_approve_is_refused_when_wishes_have_changed_since() -> None:
    event = make_game()
    ada = join(event, "Ada", "herders")
    run = allocate(event)

    services.set_wishes(ada.id, Wishes(wishes=("media",)))

    with refused("roleplay.stale"):
        services.approve(event.id, run.row_id, by=organizer())
    assert not stage_of(get_record(event.id)).is_approved


def test_wishes_are_closed_while_an_allocation_is_approved() -> None:
    event = make_game()
    ada = join(event, "Ada", "herders")
    give_roles(event)

    with refused("roleplay.approved"):
        services.set_wishes(ada.id, Wishes(wishes=("media",)))
    services.reopen(event.id, by=organizer())
    services.set_wishes(ada.id, Wishes(wishes=("media",)))

    assert held(ada) == ["herders"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Wishes(wishes=("media", "media")), "roleplay.wish_twice"),
        (Wishes(wishes=("media",), refused=frozenset({"media"})), "roleplay.wish_refused"),
        (Wishes(refused=frozenset({"media", "herders", "ministry"})), "roleplay.all_refused"),
    ],
)
def test_set_wishes_refuses_what_contradicts_itself(said: Wishes, code: str) -> None:
    ada = join(make_game(), "Ada")

    with refused(code):
        services.set_wishes(ada.id, said)


def test_approving_anew_keeps_seats_that_stay_and_ends_those_that_move() -> None:
    event = make_game()
    ada, bo = join(event, "Ada", "herders"), join(event, "Bo", "media")
    give_roles(event)
    before = {one.id: seats_held_by(one.id)[0].row_id for one in (ada, bo)}

    services.reopen(event.id, by=organizer())
    services.set_wishes(bo.id, Wishes(wishes=("ministry",)))
    give_roles(event)

    assert (held(ada), held(bo)) == (["herders"], ["ministry"])
    assert seats_held_by(ada.id)[0].row_id == before[ada.id]
    old = db.session.scalars(select(RoleSeat).where(RoleSeat.row_id == before[bo.id])).one()
    assert old.ended_at == clock.now()


def test_place_by_hand_moves_at_once_and_later_allocations_keep_to_it() -> None:
    event = make_game()
    ada = join(event, "Ada", "herders")
    give_roles(event)

    services.place(event.id, ada.id, "media", None, by=organizer())
    moved = held(ada)
    services.reopen(event.id, by=organizer())
    give_roles(event)

    assert (moved, held(ada)) == (["media"], ["media"])


def test_place_by_hand_respects_seats_and_what_people_do_not_want() -> None:
    event = make_game()
    for name in ("Ada", "Bo"):
        join(event, name, "media")
    cleo = join(event, "Cleo", "herders")
    services.set_wishes(cleo.id, Wishes(wishes=("herders",), refused=frozenset({"ministry"})))
    give_roles(event)

    with refused("roleplay.full"):
        services.place(event.id, cleo.id, "media", None, by=organizer())
    with refused("roleplay.refused"):
        services.place(event.id, cleo.id, "ministry", None, by=organizer())
    with refused("roleplay.no_role"):
        services.place(event.id, cleo.id, "nobody", None, by=organizer())
    assert held(cleo) == ["herders"]


def test_withdrawing_frees_the_role_and_bringing_fewer_frees_theirs() -> None:
    event = make_game()
    ada, bo = join(event, "Ada", "herders", party=2), join(event, "Bo", "media")
    give_roles(event)
    assert held(ada) == ["herders", "herders"]

    registrations.change(ada.id, registrations.Changed(name="Ada", party=1, answers={"wish": ["herders"]}))
    registrations.withdraw(bo.id)

    assert (held(ada), held(bo)) == (["herders"], [])


def test_keeping_roles_places_only_newcomers() -> None:
    event = make_game()
    ada = join(event, "Ada", "herders")
    give_roles(event)
    services.reopen(event.id, by=organizer())
    services.set_wishes(ada.id, Wishes(wishes=("media",)))
    bo = join(event, "Bo", "herders")
    by = organizer()

    run = allocate(event, keeps=True)
    services.approve(event.id, run.row_id, by=by)

    assert (held(ada), held(bo)) == (["herders"], ["herders"])


def test_role_seat_refuses_a_place_that_is_held() -> None:
    event = make_game()
    ada, bo = join(event, "Ada", "herders"), join(event, "Bo", "media")
    give_roles(event)
    taken = seats_held_by(ada.id)[0]

    def twice() -> None:
        with transaction():
            db.session.add(
                RoleSeat(
                    row_id=new_row_id(),
                    event_id=event.id,
                    registration_id=bo.id,
                    no=2,
                    role=taken.role,
                    game=taken.game,
                    place=taken.place,
                    given_at=clock.now(),
                )
            )

    with pytest.raises(IntegrityError):
        twice()
