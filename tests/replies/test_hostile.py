"""What strangers send to the mailbox: whatever it is, nothing breaks, nothing is freed, and it does not take long."""

import base64
from collections.abc import Iterator
from contextlib import suppress

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.calendar.answers import CalendarAnswer, Unreadable, read_answer
from cag_events.domain.seats import Status
from cag_events.replies.reading import MOST_BYTES, read_mail
from cag_events.replies.services import Received, receive
from tests.factories import make_event
from tests.replies.round import Invited, answer, invited, mailed

GOOD = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//T//T//EN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:u\r\n"
    "DTSTAMP:20261121T100000Z\r\nSEQUENCE:1\r\nORGANIZER:mailto:events+x@localhost\r\n"
    "ATTENDEE;PARTSTAT=DECLINED:mailto:anna1@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
HEAD = b"From: anna1@example.org\r\nTo: events@localhost\r\nSubject: x\r\nMIME-Version: 1.0\r\n"


def alone(text: str | bytes, kind: str = "text/calendar; charset=utf-8; method=REPLY", cte: str = "8bit") -> bytes:
    """A mail of one part."""
    octets = text.encode() if isinstance(text, str) else text
    return HEAD + f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {cte}\r\n\r\n".encode() + octets


def nested(depth: int) -> bytes:
    """A calendar within so many multiparts."""
    opened = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth))
    return HEAD + opened.encode() + b"Content-Type: text/calendar\r\n\r\n" + GOOD.encode()


def _broken_calendars() -> Iterator[tuple[str, str]]:
    yield "no end", GOOD.replace("END:VCALENDAR\r\n", "")
    yield "ends twice", GOOD + "END:VCALENDAR\r\n"
    yield "two calendars", GOOD + GOOD
    yield "two events", GOOD.replace("END:VEVENT\r\n", "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:v\r\nEND:VEVENT\r\n")
    yield "no event", GOOD.replace("VEVENT", "VTODO")
    yield "no uid", GOOD.replace("UID:u\r\n", "")
    yield "two uids", GOOD.replace("UID:u\r\n", "UID:u\r\nUID:v\r\n")
    yield "an endless uid", GOOD.replace("UID:u", "UID:" + "u" * 5000)
    yield "a uid of another script", GOOD.replace("UID:u", "UID:юид")
    yield "a uid with a control", GOOD.replace("UID:u", "UID:u\x00v")
    yield "no method", GOOD.replace("METHOD:REPLY\r\n", "")
    yield "two methods", GOOD.replace("METHOD:REPLY", "METHOD:REPLY\r\nMETHOD:CANCEL")
    yield "a request", GOOD.replace("REPLY", "REQUEST")
    yield "a cancel", GOOD.replace("REPLY", "CANCEL")
    yield "an unknown method", GOOD.replace("REPLY", "DROP TABLE")
    yield "no stamp", GOOD.replace("DTSTAMP:20261121T100000Z\r\n", "")
    yield "a stamp without a zone", GOOD.replace("T100000Z", "T100000")
    yield "a stamp that is no day", GOOD.replace("20261121T", "20261331T")
    yield "a stamp of the year nought", GOOD.replace("20261121T", "00001121T")
    yield "a negative number", GOOD.replace("SEQUENCE:1", "SEQUENCE:-1")
    yield "an endless number", GOOD.replace("SEQUENCE:1", "SEQUENCE:" + "9" * 5000)
    yield "a number in other digits", GOOD.replace("SEQUENCE:1", "SEQUENCE:١")
    yield "two numbers", GOOD.replace("SEQUENCE:1", "SEQUENCE:1\r\nSEQUENCE:2")
    yield "two organizers", GOOD.replace("ORGANIZER:", "ORGANIZER:mailto:x@example.org\r\nORGANIZER:")
    yield "ten thousand attendees", GOOD.replace("ATTENDEE", "ATTENDEE:mailto:a@b.c\r\n" * 9_999 + "ATTENDEE")
    yield "many attendees", GOOD.replace("ATTENDEE", "ATTENDEE:mailto:a@b.c\r\n" * 40 + "ATTENDEE")
    yield "deep components", "BEGIN:VCALENDAR\r\n" + "BEGIN:VEVENT\r\n" * 3_000
    yield "crossed components", GOOD.replace("END:VEVENT\r\nEND:VCALENDAR", "END:VCALENDAR\r\nEND:VEVENT")
    yield "folded for ever", GOOD.replace("UID:u", "UID:u" + "\r\n u" * 20_000)
    yield "one line", GOOD.replace("\r\n", " ")
    yield "html", "<html><body>BEGIN:VCALENDAR</body></html>"
    yield "json", '{"method": "REPLY"}'
    yield "nothing", ""
    yield "nulls", "\0" * 100_000


def _broken_mails() -> Iterator[tuple[str, bytes]]:
    yield "empty", b""
    yield "no header", b"\r\n\r\n" + GOOD.encode()
    yield "noise", bytes(range(256)) * 100
    yield "too large", alone(GOOD + "X" * MOST_BYTES)
    yield "a thousand multiparts", nested(1_000)
    yield "eleven multiparts", nested(11)
    yield "four thousand multiparts", nested(4_000)[:MOST_BYTES]
    parts = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 3_000
    yield "three thousand parts", HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n"
    yield "no boundary", alone(GOOD, "multipart/mixed")
    yield "a boundary that is empty", alone(GOOD, 'multipart/mixed; boundary=""')
    yield "an unknown charset in base 64", alone(b"!!!", "text/calendar; charset=nonsense", "base64")
    yield "a charset that unpacks", alone(base64.b64encode(b"x\x9c" * 1000), "text/calendar; charset=zlib", "base64")
    yield "a charset with a null", alone(GOOD, "text/calendar; charset=a\0b; method=REQUEST")
    yield "a charset that is a place", alone(GOOD, "text/calendar; charset=../../etc/passwd; method=REQUEST")
    yield "utf-16", alone(GOOD.encode("utf-16"), "text/calendar; charset=utf-16")
    yield "utf-7", alone("+ADw-script+AD4-", "text/calendar; charset=utf-7")
    yield "broken utf-8", alone(b"\xff\xfe" + b"\xc3" * 500)
    yield "base 64 that is none", alone("%%%%" * 100, cte="base64")
    yield "quoted that is none", alone("=ZZ=" * 100, cte="quoted-printable")
    yield "uuencoded", alone("begin 644 x\nM%%%%\nend\n", cte="x-uuencode")
    yield "an unknown encoding", alone(b"\x1f\x8b" + b"\0" * 500, cte="gzip")
    yield "a packed file", alone(b"PK\x03\x04" * 100, "application/zip")
    yield "another method outside", alone(GOOD, "text/calendar; method=CANCEL")
    yield "a forwarded mail", alone(alone(GOOD), "message/rfc822")
    yield "a mail that came back", alone(GOOD, "multipart/report; report-type=delivery-status; boundary=b")
    yield "an answer in absence", b"Auto-Submitted: auto-replied\r\n" + alone(GOOD)
    yield "a list", b"Precedence: list\r\n" + alone(GOOD)
    yield "an endless header", b"To: " + b"a@example.org, " * 15_000 + b"\r\n" + alone(GOOD)
    yield "ten thousand headers", b"Received: x\r\n" * 10_000 + alone(GOOD)
    yield "a broken From", b"From: =?utf-8?b?%%%?= <<<>>>@@\r\n" + alone(GOOD.replace("UID:u", "UID:"))
    yield "many results", b"Authentication-Results: ((((((((x;\r\n" * 3_000 + alone(GOOD.replace("UID:u", "UID:"))
    yield "comments in comments", b"Authentication-Results: " + b"(" * 50_000 + b"\r\n" + alone("x")


CALENDARS = dict(_broken_calendars())
MAILS = dict(_broken_mails())


def test_the_answer_that_the_corpus_breaks_is_whole() -> None:
    read = read_answer(GOOD)

    assert isinstance(read, CalendarAnswer)
    assert (read.method, read.uid, read.sequence, read.partstat) == ("REPLY", "u", 1, "DECLINED")
    assert (read.organizer, read.attendee) == ("events+x@localhost", "anna1@example.org")
    assert read_mail(alone(GOOD)).answer == read
    assert len(CALENDARS) + len(MAILS) > 60


@pytest.mark.parametrize("name", CALENDARS)
def test_a_broken_calendar_is_refused(name: str) -> None:
    with pytest.raises(Unreadable):
        read_answer(CALENDARS[name])
    with pytest.raises(Unreadable):
        read_mail(alone(CALENDARS[name]))


@pytest.mark.parametrize("name", MAILS)
def test_a_hostile_mail_does_nothing(app_ctx: Flask, name: str) -> None:
    del app_ctx
    received = receive(MAILS[name], recipient="events+x@localhost")

    assert received.outcome is None
    assert received.reason


@given(st.binary(max_size=2_000))
def test_no_octets_break_the_reader(octets: bytes) -> None:
    for mail in (octets, alone(octets), alone(base64.b64encode(octets), cte="base64")):
        with suppress(Unreadable):
            read_mail(mail)


@given(st.text(alphabet="BEGINDVCALRT:;=\"\r\n \tuEMHOSPQUN0123456789\\^'n,", max_size=600))
def test_no_text_breaks_the_reader_of_answers(text: str) -> None:
    for calendar in (text, GOOD.replace("UID:u", f"UID:u\r\n{text}")):
        with suppress(Unreadable):
            read_answer(calendar)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("DECLINED", 'DECLINED;X-EVIL="\'; DROP TABLE seat; --"'),
        lambda text: text.replace("mailto:", "MAILTO:"),
        lambda text: text.replace("\r\n", "\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("END:VEVENT", "COMMENT:<script>alert(1)</script>\r\nX-\0:\x07\r\nEND:VEVENT"),
    ],
)
def test_an_honest_answer_with_the_faults_of_programs_still_counts(app_ctx: Flask, damage: object) -> None:
    del app_ctx
    person: Invited = invited(make_event())

    received = receive(mailed(person, damage(answer(person))))  # type: ignore[operator]

    assert received != Received(None)
    assert person.row.status is Status.WITHDRAWN
