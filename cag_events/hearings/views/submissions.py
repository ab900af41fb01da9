"""The organizer's desk of written submissions: read, clear, narrow, take along."""

from collections.abc import Iterator
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.event import EventView
from cag_events.domain.hearing import Level, may_limit, reach_of
from cag_events.hearings import rules, services
from cag_events.hearings.models import Submission
from cag_events.hearings.queries import get_submission, list_shown, list_submissions
from cag_events.hearings.views.blueprint import around, bp, for_team
from cag_events.hearings.wording import LEVEL_WORDS
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.errors import say


@bp.get("/<lang>/organise/events/<key>/submissions")
@needs(Permission.ATTENDEES_SEE)
def submissions(key: str) -> ResponseReturnValue:
    """See what was written in."""
    view = for_team(key)
    rows = [_listed(one) for one in list_submissions(view.id)]
    return render_template(
        "hearings/submissions.html",
        **around(view),
        waiting=[one for one in rows if not one["is_cleared"] and not one["is_withheld"]],
        cleared=[one for one in rows if one["is_cleared"] and not one["is_withheld"]],
        withheld=[one for one in rows if one["is_withheld"]],
        rules=rules.session_of(view).submissions,
        window=rules.window(view),
        kept=rules.kept_until(view),
    )


@bp.get("/<lang>/organise/events/<key>/submissions/<row_id>")
@needs(Permission.ATTENDEES_SEE)
def read_submission(key: str, row_id: str) -> ResponseReturnValue:
    """Read one; one that is withheld is opened by a button of its own, and that is logged."""
    view = for_team(key)
    row = get_submission(view.id, row_id)
    return _page(view, row, opens=not _is_withheld(row))


@bp.post("/<lang>/organise/events/<key>/submissions/<row_id>")
@needs(Permission.ATTENDEES_EDIT)
def handle_submission(key: str, row_id: str) -> ResponseReturnValue:
    """Clear a submission, narrow it, or open one that is withheld."""
    view, action = for_team(key), request.form.get("action", "")
    if action == "open":
        row = get_submission(view.id, row_id)
        services.note_read(view.id, by=actor())
        return _page(view, get_submission(view.id, row.row_id), opens=True)
    try:
        _do(view.id, row_id, action)
    except Refused as refused:
        flash(say(refused), "error")
    return redirect(url_for(".read_submission", key=view.key, row_id=row_id), 303)


def _do(event_id: int, row_id: str, action: str) -> None:
    if action == "clear":
        services.clear_submission(event_id, row_id, by=actor())
        flash(_("Cleared. It goes as far as its submitter chose."), "ok")
    elif action in set(Level):
        services.narrow_submission(event_id, row_id, Level(action), by=actor())
        flash(_("Narrowed."), "ok")
    else:
        raise NotFound(action)


@bp.get("/<lang>/organise/events/<key>/submissions.md")
@needs(Permission.EVENT_EDIT)
def submissions_md(key: str) -> ResponseReturnValue:
    """Take along, as one text, the submissions that everybody may read."""
    view = for_team(key)
    title = around(view)["title"].text
    headers = {
        "Content-Disposition": f'attachment; filename="submissions-{view.key}.md"',
        "Cache-Control": "no-store",
    }
    return Response("".join(_markdown(view, title)), mimetype="text/markdown", headers=headers)


def _markdown(view: EventView, title: str) -> Iterator[str]:
    yield f"# {title}\n"
    for number, one in enumerate(list_shown(view), start=1):
        by = ", ".join(part for part in (one.name, one.organisation) if part) or _("Without a name")
        yield f"\n## {number}. {by}\n\n{_quoted(one.text)}\n\n*{one.code} · {one.shown_from.isoformat()}*\n"


def _quoted(text: str) -> str:
    """What somebody wrote, as a quotation: no line of theirs looks like a heading or another submission."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def _is_withheld(row: Submission) -> bool:
    return reach_of(row.chosen, row.narrowed) == reach_of(Level.WITHHELD)


def _listed(row: Submission) -> dict[str, Any]:
    """What the list prints of one: of one that is withheld neither name nor text."""
    is_withheld = _is_withheld(row)
    return {
        "row_id": row.row_id,
        "code": row.code,
        "name": "" if is_withheld else _name(row),
        "received_at": row.received_at,
        "level": _(LEVEL_WORDS[row.chosen]),
        "limit": _(LEVEL_WORDS[row.narrowed]) if row.narrowed else "",
        "is_cleared": row.cleared_at is not None,
        "is_withheld": is_withheld,
        "shown_from": row.shown_from,
        "chars": 0 if is_withheld else len(row.text or row.shown_text or ""),
    }


def _name(row: Submission) -> str:
    if row.text_sealed is None:
        return row.shown_name or row.shown_organisation
    return ", ".join(part for part in (row.name, row.organisation) if part)


def _page(view: EventView, row: Submission, *, opens: bool) -> str:
    return render_template(
        "hearings/read_submission.html",
        **around(view),
        **_listed(row),
        opens=opens,
        text=(row.text or row.shown_text or "") if opens else "",
        writer=_name(row) if opens else "",
        email=(row.email or "") if opens else "",
        lang_of_text=row.language or row.page_language,
        is_deleted=row.text_sealed is None,
        narrower=[
            (level.value, _(LEVEL_WORDS[level]))
            for level in Level
            if may_limit(row.chosen, row.narrowed, level)
            and reach_of(row.chosen, level) != reach_of(row.chosen, row.narrowed)
        ],
        nameless=rules.is_nameless(view),
    )
