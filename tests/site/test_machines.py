"""Where programs begin: the root, the sitemap, robots, health."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.event import Safety, Visibility
from cag_events.outbox.models import Heartbeat
from tests.making import Make

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.mark.parametrize(
    ("accepted", "cookie", "place"),
    [
        ("", "", "/sv/"),
        ("en-GB,en;q=0.9", "", "/en/"),
        ("de, ru;q=0.5", "", "/sv/"),
        ("en", "sv", "/sv/"),
        ("sv", "xx", "/sv/"),
        ("\x7f;;q=z", "", "/sv/"),
    ],
)
def test_root_leads_to_the_readers_language(client: FlaskClient, accepted: str, cookie: str, place: str) -> None:
    if cookie:
        client.set_cookie("lang", cookie)
    answer = client.get("/", headers={"Accept-Language": accepted})

    assert (answer.status_code, answer.headers["Location"], answer.headers["Cache-Control"]) == (302, place, "no-store")
    assert answer.headers.getlist("Set-Cookie") == []


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("lang=en", "/en/"),
        ("lang=en&next=/en/events/x", "/en/events/x"),
        ("lang=en&next=//evil.example.org", "/en/"),
        ("lang=en&next=https://evil.example.org", "/en/"),
        ("lang=en&next=%2F%5Cevil.example.org", "/en/"),
        ("lang=en&next=/en/?theme=gender%26mode=online", "/en/?theme=gender&mode=online"),
    ],
)
def test_root_remembers_the_language_and_leads_back(client: FlaskClient, query: str, place: str) -> None:
    answer = client.get(f"/?{query}")

    assert (answer.status_code, answer.headers["Location"]) == (302, place)
    assert "lang=en" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    assert client.get("/").headers["Location"] == "/en/"


def test_root_does_not_remember_a_language_that_it_lacks(client: FlaskClient) -> None:
    assert client.get("/?lang=xx").headers.getlist("Set-Cookie") == []


def test_language_switch_leads_to_the_same_page(make: Make, client: FlaskClient) -> None:
    make.event(key="e")

    text = client.get("/sv/events/e").text

    assert 'href="/?lang=en&amp;next=%2Fen%2Fevents%2Fe"' in text
    assert client.get("/?lang=en&next=%2Fen%2Fevents%2Fe").headers["Location"] == "/en/events/e"


def test_sitemap_lists_each_public_page_in_every_language(make: Make, client: FlaskClient) -> None:
    water = make.theme("water")
    make.event(key="open", themes=[water], campaign=make.campaign("drops"))
    for key, values in {
        "unlisted": {"visibility": Visibility.UNLISTED},
        "members": {"visibility": Visibility.MEMBERS},
        "guarded": {"safety": Safety.GUARDED},
    }.items():
        make.event(key=key, themes=[water], **values)

    tree = ET.fromstring(client.get("/sitemap.xml").data)
    paths = [(e.text or "").removeprefix("http://127.0.0.1:5000/") for e in tree.iter(f"{SITEMAP}loc")]

    assert [path for path in paths if path.startswith("sv/")] == [
        "sv/",
        "sv/exhibitions",
        "sv/campaigns",
        "sv/feeds",
        "sv/privacy",
        "sv/accessibility",
        "sv/themes/water",
        "sv/campaigns/drops",
        "sv/events/open",
    ]
    assert len(paths) == 18
    assert next(tree.iter(f"{SITEMAP}lastmod")).text == "2026-11-21"


def test_sitemap_holds_only_pages_that_answer(make: Make, client: FlaskClient) -> None:
    make.event(key="open", themes=[make.theme("water")], campaign=make.campaign("drops"))

    tree = ET.fromstring(client.get("/sitemap.xml").data)
    paths = [(e.text or "").removeprefix("http://127.0.0.1:5000") for e in tree.iter(f"{SITEMAP}loc")]

    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_robots_may_fetch_feeds(client: FlaskClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()

    assert lines[0] == "User-agent: *"
    assert [line for line in lines if "feeds" in line] == []
    assert lines[-1] == "Sitemap: http://127.0.0.1:5000/sitemap.xml"


def test_healthz_says_ok(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.text, answer.headers["Cache-Control"]) == (200, "ok\n", "no-store")


@pytest.mark.parametrize(
    ("minutes", "status", "text"), [(1, 200, "ok"), (11, 503, "unavailable"), (None, 503, "unavailable")]
)
def test_readyz_asks_whether_a_worker_lives(any_app: Flask, minutes: int | None, status: int, text: str) -> None:
    if minutes is not None:
        with any_app.app_context(), transaction():
            db.session.merge(Heartbeat(id=1, at=clock.now() - timedelta(minutes=minutes)))

    answer = any_app.test_client().get("/readyz")

    assert (answer.status_code, answer.text) == (status, f"{text}\n")


def test_readyz_is_not_ready_on_another_schema(app: Flask) -> None:
    with app.app_context(), transaction():
        db.session.merge(Heartbeat(id=1, at=clock.now()))
        db.session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = 'other'")

    assert app.test_client().get("/readyz").status_code == 503
