"""The pages of conferences, with the demo in them."""

from sqlalchemy import select

from cag_events.conferences.models import LetterWish
from cag_events.conferences.services import make_feed
from cag_events.db import db, transaction
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.permissions import Role
from cag_events.registrations.models import Registration
from cag_events.registrations.services.links import make_link
from tests.journeys.pages import Stop
from tests.journeys.stage import Stage

PUBLISH = "form:has(#note_sv)"
DAYS, FORUM = "centralasiendagarna", "ungt-forum-osj"


def conference_stops(stage: Stage) -> list[Stop]:
    """What visitors, those who come and the team see of a conference."""
    with stage.app.app_context():
        own = [_own_page(with_feed=True), _own_page(1)]
        code = db.session.scalars(
            select(Registration.code).join(LetterWish, LetterWish.registration_id == Registration.id)
        ).first()
    organise = "/{lang}/organise/events"
    pages = ("programme", "programme/river-game", "programme/river-game/print", "programme/doors", "letters", "edit")
    return [
        Stop(f"/{{lang}}/events/{DAYS}/changes"),
        Stop(f"/{{lang}}/events/{FORUM}"),
        *(Stop(f"{address}/programme") for address in own),
        *(Stop(address) for address in own),
        Stop(f"{own[0]}/programme", form="form:has([name=item])"),
        *(Stop(f"{organise}/{DAYS}/{page}", Role.ADMIN) for page in pages),
        Stop(f"{organise}/{DAYS}/programme", Role.EDITOR),
        Stop(f"{organise}/{FORUM}/programme", Role.ADMIN),
        Stop(
            f"{organise}/{FORUM}/programme",
            Role.ADMIN,
            form="form:has(#note_sv)",
            typed={"note_sv": "x" * 1001},
            status=422,
        ),
        Stop(f"{organise}/{FORUM}/letters", Role.ADMIN),
        Stop(f"{organise}/{DAYS}/letters/{code}", Role.ADMIN),
    ]


def _own_page(number: int = 0, *, with_feed: bool = False) -> str:
    """The address of one of those who come; the first have asked for a letter, and chosen what was moved."""
    query = select(Registration.id).join(Event, Event.id == Registration.event_id)
    seated = query.where(Event.key == DAYS, Registration.status == Status.CONFIRMED)
    registration_id = db.session.scalars(seated.order_by(Registration.id)).all()[number]
    if with_feed:
        make_feed(registration_id)
    with transaction():
        return f"/{{lang}}/registrations/{make_link(registration_id)}"
