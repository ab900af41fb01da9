"""A message as MIME: text, HTML and, where there is one, the calendar part; one recipient, clean headers."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

_NAMED = {"name": "invite.ics"}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, kw_only=True)
class Sender:
    """From whom mails come: address, name, and the domain that stands in message ids."""

    address: str
    name: str
    reply_to: str = ""  # people who answer

    @property
    def domain(self) -> str:
        """The domain of the address."""
        return self.address.rpartition("@")[2]


def clean_header(value: str) -> str:
    """Return a header value without controls and encoded words, which old Pythons write out as real headers."""
    return _CONTROLS.sub(" ", value).replace("=?", "= ?").strip()


def message_id(key: str, domain: str) -> str:
    """Return the id of a message: the same each time it is sent, so that a repeat is recognised."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def build(
    *,
    sender: Sender,
    to: str,
    key: str,
    subject: str,
    text: str,
    html: str,
    language: str,
    sent_at: datetime,
    calendar: str | None = None,
    method: str = "",
) -> EmailMessage:
    """Return the mail as it goes out (RFC 5322; RFC 6047 for the calendar part)."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = clean_header(subject)
    mail["From"] = Address(clean_header(sender.name), addr_spec=sender.address)
    mail["To"] = Address(addr_spec=clean_header(to))
    if sender.reply_to and sender.reply_to != sender.address:
        mail["Reply-To"] = Address(addr_spec=clean_header(sender.reply_to))
    mail["Date"] = format_datetime(sent_at)
    mail["Message-ID"] = message_id(key, sender.domain)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    if calendar:
        octets = calendar.encode()
        mail.add_alternative(octets, maintype="text", subtype="calendar", cte="base64", params=_calendar(method))
        mail.add_attachment(
            octets, maintype="application", subtype="ics", filename="invite.ics", cte="base64", params=_NAMED
        )
    mail["Content-Language"] = language
    return mail


def _calendar(method: str) -> dict[str, str]:
    return {"charset": "utf-8", "method": method}
