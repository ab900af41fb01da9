"""Organizers write to those who come: to all or some, held for ten minutes like everything else."""

from collections.abc import Sequence

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, Refused
from cag_events.domain.noticing import HOLD, News
from cag_events.domain.texts import Texts
from cag_events.events.queries import lock_event
from cag_events.messages.models import Notice
from cag_events.messages.queries.notices import count_reached
from cag_events.permissions import Actor, Permission, require

Wanted = dict[str, Sequence[str]]


def write(event_id: int, subject: Texts, body: Texts, wanted: Wanted, *, by: Actor) -> str:
    """Hold a message to an event's registrations, by status, segment and part; returns the notice's random id.

    Raises NotFound, NotAllowed, Refused message.empty or .nobody.
    """
    with transaction():
        event = lock_event(event_id)
        require(by, Permission.ATTENDEES_EXPORT)
        kept = {code: text.strip() for code, text in body.items() if text.strip()}
        heads = {code: text.strip() for code, text in subject.items() if text.strip()}
        if not kept or kept.keys() - heads.keys():
            text = N_("Write a subject and a text, in the same languages.")
            code = min(kept.keys() - heads.keys(), default=next(iter(heads or subject), ""))
            raise Refused("message.empty", text, field=f"{'subject' if code not in heads else 'body'}.{code}")
        if not count_reached(event_id, wanted):
            raise Refused("message.nobody", N_("Nobody is reached by this choice."), field="statuses")
        now = clock.now()
        notice = Notice(
            event_id=event_id,
            what=News.WRITTEN,
            known_status=event.status,
            version=event.version,
            status=event.status,
            subject=heads,
            body=kept,
            wanted={name: list(values) for name, values in wanted.items() if values},
            account_id=by.account_id,
            made_at=now,
            due_at=now + HOLD,
        )
        db.session.add(notice)
        db.session.flush()
        return notice.row_id
