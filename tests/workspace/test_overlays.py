"""Calendars that one organizer lays beneath: fetched safely, sealed, seen by nobody else, gone with the account."""

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import pytest
from sqlalchemy import select, text

from cag_events import clock, serving
from cag_events.accounts.models import Account
from cag_events.db import db, transaction
from cag_events.domain.errors import NotFound, Refused
from cag_events.exchange import services as files
from cag_events.imports.fetching import loopback_allowed
from cag_events.permissions import Actor, Role
from cag_events.serving import mail_folder
from cag_events.web.settings import settings_of
from cag_events.web.throttle import IMPORT_ACCOUNT, spend
from cag_events.workspace import overlays
from cag_events.workspace.models import Overlay
from cag_events.workspace.overlays import (
    MOST_A_ROUND,
    MOST_OVERLAYS,
    add_from_file,
    add_from_url,
    busy_between,
    fault_of,
    get_overlay,
    list_overlays,
    refresh_due,
    refresh_now,
    remove_overlay,
    show_overlay,
)
from tests.conftest import NOW
from tests.factories import make_account, make_event, post, sign_in
from tests.outbox.conftest import queued

HOME = "Europe/Stockholm"
FIRST, LAST = date(2026, 11, 1), date(2026, 12, 31)
OCTETS = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
X-WR-CALNAME:Canary house
BEGIN:VEVENT
UID:1@x
DTSTAMP:20261101T000000Z
DTSTART;TZID=Asia/Bishkek:20261123T180000
DTEND;TZID=Asia/Bishkek:20261123T193000
RRULE:FREQ=WEEKLY;COUNT=3
SUMMARY:Canary rehearsal
DESCRIPTION:Canary description
LOCATION:Canary street
ATTENDEE:mailto:canary@example.org
END:VEVENT
BEGIN:VEVENT
UID:2@x
DTSTAMP:20261101T000000Z
DTSTART;VALUE=DATE:20261205
DTEND;VALUE=DATE:20261208
SUMMARY:Canary days off
END:VEVENT
BEGIN:VEVENT
UID:3@x
DTSTAMP:20261101T000000Z
DTSTART:20261124T100000Z
DTEND:20261124T110000Z
STATUS:CANCELLED
SUMMARY:Called off
END:VEVENT
BEGIN:VEVENT
UID:4@x
DTSTAMP:20261101T000000Z
DTSTART:20301124T100000Z
DTEND:20301124T110000Z
SUMMARY:Far away
END:VEVENT
END:VCALENDAR
""".replace(b"\n", b"\r\n")


class Server:
    """A calendar on this machine; `status`, `octets` and `etag` are what it answers, `asked` the marks it was sent."""

    def __init__(self) -> None:
        self.status, self.octets, self.etag = 200, OCTETS, '"one"'
        self.asked: list[str | None] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mark = self.headers.get("If-None-Match")
                server.asked.append(mark)
                same = server.status == 200 and mark == server.etag
                self.send_response(304 if same else server.status)
                self.send_header("ETag", server.etag)
                self.send_header("Content-Length", "0" if same else str(len(server.octets)))
                self.end_headers()
                if not same:
                    self.wfile.write(server.octets)

            def log_message(self, *_about: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/canary-token.ics"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    """A calendar that may be fetched although it is on this machine."""
    made = Server()
    with loopback_allowed():
        yield made
    made.http.shutdown()
    made.http.server_close()


def somebody(role=Role.ORGANIZER):
    return Actor(account_id=make_account(role).id, role=role)


def account(app):
    """An account that outlives the context it was made in."""
    with app.app_context():
        made = make_account(Role.ORGANIZER)
        db.session.refresh(made)
        db.session.expunge(made)
        return made


def told(who, first=FIRST, last=LAST):
    return [(one.title, one.first.isoformat(), one.starts and f"{one.starts:%H:%M}") for one in taken(who, first, last)]


def taken(who, first=FIRST, last=LAST):
    return busy_between(first, last, who.account_id, HOME)


WHOLE = [
    ("Canary rehearsal", "2026-11-23", "13:00"),
    ("Canary rehearsal", "2026-11-30", "13:00"),
    ("Canary days off", "2026-12-05", None),
    ("Canary rehearsal", "2026-12-07", "13:00"),
]


def test_a_file_lies_beneath_by_the_clocks_at_home_without_what_is_called_off(any_ctx):
    who = somebody()
    overlay = add_from_file(OCTETS, "", "you", by=who)

    assert (overlay.name, overlay.url, overlay.due_at) == ("Canary house", None, None)
    assert told(who) == WHOLE
    assert taken(who)[2].last == date(2026, 12, 7)
    assert told(who, date(2026, 12, 7), date(2026, 12, 7)) == WHOLE[2:]


def test_nobody_else_sees_or_touches_it(any_ctx):
    who, other, admin = somebody(), somebody(), somebody(Role.ADMIN)
    row_id = add_from_file(OCTETS, "Mine", "", by=who).row_id

    for stranger in (other, admin):
        assert told(stranger) == []
        assert list_overlays(stranger.account_id) == []
        with pytest.raises(NotFound):
            get_overlay(row_id, stranger.account_id)
        with pytest.raises(NotFound):
            show_overlay(row_id, is_shown=False, by=stranger)
        with pytest.raises(NotFound):
            remove_overlay(row_id, by=stranger)
    assert told(who) == WHOLE


def test_a_hidden_one_is_not_in_the_calendar_and_a_removed_one_is_gone(any_ctx):
    who = somebody()
    row_id = add_from_file(OCTETS, "Mine", "", by=who).row_id
    show_overlay(row_id, is_shown=False, by=who)
    hidden = told(who)
    show_overlay(row_id, is_shown=True, by=who)
    shown = told(who)
    remove_overlay(row_id, by=who)

    assert (hidden, shown, told(who)) == ([], WHOLE, [])


def test_nothing_of_it_is_readable_in_the_database_or_in_a_programme_file(any_ctx, server, capsys):
    who = somebody()
    add_from_url(server.url, "Canary name", "", by=who)

    (row,) = db.session.execute(text("SELECT * FROM overlay")).mappings()
    kept = b"".join(
        bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode() for value in row.values()
    )
    for word in (b"anary", b"127.0.0.1", b'"one"'):
        assert word not in kept
    assert "anary" not in str(files.export())
    assert "anary" not in capsys.readouterr().out
    assert told(who) == WHOLE


def test_it_is_deleted_with_the_account(any_ctx):
    who = somebody()
    add_from_file(OCTETS, "Mine", "", by=who)
    with transaction():
        db.session.delete(db.session.get(Account, who.account_id))

    assert db.session.scalars(select(Overlay.id)).all() == []


NAMELESS = OCTETS.replace(b"X-WR-CALNAME:Canary house\r\n", b"")


@pytest.mark.parametrize(
    ("octets", "typed", "called", "name"),
    [
        (OCTETS, "Mine", "a.ics", "Mine"),
        (OCTETS, "", "a.ics", "Canary house"),
        (OCTETS.replace(b"X-WR-CALNAME", b"NAME"), "", "a.ics", "Canary house"),
        (NAMELESS, "", "Choir 2027.ics", "Choir 2027"),
        (NAMELESS, " ", "", ""),
    ],
)
def test_a_file_is_called_as_it_was_named_as_it_calls_itself_or_as_the_file(octets, typed, called, name, app_ctx):
    who = somebody()

    assert add_from_file(octets, typed, "", called=called, by=who).name == name


def test_an_address_without_a_name_is_called_by_its_host(app_ctx, server):
    server.octets = NAMELESS

    assert add_from_url(server.url, "", "", by=somebody()).name == "127.0.0.1"


@pytest.mark.parametrize(("lang", "name"), [("sv", "Kalender"), ("en", "Calendar")])
def test_a_calendar_without_any_name_is_called_one_in_the_readers_language(lang, name, app, client):
    organizer = sign_in(client, Role.ORGANIZER)
    with app.app_context():
        add_from_file(NAMELESS, "", "", by=Actor(account_id=organizer.id, role=Role.ORGANIZER))

    page = client.get(f"/{lang}/organise/calendar/overlays").get_data(as_text=True)

    assert f">{name}</a>" in page.partition('class="card__title"')[2].partition("</h3>")[0]


def test_an_address_is_fetched_each_hour_and_asked_only_whether_it_has_changed(any_ctx, server):
    who = somebody()
    add_from_url(server.url, "", "", by=who)
    with clock.fixed(NOW + timedelta(minutes=59)):
        early = refresh_due(clock.now())
    with clock.fixed(NOW + timedelta(minutes=61)):
        unchanged = [refresh_due(clock.now()) for _time in range(2)]
    server.octets, server.etag = OCTETS.replace(b"Canary days off", b"New words"), '"two"'
    with clock.fixed(NOW + timedelta(hours=3)):
        changed = refresh_due(clock.now())

    assert (early, unchanged, changed) == (0, [1, 0], 1)
    assert server.asked == [None, '"one"', '"one"']
    assert told(who)[2][0] == "New words"


def test_an_unchanged_calendar_is_read_again_after_two_weeks_since_time_moves_on(any_ctx, server):
    server.octets = OCTETS.replace(b"20301124", b"20271228")
    who = somebody()
    add_from_url(server.url, "", "", by=who)
    late = (date(2027, 12, 28), date(2027, 12, 28))
    before = told(who, *late)
    with clock.fixed(NOW + timedelta(days=15)):
        refresh_due(clock.now())

    assert (before, server.asked) == ([], [None, None])
    assert [one[0] for one in told(who, *late)] == ["Far away"]


def test_a_failure_is_told_keeps_what_was_there_and_is_tried_more_and_more_seldom(any_ctx, server):
    who = somebody()
    row_id = add_from_url(server.url, "", "", by=who).row_id
    server.status = 404
    at, waits = NOW + timedelta(hours=1), []
    for _time in range(7):
        with clock.fixed(at):
            refresh_due(clock.now())
        overlay = get_overlay(row_id, who.account_id)
        waits.append((overlay.due_at - at) / timedelta(hours=1))
        at = overlay.due_at

    assert waits == [2, 4, 8, 16, 24, 24, 24]
    assert (fault_of(overlay).code, overlay.failed_since) == ("fetch.gone", NOW + timedelta(hours=1))
    assert overlay.fetched_at == NOW
    assert told(who) == WHOLE
    server.status = 200
    with clock.fixed(at):
        refresh_now(row_id, by=who)
    overlay = get_overlay(row_id, who.account_id)
    assert (fault_of(overlay), overlay.failed_since, overlay.fetched_at) == (None, None, at)


def test_two_workers_fetch_an_address_once_between_them(any_app):
    asked, may_answer = threading.Semaphore(0), threading.Event()
    slow = Silent(asked, may_answer)
    done: list[int] = []
    with any_app.app_context(), loopback_allowed():
        made = add_from_file(OCTETS, "Slow", "", by=somebody())
        point_to(made, slow.url)

    def work() -> None:
        with any_app.app_context():
            done.append(refresh_due(NOW))

    with loopback_allowed():
        first = threading.Thread(target=work)
        first.start()
        assert asked.acquire(timeout=20)  # the first one waits for the server
        work()
        may_answer.set()
        first.join()
    slow.close()

    assert sorted(done) == [0, 1]
    assert slow.number == 1


def test_a_server_that_never_answers_delays_no_mail(any_app):
    asked, may_answer = threading.Semaphore(0), threading.Event()
    slow = Silent(asked, may_answer)
    with any_app.app_context():
        made = add_from_file(OCTETS, "Slow", "", by=somebody())
        point_to(made, slow.url)
    folder = mail_folder(settings_of(any_app))
    rounds = 0

    def is_orphan() -> bool:
        """Between two rounds of the worker: write a mail as soon as the server is asked, end when it is delivered."""
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            assert asked.acquire(timeout=20)
            with any_app.app_context():
                queued()
        return bool(list(folder.glob("*.eml"))) or rounds > 10

    with loopback_allowed():
        serving.work(any_app, is_orphan=is_orphan)
        mails, is_still_asked = len(list(folder.glob("*.eml"))), not may_answer.is_set()
        may_answer.set()
        for thread in threading.enumerate():
            if thread.name == "overlays":
                thread.join()
    slow.close()

    assert (mails, is_still_asked, slow.number) == (1, True, 1)


class Silent:
    """A server that takes a connection and says nothing until it may."""

    def __init__(self, asked: threading.Semaphore, may_answer: threading.Event) -> None:
        self.number = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.number += 1
                asked.release()
                may_answer.wait(60)
                self.send_error(404)

            def log_message(self, *_about: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/canary-token.ics"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop."""
        self.http.shutdown()
        self.http.server_close()


def point_to(made: Overlay, url: str) -> None:
    """Let an overlay be one of an address that is due."""
    with transaction():
        row = db.session.get_one(Overlay, made.id)
        row.url, row.due_at = url, NOW
        db.session.flush()


def test_a_disabled_account_has_nothing_fetched(any_ctx, server):
    who = somebody()
    add_from_url(server.url, "", "", by=who)
    with transaction():
        db.session.get(Account, who.account_id).is_disabled = True
    with clock.fixed(NOW + timedelta(hours=2)):
        done = refresh_due(clock.now())

    assert (done, len(server.asked)) == (0, 1)


def test_what_cannot_be_looked_at_at_all_is_put_off_and_others_are_fetched(any_ctx, server):
    who = somebody()
    for number in range(MOST_A_ROUND):
        add_from_url(server.url, f"Broken {number}", "", by=who)
    other = add_from_url(server.url, "Other", "", by=who)
    with transaction():
        for row in list_overlays(who.account_id)[:MOST_A_ROUND]:
            row.url_sealed = b"no longer readable"
    later = clock.now() + timedelta(hours=2)

    refresh_due(later)
    refresh_due(later)

    assert len(server.asked) == MOST_A_ROUND + 2
    assert get_overlay(other.row_id, who.account_id).failures == 0
    assert [row.failures for row in list_overlays(who.account_id)] == [1] * MOST_A_ROUND + [0]


def test_an_account_may_have_so_many_fetched_in_an_hour(app, client):
    organizer = sign_in(client, Role.ORGANIZER)
    base = "/en/organise/calendar/overlays"
    with app.test_request_context():
        for _ in range(IMPORT_ACCOUNT.tries - 1):
            spend((IMPORT_ACCOUNT, str(organizer.id)))

    codes = [post(client, base, {"url": "http://127.0.0.1/a.ics"}).status_code for _ in range(2)]

    assert codes == [422, 429]


def test_an_address_inside_the_network_is_refused(any_ctx):
    made = Server()
    try:
        with pytest.raises(Refused) as refused:
            add_from_url(made.url, "", "", by=somebody())
    finally:
        made.http.shutdown()
        made.http.server_close()

    assert (refused.value.code, made.asked) == ("fetch.private", [])


def test_there_is_an_end_to_how_many_and_how_large(any_ctx, monkeypatch):
    who = somebody()
    for _number in range(MOST_OVERLAYS):
        add_from_file(OCTETS, "One", "", by=who)
    many = OCTETS.replace(b"COUNT=3", b"COUNT=60").replace(b"FREQ=WEEKLY", b"FREQ=DAILY")
    monkeypatch.setattr(overlays, "MOST_ITEMS", 10)

    codes = []
    for octets, actor in ((OCTETS, who), (b"x" * 3_000_001, somebody()), (b"no calendar", somebody())):
        with pytest.raises(Refused) as refused:
            add_from_file(octets, "", "", by=actor)
        codes.append(refused.value.code)
    third = somebody()
    add_from_file(many, "", "", by=third)

    assert codes == ["overlay.many", "overlay.large", "overlay.file"]
    assert len(taken(third)) == 10


@pytest.mark.parametrize("view", ["month", "week", "day", "list"])
def test_each_view_of_the_calendar_shows_them_to_their_owner_alone(app, client, view):
    with app.app_context():
        make_event(starts="2026-11-23T18:00", title={"en": "Ours"})
    mine, other = account(app), account(app)
    with app.app_context():
        add_from_file(OCTETS, "House", "you", by=Actor(account_id=mine.id, role=Role.ORGANIZER))
    address = f"/en/organise/calendar?view={view}&date=2026-11-23"
    sign_in(client, mine)
    page, without = client.get(address).text, client.get(f"{address}&layer=drafts&layer=runs").text
    sign_in(client, other)
    others = client.get(address).text

    assert "Canary rehearsal" in page
    assert "Ours" in page
    assert "Canary" not in without
    assert "Canary" not in others
    assert "Ours" in others


def test_the_script_of_the_calendar_reads_them_in_the_same_shape(app, client):
    mine = account(app)
    with app.app_context():
        add_from_file(OCTETS, "House", "you", by=Actor(account_id=mine.id, role=Role.ORGANIZER))
    sign_in(client, mine)
    found = client.get("/en/organise/calendar.json?from=2026-11-23&to=2026-11-24").json["entries"]

    assert [(one["sort"], one["start"], one["end"], one["title"], one["token"], one["move_url"]) for one in found] == [
        ("beneath", "2026-11-23T13:00", "2026-11-23T14:30", "Canary rehearsal", "you", "")
    ]


def test_pages_add_change_hide_and_remove_and_say_what_is_wrong(app, client):
    sign_in(client, Role.EDITOR)
    base = "/en/organise/calendar/overlays"
    empty = post(client, base, {})
    wrong = post(client, base, {"file": (BytesIO(b"nothing"), "a.ics"), "name": "Typed"})
    added = post(client, base, {"file": (BytesIO(OCTETS), "a.ics"), "name": "House", "token": "con"})
    page = client.get(base).text
    with app.app_context():
        row_id = db.session.scalar(select(Overlay.row_id))
    changed = post(client, f"{base}/{row_id}", {"name": "Theirs", "token": ""})
    nameless = post(client, f"{base}/{row_id}", {"name": ""})
    hidden = post(client, f"{base}/{row_id}/show", {"shown": ""}, page=base)
    after = client.get(base).text
    removed = post(client, f"{base}/{row_id}/remove", {}, page=base)
    gone = client.get(f"{base}/{row_id}").status_code

    answers = [one.status_code for one in (empty, wrong, added, changed, nameless, hidden, removed)]
    assert answers == [422, 422, 303, 303, 422, 303, 303]
    assert "Give the address of a calendar, or a file." in empty.text
    assert "This is no calendar file." in wrong.text
    assert 'value="Typed"' in wrong.text
    assert "House" in page
    assert "Theirs" in after
    assert "Not shown" in after
    assert gone == 404


def test_members_have_no_such_page(app, client):
    sign_in(client, Role.MEMBER)

    assert client.get("/en/organise/calendar/overlays").status_code == 403
