"""The debriefing form: answered once by whoever was there, and kept without any way back to them."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from cag_events import clock
from cag_events.db import db, new_row_id, transaction
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord
from cag_events.events.queries import get_record, lock_event
from cag_events.registrations.models import Registration
from cag_events.roleplays.models import Debriefing
from cag_events.roleplays.queries import count_debriefings, play_of
from cag_events.roleplays.services.players import player_of

KEPT = timedelta(days=365)
OPEN_FOR = timedelta(days=30)
LONGEST = 2_000
MOST = 2_000  # forms of one event


def is_open(record: EventRecord) -> bool:
    """Tell whether the form can be sent: from the end of the game, for a month."""
    end = record.ends_at
    return bool(play_of(record).debriefing) and end is not None and end <= clock.now() < end + OPEN_FOR


def answer(event_id: int, answers: Sequence[str | int | None], *, registration_id: int | None = None) -> None:
    """Keep a debriefing form; `registration_id` only marks that this person has sent one.

    Raises Refused roleplay.debriefing_closed, .debriefed, .debriefing_empty.
    """
    with transaction():
        lock_event(event_id)
        record = get_record(event_id)
        questions = play_of(record).debriefing
        if not is_open(record) or count_debriefings(event_id) >= MOST:
            raise Refused("roleplay.debriefing_closed", N_("The form is not open."))
        kept = [_fitting(said, is_scale=question.is_scale) for question, said in zip(questions, answers, strict=True)]
        if not any(kept):
            raise Refused("roleplay.debriefing_empty", N_("Answer one question at least."))
        if registration_id is not None:
            player = player_of(db.session.get_one(Registration, registration_id))
            if player.has_debriefed:
                raise Refused("roleplay.debriefed", N_("You have sent this form already. Thank you!"))
            player.has_debriefed = True
        db.session.add(
            Debriefing(
                row_id=new_row_id(),
                event_id=event_id,
                answers=msgspec.json.encode(kept).decode(),
                keep_until=(clock.now() + KEPT).date(),
            )
        )


def _fitting(said: str | int | None, *, is_scale: bool) -> str | int | None:
    if is_scale:
        return said if isinstance(said, int) and 1 <= said <= 5 else None
    return said.strip()[:LONGEST] or None if isinstance(said, str) else None
