"""The pages that say no: one for each status, in the reader's language, with a reference and nothing internal."""

import logging
import re
from dataclasses import dataclass
from datetime import date, time
from functools import partial
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request, url_for  # noqa: TID251 (its views say so)
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import (
    Conflict,
    Forbidden,
    HTTPException,
    InternalServerError,
    ServiceUnavailable,
    TooManyRequests,
    UnprocessableEntity,
)
from werkzeug.exceptions import NotFound as PageNotFound

from cag_events.db import db
from cag_events.domain.errors import N_, NotAllowed, NotFound, Refused, Stale
from cag_events.web import log
from cag_events.web.access import access_of
from cag_events.web.dates import clock_text, day_text
from cag_events.web.language import COOKIE, languages
from cag_events.web.navigation import link_to

BUSY_SECONDS = 2  # after which the database is asked again
_MACHINE = re.compile(r"/(feeds|static|api|embed)/.*|.*\.(ics|json|atom|xml|txt|csv|xlsx)|/(healthz|readyz)")


@dataclass(frozen=True)
class Words:
    """What an error page says."""

    title: str
    text: str


WORDS = {
    400: Words(N_("We could not read that"), N_("Something in the address or the form was not as it should be.")),
    401: Words(N_("Sign in first"), N_("This page is for people who are signed in.")),
    403: Words(N_("You may not do this"), N_("Your account has no right to it. Ask an administrator if you need it.")),
    404: Words(
        N_("There is nothing here"),
        N_("The page may have moved, or the link may be old or incomplete. Search, or begin at the programme."),
    ),
    405: Words(N_("That does not work here"), N_("This address cannot be used in that way.")),
    409: Words(
        N_("Somebody else has saved in between"),
        N_("Nothing was overwritten. Go back, reload the page, look at what has changed and save again."),
    ),
    413: Words(N_("That is too much at once"), N_("What was sent is larger than we take. Send less.")),
    414: Words(N_("The address is too long"), N_("Choose fewer filters or a shorter search.")),
    422: Words(N_("That does not work"), N_("Go back, change what you filled in and send it again.")),
    429: Words(N_("Too many tries"), N_("Your browser keeps what you typed. Go back and send it again later.")),
    500: Words(
        N_("Something went wrong with us"),
        N_("It is not your fault. Try again; if it happens again, tell us the reference below."),
    ),
    503: Words(
        N_("We are busy for a moment"),
        N_("Nothing is lost. Wait a few seconds and send it again: your browser keeps what you typed."),
    ),
}
CSRF_WORDS = Words(
    N_("The form could not be sent"),
    N_("It had been open for long, or the browser keeps no cookies. Go back, reload the page and send it again."),
)
SIGNED_OUT_WORDS = Words(
    N_("You have been signed out"),
    N_("What you wrote was not saved, but this browser keeps it: sign in and it stands in the form again."),
)


def say(refused: Refused) -> str:
    """Return what a refusal says, in the reader's language; dates and times in it too."""
    return str(gettext(refused.text, **{name: _told(fact) for name, fact in refused.facts.items()}))


def _told(fact: Any) -> Any:
    if isinstance(fact, time):
        return clock_text(fact)
    return day_text(fact, weekday=False) if isinstance(fact, date) else fact


def init_app(app: Flask) -> None:
    """Answer every fault with a page of our own."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(NotFound, lambda _fault: _http(PageNotFound()))
    app.register_error_handler(NotAllowed, lambda _fault: _http(Forbidden()))
    app.register_error_handler(Stale, lambda _fault: _http(Conflict()))
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(PoolTimeout, _busy)
    app.register_error_handler(Exception, partial(_unexpected, app))


def _http(fault: HTTPException) -> ResponseReturnValue:
    words = WORDS.get(fault.code or 500) or WORDS[400 if (fault.code or 500) < 500 else 500]
    return _answer(fault, words)


def _csrf(fault: CSRFError) -> ResponseReturnValue:
    """The form's session is over; where one must be signed in, the way back leads through signing in."""
    rule = request.url_rule
    if rule is None or access_of(current_app, rule.endpoint) == "public":
        return _answer(fault, CSRF_WORDS)
    back_to = request.path if "GET" in (rule.methods or ()) else None
    return _answer(fault, SIGNED_OUT_WORDS, back=url_for("accounts.login", next=back_to))


def _refused(fault: Refused) -> ResponseReturnValue:
    return _answer(UnprocessableEntity(), Words(WORDS[422].title, say(fault)))


def _busy(fault: OperationalError | PoolTimeout) -> ResponseReturnValue:
    """The database is locked, full, away, or not the one this program needs."""
    log.fault(fault, logging.WARNING)
    return _answer(ServiceUnavailable(retry_after=BUSY_SECONDS), WORDS[503])


def _unexpected(app: Flask, fault: Exception) -> ResponseReturnValue:
    if app.config["PROPAGATE_EXCEPTIONS"] or (app.config["PROPAGATE_EXCEPTIONS"] is None and app.testing):
        raise fault
    log.fault(fault)
    return _answer(InternalServerError(), WORDS[500])


def _answer(fault: HTTPException, words: Words, back: str | None = None) -> ResponseReturnValue:
    if fault.response is not None:
        return fault.response  # abort(response), redirects
    code = fault.code or 500
    headers = [(name, value) for name, value in fault.get_headers() if name.lower() != "content-type"]
    if request_ctx.url_adapter is None or _MACHINE.fullmatch(request.path):
        return _plain(code, headers)
    try:
        if code >= 500:
            db.session.rollback()
        _choose_language()
        body = render_template(
            "errors/error.html",
            code=code,
            words=words,
            reference=log.request_id(),
            wait=_wait(fault),
            search_url=link_to("site.search"),
            back=back,
        )
    except Exception as second:  # the edge: a page that cannot be shown is said in plain text
        log.fault(second)
        return _plain(code, headers)
    return Response(body, code, headers, mimetype="text/html")


def _plain(code: int, headers: list[tuple[str, str]]) -> Response:
    words = WORDS.get(code, WORDS[500])
    return Response(f"{code} {words.title}. {log.request_id()}\n", code, headers, mimetype="text/plain")


def _wait(fault: HTTPException) -> str:
    """Return in words how long to wait, empty if the fault does not say."""
    if not isinstance(fault, TooManyRequests) or not isinstance(fault.retry_after, int):
        return ""
    seconds = fault.retry_after
    if seconds < 120:
        return str(ngettext("Wait %(num)s second.", "Wait %(num)s seconds.", seconds))
    minutes = -(-seconds // 60)
    return str(ngettext("Wait %(num)s minute.", "Wait %(num)s minutes.", minutes))


def _choose_language() -> None:
    """Take the language from the address, else from the cookie, else from what the browser asks for."""
    if "lang" in g:
        return
    known = languages()
    for code in (request.path.split("/")[1], request.cookies.get(COOKIE, "")):
        if code in known:
            g.lang = code
            return
    g.lang = request.accept_languages.best_match(known) or known[0]
