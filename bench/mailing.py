"""A real mail server as a process of its own: takes every mail and notes recipient and Message-ID, a line each."""

import multiprocessing
import re
import signal
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.server import free_port

_ID = re.compile(rb"^Message-ID:\s*(<[^>]*>)", re.IGNORECASE | re.MULTILINE)


class PostOffice:
    """What has come so far."""

    def __init__(self, port: int, taken: Path) -> None:
        self.port = port
        self.file = taken

    @property
    def url(self) -> str:
        """The address for the settings."""
        return f"smtp://127.0.0.1:{self.port}"

    def taken(self) -> dict[str, list[str]]:
        """Return the Message-IDs of the mails of each recipient, in the order in which they came."""
        mails: dict[str, list[str]] = defaultdict(list)
        for line in self.file.read_text("utf-8").splitlines():
            to, _, message_id = line.partition(" ")
            mails[to].append(message_id)
        return mails


@contextmanager
def post_office(folder: Path) -> Iterator[PostOffice]:
    """Open it; close it."""
    office = PostOffice(free_port(), folder / f"mails-{free_port()}")
    office.file.touch()
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(office.port, office.file, there), daemon=True)
    process.start()
    here.recv()
    try:
        yield office
    finally:
        process.terminate()
        process.join(10)


def _serve(port: int, taken: Path, ready: Any) -> None:
    from aiosmtpd.controller import Controller

    class Handler:
        """Notes each mail before it says that it has it."""

        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (its name)
            """Take a mail."""
            found = _ID.search(envelope.content)
            name = found[1].decode() if found else "none"
            with taken.open("a", encoding="utf-8") as file:
                file.write(f"{envelope.rcpt_tos[0]} {name}\n")
            return "250 OK"

    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    ready.send(True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()
