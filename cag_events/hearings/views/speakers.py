"""The organizer's list of those who want to speak."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.event import EventView
from cag_events.domain.hearing import HOLDING, Slot
from cag_events.hearings import rules, services
from cag_events.hearings.models import SpeakingSlot
from cag_events.hearings.queries import list_slots
from cag_events.hearings.views.blueprint import around, bp, for_team
from cag_events.hearings.wording import SLOTS
from cag_events.permissions import Permission
from cag_events.web import throttle
from cag_events.web.access import confirmed, needs
from cag_events.web.actor import actor
from cag_events.web.dates import language_name
from cag_events.web.errors import say
from cag_events.web.sheets import csv_answer, xlsx_answer

COLUMNS = ("order", "status", "called", "topic", "organisation", "language", "interpreting", "proxy", "may_be_named")
DECISIONS = {"approve": True, "decline": False}


@bp.get("/<lang>/organise/events/<key>/speakers")
@needs(Permission.ATTENDEES_SEE)
def speakers(key: str) -> ResponseReturnValue:
    """See who wants to speak, and in which order."""
    view = for_team(key)
    rows = [_shown(one) for one in list_slots(view.id)]
    return render_template(
        "hearings/speakers.html",
        **around(view),
        asked=[one for one in rows if one["status"] == Slot.ASKED],
        order=[one for one in rows if one["status"] in HOLDING | {Slot.ABSENT}],
        others=[one for one in rows if one["status"] in {Slot.DECLINED, Slot.WITHDRAWN}],
        places=rules.places_of(view),
        taken=sum(one["status"] in HOLDING for one in rows),
        rules=rules.session_of(view).speaking,
        asking_ends=rules.asking_ends(view),
    )


@bp.post("/<lang>/organise/events/<key>/speakers")
@needs(Permission.ATTENDEES_EDIT)
def decide(key: str) -> ResponseReturnValue:
    """Say yes or no."""
    view = for_team(key)
    action = request.form.get("action", "")
    if action not in DECISIONS:
        raise NotFound(action)
    try:
        services.decide(view.id, request.form.get("slot", ""), approve=DECISIONS[action], by=actor())
    except Refused as refused:
        flash(say(refused), "error")
    else:
        flash(_("Approved. They get a mail.") if DECISIONS[action] else _("Declined. They get a mail."), "ok")
    return redirect(url_for(".speakers", key=view.key), 303)


@bp.post("/<lang>/organise/events/<key>/speakers/order")
@needs(Permission.ATTENDEES_EDIT)
def move(key: str) -> ResponseReturnValue:
    """Let somebody speak earlier or later."""
    view = for_team(key)
    row_id = request.form.get("slot", "")
    services.move(view.id, row_id, up=request.form.get("way") == "up", by=actor())
    return redirect(url_for(".speakers", key=view.key, _anchor=f"slot-{row_id}"), 303)


@bp.get("/<lang>/organise/events/<key>/speakers.csv")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def speakers_csv(key: str) -> ResponseReturnValue:
    """Take the speakers' list along as CSV."""
    view, cells = _wanted(key)
    return csv_answer(f"speakers-{view.key}", COLUMNS, cells)


@bp.get("/<lang>/organise/events/<key>/speakers.xlsx")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def speakers_xlsx(key: str) -> ResponseReturnValue:
    """Take the speakers' list along as a workbook."""
    view, cells = _wanted(key)
    return xlsx_answer(f"speakers-{view.key}", COLUMNS, cells, "speakers")


def _wanted(key: str) -> tuple[EventView, list[list[str | int]]]:
    """The list that leaves the program: nobody is named in it where nobody may be."""
    view = for_team(key)
    throttle.spend((throttle.EXPORT_ACCOUNT, str(actor().account_id)))
    nameless = rules.is_nameless(view)
    rows = list_slots(view.id, Slot.CALLED, Slot.APPROVED, Slot.SPOKEN, Slot.ABSENT)
    services.note_taken(view.id, len(rows), by=actor())
    return view, [_cells(number, one, nameless=nameless) for number, one in enumerate(rows, start=1)]


def _cells(number: int, slot: SpeakingSlot, *, nameless: bool) -> list[str | int]:
    return [
        number,
        slot.status.value,
        "" if nameless else slot.called or "",
        slot.topic or "",
        "" if nameless else slot.organisation or "",
        slot.language,
        "yes" if slot.needs_interpreting else "no",
        "" if nameless else slot.proxy or "",
        "yes" if slot.consents and not nameless else "no",
    ]


def _shown(slot: SpeakingSlot) -> dict[str, Any]:
    """What the list prints of one, as plain values."""
    return {
        "row_id": slot.row_id,
        "status": slot.status,
        "status_words": _(SLOTS[slot.status]),
        "called": slot.called or slot.shown_name or _("Details removed"),
        "topic": slot.topic or slot.shown_topic,
        "organisation": slot.organisation or slot.shown_organisation,
        "proxy": slot.proxy or "",
        "language": language_name(slot.language) if slot.language else "",
        "needs_interpreting": slot.needs_interpreting,
        "consents": slot.consents,
        "asked_at": slot.asked_at,
    }
