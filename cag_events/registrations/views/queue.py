"""The organizer's pages of the queue, in its order with reasons, and of the seats that are held for some."""

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events import clock
from cag_events.audit.services import record_reading
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventView
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.queueing import standings
from cag_events.domain.seating import Pool, Proof
from cag_events.domain.seats import Status, is_held, mode_of, release_of
from cag_events.domain.texts import pick
from cag_events.events.queries import get_view
from cag_events.events.tabs import tabs_of
from cag_events.events.wording import MODE_WORDS
from cag_events.permissions import Permission
from cag_events.registrations import services
from cag_events.registrations.codes import new_reference
from cag_events.registrations.forms.queue import AddressesForm, CodeForm, MoveForm
from cag_events.registrations.queries import get_registration, list_queue, list_registrations, seat_state
from cag_events.registrations.queries.held import CodeRow, Move, count_addresses, list_codes, list_moves
from cag_events.registrations.standing import desk_reason, name_of, segment_names
from cag_events.registrations.views.blueprint import bp
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.language import current_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A party that waits or has an offer, as organizers see it."""

    code: str
    name: str
    party: int
    mode: str
    segment: str
    joined_at: datetime
    reason: str = ""
    place: int = 0
    offered_until: datetime | None = None
    moves: tuple[Move, ...] = ()


@bp.get("/<lang>/organise/events/<key>/queue")
@needs(Permission.ATTENDEES_SEE)
def queue(key: str) -> ResponseReturnValue:
    """See who waits, in order, and why each has no seat yet."""
    view = _view(key)
    record_reading("registrations.read", by=actor(), event_id=view.id)
    return _queue_page(view, MoveForm())


@bp.post("/<lang>/organise/events/<key>/queue/<code>")
@needs(Permission.ATTENDEES_EDIT)
def move(key: str, code: str) -> ResponseReturnValue:
    """Move a party to the head of the queue, or give it seats before its turn, with the reason."""
    view, form = _view(key), MoveForm()
    to_head = request.form.get("action") == "head"
    if form.validate():
        with form.refusals():
            registration = get_registration(view.id, code)
            services.move_up(registration.id, str(form.reason.data), by=actor(), to_head=to_head)
            flash(_("Moved to the head of the queue.") if to_head else _("The seats are given."), "ok")
            return redirect(url_for(".queue", key=key), 303)
    return _queue_page(view, form, code), 422


@bp.get("/<lang>/organise/events/<key>/held-seats")
@needs(Permission.ATTENDEES_EDIT)
def held_seats(key: str) -> ResponseReturnValue:
    """See for whom seats are held, until when, and what shows that they are theirs."""
    return _held_page(_view(key))


@bp.post("/<lang>/organise/events/<key>/held-seats/<segment>")
@needs(Permission.ATTENDEES_EDIT)
def change_held_seats(key: str, segment: str) -> ResponseReturnValue:
    """Add or end a code, or fill in the list of addresses."""
    view, action = _view(key), request.form.get("action", "")
    forms = {"code": _add_code, "list": _set_list, "end": _end_code}
    if action not in forms:
        raise NotFound(action)
    refused = forms[action](view, segment)
    if refused is None:
        return redirect(url_for(".held_seats", key=key), 303)
    return _held_page(view, segment, refused), 422


def _add_code(view: EventView, segment: str) -> CodeForm | None:
    form = CodeForm(prefix=f"{segment}-code-")
    if form.validate():
        made = "" if form.code.data else f"{new_reference()}-{new_reference()}"
        with form.refusals():
            services.add_code(
                view.id,
                segment,
                made or str(form.code.data),
                label=str(form.label.data),
                most_uses=form.most_uses.data,
                by=actor(),
            )
            text = _("The code is %(code)s. It is shown this once: write it down.", code=made)
            flash(text if made else _("The code is kept."), "ok")
            return None
    return form


def _set_list(view: EventView, segment: str) -> AddressesForm | None:
    form = AddressesForm(prefix=f"{segment}-list-")
    if form.validate():
        found, wrong = services.read_addresses(str(form.addresses.data or ""))
        if wrong:
            form.addresses.errors = [_("These are not mail addresses: %(words)s", words=", ".join(wrong[:5]))]
            return form
        with form.refusals():
            number = services.set_addresses(view.id, segment, found, replaces=bool(form.replaces.data), by=actor())
            flash(ngettext("%(num)s address is on the list.", "%(num)s addresses are on the list.", number), "ok")
            return None
    return form


def _end_code(view: EventView, _segment: str) -> None:
    services.remove_code(view.id, request.form.get("name", ""), by=actor())
    flash(_("The code is dead. Who has used it keeps what they have."), "ok")


def _view(key: str) -> EventView:
    return get_view(key, actor().viewer, clock.now())


def _queue_page(view: EventView, form: MoveForm, code: str = "") -> str:
    now = clock.now()
    waiting = {row.id: row for row in list_registrations(view.id, statuses=[Status.WAITLISTED])}
    is_open = view.status is EventStatus.PUBLISHED and view.starts_at is not None and now < view.starts_at
    standing = standings(list_queue(view.id, view.registration.pools), seat_state(view), is_open=is_open)
    names, moves = segment_names(), list_moves(view.id)
    rows = [
        Row(
            code=row.code,
            name=row.name or "",
            party=row.party,
            mode=_(MODE_WORDS[row.mode]),
            segment=name_of(one.segment, names) if one.segment else "",
            joined_at=row.joined_at,
            reason=desk_reason(where),
            place=where.place,
            moves=tuple(moves.get(row.id, ())),
        )
        for one, where in standing
        if (row := waiting.get(one.registration))
    ]
    offered = [
        Row(
            code=row.code,
            name=row.name or "",
            party=row.party,
            mode=_(MODE_WORDS[row.mode]),
            segment="",
            joined_at=row.joined_at,
            offered_until=row.offered_until,
            moves=tuple(moves.get(row.id, ())),
        )
        for row in list_registrations(view.id, statuses=[Status.OFFERED])
    ]
    return render_template(
        "registrations/queue.html",
        view=view,
        event_tabs=tabs_of(view, actor()),
        title=pick(view.title, current_language()),
        rows=rows,
        offered=offered,
        form=form,
        open_code=code,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRow:
    """Seats held for a segment, with the forms by which their proof is kept."""

    segment: str
    name: str
    seats: int
    taken: int
    mode: str
    until: datetime | None
    is_held: bool
    proof: str
    domains: tuple[str, ...]
    codes: tuple[CodeRow, ...]
    addresses: int
    code_form: CodeForm | None
    list_form: AddressesForm | None
    is_opened_above: bool


def _held_page(view: EventView, segment: str = "", refused: CodeForm | AddressesForm | None = None) -> str:
    now, state = clock.now(), seat_state(view)
    codes, addresses, names = list_codes(view.id), count_addresses(view.id), segment_names()

    def row_of(pool: Pool) -> PoolRow:
        like = [one for one in view.registration.pools if (one.segment, one.proof) == (pool.segment, pool.proof)]
        is_first = pool is like[0]
        mine = refused if pool.segment == segment else None
        code_form = mine if isinstance(mine, CodeForm) else CodeForm(None, prefix=f"{pool.segment}-code-")
        list_form = mine if isinstance(mine, AddressesForm) else AddressesForm(None, prefix=f"{pool.segment}-list-")
        held_by = [by.get(pool.segment, 0) for slot, by in state.held_by.items() if slot.mode is mode_of(pool)]
        return PoolRow(
            segment=pool.segment,
            name=name_of(pool.segment, names),
            seats=pool.seats,
            taken=min(pool.seats, max(held_by, default=0)),
            mode=_(MODE_WORDS[mode_of(pool)]),
            until=release_of(pool, view.starts_at),
            is_held=is_held(pool, view.starts_at, now),
            proof=pool.proof.value,
            domains=pool.domains,
            codes=tuple(one for one in codes if one.segment == pool.segment),
            addresses=addresses.get(pool.segment, 0),
            code_form=code_form if pool.proof is Proof.CODE and is_first else None,
            list_form=list_form if pool.proof is Proof.LIST and is_first else None,
            is_opened_above=pool.proof in (Proof.CODE, Proof.LIST) and not is_first,
        )

    return render_template(
        "registrations/held_seats.html",
        view=view,
        event_tabs=tabs_of(view, actor()),
        title=pick(view.title, current_language()),
        pools=[row_of(pool) for pool in view.registration.pools],
        refused=refused,
    )
