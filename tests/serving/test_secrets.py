"""Secret addresses leave no trace on the machine that serves them: not in what it prints, not in `ps`."""

import json
import socket
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from flask import Flask

from cag_events.db import db
from cag_events.feeds.services import NewFeed, make_feed
from cag_events.permissions import Actor, Role
from cag_events.web.settings import settings_of
from tests.factories import make_account, make_event
from tests.serving.program import Program, until

pytestmark = pytest.mark.real_clock
PATTERN = "/feeds/private/<token>.ics"


def test_token_of_a_private_feed_is_neither_printed_nor_in_ps_whatever_is_asked_with_it(
    any_app: Flask, tmp_path: Path
) -> None:
    with any_app.app_context():
        make_event(key="talk")
        member = make_account(Role.MEMBER)
        token = make_feed(NewFeed(name="Mine"), by=Actor(member.id, member.role))[1]
        db.session.remove()
        db.engine.dispose()
    program = Program(tmp_path / "program", settings_of(any_app).database_url)
    wrong = token[::-1]

    with program.serving("--workers", "1"):
        path = f"{program.url}/feeds/private/{token}.ics"
        statuses = [
            _status(path),
            _status(path, method="HEAD"),
            _status(path, **{"If-None-Match": "*", "Referer": path, "User-Agent": token}),
            _status(path, method="POST"),
            _status(path, method=f"X{token}"),
            _status(f"{path}?lang={token}"),
            _status(f"{program.url}//feeds/private/{token}.ics"),
            _status(f"{program.url}/feeds/private/{wrong}.ics"),
            _status(f"{program.url}/{token}"),
        ]
        for sent in (
            f"GET /feeds/private/{token}.ics",  # leaves before it has asked
            f"GET /feeds/private/{token}.ics HTTP/1.1\r\nHost: {token}\r\n\r\n",  # leaves before it is answered
            f"GET /feeds/private/{token} .ics HTTP/9\r\n{token}\r\n\r\n",  # not HTTP
            f"GET /feeds/private/{token}%ff%00.ics HTTP/1.1\r\nHost: x\r\nContent-Length: {token}\r\n\r\n",
        ):
            _send(program.port, sent)
        statuses.append(_status(path))
        in_ps = [text for one in program.tree() for text in _shown(one)]
        until(lambda: _printed(program).count(PATTERN) >= 4, "it has printed what it was asked")
        program.terminate()

    assert (statuses[:4], statuses[7], statuses[-1]) == ([200, 200, 304, 405], 404, 200)
    assert any(str(program.port) in text for text in in_ps)
    assert [text for text in in_ps if token in text or wrong in text] == []
    printed = program.log.read_text("utf-8", errors="replace")
    assert [line for line in printed.splitlines() if token in line or wrong in line] == []
    kept = [file for file in program.folder.rglob("*") if file.is_file() and token.encode() in file.read_bytes()]
    assert kept == []


def _status(address: str, method: str = "GET", **headers: str) -> int:
    request = urllib.request.Request(address, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as answer:
        return answer.code


def _send(port: int, text: str) -> None:
    """Send raw octets and leave."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as connection:
        connection.sendall(text.encode())


def _shown(process: psutil.Process) -> list[str]:
    """What `ps` shows of a process."""
    return [process.name(), *process.cmdline(), process.cwd()]


def _printed(program: Program) -> list[str | None]:
    """The patterns of what it was asked."""
    lines = program.log.read_text("utf-8", errors="replace").splitlines()
    return [json.loads(line).get("route") for line in lines if line.startswith("{")]
