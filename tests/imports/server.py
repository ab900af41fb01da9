"""A web server of the tests' own, which answers as it is told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


@dataclass
class Reply:
    """What is answered at a path."""

    octets: bytes = CALENDAR
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    then: Callable[[BaseHTTPRequestHandler], None] | None = None


@dataclass
class Served:
    """The server: its address, what it answers, and what it was asked."""

    address: str
    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@contextmanager
def server() -> Iterator[Served]:
    """Serve on a free port of this machine."""
    seen = Served("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            reply = seen.replies.get(self.path, Reply(b"no", 404))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in reply.headers:
                self.send_header("Content-Length", str(len(reply.octets)))
            self.end_headers()
            try:
                self.wfile.write(reply.octets)
                if reply.then:
                    reply.then(self)
            except OSError:
                pass

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    seen.address = f"http://127.0.0.1:{httpd.server_port}"
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()
