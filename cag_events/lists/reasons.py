"""Why somebody takes names of a guarded event along: asked once in a quarter of an hour, kept in the session."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.event import EventRecord
from cag_events.lists.services import needs_reason

P = ParamSpec("P")
STANDS = timedelta(minutes=15)
MOST = 3  # events; the cookie is small
_NAME = "list_reasons"


def keep_reason(event: EventRecord, reason: str) -> None:
    """Remember for a while why somebody takes this event's lists."""
    if not needs_reason(event):
        return
    known = {key: value for key, value in session.get(_NAME, {}).items() if key != str(event.id)}
    newest = dict(list(known.items())[-(MOST - 1) :])
    session[_NAME] = {**newest, str(event.id): [reason, clock.now().isoformat()]}


def reason_of(event: EventRecord) -> str:
    """Return the reason that was given for this event lately, or nothing."""
    reason, at = session.get(_NAME, {}).get(str(event.id), ("", ""))
    return reason if at and clock.now() - datetime.fromisoformat(at) <= STANDS else ""


def reasoned(
    form: str, find: Callable[[str], EventRecord]
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Lead back to a list's form unless the reason was given lately, for a guarded event; stands below @confirmed."""

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            event = find(str(kwargs["key"]))
            if needs_reason(event) and not reason_of(event):
                flash(_("This event is guarded: say first why you need the list."), "info")
                chosen: dict[str, Any] = {name: request.args.getlist(name) for name in request.args}
                return redirect(url_for(form, key=event.key, _external=False, **chosen), 303)
            return view(*args, **kwargs)

        return guarded

    return decorate
