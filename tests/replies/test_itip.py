"""What calendars are told by mail (RFC 5546, 6047), read by parsers that did not write it."""

import email
import email.policy
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import icalendar
import pytest

from cag_events import clock
from cag_events.db import db
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.outbox.delivery import _mail
from cag_events.outbox.mime import Sender
from cag_events.outbox.models import Message
from cag_events.permissions import SYSTEM
from cag_events.registrations import services
from cag_events.registrations.mail.invites import sequence_of
from cag_events.registrations.models import FORGOTTEN, CalendarSent
from cag_events.registrations.services import Changed
from cag_events.replies.daily import erase
from tests.calendars import read_ical_js, read_icalendar, read_strictly, read_vobject
from tests.conftest import NOW
from tests.factories import make_event
from tests.replies.round import invited, mails

pytestmark = pytest.mark.usefixtures("app_ctx")
SENDER = Sender(address="events@localhost", name="Provhuset", reply_to="ask@example.org")


def wire(message: Message) -> EmailMessage:
    """A message as it goes out and is read."""
    read = email.message_from_bytes(_mail(message, SENDER).as_bytes(), policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def tree(mail: EmailMessage) -> object:
    """The nesting of content types."""
    if mail.is_multipart():
        return mail.get_content_type(), [tree(part) for part in mail.iter_parts()]  # type: ignore[arg-type]
    return mail.get_content_type()


def entry(message: Message) -> dict[str, str]:
    """The values of a calendar part's VEVENT, read strictly."""
    (found,) = read_strictly((message.calendar or "").encode()).components("VEVENT")
    return {one.name: one.value for one in found.properties}


def calendars(to: str = "anna1@example.org") -> list[tuple[str, int]]:
    """Method and SEQUENCE of each calendar part that an address was sent."""
    return [(one.calendar_method, int(entry(one)["SEQUENCE"])) for one in mails(to) if one.calendar]


def test_a_request_has_the_parts_that_calendars_expect_and_one_recipient() -> None:
    person = invited(make_event())
    mail = wire(mails()[0])

    assert tree(mail) == (
        "multipart/mixed",
        [
            (
                "multipart/alternative",
                ["text/plain", ("multipart/related", ["text/html", "image/png"]), "text/calendar"],
            ),
            "application/ics",
        ],
    )
    parts = {part.get_content_type(): part for part in mail.walk()}
    calendar, attached = parts["text/calendar"], parts["application/ics"]
    assert dict(calendar["Content-Type"].params) == {"charset": "utf-8", "method": "REQUEST"}
    assert calendar["Content-Transfer-Encoding"] == attached["Content-Transfer-Encoding"] == "base64"
    assert calendar.get_payload(decode=True) == attached.get_payload(decode=True) == person.request.encode()
    assert parts["image/png"]["Content-ID"] == "<code>"
    assert 'src="cid:code"' in parts["text/html"].get_content()  # type: ignore[attr-defined]
    assert mail["From"].addresses[0].addr_spec == person.organizer
    assert (mail["To"], mail["Cc"], mail["Bcc"]) == (person.email, None, None)
    assert mail["Reply-To"] == "ask@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None


def test_a_request_says_the_same_to_every_reader() -> None:
    person = invited(make_event(starts="2026-11-25T18:00", minutes=120))
    octets = person.request.encode()

    expected = {person.uid: (datetime(2026, 11, 25, 17, 0, tzinfo=UTC), datetime(2026, 11, 25, 19, 0, tzinfo=UTC))}
    assert read_vobject(octets) == read_icalendar(octets) == expected
    assert [event["uid"] for event in read_ical_js(octets)["events"]] == [person.uid]
    calendar = icalendar.Calendar.from_ical(octets)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "REQUEST"
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"
    assert event["ATTENDEE"].params["ROLE"] == "REQ-PARTICIPANT"
    assert event["ATTENDEE"] == f"mailto:{person.email}"
    assert event["DTSTAMP"].dt == NOW
    assert len(octets.partition(b"ORGANIZER")[2].partition(b"@")[0]) < 120
    assert len(person.organizer.partition("@")[0]) <= 64


def test_numbers_are_those_of_the_person_s_feed_and_file() -> None:
    person = invited(make_event())
    row = person.row

    assert person.sequence == sequence_of(person.uid, _version(row.event_id), row.revision)


def _version(event_id: int) -> int:
    return db.session.get_one(Event, event_id).version


def test_withdraw_restore_and_registering_anew_only_raise_the_number_and_keep_the_organizer() -> None:
    event = make_event(starts="2026-12-20T18:00")
    person = invited(event)
    services.withdraw(person.registration_id)
    mails()
    services.restore(person.registration_id)
    mails()
    services.withdraw(person.registration_id)
    mails()
    with clock.fixed(NOW + timedelta(hours=1)):
        anew = invited(event)

    methods, numbers = zip(*calendars(), strict=True)
    assert methods == ("REQUEST", "CANCEL", "REQUEST", "CANCEL", "REQUEST")
    assert list(numbers) == sorted(set(numbers))
    assert anew.organizer == person.organizer
    assert anew.sequence == sequence_of(anew.uid, _version(event.id), anew.row.revision)


def test_somebody_who_was_forgotten_and_registers_anew_gets_no_lower_number() -> None:
    event = make_event(starts="2026-12-20T18:00")
    person = invited(event)
    services.withdraw(person.registration_id)
    mails()
    before = calendars()[-1][1]
    erase(person.registration_id)

    with clock.fixed(NOW + timedelta(hours=1)):
        anew = invited(event)

    assert anew.sequence > before
    told = db.session.query(CalendarSent).filter_by(method=FORGOTTEN).one()
    assert told.to_index != anew.row.email_index


def test_who_never_had_a_seat_is_called_off_nothing() -> None:
    event = make_event(capacity=1)
    invited(event)
    waiting = invited(event, 2)

    services.withdraw(waiting.registration_id)

    assert [mail.calendar for mail in mails(waiting.email)] == [None, None]


def test_a_change_that_is_not_significant_sends_no_calendar() -> None:
    person = invited(make_event(guests=3))

    services.change(person.registration_id, Changed(name="Anna Berg", party=2, answers={}))

    assert len(mails(person.email)) == 2
    assert [method for method, _ in calendars()] == ["REQUEST"]


def test_another_place_is_significant() -> None:
    person = invited(make_event(mode="hybrid", online_capacity=10), mode="onsite")

    services.change(person.registration_id, Changed(name="Anna 1", party=1, mode="online", answers={}))

    assert [method for method, _ in calendars()] == ["REQUEST", "REQUEST"]


def test_another_date_calls_the_first_off_and_asks_for_the_second() -> None:
    event = make_event(dates=["2026-12-03T18:00", "2026-12-10T18:00"], per_occurrence=True)
    first, second = [one.id for one in event.occurrences]
    person = invited(event, occurrences=(first,))

    services.change(person.registration_id, Changed(name="Anna 1", party=1, occurrences=(second,), answers={}))
    told = [one for one in mails(person.email) if one.calendar]

    assert [one.calendar_method for one in told] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [entry(one)["DTSTART"][:8] for one in told] == ["20261203", "20261210", "20261203"]
    assert entry(told[2])["UID"] == entry(told[0])["UID"] != entry(told[1])["UID"]
    assert int(entry(told[2])["SEQUENCE"]) > int(entry(told[0])["SEQUENCE"])


def test_a_withdrawal_calls_off_what_was_sent_before_there_were_several_dates() -> None:
    event = make_event(dates=["2026-12-03T18:00", "2026-12-10T18:00"], per_occurrence=True)
    first, second = [one.id for one in event.occurrences]
    person = invited(event, occurrences=(first,))
    services.change(person.registration_id, Changed(name="Anna 1", party=1, occurrences=(first, second), answers={}))
    mails()

    services.withdraw(person.registration_id, by=SYSTEM)

    assert person.row.status is Status.WITHDRAWN
    assert [method for method, _ in calendars()] == ["REQUEST", "CANCEL"]


def test_a_guarded_event_s_mail_has_neither_calendar_nor_ticket() -> None:
    invited(make_event(safety="guarded"))

    mail = mails()[0]

    assert (mail.calendar, mail.extra) == (None, None)
    assert tree(wire(mail)) == ("multipart/alternative", ["text/plain", "text/html"])


def test_who_takes_part_online_gets_no_ticket() -> None:
    invited(make_event(mode="hybrid", online_capacity=10), mode="online")

    assert tree(wire(mails()[0]))[1][0] == (  # type: ignore[index]
        "multipart/alternative",
        ["text/plain", "text/html", "text/calendar"],
    )
