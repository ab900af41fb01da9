"""R2: the same rush, and in the middle of it `kill -9`, ten times: a web process, the outbox worker, all of it."""

import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import cycle
from os import killpg
from pathlib import Path

from bench import rush, server, tally
from bench.crowd import Crowd, people
from bench.durable import postgres
from bench.mailing import PostOffice, post_office
from bench.run import Run
from bench.server import Server
from bench.world import World
from cag_events import clock
from cag_events.db import db
from cag_events.outbox.delivery import CLAIM, work_once
from cag_events.serving import WORKER_NAME, make_sender, make_transport

TIMES = 10
READY_S = 5.0  # in which the site answers again
PATIENCE_S = 180.0  # for it, on a machine that does much else
WHAT = ("web process", "outbox worker", "everything")


@dataclass
class Killed:
    """One kill: what, when, and what was there before and after it."""

    what: str
    at: float
    acknowledged: int
    lost: int
    doubled: int
    there: int
    seats: int
    back_s: float


@dataclass
class Killer:
    """Kills at random moments and counts before the site is back and after."""

    run: Run
    there: World
    office: PostOffice
    server: Server
    times: int
    seats: int
    done: list[Killed] = field(default_factory=list)

    def work(self, crowd: Crowd) -> None:
        """Kill so many times while the crowd registers."""
        chance, targets = random.Random(9), cycle(WHAT)
        first = min(one.presses for one in crowd.visitors)
        span = (max(one.presses for one in crowd.visitors) - first) / (self.times + 1)
        for number in range(self.times):
            moment = first + span * (number + 0.6 + chance.random() * 0.8)
            time.sleep(max(0.0, crowd.begun + moment - time.perf_counter()))
            self._kill(next(targets), crowd)

    def _kill(self, what: str, crowd: Crowd) -> None:
        acknowledged = crowd.acknowledged()
        at = time.perf_counter()
        if what == "everything":
            killpg(self.server.process.pid, signal.SIGKILL)
            self.server.process.wait()
            acknowledged = crowd.acknowledged()
            found = tally.count(self.there, rush.RUSH)
            at = time.perf_counter()
            self.server = rush.serving(self.run, self.there, self.office, self.server.port)
        else:
            _kill_one(self.server, is_worker=what == "outbox worker")
            acknowledged = crowd.acknowledged()
            found = tally.count(self.there, rush.RUSH)
            server.wait_for(self.server.port, "/healthz", PATIENCE_S)
        self.done.append(
            Killed(
                what=what,
                at=at - crowd.begun,
                acknowledged=len(acknowledged),
                lost=found.lost(acknowledged),
                doubled=found.doubled,
                there=found.addresses.total(),
                seats=found.seats,
                back_s=time.perf_counter() - at,
            )
        )


def _kill_one(one: Server, *, is_worker: bool) -> None:
    """Kill one child of the server: the outbox worker, or a web process."""
    children = {pid: _name(pid) for pid in one.pids()[1:]}
    chosen = [pid for pid, name in children.items() if (name == WORKER_NAME.decode()) is is_worker]
    with suppress(ProcessLookupError):
        server.kill(chosen[0])


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text("utf-8").strip()
    except OSError:
        return ""


def measure(run: Run) -> None:
    """Kill on SQLite and, unless the run is quick, on PostgreSQL."""
    with rush.on_sqlite(run, "kill") as (there, _raw):
        _measure(run, there, "SQLite")
    if not run.is_quick:
        with postgres(run, "kill", rush.programme(run)) as (there, _raw):
            _measure(run, there, "PostgreSQL")
            there.close()


def _measure(run: Run, there: World, name: str) -> None:
    number, seats, seconds, at_once = rush.size(run)
    times = 3 if run.is_quick else TIMES
    run.report.title(
        f"R2 kill -9, {times} times while {number:,} people register within {seconds} s for {seats} seats; {name}"
    )
    with post_office(run.folder) as office:
        crowd = Crowd(f"/sv/events/{rush.RUSH}", people(number, seconds, at_once))
        killer = Killer(run, there, office, rush.serving(run, there, office), times, seats)
        try:
            crowd.run(killer.server.port, killer.work)
            _say_kills(run, killer)
            tally.until_quiet(lambda: len(office.taken()) >= number)
        finally:
            killer.server.__exit__(None, None, None)
        _send_the_rest(there, office)
        _say_end(run, there, crowd, office)


def _say_kills(run: Run, killer: Killer) -> None:
    """Print a row for each kill."""
    for number, one in enumerate(killer.done, 1):
        is_met = one.lost == one.doubled == 0 and one.seats <= killer.seats
        run.report.say(
            "R2",
            f"{number}. {one.what}, at {one.at:.1f} s; back in {one.back_s:.1f} s",
            f"{one.acknowledged} said, {one.there} there",
            f"{one.lost} lost, {one.doubled} twice",
            ratio=f"{one.seats} seats",
            wanted=f"≤ {killer.seats}, 0, 0",
            is_met=is_met,
        )
    slowest = max(one.back_s for one in killer.done)
    run.report.say(
        "R2", "answers again, at the latest", f"{slowest:.1f} s", wanted=f"≤ {READY_S:.0f} s", is_met=slowest <= READY_S
    )


def _send_the_rest(there: World, office: PostOffice) -> None:
    """Deliver what killed workers had claimed: others may take it when the claim is over, and nobody waits for that."""
    settings = replace(there.settings, smtp_url=office.url)
    for _ in range(2):
        with there.app.app_context(), clock.fixed(clock.now() + CLAIM * 2):
            while work_once(make_transport(settings), make_sender(settings, None)):
                pass
            db.session.remove()
            db.engine.dispose()


def _say_end(run: Run, there: World, crowd: Crowd, office: PostOffice) -> None:
    """Print what there is when everybody has an answer."""
    number, seats, _seconds, _at_once = rush.size(run)
    found, acknowledged = tally.count(there, rush.RUSH), crowd.acknowledged()
    unanswered = sum(one.unanswered for one in crowd.visitors)
    busy = sum(one.busy for one in crowd.visitors)
    rows: Iterator[tuple[str, str, str, bool | None]] = iter(
        (
            ("presses without an answer; answered 503", f"{unanswered}; {busy}", "", None),
            ("answered in the end", f"{len(acknowledged):,} of {number:,}", "all", len(acknowledged) == number),
            (
                "seats held; waiting, in order",
                f"{found.seats}; {len(found.waiting)}, {'yes' if found.in_order else 'NO'}",
                f"{seats}; {number - seats}",
                found.seats == seats and len(found.waiting) == number - seats and found.in_order,
            ),
            (
                "lost; there twice",
                f"{found.lost(acknowledged)}; {found.doubled}",
                "0; 0",
                found.lost(acknowledged) == found.doubled == 0,
            ),
        )
    )
    for what, ours, wanted, is_met in rows:
        run.report.say("R2", what, ours, wanted=wanted, is_met=is_met)
    taken = office.taken()
    again = sum(len(mails) - len(set(mails)) for mails in taken.values())
    others = sum(len(set(mails)) - 1 for mails in taken.values())
    missing = len(set(found.addresses) - set(taken))
    run.report.say(
        "R2",
        "mails: people without, another one; same again",
        f"{missing}, {others}; {again}",
        wanted="0, 0",
        is_met=missing == others == 0,
    )
