"""The pages of study circles, with the demo in them: what to open, and what to send to see it."""

from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.events.services import make_pass
from cag_events.permissions import SYSTEM, Role
from cag_events.registrations.models import Registration
from cag_events.registrations.services import make_link
from cag_events.studies.queries import sheet_of
from tests.journeys.pages import Stop
from tests.journeys.stage import Stage

RUNNING, OVER = "cirkel-konflikt", "lascirkel-host"


def study_stops(stage: Stage) -> list[Stop]:
    """What leaders, participants and organizers of a circle see."""
    leader, mine = stage.ask(_leader), stage.ask(_participant)
    event, over = f"/{{lang}}/organise/events/{RUNNING}", f"/{{lang}}/organise/events/{OVER}"
    terms = "/{lang}/organise/settings/funding-terms"
    take = "form.take__form"
    return [
        Stop(f"/{{lang}}/leader/{leader}"),
        Stop(f"/{{lang}}/leader/{leader}?meeting=5"),
        Stop(f"/{{lang}}/leader/{leader}?meeting=1", form=take, typed={"guests": "5000"}, status=422),
        Stop(f"/{{lang}}/leader/{leader}?meeting=1", form=take, typed={"guests": "1"}),
        Stop(f"/{{lang}}/events/{OVER}"),
        Stop(f"/{{lang}}/registrations/{mine}"),
        Stop(f"/{{lang}}/registrations/{mine}/certificate"),
        Stop(f"{event}/study", Role.ADMIN),
        Stop(f"{over}/study", Role.ADMIN),
        Stop(f"{event}/study/attendance?meeting=3", Role.ADMIN),
        Stop(f"{event}/study/attendance", Role.ADMIN, form=take, typed={"minutes": "-1"}, status=422),
        Stop(f"{over}/study/list", Role.ADMIN),
        Stop(f"{over}/study/certificates", Role.ADMIN),
        Stop(f"{event}/study/certificates", Role.ADMIN),
        Stop(f"{event}/readings", Role.ADMIN),
        Stop(f"{event}/readings", Role.ADMIN, form="form[enctype]", status=422),
        Stop(terms, Role.ADMIN),
        Stop(f"{terms}/abf-2026", Role.ADMIN),
        Stop(f"{terms}/new", Role.ADMIN, form="main form.form", typed={"valid_from": ""}, status=422),
    ]


def _event(key: str) -> int:
    return db.session.scalars(select(Event.id).where(Event.key == key)).one()


def _leader() -> str:
    return make_pass(_event(RUNNING), "leader", "the leader's phone", by=SYSTEM)


def _participant() -> str:
    """The link of somebody who has come to enough."""
    sheet = sheet_of(get_record(_event(OVER)), clock.now())
    counted = [party.registration_id for party in sheet.parties if party.is_counted and party.is_coming]
    query = select(Registration.id).where(Registration.id.in_(counted), Registration.status == Status.CONFIRMED)
    registration_id = db.session.scalars(query.order_by(Registration.id)).first()
    assert registration_id is not None
    with transaction():
        return make_link(registration_id)
