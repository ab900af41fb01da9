"""Pages of the outbox: every mail, how it fares, and what it says; where mails go to files this is the mailbox."""

import re
from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cag_events.domain.errors import N_
from cag_events.outbox import queries, services
from cag_events.outbox.models import Delivery
from cag_events.outbox.queries import PAGE, Listed
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.gate import page_number
from cag_events.web.organisation import site
from cag_events.web.settings import base_url, settings
from cag_events.web.templating import picked

bp = Blueprint("outbox", __name__)

STATES = {
    Delivery.WAITING: (N_("Waits"), "warn", "clock"),
    Delivery.SENT: (N_("Sent"), "ok", "ok"),
    Delivery.DEAD: (N_("Not delivered"), "error", "error"),
}
KINDS = {
    "registration.confirmed": N_("Seat confirmed"),
    "registration.waitlisted": N_("Place in the queue"),
    "registration.pending": N_("Registration received"),
    "registration.declined": N_("Registration declined"),
    "registration.withdrawn": N_("Registration withdrawn"),
    "registration.changed": N_("Registration changed"),
    "registration.link": N_("Link sent again"),
    "registration.invited": N_("Invitation"),
    "event.moved": N_("Event changed"),
    "event.clocks": N_("Clocks changed by law"),
    "event.postponed": N_("Event postponed"),
    "event.cancelled": N_("Event cancelled"),
    "event.withdrawn": N_("Page closed for now"),
    "event.reopened": N_("Event takes place after all"),
    "event.written": N_("Message of an organizer"),
    "registration.reminded": N_("Reminder"),
    "registration.thanked": N_("Thanks and questions"),
    "account.invited": N_("New account"),
    "account.reset_asked": N_("New password"),
}
_SECRET = re.compile(r"(/(?:registrations|invitations|join|account/reset|feeds/private|door|thanks)/)[\w.~-]{16,}")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


class Part(NamedTuple):
    """A piece of a mail's text; a link where it has an address."""

    text: str
    url: str | None = None


class Row(NamedTuple):
    """A mail in the list, in the reader's language."""

    mail: Listed
    kind: str
    state: str
    tone: str
    icon: str
    event: str


@bp.get("/<lang>/organise/mail")
@needs(Permission.MAIL_SEE)
def mail() -> ResponseReturnValue:
    """See all mails: what waits, what was sent, what could not be delivered."""
    chosen = request.args.get("state", "")
    state = Delivery(chosen) if chosen in set(Delivery) else None
    counts = queries.count_by_state()
    total = counts[state] if state else sum(counts.values())
    page = page_number()
    return render_template(
        "outbox/mail.html",
        rows=[_row(listed) for listed in queries.list_messages(state, page=page)],
        tabs=_tabs(state, counts),
        page=page,
        pages=max(1, -(-total // PAGE)),
        url_for_page=lambda number: url_for(".mail", state=chosen if state else None, page=number),
        given_up=sum(queries.list_given_up().values()),
        is_alive=queries.is_worker_alive(),
        goes_to_files=not settings().smtp_url,
        tz=site().facts.tz,
    )


@bp.get("/<lang>/organise/mail/<row_id>")
@needs(Permission.MAIL_SEE)
def message(row_id: str) -> ResponseReturnValue:
    """Read a mail as text; its secret links are masked unless mails go to files."""
    listed, kept = queries.get_message(row_id)
    goes_to_files = not settings().smtp_url
    return render_template(
        "outbox/message.html",
        row=_row(listed),
        sender=kept.sender,
        text_lang=kept.language,
        parts=parts_of(kept.text or "", is_masked=not goes_to_files),
        calendar_method=kept.calendar_method,
        goes_to_files=goes_to_files,
        tz=site().facts.tz,
    )


@bp.post("/<lang>/organise/mail/<row_id>/resend")
@needs(Permission.MAIL_SEE)
def resend(row_id: str) -> ResponseReturnValue:
    """Try once more to deliver a mail."""
    services.resend(row_id, by=actor())
    flash(gettext("The mail is on its way again."), "ok")
    return redirect(url_for(".message", row_id=row_id), 303)


def parts_of(text: str, *, is_masked: bool) -> list[Part]:
    """Return a mail's text in pieces, addresses of this site as links; `is_masked`: their secrets are left out."""
    base = base_url()
    if is_masked:
        text = _SECRET.sub(r"\1•••", text)
    parts: list[Part] = []
    end = 0
    for found in _ADDRESS.finditer(text):
        url = found.group().rstrip(".,)")
        is_link = url.startswith(base) and "•" not in url
        parts += [Part(text[end : found.start()]), Part(url, url if is_link else None)]
        end = found.start() + len(url)
    return [part for part in (*parts, Part(text[end:])) if part.text]


def _row(listed: Listed) -> Row:
    label, tone, icon = STATES[listed.state]
    kind = KINDS.get(listed.kind)
    return Row(
        mail=listed,
        kind=gettext(kind) if kind else listed.kind,
        state=gettext(label),
        tone=tone,
        icon=icon,
        event=picked(listed.event_title).text,
    )


def _tabs(state: Delivery | None, counts: dict[Delivery, int]) -> list[tuple[str, str, bool]]:
    tabs = [(gettext("All"), url_for(".mail"), state is None)]
    for one, (label, _tone, _icon) in STATES.items():
        tabs.append((f"{gettext(label)} ({counts[one]})", url_for(".mail", state=one.value), state is one))
    return tabs
