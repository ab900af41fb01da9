"""The pages of tickets, of answers from calendars and of the end of news, for the walk over all pages."""

import secrets

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.event import Safety
from cag_events.permissions import ANONYMOUS, Role
from cag_events.registrations import services
from cag_events.registrations.models import Registration
from cag_events.registrations.services import NewRegistration
from cag_events.registrations.services.consents import news_token
from cag_events.replies.models import CalendarReply, Outcome
from tests.factories import make_event
from tests.journeys.pages import Stop
from tests.journeys.stage import Stage

SAID = (
    ("DECLINED", Outcome.HUMAN, "stranger"),
    ("DELEGATED", Outcome.HUMAN, "delegated"),
    ("TENTATIVE", Outcome.KEPT, ""),
    ("DECLINED", Outcome.FREED, ""),
)


def reply_stops(stage: Stage) -> list[Stop]:
    """What somebody with a ticket, a reader of news and the organizer see."""
    own, guarded, news = stage.ask(_make)
    answers = "/{lang}/organise/events/replies-one/answers"
    return [
        Stop(own),
        Stop(f"{own}/ticket"),
        Stop(f"{guarded}/ticket"),
        Stop(news),
        Stop(news, form="main form"),
        Stop(answers, Role.ADMIN),
        Stop("/{lang}/organise/events/replies-guarded/answers", Role.ADMIN),
    ]


def _make() -> tuple[str, str, str]:
    """Two people with tickets, of whom one agreed to news and has a calendar that answers."""
    event = make_event(key="replies-one", guests=3)
    guarded = make_event(key="replies-guarded", safety=Safety.GUARDED)
    new = NewRegistration(name="Ester Ek", email="ester@example.org", language="sv", party=3, consent_contact=True)
    uid = event.uid
    one = services.register(event.id, new, by=ANONYMOUS).registration_id
    other = services.register(
        guarded.id, NewRegistration(name="Ripa", email="ripa@example.org", language="sv"), by=ANONYMOUS
    ).registration_id
    with transaction():
        for partstat, outcome, reason in SAID:
            db.session.add(
                CalendarReply(
                    message_key=secrets.token_bytes(32),
                    registration_id=one,
                    uid=uid,
                    method="REPLY",
                    sequence=1,
                    dtstamp=clock.now(),
                    partstat=partstat,
                    outcome=outcome,
                    reason=reason,
                    received_at=clock.now(),
                )
            )
        tokens = [services.make_link(id_) for id_ in (one, other)]
    row_id = db.session.get_one(Registration, one).row_id
    mine, hidden = (f"/{{lang}}/registrations/{token}" for token in tokens)
    return mine, hidden, f"/{{lang}}/unsubscribe/{news_token(row_id)}"
