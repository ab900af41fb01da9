"""The demo's hearings: who wants to speak, what was written in, who spoke and was named. Everything is invented."""

import datetime as dt
import random
from typing import Final

from sqlalchemy import delete, select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.disclosure import STRANGER
from cag_events.domain.event import EventRecord
from cag_events.domain.hearing import Level, Slot
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.hearings import services
from cag_events.hearings.queries import list_slots, list_submissions
from cag_events.hearings.services import NewSubmission, Wish
from cag_events.outbox.models import Fact
from cag_events.permissions import SYSTEM
from cag_events.registrations.models import Registration

COMING: Final = "hearing-civilsamhalle"
OVER: Final = "hearing-forskning"
MINUTE: Final = dt.timedelta(minutes=1)
DAY: Final = dt.timedelta(days=1)

WISHES: Final = (
    Wish(
        called="Linnea från Jourlinjen", topic="Visum när den hotade är mor", organisation="Jourlinjen", language="sv"
    ),
    Wish(called="Нурай", topic="Давление на родственников", language="ru", needs_interpreting=True, proxy="Tolken"),
    Wish(called="Ove Attrapp", topic="Vad kommunen kan göra med en anmälan om hot", language="sv", consents=True),
    Wish(called="Ripa", topic="Spyware in a feminist office", language="en", consents=False),
    Wish(
        called="Studentkåren", topic="Stipendier som skydd", organisation="En studentkår", language="sv", consents=True
    ),
)
WRITTEN: Final = (
    NewSubmission(
        text="Vår organisation har sett elva fall på två år där hotet kom till en släkting hemma efter ett möte här. "
        "Ingen anmälan ledde till en utredning.\n\nVi föreslår en kontaktperson hos polisen som kan språken.",
        level=Level.PUBLIC,
        name="Vera Platshållare",
        organisation="Nätverket Trygg röst",
        language="sv",
        page_language="sv",
    ),
    NewSubmission(
        text="I was asked three times at the border who paid for my ticket. The invitation letter named the event. "
        "Please write letters that do not.",
        level=Level.ANONYMOUS,
        name="",
        language="en",
        page_language="en",
    ),
    NewSubmission(
        text="Panelen bör veta att två av vittnena redan har fått frågor om sin medverkan.",
        level=Level.PANEL,
        name="Sten Provnamn",
        language="sv",
        page_language="sv",
    ),
    NewSubmission(
        text="Это письмо – только для хранителя протокола: имена и даты, если они понадобятся позже.",
        level=Level.WITHHELD,
        name="Алия",
        language="ru",
        page_language="sv",
    ),
)
AFTERWARDS: Final = (
    NewSubmission(
        text="Jag betalade avgiften två gånger eftersom kvittot inte gick att läsa in. Ta bort den för länder "
        "där ett kort inte går att få.",
        level=Level.PUBLIC,
        name="Iben Exempel",
        organisation="",
        language="sv",
        page_language="sv",
    ),
    NewSubmission(
        text="My supervisor at home asked me to leave his name out. I have. Somebody should say that this happens.",
        level=Level.ANONYMOUS,
        name="A.",
        language="en",
        page_language="en",
    ),
)


def fill(rng: random.Random) -> None:
    """Make it, by the services that people use, at times at which they would have; no mail goes out."""
    _coming(_record(COMING), rng)
    _over(_record(OVER), rng)
    db.session.execute(delete(Fact).where(Fact.name.startswith("speaking.") | Fact.name.startswith("submission.")))


def _record(key: str) -> EventRecord:
    return get_record(db.session.scalars(select(Event.id).where(Event.key == key)).one())


def _seated(record: EventRecord, rng: random.Random, number: int) -> list[int]:
    query = select(Registration.id).where(
        Registration.event_id == record.id,
        Registration.status == Status.CONFIRMED,
        Registration.name_sealed.is_not(None),
    )
    found = list(db.session.scalars(query.order_by(Registration.id)))
    return rng.sample(found, min(number, len(found)))


def _coming(record: EventRecord, rng: random.Random) -> None:
    """Five want to speak: three may, one waits for an answer, one was told no; four have written."""
    now = clock.now()
    for number, (registration, wish) in enumerate(zip(_seated(record, rng, len(WISHES)), WISHES)):
        with clock.fixed(now - (6 - number) * DAY):
            services.ask(registration, wish)
    rows = [row.row_id for row in list_slots(record.id)]
    for row_id, approve in zip(rows[:4], (True, True, False, True)):
        services.decide(record.id, row_id, approve=approve, by=SYSTEM)
    for number, new in enumerate(WRITTEN):
        with clock.fixed(now - (5 - number) * DAY):
            services.submit(record.id, new, viewer=STRANGER)
    for written in list_submissions(record.id):
        if written.chosen in {Level.PANEL, Level.ANONYMOUS}:
            services.clear_submission(record.id, written.row_id, by=SYSTEM)


def _over(record: EventRecord, rng: random.Random) -> None:
    """Three spoke, one of them agreed to be named; two wrote, one without a name."""
    assert record.starts_at is not None
    with clock.fixed(record.starts_at - 3 * DAY):
        for registration, wish in zip(_seated(record, rng, 3), WISHES[2:]):
            services.ask(registration, wish)
        for row in list_slots(record.id, Slot.ASKED):
            services.decide(record.id, row.row_id, approve=True, by=SYSTEM)
    at = record.starts_at + 80 * MINUTE
    for row_id in [row.row_id for row in list_slots(record.id, Slot.APPROVED)]:
        for action, minutes in (("call", 0), ("start", 1), ("stop", 4)):
            with clock.fixed(at + minutes * MINUTE):
                services.chair(record.id, row_id, action)
        at += 5 * MINUTE
    for number, new in enumerate(AFTERWARDS, start=1):
        with clock.fixed(record.starts_at + number * DAY):
            services.submit(record.id, new, viewer=STRANGER)
            for written in list_submissions(record.id):
                services.clear_submission(record.id, written.row_id, by=SYSTEM)
    with clock.fixed(record.starts_at + 11 * DAY):
        services.publish_record(record.id, by=SYSTEM)
