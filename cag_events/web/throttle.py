"""Limits: how often somebody may try, by account, address, e-mail, session, event. Subjects are kept as blind indexes.

`spend()` counts in the database, for what protects accounts and mail; `spend_coarsely()` counts in memory or wherever
CAG_RATE_LIMIT_URL says, for search, private feeds and the API.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from ipaddress import IPv6Address, ip_address
from math import ceil
from time import time  # noqa: TID251 (the library counts by the machine's clock)
from typing import TYPE_CHECKING

from flask import current_app, request  # noqa: TID251 (the coarse counters belong to the application)
from sqlalchemy import TextualSelect, bindparam, delete, select, text
from werkzeug.exceptions import TooManyRequests

from cag_events import clock, keyring
from cag_events.db import UtcDateTime, count_rows_of, db, is_writing, transaction
from cag_events.web.models import Throttle
from cag_events.web.settings import settings

if TYPE_CHECKING:
    from limits.strategies import MovingWindowRateLimiter

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Limit:
    """At most `tries` in a `window`; then a wait to its end or, when it is passed again and again, longer.

    The wait doubles from `wait` to `longest`. A limit by address alone never waits longer than minutes.
    """

    name: str
    tries: int
    window: timedelta
    wait: timedelta
    longest: timedelta


LOGIN_ACCOUNT = Limit("login.account", 10, 15 * MINUTE, 5 * MINUTE, HOUR)
LOGIN_ADDRESS = Limit("login.address", 40, 15 * MINUTE, MINUTE, 10 * MINUTE)
RESET_ACCOUNT = Limit("reset.account", 3, HOUR, 15 * MINUTE, HOUR)
RESET_ADDRESS = Limit("reset.address", 10, HOUR, 5 * MINUTE, 10 * MINUTE)
REGISTER_EMAIL = Limit("register.email", 10, 10 * MINUTE, 2 * MINUTE, HOUR)
REGISTER_SESSION = Limit("register.session", 20, HOUR, 5 * MINUTE, HOUR)
REGISTER_EVENT = Limit("register.event", 3000, MINUTE, timedelta(seconds=10), MINUTE)
LINK_EMAIL = Limit("link.email", 3, DAY, HOUR, DAY)
ALIAS_ADDRESS = Limit("alias.address", 40, 15 * MINUTE, MINUTE, 10 * MINUTE)
COUNTER_LINK = Limit("counter.link", 1500, 10 * MINUTE, MINUTE, 10 * MINUTE)
EXPORT_ACCOUNT = Limit("export.account", 20, HOUR, 5 * MINUTE, HOUR)
IMPORT_ACCOUNT = Limit("import.account", 60, HOUR, 5 * MINUTE, HOUR)

COARSE = {"search": 60, "private_feed": 30, "api": 120}  # per minute
COARSE_KEY = "cag_coarse_limits"


class TooMany(TooManyRequests):
    """The limit is passed; `seconds` says how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(retry_after=seconds)
        self.seconds = seconds


def network_address() -> str:
    """Return whose request it is for counting: an IPv4 address or an IPv6 /64, after the configured proxies."""
    try:
        address = ip_address((request.remote_addr or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> 64 << 64)) + "/64"
    return str(address)


def spend(*limits: tuple[Limit, str]) -> None:
    """Count one try against each (limit, subject). Raises TooMany with the longest wait if one of them is passed.

    Called on its own, the try counts even when it is refused; within a writing unit it is undone with the rest.
    """
    if is_writing():
        wait = _spend(limits)
    else:
        with transaction():
            wait = _spend(limits)
    if wait:
        raise TooMany(wait)


def forgive(*limits: tuple[Limit, str]) -> None:
    """Take back what was counted, since the try succeeded: all of it."""
    with transaction():
        db.session.execute(delete(Throttle).where(Throttle.key.in_([_key(limit, what) for limit, what in limits])))


def give_back(limit: Limit, subject: str) -> None:
    """Take back one try, since it succeeded."""
    with transaction():
        row = _locked(_key(limit, subject))
        if row is not None and row.tries:
            row.tries -= 1


def sweep(now: datetime) -> int:
    """Forget counters that nobody has touched for 7 days; returns how many."""
    with transaction():
        return count_rows_of(delete(Throttle).where(Throttle.seen_at < now - KEPT))


def spend_coarsely(name: str, subject: str | None = None) -> None:
    """Count one request of a kind named in COARSE; by network address unless a subject is given. Raises TooMany."""
    from limits import RateLimitItemPerMinute  # noqa: PLC0415 (see _coarse)

    limit, key = RateLimitItemPerMinute(COARSE[name]), _digest(f"coarse.{name}", subject or network_address()).hex()
    if not _coarse().hit(limit, key):
        free_at = _coarse().get_window_stats(limit, key).reset_time
        raise TooMany(min(60, max(1, ceil(free_at - time()))))


def _spend(limits: Sequence[tuple[Limit, str]]) -> int:
    """Count one try against each in one statement; returns the seconds to wait, 0 if it is allowed.

    Only rows that are full, blocked, or of a window that is over are looked at more closely.
    """
    now, limit_of = clock.now(), {_key(limit, subject): limit for limit, subject in limits}
    keys = {f"key{number}": key for number, key in enumerate(sorted(limit_of))}
    wait = 0
    for row in db.session.execute(_counting(len(keys)), {"now": now, **keys}).all():
        limit = limit_of[row.key]
        if row.blocked_until is not None or row.tries > limit.tries or now - row.began_at >= limit.window:
            wait = max(wait, _count_again(limit, row.key, now))
    return wait


@cache
def _counting(number: int) -> TextualSelect:
    """The statement for so many keys, in SQL: SQLAlchemy would compile one with many rows anew each time."""
    rows = ", ".join(f"(:key{n}, :now, 1, 0, NULL, :now)" for n in range(number))
    return (
        text(
            f"""INSERT INTO throttle ("key", began_at, tries, strikes, blocked_until, seen_at) VALUES {rows}
            ON CONFLICT ("key") DO UPDATE SET tries = throttle.tries + 1, seen_at = excluded.seen_at
            RETURNING "key", tries, began_at, blocked_until"""  # noqa: S608 (only names of parameters are put in)
        )
        .bindparams(bindparam("now", type_=UtcDateTime()))
        .columns(Throttle.key, Throttle.tries, Throttle.began_at, Throttle.blocked_until)
    )


def _count_again(limit: Limit, key: bytes, now: datetime) -> int:
    """Count a try that was counted already, now with windows and waits; returns the seconds to wait."""
    row = _locked(key)
    assert row is not None
    row.tries -= 1
    if row.blocked_until is not None and now < row.blocked_until:
        return _seconds(row.blocked_until - now)
    if now - row.began_at >= limit.window or row.blocked_until is not None:
        if now - row.began_at >= limit.window + DAY:
            row.strikes = 0
        row.began_at, row.tries, row.blocked_until = now, 0, None
    row.tries += 1
    if row.tries <= limit.tries:
        return 0
    row.strikes += 1
    growing = now + min(limit.wait * 2 ** (row.strikes - 1), limit.longest)
    row.blocked_until = max(growing, row.began_at + limit.window)
    return _seconds(row.blocked_until - now)


def _locked(key: bytes) -> Throttle | None:
    return db.session.scalar(
        select(Throttle).where(Throttle.key == key).with_for_update().execution_options(populate_existing=True)
    )


def _seconds(wait: timedelta) -> int:
    return max(1, ceil(wait.total_seconds()))


def _key(limit: Limit, subject: str) -> bytes:
    return _digest(limit.name, subject)


def _digest(name: str, subject: str) -> bytes:
    return keyring.blind_index(subject, f"throttle.{name}")


def _coarse() -> "MovingWindowRateLimiter":
    """Return the application's counter; made when it is first asked for, since the library keeps a thread."""
    from limits.storage import storage_from_string  # noqa: PLC0415 (loads an asynchronous half that we never use)
    from limits.strategies import MovingWindowRateLimiter  # noqa: PLC0415

    if COARSE_KEY not in current_app.extensions:
        current_app.extensions[COARSE_KEY] = MovingWindowRateLimiter(storage_from_string(settings().rate_limit_url))
    counter: MovingWindowRateLimiter = current_app.extensions[COARSE_KEY]
    return counter
