"""Reads a mail that may hold a calendar's answer: octets from strangers, within limits, and no exception of theirs.

Nothing is unpacked, nothing is loaded, no HTML is looked at; of all parts the first that is a calendar counts.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses
from typing import Final

from cag_events.domain.calendar.answers import CalendarAnswer, Unreadable, read_answer

MOST_BYTES: Final = 256 * 1024
MOST_PARTS: Final = 50
MOST_DEPTH: Final = 10
MOST_BOUNDARIES: Final = 200
MOST_HEADER: Final = 4_000  # characters of one header that are looked at
MOST_MAILBOXES: Final = 20
CHARSETS: Final = frozenset({"utf-8", "ascii", "iso8859-1", "cp1252"})  # all else is read as UTF-8: some codecs unpack
_ADDRESSED: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
_COMMENT: Final = re.compile(r"\((?:[^()\\]|\\.)*\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What counts of a mail. Addresses are in lower case."""

    answer: CalendarAnswer
    mailboxes: tuple[str, ...]  # to which it may have been sent: the first that we know counts
    sender: str  # the one address in From, or nothing
    verified_by: tuple[str, ...]  # ids of the servers that say DMARC pass for the sender's domain


def read_mail(octets: bytes, recipient: str = "") -> Mail:
    """Return what counts of a mail; `recipient` is what the mail server says of it. Raises Unreadable.

    Raises it too for what a machine answers by itself, as in somebody's absence, and for what a server says of a mail
    that it could not deliver.
    """
    try:
        return _read(octets, recipient)
    except Unreadable:
        raise
    except Exception as fault:  # the edge: the parser of mails has had faults with what nobody would write
        raise Unreadable(type(fault).__name__) from fault


def _read(octets: bytes, recipient: str) -> Mail:
    if len(octets) > MOST_BYTES:
        raise Unreadable("size")
    if octets.lower().count(b"boundary") > MOST_BOUNDARIES:  # the parser keeps all that are open at once
        raise Unreadable("parts")
    mail = message_from_bytes(octets)
    if _is_automatic(mail):
        raise Unreadable("automatic")
    part = _calendar_of(mail)
    answer = read_answer(_text_of(part))
    named = str(part.get_param("method") or answer.method).upper()
    if named != answer.method:
        raise Unreadable("method")
    sender = _sender(mail)
    return Mail(
        answer=answer,
        mailboxes=tuple(_mailboxes(mail, answer, recipient))[:MOST_MAILBOXES],
        sender=sender,
        verified_by=tuple(_verified_by(mail, sender)),
    )


def _is_automatic(mail: Message) -> bool:
    """Tell whether nobody wrote it (RFC 3834 §5); `auto-generated` may be a calendar that tells what was pressed."""
    said = _header(mail, "Auto-Submitted").partition(";")[0].strip().casefold()
    is_bulk = _header(mail, "Precedence").strip().casefold() in {"bulk", "junk", "list", "auto_reply"}
    return said not in {"", "no", "auto-generated"} or is_bulk or mail.get_content_type() == "multipart/report"


def _calendar_of(mail: Message) -> Message:
    """Return the part that is a calendar, rather the one that says so than an attached file."""
    found = list(_parts(mail))
    for wanted in ("text/calendar", "application/ics"):
        for part in found:
            if part.get_content_type() == wanted:
                return part
    raise Unreadable("no calendar")


def _parts(mail: Message) -> Iterator[Message]:
    """Yield the parts that are not made of parts; forwarded mails are not looked into."""
    left, seen = [(mail, 0)], 0
    while left:
        part, depth = left.pop()
        seen += 1
        if seen > MOST_PARTS or depth > MOST_DEPTH:
            raise Unreadable("parts")
        inner = part.get_payload()
        if not isinstance(inner, list):
            yield part
        elif part.get_content_maintype() == "multipart":
            left += [(one, depth + 1) for one in reversed(inner) if isinstance(one, Message)]


def _text_of(part: Message) -> str:
    octets = part.get_payload(decode=True)
    if not isinstance(octets, bytes):
        raise Unreadable("no text")
    try:
        charset = codecs.lookup(str(part.get_param("charset") or "utf-8")).name
    except (LookupError, ValueError):
        charset = "utf-8"
    return octets.decode(charset if charset in CHARSETS else "utf-8", "replace")


def _mailboxes(mail: Message, answer: CalendarAnswer, recipient: str) -> Iterator[str]:
    """Yield to whom the mail may have been sent; some calendars leave the organizer out of their answers."""
    yield recipient.strip().casefold()
    yield answer.organizer.casefold()
    for name in _ADDRESSED:
        for value in mail.get_all(name, [])[:MOST_MAILBOXES]:
            yield from (address.casefold() for _name, address in getaddresses([str(value)[:MOST_HEADER]]))


def _sender(mail: Message) -> str:
    values = mail.get_all("From", [])
    addresses = getaddresses([str(value)[:MOST_HEADER] for value in values[:2]])
    return addresses[0][1].casefold() if len(addresses) == 1 else ""


def _verified_by(mail: Message, sender: str) -> Iterator[str]:
    """Yield the ids of servers whose topmost results say DMARC pass for the sender's domain (RFC 8601 §2.2)."""
    seen: set[str] = set()
    domain = sender.rpartition("@")[2]
    for value in mail.get_all("Authentication-Results", [])[:MOST_MAILBOXES]:
        server, *results = _COMMENT.sub(" ", str(value)[:MOST_HEADER]).split(";")
        name = (server.split() or [""])[0].strip('"').casefold()
        if name in seen:
            continue  # the topmost is the server's own; it takes out others that claim to be
        seen.add(name)
        if domain and any(_is_pass(result, domain) for result in results):
            yield name


def _is_pass(result: str, domain: str) -> bool:
    words = re.sub(r"\s*=\s*", "=", result).casefold().split()
    return words[:1] == ["dmarc=pass"] and f"header.from={domain}" in words


def _header(mail: Message, name: str) -> str:
    return str(mail.get(name, ""))[:MOST_HEADER]
