"""How mails leave: by SMTP, or as files for an administrator to read."""

import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 20
BUSY = 421  # RFC 5321 §3.8: the service closes the connection
NO_SUCH = 500  # from here on trying again is no use (RFC 5321 §4.2.1)
WRONG_SIGN_IN = (530, 534, 535, 538)  # nothing is wrong with the mail


class Undeliverable(Exception):
    """This one message cannot be delivered now; `for_ever` if trying again is no use."""

    def __init__(self, reason: str, *, for_ever: bool = False) -> None:
        super().__init__(reason)
        self.for_ever = for_ever


class WayClosed(Exception):
    """The whole way out is closed; no message is at fault."""


class Sending(Protocol):
    """A connection that sends."""

    def send(self, mail: EmailMessage) -> None:
        """Send a mail. Raises Undeliverable for this mail, WayClosed if the whole way is closed."""
        ...


class Transport(Protocol):
    """Sends one mail after the other within open()."""

    def open(self) -> AbstractContextManager[Sending]:
        """Connect; what is connected sends."""
        ...


class FileTransport:
    """Writes each mail to a file: a new name, flushed to the disk, then renamed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def open(self) -> Iterator[Sending]:
        """Make the folder, for its owner alone."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield self

    def send(self, mail: EmailMessage) -> None:
        """Write a mail; the same message again replaces its file."""
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        octets = mail.as_bytes()
        part = self.folder / f".{name}.part"
        try:
            with part.open("wb") as file:
                file.write(octets)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.folder / f"{name}.eml")
        except OSError as fault:
            raise WayClosed("the folder for mails cannot be written") from fault


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
    def open(self) -> Iterator[Sending]:
        """Connect and sign in. Raises OSError or smtplib.SMTPException if that does not work."""
        server = self._connect()
        try:
            yield _SmtpSending(server)
        finally:
            _leave(server)

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.is_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            server.ehlo_or_helo_if_needed()
            if not self.is_tls and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif self.user and not self.is_tls:
                raise smtplib.SMTPNotSupportedError("the server offers no encryption, so no password is sent")
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


class _SmtpSending:
    """An open connection to a mail server."""

    def __init__(self, server: smtplib.SMTP) -> None:
        self.server = server

    def send(self, mail: EmailMessage) -> None:
        """Send a mail; a refused recipient concerns this mail only."""
        try:
            self.server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as fault:
            code, _text = next(iter(fault.recipients.values()), (550, b""))
            self._refused("recipient refused", code, fault)
        except smtplib.SMTPServerDisconnected as fault:
            raise WayClosed("the mail server closed the connection") from fault
        except smtplib.SMTPResponseException as fault:
            self._refused("mail refused", fault.smtp_code, fault)
        except smtplib.SMTPException as fault:
            raise Undeliverable(type(fault).__name__, for_ever=True) from fault
        except OSError as fault:
            raise WayClosed("the connection to the mail server broke") from fault

    def _refused(self, what: str, code: int, fault: Exception) -> None:
        """Go on with the next mail after this one was refused, unless the server is going away."""
        if code == BUSY or code in WRONG_SIGN_IN:
            raise WayClosed(f"the mail server answers {code}") from fault
        try:
            self.server.rset()
        except (smtplib.SMTPException, OSError):
            self.server.close()  # the next one finds the connection closed
        raise Undeliverable(f"{what} ({code})", for_ever=code >= NO_SUCH) from fault


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye; the mails are sent, so that nothing that goes wrong now matters."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()
