"""G1–G3: a theme's feed warm, unchanged and after an edit; what an event's change costs."""

import gzip
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import count

from bench import client, flat, server
from bench.asking import Ask, statements
from bench.measure import Figure, after_each, calls, rounds, timed, told
from bench.run import FEED, Run
from bench.server import Server
from bench.world import World
from cag_events import clock
from cag_events.app import create_app
from cag_events.db import db, transaction
from cag_events.events import records
from cag_events.feeds import calendars

LEAST = 0.9
MOST_COLD = 2
GZIP = {"Accept-Encoding": "gzip"}


def measure(run: Run) -> None:
    """Measure all of it."""
    body = Ask(run.large.app, FEED).expect(200).body
    entries, size = body.count(b"BEGIN:VEVENT"), len(body) / 1000
    title = f"G1–G3 feed of a theme: {entries:,} entries of {run.large.events:,} events, {size:,.0f} kB"
    run.report.title(f"{title}, {len(gzip.compress(body, 6)) / 1000:,.0f} kB by gzip; in this process")
    _in_process(run)
    _cold(run)
    _change(run)
    run.report.title("G1, G2 the same under granian, 1 process, 8 connections (rates with CPU of the server)")
    with server.ours(run.large.settings, run.log) as ours, server.limit(run.bare_folder, run.log) as limit:
        _served(run, ours, limit)


def _in_process(run: Run) -> None:
    app, bare, seconds = run.large.app, run.bare, run.seconds
    feed, zipped = Ask(app, FEED).expect(200), Ask(app, FEED, GZIP).expect(200)
    etag = feed.headers["ETag"]
    same = {"If-None-Match": etag}
    known = Ask(app, FEED, same).expect(304)
    figures = rounds(
        {
            "feed": lambda: timed(feed, seconds),
            "bare feed": lambda: bare.timed("/feed", seconds),
            "gzip": lambda: timed(zipped, seconds),
            "bare empty": lambda: bare.timed("/empty", seconds),
            "304": lambda: timed(known, seconds),
            "bare 304": lambda: bare.timed("/same", seconds, same, 304),
        }
    )
    _beside(run, "G1", "feed, warm", figures["feed"], figures["bare feed"])
    _beside(run, "G1", "feed, stored gzip / bare empty answer", figures["gzip"], figures["bare empty"])
    _beside(run, "G2", "304 / bare 304", figures["304"], figures["bare 304"])
    another = create_app(run.large.settings)
    is_same = Ask(another, FEED).expect(200).headers["ETag"] == etag
    run.report.say("G2", "ETag of another process", "same" if is_same else "another", wanted="same", is_met=is_same)
    World(another, run.large.settings, run.large.events, 0).close()


def _beside(run: Run, aim: str, what: str, ours: Figure, limit: Figure) -> None:
    """Compare by CPU a request: rates stand beside it, but move with whatever else the machine does."""
    ratio = limit.cpu_ms / ours.cpu_ms
    judged = {"wanted": f"≥ {LEAST}", "is_met": ratio >= LEAST} if aim else {}
    run.report.say(aim, what, told(ours), told(limit), ratio=f"{ratio:.2f} CPU", **judged)


def _cold(run: Run) -> None:
    times = 5 if run.is_quick else 9
    app, raw = run.large.app, sqlite3.connect(run.large.file)
    number = count()

    def edit() -> None:
        flat.edit(run.large, next(number))  # of an event that stands in the feed

    def elsewhere() -> None:
        flat.edit(run.large, next(number), is_themed=False)

    def unnamed() -> None:
        with app.app_context():
            with transaction():
                records.raise_version()
            db.session.remove()

    with closing(raw):
        feed, joined = Ask(app, FEED), _joining(raw, themed=True)
        zipped = Ask(app, FEED, GZIP)
        other = {"other": (elsewhere, feed), "unnamed": (unnamed, feed)}
        figures = after_each({"ours": (edit, feed), "limit": (edit, joined), "gzip": (edit, zipped), **other}, times)
        _after_edit(run, "feed after an edit in it", figures["ours"], figures["limit"], 5)
        _beside_joining(run, "… beside its rows read and joined", figures["ours"], figures["limit"])
        _after_edit(run, "feed after an edit of another event", figures["other"], figures["limit"], 5)
        run.report.say("", "feed after a change that names no event", f"{figures['unnamed'].cpu_ms:.2f} ms CPU")
        run.report.say("", "… and its first gzip, once per process", f"{figures['gzip'].cpu_ms:.1f} ms CPU")
        _first(run, joined)
        edit()
        run.report.say("", "SQL statements after an edit, and warm", f"{statements(app, feed)}, 1")
        with _without_cap():
            programme = Ask(app, "/feeds/programme.ics")
            edit()
            entries = programme().count(b"BEGIN:VEVENT")
            everything = _joining(raw, themed=False)
            figures = after_each({"ours": (edit, programme), "limit": (edit, everything)}, times)
            _after_edit(run, f"{entries:,} entries (cap raised)", figures["ours"], figures["limit"], 25)
            edit()


def _first(run: Run, joined: Callable[[], object]) -> None:
    """What the first request for the feed costs an application that has just been made and has nothing in memory."""
    made: list[World] = []

    def make() -> None:
        while made:
            made.pop().close()
        made.append(World(create_app(run.large.settings), run.large.settings, run.large.events, 0))

    def ask() -> None:
        Ask(made[-1].app, FEED).expect(200)

    first = after_each({"ours": (make, ask), "limit": (lambda: None, joined)}, 1)
    made[-1].close()
    run.report.say(
        "",
        "feed, first request after the start",
        f"{first['ours'].cpu_ms:.1f} ms CPU",
        f"{first['limit'].cpu_ms:.2f} ms rows read, joined",
        ratio=f"{first['ours'].cpu_ms / first['limit'].cpu_ms:.2f}×",
    )


def _after_edit(run: Run, what: str, ours: Figure, limit: Figure, wanted: float) -> None:
    run.report.say(
        "G3",
        what,
        f"{ours.cpu_ms:.2f} ms CPU",
        f"{limit.cpu_ms:.2f} ms rows read, joined",
        ratio=f"{ours.cpu_ms:.1f} ms",
        wanted=f"≤ {wanted} ms",
        is_met=ours.cpu_ms <= wanted,
    )


def _beside_joining(run: Run, what: str, ours: Figure, limit: Figure) -> None:
    ratio = ours.cpu_ms / limit.cpu_ms
    run.report.say(
        "G3",
        what,
        f"{ours.cpu_ms:.2f} ms CPU",
        f"{limit.cpu_ms:.2f} ms rows read, joined",
        ratio=f"{ratio:.2f}×",
        wanted=f"≤ {MOST_COLD}×",
        is_met=ratio <= MOST_COLD,
    )


def _joining(raw: sqlite3.Connection, *, themed: bool) -> Callable[[], object]:
    """Return what reads the same rows with nothing but the database's own library, and joins them."""
    since = (clock.now() - timedelta(days=180)).replace(tzinfo=None).isoformat(" ")
    query = "SELECT body FROM ics_state WHERE language = 'sv' AND circle = 'public' AND ends_at > ?"
    if themed:
        query += """ AND event_id IN (SELECT event_id FROM event_theme JOIN theme ON theme.id = theme_id
                     WHERE theme.key = 'environment')"""
    query += " ORDER BY starts_at, uid"
    return lambda: b"".join(row[0] for row in raw.execute(query, (since,)))


@contextmanager
def _without_cap() -> Iterator[None]:
    """Let a feed hold everything, to see what it costs."""
    before = calendars.MOST_ENTRIES, calendars.MOST_BYTES
    calendars.MOST_ENTRIES, calendars.MOST_BYTES = 10**6, 10**9  # type: ignore[misc]
    try:
        yield
    finally:
        calendars.MOST_ENTRIES, calendars.MOST_BYTES = before  # type: ignore[misc]


def _change(run: Run) -> None:
    """What one event's change costs: its record, its entries in all languages and circles, its search document.

    Before anybody subscribes and when 1,000 different feeds are remembered: it should not touch them.
    """
    app, number = run.large.app, count(10**6)
    subscribed = [Ask(app, path) for path in flat.addresses(flat.FEEDS // 10 if run.is_quick else flat.FEEDS)]

    def change() -> None:
        flat.edit(run.large, next(number))

    before = rounds({"change": lambda: timed(change, run.seconds)})["change"]
    for ask in subscribed:
        ask.expect(200)
    after = rounds({"change": lambda: timed(change, run.seconds)})["change"]
    run.report.say(
        "",
        f"one event's change, {len(subscribed):,} different feeds subscribed",
        f"{after.cpu_ms:.1f} ms CPU, {after.wall_s * 1000:.1f} ms",
        f"{before.cpu_ms:.1f} ms without them",
        ratio=f"{after.cpu_ms / before.cpu_ms:.2f}×",
    )
    change()
    polls = calls(lambda: [ask() for ask in subscribed], 1)
    run.report.say("", "… and the next poll of all of them, a feed", f"{polls.cpu_ms / len(subscribed):.2f} ms CPU")


def _served(run: Run, ours: Server, limit: Server) -> None:
    etag = Ask(run.large.app, FEED).expect(200).headers["ETag"]
    pairs = {
        "feed, warm": (client.get("x", FEED), client.get("x", "/feed"), "G1"),
        "feed, stored gzip / bare empty answer": (
            client.get("x", FEED, Accept_Encoding="gzip"),
            client.get("x", "/empty"),
            "G1",
        ),
        "feed, warm / Flask sending a file": (client.get("x", FEED), client.get("x", "/file"), ""),
        "304 / bare 304": (
            client.get("x", FEED, If_None_Match=etag),
            client.get("x", "/same", If_None_Match=etag),
            "G2",
        ),
    }
    for what, (own, bare, aim) in pairs.items():
        figures = rounds({"ours": lambda own=own: ours.cost(own), "limit": lambda bare=bare: limit.cost(bare)})
        _beside(run, aim, what, figures["ours"], figures["limit"])
