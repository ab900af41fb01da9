"""Feeds as HTTP (RFC 9110, 9111): what every address says in every case, errors and private ones too."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.http import parse_date

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.event import Visibility
from cag_events.domain.lifecycle import Status
from cag_events.events import records
from cag_events.events.models import Event, Occurrence
from cag_events.feeds import warm
from cag_events.feeds.calendars import Drawn
from cag_events.feeds.models import FeedState, PrivateFeed
from cag_events.feeds.warm import memory_of
from cag_events.permissions import Role
from cag_events.web import throttle
from tests.calendars import read_strictly
from tests.conftest import NOW
from tests.factories import make_account, make_event, make_theme, sign_in
from tests.feeds.reading import fetch, summaries
from tests.feeds.test_mine import make_token

PUBLIC = (
    "/feeds/programme.ics",
    "/feeds/themes/gender.ics?lang=en",
    "/feeds/segments/students.ics",
    "/feeds/campaigns/campaign.ics",
    "/events/talk.ics",
    "/feeds/programme.atom",
    "/feeds/programme.json",
)
BAD = {
    "/feeds/nothing": 404,
    "/feeds/nothing.ics": 404,
    "/feeds/": 404,
    "/feeds/programme.ics/": 404,
    "/feeds/PROGRAMME.ics": 404,
    "/feeds/programme.ics;x": 404,
    "/feeds//programme.ics": 404,
    "/feeds/themes//gender.ics": 404,
    "/feeds/themes/%ff.ics": 404,
    "/feeds/themes/%00.ics": 400,
    "/feeds/themes/" + "x" * 5_000 + ".ics": 404,
    "/feeds/private/" + "x" * 43 + ".ics": 404,
    "/feeds/private/a/b.ics": 404,
    "/feeds//private/" + "x" * 43 + ".ics": 404,
    "/feeds/own/" + "x" * 43 + ".ics": 404,
    "/events/nothing.ics": 404,
    "/events/.ics": 404,
    "/feeds/programme.ics?q=%00": 400,
    "/feeds/programme.ics?q=%ff%fe": 400,
    "/feeds/programme.ics?q=%ED%A0%80": 400,
    "/feeds/programme.ics?q=" + "x" * 3_000: 400,
    "/feeds/programme.ics?" + "a" * 9_000: 414,
    "/feeds/programme.ics?lang=": 400,
    "/feeds/programme.ics?lang=tlh": 400,
    "/feeds/programme.ics?&&=&": 400,
    "/feeds/programme.ics?%F0%9F%92%A9=1": 400,
    "/feeds/programme.ics?" + "&".join(f"theme={n}" for n in range(200)): 400,
    "/feeds/programme.ics?from=2026-02-31": 400,
    "/feeds/programme.ics?from=9999-12-31&to=0001-01-01": 400,
}
GOOD = (
    "/feeds/programme.ics?q=%zz",
    "/feeds/programme.ics?theme=gender&theme=gender",
    "/feeds/programme.ics?lang=en&lang=sv",
    "/feeds/programme.ics?theme=",
    "/feeds/programme.ics?&&",
)
OF_ONE = {"X-Request-Id"}


@pytest.fixture
def private(programme):
    """The address of a member's own feed."""
    with programme.app_context():
        return f"/feeds/private/{make_token(make_account(Role.MEMBER))}.ics"


def told(response) -> dict[str, str]:
    """The headers of an answer, but what is of this one alone."""
    return {name: value for name, value in response.headers if name not in OF_ONE}


def revoke(app) -> None:
    """End every private feed."""
    with app.app_context(), transaction():
        db.session.query(PrivateFeed).one().revoked_at = clock.now()


def retitle(app, title: str) -> None:
    """Give the only event another title."""
    with app.app_context(), transaction():
        event = db.session.query(Event).one()
        event.title = {"en": title, "sv": title}
        records.refresh([event.id])


@pytest.mark.parametrize("address", BAD)
def test_feed_address_answers_what_is_wrong_in_plain_text_to_signed_in_people_too(programme, address):
    client = programme.test_client()
    sign_in(client, Role.ADMIN)

    got, head = client.get(address), client.head(address)

    assert (got.status_code, head.status_code) == (BAD[address], BAD[address])
    assert got.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert got.headers["Cache-Control"] == "no-store"
    assert [name for name in ("Set-Cookie", "Location", "ETag", "Vary") if name in got.headers] == []
    assert "<" not in got.text
    assert told(head) == told(got)
    assert head.data == b""


@pytest.mark.parametrize("address", GOOD)
def test_feed_address_takes_what_does_no_harm(programme, address):
    assert fetch(programme.test_client(), address).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS"])
def test_feed_refuses_no_slash_by_sending_a_secret_elsewhere(programme, private, method):
    for address in (private.replace("/private/", "//private/"), private.replace("/private/", "/private//")):
        answer = programme.test_client().open(address, method=method)

        assert answer.status_code in (404, 405)
        assert "Location" not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_private_feed_refuses_other_methods(programme, private, method):
    answer = programme.test_client().open(private, method=method)

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_every_feed_answers_head_as_get_in_each_case(programme, private):
    client = programme.test_client()
    for address in (*PUBLIC, private):
        first = fetch(client, address)
        for headers in (
            {},
            {"Accept-Encoding": "gzip"},
            {"If-None-Match": first.headers["ETag"]},
            {"If-Modified-Since": first.headers["Last-Modified"]},
            {"Range": "bytes=0-9"},
            {"Accept": "text/html, application/xml"},
        ):
            got, head = client.get(address, headers=headers), client.head(address, headers=headers)
            assert (head.status_code, told(head), head.data) == (got.status_code, told(got), b"")


def test_feed_ignores_ranges_and_accept(programme, private):
    client = programme.test_client()
    for address in (*PUBLIC, private):
        plain, part, picky = fetch(client, address), fetch(client, address, Range="bytes=0-9"), fetch(client, address)

        assert (part.status_code, part.data, picky.data) == (200, plain.data, plain.data)
        assert [name for name in ("Accept-Ranges", "Content-Range") if name in part.headers] == []


@pytest.mark.parametrize(
    ("asked", "is_zipped"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("gzip;q=0.001", True),
        ("br, gzip ;q=1.0", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0", False),
        ("gzip;q=0, *", False),
        ("gzip;q=x", False),
        ("*", False),
        ("*;q=1, identity;q=0", False),
        ("identity", False),
        ("", False),
        ("notgzip", False),
    ],
)
def test_private_feed_is_zipped_for_those_only_who_name_gzip(programme, private, asked, is_zipped):
    client = programme.test_client()
    plain, answer = fetch(client, private), fetch(client, private, Accept_Encoding=asked)

    assert ("Content-Encoding" in answer.headers) is is_zipped
    assert (gzip.decompress(answer.data) if is_zipped else answer.data) == plain.data
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert answer.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


def test_feed_is_zipped_once_for_all_who_ask(programme, monkeypatch):
    client, made = programme.test_client(), []
    compress = gzip.compress
    monkeypatch.setattr(gzip, "compress", lambda *args, **more: made.append(1) or compress(*args, **more))

    octets = {fetch(client, PUBLIC[0], Accept_Encoding="gzip").data for _ in range(4)}

    assert (len(octets), len(made)) == (1, 1)


@pytest.mark.parametrize(
    "since",
    [
        "",
        "0",
        "yesterday",
        "2026-11-21T09:00:00Z",
        "Wed, 99 Jan 99999 00:00:00 GMT",
        "Wed, 01 Jan 0000 00:00:00 GMT",
        "1800000000",
    ],
)
def test_feed_answers_200_to_a_date_that_it_cannot_read(programme, private, since):
    client = programme.test_client()

    for address in (PUBLIC[0], PUBLIC[0], private, private):
        assert fetch(client, address, If_Modified_Since=since).status_code == 200


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        ("{etag}", 304),
        ('"a", "b" , {etag}', 304),
        ("{strong}", 304),
        ("*", 304),
        ('"a"', 200),
        ('W/"', 200),
        ('"' + "a" * 5_000, 200),
        ("", 200),
    ],
)
def test_private_feed_compares_entity_tags_weakly_and_before_dates(programme, private, tags, status):
    client = programme.test_client()
    first = fetch(client, private)
    etag = first.headers["ETag"]
    sent = tags.replace("{etag}", etag).replace("{strong}", etag.removeprefix("W/"))

    answer = fetch(client, private, If_None_Match=sent, If_Modified_Since="Wed, 01 Jan 2020 00:00:00 GMT")

    assert answer.status_code == status
    assert re.fullmatch(r'W/"[0-9a-f]{64}"', etag)
    for name in ("ETag", "Last-Modified", "Cache-Control", "Vary", "X-Robots-Tag", "Referrer-Policy"):
        assert answer.headers[name] == first.headers[name]
    if status == 304:
        assert [
            name for name in ("Content-Type", "Content-Length", "Content-Disposition") if name in answer.headers
        ] == []


def test_feed_needs_no_session_even_from_somebody_who_is_signed_in(programme, private):
    client, stranger = programme.test_client(), programme.test_client()
    sign_in(client, Role.ADMIN)
    with programme.app_context():
        engine = db.engine
    seen: list[str] = []
    sqlalchemy_event.listen(
        engine, "before_cursor_execute", lambda _c, _cursor, statement, *_rest: seen.append(statement)
    )

    for address in (*PUBLIC, private):
        for headers in ({}, {"If-None-Match": "*"}):
            one, other = client.get(address, headers=headers), stranger.get(address, headers=headers)
            assert (one.status_code, one.data, told(one)) == (other.status_code, other.data, told(other))
            assert one.headers["Vary"] == "Accept-Encoding"
            assert "Set-Cookie" not in one.headers

    assert [statement for statement in seen if "web_session" in statement] == []


def test_feed_of_an_ended_address_is_gone_and_never_kept(programme, private):
    client = programme.test_client()
    etag = fetch(client, private).headers["ETag"]
    revoke(programme)

    for headers in ({}, {"If_None_Match": etag}, {"If_None_Match": "*"}):
        answer = fetch(client, private, **headers)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (410, "no-store")
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "ETag" not in answer.headers


def test_feed_says_when_to_come_back_while_the_database_is_away(programme, private, monkeypatch):
    client = programme.test_client()
    warmed = [fetch(client, address).status_code for address in (PUBLIC[0], private)]

    def away(*_args, **_more):
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    with programme.app_context():
        engine = db.engine
    monkeypatch.setattr(engine, "raw_connection", away)
    monkeypatch.setattr(engine, "connect", away)
    answers = [fetch(client, address) for address in (PUBLIC[0], private)]

    assert warmed == [200, 200]
    for answer in answers:
        assert (answer.status_code, answer.headers["Cache-Control"]) == (503, "no-store")
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert "ETag" not in answer.headers


def test_private_feed_is_limited_by_its_token_and_nothing_by_address(programme, private, monkeypatch):
    monkeypatch.setitem(throttle.COARSE, "private_feed", 3)
    monkeypatch.setitem(throttle.COARSE, "search", 3)
    client = programme.test_client()
    with programme.app_context():
        other = f"/feeds/private/{make_token(make_account(Role.MEMBER))}.ics"

    own = [fetch(client, private, If_None_Match="*") for _ in range(4)]
    others = fetch(client, other).status_code
    searches = [fetch(client, f"/feeds/programme.ics?q=water{number}").status_code for number in range(8)]

    assert [answer.status_code for answer in own] == [304, 304, 304, 429]
    assert int(own[-1].headers["Retry-After"]) > 0
    assert own[-1].headers["Content-Type"] == "text/plain; charset=utf-8"
    assert others == 200
    assert set(searches) == {200}


def test_secret_of_a_feed_is_logged_nowhere_and_stands_in_no_answer(programme, private, capsys):
    secret = private.split("/")[-1].removesuffix(".ics")
    client = programme.test_client()
    answers = [
        client.open(address, method=method, headers=headers)
        for address in (private, private + "/", private + "?lang=xx", private.replace("/private", "//private"))
        for method in ("GET", "HEAD", "POST", "OPTIONS")
        for headers in ({}, {"If-None-Match": "*"}, {"If-Modified-Since": "x"})
    ]
    revoke(programme)
    answers += [client.get(private), client.get(private, headers={"Accept": "text/html"})]

    logged = capsys.readouterr()
    assert {answer.status_code for answer in answers} >= {200, 304, 404, 405, 410}
    for answer in answers:
        assert secret not in answer.text + str(answer.headers)
    assert secret not in logged.out + logged.err
    routes = {json.loads(line).get("route") for line in logged.out.splitlines()}
    assert routes <= {"/feeds/private/<token>.ics", None}


def test_robots_may_fetch_feeds_also_private_ones(client):
    rules = client.get("/robots.txt").text

    assert [line for line in rules.splitlines() if line.startswith("Disallow") and "/feeds" in line] == []
    assert [line for line in rules.splitlines() if line.strip() == "Disallow: /"] == []


def test_errors_of_public_feeds_may_be_read_by_scripts_of_other_sites(programme):
    client = programme.test_client()

    for address in ("/feeds/themes/nothing.ics", "/events/nothing.ics", "/feeds/programme.ics?x=1"):
        assert fetch(client, address).headers["Access-Control-Allow-Origin"] == "*"


def test_feed_moves_its_date_with_every_change_of_its_octets(programme):
    client = programme.test_client()
    seen: list[tuple[bytes, str, datetime]] = []

    for number in range(4):  # within one second
        for address in (PUBLIC[1], PUBLIC[1]):
            answer = fetch(client, address)
            moment = parse_date(answer.headers["Last-Modified"])
            assert moment is not None
            seen.append((answer.data, answer.headers["ETag"], moment))
        retitle(programme, f"Title {number}")

    octets, tags, moments = ([one[part] for one in seen[::2]] for part in range(3))
    assert seen[::2] == seen[1::2]
    assert len(set(octets)) == len(set(tags)) == len(set(moments)) == 4
    assert moments == sorted(moments)


def test_event_file_keeps_a_withdrawn_date_and_moves_its_date(app, client):
    with app.app_context():
        event = make_event(key="talk", dates=["2026-12-03T18:00", "2026-12-10T18:00"])
        event_id, uids = event.id, sorted(one.uid for one in event.occurrences)
    before = fetch(client, "/events/talk.ics?lang=en")

    with app.app_context(), transaction():
        second = select(Occurrence).where(Occurrence.event_id == event_id).order_by(Occurrence.starts_at.desc())
        db.session.delete(db.session.scalars(second.limit(1)).one())
        records.refresh([event_id])
    after = fetch(client, "/events/talk.ics?lang=en", If_Modified_Since=before.headers["Last-Modified"])

    assert after.status_code == 200
    entries = read_strictly(after.data).components("VEVENT")
    assert sorted(entry.one("UID").value for entry in entries) == uids
    assert sorted(entry.one("STATUS").value for entry in entries) == ["CANCELLED", "CONFIRMED"]


def test_event_file_has_each_uid_once_after_it_was_public_then_unlisted_then_withdrawn(app, client):
    with app.app_context():
        event_id = make_event(key="talk").id
    for values in ({"visibility": Visibility.UNLISTED}, {"status": Status.DRAFT}):
        with app.app_context(), transaction():
            event = db.session.get(Event, event_id)
            for name, value in values.items():
                setattr(event, name, value)
            records.refresh([event_id])

    entries = read_strictly(fetch(client, "/events/talk.ics").data).components("VEVENT")

    assert [entry.one("STATUS").value for entry in entries] == ["CANCELLED"]


def test_feed_that_another_event_leaves_alone_is_not_joined_again(programme, monkeypatch):
    client = programme.test_client()
    first = fetch(client, PUBLIC[1])
    joined: list[int] = []
    body = Drawn.body
    monkeypatch.setattr(Drawn, "body", lambda drawn: joined.append(1) or body(drawn))

    with programme.app_context():
        make_event(title={"en": "Elsewhere"}, themes=[make_theme("environment")])
    after = fetch(client, PUBLIC[1])
    known = fetch(client, PUBLIC[1], If_None_Match=first.headers["ETag"])

    assert (after.data, after.headers["ETag"], known.status_code) == (first.data, first.headers["ETag"], 304)
    assert joined == []
    assert sorted(summaries(client, "/feeds/programme.ics?lang=en")) == ["Elsewhere", "Water in Aral"]
    assert joined == [1]


def test_feed_asks_one_thing_of_the_database_while_nothing_changes(programme):
    client = programme.test_client()
    etag = fetch(client, PUBLIC[0]).headers["ETag"]
    with programme.app_context():
        engine = db.engine
    connection = engine.raw_connection()
    asked: list[str] = []
    connection.driver_connection.set_trace_callback(asked.append)
    connection.close()

    answers = [fetch(client, PUBLIC[0], If_None_Match=etag).status_code, fetch(client, PUBLIC[0]).status_code]

    assert answers == [304, 200]
    assert [statement for statement in asked if "programme_version" not in statement] == []


def test_change_of_an_event_touches_no_feed_that_is_remembered(programme):
    client = programme.test_client()
    for number in range(1, 29):
        fetch(client, f"/feeds/programme.ics?from=2026-11-{number:02d}")
    with programme.app_context():
        before = {row.key: row.changed_at for row in db.session.query(FeedState)}
        engine = db.engine
    asked: list[str] = []
    sqlalchemy_event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_r: asked.append(statement))

    with clock.fixed(NOW + timedelta(hours=1)):
        retitle(programme, "Dust")

    with programme.app_context():
        assert {row.key: row.changed_at for row in db.session.query(FeedState)} == before
    written = [statement for statement in asked if "feed_state" in statement and not statement.startswith("SELECT")]
    assert written == []


def test_feed_that_is_kept_by_gzip_alone_answers_the_same_octets(programme, monkeypatch):
    client, answers = programme.test_client(), memory_of(programme).answers
    plain = fetch(client, PUBLIC[0])
    zipped = fetch(client, PUBLIC[0], Accept_Encoding="gzip")
    monkeypatch.setattr(warm, "MOST_BYTES", 2 * answers.size - 1)

    other = fetch(client, f"{PUBLIC[0]}?from=2026-01-01")  # as large as the first at least

    assert (len(answers), answers.size) == (2, 2_000 + len(zipped.data) + len(other.data) * 5 // 4)
    again = [fetch(client, PUBLIC[0]), fetch(client, PUBLIC[0], Accept_Encoding="gzip")]
    assert [answer.data for answer in again] == [plain.data, zipped.data]
    assert {answer.headers["ETag"] for answer in again} == {plain.headers["ETag"]}
    assert again[0].headers["Content-Length"] == str(len(plain.data))


def test_memory_of_feeds_forgets_those_that_nobody_asks_for(programme, monkeypatch):
    monkeypatch.setattr(warm, "MOST_BYTES", 30_000)
    client, memory = programme.test_client(), memory_of(programme)

    for number in range(60):
        fetch(
            client, f"/feeds/programme.ics?from={datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=number):%Y-%m-%d}"
        )
        fetch(client, PUBLIC[0])

    assert memory.answers.size <= 30_000
    assert 1 < len(memory.answers) < 30
    assert fetch(client, PUBLIC[0]).status_code == 200
