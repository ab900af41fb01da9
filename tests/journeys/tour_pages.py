"""The pages of exhibitions and their tours, with the demo in them: what to open, and what to send to see it."""

from sqlalchemy import select

from cag_events.db import db
from cag_events.events.models import Event
from cag_events.events.services import make_pass
from cag_events.exhibitions.models import TourStop
from cag_events.permissions import SYSTEM, Role
from tests.journeys.pages import Stop
from tests.journeys.stage import Stage

OPEN, PRODUCTION = "mellan-sjo-och-oken-umea", "mellan-sjo-och-oken"


def tour_stops(stage: Stage) -> list[Stop]:
    """What helpers and the team see of tours."""
    counter, rows = stage.ask(_counter), stage.ask(_rows)
    organise, productions = "/{lang}/organise", "/{lang}/organise/productions"
    here, there = f"{organise}/stops/{rows['umea']}", f"{organise}/stops/{rows['uppsala']}"
    almaty = f"{organise}/stops/{rows['almaty']}"
    new = "main form.form"
    return [
        Stop(f"/{{lang}}/events/{OPEN}"),
        Stop(f"/{{lang}}/counter/{counter}"),
        Stop(productions, Role.ADMIN),
        Stop(f"{productions}/{PRODUCTION}", Role.ADMIN),
        Stop(f"{productions}/{PRODUCTION}/edit", Role.ADMIN),
        Stop(f"{productions}/new", Role.ADMIN, form=new, status=422),
        Stop(f"{productions}/{PRODUCTION}/stops/new", Role.ADMIN, form=new, status=422),
        Stop(here, Role.ADMIN),
        Stop(here, Role.ADMIN, form="#note-form", typed={"text": ""}, status=422),
        Stop(f"{here}/edit", Role.ADMIN),
        Stop(f"{here}/host-pack", Role.ADMIN),
        Stop(f"{almaty}/move?opens_on=2027-02-22&step=7", Role.ADMIN),
        Stop(f"{there}/move", Role.ADMIN),
        Stop(f"{here}/move", Role.ADMIN, form="#ask", typed={"opens_on": "2026-12-07"}),
        Stop(f"{organise}/events/{OPEN}/visitors", Role.ADMIN),
        Stop(
            f"{organise}/events/{OPEN}/visitors",
            Role.ADMIN,
            form="form[action$=visitors]",
            typed={"day": "2030-01-01"},
            status=422,
        ),
        Stop(f"{organise}/venues/umea-vaven/hours", Role.ADMIN),
        Stop(
            f"{organise}/venues/umea-vaven/hours",
            Role.ADMIN,
            form=new,
            typed={"p-opening-0-end": "07:00"},
            status=422,
        ),
    ]


def _counter() -> str:
    event_id = db.session.scalars(select(Event.id).where(Event.key == OPEN)).one()
    return make_pass(event_id, "counter", "phone in the foyer", by=SYSTEM)


def _rows() -> dict[str, str]:
    return {row.key: row.row_id for row in db.session.execute(select(TourStop.key, TourStop.row_id))}
