"""Whom a mail of this room goes to, what they may see of the event, and the words that every such mail is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.clocks import other_zones
from cag_events.domain.disclosure import Viewer, disclose
from cag_events.domain.event import Aspect, EventRecord, EventView, Mode, OccurrenceRecord, Safety
from cag_events.domain.registering import joins_online
from cag_events.domain.seats import Status
from cag_events.domain.texts import Picked
from cag_events.events.cards import Reader, city_of, title_of
from cag_events.events.queries import get_record
from cag_events.events.reading import reader
from cag_events.outbox.messages import Extra, NewMessage
from cag_events.registrations.codes import join_token
from cag_events.registrations.models import Registration, RegistrationChange
from cag_events.registrations.queries.people import occurrence_ids
from cag_events.web import dates
from cag_events.web.mailing import Letter, Line, Link, address, write
from cag_events.web.organisation import SiteWords, site

MOST_DATES = 12  # told one by one; of more, the first and how many there are
SEPARATOR = " · "
Method = Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """What a mail carries for a calendar: its text, its method, and the mailbox that invites, which stands in From."""

    text: str
    method: Method
    mailbox: str


@dataclass(frozen=True, kw_only=True)
class Seen:
    """An event as one reader's mail shows it, in the present language: what they may see, and the dates they come to.

    `discreet`: a guarded event, of which a mail tells no more than its date; all else is on the reader's own page.
    """

    record: EventRecord
    view: EventView
    dates: tuple[OccurrenceRecord, ...]
    reader: Reader
    site: SiteWords
    discreet: bool

    @property
    def title(self) -> Picked:
        """The title, or for a discreet mail the kind."""
        return title_of(self.view, self.reader)

    @property
    def sender(self) -> str:
        """The name in From: the organisation's, of guarded events its short one."""
        return self.site.short if self.discreet else self.site.name

    def heading(self, fact: str) -> str:
        """The first line: the fact and what it is about; of a discreet mail the fact alone."""
        return fact if self.discreet else f"{fact}: {self.title.text}"

    def subject(self, fact: str) -> str:
        """The subject: the fact, what it is about, when; of a discreet mail nothing of that."""
        if self.discreet:
            return str(_("Your registration with %(organisation)s", organisation=self.site.short))
        parts = [f"{fact}: {self.title.text}", self.short_when]
        return ", ".join(part for part in parts if part)

    @property
    def short_when(self) -> str:
        """The first date in few words: ons 25 nov 18.00."""
        if not self.dates:
            return run_text(self)
        first = self.dates[0].starts_wall
        return f"{dates.day_text(first.date(), year=False)} {dates.clock_text(first)}"


def seen(record: EventRecord, viewer: Viewer, at: datetime, chosen: Sequence[int] | None = None) -> Seen:
    """Return an event as a reader may see it; `chosen` are ids of the occurrences that they come to, None for all.

    Dates that are called off by themselves are not among what they come to.
    """
    discreet = record.safety is Safety.GUARDED
    view = disclose(record, replace(viewer, confirmed=False) if discreet else viewer, at)
    wanted = [one for one in view.occurrences if not one.is_cancelled and (chosen is None or one.id in chosen)]
    return Seen(record=record, view=view, dates=tuple(wanted), reader=reader(), site=site(), discreet=discreet)


def viewer_of(registration: Registration) -> Viewer:
    """Return in which circle somebody sees the event that they registered for."""
    return Viewer(confirmed=registration.status is Status.CONFIRMED, invited=True)


def seen_by(registration: Registration) -> Seen:
    """Return the event of a registration as its owner may see it now."""
    record = get_record(registration.event_id)
    return seen(record, viewer_of(registration), clock.now(), occurrence_ids(registration.id))


def count_changes(registration_id: int) -> int:
    """Return how often a registration has changed: the revision in the keys of its mails."""
    query = select(func.count()).where(RegistrationChange.registration_id == registration_id)
    return db.session.scalar(query) or 0


def when_texts(event: Seen) -> list[str]:
    """Return each date in words, in every zone that it concerns."""
    texts = [when_text(event, one) for one in event.dates[:MOST_DATES]]
    more = len(event.dates) - MOST_DATES
    if more > 0:
        texts.append(ngettext("and %(num)s more date", "and %(num)s more dates", more))
    if not texts and (run := run_text(event)):
        texts.append(run)
    return texts


def run_text(event: Seen) -> str:
    """Return the run of whole days in words, empty where there is none."""
    first, last = event.view.run_from, event.view.run_to
    return dates.run(first, last).text if first is not None and last is not None else ""


def when_text(event: Seen, occurrence: OccurrenceRecord) -> str:
    """Return an occurrence's date, times and zones in words."""
    text = dates.span(occurrence.starts_wall, occurrence.ends_wall, occurrence.tz).text
    zones = other_zones(event.view, event.reader.home)
    if zones:
        here = occurrence.starts_wall.date()
        others = [dates.elsewhere(occurrence.starts_at, occurrence.ends_at, zone, here).text for zone in zones]
        text = f"{text} {dates.zone_city(occurrence.tz)} ({', '.join(others)})"
    title = event.reader.text(occurrence.title).text
    return f"{text}{SEPARATOR}{title}" if title and len(event.view.occurrences) > 1 else text


def where_text(event: Seen, mode: Mode | None = None) -> str:
    """Return where it is in words: room, name, street, town; or online. `mode`: how this reader takes part."""
    view = event.view
    how = view.mode if mode is None or view.mode is not Mode.HYBRID else mode
    if how is Mode.ONLINE:
        return str(_("Online"))
    place = ""
    if view.venue is not None and not view.venue.virtual:
        venue = view.venue
        room = view.room.name if view.room is not None else ""
        town = " ".join(part for part in (venue.postcode, city_of(venue, event.reader)) if part)
        parts = (room, event.reader.text(venue.name).text, venue.street, town)
        place = ", ".join(part for part in parts if part)
    return str(_("%(place)s + online", place=place)) if how is Mode.HYBRID else place


def lines_about(event: Seen, registration: Registration | None = None) -> tuple[Line, ...]:
    """Return what a mail tells about the event: what, when, where, how many; of a discreet one the date alone."""
    when = [Line(_("When"), text) if number == 0 else Line("", text) for number, text in enumerate(when_texts(event))]
    if event.discreet:
        return tuple(when)
    title = event.title
    lines = [Line(_("What"), title.text, lang=_foreign(title, event)), *when]
    if where := where_text(event, registration.mode if registration else None):
        lines.append(Line(_("Where"), where))
    if event.view.town_only and (registration is None or registration.mode is Mode.ONSITE):
        lines.append(Line(_("Address"), _("on your page, from 24 hours before the start")))
    if registration is not None:
        lines += _lines_of(registration, event)
    if note := event.reader.text(event.view.access_note):
        lines.append(Line(_("Good to know"), note.text, lang=_foreign(note, event)))
    return tuple(lines)


def _lines_of(registration: Registration, event: Seen) -> list[Line]:
    lines = []
    if registration.status is Status.CONFIRMED and joins_online(event.view.mode, registration.mode):
        hidden = Aspect.ONLINE in event.view.hidden
        later = _("You find the link on your page from 24 hours before the start.")
        lines.append(Line(_("Online room"), later if hidden else join_url(registration)))
    if registration.party > 1:
        lines.append(Line(_("Seats"), ngettext("%(num)s person", "%(num)s people", registration.party)))
    lines.append(Line(_("Reference"), registration.code))
    return lines


def join_url(registration: Registration) -> str:
    """Return the address by which a registration joins online: ours, never the room's own."""
    return address("talks.join", token=join_token(registration.row_id))


def may_join_by_mail(registration: Registration, event: Seen) -> bool:
    """Tell whether a mail to this person may hold the way into the online room."""
    return (
        not event.discreet
        and registration.status is Status.CONFIRMED
        and Aspect.ONLINE not in event.view.hidden
        and joins_online(event.view.mode, registration.mode)
    )


def page_of(event: Seen) -> Link | None:
    """Return the event's public page, for those who may know that there is one."""
    return None if event.discreet else Link(_("The event's page"), address("site.event", key=event.record.key))


def greeting(name: str | None) -> str:
    """Return how a mail begins."""
    return str(_("Hello %(name)s,", name=name) if name else _("Hello,"))


def message(
    event: Seen,
    letter: Letter,
    *,
    key: str,
    kind: str,
    to: str,
    language: str,
    may_wait: bool = True,
    calendar: CalendarPart | None = None,
) -> NewMessage:
    """Return a letter about an event as a message to queue; `calendar` as calendar_part() makes it."""
    signed = replace(letter, signature=event.sender, contact=event.site.facts.email, why=letter.why or _why(event))
    text, html = write(signed)
    return NewMessage(
        key=key,
        kind=kind,
        to=to,
        language=language,
        subject=signed.subject,
        text=text,
        html=html,
        sender=event.sender,
        event_id=event.record.id,
        may_wait=may_wait,
        calendar=calendar.text if calendar else None,
        method=calendar.method if calendar else "",
        extra=Extra(
            mailbox=calendar.mailbox if calendar else "",
            code=letter.code.content if letter.code else "",
            unsubscribe=letter.unsubscribe,
        ),
    )


def _why(event: Seen) -> str:
    words: str = _(
        "You get this mail because this address was registered with %(organisation)s. "
        "Was it not you? Open your page and withdraw the registration.",
        organisation=event.sender,
    )
    return words


def _foreign(text: Picked, event: Seen) -> str | None:
    return text.lang if text.lang != event.reader.lang else None
