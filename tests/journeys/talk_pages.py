"""The pages of lectures, webinars and screenings, with the demo in them: what to open, and what to send to see it."""

from datetime import timedelta

from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain import when
from cag_events.domain.event import Mode
from cag_events.events.models import Event
from cag_events.events.services import make_pass
from cag_events.permissions import ANONYMOUS, SYSTEM, Role
from cag_events.registrations.codes import join_token
from cag_events.registrations.models import Registration
from cag_events.registrations.services import NewRegistration, register
from tests.factories import make_event
from tests.journeys.pages import Stop
from tests.journeys.stage import Stage

LECTURE, WEBINAR, SCREENING, RECORDED = "rummet-krymper", "mr-dagen-webb", "film-panora", "lararwebb"
HINT = {
    "webinar": {
        "names": "alias",
        "chat": "moderated",
        "questions": True,
        "note": {"en": "Be kind.", "sv": "Var snäll."},
    }
}


def talk_stops(stage: Stage) -> list[Stop]:
    """What the public, helpers by their links and organizers see."""
    own, join = stage.ask(_participant)
    heads, moderator = stage.ask(lambda: _pass("open-now", "heads")), stage.ask(lambda: _pass(WEBINAR, "moderator"))
    organise, form = "/{lang}/organise/events", "main form.form"
    question = f"/{{lang}}/events/{WEBINAR}/question"
    terms = "/{lang}/organise/cultural-programmes/terms"
    return [
        Stop(f"/{{lang}}/join/{join}"),
        Stop(question),
        Stop(question, form=form, typed={"text": ""}, status=422),
        Stop(question, form=form, typed={"text": "Hur?"}),
        Stop(f"/{{lang}}/registrations/{own}"),
        Stop(f"/{{lang}}/registrations/{own}/question"),
        Stop(f"/{{lang}}/heads/{heads}"),
        Stop(f"/{{lang}}/heads/{heads}", form=".counter__row form", typed={"change": "1"}),
        Stop(f"/{{lang}}/moderator/{moderator}"),
        Stop(f"/{{lang}}/events/{LECTURE}"),
        Stop("/{lang}/events/torkans-ar"),
        Stop(f"{organise}/{WEBINAR}/questions", Role.ADMIN),
        Stop(f"{organise}/{WEBINAR}/questions/print", Role.ADMIN),
        Stop(f"{organise}/{WEBINAR}/room", Role.ADMIN),
        Stop(f"{organise}/{WEBINAR}/room", Role.ADMIN, form=form, typed={"number": "9" * 201}, status=422),
        Stop(f"{organise}/{SCREENING}/heads", Role.ADMIN),
        Stop(f"{organise}/{SCREENING}/heads", Role.ADMIN, form=".heads__form", typed={"people-": "-1"}, status=422),
        Stop(f"{organise}/{SCREENING}/licence", Role.ADMIN),
        Stop(f"{organise}/{SCREENING}/licence", Role.ADMIN, form=form, typed={"reported_on": ""}, status=422),
        Stop(f"{organise}/{SCREENING}/licence/print", Role.ADMIN),
        Stop(f"{organise}/{RECORDED}/recording", Role.ADMIN),
        Stop(f"{organise}/{RECORDED}/recording", Role.ADMIN, form="#progress form", typed={"link": "x"}, status=422),
        Stop(f"{organise}/{LECTURE}/cultural-programme", Role.ADMIN),
        Stop(f"{organise}/{LECTURE}/cultural-programme/print", Role.ADMIN),
        Stop("/{lang}/organise/cultural-programmes", Role.ADMIN),
        Stop("/{lang}/organise/cultural-programmes/print", Role.ADMIN),
        Stop(terms, Role.ADMIN),
        Stop(terms, Role.ADMIN, form="#enter form", typed={"minutes": ""}, status=422),
    ]


def _pass(key: str, purpose: str) -> str:
    event_id = db.session.scalars(select(Event.id).where(Event.key == key)).one()
    return make_pass(event_id, purpose, "a phone", by=SYSTEM)


def _participant() -> tuple[str, str]:
    """Links of somebody with a seat at a webinar whose room is open now: to their page, and into the room."""
    starts = when.wall_of(clock.now() + timedelta(minutes=30), "Europe/Stockholm").replace(second=0, microsecond=0)
    event = make_event(
        key="open-now", kind="webinar", mode="hybrid", starts=starts, ask=["alias"], closes_hours=0, details=HINT
    )
    with transaction():
        db.session.get_one(Event, event.id).online_url = "https://meet.example.org/open-now"
        db.session.flush()
    new = NewRegistration(name="Ripa", email=None, mode=Mode.ONLINE)
    made = register(event.id, new, by=ANONYMOUS)
    return str(made.token), join_token(db.session.get_one(Registration, made.registration_id).row_id)
