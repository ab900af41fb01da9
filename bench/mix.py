"""G7: everything mixed, 8 at once: how long each kind of request takes at worst, against a bare application's mix."""

from collections.abc import Callable, Iterator
from itertools import chain, cycle, islice, repeat

from bench import client, server
from bench.asking import Ask
from bench.client import Load, Request, get
from bench.forms import Filled, fill
from bench.measure import ROUNDS
from bench.run import FEED, LIST, Run
from bench.world import World

KINDS = ("list", "event page", "feed 304", "feed", "registration")
ORDER = (
    "list",
    "event page",
    "feed 304",
    "list",
    "event page",
    "feed 304",
    "feed",
    "list",
    "event page",
    "registration",
)
STATUSES = {"list": 200, "event page": 200, "feed 304": 304, "feed": 200, "registration": 303}


def measure(run: Run) -> None:
    """Measure the mix on ours and on the bare application in turn."""
    each = 300 if run.is_quick else 1_000
    run.report.title(
        f"G7 mixed, 8 at once under granian, 1 process, {run.large.events:,} events: p99 of {ROUNDS} × {each}"
    )
    own, other = Load(), Load()
    bare_page = f"/event/{run.key}"
    bare_form = run.bare.filled(bare_page).request("registration")
    bare = {
        "list": get("list", "/list"),
        "event page": get("event page", bare_page),
        "feed 304": get("feed 304", "/same"),
        "feed": get("feed", "/feed.gz"),
    }
    with server.ours(run.large.settings, run.log) as ours, server.limit(run.bare_folder, run.log) as limit:
        requests = mixed(run.large)
        client.ask(ours.port, _some(requests, repeat(None), 40))
        client.ask(limit.port, _some(bare, repeat(None), 40))
        for _ in range(ROUNDS):
            own.add(client.ask(ours.port, _some(requests, _posts(run.large, each // 10), each)))
            other.add(client.ask(limit.port, _some(bare, repeat(bare_form), each)))
    for load in (own, other):
        for kind, status in STATUSES.items():
            load.expect(**{kind: status})
    for kind in KINDS:
        worst, limit_ms = own.percentile(kind, 99), other.percentile(kind, 99)
        ratio = worst / limit_ms
        run.report.say(
            "G7",
            f"{kind}: p99 (median)",
            f"{worst:.1f} ms ({own.percentile(kind, 50):.1f})",
            f"{limit_ms:.1f} ms ({other.percentile(kind, 50):.1f})",
            ratio=f"{ratio:.2f}×",
            wanted="≤ 2.5×",
            is_met=ratio <= 2.5,
        )
    run.report.say("", "all of it", f"{own.rate:,.0f}/s", f"{other.rate:,.0f}/s", ratio=f"{own.rate / other.rate:.2f}")


def mixed(there: World) -> dict[str, Request]:
    """Return what is asked for in the mix, but the registrations."""
    etag = Ask(there.app, FEED).expect(200).headers["ETag"]
    return {
        "list": get("list", LIST),
        "event page": get("event page", f"/sv/events/{there.keys()[0]}"),
        "feed 304": get("feed 304", FEED, If_None_Match=etag),
        "feed": get("feed", FEED, Accept_Encoding="gzip"),
    }


def _posts(there: World, number: int) -> Iterator[Request]:
    filled: Iterator[Filled] = fill(there, number)
    return (one.request("registration") for one in filled)


def _some(requests: dict[str, Request], forms: Iterator[Request | None], number: int) -> Callable[[], Request | None]:
    """Return what gives so many requests in the order of the mix; without forms, those are left out."""
    made = (next(forms, None) if kind == "registration" else requests[kind] for kind in cycle(ORDER))
    left = chain(islice((one for one in made if one is not None), number), repeat(None))
    return lambda: next(left)


def run_some(there: World, port: int, number: int) -> None:
    """Send so many requests of the mix, registrations among them, to a server."""
    client.ask(port, _some(mixed(there), _posts(there, number // 10), number))
