"""My data: see all that is kept, take it along, erase it at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.errors import N_
from cag_events.domain.inviting import Part
from cag_events.domain.questions import Question
from cag_events.events.queries import get_record
from cag_events.events.wording import MODE_WORDS
from cag_events.registrations.answers import told
from cag_events.registrations.kept_words import COLUMNS, TABLES
from cag_events.registrations.queries.kept import kept_of
from cag_events.registrations.services import erasing
from cag_events.registrations.views.blueprint import bp
from cag_events.registrations.views.people import beside, opened
from cag_events.registrations.wording import FIELD, STATUS, WHAT
from cag_events.web import dates
from cag_events.web.access import public
from cag_events.web.organisation import site

PARTS = {
    "registration": N_("Your registration"),
    "answers": N_("Your answers"),
    "dates": N_("Dates"),
    "party": N_("Who comes along"),
    "others": N_("Others who have to do with it"),
    "invitations": N_("Invitations"),
    "history": N_("What happened"),
    "mails": N_("Mails to you"),
    "links": N_("Links to your page"),
}
WORDS = {
    **COLUMNS,
    **FIELD,
    "arrived_at": N_("here since"),
    "asked_at": N_("named"),
    "at": N_("when"),
    "checked_in_at": N_("here since"),
    "code": N_("reference"),
    "confirmed_at": N_("seat since"),
    "consent_channel": N_("agreed by way of"),
    "consent_text": N_("version of the words agreed to"),
    "consented_at": N_("consented"),
    "email": N_("e-mail"),
    "ends_at": N_("end"),
    "event": N_("event"),
    "is_alias": N_("without an address"),
    "is_proven": N_("has shown what a held seat asks for"),
    "joined_at": N_("place in the queue since"),
    "kind": N_("kind"),
    "made_at": N_("made"),
    "may_bring": N_("people one may bring"),
    "offered_until": N_("seat offered until"),
    "part": N_("what for"),
    "people": N_("people"),
    "position": N_("number"),
    "registered_at": N_("registered"),
    "reminded_at": N_("reminded"),
    "replied_at": N_("answered"),
    "reply": N_("answer"),
    "sent_at": N_("sent"),
    "starts_at": N_("start"),
    "status": N_("how it stands"),
    "subject": N_("subject"),
    "what": N_("what"),
    "withdrawn_at": N_("withdrawn"),
}
VALUES: Mapping[str, Mapping[str, str]] = {
    "status": {one.value: text for one, text in STATUS.items()},
    "mode": {one.value: text for one, text in MODE_WORDS.items()},
    "what": WHAT,
    "part": {
        Part.ANSWERED.value: N_("answered an invitation"),
        Part.HELPER.value: N_("has a link of their own"),
        Part.SUCCESSOR.value: N_("is to take the seat"),
    },
}


@bp.get("/<lang>/registrations/<token>/data")
@public
def data(token: str) -> ResponseReturnValue:
    """Read all that is kept of one's registration."""
    registration = opened(token)
    return render_template(
        "registrations/data.html",
        event=beside(registration),
        parts=_parts(kept_of(registration), get_record(registration.event_id).registration.questions),
        token=token,
    )


@bp.get("/<lang>/registrations/<token>/data.json")
@public
def data_file(token: str) -> ResponseReturnValue:
    """Take all that is kept of one's registration along, as a file."""
    body = msgspec.json.format(msgspec.json.encode(kept_of(opened(token))), indent=2)
    headers = {"Content-Disposition": 'attachment; filename="registration.json"', "Cache-Control": "no-store"}
    return Response(body, mimetype="application/json", headers=headers)


@bp.get("/<lang>/registrations/<token>/erase")
@public
def erase(token: str) -> ResponseReturnValue:
    """Look once more before everything is erased."""
    registration = opened(token)
    return render_template(
        "registrations/erase.html",
        event=beside(registration),
        status=registration.status.value,
        party=registration.party,
        token=token,
    )


@bp.post("/<lang>/registrations/<token>/erase")
@public
def erase_now(token: str) -> ResponseReturnValue:
    """Erase everything that is kept of one's registration, at once."""
    erasing.erase(opened(token).id)
    flash(_("Everything that we kept of your registration has been deleted."), "ok")
    return redirect(url_for(".lost"), 303)


def _parts(kept: Mapping[str, Any], questions: Sequence[Question]) -> list[tuple[str, list[list[tuple[str, str]]]]]:
    """What is kept in words: headings, and below each its rows of name and value; what is empty is left out."""
    parts = []
    for name, title in PARTS.items():
        rows = kept[name] if isinstance(kept[name], list) else [kept[name]]
        if name == "answers":
            said = [[(_upper(one.label), one.text) for one in told(row, questions)] for row in rows if row]
        else:
            said = [_said(row) for row in rows if row]
        if said:
            parts.append((str(_(title)), said))
    for table, rows in kept["rooms"].items():
        parts.append(
            (
                str(_(TABLES[table]) if table in TABLES else _("Table %(name)s", name=table)),
                [_said(row) for row in rows],
            )
        )
    return parts


def _said(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(_word(name), _value(name, value)) for name, value in row.items()]


def _word(name: str) -> str:
    return _upper(str(_(WORDS[name])) if name in WORDS else name)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _value(name: str, value: Any) -> str:
    """A value in words; instants in the organisation's time."""
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, list):
        return ", ".join(_value(name, one) for one in value)
    if isinstance(value, str) and name.endswith(("_at", "at", "_until")) and "T" in value:
        return str(dates.moment(datetime.fromisoformat(value), site().facts.tz).text)
    if name == "fields" or not isinstance(value, str):
        return str(_(FIELD[value])) if value in FIELD else str(value)
    return str(_(VALUES[name][value])) if value in VALUES.get(name, {}) else value
