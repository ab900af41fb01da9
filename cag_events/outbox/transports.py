"""How mails leave: by SMTP, or as files for an administrator to read."""

import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 20


class Undeliverable(Exception):
    """This one message cannot be delivered now; `for_ever` if trying again is no use."""

    def __init__(self, reason: str, *, for_ever: bool = False) -> None:
        super().__init__(reason)
        self.for_ever = for_ever


class Transport(Protocol):
    """Sends one mail after the other within open()."""

    def open(self) -> "_Open":
        """Connect; what is connected sends."""
        ...


class _Open(Protocol):
    def __enter__(self) -> "Sending": ...
    def __exit__(self, *fault: object) -> bool | None: ...


class Sending(Protocol):
    """A connection that sends."""

    def send(self, mail: EmailMessage) -> None:
        """Send a mail. Raises Undeliverable for this mail, OSError if the whole way is closed."""
        ...


class FileTransport:
    """Writes each mail to a file: a new name, flushed to the disk, then renamed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def open(self) -> Iterator["FileTransport"]:
        """Make the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        yield self

    def send(self, mail: EmailMessage) -> None:
        """Write a mail; the same message again replaces its file."""
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        part = self.folder / f".{name}.part"
        with part.open("wb") as file:
            file.write(mail.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.folder / f"{name}.eml")


class SmtpTransport:
    """Hands mails to a mail server: smtp:// with STARTTLS where a password goes, smtps:// from the first octet."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host = parts.hostname or "localhost"
        self.is_tls = parts.scheme == "smtps"
        self.port = parts.port or (465 if self.is_tls else 587 if parts.username else 25)
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")

    @contextmanager
    def open(self) -> Iterator["_SmtpSending"]:
        """Connect and sign in. Raises OSError or smtplib.SMTPException if that does not work."""
        context = ssl.create_default_context()
        if self.is_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        with server:
            server.ehlo()
            if not self.is_tls and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif self.user and not self.is_tls:
                raise smtplib.SMTPNotSupportedError("the server offers no encryption, so no password is sent")
            if self.user:
                server.login(self.user, self.password)
            yield _SmtpSending(server)


class _SmtpSending:
    """An open connection to a mail server."""

    def __init__(self, server: smtplib.SMTP) -> None:
        self.server = server

    def send(self, mail: EmailMessage) -> None:
        """Send a mail; a refused recipient concerns this mail only."""
        try:
            self.server.send_message(mail)
        except smtplib.SMTPServerDisconnected as fault:
            raise OSError("the mail server closed the connection") from fault
        except smtplib.SMTPRecipientsRefused as fault:
            code = max((code for code, _ in fault.recipients.values()), default=550)
            self.server.rset()
            raise Undeliverable(f"recipient refused ({code})", for_ever=code >= 550) from fault
        except smtplib.SMTPResponseException as fault:
            self.server.rset()
            raise Undeliverable(f"mail refused ({fault.smtp_code})", for_ever=fault.smtp_code >= 550) from fault
        except smtplib.SMTPException as fault:
            raise Undeliverable(type(fault).__name__) from fault
