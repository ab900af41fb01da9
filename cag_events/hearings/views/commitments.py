"""Who promised what by when: an event's list, one of them, and those of all hearings."""

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain import when
from cag_events.domain.errors import Refused, Stale
from cag_events.domain.event import EventRecord
from cag_events.domain.hearing import Promise, is_overdue
from cag_events.domain.texts import pick
from cag_events.events import reading, records
from cag_events.hearings import rules, services
from cag_events.hearings.forms import commitment_form
from cag_events.hearings.models import Commitment
from cag_events.hearings.queries import (
    get_commitment,
    is_pending,
    list_all_commitments,
    list_commitment_changes,
    list_commitments,
)
from cag_events.hearings.views.blueprint import around, bp, for_team
from cag_events.hearings.wording import PROMISE_TONES, PROMISES
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.choices import own_languages
from cag_events.web.errors import say
from cag_events.web.gate import whole_number
from cag_events.web.language import current_language, languages
from cag_events.web.sheets import csv_answer

COLUMNS = (
    *("event", "promised_by", "what", "due", "status", "overdue", "evidence", "evidence_link"),
    *("reply", "replied", "updated", "public"),
)


@bp.get("/<lang>/organise/events/<key>/commitments")
@needs(Permission.EVENT_EDIT)
def commitments(key: str) -> ResponseReturnValue:
    """See what was promised at a hearing."""
    view = for_team(key)
    rows = [_shown(one, view) for one in list_commitments(view.id)]
    return render_template("hearings/commitments.html", **around(view), rows=rows)


@bp.route("/<lang>/organise/events/<key>/commitments/new", methods=["GET", "POST"], endpoint="new_commitment")
@needs(Permission.EVENT_EDIT)
def new_commitment(key: str) -> ResponseReturnValue:
    """Write down what somebody promised."""
    return _edit(key, None)


@bp.route("/<lang>/organise/events/<key>/commitments/<row_id>", methods=["GET", "POST"])
@needs(Permission.EVENT_EDIT)
def commitment(key: str, row_id: str) -> ResponseReturnValue:
    """See how a commitment stands, and change it."""
    return _edit(key, row_id)


def _edit(key: str, row_id: str | None) -> ResponseReturnValue:
    view = for_team(key)
    row = get_commitment(view.id, row_id) if row_id else None
    form = commitment_form(languages())()
    form.load(row)
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            version = whole_number(form.version.data, 0)
            try:
                services.save_commitment(view.id, row_id, form.read(row), version=version, by=actor())
            except Refused as refused:
                form.form_errors = [say(refused)]
            except Stale:
                status = 409
                form.form_errors = [
                    _("Somebody else has saved in between. Copy what you wrote and open the page anew.")
                ]
            else:
                flash(_("Saved."), "ok")
                return redirect(url_for(".commitments", key=view.key), 303)
    row = get_commitment(view.id, row_id) if row_id else None
    return (
        render_template(
            "hearings/commitment.html",
            **around(view),
            form=form,
            row_id=row_id,
            row=_shown(row, view) if row else None,
            history=_history(row) if row else [],
            own_languages=own_languages(languages()),
            nameless=rules.is_nameless(view),
        ),
        status,
    )


@bp.post("/<lang>/organise/events/<key>/commitments/<row_id>/delete")
@needs(Permission.EVENT_PUBLISH)
def delete_commitment(key: str, row_id: str) -> ResponseReturnValue:
    """Delete what was written down by mistake."""
    view = for_team(key)
    services.delete_commitment(view.id, row_id, by=actor())
    flash(_("Deleted."), "ok")
    return redirect(url_for(".commitments", key=view.key), 303)


@bp.get("/<lang>/organise/commitments")
@needs(Permission.EVENT_EDIT)
def all_commitments() -> ResponseReturnValue:
    """See what was promised at all hearings."""
    chosen = request.args.get("show", "")
    rows = _all(chosen)
    return render_template(
        "hearings/all_commitments.html",
        rows=rows,
        chosen=chosen if chosen in _FILTERS else "",
        filters=[(name, _(label)) for name, label in PROMISES.items()],
        overdue=sum(one["is_overdue"] for one in (rows if chosen in ("", "overdue") else _all("overdue"))),
    )


_FILTERS = ("overdue", *Promise)


@bp.get("/<lang>/organise/commitments.csv")
@needs(Permission.EVENT_EDIT)
def all_commitments_csv() -> ResponseReturnValue:
    """Take along what was promised at all hearings."""
    return csv_answer("commitments", COLUMNS, _cells(_all(request.args.get("show", ""))))


def _all(chosen: str) -> list[dict[str, Any]]:
    today = when.day_of(clock.now(), when.HOME)
    conditions = []
    if chosen == "overdue":
        conditions.append(is_pending(today))
    elif chosen in set(Promise):
        conditions.append(Commitment.status == Promise(chosen))
    return [_shown(row, records.decode(body)) for row, body in list_all_commitments(*conditions)]


def _cells(rows: list[dict[str, Any]]) -> Iterator[list[str]]:
    """The rows of the file: nobody who promised is named where nobody may be."""
    lang = current_language()
    for one in rows:
        yield [
            one["event"].text,
            "" if one["nameless"] else pick(one["by"], lang).text,
            pick(one["what"], lang).text,
            one["due_on"].isoformat() if one["due_on"] else "",
            one["status"],
            "yes" if one["is_overdue"] else "no",
            pick(one["evidence"], lang).text,
            one["evidence_url"],
            pick(one["reply"], lang).text,
            one["replied_on"].isoformat() if one["replied_on"] else "",
            one["updated_on"].isoformat(),
            "yes" if one["is_cleared"] else "no",
        ]


def _shown(row: Commitment, record: EventRecord) -> dict[str, Any]:
    """What the pages print of one, as plain values."""
    today = when.day_of(clock.now(), record.tz)
    return {
        "row_id": row.row_id,
        "event_key": record.key,
        "event": reading.reader().text(record.title),
        "nameless": rules.is_nameless(record),
        "by": dict(row.promised_by),
        "what": dict(row.what),
        "due_on": row.due_on,
        "status": row.status.value,
        "status_words": _(PROMISES[row.status]),
        "tone": PROMISE_TONES[row.status],
        "is_overdue": is_overdue(row.status, row.due_on, today),
        "evidence": dict(row.evidence),
        "evidence_url": row.evidence_url,
        "reply": dict(row.reply),
        "replied_on": row.replied_on,
        "updated_on": row.updated_on,
        "is_cleared": row.is_cleared,
    }


def _history(row: Commitment) -> list[tuple[Any, str, str]]:
    """What changed, in words: when, what, who."""
    told = []
    for at, who, facts in list_commitment_changes(row.id):
        status = facts.get("status")
        if status and status[0]:
            before, after = (_(PROMISES[Promise(one)]) for one in status)
            what = _("%(before)s → %(after)s", before=before, after=after)
        elif status:
            what = _("Written down")
        elif "due_on" in facts:
            what = _("Day: %(before)s → %(after)s", before=facts["due_on"][0] or "–", after=facts["due_on"][1] or "–")
        else:
            what = _("Words changed")
        told.append((at, what, who))
    return told
