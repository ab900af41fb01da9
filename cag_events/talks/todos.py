"""What the talks room asks to be done today: count heads, sort questions, ask for consent, report an audience."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events.domain import when
from cag_events.domain.event import EventRecord, Mode
from cag_events.domain.lifecycle import Status
from cag_events.domain.recordings import State
from cag_events.events.extensions import Todo
from cag_events.permissions import Actor, Permission, may
from cag_events.talks.queries import (
    Heads,
    consents_of,
    count_new_questions,
    culture_of,
    film_of,
    heads_of,
    list_recordings,
    names_missing,
    reports_of,
    showings,
)

WANTED: Final = timedelta(days=21)  # after the event heads are asked for; longer where somebody waits for the figure
REPORT: Final = timedelta(days=14)  # after the showing the audience is reported
WAITING: Final = frozenset({State.RECORDED, State.EDITING})


def todos(records: Sequence[EventRecord], actor: Actor, now: datetime) -> Iterator[Todo]:
    """Yield what is to be done at these events by somebody who may do it."""
    held = [record for record in records if record.status is Status.PUBLISHED and record.starts_at is not None]
    ids = [record.id for record in held]
    if may(actor, Permission.ATTENDEES_EDIT):
        yield from _questions(held, count_new_questions(ids), now)
        yield from _heads(held, heads_of(ids), now)
    if may(actor, Permission.EVENT_PUBLISH):
        yield from _recordings(held)
        yield from _reports(held, now)


def _questions(records: Sequence[EventRecord], new: dict[int, int], now: datetime) -> Iterator[Todo]:
    for record in records:
        number = new.get(record.id, 0)
        if number and record.ends_at is not None and record.ends_at > now and record.starts_at is not None:
            yield Todo(
                event_id=record.id,
                text=ngettext("%(num)s new question to sort", "%(num)s new questions to sort", number),
                url=url_for("talks.questions", key=record.key),
                due_on=when.day_of(record.starts_at, record.tz),
            )


def _heads(records: Sequence[EventRecord], counted: Heads, now: datetime) -> Iterator[Todo]:
    for record in records:
        over = [one for one in record.living if one.ends_at <= now and one.id not in counted]
        if not over or record.mode is Mode.ONLINE:
            continue
        film = film_of(record)
        is_needed = culture_of(record) is not None or (film is not None and film.licence.report_audience)
        if is_needed or now - over[-1].ends_at <= WANTED:
            yield Todo(
                event_id=record.id,
                text=str(_("Write down how many there were")),
                url=url_for("talks.heads", key=record.key, occurrence=over[0].id),
                due_on=over[0].ends_wall.date(),
                is_late=is_needed,
            )


def _recordings(records: Sequence[EventRecord]) -> Iterator[Todo]:
    found = list_recordings([record.id for record in records])
    waiting = [record for record in records if record.id in found and found[record.id].state in WAITING]
    said = consents_of([record.id for record in waiting])
    for record in waiting:
        number = len(names_missing(record, said.get(record.id, {})))
        if number:
            text = ngettext(
                "The recording waits for the yes of %(num)s person",
                "The recording waits for the yes of %(num)s people",
                number,
            )
        else:
            text = str(_("Everybody has said yes: publish the recording"))
        yield Todo(event_id=record.id, text=text, url=url_for("talks.recording", key=record.key))


def _reports(records: Sequence[EventRecord], now: datetime) -> Iterator[Todo]:
    reported = reports_of([record.id for record in records])
    for record in records:
        film = film_of(record)
        if film is None or not film.licence.report_audience or record.id in reported:
            continue
        shown = showings(record)
        if not shown or any(one.ends_at > now for one in shown):
            continue
        last = max(one.ends_at for one in shown)
        yield Todo(
            event_id=record.id,
            text=str(_("Report the audience to %(holder)s", holder=film.licence.holder)),
            url=url_for("talks.licence", key=record.key),
            due_on=when.day_of(last + REPORT, record.tz),
            is_late=now > last + REPORT,
        )
