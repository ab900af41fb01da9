"""Calendars are fetched from the world and from nowhere else, in bounded time and size."""

import gzip
import socket
import time

import pytest

from cag_events.domain.errors import Refused
from cag_events.imports import fetching
from cag_events.imports.fetching import Fetched, fetch_calendar, loopback_allowed
from tests.imports.server import CALENDAR, Reply, server


@pytest.fixture
def here():
    with server() as served, loopback_allowed():
        yield served


def refused(url: str, **more) -> str:
    with pytest.raises(Refused) as found:
        fetch_calendar(url, **more)
    assert found.value.field == "url"
    assert str(found.value)
    return found.value.code


def test_fetch_returns_the_calendar_and_its_mark(here):
    here.replies["/a.ics?x=1"] = Reply(headers={"ETag": '"v1"'})

    fetched = fetch_calendar(f"{here.address}/a.ics?x=1#part")

    assert fetched == Fetched(CALENDAR, '"v1"')
    path, headers = here.asked[0]
    assert path == "/a.ics?x=1"
    assert headers["host"] == here.address.removeprefix("http://")
    assert headers["user-agent"].startswith("cag_events/")
    assert "cookie" not in headers
    assert "authorization" not in headers


def test_fetch_says_unchanged_when_the_mark_is_still_good(here):
    here.replies["/a.ics"] = Reply(b"", 304)

    assert fetch_calendar(f"{here.address}/a.ics", etag='"v1"') == Fetched(b"", "", is_unchanged=True)
    assert here.asked[0][1]["if-none-match"] == '"v1"'


def test_fetch_unpacks_what_is_packed(here):
    here.replies["/a.ics"] = Reply(gzip.compress(CALENDAR, mtime=0), headers={"Content-Encoding": "gzip"})

    assert fetch_calendar(f"{here.address}/a.ics").octets == CALENDAR


def test_fetch_refuses_this_machine_unless_tests_allow_it():
    with server() as served:
        served.replies["/a.ics"] = Reply()

        assert refused(f"{served.address}/a.ics") == "fetch.private"
        assert served.asked == []


@pytest.mark.parametrize(
    "host", ["localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254", "0"]
)
def test_fetch_refuses_a_private_host_however_it_is_written(host, here):
    allowed = host in ("localhost", "2130706433", "0x7f.1", "[::1]")  # the tests' switch opens 127.0.0.1 and ::1 only

    code = refused(f"http://{host}:9999/a.ics")

    assert code in (("fetch.unreachable", "fetch.private") if allowed else ("fetch.private",))


def test_fetch_refuses_a_host_with_one_private_address_among_public_ones(monkeypatch):
    places = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: places)

    assert refused("https://calendar.example.org/a.ics") == "fetch.private"


def test_fetch_connects_to_the_address_that_was_looked_at_when_the_name_changes_its_mind(here, monkeypatch):
    here.replies["/a.ics"] = Reply()
    port = int(here.address.rpartition(":")[2])
    answers = [("127.0.0.1", port), ("10.0.0.1", port)]

    def look_up(host, *_args, **_more):
        assert host == "calendar.example.org"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", answers.pop(0))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    assert fetch_calendar(f"http://calendar.example.org:{port}/a.ics").octets == CALENDAR
    assert here.asked[0][1]["host"] == f"calendar.example.org:{port}"
    assert len(answers) == 1


def test_fetch_says_so_when_there_is_no_such_host(monkeypatch):
    def look_up(*_args, **_more):
        raise socket.gaierror(8, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    assert refused("https://nowhere.example.org/a.ics") == "fetch.unknown_host"


@pytest.mark.parametrize(
    "url",
    [
        *("", "calendar", "/etc/passwd", "file:///etc/passwd", "ftp://example.org/a.ics", "gopher://example.org/1"),
        *("https://", "https://user:secret@example.org/", "http://example.org\\@127.0.0.1/", "http://exa mple.org/"),
        *(
            "http://example.org:25/",
            "http://example.org:22/a.ics",
            "http://example.org:99999/",
            "https://example.org/\x00",
        ),
        "https://example.org/" + "a" * 2000,
    ],
)
def test_fetch_refuses_what_is_no_address_of_a_calendar(url):
    assert refused(url) == "fetch.address"


@pytest.mark.parametrize("scheme", ["webcal", "WEBCALS", "https"])
def test_fetch_takes_webcal_for_https(scheme):
    address = fetching._checked(f"{scheme}://example.org/a.ics")

    assert address.geturl() == "https://example.org/a.ics"


def test_fetch_follows_three_redirects_and_no_fourth(here):
    for number in range(4):
        here.replies[f"/{number}"] = Reply(b"", 302, {"Location": f"/{number + 1}"})
    here.replies["/4"] = here.replies["/end"] = Reply()

    assert fetch_calendar(f"{here.address}/1").octets == CALENDAR
    assert refused(f"{here.address}/0") == "fetch.redirects"


@pytest.mark.parametrize("target", ["http://10.0.0.1/a", "http://169.254.169.254/latest/meta-data/", "//192.168.0.1/"])
def test_fetch_looks_at_redirects_anew(target, here):
    here.replies["/a"] = Reply(b"", 302, {"Location": target})

    assert refused(f"{here.address}/a") == "fetch.private"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://user:pw@example.org/", "gopher://x/"])
def test_fetch_refuses_redirects_to_other_schemes(target, here):
    here.replies["/a"] = Reply(b"", 302, {"Location": target})

    assert refused(f"{here.address}/a") == "fetch.address"


@pytest.mark.parametrize("target", ["//[", "http://[::1"])
def test_fetch_refuses_redirects_to_what_is_no_address(target, here):
    here.replies["/a"] = Reply(b"", 302, {"Location": target})

    assert refused(f"{here.address}/a") == "fetch.unreachable"


def test_next_refuses_to_leave_encryption():
    with pytest.raises(Refused) as found:
        fetching._next(fetching._checked("https://example.org/a"), "http://example.org/a")

    assert found.value.code == "fetch.insecure"


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "password"), (403, "password"), (404, "gone"), (410, "gone"), (500, "status"), (206, "status")],
)
def test_fetch_tells_what_the_server_refuses_without_its_words(status, code, here):
    here.replies["/a"] = Reply(b"BEGIN:VCALENDAR secret words", status)

    with pytest.raises(Refused) as found:
        fetch_calendar(f"{here.address}/a")

    assert found.value.code == f"fetch.{code}"
    assert "secret words" not in str(found.value)


@pytest.mark.parametrize("octets", [b"", b"<!doctype html><p>BEGIN", b"\x89PNG"])
def test_fetch_refuses_what_is_no_calendar(octets, here):
    here.replies["/a"] = Reply(octets)

    assert refused(f"{here.address}/a") == "fetch.not_calendar"


def test_fetch_refuses_too_much_plain_and_packed(here):
    large = CALENDAR + b"\n" * fetching.MOST_OCTETS
    here.replies["/plain"] = Reply(large)
    here.replies["/packed"] = Reply(gzip.compress(large * 10), headers={"Content-Encoding": "gzip"})

    assert refused(f"{here.address}/plain") == "fetch.too_large"
    assert refused(f"{here.address}/packed") == "fetch.too_large"


@pytest.mark.parametrize(
    "octets", [gzip.compress(CALENDAR * 50)[:-20], b"\x1f\x8b nonsense"], ids=["cut off", "badly packed"]
)
def test_fetch_says_unreachable_when_what_comes_is_cut_off_or_packed_badly(octets, here):
    here.replies["/a"] = Reply(octets, headers={"Content-Encoding": "gzip"})
    here.replies["/b"] = Reply(CALENDAR, headers={"Content-Length": "100"})

    assert refused(f"{here.address}/a") == "fetch.unreachable"


def test_fetch_ends_in_time_when_the_server_drips(here, monkeypatch):
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.5)

    def drip(handler):
        while True:
            handler.wfile.write(b"X")
            handler.wfile.flush()
            time.sleep(0.05)

    here.replies["/a"] = Reply(headers={"Content-Length": "100000"}, then=drip)

    assert refused(f"{here.address}/a") == "fetch.slow"


def test_fetch_asks_no_proxy(here, monkeypatch):
    here.replies["/a"] = Reply()
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert fetch_calendar(f"{here.address}/a").octets == CALENDAR
