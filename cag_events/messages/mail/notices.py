"""The mails of a notice that was held: one to each registration, with what the organizer added."""

from dataclasses import replace
from functools import partial

from cag_events.db import db
from cag_events.domain.noticing import News
from cag_events.messages.models import Notice
from cag_events.messages.queries.places import known_at
from cag_events.registrations.mail.changes import tell
from cag_events.registrations.mail.event_letters import Extra
from cag_events.registrations.models import Registration


def extra_of(notice: Notice) -> Extra:
    """Return what a notice adds to its mails."""
    return Extra(note=dict(notice.note), asks=notice.asks_coming, known_at=known_at(notice))


def told(news: News, registration_id: int, notice_id: int | None = None, before: int | None = None) -> None:
    """Tell somebody what has become of their event; `before`: the version that they know, if not the notice's."""
    notice = db.session.get(Notice, notice_id) if notice_id is not None else None
    if notice is None:
        tell(news, registration_id, before)
        return
    extra = extra_of(notice)
    registration = db.session.get(Registration, registration_id)
    if registration is not None and extra.known_at is not None:  # who came during the hold knows the later place
        extra = replace(extra, known_at=max(extra.known_at, registration.registered_at), notice=notice.row_id)
    tell(news, registration_id, notice.known_version if before is None else before, extra)


moved = partial(told, News.MOVED)
clocks = partial(told, News.CLOCKS)
postponed = partial(told, News.POSTPONED)
cancelled = partial(told, News.CANCELLED)
withdrawn = partial(told, News.WITHDRAWN)
reopened = partial(told, News.REOPENED)
