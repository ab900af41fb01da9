"""The log as administrators read it."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.audit import queries
from cag_events.audit.acts import ACTS, FACTS
from cag_events.audit.queries import PAGE, Listed, Wanted
from cag_events.audit.services import BY_LINK, BY_SYSTEM
from cag_events.db import end_reading
from cag_events.domain import when
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.gate import page_number
from cag_events.web.organisation import site
from cag_events.web.templating import picked

bp = Blueprint("audit", __name__)

FILTERS = ("who", "what", "event", "from", "to")


class Row(NamedTuple):
    """An entry in the reader's language."""

    entry: Listed
    who: str
    what: str
    event: str
    thing: str
    facts: str


@bp.get("/<lang>/organise/log")
@needs(Permission.LOG_SEE)
def log() -> ResponseReturnValue:
    """See who saw, took along and changed what; on demand, whether anybody has changed the log."""
    chosen = {name: value for name in FILTERS if (value := request.args.get(name, "")[:120])}
    tz = site().facts.tz
    since, until = _day(chosen.get("from", "")), _day(chosen.get("to", ""))
    wanted = Wanted(
        actor=chosen.get("who", ""),
        what=chosen.get("what", ""),
        event_key=chosen.get("event", ""),
        since=_midnight(since, tz) if since else None,
        until=_midnight(until + timedelta(days=1), tz) if until and until < date.max else None,
    )
    verdict = queries.verify() if "check" in request.args else None
    total, page = queries.count_entries(wanted), page_number()
    rows = [_row(entry) for entry in queries.list_entries(wanted, page=page)]
    actors = [(actor, _who(actor, name)) for actor, name in queries.list_actors()]
    acts = sorted(((what, _(ACTS[what])) for what in queries.list_acts() if what in ACTS), key=lambda pair: pair[1])
    events = [(key, picked(title).text) for key, title in queries.list_events()]
    end_reading()
    return render_template(
        "audit/log.html",
        rows=rows,
        actors=actors,
        acts=acts,
        events=events,
        chosen={
            **dict.fromkeys(FILTERS, ""),
            **chosen,
            "from": since.isoformat() if since else "",
            "to": until.isoformat() if until else "",
        },
        is_narrowed=bool(chosen),
        total=total,
        page=page,
        pages=max(1, -(-total // PAGE)),
        url_for_page=lambda number: url_for(".log", page=number, _external=False, **chosen),
        check_url=url_for(".log", check=1, _external=False, **chosen),
        verdict=verdict,
        tz=tz,
    )


def _row(entry: Listed) -> Row:
    facts = [f"{_(FACTS[name])}: {_said(value)}" for name, value in entry.facts.items() if name in FACTS]
    return Row(
        entry=entry,
        who=_who(entry.actor, entry.name),
        what=_(ACTS[entry.what]) if entry.what in ACTS else entry.what,
        event=picked(entry.event_title).text,
        thing=entry.thing_key,
        facts=" · ".join(facts),
    )


def _who(actor: str, name: str) -> str:
    words = {BY_SYSTEM: _("The program"), BY_LINK: _("Somebody with a link")}
    return name or words.get(actor) or _("An account that is gone")


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value)


def _day(text: str) -> date | None:
    """Return a day as a form's field sends it, None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _midnight(day: date, tz: str) -> datetime:
    return when.start_of_day(day, tz)
