"""A small IMAP4rev1 server on this machine, as much of RFC 3501 as a client needs that reads and marks one folder."""

import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_COMMAND = re.compile(rb"(\S+) (\S+) ?(.*)", re.DOTALL)
_STORE = re.compile(r"(\d+) \+FLAGS\.SILENT \(([^)]*)\)")
_FETCH = re.compile(r"(\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)")
ABSENT = {"UNSEEN": r"\Seen", "UNFLAGGED": r"\Flagged", "UNDELETED": r"\Deleted"}


@dataclass
class Folder:
    """A folder and whoever may open it: mails and their flags by UID."""

    user: str = "events"
    password: str = "secret word"
    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    hangs_up_after: str = ""  # a command after which the connection ends
    logins: int = 0
    port: int = 0

    def put(self, *octets: bytes) -> None:
        """Let mails arrive."""
        for mail in octets:
            uid = len(self.mails) + 1
            self.mails[uid], self.flags[uid] = mail, set()

    @property
    def url(self) -> str:
        """The address for the settings."""
        return f"imap://{self.user}:{self.password.replace(' ', '%20')}@127.0.0.1:{self.port}/INBOX"


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """Answer commands until the client leaves."""
        self.folder: Folder = self.server.folder  # type: ignore[attr-defined]
        self._say(b"* OK ready")
        while line := self.rfile.readline():
            match = _COMMAND.fullmatch(line.rstrip(b"\r\n"))
            assert match is not None, line
            tag, name, rest = match[1], match[2].decode().upper(), match[3].decode()
            self._say(tag + b" " + self._answer(name, rest).encode())
            if name in {"LOGOUT", self.folder.hangs_up_after}:
                return

    def _answer(self, name: str, rest: str) -> str:
        if name == "CAPABILITY":
            self._say(b"* CAPABILITY IMAP4rev1")
        elif name == "LOGIN":
            self.folder.logins += 1
            if rest.replace('"', "") != f"{self.folder.user} {self.folder.password}":
                return "NO wrong"
        elif name == "SELECT":
            if rest != '"INBOX"':
                return "NO no such folder"
            self._say(f"* {len(self.folder.mails)} EXISTS".encode())
        elif name == "UID":
            kind, _, rest = rest.partition(" ")
            getattr(self, f"_{kind.lower()}")(rest)
        elif name == "LOGOUT":
            self._say(b"* BYE")
        else:
            assert name in {"NOOP", "CLOSE"}, name
        return "OK done"

    def _search(self, rest: str) -> None:
        absent = {ABSENT[word] for word in rest.split()}
        found = [str(uid) for uid, flags in self.folder.flags.items() if not flags & absent]
        self._say(f"* SEARCH {' '.join(found)}".encode())

    def _fetch(self, rest: str) -> None:
        match = _FETCH.fullmatch(rest)
        assert match is not None, rest
        octets = self.folder.mails[int(match[1])][: int(match[2])]
        self._say(f"* {match[1]} FETCH (UID {match[1]} BODY[]<0> {{{len(octets)}}}".encode(), octets + b")")

    def _store(self, rest: str) -> None:
        match = _STORE.fullmatch(rest)
        assert match is not None, rest
        self.folder.flags[int(match[1])] |= set(match[2].split())

    def _say(self, *lines: bytes) -> None:
        self.wfile.write(b"\r\n".join(lines) + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def opened(folder: Folder) -> Iterator[Folder]:
    """Serve a folder on a free port."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.folder = folder  # type: ignore[attr-defined]
        folder.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield folder
        finally:
            server.shutdown()
            thread.join()


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
