"""The pages of held seats and of the queue: what visitors, who waits, who is offered a seat and organizers see."""

from cag_events.db import db, transaction
from cag_events.permissions import ANONYMOUS, SYSTEM, Role
from cag_events.registrations import services
from cag_events.registrations.models import Registration
from cag_events.registrations.services import NewRegistration
from tests.factories import make_event, make_segment
from tests.journeys.pages import FULL, Stop
from tests.journeys.stage import Stage

POOLS = [
    {"segment": "pages-students", "seats": 2, "online": False, "release_hours": 24, "proof": "code"},
    {"segment": "pages-schools", "seats": 1, "online": False, "release_hours": None, "proof": "list"},
    {
        "segment": "pages-members",
        "seats": 1,
        "online": False,
        "release_hours": 48,
        "proof": "domain",
        "domains": ["example.org"],
    },
]


def seat_stops(stage: Stage) -> list[Stop]:
    """What visitors, somebody who is offered a seat, somebody who waits and organizers see."""
    offered, waiting, code = stage.ask(_make)
    events = "/{lang}/organise/events"
    queue, held = f"{events}/seats-offered/queue", f"{events}/seats-held/held-seats"
    form = ".register-form"
    return [
        Stop("/{lang}/events/seats-held"),
        Stop("/{lang}/events/seats-offered"),
        Stop("/{lang}/events/seats-held", form=form, typed={"email": "nora"}, status=422),
        Stop(offered),
        Stop(waiting),
        Stop(f"{events}/{FULL}/queue", Role.ADMIN),
        Stop(queue, Role.ADMIN),
        Stop(queue, Role.ADMIN, form=f"form[action$='/queue/{code}']", typed={"reason": ""}, status=422),
        Stop(f"{events}/{FULL}/held-seats", Role.ADMIN),
        Stop(held, Role.ADMIN),
        Stop(
            held, Role.ADMIN, form="main form:has([name$=label])", typed={"pages-students-code-label": ""}, status=422
        ),
        Stop(
            held,
            Role.ADMIN,
            form="main form:has([name$=addresses])",
            typed={"pages-schools-list-addresses": "nora@"},
            status=422,
        ),
        Stop(f"{events}/seats-held/edit", Role.ADMIN),
        Stop(f"{events}/seats-offered/registrations", Role.ADMIN),
    ]


def _make() -> tuple[str, str, str]:
    """Held seats with each proof, and an event that offers the one seat it has: the offered, the waiting, its code."""
    for pool in POOLS:
        make_segment(str(pool["segment"]))
    held = make_event(key="seats-held", capacity=9, ask=["segment"], pools=POOLS)
    services.add_code(held.id, "pages-students", "kanal-2026", label="Klass 3", most_uses=5, by=SYSTEM)
    event = make_event(key="seats-offered", capacity=1, queue={"filling": "offer", "hours": 24, "lapse": "end"})
    ids = [
        services.register(
            event.id, NewRegistration(name=name, email=f"{name.lower()}@example.org"), by=ANONYMOUS
        ).registration_id
        for name in ("Anna", "Bengt", "Cecilia")
    ]
    services.withdraw(ids[0])
    with transaction():
        links = [services.make_link(one) for one in ids[1:]]
        code = db.session.get_one(Registration, ids[2]).code
    return f"/{{lang}}/registrations/{links[0]}", f"/{{lang}}/registrations/{links[1]}", code
