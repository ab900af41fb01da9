"""A real subscription: vdirsyncer fetches a feed by HTTP into a folder, khal reads the folder."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.happenings import Happening, Moment, in_order

_READING = Path(__file__).parents[1] / "khal_reading.py"
_CONFIG = """
[general]
status_path = "{folder}/status"

[pair programme]
a = "web"
b = "here"
collections = null
conflict_resolution = "a wins"

[storage web]
type = "http"
url = "{url}"

[storage here]
type = "filesystem"
path = "{folder}/entries"
fileext = ".ics"
"""


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object, **__: object) -> None:
        """Say nothing."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an application on this machine; yields its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Subscription:
    """Somebody's computer with vdirsyncer and khal, subscribed to one address."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.entries = folder / "entries"
        self.entries.mkdir(parents=True)
        (folder / "config").write_text(_CONFIG.format(folder=folder, url=url))
        self._run("vdirsyncer", "discover")
        self.files: dict[str, bytes] = {}

    def sync(self) -> tuple[list[str], list[str], list[str]]:
        """Fetch as vdirsyncer does; return the titles of the entries that were added, rewritten and deleted.

        It knows an entry of a web address by a hash of its content, so a changed one is a new one for an old one.
        """
        before, written = self.files, self._written()
        output = self._run("vdirsyncer", "sync", "--force-delete")
        assert "error" not in output.lower(), output
        self.files = {path.stem: path.read_bytes() for path in self.entries.glob("*.ics")}
        now = self._written()
        touched = {name for name in before.keys() & self.files.keys() if written[name] != now[name]}
        added, deleted = self.files.keys() - before.keys(), before.keys() - self.files.keys()
        known = before | self.files
        return tuple(sorted(_title(known[name]) for name in names) for names in (added, touched, deleted))

    def dates(self, first: int = 2020, last: int = 2031) -> list[Happening]:
        """Return what khal shows; the UIDs are those that vdirsyncer makes."""
        run = subprocess.run(
            [sys.executable, "-W", "ignore", _READING, self.entries, self.folder / "khal.db", str(first), str(last)],
            capture_output=True,
            check=False,
            env=self._environment(),
        )
        assert run.returncode == 0, run.stderr.decode()
        return in_order(
            Happening(uid, _moment(start), _end(end), status, title)
            for uid, start, end, status, title in json.loads(run.stdout)
        )

    def _written(self) -> dict[str, int]:
        return {path.stem: path.stat().st_mtime_ns for path in self.entries.glob("*.ics")}

    def _run(self, program: str, *arguments: str) -> str:
        config = ["-c", str(self.folder / "config")]
        run = subprocess.run(
            [Path(sys.executable).parent / program, *config, *arguments],
            capture_output=True,
            check=False,
            env=self._environment(),
        )
        output = (run.stdout + run.stderr).decode()
        assert run.returncode == 0, output
        return output

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder), "PYTHONWARNINGS": "ignore"}


def _title(octets: bytes) -> str:
    return re.search(r"^SUMMARY[^:]*:(.*?)\r?$", octets.decode(), re.MULTILINE)[1]


def _moment(told: str) -> Moment:
    return datetime.fromisoformat(told).astimezone(UTC) if "T" in told else date.fromisoformat(told)


def _end(told: str) -> Moment:
    """The end as others tell it: of whole days the day after."""
    moment = _moment(told)
    return moment if isinstance(moment, datetime) else moment + timedelta(days=1)
