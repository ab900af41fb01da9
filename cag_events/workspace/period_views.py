"""Periods to mind, taken from a calendar file of a school or a municipality: bring it, look at it, take what fits."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from wtforms import FileField

from cag_events import clock
from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.events.forms.periods import KINDS
from cag_events.events.services.periods import PeriodFields
from cag_events.imports.fetching import looks_like_calendar
from cag_events.imports.queries import get_import
from cag_events.imports.services import file_of, keep_file, place_of
from cag_events.imports.wording import remarks_of
from cag_events.permissions import Permission
from cag_events.web import throttle
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.choices import countries
from cag_events.web.dates import listing, run
from cag_events.web.forms import Form, Length, MultiCheckboxField, RadioField, SelectField, StringField, prepare
from cag_events.web.gate import takes_files
from cag_events.web.language import current_language
from cag_events.web.organisation import site
from cag_events.web.templating import picked
from cag_events.workspace import period_files
from cag_events.workspace.blueprint import bp
from cag_events.workspace.period_files import Action, Plan, Proposal, plan_periods

MOST_BYTES = 3 * 1024 * 1024
MOST_PERIODS = 200
ACTIONS = {
    Action.NEW: (N_("To be added"), "ok", "plus"),
    Action.CHANGED: (N_("Other days"), "accent", "pencil"),
    Action.SAME: (N_("There already"), "neutral", "ok"),
    Action.LEFT: (N_("Left"), "neutral", "withdrawn"),
}  # in words, with a tone and a drawing


class ImportForm(Form):
    """A calendar file, and what the days in it are."""

    file = FileField(
        N_("Calendar file, at most 3 MB"), render_kw={"accept": "text/calendar,.ics,.ical,.ifb,.icalendar"}
    )
    kind = RadioField(N_("What it is"), choices=[*KINDS], default="school_break")
    city = StringField(N_("Town"), [Length(max=100)], description=N_("Empty: everywhere."))
    country = SelectField(N_("Country"))
    segments = MultiCheckboxField(N_("Whom it concerns"), description=N_("None: everybody."))

    def offer(self) -> None:
        """Fill the lists."""
        self.country.choices = [("", _("Everywhere")), *countries()[1:]]
        rows = db.session.execute(select(Segment.key, Segment.name).order_by(Segment.position, Segment.id))
        self.segments.choices = [(row.key, str(picked(row.name))) for row in rows]
        prepare(self)

    def like(self) -> PeriodFields:
        """Return what the days of the file are, where, and for whom."""
        return PeriodFields(
            name={},
            kind=str(self.kind.data),
            first_on=date.min,
            last_on=date.min,
            city=self.city.data or "",
            country=self.country.data or "",
            segments=tuple(self.segments.data or ()),
        )


class PeriodsForm(Form):
    """Tick boxes beside the periods, which the page prints itself."""


@bp.get("/<lang>/organise/periods/import")
@needs(Permission.EVENT_PUBLISH)
def import_periods() -> ResponseReturnValue:
    """Choose a calendar file."""
    form = ImportForm(formdata=None)
    form.offer()
    return render_template("workspace/import_periods.html", form=form)


@bp.post("/<lang>/organise/periods/import")
@needs(Permission.EVENT_PUBLISH)
@takes_files(MOST_BYTES)
def bring_periods() -> ResponseReturnValue:
    """Bring a file, to look first at what it holds."""
    form = ImportForm()
    form.offer()
    if form.validate():
        throttle.spend((throttle.IMPORT_ACCOUNT, str(actor().account_id)))
        with form.refusals():
            octets, name = _brought(form)
            _require_days(_plan(octets, form))
            row = keep_file(octets, source=name, place=name, lang=current_language(), by=actor())
            return redirect(url_for(".look_at_periods", row_id=row.row_id, **_said(form)), 303)
    return render_template("workspace/import_periods.html", form=form), 422


@bp.get("/<lang>/organise/periods/import/<row_id>")
@needs(Permission.EVENT_PUBLISH)
def look_at_periods(row_id: str) -> ResponseReturnValue:
    """Look at what would be added, moved and left."""
    return _preview(row_id, PeriodsForm(formdata=None), None)


@bp.post("/<lang>/organise/periods/import/<row_id>")
@needs(Permission.EVENT_PUBLISH)
def take_periods(row_id: str) -> ResponseReturnValue:
    """Add and move what is ticked."""
    form, chosen = PeriodsForm(), frozenset(request.form.getlist("chosen"))
    if form.validate():
        with form.refusals():
            plan = _plan(file_of(get_import(row_id, actor())), _asked())
            named = [one for one in plan.proposals if one.key in chosen]
            if not any(one.may_choose or one.action is Action.SAME for one in named):
                raise Refused("import.none", N_("Choose at least one entry."))
            added, moved = period_files.take_periods((one for one in named if one.may_choose), by=actor())
            said = [] if added or moved else [_("What you chose is there already.")]  # as after a second press
            said += [ngettext("%(num)s period is added.", "%(num)s periods are added.", added)] if added else []
            said += [ngettext("%(num)s has other days now.", "%(num)s have other days now.", moved)] if moved else []
            flash(" ".join(said), "ok")
            return redirect(url_for("events.periods"), 303)
    return _preview(row_id, form, chosen), 422


def _brought(form: ImportForm) -> tuple[bytes, str]:
    """Return the file and its name. Raises Refused period.no_file, .no_calendar."""
    sent = form.file.data
    octets: bytes = sent.stream.read(MOST_BYTES + 1) if sent is not None and hasattr(sent, "stream") else b""
    if not octets or len(octets) > MOST_BYTES:
        raise Refused("period.no_file", N_("Choose a calendar file of at most 3 MB."), field="file")
    if not looks_like_calendar(octets):
        text = N_("This is no calendar file. Its name usually ends in .ics.")
        raise Refused("period.no_calendar", text, field="file")
    return octets, place_of(sent.filename or "")


def _plan(octets: bytes, form: ImportForm) -> Plan:
    return plan_periods(octets, form.like(), current_language(), clock.now(), site().facts.tz)


def _require_days(plan: Plan) -> None:
    """Raise Refused period.empty, period.many for a file that is hardly meant."""
    number = sum(one.first_on is not None for one in plan.proposals)
    if not number:
        raise Refused("period.empty", N_("There are no days to come in this file."), field="file")
    if number > MOST_PERIODS:
        raise Refused(
            "period.many",
            N_("There are %(number)s entries in it, which is more than a school's year has: is it the right file?"),
            field="file",
            number=number,
        )


def _said(form: ImportForm) -> dict[str, Any]:
    """What was said about the file, for an address: of the file itself nothing is kept but the file."""
    said = {name: form[name].data for name in ("city", "segments") if form[name].data}
    return {"kind": form.kind.data, "country": form.country.data or "", **said}


def _asked() -> ImportForm:
    """What was said about the file, as the address has it. Raises NotFound for what nobody can have chosen."""
    form = ImportForm(formdata=request.args, meta={"csrf": False})
    form.offer()
    if not form.validate():
        raise NotFound(request.path)
    return form


def _preview(row_id: str, form: PeriodsForm, chosen: frozenset[str] | None) -> str:
    row, asked = get_import(row_id, actor()), _asked()
    try:
        plan = _plan(file_of(row), asked)
    except Refused as refused:
        return render_template("workspace/periods_gone.html", text=_(refused.text), source=row.source)
    labels = dict(KINDS)
    return render_template(
        "workspace/look_at_periods.html",
        form=form,
        address=url_for(".take_periods", row_id=row_id, **_said(asked)),
        source=row.source,
        what=listing(part for part in (_(labels[str(asked.kind.data)]), asked.city.data) if part),
        remarks=remarks_of(plan.remarks),
        counts=[
            (_(words[0]), number)
            for action, words in ACTIONS.items()
            if (number := sum(one.action is action for one in plan.proposals))
        ],
        rows=[_row(one, chosen) for one in plan.proposals],
        may_take=any(one.may_choose for one in plan.proposals),
    )


def _row(one: Proposal, chosen: frozenset[str] | None) -> dict[str, object]:
    """A proposal as the page shows it."""
    label, tone, icon = ACTIONS[one.action]
    return {
        "key": one.key,
        "name": one.name,
        "label": _(label),
        "tone": tone,
        "icon": icon,
        "days": str(run(one.first_on, one.last_on)) if one.first_on and one.last_on else "",
        "before": str(run(*one.before)) if one.before else "",
        "remarks": remarks_of(one.remarks),
        "may_choose": one.may_choose,
        "is_chosen": one.may_choose and (chosen is None or one.key in chosen),
    }
