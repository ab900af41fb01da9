"""Still coming? The organizer's list: who comes, who is silent; ask, ask again, free a seat."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events import clock
from cag_events.domain.coming import Asked, Coming, may_ask, standing
from cag_events.domain.disclosure import TEAM, disclose
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import Status
from cag_events.domain.texts import pick
from cag_events.events.queries import get_record_of
from cag_events.events.tabs import tabs_of
from cag_events.messages.queries.coming import first_day, list_asked
from cag_events.messages.services.coming import ask_all, free_seat
from cag_events.permissions import Permission, may
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.errors import say
from cag_events.web.language import current_language
from cag_events.workshops.certificates import list_certificates
from cag_events.workshops.queries import (
    KINDS,
    Applicant,
    count_coming,
    count_people,
    frame_of,
    list_applicants,
)
from cag_events.workshops.views.blueprint import bp

WORDS = {Coming.NOT_ASKED: N_("Not asked"), Coming.ASKED: N_("No answer yet"), Coming.YES: N_("Comes")}
TONES = {Coming.NOT_ASKED: "neutral", Coming.ASKED: "warn", Coming.YES: "ok"}
ORDER = (Coming.ASKED, Coming.NOT_ASKED, Coming.YES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Somebody who has a seat; without a name for those who may not see it."""

    row_id: str
    code: str
    name: str
    people: int
    has_mail: bool
    coming: str
    tone: str
    text: str
    asked_at: Any
    times: int


@bp.get("/<lang>/organise/events/<key>/coming")
@needs(Permission.EVENT_SEE)
def coming(key: str) -> ResponseReturnValue:
    """See who still comes."""
    record, now = _record(key), clock.now()
    day = first_day(record)
    opened = may(actor(), Permission.ATTENDEES_SEE)
    seated = list_applicants(record.id, [Status.CONFIRMED], opened=opened)
    asked = list_asked(record.id)
    is_open = record.status is EventStatus.PUBLISHED and record.starts_at is not None and now < record.starts_at
    assert day is not None
    rows = sorted((_row(one, asked.get(one.registration.id), day) for one in seated), key=_place)
    return render_template(
        "workshops/coming.html",
        record=record,
        title=pick(record.title, current_language()),
        event_tabs=tabs_of(record, actor()),
        counts={what.value: number for what, number in count_coming(seated, asked, day).items()},
        waiting=count_people([record.id]).get(record.id, {}).get(Status.WAITLISTED, 0),
        rows=rows if opened else [],
        shows_names=opened,
        may_ask=may(actor(), Permission.ATTENDEES_EDIT) and is_open,
        askable=sum(may_ask(asked.get(one.registration.id), day, now) for one in seated),
        is_again=any(one.for_on == day for one in asked.values()),
        ask_on=frame_of(record).ask_on(record),
        is_open=is_open,
        gives_certificates=bool(list_certificates(disclose(record, TEAM, now), now)) if opened else False,
    )


@bp.post("/<lang>/organise/events/<key>/coming")
@needs(Permission.ATTENDEES_EDIT)
def ask(key: str) -> ResponseReturnValue:
    """Ask everybody who has not answered."""
    try:
        number = ask_all(_record(key).id, by=actor())
    except Refused as refused:
        flash(say(refused), "error")
    else:
        flash(ngettext("%(num)s registration is asked.", "%(num)s registrations are asked.", number), "ok")
    return redirect(url_for(".coming", key=key), 303)


@bp.post("/<lang>/organise/events/<key>/coming/<row_id>/free")
@needs(Permission.ATTENDEES_EDIT)
def free(key: str, row_id: str) -> ResponseReturnValue:
    """Free the seat of somebody who does not answer."""
    try:
        free_seat(_record(key).id, row_id, by=actor())
    except Refused as refused:
        flash(say(refused), "error")
    else:
        flash(_("The seat is free. They are told, and whoever is next in line gets it."), "ok")
    return redirect(url_for(".coming", key=key), 303)


def _record(key: str) -> EventRecord:
    record = get_record_of(key)
    if record.kind not in KINDS or first_day(record) is None:
        raise NotFound(key)
    return record


def _row(one: Applicant, asked: Asked | None, day: Any) -> Row:
    stands = standing(asked, day)
    is_asked = asked is not None and asked.for_on == day
    return Row(
        row_id=one.party.key,
        code=one.registration.code,
        name=one.name,
        people=one.party.people,
        has_mail=one.registration.email_index is not None,
        coming=stands.value,
        tone=TONES[stands],
        text=_(WORDS[stands]),
        asked_at=asked.asked_at if asked is not None and is_asked else None,
        times=asked.times if asked is not None and is_asked else 0,
    )


def _place(row: Row) -> tuple[int, str]:
    return [one.value for one in ORDER].index(row.coming), row.name.casefold()
