"""Periods to mind, taken from a calendar file of a school or a municipality."""

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from wtforms import FileField

from cag_events import clock
from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain.errors import N_, Refused
from cag_events.events.forms.periods import KINDS
from cag_events.events.services import add_periods
from cag_events.events.services.periods import LONGEST_DAYS, PeriodFields
from cag_events.imports.apart import dates_apart
from cag_events.imports.fetching import looks_like_calendar
from cag_events.permissions import Permission
from cag_events.web import throttle
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.choices import countries
from cag_events.web.forms import Form, Length, MultiCheckboxField, RadioField, SelectField, StringField, prepare
from cag_events.web.gate import takes_files
from cag_events.web.language import current_language
from cag_events.web.organisation import site
from cag_events.web.templating import picked
from cag_events.workspace.blueprint import bp

MOST_BYTES = 3 * 1024 * 1024
MOST_PERIODS = 200
AHEAD = timedelta(days=3 * 366)
LONGEST_NAME = 200


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

    def periods(self) -> list[PeriodFields]:
        """Return the days to come of the file as periods.

        Raises Refused period.no_file, .no_calendar, .empty, .many; import.…
        """
        sent = self.file.data
        octets: bytes = sent.stream.read(MOST_BYTES + 1) if sent is not None and hasattr(sent, "stream") else b""
        if not octets or len(octets) > MOST_BYTES:
            raise Refused("period.no_file", N_("Choose a calendar file of at most 3 MB."), field="file")
        if not looks_like_calendar(octets):
            text = N_("This is no calendar file. Its name usually ends in .ics.")
            raise Refused("period.no_calendar", text, field="file")
        now = clock.now()
        _calendar, dates = dates_apart(octets, now, now + AHEAD, home=site().facts.tz)
        found = [
            PeriodFields(
                name={current_language(): one.entry.summary[:LONGEST_NAME]},
                kind=str(self.kind.data),
                first_on=one.first_on,
                last_on=one.last_on,
                city=self.city.data or "",
                country=self.country.data or "",
                segments=tuple(self.segments.data or ()),
            )
            for one in dates
            if one.entry.summary and (one.last_on - one.first_on).days <= LONGEST_DAYS
        ]
        if not found:
            raise Refused("period.empty", N_("There are no days to come in this file."), field="file")
        if len(found) > MOST_PERIODS:
            raise Refused(
                "period.many",
                N_("There are %(number)s entries in it, which is more than a school's year has: is it the right file?"),
                field="file",
                number=len(found),
            )
        return found


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
def take_periods() -> ResponseReturnValue:
    """Add what the file holds and is not there yet."""
    form = ImportForm()
    form.offer()
    if form.validate():
        throttle.spend((throttle.IMPORT_ACCOUNT, str(actor().account_id)))
        with form.refusals():
            periods = form.periods()
            added = add_periods(periods, by=actor())
            known = len(periods) - added
            said = ngettext("%(num)s period is added.", "%(num)s periods are added.", added)
            more = ngettext("%(num)s was there already.", "%(num)s were there already.", known) if known else ""
            flash(f"{said} {more}".strip(), "ok")
            return redirect(url_for("events.periods"), 303)
    return render_template("workspace/import_periods.html", form=form), 422
