"""Reading changes nothing: mail scanners and prefetchers open every link. Every answer has the headers of the house."""

import sqlite3
from pathlib import Path

import pytest
from flask import Flask

from cag_events.permissions import Role
from cag_events.web.access import access_of
from cag_events.web.headers import ALWAYS
from tests.factories import sign_in
from tests.house.world import make_world, rules_of

ROLES = [None, Role.MEMBER, Role.ADMIN]
NOT_CHANGES = ("throttle", "audit_entry", "audit_chain")  # limits count what one exports; looking at names is logged


def _data_version(database: sqlite3.Connection) -> object:
    """A number that is another after any commit."""
    return database.execute("PRAGMA data_version").fetchone()


def _rows(database: sqlite3.Connection) -> object:
    """All rows of all tables but those that are to say who has read."""
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {name: database.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables if name not in NOT_CHANGES}


@pytest.mark.parametrize("role", ROLES, ids=str)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_writes_nothing(app: Flask, tmp_path: Path, role: Role | None, method: str) -> None:
    world = make_world(app)
    client = app.test_client()
    if role is not None:
        sign_in(client, role)
    watcher = sqlite3.connect(tmp_path / "test.sqlite", isolation_level=None)
    written = []
    for rule in rules_of(app, "GET"):
        if rule.endpoint.startswith("feeds."):
            with client.open(world.address(rule), method=method):
                pass  # the first reading of a feed keeps since when it is as it is, so that it can be compared
        before, rows = _data_version(watcher), _rows(watcher)
        with client.open(world.address(rule), method=method):
            pass
        if _data_version(watcher) != before and _rows(watcher) != rows:
            written.append(rule.rule)
    with client.get(f"/en/account/reset/{world.reset_token}") as response:
        assert response.status_code == 200
    watcher.close()

    assert written == []


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_every_answer_has_the_headers_of_the_house(app: Flask, role: Role | None) -> None:
    world = make_world(app)
    client = app.test_client()
    if role is not None:
        sign_in(client, role)
    lacking = []
    for rule in rules_of(app, "GET"):
        with client.get(world.address(rule)) as response:
            headers = response.headers
        is_for_others = headers.get("Cross-Origin-Resource-Policy") == "cross-origin"
        expected = ALWAYS | ({"Cross-Origin-Resource-Policy": "cross-origin"} if is_for_others else {})
        for name, value in expected.items():
            if headers.get(name) != value and not (is_for_others and name == "X-Frame-Options"):
                lacking.append((rule.rule, name, headers.get(name)))
        if "Cache-Control" not in headers:
            lacking.append((rule.rule, "Cache-Control", None))

    assert lacking == []


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_nothing_personal_is_kept_by_caches(app: Flask, role: Role | None) -> None:
    world = make_world(app)
    client = app.test_client()
    if role is not None:
        sign_in(client, role)
    kept = []
    for rule in rules_of(app, "GET"):
        with client.get(world.address(rule)) as response:
            control = response.headers["Cache-Control"]
            is_personal = access_of(app, rule.endpoint) != "public" or "token" in rule.arguments
            if (is_personal or "Set-Cookie" in response.headers) and control != "no-store":
                kept.append((rule.rule, control))
            if is_personal and response.headers.get("X-Robots-Tag") != "noindex":
                kept.append((rule.rule, "may be indexed"))

    assert kept == []
