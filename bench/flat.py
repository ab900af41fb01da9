"""Memory over 100,000 fetches: 1,000 different feeds, some more often, private ones, 304s, gzip, edits in between."""

import datetime as dt
import time
from collections.abc import Iterator
from itertools import count
from urllib.parse import quote

from bench import client, server
from bench.client import Load, Request, get
from bench.run import Run
from bench.world import OTHERS, THEME, World
from cag_events import clock, keyring
from cag_events.accounts.models import Account
from cag_events.db import db, transaction
from cag_events.events import records
from cag_events.events.models import Event
from cag_events.feeds.models import PrivateFeed
from cag_events.feeds.personal import PURPOSE

FETCHES, FIRST = 100_000, 20_000
FEEDS, POPULAR, PRIVATE = 1_000, 20, 400  # a private feed may be fetched 30 times a minute
MOST_GROWTH = 1.1
STATUSES = {"feed": {200}, "gzip": {200}, "304": {304}, "private": {200, 304}}


def measure(run: Run) -> None:
    """Fetch, and look at the memory of the server's whole process tree after a fifth and at the end.

    1,000 events: with ten times as many the popular feeds alone are more than is kept, and are joined again and again.
    """
    fetches, first = (FETCHES // 10, FIRST // 10) if run.is_quick else (FETCHES, FIRST)
    run.report.title(
        f"memory over {fetches:,} fetches under granian, 1 process, {run.small.events:,} events: {FEEDS:,} feeds, "
        f"{PRIVATE} private ones, an edit after each {first:,}"
    )
    wanted, edits = _requests(addresses(FEEDS), _private(run.small)), count()
    load = Load()
    with server.ours(run.small.settings, run.log) as ours:
        time.sleep(1)
        begun, taken, alone = ours.pss_mb(), list[float](), list[float]()
        while load.count < fetches:
            load.add(_some(ours.port, wanted, min(first, fetches - load.count)))
            taken.append(ours.pss_mb())
            alone.append(ours.rss_mb())
            edit(run.small, next(edits))
        late, cpu_ms = ours.pss_mb(), ours.cpu_s() * 1000 / load.count
    for kind, allowed in STATUSES.items():
        if not set(load.statuses[kind]) <= allowed:
            raise SystemExit(f"{kind} answers {dict(load.statuses[kind])}")
    early, ratio = taken[0], late / taken[0]
    run.report.say(
        "flat",
        f"PSS after {load.count:,} fetches",
        f"{late:.0f} MB",
        f"{early:.0f} MB after {first:,}",
        ratio=f"{ratio:.2f}×",
        wanted=f"≤ {MOST_GROWTH}×",
        is_met=ratio <= MOST_GROWTH,
    )
    run.report.say("", f"… after each {first:,}", ", ".join(f"{mb:.0f}" for mb in taken) + " MB")
    run.report.say("", "RSS of the web process then", ", ".join(f"{mb:.0f}" for mb in alone) + " MB")
    run.report.say("", "before the first of them; a fetch of the mix", f"{begun:.0f} MB; {cpu_ms:.2f} ms CPU")


def addresses(number: int) -> list[str]:
    """Return so many feeds that differ from each other, those that most people subscribe to first."""
    today = clock.now().date()
    found = [f"/feeds/themes/{theme}.ics?lang={lang}" for theme in (THEME, *OTHERS) for lang in ("sv", "en")]
    found += [f"/feeds/programme.{kind}?lang={lang}" for kind in ("ics", "atom", "json") for lang in ("sv", "en")]
    for day in count():
        for theme in (THEME, *OTHERS):
            if len(found) == number:
                return found
            first = today + dt.timedelta(days=day)
            found.append(f"/feeds/programme.ics?lang=sv&theme={theme}&from={first}&to={first + dt.timedelta(days=60)}")
    raise AssertionError


def edit(there: World, number: int, *, is_themed: bool = True) -> None:
    """Give one event of the theme another title, or one that is not on it."""
    with there.app.app_context():
        with transaction():
            order = Event.id if is_themed else Event.id.desc()
            event = db.session.query(Event).filter(Event.starts_at > clock.now()).order_by(order).limit(1).one()
            event.title = {"sv": f"Ny rubrik {number}", "en": f"New title {number}"}
            records.refresh([event.id])
        db.session.remove()


def _private(there: World) -> list[str]:
    """Make private feeds of somebody's and return their addresses."""
    tokens: list[str] = []
    with there.app.app_context():
        with transaction():
            owner = db.session.query(Account).order_by(Account.id).limit(1).one().id
            for number in range(PRIVATE):
                token = keyring.new_token()
                tokens.append(token)
                feed = PrivateFeed(
                    account_id=owner,
                    name=f"Feed {number}",
                    token_hash=keyring.token_hash(token, PURPOSE),
                    filters={"theme": [OTHERS[number % len(OTHERS)]]},
                    with_registrations=True,
                    created_at=clock.now(),
                )
                db.session.add(feed)
        db.session.remove()
    return [f"/feeds/private/{quote(token)}.ics" for token in tokens]


def _requests(public: list[str], private: list[str]) -> Iterator[Request]:
    """Yield requests for ever: of 20 each 18 for feeds that many have, one for another feed, one for a private one."""
    for number in count():
        place = number % 20
        if place == 0:
            same = {"If_None_Match": "*"} if number % 40 else {}
            yield get("private", private[number // 20 % len(private)], **same)
            continue
        path = public[number // 20 % len(public)] if place == 1 else public[number % POPULAR]
        kind = ("feed", "gzip", "304")[number % 3]
        more = {"gzip": {"Accept_Encoding": "gzip"}, "304": {"If_None_Match": "*"}}
        yield get(kind, path, **more.get(kind, {}))


def _some(port: int, wanted: Iterator[Request], number: int) -> Load:
    left = iter(range(number))
    return client.ask(port, lambda: next(wanted) if next(left, None) is not None else None)
