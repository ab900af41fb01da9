"""The pages of mails to those who come, with the demo in them: what waits, what was sent, the three questions."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.reminding import Moment, Reminder
from cag_events.events.drafts import fields_of
from cag_events.events.models import Event
from cag_events.events.services import edit_event
from cag_events.messages.models import Notice, ThanksSent
from cag_events.messages.services.coming import ask_all
from cag_events.messages.services.survey import answer_survey, survey_token
from cag_events.permissions import ANONYMOUS, SYSTEM, Role
from cag_events.registrations.models import Registration
from cag_events.registrations.services import NewRegistration, register
from tests.factories import make_event
from tests.journeys.pages import Stop
from tests.journeys.stage import Stage

RULES = (
    Reminder(hours=24, note={"sv": "Ta med en kopp.", "en": "Bring a cup."}),
    Reminder(moment=Moment.AFTER, hours=2),
)


def message_stops(stage: Stage) -> list[Stop]:
    """What organizers see of mails that wait, and what those who were there are asked."""
    notice, (asked, answered, closed) = stage.ask(_moved), stage.ask(_thanked)
    of_event = "/{lang}/organise/events/told-of/messages"
    return [
        Stop(of_event, Role.ADMIN),
        Stop(of_event, Role.EDITOR),
        Stop("/{lang}/organise/events/told-of/edit", Role.ADMIN),
        Stop(f"{of_event}", Role.ADMIN, form=f"form[action$='{notice}/drop']", typed={"reason": ""}, status=422),
        Stop(f"{of_event}/new", Role.ADMIN),
        Stop(f"{of_event}/new", Role.ADMIN, form="main form.form", typed={"subject-sv": "Hej"}, status=422),
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
