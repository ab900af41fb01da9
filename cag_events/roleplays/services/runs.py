"""Allocations: asked for, solved by the worker outside of any writing unit, looked at, approved, opened again."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from time import perf_counter

import msgspec
from sqlalchemy import ColumnElement, select, update

from cag_events import clock, outbox
from cag_events.db import db, end_reading, new_row_id, transaction
from cag_events.domain.allocation import Problem, Result, missed_by, rank_of, total
from cag_events.domain.errors import N_, Refused
from cag_events.events.queries import get_record, lock_event
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.models import Registration
from cag_events.roleplays.models import AllocationRun, RunSeat, RunState
from cag_events.roleplays.queries import (
    get_run,
    hash_of,
    play_of,
    problem_of,
    seats_of_run,
    stage_of,
)
from cag_events.roleplays.services.briefs import state_of
from cag_events.roleplays.services.seats import Place, give
from cag_events.roleplays.solver import Unsolved, solve

SEEDS = 1_000_000
GIVEN_UP = timedelta(minutes=10)  # a run that has not ended by then was broken off
READ, WRITTEN, SOLVED = 10, 30, 90  # progress, per cent


def ask_for_run(event_id: int, *, seed: int | None = None, keeps: bool = False, by: Actor) -> str:
    """Let the worker work out an allocation; return the run's row id. `keeps`: who holds a role stays where they are.

    Raises NotAllowed, Refused roleplay.approved, .under_way, .roles. Notes roleplay.allocation_asked.
    """
    require(by, Permission.ATTENDEES_EDIT)
    with transaction():
        lock_event(event_id)
        record = get_record(event_id)
        if not play_of(record).roles:
            raise Refused("roleplay.roles", N_("Give at least two roles."))
        if stage_of(record).is_approved:
            raise Refused("roleplay.approved_run", N_("An allocation is approved. Open it again first."))
        _end_broken(event_id)
        if db.session.scalar(select(AllocationRun.id).where(AllocationRun.event_id == event_id, _under_way())):
            raise Refused("roleplay.under_way", N_("An allocation is under way."))
        run = AllocationRun(
            row_id=new_row_id(),
            event_id=event_id,
            seed=secrets.randbelow(SEEDS) if seed is None else seed,
            keeps=keeps,
            state=RunState.QUEUED,
            progress=0,
            account_id=by.account_id,
            asked_at=clock.now(),
        )
        db.session.add(run)
        db.session.flush()
        outbox.note("roleplay.allocation_asked", run_id=run.id)
        return run.row_id


def carry_out(run_id: int) -> None:
    """Work out an allocation and store its result, or what contradicts; called by the worker, outside a writing unit.

    A run that has been begun is not begun again: whoever called twice finds it under way or done.
    """
    problem = _begin(run_id)
    if problem is None:
        return
    started = perf_counter()
    try:
        _show(run_id, WRITTEN)
        end_reading()
        result = solve(problem)
    except Unsolved as unsolved:
        failure = msgspec.to_builtins(unsolved.contradictions) or [{"rule": "time"}]
        _end(run_id, RunState.FAILED, failure=failure, milliseconds=_since(started))
    except Exception:
        _end(run_id, RunState.FAILED, failure=[{"rule": "fault"}], milliseconds=_since(started))
        raise
    else:
        _show(run_id, SOLVED)
        _store(run_id, problem, result, _since(started))


def _begin(run_id: int) -> Problem | None:
    with transaction():
        run = db.session.get(AllocationRun, run_id, populate_existing=True, with_for_update=True)
        if run is None or run.state is not RunState.QUEUED:
            return None
        problem = problem_of(get_record(run.event_id), seed=run.seed, keeps=run.keeps)
        run.state, run.progress, run.started_at = RunState.RUNNING, READ, clock.now()
        run.inputs_hash = hash_of(problem)
        return problem


def _show(run_id: int, progress: int) -> None:
    with transaction():
        db.session.execute(update(AllocationRun).where(AllocationRun.id == run_id).values(progress=progress))


def _since(started: float) -> int:
    return int((perf_counter() - started) * 1000)


def _end(run_id: int, state: RunState, **values: object) -> None:
    with transaction():
        done = {"state": state, "progress": 100, "ended_at": clock.now(), **values}
        db.session.execute(update(AllocationRun).where(AllocationRun.id == run_id).values(done))


def _store(run_id: int, problem: Problem, result: Result, milliseconds: int) -> None:
    players = {player.id: player for player in problem.players}
    missed = missed_by(problem, result)
    with transaction():
        there = set(db.session.scalars(select(Registration.id).where(Registration.id.in_(players))))
        numbers = dict.fromkeys(players, 0)
        for seat in sorted(result):
            player, role, game = seat
            for _ in range(result[seat] if player in there else 0):
                numbers[player] += 1
                db.session.add(
                    RunSeat(
                        run_id=run_id,
                        registration_id=player,
                        no=numbers[player],
                        role=role,
                        game=game,
                        rank=rank_of(players[player], role),
                        missed=_plain(missed[seat]),
                    )
                )
        db.session.flush()
        _end(run_id, RunState.DONE, points=total(problem, result), milliseconds=milliseconds)


_plain: Callable[[object], list[dict[str, object]]] = msgspec.to_builtins


def approve(event_id: int, row_id: str, *, by: Actor) -> int:
    """Give the roles of a run; return how many registrations have another role than before.

    Raises NotFound, NotAllowed, Refused roleplay.approved_run, .not_done, .stale. Notes roleplay.role_given for each.
    """
    require(by, Permission.ATTENDEES_EDIT)
    with transaction():
        lock_event(event_id)
        record, run = get_record(event_id), get_run(event_id, row_id)
        if stage_of(record).is_approved:
            raise Refused("roleplay.approved_run", N_("An allocation is approved. Open it again first."))
        if run.state is not RunState.DONE:
            raise Refused("roleplay.not_done", N_("This allocation has no result."))
        problem = problem_of(record, seed=run.seed, keeps=run.keeps)
        if hash_of(problem) != run.inputs_hash:
            raise Refused(
                "roleplay.stale", N_("People, wishes or roles have changed since. Let it be worked out once more.")
            )
        wanted = {(seat.registration_id, seat.no): Place(seat.role, seat.game) for seat in seats_of_run(run.id)}
        moved = give(event_id, wanted, problem, run_id=run.id)
        run.approved_by_id, run.approved_at = by.account_id, clock.now()
        state = state_of(event_id)
        state.approved_run_id, state.approved_at = run.id, clock.now()
        return len(moved)


def reopen(event_id: int, *, by: Actor) -> None:
    """Let wishes be changed and allocations be made again. Everybody keeps the role that they hold until then."""
    require(by, Permission.ATTENDEES_EDIT)
    with transaction():
        lock_event(event_id)
        state = state_of(event_id)
        if state.approved_at is None:
            raise Refused("roleplay.not_approved", N_("No allocation is approved."))
        state.approved_run_id = state.approved_at = None


def _under_way() -> ColumnElement[bool]:
    return AllocationRun.state.in_((RunState.QUEUED, RunState.RUNNING))


def _end_broken(event_id: int) -> None:
    """Give up runs whose worker has ended in the midst of them."""
    old = clock.now() - GIVEN_UP
    db.session.execute(
        update(AllocationRun)
        .where(AllocationRun.event_id == event_id, _under_way(), AllocationRun.asked_at < old)
        .values(state=RunState.FAILED, failure=[{"rule": "fault"}], ended_at=clock.now(), progress=100)
    )
