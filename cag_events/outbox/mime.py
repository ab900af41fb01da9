"""A message as MIME: text, HTML and, where there is one, code and calendar part; one recipient, clean headers."""

import hashlib
import io
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from cag_events.outbox.messages import NO_EXTRA, Extra

CODE_ID = "code"  # content id of the picture of a code, before the domain
CODE_PIXELS = 6  # of a module: about 250 points across
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
    extra: Extra = NO_EXTRA,
) -> EmailMessage:
    """Return the mail as it goes out (RFC 5322; RFC 2387 for the code, RFC 6047 for the calendar part, RFC 8058)."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = clean_header(subject)
    mail["From"] = Address(clean_header(sender.name), addr_spec=extra.mailbox or sender.address)
    mail["To"] = Address(addr_spec=clean_header(to))
    if sender.reply_to and sender.reply_to != sender.address:
        mail["Reply-To"] = Address(addr_spec=clean_header(sender.reply_to))
    mail["Date"] = format_datetime(sent_at)
    mail["Message-ID"] = message_id(key, sender.domain)
    mail["Auto-Submitted"] = "auto-generated"
    if extra.unsubscribe:
        mail["List-Unsubscribe"] = f"<{clean_header(extra.unsubscribe)}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    if extra.code:
        _add_code(mail, extra.code)
    if calendar:
        octets = calendar.encode()
        mail.add_alternative(octets, maintype="text", subtype="calendar", cte="base64", params=_calendar(method))
        mail.add_attachment(
            octets, maintype="application", subtype="ics", filename="invite.ics", cte="base64", params=_NAMED
        )
    mail["Content-Language"] = language
    return mail


def _add_code(mail: EmailMessage, code: str) -> None:
    """Put the picture of a code beside the HTML, which shows it; nothing is loaded from anywhere."""
    parts = list(mail.iter_parts())
    parts[-1].add_related(
        picture_of(code), "image", "png", cid=f"<{CODE_ID}>", filename="code.png", disposition="inline", cte="base64"
    )


def picture_of(code: str) -> bytes:
    """Return a code to be scanned as a PNG: black on white with its margin, whatever stands around it."""
    import segno  # noqa: PLC0415 (only for the code)

    drawn = io.BytesIO()
    segno.make(code, error="m", micro=False).save(drawn, kind="png", scale=CODE_PIXELS, border=4)
    return drawn.getvalue()


def _calendar(method: str) -> dict[str, str]:
    return {"charset": "utf-8", "method": method}
