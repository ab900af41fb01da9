"""Reads the mailbox that answers come to, by IMAP: each mail once, marked only after what it asks for is done for good.

A mail that was acted upon, or that nobody wrote, is marked as seen. All others, as those that people write, stay unread
and get a flag: a person looks at them, we do not again.
"""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import unquote, urlsplit

from sqlalchemy.exc import DBAPIError

from cag_events import clock
from cag_events.db import db
from cag_events.replies.reading import MOST_BYTES
from cag_events.replies.services import receive
from cag_events.web import log

PORTS: Final = {"imaps": 993, "imap": 143}
TIMEOUT_SECONDS: Final = 10
MOST_AT_ONCE: Final = 50
LONGEST_ROUND: Final = timedelta(seconds=30)  # mails go out meanwhile by nobody
BACK_OFF: Final = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60))
UNREAD: Final = ("UNSEEN", "UNFLAGGED", "UNDELETED")
NOT_WRITTEN: Final = frozenset({"automatic", "known", "outdated", "older", "over", "partstat"})  # seen, and no more


class MailboxClosed(Exception):
    """The mailbox cannot be read now; the text says why, without its password."""


@dataclass
class Turns:
    """When the mailbox is read next; it is left alone for longer each time that it does not answer."""

    failures: int = 0
    next_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Tell whether it may be read now."""
        return self.next_at is None or now >= self.next_at

    def failed(self, now: datetime) -> None:
        """Wait longer."""
        self.next_at = now + BACK_OFF[min(self.failures, len(BACK_OFF) - 1)]
        self.failures += 1

    def worked(self) -> None:
        """Wait no more."""
        self.failures, self.next_at = 0, None


@dataclass(frozen=True, repr=False)
class Mailbox:
    """An IMAP folder: `imaps://user:password@host/INBOX`; without TLS on this machine alone."""

    url: str
    context: ssl.SSLContext | None = field(default=None, compare=False)

    @property
    def place(self) -> str:
        """Where it is, to be told to operators."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}:{self._port}{parts.path}"

    @property
    def _port(self) -> int:
        parts = urlsplit(self.url)
        return parts.port or PORTS[parts.scheme]

    @contextmanager
    def open(self) -> Iterator[imaplib.IMAP4]:
        """Connect, sign in, choose the folder. Raises MailboxClosed."""
        parts = urlsplit(self.url)
        folder = unquote(parts.path.strip("/")) or "INBOX"
        try:
            server = self._connect(parts.hostname or "")
        except (OSError, imaplib.IMAP4.error) as fault:
            raise MailboxClosed(f"{self.place} does not answer: {type(fault).__name__}") from fault
        try:
            server.login(unquote(parts.username or ""), unquote(parts.password or ""))
            status, _data = server.select(_quoted(folder))
            if status != "OK":
                raise MailboxClosed(f"{self.place}: there is no such folder")
            yield server
        except (OSError, imaplib.IMAP4.error) as fault:
            raise MailboxClosed(f"{self.place}: {type(fault).__name__}") from fault
        finally:
            _leave(server)

    def _connect(self, host: str) -> imaplib.IMAP4:
        if urlsplit(self.url).scheme == "imaps":
            context = self.context or ssl.create_default_context()
            return imaplib.IMAP4_SSL(host, self._port, ssl_context=context, timeout=TIMEOUT_SECONDS)
        return imaplib.IMAP4(host, self._port, timeout=TIMEOUT_SECONDS)


def read_new(mailbox: Mailbox, *, authserv: str = "") -> int:
    """Receive what is new in a mailbox; return how many mails. Raises MailboxClosed.

    A mail that cannot be handled is left for a person; where the database is away, the rest is left for the next time.
    """
    done, until = 0, clock.now() + LONGEST_ROUND
    with mailbox.open() as server:
        for uid in _new(server)[:MOST_AT_ONCE]:
            if clock.now() >= until:
                break
            is_done = _receive(server, uid, authserv)
            server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)" if is_done else r"(\Flagged)")
            done += 1
    return done


def _new(server: imaplib.IMAP4) -> list[str]:
    status, data = server.uid("SEARCH", *UNREAD)
    found = data[0] if status == "OK" and data and isinstance(data[0], bytes) else b""
    return [uid for uid in found.decode("ascii", "replace").split() if uid.isdigit()]


def _receive(server: imaplib.IMAP4, uid: str, authserv: str) -> bool:
    """Tell whether a mail is done with: what it asks for is stored for good, or nobody wrote it."""
    octets = _fetch(server, uid)
    if octets is None:
        return False
    try:
        received = receive(octets, authserv=authserv)
    except DBAPIError:  # not the mail's fault: it is taken again
        db.session.rollback()
        raise
    except Exception as fault:  # the edge: one mail is no reason to leave the others
        log.fault(fault)
        db.session.rollback()
        return False
    return received.outcome is not None or received.reason in NOT_WRITTEN


def _fetch(server: imaplib.IMAP4, uid: str) -> bytes | None:
    """Return a mail without marking it; None for one that is too large or gone."""
    status, data = server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES + 1}>)")
    octets = next((one[1] for one in data or () if isinstance(one, tuple)), None) if status == "OK" else None
    return octets if isinstance(octets, bytes) and len(octets) <= MOST_BYTES else None


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _leave(server: imaplib.IMAP4) -> None:
    """Say goodbye; what was read is stored and marked, so that nothing that goes wrong now matters."""
    try:
        server.logout()
    except (OSError, imaplib.IMAP4.error):
        server.shutdown()
