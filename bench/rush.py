"""R1: a thousand people within a minute for a hundred seats, in the running program, with pools, questions and mail."""

import datetime as dt
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from copy import deepcopy
from itertools import cycle, islice
from typing import Any

from bench import client, server, tally, world
from bench.crowd import Crowd, people
from bench.durable import postgres, raw_sqlite
from bench.filling import Filled, filled
from bench.mailing import PostOffice, post_office
from bench.measure import ROUNDS, Figure, calls, median
from bench.run import Run
from bench.world import World
from cag_events import clock
from cag_events.web.forms import TOO_YOUNG_SECONDS

WORKERS = 2
AT_ONCE = 32  # connections that press as fast as they can
RUSH, STORM = "rush", "storm"
Raw = dict[str, Callable[[], object]]


def measure(run: Run) -> None:
    """Measure on SQLite and, unless the run is quick, on PostgreSQL."""
    with on_sqlite(run) as (there, raw):
        _measure(run, there, raw, "SQLite")
    if not run.is_quick:
        with postgres(run, "rush", programme(run)) as (there, raw):
            _measure(run, there, raw, "PostgreSQL")
            there.close()


@contextmanager
def on_sqlite(run: Run, name: str = "rush") -> Iterator[tuple[World, Raw]]:
    """Make a database for a crowd; give it and what its disk can do."""
    there = world.build(run.folder / f"events-{name}", 0, "", programme(run))
    with closing(sqlite3.connect(there.file.with_name("raw.sqlite"), isolation_level=None)) as raw:
        yield there, raw_sqlite(raw)


def _measure(run: Run, there: World, raw: Raw, name: str) -> None:
    people_, seats, seconds, at_once = size(run)
    run.report.title(
        f"R1 {people_:,} people in {seconds} s for {seats} seats, {at_once} of them in the same second; {name}, "
        f"`cag-events serve` with {WORKERS} processes, outbox worker and a mail server; two pools, queue, questions"
    )
    with post_office(run.folder) as office, serving(run, there, office) as ours:
        crowd = Crowd(f"/sv/events/{RUSH}", people(people_, seconds, at_once))
        crowd.run(ours.port)
        mails_s = tally.wait_for_mails(there, office, people_)
        say(run, there, crowd, office, mails_s)
        _storm(run, there, ours, raw)


def size(run: Run) -> tuple[int, int, int, int]:
    """How many people, seats, seconds, and people in the same second."""
    return (300, 30, 20, 60) if run.is_quick else (1_000, 100, 60, 200)


def serving(run: Run, there: World, office: PostOffice, port: int | None = None) -> server.Server:
    """Serve it by its own command, with the worker, mails going to the office."""
    return server.ours(there.settings, run.log, workers=WORKERS, beside=True, port=port, CAG_SMTP_URL=office.url)


def say(run: Run, there: World, crowd: Crowd, office: PostOffice, mails_s: float) -> None:
    """Print what became of everybody, and whether it is right."""
    found, (number, seats, _seconds, _at_once) = tally.count(there, RUSH), size(run)
    acknowledged = crowd.acknowledged()
    told = {one.email: one.outcome for one in crowd.visitors}
    as_told = all(told[email] == "seat" for email in found.seated) and all(
        told[email] == "queue" for email in found.waiting
    )
    others = Counter(one.status for one in crowd.visitors if not one.is_done)
    words = f"{len(acknowledged):,} of {number:,}" + "".join(
        f", {times} × {status}" for status, times in others.items()
    )
    _say(run, "answered", words, "all", len(acknowledged) == number)
    _say(
        run,
        "in a seat; seats held",
        f"{len(found.seated)}; {found.seats}",
        str(seats),
        len(found.seated) == found.seats == seats,
    )
    _say(
        run,
        "in the queue, in the order of commits, as told",
        f"{len(found.waiting)}, {_yes(found.in_order)}, {_yes(as_told)}",
        str(number - seats),
        len(found.waiting) == number - seats and found.in_order and as_told,
    )
    lost, doubled = found.lost(acknowledged), found.doubled
    _say(run, "lost; there twice", f"{lost}; {doubled}", "0; 0", lost == doubled == 0)
    times = tuple(f"{crowd.percentile('post_s', percent):.0f}" for percent in (50, 99, 100))
    pages = tuple(f"{crowd.percentile('page_s', percent):.0f}" for percent in (50, 99))
    _say(run, "POST: p50, p99, slowest", f"{', '.join(times)} ms", f"page {' '.join(pages)} ms")
    say_mails(run, there, office, found, mails_s)


def say_mails(run: Run, there: World, office: PostOffice, found: tally.Tally, mails_s: float) -> None:
    """Print whether everybody got the right mail once."""
    taken, kinds = office.taken(), tally.mails_by_kind(there)
    right = set(kinds.get("registration.confirmed", ())) == found.seated
    right &= set(kinds.get("registration.waitlisted", ())) == set(found.waiting)
    once = sum(1 for mails in taken.values() if len(mails) == 1)
    again = sum(len(mails) - len(set(mails)) for mails in taken.values())
    others = sum(len(set(mails)) - 1 for mails in taken.values())
    _say(
        run,
        "mails: people with one, same again, another one",
        f"{once:,}, {again}, {others}; right: {_yes(right)}",
        f"{len(found.addresses):,}, 0, 0",
        right and others == 0 and set(taken) == set(found.addresses) and again == 0,
    )
    _say(run, "the last mail, after the last answer", f"{mails_s:.1f} s")


def _say(run: Run, what: str, ours: str, wanted: str = "", is_met: bool | None = None) -> None:
    run.report.say("R1", what, ours, wanted=wanted, is_met=is_met)


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "NO"


def _storm(run: Run, there: World, ours: server.Server, raw: Raw) -> None:
    """All press as fast as they can: registrations a second, in turn with the limits."""
    each = 60 if run.is_quick else 200
    path = f"/sv/events/{STORM}"
    form = run.bare.filled(f"/event/{run.key}").request("POST")
    own, spread, other = client.Load(), client.Load(), client.Load()
    alone: dict[str, list[Figure]] = {name: [] for name in raw}
    forms = _forms(there, [path], each * ROUNDS)
    keys = there.keys()
    elsewhere = _forms(there, [f"/sv/events/{key}" for key in keys], each * ROUNDS)
    with server.limit(run.bare_folder, run.log, workers=WORKERS) as limit:
        for _ in range(ROUNDS):
            left = iter(range(each))
            own.add(client.ask(ours.port, lambda: _first(forms, left), at_once=AT_ONCE))  # noqa: B023 (used at once)
            apart = iter(range(each))
            spread.add(client.ask(ours.port, lambda: _first(elsewhere, apart), at_once=AT_ONCE))  # noqa: B023 (as above)
            rest = iter(range(each))
            other.add(
                client.ask(
                    limit.port,
                    lambda: form if next(rest, None) is not None else None,  # noqa: B023 (used at once)
                    at_once=AT_ONCE,
                )
            )
            for name, thing in raw.items():
                alone[name].append(calls(thing, each))
    own.expect(POST=303)
    spread.expect(POST=303)
    other.expect(POST=303)
    words = f"{own.rate:,.0f}/s, p99 {own.percentile('POST', 99):.0f} ms"
    limits = {
        "the same over many events": (f"{spread.rate:,.0f}/s", own.rate / spread.rate),
        "a bare Flask application's, same server": (f"{other.rate:,.0f}/s", own.rate / other.rate),
        **{
            f"the database alone: {name}, one by one": (f"{median(taken).rate:,.0f}/s", own.rate / median(taken).rate)
            for name, taken in alone.items()
        },
    }
    for name, (text, ratio) in limits.items():
        run.report.say("R1", f"{AT_ONCE} at once / {name}", words, text, ratio=f"{ratio:.2f}")


def _forms(there: World, paths: Sequence[str], number: int) -> Iterator[Filled]:
    """Open so many forms, of each event in turn, and wait until they may be sent."""
    ready = [filled(there.app, path) for path in islice(cycle(paths), number)]
    there.close()
    time.sleep(TOO_YOUNG_SECONDS + 1)
    return iter(ready)


def _first(forms: Iterator[Filled], left: Iterator[int]) -> client.Request | None:
    return next(forms).request("POST") if next(left, None) is not None else None


def programme(run: Run) -> dict[str, Any]:
    """Return a programme with the event of the rush and that of the storm, and others beside them."""
    _people, seats, _seconds, _at_once = size(run)
    tables = world.programme(40)
    model = next(event for event in tables["events"] if event["mode"] == "onsite" and event["kind"] == "lecture")
    tables["events"] += [_sought_after(model, key, seats) for key in (RUSH, STORM)]
    return tables


def _sought_after(model: dict[str, Any], key: str, seats: int) -> dict[str, Any]:
    """An event that many want to come to: seats held for students and schools, a queue, questions of its own."""
    event = deepcopy(model)
    day = clock.now().date() + dt.timedelta(days=60)
    event |= {"key": key, "title": {"sv": "Alla vill hit", "en": "Everybody wants to come"}}
    event["occurrences"] = [{**event["occurrences"][0], "date": day}]
    event["registration"] |= {"capacity": seats, "waitlist": True, "guests": 0, "ask": ["segment", "first_time"]}
    event["registration"]["questions"] = [
        {"key": "lunch", "label": {"sv": "Äter du lunch?", "en": "Will you have lunch?"}, "answer": "yes_no"},
        {"key": "from", "label": {"sv": "Varifrån kommer du?", "en": "Where do you come from?"}},
    ]
    event["quotas"] = [
        {"segment": "students", "seats": seats * 3 // 10},
        {"segment": "schools", "seats": seats // 5, "proof": "domain", "domains": ["school.example.org"]},
    ]
    return event
