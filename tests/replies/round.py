"""What the tests of this room share: an invitation as it went out, answers as other programs write them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import vobject
from sqlalchemy import select

from cag_events.accounts.models import Organisation
from cag_events.db import db
from cag_events.events.models import Event
from cag_events.outbox.delivery import follow_up
from cag_events.outbox.models import Message
from cag_events.permissions import ANONYMOUS
from cag_events.registrations import services
from cag_events.registrations.models import Registration
from cag_events.registrations.services import NewRegistration
from tests.calendars import Component, read_strictly
from tests.factories import make_organisation


@dataclass(frozen=True)
class Invited:
    """Somebody who has got a REQUEST."""

    registration_id: int
    email: str
    request: str

    @property
    def event(self) -> Component:
        """Its VEVENT, read strictly."""
        (found,) = read_strictly(self.request.encode()).components("VEVENT")
        return found

    @property
    def uid(self) -> str:
        """Its UID."""
        return self.event.one("UID").value

    @property
    def sequence(self) -> int:
        """Its SEQUENCE."""
        return int(self.event.one("SEQUENCE").value)

    @property
    def organizer(self) -> str:
        """The mailbox that invites."""
        return self.event.one("ORGANIZER").value.removeprefix("mailto:")

    @property
    def row(self) -> Registration:
        """The registration as it is now."""
        return db.session.get_one(Registration, self.registration_id, populate_existing=True)


def mails(to: str | None = None) -> list[Message]:
    """The mails so far, in order, after the facts so far were followed up."""
    follow_up()
    found = list(db.session.scalars(select(Message).order_by(Message.id).execution_options(populate_existing=True)))
    return [mail for mail in found if to is None or mail.to == to]


def invited(event: Event, number: int = 1, **values: Any) -> Invited:
    """Register somebody and return what their calendar was sent."""
    if db.session.scalar(select(Organisation.id)) is None:
        make_organisation(email="ask@example.org")
    email = f"anna{number}@example.org"
    new = NewRegistration(**{"name": f"Anna {number}", "email": email, "language": "sv", **values})
    registration_id = services.register(event.id, new, by=ANONYMOUS).registration_id
    return Invited(registration_id, email, mails(email)[-1].calendar or "")


def answer(
    to: Invited,
    partstat: str = "DECLINED",
    *,
    stamp: datetime = datetime(2026, 11, 21, 10, 0, tzinfo=UTC),
    method: str = "REPLY",
    attendee: str | None = None,
    sequence: int | None = None,
    more: str = "",
) -> str:
    """An answer as vobject writes it, from the invitation that came."""
    asked = vobject.readOne(to.request)
    calendar = vobject.iCalendar()
    calendar.add("method").value = method
    event = calendar.add("vevent")
    event.add("uid").value = asked.vevent.uid.value
    event.add("dtstamp").value = stamp.astimezone(vobject.icalendar.utc)
    event.add("dtstart").value = asked.vevent.dtstart.value.astimezone(vobject.icalendar.utc)
    event.add("sequence").value = str(to.sequence if sequence is None else sequence)
    event.add("organizer").value = asked.vevent.organizer.value
    person = event.add("attendee")
    person.value = f"mailto:{attendee or to.email}"
    person.params["PARTSTAT"] = [partstat]
    event.add("summary").value = "Nej tack"
    written: str = calendar.serialize(validate=False)
    return written.replace("END:VEVENT", f"{more}END:VEVENT") if more else written


def mailed(to: Invited, calendar: str, **headers: str) -> bytes:
    """The mail that a calendar sends with its answer; `headers`: with _ for -."""
    method = next((line.partition(":")[2] for line in calendar.splitlines() if line.startswith("METHOD:")), "REPLY")
    mail = EmailMessage(policy=SMTP)
    named = {"From": to.email, "To": to.organizer, "Subject": "Avböjt", **headers}
    for name, value in named.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Jag kan inte komma.")
    mail.add_alternative(
        calendar.encode(), maintype="text", subtype="calendar", params={"charset": "utf-8", "method": method}
    )
    return mail.as_bytes()
