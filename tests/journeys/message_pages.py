"""The pages of mails to those who come, with the demo in them: what waits, what was sent, the three questions."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.reminding import Moment, Reminder
from cag_events.events.drafts import fields_of
from cag_events.events.models import Event, Room, Venue
from cag_events.events.services import edit_event
from cag_events.events.services.venues import RoomFields, VenueFields, save_venue
from cag_events.messages.models import Notice, ThanksSent
from cag_events.messages.services.coming import ask_all
from cag_events.messages.services.survey import answer_survey, survey_token
from cag_events.permissions import ANONYMOUS, SYSTEM, Role
from cag_events.registrations.models import Registration
from cag_events.registrations.services import NewRegistration, register
from tests.factories import make_event, make_venue
from tests.journeys.pages import Stop
from tests.journeys.stage import Stage

RULES = (
    Reminder(hours=24, note={"sv": "Ta med en kopp.", "en": "Bring a cup."}),
    Reminder(moment=Moment.AFTER, hours=2),
)


def message_stops(stage: Stage) -> list[Stop]:
    """What organizers see of mails that wait, and what those who were there are asked."""
    notice, (asked, answered, closed) = stage.ask(_moved), stage.ask(_thanked)
    of_event, of_venue = "/{lang}/organise/events/told-of/messages", "/{lang}/organise/venues/told-house/messages"
    stage.ask(_rehoused)
    return [
        Stop(of_event, Role.ADMIN),
        Stop(of_event, Role.EDITOR),
        Stop("/{lang}/organise/events/told-of/edit", Role.ADMIN),
        Stop(f"{of_event}", Role.ADMIN, form=f"form[action$='{notice}/drop']", typed={"reason": ""}, status=422),
        Stop(f"{of_event}/new", Role.ADMIN),
        Stop(f"{of_event}/new", Role.ADMIN, form="main form.form", typed={"subject-sv": "Hej"}, status=422),
        *(Stop(of_venue, who) for who in (Role.ADMIN, Role.EDITOR)),
        Stop(of_venue, Role.ADMIN, form="form[action$='/messages/drop']", typed={"reason": ""}, status=422),
        Stop("/{lang}/organise/venues/told-house", Role.ADMIN),
        Stop("/{lang}/organise/venues/abf-stockholm/messages", Role.ADMIN),
        Stop("/{lang}/organise/events/over-and-asked/messages", Role.ADMIN),
        Stop(f"/{{lang}}/thanks/{asked}"),
        Stop(f"/{{lang}}/thanks/{asked}", form="main form.form", status=422),
        Stop(f"/{{lang}}/thanks/{answered}"),
        Stop(f"/{{lang}}/thanks/{closed}"),
    ]


def _moved() -> str:
    """An event whose seats were asked about, that is then on another day; the random id of the notice."""
    event = make_event(
        key="told-of", title={"sv": "Kvällen", "en": "The evening"}, starts=_wall(6), registration_mode="open"
    )
    for number in range(3):
        new = NewRegistration(
            name=f"Person {number}", email=f"told{number}@example.org", language=("sv", "en", "sv")[number]
        )
        register(event.id, new, by=ANONYMOUS)
    ask_all(event.id, by=SYSTEM)
    row = db.session.get_one(Event, event.id, populate_existing=True)
    fields = replace(fields_of(row), reminders=RULES)
    day = timedelta(days=1)
    moved = tuple(
        replace(one, starts_wall=one.starts_wall + day, ends_wall=one.ends_wall + day) for one in fields.occurrences
    )
    edit_event(event.id, replace(fields, occurrences=moved), version=row.version, by=SYSTEM)
    ask_all(event.id, by=SYSTEM)
    return db.session.scalars(select(Notice.row_id).where(Notice.event_id == event.id)).one()


def _rehoused() -> None:
    """A venue that is another place now, with two events that people come to."""
    venue = make_venue(
        key="told-house", name={"sv": "Gamla huset", "en": "Old house"}, street="Provgatan 1", city="Umeå"
    )
    for number in range(2):
        event = make_event(key=f"housed-{number}", venue=venue, starts=_wall(6 + number), registration_mode="open")
        register(event.id, NewRegistration(name="Ada", email=f"housed{number}@example.org"), by=ANONYMOUS)
    row = db.session.get_one(Venue, venue.id, populate_existing=True)
    rooms = db.session.scalars(select(Room).where(Room.venue_id == venue.id))
    kept = {name: getattr(row, name) for name in VenueFields.__dataclass_fields__ if name != "rooms"}
    kept |= {"rooms": tuple(RoomFields(id=one.id, name=one.name, capacity=one.capacity) for one in rooms)}
    save_venue(venue.id, VenueFields(**(kept | {"street": "Provvägen 2", "city": "Luleå"})), by=SYSTEM)


def _thanked() -> list[str]:
    """Events that are over: links of somebody who has not answered, who has, and of one whose questions are closed."""
    tokens = []
    for key, days in (("over-and-asked", -2), ("over-and-closed", -40)):
        event = make_event(key=key, title={"sv": "Var", "en": "Was"}, starts=_wall(3), registration_mode="open")
        for number in range(2 if days == -2 else 1):
            new = NewRegistration(name="Ada", email=f"{key}{number}@example.org")
            registered = register(event.id, new, by=ANONYMOUS).registration_id
            with transaction():
                db.session.add(
                    ThanksSent(
                        registration_id=registered, hours=18, event_id=event.id, sent_at=clock.now(), has_survey=True
                    )
                )
            tokens.append(_token(registered))
        with transaction():
            row = db.session.get_one(Event, event.id, populate_existing=True)
            row.ends_at = clock.now() + timedelta(days=days)
    answer_survey(tokens[1], {"knowledge": "yes", "rating": "5"})
    return tokens


def _token(registration_id: int) -> str:
    row_id = db.session.scalars(select(Registration.row_id).where(Registration.id == registration_id)).one()
    return survey_token(row_id)


def _wall(days: int) -> str:
    return f"{clock.now() + timedelta(days=days):%Y-%m-%d}T18:00"
