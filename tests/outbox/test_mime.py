"""A mail on the wire: its structure, its headers, and that nothing typed becomes a header."""

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest

from cag_events.outbox.mime import Sender, build, clean_header, message_id
from tests.outbox.post_office import read

SENDER = Sender(address="events@example.org", name="Centralasiengrupperna")
CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
EVIL = (
    "x\r\nBcc: thief@example.org",
    "x\nBcc: thief@example.org",
    "x\rBcc: thief@example.org",
    "x\u2028Bcc: thief@example.org",
    "x\x85Bcc: thief@example.org",
    "x\x0bBcc: thief@example.org",
    "=?utf-8?q?x=0d=0aBcc:_thief@example.org?=",
    "=?utf-8?b?eA0KQmNjOiB0aGllZkBleGFtcGxlLm9yZw==?=",
    "=?utf-8?q?x=0d=0aBcc:_thief@example.org?= =?utf-8?q?=0d=0aBcc:_thief@example.org?=",
)


def built(**values: Any) -> EmailMessage:
    """A mail with dull contents."""
    defaults: dict[str, Any] = {
        "sender": SENDER,
        "to": "anna@example.org",
        "key": "registration:abc:confirmed:0",
        "subject": "Du är anmäld",
        "text": "Hej Åsa\n",
        "html": "<p>Hej Åsa</p>",
        "language": "sv",
        "sent_at": datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
    }
    return build(**{**defaults, **values})


def structure(mail: Any) -> Any:
    """The nesting of content types."""
    if mail.is_multipart():
        return (mail.get_content_type(), [structure(part) for part in mail.iter_parts()])
    return mail.get_content_type()


def test_build_has_text_before_html() -> None:
    mail = read(built().as_bytes())

    assert structure(mail) == ("multipart/alternative", ["text/plain", "text/html"])


def test_build_puts_the_calendar_beside_the_texts_and_as_a_file_of_the_same_octets() -> None:
    mail = read(built(calendar=CALENDAR, method="REQUEST").as_bytes())

    alternative, attached = mail.iter_parts()
    part = list(alternative.iter_parts())[2]

    assert structure(mail) == (
        "multipart/mixed",
        [("multipart/alternative", ["text/plain", "text/html", "text/calendar"]), "application/ics"],
    )
    assert dict(part["Content-Type"].params) == {"charset": "utf-8", "method": "REQUEST"}
    assert part["Content-Transfer-Encoding"] == attached["Content-Transfer-Encoding"] == "base64"
    assert part.get_payload(decode=True) == attached.get_payload(decode=True) == CALENDAR.encode()
    assert attached.get_filename() == "invite.ics"
    assert attached["Content-Type"].params["name"] == "invite.ics"
    assert attached.get_content_disposition() == "attachment"
    assert "Content-Disposition" not in part


def test_build_says_who_writes_in_which_language_and_that_a_machine_does() -> None:
    mail = read(built(sender=Sender(address="events@example.org", name="Å & Ö", reply_to="ask@example.org")).as_bytes())

    assert mail["From"] == "Å & Ö <events@example.org>"
    assert mail["Reply-To"] == "ask@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "sv"
    assert mail["Subject"] == "Du är anmäld"
    assert mail["Date"].datetime == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def test_build_gives_the_same_id_each_time() -> None:
    first, second = built(), built(sent_at=datetime(2026, 11, 22, tzinfo=UTC))

    assert first["Message-ID"] == second["Message-ID"] == message_id("registration:abc:confirmed:0", "example.org")
    assert built(key="registration:abc:changed:0")["Message-ID"] != first["Message-ID"]


@pytest.mark.parametrize("evil", EVIL)
def test_build_makes_no_header_of_a_subject(evil: str) -> None:
    octets = built(subject=evil).as_bytes()

    assert headers(octets) == headers(built(subject="x").as_bytes())
    assert b"\nbcc" not in octets.lower().replace(b"\r", b"\n").partition(b"\n\n")[0]


@pytest.mark.parametrize("evil", EVIL)
def test_build_makes_no_header_of_a_sender(evil: str) -> None:
    octets = built(sender=Sender(address="events@example.org", name=evil)).as_bytes()

    assert headers(octets) == headers(built().as_bytes())
    assert b"\nbcc" not in octets.lower().replace(b"\r", b"\n").partition(b"\n\n")[0]


@pytest.mark.parametrize("evil", [f"anna@example.org{evil}" for evil in EVIL])
def test_build_refuses_an_address_that_is_none(evil: str) -> None:
    try:
        octets = built(to=evil).as_bytes()
    except ValueError:
        return

    assert headers(octets) == headers(built().as_bytes())
    assert read(octets)["To"].addresses[0].addr_spec.count("@") == 1
    assert b"\nbcc" not in octets.lower().replace(b"\r", b"\n").partition(b"\n\n")[0]


@pytest.mark.parametrize("evil", EVIL)
def test_clean_header_leaves_no_control_and_no_encoded_word(evil: str) -> None:
    cleaned = clean_header(evil)

    assert cleaned.isprintable()
    assert "=?" not in cleaned


def test_build_keeps_a_subject_in_any_script() -> None:
    subject = "Семинар о воде – Bişkek, ”Мурас” 💧" + " lång" * 40

    assert read(built(subject=subject).as_bytes())["Subject"] == subject


def test_build_writes_lines_that_every_server_takes() -> None:
    octets = built(text="å" * 5000, html="<p>" + "å" * 5000 + "</p>", subject="å" * 900).as_bytes()

    assert max(len(line) for line in octets.split(b"\r\n")) <= 998
    assert b"\n" not in octets.replace(b"\r\n", b"")
    assert octets.isascii()


def headers(octets: bytes) -> list[str]:
    """The names of a mail's headers, in order."""
    names: list[str] = list(read(octets).keys())
    return names
