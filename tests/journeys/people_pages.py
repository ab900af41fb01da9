"""The pages about groups, passing on, my data and invitations, with the demo in them."""

from sqlalchemy import select

from cag_events.db import db, transaction
from cag_events.domain.event import Safety
from cag_events.domain.inviting import Part, read_addressees
from cag_events.permissions import ANONYMOUS, SYSTEM, Role
from cag_events.registrations import services
from cag_events.registrations.models import Delegate, Registration
from cag_events.registrations.queries import list_invited
from cag_events.registrations.services import NewRegistration
from cag_events.registrations.services.groups import Told, name_members
from cag_events.registrations.services.invitations import Sending, make_further_link, send
from cag_events.registrations.services.passing import make_successor_link, pass_on
from tests.factories import make_event
from tests.journeys.pages import Stop
from tests.journeys.stage import Stage


def people_stops(stage: Stage) -> list[Stop]:
    """What somebody with a party, a giver, a taker, an invited person and the organizer see."""
    group, giver, taker, alias, declined, code = stage.ask(_make)
    organise = "/{lang}/organise/events/people-one"
    guarded = "/{lang}/organise/events/people-guarded"
    decline = "form:has([name=action][value=decline])"
    invite, one = f"{organise}/registrations/invite", f"{organise}/registrations/invitations"
    return [
        *(Stop(f"{group}{page}") for page in ("", "/people", "/people?people=2", "/people?people=1", "/not-coming")),
        *(Stop(f"{group}{page}") for page in ("/pass-on", "/data", "/erase")),
        Stop(f"{group}/pass-on", form="main form", status=422),
        Stop(f"{group}/people", form="#helper form", status=422),
        Stop(f"{group}/people?people=2", form="#fewer form", typed={"people": "1"}, status=422),
        Stop(giver),
        Stop(f"{giver}/pass-on"),
        Stop(f"{alias}/slip"),
        Stop(f"{alias}/data"),
        Stop(taker),
        Stop(taker, form=".register-form", typed={"name": ""}, status=422),
        Stop(taker, form=decline),
        Stop(declined, form=decline),
        Stop(invite, Role.ADMIN),
        Stop(invite, Role.ADMIN, form="main form.form", typed={"lines": "Anna <anna@>"}, status=422),
        Stop(one, Role.ADMIN),
        Stop(one, Role.ADMIN, form="form:has([value=hand])"),
        Stop(f"{guarded}/registrations/invitations", Role.ADMIN),
        Stop(f"{guarded}/registrations/{code}", Role.ADMIN),
    ]


def _make() -> tuple[str, str, str, str, str, str]:
    if db.session.scalar(select(Delegate.id)) is not None:
        raise AssertionError("made once for each stage")
    event = make_event(key="people-one", capacity=30, group_max=9, ask=["needs", "alias"])
    guarded = make_event(key="people-guarded", capacity=9, group_max=5, safety=Safety.GUARDED, ask=["id_name"])
    group = _register(event.id, "Gruppen", "gruppen@example.org", 4)
    name_members(group, {2: Told("Aida Exempel", "rullstol"), 3: Told("Bek Exempel"), 4: Told("Cholpon Exempel")})
    giver = _register(event.id, "Givaren", "givaren@example.org", 1)
    pass_on(giver, "Vera Exempel", "vera@example.org")
    asking = _register(guarded.id, "Frågaren", "fragaren@example.org", 2)
    name_members(asking, {2: Told("Dilnoza Exempel")})
    pass_on(asking, "Vera Exempel", "vera@example.org")
    alias = services.register(event.id, NewRegistration(name="Ripa", email=None), by=ANONYMOUS)
    lines = "Kansliet\nKulturförvaltningen <kultur@example.org>\nAnna Exempel <anna@example.org>"
    send(event.id, Sending(addressees=read_addressees(lines), note="Välkomna!", plus=2), by=SYSTEM)
    with transaction():
        successor = db.session.scalars(
            select(Delegate.id).where(Delegate.registration_id == giver, Delegate.part == Part.SUCCESSOR)
        ).one()
        taker = make_successor_link(successor)
        links = [services.make_link(one) for one in (group, giver)]
        declined = make_further_link(list_invited(event.id)[-1].id)
    return (
        f"/{{lang}}/registrations/{links[0]}",
        f"/{{lang}}/registrations/{links[1]}",
        f"/{{lang}}/taking-over/{taker}",
        f"/{{lang}}/registrations/{alias.token}",
        f"/{{lang}}/invitations/{declined}",
        db.session.get_one(Registration, asking).code,
    )


def _register(event_id: int, name: str, email: str, party: int) -> int:
    answers = {"id_name": name}
    new = NewRegistration(name=name, email=email, party=party, answers=answers)
    return services.register(event_id, new, by=ANONYMOUS).registration_id
