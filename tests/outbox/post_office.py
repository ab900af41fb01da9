"""A real mail server on this machine that takes, refuses, or hangs up, as its test wants."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Office:
    """What the server does, and what it has taken: `octets` as they came over the wire."""

    refuses: dict[str, str] = field(default_factory=dict)  # recipient → answer to RCPT
    hangs_up_on: set[str] = field(default_factory=set)  # recipients whose DATA ends the connection
    octets: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take or refuse a recipient."""
        if answer := self.refuses.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep a mail, or hang up."""
        if self.hangs_up_on & set(envelope.rcpt_tos):
            assert server.transport is not None
            server.transport.abort()
            return ""
        self.octets.append(bytes(envelope.content or b""))
        self.recipients.extend(envelope.rcpt_tos)
        return "250 OK"

    @property
    def mails(self) -> list[EmailMessage]:
        """The mails as a mail program reads them."""
        return [read(octets) for octets in self.octets]

    @property
    def url(self) -> str:
        """The address for the settings."""
        return f"smtp://127.0.0.1:{self.port}"


def read(octets: bytes) -> Any:
    """Return a mail as a mail program reads it."""
    return message_from_bytes(octets, policy=policy.default)


@contextmanager
def opened(office: Office) -> Iterator[Office]:
    """Open the server on a free port, or again on the one that it had."""
    office.port = office.port or free_port()
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
