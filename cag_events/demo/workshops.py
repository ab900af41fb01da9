"""What workshops of the demo have people in: those who apply, and those who say whether they still come."""

import datetime as dt
import random
from typing import Final

from sqlalchemy import delete, select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.coming import Answer
from cag_events.domain.errors import Refused
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.messages.services.coming import answer
from cag_events.outbox.models import Fact
from cag_events.permissions import ANONYMOUS, SYSTEM
from cag_events.registrations.models import Registration
from cag_events.registrations.services import Changed, NewRegistration, approve, change, register
from cag_events.workshops.services import do_timed

APPLIED: Final = "leda-svara-samtal"
ASKED: Final = "zine-verkstad"
APPLICANTS: Final = (
    ("Alma Provgren", "civil-society", True, "Jag leder ett språkkafé där det blir tyst när vi pratar om krig."),
    ("Otabek Testlund", "schools", False, "Mina elever i trean vill prata om allt, och jag vill hålla i det bättre."),
    ("Åsa Låtsasberg", "schools", True, "Vi har haft två möten med föräldrar som slutade i bråk."),
    ("Saida Sampler", "students", True, "Studentföreningen ordnar debatter. Jag vill att fler vågar säga något."),
    ("Jonatan Mallgård", "civil-society", False, "Jag har gått er kurs förut och vill öva mer."),
    ("Begimai Үлгүбаев", "students", True, "Jag ska leda en grupp i Osj i vår och har aldrig gjort det."),
    ("Elin Dummyson", "culture", True, "Biblioteket har samtalskvällar, och jag är ny som värd."),
    ("Göran Demoström", "schools", False, "Kollegiet är delat. Jag vill ha verktyg, inte fler åsikter."),
    ("Noor Fiktivqvist", "civil-society", True, "Vår förening har växt fort och vi talar förbi varandra."),
    ("Idun Exempelsson", "culture", False, "Vi visar en utställning om gränser och får starka reaktioner."),
    ("Азамат Примеров", "students", False, "Jag vill kunna avbryta utan att någon tappar ansiktet."),
    ("Cecilia Påhittar", "schools", True, "Jag är nyexaminerad lärare i samhällskunskap."),
)
ROLES = ("seldom", "soon", "seldom")  # replies to the workshop's own question


def fill(rng: random.Random) -> None:
    """Let people apply for one workshop, and ask those of another whether they still come; nobody gets a mail."""
    today = clock.now()
    _apply(rng, today)
    _answer(rng, today)
    db.session.execute(delete(Fact))


def _apply(rng: random.Random, today: dt.datetime) -> None:
    event_id = db.session.scalar(select(Event.id).where(Event.key == APPLIED))
    if event_id is None:
        return
    for number, (name, segment, first_time, words) in enumerate(APPLICANTS):
        with clock.fixed(today - dt.timedelta(days=8 - number // 2, hours=rng.randint(1, 12))):
            new = NewRegistration(
                name=name,
                email=f"applicant{number + 1:02}@example.org",
                segment=segment,
                first_time=first_time,
                answers={
                    "motivation": words,
                    "organisation": "Exempelföreningen",
                    "language": "sv",
                    "question_role": ROLES[number % len(ROLES)],
                },
            )
            try:
                made = register(event_id, new, by=ANONYMOUS)
                if number in {1, 4}:
                    approve(made.registration_id, by=SYSTEM)
                if number == 4:  # has taken over a group since, which decides: to be looked at again
                    answers = {**new.answers, "question_role": "often", "question_years": 2}
                    again = Changed(name=name, party=1, segment=segment, answers=answers, first_time=first_time)
                    with clock.fixed(clock.now() + dt.timedelta(hours=9)):
                        change(made.registration_id, again)
            except Refused:  # on days of the week on which registration has not opened or is over
                return


def _answer(rng: random.Random, today: dt.datetime) -> None:
    event_id = db.session.scalar(select(Event.id).where(Event.key == ASKED))
    with clock.fixed(today - dt.timedelta(hours=15)):
        do_timed(clock.now())
    seated = db.session.scalars(
        select(Registration.id)
        .where(Registration.event_id == event_id, Registration.status == Status.CONFIRMED)
        .order_by(Registration.id)
    ).all()
    with clock.fixed(today - dt.timedelta(hours=3)):
        for registration_id in seated:
            said = rng.random()
            if said < 0.55:
                answer(registration_id, Answer.YES)
            elif said > 0.9:
                answer(registration_id, Answer.NO)
