"""G6: registrations, against the durable commits of the database itself and a bare application's registrations."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

from bench import client, server
from bench.asking import Ask, statements
from bench.durable import postgres, raw_sqlite
from bench.forms import Filled, fill
from bench.measure import ROUNDS, Figure, calls, rounds, timed
from bench.run import Run
from bench.world import World

MOST_REQUESTS, MOST_SQL, MOST_CPU_MS, MOST_P99_MS = 3, 12, 10, 60


def measure(run: Run) -> None:
    """Measure on SQLite and, unless the run is quick, on PostgreSQL."""
    run.report.title(
        "G6 registrations on SQLite: 1,000 events, encryption and outbox in; in this process, one at a time"
    )
    each = 20 if run.is_quick else 60
    filled = fill(run.small, each * (ROUNDS + 1) + 20)
    with closing(sqlite3.connect(run.small.file.with_name("raw.sqlite"), isolation_level=None)) as raw:
        _compare(run, run.small, filled, each, raw_sqlite(raw))
    _flow(run)
    _at_once(run, run.small, "SQLite")
    if run.is_quick:
        return
    with postgres(run) as (there, commits):
        run.report.title("G6 registrations on PostgreSQL (the wheel's own server, its defaults), in this process")
        _compare(run, there, fill(there, each * (ROUNDS + 1) + 20), each, commits)
        _at_once(run, there, "PostgreSQL")
        there.close()


def _compare(run: Run, there: World, filled: Iterator[Filled], each: int, raw: dict[str, Callable[[], object]]) -> None:
    """Measure POSTs in turn with what the database does alone and what a bare application does."""
    figures = rounds(
        {
            "ours": lambda: _posts(there, filled, each),
            "bare": lambda: run.bare.posts(f"/event/{run.key}", each),
            **{name: (lambda thing=thing: calls(thing, each * 5)) for name, thing in raw.items()},
        }
    )
    ours, checked = figures["ours"], figures["seat check"]
    is_sqlite = "sqlite" in there.settings.database_url
    ratio_bare, ratio_raw = ours.rate / figures["bare"].rate, ours.rate / checked.rate
    words = f"{ours.rate:,.0f}/s {ours.cpu_ms:.1f} ms CPU"
    for what, name in (("durable commits, one insert each", "commit"), ("commits with a seat check", "seat check")):
        run.report.say(
            "", f"POST / {what}", words, _per_s(figures[name]), ratio=f"{ours.rate / figures[name].rate:.2f}"
        )
    if is_sqlite:
        is_met = ratio_bare >= 0.6 or ratio_raw >= 0.5
        wanted = "≥ 0.6 or 0.5"
        text = f"{ratio_bare:.2f}, {ratio_raw:.2f}"
        run.report.say(
            "G6",
            "POST / bare POST, seat checks",
            words,
            _per_s(figures["bare"]),
            ratio=text,
            wanted=wanted,
            is_met=is_met,
        )


def _per_s(figure: Figure) -> str:
    return f"{figure.rate:,.0f}/s {figure.cpu_ms:.2f} ms CPU"


def _posts(there: World, filled: Iterator[Filled], each: int) -> Figure:
    return calls(lambda: next(filled).post(there.app).expect(303), each)


def _flow(run: Run) -> None:
    """The whole flow: the page with its form, the POST, the receipt."""
    one = next(fill(run.small, 1))
    post = one.post(run.small.app)
    page = Ask(run.small.app, one.path)
    sql = [statements(run.small.app, page, 5), statements(run.small.app, post)]
    receipt = Ask(run.small.app, post.headers["Location"])
    sql.append(statements(run.small.app, receipt.expect(200), 5))
    filled = fill(run.small, 60)
    half, bare_page = run.seconds / 2, f"/event/{run.key}"
    reading = rounds(
        {
            "page": lambda: timed(page, half),
            "receipt": lambda: timed(receipt, half),
            "bare": lambda: run.bare.timed(bare_page, half),
        }
    )
    posting = calls(lambda: next(filled).post(run.small.app).expect(303), 60)
    bare_post = run.bare.posts(bare_page, 60)
    cpu = reading["page"].cpu_ms + posting.cpu_ms + reading["receipt"].cpu_ms
    limit = f"2 requests, {reading['bare'].cpu_ms + bare_post.cpu_ms:.1f} ms CPU"
    run.report.say("G6", "whole flow: requests", "3", "2", wanted=f"≤ {MOST_REQUESTS}", is_met=True)
    run.report.say(
        "G6",
        "whole flow: SQL statements (page, POST, receipt)",
        f"{sum(sql)} ({', '.join(map(str, sql))})",
        wanted=f"≤ {MOST_SQL}",
        is_met=sum(sql) <= MOST_SQL,
    )
    parts = f"{reading['page'].cpu_ms:.1f}, {posting.cpu_ms:.1f}, {reading['receipt'].cpu_ms:.1f}"
    run.report.say(
        "G6",
        "whole flow: CPU (page, POST, receipt)",
        f"{cpu:.1f} ms ({parts})",
        limit,
        wanted=f"≤ {MOST_CPU_MS} ms",
        is_met=cpu <= MOST_CPU_MS,
    )


def _at_once(run: Run, there: World, name: str) -> None:
    """Through granian, 8 at once: how long a registration takes at worst, and how many there are a second."""
    each = 100 if run.is_quick else 200
    form = run.bare.filled(f"/event/{run.key}").request("POST")
    own, other = client.Load(), client.Load()
    with server.ours(there.settings, run.log) as ours, server.limit(run.bare_folder, run.log) as limit:
        for _ in range(ROUNDS):
            filled = fill(there, each)
            own.add(client.ask(ours.port, lambda filled=filled: _next(filled)))
            left = iter(range(each))
            other.add(client.ask(limit.port, lambda left=left: form if next(left, None) is not None else None))
    own.expect(POST=303)
    other.expect(POST=303)
    worst, bare_worst = own.percentile("POST", 99), other.percentile("POST", 99)
    run.report.say(
        "G6",
        f"{name}: p99 of a POST, 8 at once, granian",
        f"{worst:.0f} ms, {own.rate:,.0f}/s",
        f"{bare_worst:.0f} ms, {other.rate:,.0f}/s bare SQLite",
        wanted=f"≤ {MOST_P99_MS} ms",
        is_met=worst <= MOST_P99_MS,
    )


def _next(filled: Iterator[Filled]) -> client.Request | None:
    one = next(filled, None)
    return one.request("POST") if one is not None else None
