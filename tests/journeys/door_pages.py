"""The pages of the door, with the demo in them: what to open, and what to send to see it."""

from sqlalchemy import select

from cag_events.accounts.models import Account
from cag_events.db import db
from cag_events.door import services
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.permissions import SYSTEM, Role
from tests.journeys.pages import EVENT, Stop
from tests.journeys.stage import Stage


def door_stops(stage: Stage) -> list[Stop]:
    """What helpers by their links, check-in accounts and organizers see."""
    token = stage.ask(lambda: door_token(EVENT, "Foajén"))
    other = stage.ask(lambda: door_token("floden-goteborg", "Entrén"))
    door, form = f"/{{lang}}/organise/events/{EVENT}/door", "form:has([name=occurrence])"
    return [
        Stop(f"/door/{token}?lang={{lang}}"),
        Stop(f"/door/{token}?lang={{lang}}&q=ann"),
        Stop(f"/door/{token}?lang={{lang}}", form="[data-walk=''] form:last-of-type", typed={"people": "1"}),
        Stop(f"/door/{other}?lang={{lang}}"),
        Stop(door, Role.ADMIN),
        Stop(door, Role.ADMIN, form=form, typed={"name": ""}, status=422),
        Stop(door, Role.ADMIN, form=form, typed={"name": "Baren"}),
        Stop(f"{door}/paper", Role.ADMIN),
        Stop(f"{door}/type-in", Role.ADMIN),
        Stop(f"{door}/type-in", Role.ADMIN, form="#by-list", typed={"codes": "zzzzz1"}, status=422),
        Stop("/{lang}/me/doors", Role.CHECKIN),
        Stop("/{lang}/me/doors", Role.MEMBER, status=403),
    ]


def door_token(key: str, name: str) -> str:
    """Give a phone a link to an event's first date, which every check-in account may open too; returns its token."""
    event_id = db.session.scalars(select(Event.id).where(Event.key == key)).one()
    helpers = frozenset(db.session.scalars(select(Account.id).where(Account.role == Role.CHECKIN)))
    services.assign(event_id, helpers, by=SYSTEM)
    return services.make_link(event_id, get_record(event_id).occurrences[0].id, name, by=SYSTEM)
