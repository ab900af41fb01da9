"""The real program in processes of its own, as an operator runs it, and a browser without JavaScript for it."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import psutil

from tests.conftest import DATA_KEY, INDEX_KEY
from tests.factories import hidden_fields
from tests.outbox.post_office import free_port

PATIENCE_SECONDS = 60  # after which something that should happen is said not to
COMMAND = (sys.executable, "-c", "from cag_events.cli import main; main()")


def until(condition: Callable[[], object], what: str) -> None:
    """Wait until something is so; fails, saying what, when it never is."""
    pause, deadline = threading.Event(), time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"never: {what}"
        pause.wait(0.02)


class Program:
    """`cag-events serve` or `worker` on a database; `output` is what it printed."""

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CAG_")},
            "CAG_INSTANCE": str(folder),
            "CAG_DATABASE_URL": database_url,
            "CAG_SECRET_KEY": "test-secret",
            "CAG_DATA_KEY": DATA_KEY,
            "CAG_INDEX_KEY": INDEX_KEY,
            "CAG_BASE_URL": f"http://127.0.0.1:{self.port}",
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of the site."""
        return self.environment["CAG_BASE_URL"]

    @property
    def log(self) -> Path:
        """What it has printed."""
        return self.folder / "program.log"

    @contextmanager
    def running(self, *arguments: str) -> Iterator["Program"]:
        """Run a command of the program; whatever is left of it at the end is killed."""
        self.start(*arguments)
        try:
            yield self
        finally:
            self.kill()

    @contextmanager
    def serving(self, *arguments: str) -> Iterator["Program"]:
        """Serve the site until it answers and until the block ends."""
        with self.running("serve", "--port", str(self.port), *arguments):
            until(lambda: self.is_over or answers(self.url + "/healthz"), "the site answers")
            assert not self.is_over, self.log.read_text("utf-8")
            yield self

    def start(self, *arguments: str) -> None:
        """Start a command."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([*COMMAND, *arguments], env=self.environment, stdout=log, stderr=log)

    @property
    def is_over(self) -> bool:
        """Whether the first process has ended."""
        return self.process is None or self.process.poll() is not None

    def tree(self) -> list[psutil.Process]:
        """Its processes, the first one first."""
        assert self.process is not None
        first = psutil.Process(self.process.pid)
        return [first, *sorted(first.children(recursive=True), key=lambda one: one.pid)]

    def terminate(self) -> int:
        """Ask it to stop and wait until it has; return its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)

    def kill(self) -> None:
        """Kill every process at once, as a power failure would."""
        if self.process is None or self.is_over:
            return
        for one in self.tree():
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self.process.wait(PATIENCE_SECONDS)

    @property
    def mail_files(self) -> list[Path]:
        """The mails that it has written as files."""
        return sorted((self.folder / "mail").glob("*.eml"))


def answers(url: str) -> bool:
    """Tell whether an address answers."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


class Visitor:
    """A browser without JavaScript, with cookies of its own."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.leads_to = ""
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), _Stay())

    def get(self, path: str) -> tuple[int, str]:
        """Open a page; its status and text."""
        return self._send(urllib.request.Request(self.base + path))

    def post(self, path: str, values: dict[str, str]) -> tuple[int, str]:
        """Send a form; status and text, redirects are not followed."""
        return self._send(urllib.request.Request(self.base + path, urlencode(values).encode(), method="POST"))

    def send_to(self, path: str, values: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Open a page or send a form; status, text and where the answer leads."""
        octets = None if values is None else urlencode(values).encode()
        request = urllib.request.Request(self.base + path, octets, method="GET" if values is None else "POST")
        status, text = self._send(request)
        return status, text, self.leads_to

    def register(self, key: str, name: str, email: str) -> int:
        """Register for an event as people do, pressing once more where the page asks for it; the last status."""
        path = f"/sv/events/{key}"
        status, html = self.get(path)
        for _ in range(3):
            assert status in (200, 422), (status, re.sub(r"<[^>]+>", " ", html)[:500])
            status, html = self.post(path, {**hidden_fields(html), "name": name, "email": email})
            if status == 303:
                break
        return status

    def _send(self, request: urllib.request.Request) -> tuple[int, str]:
        self.leads_to = ""
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            self.leads_to = answer.headers.get("Location", "")
            return answer.code, answer.read().decode()


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_: object) -> None:
        """Stay."""
        return
