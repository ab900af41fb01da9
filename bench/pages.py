"""G4, G5: a page of the programme and an event's page, against a bare page of the same bytes."""

from bench import server, world
from bench.asking import Ask, statements
from bench.client import get
from bench.measure import Figure, after_each, rounds, timed, told
from bench.run import LIST, Run
from cag_events.db import db, transaction
from cag_events.events import records

MOST_KB = 60


def measure(run: Run) -> None:
    """Measure both."""
    listing, page = Ask(run.small.app, LIST).expect(200), Ask(run.small.app, run.page).expect(200)
    sizes = f"{len(listing.body) / 1000:.1f} and {len(page.body) / 1000:.1f} kB of HTML"
    run.report.title(f"G4, G5 programme page of 20 rows and event page, {sizes}; 1,000 events; in this process")
    bare, seconds = run.bare, run.seconds
    figures = rounds(
        {
            "list": lambda: timed(listing, seconds),
            "bare list": lambda: bare.timed("/list", seconds),
            "page": lambda: timed(page, seconds),
            "bare page": lambda: bare.timed(f"/event/{run.key}", seconds),
        }
    )
    _beside(run, "G4", "programme page", (figures["list"], figures["bare list"]), 1.8)
    _beside(run, "G5", "event page", (figures["page"], figures["bare page"]), 2.0)
    for aim, what, ask in (("G4", "programme page", listing), ("G5", "event page", page)):
        number = statements(run.small.app, ask, 5)
        run.report.say(aim, f"{what}: SQL statements", str(number), wanted="≤ 3", is_met=number <= 3)
    kilobytes = len(listing.body) / 1000
    run.report.say(
        "G4", "programme page: HTML", f"{kilobytes:.1f} kB", wanted=f"≤ {MOST_KB} kB", is_met=kilobytes <= MOST_KB
    )
    _after_edit(run, listing, page)
    run.report.title("G4, G5 the same under granian, 1 process, 8 connections")
    with server.ours(run.small.settings, run.log) as ours, server.limit(run.bare_folder, run.log) as limit:
        for aim, what, own, bare, most in (
            ("", "programme page", LIST, "/list", 1.8),
            ("", "event page", run.page, f"/event/{run.key}", 2.0),
        ):
            served = rounds(
                {
                    "ours": lambda own=own: ours.cost(get("x", own)),
                    "limit": lambda bare=bare: limit.cost(get("x", bare)),
                }
            )
            _beside(run, aim, what, (served["ours"], served["limit"]), most)
    _many(run, listing)


def _beside(run: Run, aim: str, what: str, both: tuple[Figure, Figure], most: float) -> None:
    ours, limit = both
    ratio = ours.cpu_ms / limit.cpu_ms
    run.report.say(
        aim,
        f"{what} / bare page of the same bytes",
        told(ours),
        told(limit),
        ratio=f"{ratio:.2f}× CPU",
        wanted=f"≤ {most}×",
        is_met=ratio <= most if aim else None,
    )


def _after_edit(run: Run, listing: Ask, page: Ask) -> None:
    app = run.small.app

    def edit() -> None:
        with app.app_context():
            with transaction():
                records.raise_version()
            db.session.remove()

    figures = after_each({"list": (edit, listing), "page": (edit, page)}, 5)
    for what, ask, figure in (("programme page", listing, figures["list"]), ("event page", page, figures["page"])):
        edit()
        number = statements(app, ask)
        run.report.say("", f"{what}, first after an edit", f"{figure.cpu_ms:.1f} ms CPU, {number} SQL")


def _many(run: Run, listing: Ask) -> None:
    """The same page with a hundred times as many events, warm and first after an edit."""
    times = 2 if run.is_quick else 10
    run.large.close()
    events = world.multiply(run.large, times)
    run.report.title(f"G4 with {events:,} events (rows copied {times} times in the database) against 1,000")
    many = Ask(run.large.app, LIST).expect(200)
    figures = rounds({"many": lambda: timed(many, run.seconds), "few": lambda: timed(listing, run.seconds)})
    ratio = figures["many"].cpu_ms / figures["few"].cpu_ms
    run.report.say(
        "G4",
        f"programme page, {events:,} / 1,000 events",
        told(figures["many"]),
        told(figures["few"]),
        ratio=f"{ratio:.2f}× CPU",
        wanted="≤ 1.3×",
        is_met=ratio <= 1.3,
    )
    number = statements(run.large.app, many, 5)
    run.report.say("G4", f"SQL statements, {events:,} events", str(number), wanted="≤ 3", is_met=number <= 3)
