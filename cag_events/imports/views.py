"""The pages by which somebody brings in a calendar of another program: choose it, look at it, take it, undo it."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events import clock
from cag_events.db import end_reading
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.imports import known, services
from cag_events.imports.apart import read_apart
from cag_events.imports.fetching import MOST_OCTETS, fetch_calendar
from cag_events.imports.forms import ChosenForm, DefaultsForm, SourceForm
from cag_events.imports.models import CalendarImport
from cag_events.imports.plans import Action, Plan, is_writable, plan_import
from cag_events.imports.queries import get_import, is_untouched, keys_there, list_imports, made_in
from cag_events.imports.wishes import Surroundings
from cag_events.imports.wording import ACTIONS, Names, done_of, read_names, remarks_of, row_of
from cag_events.permissions import Permission
from cag_events.web import throttle
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.gate import page_number, takes_files
from cag_events.web.language import current_language, languages

bp = Blueprint("imports", __name__)

A_PAGE = 50
MOST_AT_ONCE = 200  # that the button for the whole file takes; more is for page by page, or the command


@bp.get("/<lang>/organise/import")
@needs(Permission.EVENT_EDIT)
def bring() -> ResponseReturnValue:
    """Choose a file or an address."""
    return _source_page(_source_form())


@bp.post("/<lang>/organise/import")
@needs(Permission.EVENT_EDIT)
@takes_files(MOST_OCTETS)
def keep() -> ResponseReturnValue:
    """Bring a calendar, to look at it first."""
    form = _source_form()
    if form.validate():
        throttle.spend((throttle.IMPORT_ACCOUNT, str(actor().account_id)))
        with form.refusals():
            octets, source, place = _brought(form)
            row = services.keep_file(
                octets,
                source=source,
                place=place,
                lang=current_language(),
                kind=form.kind.data,
                theme=form.theme.data,
                by=actor(),
            )
            return redirect(url_for(".preview", row_id=row.row_id), 303)
    return _source_page(form), 422


@bp.get("/<lang>/organise/import/<row_id>")
@needs(Permission.EVENT_EDIT)
def preview(row_id: str) -> ResponseReturnValue:
    """Look at what would be made, changed and left."""
    return _preview(get_import(row_id, actor()), ChosenForm(), None)


@bp.post("/<lang>/organise/import/<row_id>/defaults")
@needs(Permission.EVENT_EDIT)
def choose(row_id: str) -> ResponseReturnValue:
    """Choose kind and theme for entries that name none."""
    row, form = get_import(row_id, actor()), DefaultsForm()
    _offer(form, read_names())
    if form.validate():
        services.choose_defaults(row_id, kind=form.kind.data, theme=form.theme.data, by=actor())
        return redirect(url_for(".preview", row_id=row_id), 303)
    return _preview(row, ChosenForm(formdata=None), None, form), 422


@bp.post("/<lang>/organise/import/<row_id>")
@needs(Permission.EVENT_EDIT)
def take(row_id: str) -> ResponseReturnValue:
    """Take what is ticked, or all that is new or changed."""
    row, form = get_import(row_id, actor()), ChosenForm()
    chosen = frozenset(request.form.getlist("chosen"))
    if form.validate():
        with form.refusals():
            around = _around(row)
            if request.form.get("do") == "all":
                chosen = frozenset(one.key for one in _plan(row, around).proposals if one.is_chosen)
            services.take_kept(row_id, around, chosen, by=actor())
            return redirect(url_for(".report", row_id=row_id), 303)
    return _preview(get_import(row_id, actor()), form, chosen), 422


@bp.get("/<lang>/organise/import/<row_id>/report")
@needs(Permission.EVENT_EDIT)
def report(row_id: str) -> ResponseReturnValue:
    """See what was made, changed and left, and why."""
    row = get_import(row_id, actor())
    if row.done_at is None:
        raise NotFound(row_id)
    there = keys_there(one["event_key"] for one in row.report)
    lines = [done_of({**one, "event_key": one["event_key"] if one["event_key"] in there else ""}) for one in row.report]
    lines.sort(key=lambda line: line.label == _(ACTIONS[Action.SAME][1]))
    page = page_number()
    counts = [
        (_(label), sum(one["action"] == action for one in row.report))
        for action, (_b, label, _t, _i) in ACTIONS.items()
    ]
    return render_template(
        "imports/report.html",
        row_id=row_id,
        source=row.source,
        counts=[(label, number) for label, number in counts if number],
        lines=lines[(page - 1) * A_PAGE : page * A_PAGE],
        page=page,
        pages=-(-len(lines) // A_PAGE),
        page_address=lambda number: url_for(".report", row_id=row_id, page=number),
        untouched=sum(is_untouched(entry, event) for entry, event in made_in(row.id)),
        is_undone=row.undone_at is not None,
        may_go_on=row.expires_at is not None and row.expires_at > clock.now(),
    )


@bp.post("/<lang>/organise/import/<row_id>/undo")
@needs(Permission.EVENT_EDIT)
def undo(row_id: str) -> ResponseReturnValue:
    """Delete the drafts that nobody has touched since."""
    number = services.undo(row_id, by=actor())
    flash(ngettext("%(num)s draft is deleted.", "%(num)s drafts are deleted.", number), "ok")
    return redirect(url_for(".report", row_id=row_id), 303)


def _source_form() -> SourceForm:
    form = SourceForm()
    _offer(form, read_names())
    return form


def _offer(form: SourceForm | DefaultsForm, names: Names) -> None:
    form.offer(
        [("", _("A lecture, to be changed later")), *names.kind_choices()],
        [("", _("None")), *names.themes.items()],
    )


def _source_page(form: SourceForm) -> str:
    made = [(row.row_id, row.source, row.done_at) for row in list_imports(actor())]
    return render_template(
        "imports/bring.html", form=form, made=made, tz=known.home(), megabytes=MOST_OCTETS // 1_000_000
    )


def _brought(form: SourceForm) -> tuple[bytes, str, str]:
    """Return the calendar that was brought, what people call it, and what tells that another one comes from there."""
    sent = request.files.get("file")
    url = (form.url.data or "").strip()
    if sent is not None and sent.filename:
        name = services.place_of(sent.filename)
        return sent.stream.read(MOST_OCTETS + 1), name, name
    if not url:
        raise Refused("import.nothing", N_("Choose a file, or give an address."), field="file")
    end_reading()  # it may take a while
    octets = fetch_calendar(url).octets
    return octets, urlsplit(url).hostname or url[:100], url


def _around(row: CalendarImport) -> Surroundings:
    return known.surroundings(row.lang, languages(), row.kind, row.theme)


def _plan(row: CalendarImport, around: Surroundings) -> Plan:
    calendar = read_apart(services.file_of(row), home=around.home)
    return plan_import(calendar, around, row.source_index, clock.now())


def _preview(
    row: CalendarImport, form: ChosenForm, chosen: frozenset[str] | None, defaults: DefaultsForm | None = None
) -> str:
    names = read_names()
    if defaults is None:
        defaults = DefaultsForm(formdata=None, kind=row.kind, theme=row.theme)
        _offer(defaults, names)
    try:
        plan = _plan(row, _around(row))
    except Refused as refused:
        return render_template("imports/expired.html", text=_(refused.text), source=row.source)
    order = list(ACTIONS)
    proposals = sorted(plan.proposals, key=lambda one: order.index(one.action))
    page = page_number()
    ready = sum(one.is_chosen and is_writable(one) for one in proposals)
    return render_template(
        "imports/preview.html",
        row_id=row.row_id,
        source=row.source,
        name=plan.name,
        form=form,
        defaults=defaults,
        remarks=remarks_of(plan.remarks),
        counts=[(_(ACTIONS[action][0]), plan.counts[action]) for action in order if action in plan.counts],
        rows=[row_of(one, names, chosen) for one in proposals[(page - 1) * A_PAGE : page * A_PAGE]],
        page=page,
        pages=-(-len(proposals) // A_PAGE),
        page_address=lambda number: url_for(".preview", row_id=row.row_id, page=number),
        ready=ready,
        takes_all=len(proposals) > A_PAGE and 0 < ready <= MOST_AT_ONCE,
    )
