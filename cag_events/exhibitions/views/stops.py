"""One stop of a tour: how far it has come, its days, its crates, what was noted of them, what the host gets."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain import tours
from cag_events.domain.errors import NotFound
from cag_events.domain.texts import pick
from cag_events.domain.tours import StopStatus
from cag_events.events import reading
from cag_events.exhibitions import page
from cag_events.exhibitions.forms.stop import MoveForm, NoteForm, StatusForm, StopForm
from cag_events.exhibitions.models import TourStop
from cag_events.exhibitions.queries import tours as queries
from cag_events.exhibitions.queries.tours import Tour, get_tour, get_tour_of
from cag_events.exhibitions.queries.visitors import tallies_of
from cag_events.exhibitions.services import crates
from cag_events.exhibitions.services import tours as services
from cag_events.exhibitions.services.crates import MOMENTS
from cag_events.exhibitions.views.blueprint import bp
from cag_events.exhibitions.wording import STATUS_ACTIONS, STATUS_TONES, STATUS_WORDS
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.gate import whole_number
from cag_events.web.language import current_language

BASE = "/<lang>/organise/stops/<row_id>"


@bp.get(BASE)
@needs(Permission.EVENT_SEE)
def stop(row_id: str) -> ResponseReturnValue:
    """See a stop."""
    return _page(*get_tour_of(row_id))


def _page(
    tour: Tour,
    row: TourStop,
    status_form: StatusForm | None = None,
    note_form: NoteForm | None = None,
    wanted: str = "",
) -> str:
    lang, today = current_language(), reading.today()
    notes = note_form or _note_form(tour)
    order = list(StopStatus)
    moves = sorted(tours.MOVES[row.status], key=order.index)
    event = tour.events.get(row.event_id or 0)
    accounts = queries.names_of_accounts(tick.account_id for tick in tour.ticks.values())
    return render_template(
        "exhibitions/stop.html",
        production=tour.production,
        production_title=pick(tour.production.title, lang),
        stop=row,
        row=next(one for one in page.rows_of(tour, today, lang) if one.stop.id == row.id),
        status=_(STATUS_WORDS[row.status]),
        tone=STATUS_TONES[row.status],
        steps=[(_(STATUS_WORDS[one]), one == row.status, order.index(one) < order.index(row.status)) for one in order],
        forward=[(one.value, _(STATUS_ACTIONS[one])) for one in moves if order.index(one) > order.index(row.status)],
        backward=[(one.value, _(STATUS_WORDS[one])) for one in moves if order.index(one) < order.index(row.status)],
        status_form=status_form or StatusForm(formdata=None),
        wanted=wanted,
        ways=page.ways_of(tour, row, lang),
        crates=tour.crates,
        ticks=tour.ticks,
        who=accounts,
        notes=[(note, number, name, _(MOMENTS[note.moment])) for note, number, name in queries.list_notes(row.id)],
        note_form=notes,
        overrides=queries.list_overrides(row.id),
        fee=page.fee_of(tour, row),
        amount=page.amount,
        texts_due=page.texts_due_on(tour, row),
        tally=tallies_of([event])[event.id] if event else None,
        tz=tour.venues[row.venue_id].tz,
        today=today,
    )


def _note_form(tour: Tour) -> NoteForm:
    form = NoteForm()
    form.number.choices = page.crate_choices(tour)
    if not form.is_submitted():
        form.on_day.data = reading.today()
    return form


@bp.post(f"{BASE}/status")
@needs(Permission.EVENT_EDIT)
def set_status(row_id: str) -> ResponseReturnValue:
    """Let a stop go on."""
    form, wanted = StatusForm(), request.form.get("status", "")
    if wanted not in {one.value for one in StopStatus}:
        raise NotFound(wanted)
    if form.validate():
        with form.refusals():
            services.set_status(row_id, StopStatus(wanted), reason=form.reason.data or "", by=actor())
            flash(_("Saved."), "ok")
            return redirect(url_for(".stop", row_id=row_id), 303)
    return _page(*get_tour_of(row_id), status_form=form, wanted=wanted), 422


@bp.route("/<lang>/organise/productions/<key>/stops/new", methods=["GET", "POST"])
@needs(Permission.EVENT_EDIT)
def new_stop(key: str) -> ResponseReturnValue:
    """Ask a host: one more stop."""
    return _edit(get_tour(key), None)


@bp.route(f"{BASE}/edit", methods=["GET", "POST"])
@needs(Permission.EVENT_EDIT)
def edit_stop(row_id: str) -> ResponseReturnValue:
    """Change a stop and the ways to and from it."""
    return _edit(*get_tour_of(row_id))


def _edit(tour: Tour, row: TourStop | None) -> ResponseReturnValue:
    form = StopForm()
    form.offer(tour, row)
    key, row_id = tour.production.key, row.row_id if row else None
    if form.is_submitted() and form.validate():
        with form.refusals():
            fields = form.read(tour.production.usual_days)
            saved = services.save_stop(tour.production.id, row_id, fields, reason=form.reason.data or "", by=actor())
            flash(_("Saved."), "ok")
            return redirect(url_for(".stop", row_id=saved.row_id), 303)
    if not form.is_submitted():
        form.load(tour, row)
    lang = current_language()
    tour, row = (get_tour(key), None) if row_id is None else get_tour_of(row_id)
    answer = render_template(
        "exhibitions/stop_edit.html",
        form=form,
        key=key,
        stop=row,
        production_title=pick(tour.production.title, lang),
        place=page.city_of(tour, row, lang) if row else "",
        is_binding=bool(row and row.status in tours.BINDING),
    )
    return (answer, 422) if form.is_submitted() else answer


@bp.post(f"{BASE}/remove")
@needs(Permission.EVENT_EDIT)
def remove_stop(row_id: str) -> ResponseReturnValue:
    """Take a stop out of the tour."""
    tour, row = get_tour_of(row_id)
    form = StatusForm()
    if form.validate():
        with form.refusals():
            services.remove_stop(row_id, by=actor())
            flash(_("Removed."), "ok")
            return redirect(url_for(".production", key=tour.production.key), 303)
    return _page(tour, row, status_form=form), 422


@bp.route(f"{BASE}/move", methods=["GET", "POST"])
@needs(Permission.EVENT_EDIT)
def move_stop(row_id: str) -> ResponseReturnValue:
    """See what moves with a stop, and move it."""
    tour, row = get_tour_of(row_id)
    form = MoveForm(request.form if request.method == "POST" else request.args)
    days = (form.opens_on.data - row.opens_on).days if form.opens_on.data else 0
    step = 1 if form.step.data == "1" else 7
    if request.method == "POST" and form.validate():
        with form.refusals():
            with_events, reason = bool(form.with_events.data), form.reason.data or ""
            services.move_stop(row_id, days, step=step, with_events=with_events, reason=reason, by=actor())
            flash(_("Moved."), "ok")
            return redirect(url_for(".production", key=tour.production.key), 303)
    answer = _move_page(*get_tour_of(row_id), form, days, step)
    return (answer, 422) if request.method == "POST" else answer


def _move_page(tour: Tour, row: TourStop, form: MoveForm, days: int, step: int) -> str:
    lang = current_language()
    chain = None
    if days:
        with form.refusals():
            chain = services.preview_move(tour, row, days, step)
    names = {one.key: page.city_of(tour, one, lang) for one in tour.stops}
    if form.opens_on.data is None and not form.opens_on.raw_data:
        form.opens_on.data = row.opens_on + timedelta(days=7)
    if request.method == "GET":
        form.with_events.data, form.step.data = True, str(step)
    return render_template(
        "exhibitions/move.html",
        form=form,
        stop=row,
        place=names[row.key],
        production_title=pick(tour.production.title, lang),
        chain=chain,
        shifts=[
            {
                "city": names[shift.before.key],
                "before": shift.before,
                "after": shift.after,
                "days": shift.days,
                "status": _(STATUS_WORDS[shift.before.status]),
                "tone": STATUS_TONES[shift.before.status],
                "is_binding": shift.before.status in tours.BINDING,
            }
            for shift in (chain.shifts if chain else ())
        ],
        stays=[names[one.key] for one in tour.plan if chain and one.key not in {s.before.key for s in chain.shifts}],
        clashes=[
            (names[one.earlier.key], names[one.later.key], one.missing) for one in (chain.clashes if chain else ())
        ],
    )


@bp.post(f"{BASE}/crates")
@needs(Permission.EVENT_EDIT)
def tick(row_id: str) -> ResponseReturnValue:
    """Tick a crate off at an end of a way, or take that back."""
    values = request.form
    leg = whole_number(values.get("leg"), 0)
    crates.tick_crate(
        row_id,
        leg,
        values.get("crate", ""),
        values.get("end", ""),
        is_there=values.get("undo") != "1",
        by=actor(),
    )
    return redirect(url_for(".stop", row_id=row_id, _anchor=f"leg-{leg}"), 303)


@bp.post(f"{BASE}/notes")
@needs(Permission.EVENT_EDIT)
def add_note(row_id: str) -> ResponseReturnValue:
    """Note the condition of a crate, or of all."""
    tour, _row = get_tour_of(row_id)
    form = _note_form(tour)
    if form.validate():
        with form.refusals():
            crates.add_note(
                row_id,
                moment=str(form.moment.data),
                text=form.text.data or "",
                number=str(form.number.data or ""),
                on_day=form.on_day.data or reading.today(),
                by=actor(),
            )
            flash(_("Noted."), "ok")
            return redirect(url_for(".stop", row_id=row_id, _anchor="notes"), 303)
    return _page(*get_tour_of(row_id), note_form=form), 422


@bp.post(f"{BASE}/notes/remove")
@needs(Permission.EVENT_EDIT)
def remove_note(row_id: str) -> ResponseReturnValue:
    """Remove a note."""
    crates.remove_note(row_id, whole_number(request.form.get("note"), 0), by=actor())
    return redirect(url_for(".stop", row_id=row_id, _anchor="notes"), 303)


@bp.get(f"{BASE}/host-pack")
@needs(Permission.EVENT_SEE)
def host_pack(row_id: str) -> ResponseReturnValue:
    """Print what the host needs to know."""
    tour, row = get_tour_of(row_id)
    lang = current_language()
    return render_template(
        "exhibitions/host_pack.html",
        back=(url_for(".stop", row_id=row_id), page.city_of(tour, row, lang)),
        production=tour.production,
        title=pick(tour.production.title, lang),
        stop=row,
        place=page.place_of(tour, row, lang),
        city=page.city_of(tour, row, lang),
        ways=page.ways_of(tour, row, lang),
        crates=tour.crates,
        weight=sum(crate.weight_kg or 0 for crate in tour.crates),
        insured=page.insured_for(tour.production.works),
        fee=page.fee_of(tour, row),
        amount=page.amount,
        texts_due=page.texts_due_on(tour, row),
    )
