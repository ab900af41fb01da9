"""How an event's own questions have been answered: counts, for which the answers are opened."""

from collections import Counter
from typing import Any

import msgspec
from sqlalchemy import select

from cag_events.db import db
from cag_events.domain.questions import PREFIX, Used
from cag_events.registrations.models import Registration


def count_answers(event_id: int) -> dict[str, Used]:
    """Return by key how the questions of an event have been answered, also those that are asked no more.

    Whatever the status: a party in the queue, or one that takes back its withdrawal, has answered too.
    """
    parties, replies = Counter[str](), dict[str, Counter[str]]()
    query = select(Registration).where(Registration.event_id == event_id, Registration.answers_sealed.is_not(None))
    for registration in db.session.scalars(query):
        answers: dict[str, Any] = msgspec.json.decode(registration.answers or "{}")
        for name, value in answers.items():
            if name.startswith(PREFIX):
                key = name.removeprefix(PREFIX)
                parties[key] += 1
                replies.setdefault(key, Counter()).update(
                    str(one) for one in (value if isinstance(value, list) else [value])
                )
    return {key: Used(number, replies[key]) for key, number in parties.items()}
