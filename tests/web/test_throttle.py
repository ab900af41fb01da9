"""Limits count by subject and window, wait longer when they are passed again, and keep no names."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.web import throttle
from cag_events.web.models import Throttle
from cag_events.web.throttle import HOUR, LOGIN_ACCOUNT, LOGIN_ADDRESS, MINUTE, REGISTER_EVENT, TooMany, spend
from tests.conftest import NOW

WHO = "anna@example.org"


def spend_at(at: datetime, times: int = 1, who: str = WHO) -> list[int]:
    """Spend some tries at an instant; returns the seconds to wait of each, 0 where it was allowed."""
    waits = []
    with clock.fixed(at):
        for _ in range(times):
            try:
                spend((LOGIN_ACCOUNT, who))
                waits.append(0)
            except TooMany as fault:
                waits.append(fault.seconds)
    return waits


def test_spend_refuses_the_try_after_the_last(any_ctx: Flask) -> None:
    assert spend_at(NOW, 11) == [0] * 10 + [900]


def test_spend_counts_each_subject_by_itself(app_ctx: Flask) -> None:
    spend_at(NOW, 11)

    assert spend_at(NOW, 1, who="bo@example.org") == [0]


def test_spend_knows_the_same_subject_in_other_letters(app_ctx: Flask) -> None:
    spend_at(NOW, 10)

    assert spend_at(NOW, 1, who=" ANNA@example.org ") == [900]


def test_spend_begins_anew_after_the_window(app_ctx: Flask) -> None:
    spend_at(NOW, 10)

    assert spend_at(NOW + 15 * MINUTE, 10) == [0] * 10


def test_spend_waits_longer_each_time_up_to_a_limit(app_ctx: Flask) -> None:
    at, waits = NOW, []
    for _ in range(6):
        wait = spend_at(at, 11)[-1]
        waits.append(wait)
        at += timedelta(seconds=wait)

    assert waits == [900, 900, 1200, 2400, 3600, 3600]


def test_spend_by_address_never_waits_longer_than_minutes(app_ctx: Flask) -> None:
    assert max(LOGIN_ADDRESS.longest, LOGIN_ADDRESS.window, REGISTER_EVENT.longest) < HOUR


def test_spend_asks_for_the_longest_wait_of_several(app_ctx: Flask) -> None:
    for _ in range(10):
        spend((LOGIN_ACCOUNT, WHO))

    with pytest.raises(TooMany) as caught:
        spend((LOGIN_ADDRESS, "192.0.2.1"), (LOGIN_ACCOUNT, WHO))

    assert caught.value.seconds == 900


def test_spend_within_a_unit_is_undone_with_it(app_ctx: Flask) -> None:
    def spend_all() -> None:
        with transaction():
            for _ in range(11):
                spend((LOGIN_ACCOUNT, WHO))

    with pytest.raises(TooMany):
        spend_all()

    assert db.session.scalars(select(Throttle)).all() == []


def test_forgive_takes_all_tries_back_and_give_back_one(app_ctx: Flask) -> None:
    spend_at(NOW, 10)
    throttle.give_back(LOGIN_ACCOUNT, WHO)
    one = spend_at(NOW, 2)
    throttle.forgive((LOGIN_ACCOUNT, WHO))

    assert one == [0, 900]
    assert spend_at(NOW, 10) == [0] * 10


def test_rows_hold_no_names(app_ctx: Flask) -> None:
    spend_at(NOW, 1)

    row = db.session.scalars(select(Throttle)).one()
    assert b"anna" not in row.key
    assert len(row.key) == 32


def test_sweep_forgets_what_nobody_has_touched_for_a_week(app_ctx: Flask) -> None:
    spend_at(NOW - timedelta(days=8), 1, who="old")
    spend_at(NOW, 1, who="new")

    assert throttle.sweep(NOW) == 1
    assert len(db.session.scalars(select(Throttle)).all()) == 1


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("nonsense", "unknown"),
    ],
)
def test_network_address_counts_ipv6_by_its_network(app: Flask, address: str, counted: str) -> None:
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
        assert throttle.network_address() == counted


@pytest.mark.parametrize(("proxies", "counted"), [(0, "127.0.0.1"), (1, "198.51.100.2"), (2, "192.0.2.1")])
def test_network_address_is_taken_after_the_configured_proxies(
    make_app: object, sqlite_url: str, proxies: int, counted: str
) -> None:
    app: Flask = make_app(sqlite_url, trusted_proxies=proxies)  # type: ignore[operator]
    seen = []
    app.before_request(lambda: seen.append(throttle.network_address()))

    app.test_client().get("/sv/account/login", headers={"X-Forwarded-For": "192.0.2.1, 198.51.100.2"})

    assert seen == [counted]


@pytest.mark.real_clock
def test_spend_coarsely_refuses_the_search_after_the_last(app: Flask) -> None:
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": "192.0.2.9"}):
        for _ in range(60):
            throttle.spend_coarsely("search")

        with pytest.raises(TooMany) as caught:
            throttle.spend_coarsely("search")

        throttle.spend_coarsely("search", "somebody else")
    assert 1 <= caught.value.seconds <= 60
