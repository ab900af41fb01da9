"""The pages of hearings, with the demo in them: what to open, and what to send to see it."""

from sqlalchemy import select

from cag_events.db import db
from cag_events.domain.disclosure import STRANGER
from cag_events.domain.hearing import Level, Slot
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.events.services import make_pass
from cag_events.hearings import services
from cag_events.hearings.models import SpeakingSlot
from cag_events.hearings.queries import list_commitments, list_slots, list_submissions
from cag_events.hearings.services import NewSubmission, Wish
from cag_events.permissions import SYSTEM, Role
from cag_events.registrations.models import Registration
from tests.hearings.given import link
from tests.journeys.pages import Stop
from tests.journeys.stage import Stage

COMING, OVER = "hearing-civilsamhalle", "hearing-forskning"


def hearing_stops(stage: Stage) -> list[Stop]:
    """What visitors, helpers by their links and organizers see."""
    seen = stage.ask(_prepare)
    organise, form = f"/{{lang}}/organise/events/{COMING}", "main form.form"
    over = f"/{{lang}}/organise/events/{OVER}"
    submit, own = f"/{{lang}}/events/{COMING}/submit", f"/{{lang}}/registrations/{seen['speaker']}"
    return [
        Stop(f"/{{lang}}/events/{COMING}"),
        Stop(f"/{{lang}}/events/{OVER}"),
        Stop(f"/{{lang}}/events/{OVER}/record"),
        Stop(submit),
        Stop(submit, form=form, typed={"text": ""}, status=422),
        Stop(f"/{{lang}}/submissions/{seen['submission']}"),
        Stop(f"/{{lang}}/submissions/{seen['submission']}?new=1"),
        Stop("/{lang}/submissions/withdrawn"),
        Stop(own),
        Stop(f"{own}/speak"),
        Stop(f"{own}/speak", form=form, typed={"topic": ""}, status=422),
        Stop(f"/{{lang}}/registrations/{seen['visitor']}/submit"),
        Stop(f"/{{lang}}/registrations/{seen['visitor']}/submit", form=form, typed={"text": ""}, status=422),
        Stop(f"/{{lang}}/registrations/{seen['past']}/record"),
        Stop(f"/{{lang}}/chair/{seen['chair']}"),
        Stop(f"/{{lang}}/panel/{seen['panel']}"),
        Stop(f"{organise}/speakers", Role.ADMIN),
        Stop(f"{organise}/submissions", Role.ADMIN),
        Stop(f"{organise}/submissions/{seen['new']}", Role.ADMIN),
        Stop(f"{organise}/submissions/{seen['withheld']}", Role.ADMIN),
        Stop(f"{over}/record", Role.ADMIN),
        Stop(f"{over}/record", Role.ADMIN, form=form, typed={"minutes": "x"}, status=422),
        Stop(f"{over}/record/publish", Role.ADMIN),
        Stop(f"{over}/commitments", Role.ADMIN),
        Stop(f"{over}/commitments/new", Role.ADMIN),
        Stop(f"{over}/commitments/new", Role.ADMIN, form=form, typed={"evidence_url": "x"}, status=422),
        Stop(f"{over}/commitments/{seen['commitment']}", Role.ADMIN),
        Stop("/{lang}/organise/commitments", Role.ADMIN),
        Stop("/{lang}/organise/commitments?show=broken", Role.ADMIN),
        Stop(f"/{{lang}}/organise/events/{COMING}/edit", Role.ADMIN),
    ]


def _prepare() -> dict[str, str]:
    """One of each, and the chair in the middle of the list."""
    coming, over = (db.session.scalars(select(Event.id).where(Event.key == key)).one() for key in (COMING, OVER))
    speaker = list_slots(coming, Slot.ASKED)[0]
    services.ask(speaker.registration_id, Wish(called="Linnea", topic="Visum", consents=True))
    order = list_slots(coming, Slot.APPROVED)
    for row_id, actions in ((order[0].row_id, ("call", "start", "stop")), (order[1].row_id, ("call", "start"))):
        for action in actions:
            services.chair(coming, row_id, action)
    new = NewSubmission(text="En text", level=Level.PUBLIC, name="Alias", language="sv", page_language="sv")
    sent = {row.chosen: row.row_id for row in list_submissions(coming)}
    return {
        "submission": services.submit(coming, new, viewer=STRANGER),
        "speaker": link(speaker.registration_id),
        "visitor": link(_seated(coming, speaker.registration_id)),
        "past": link(_seated(over, 0)),
        "chair": make_pass(coming, "chair", "a phone", by=SYSTEM),
        "panel": make_pass(coming, "panel", "the panel", by=SYSTEM),
        "new": sent[Level.PUBLIC],
        "withheld": sent[Level.WITHHELD],
        "commitment": list_commitments(over)[0].row_id,
    }


def _seated(event_id: int, other_than: int) -> int:
    query = select(Registration.id).where(
        Registration.event_id == event_id, Registration.status == Status.CONFIRMED, Registration.id != other_than
    )
    speaking = select(SpeakingSlot.registration_id)
    return db.session.scalars(query.where(Registration.id.not_in(speaking)).order_by(Registration.id)).first() or 0
