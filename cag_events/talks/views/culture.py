"""Cultural programmes: what the study association asks, what is missing, and the report to it."""

from collections.abc import Sequence
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.audiences.models import Partner
from cag_events.db import db
from cag_events.domain.disclosure import STRANGER, disclose, may_know
from cag_events.domain.event import EventView
from cag_events.events import reading
from cag_events.events.cards import city_of, title_of
from cag_events.permissions import Permission
from cag_events.talks.queries import CultureDate, culture_dates, list_culture
from cag_events.talks.views.blueprint import bp
from cag_events.talks.views.frame import frame_of
from cag_events.talks.wording import CHECKS
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.sheets import csv_answer, xlsx_answer

COLUMNS = (
    *("date", "start", "minutes", "place", "city", "title", "performers", "present", "association"),
    *("terms_from", "fulfilled", "missing"),
)
Cells = tuple[str | int, ...]


@bp.get("/<lang>/organise/events/<key>/cultural-programme")
@needs(Permission.COUNTS_SEE)
def culture(key: str) -> ResponseReturnValue:
    """See whether the event counts as a cultural programme, or exactly what is missing."""
    frame = frame_of(key)
    dates = culture_dates([frame.record])
    return render_template(
        "talks/culture.html", frame=frame, event_tabs=frame.tabs, dates=[(one, _meters(one)) for one in dates]
    )


@bp.get("/<lang>/organise/events/<key>/cultural-programme/print")
@needs(Permission.COUNTS_SEE)
def print_culture(key: str) -> ResponseReturnValue:
    """Print the report of one event for the association."""
    frame = frame_of(key)
    back = (url_for(".culture", key=key), _("Cultural programme"))
    return _sheet(culture_dates([frame.record]), back)


@bp.get("/<lang>/organise/events/<key>/cultural-programme.csv")
@needs(Permission.COUNTS_SEE)
def culture_csv(key: str) -> ResponseReturnValue:
    """Take the report of one event along as CSV."""
    return csv_answer(f"cultural-programme-{key}", COLUMNS, _cells(culture_dates([frame_of(key).record])))


@bp.get("/<lang>/organise/events/<key>/cultural-programme.xlsx")
@needs(Permission.COUNTS_SEE)
def culture_xlsx(key: str) -> ResponseReturnValue:
    """Take the report of one event along as a workbook."""
    rows = _cells(culture_dates([frame_of(key).record]))
    return xlsx_answer(f"cultural-programme-{key}", COLUMNS, rows, "cultural programme")


@bp.get("/<lang>/organise/cultural-programmes")
@needs(Permission.COUNTS_SEE)
def cultures() -> ResponseReturnValue:
    """See all cultural programmes of a year and how they stand."""
    year = _year()
    dates = _of_year(year)
    return render_template(
        "talks/cultures.html",
        year=year,
        dates=[(one, title_of(_seen(one), reading.reader()), _missing(one)) for one in dates],
        met=sum(one.is_met for one in dates),
    )


@bp.get("/<lang>/organise/cultural-programmes/print")
@needs(Permission.COUNTS_SEE)
def print_cultures() -> ResponseReturnValue:
    """Print the year's report for the association."""
    year = _year()
    return _sheet(_of_year(year), (url_for(".cultures", year=year), _("Cultural programmes")))


@bp.get("/<lang>/organise/cultural-programmes.csv")
@needs(Permission.COUNTS_SEE)
def cultures_csv() -> ResponseReturnValue:
    """Take the year's report along as CSV."""
    year = _year()
    return csv_answer(f"cultural-programmes-{year}", COLUMNS, _cells(_of_year(year)))


@bp.get("/<lang>/organise/cultural-programmes.xlsx")
@needs(Permission.COUNTS_SEE)
def cultures_xlsx() -> ResponseReturnValue:
    """Take the year's report along as a workbook."""
    year = _year()
    return xlsx_answer(f"cultural-programmes-{year}", COLUMNS, _cells(_of_year(year)), "cultural programmes")


def _year() -> int:
    text = request.args.get("year", "")
    return int(text) if len(text) == 4 and text.isascii() and text.isdigit() and text > "1999" else reading.today().year


def _of_year(year: int) -> list[CultureDate]:
    who = actor().viewer
    return [one for one in list_culture(date(year, 1, 1), date(year, 12, 31)) if may_know(one.record, who)]


def _seen(one: CultureDate) -> EventView:
    return disclose(one.record, actor().viewer, clock.now())


def _meters(one: CultureDate) -> list[tuple[str, str, int, int | None, int]]:
    """Code, words, asked, found, missing of each thing that is asked."""
    return [(check.code, _(CHECKS[check.code]), check.asked, check.found, check.missing) for check in one.checks]


def _missing(one: CultureDate) -> str:
    """What is missing, in words; empty where nothing is."""
    if one.terms is None:
        return str(_("No terms are entered for that day."))
    if one.held.present is None:
        rest = [check for check in one.checks if not check.is_met and check.code != "present"]
        words = [str(_("heads are not counted yet")), *(_lack(check.code, check.missing) for check in rest)]
    else:
        words = [_lack(check.code, check.missing) for check in one.checks if not check.is_met]
    return ", ".join(words)


def _lack(code: str, missing: int) -> str:
    texts = {
        "minutes": _("%(num)s minutes too short", num=missing),
        "present": _("%(num)s people too few", num=missing),
        "open": _("not open to all"),
        "announced": _("not announced beforehand"),
    }
    return str(texts[code])


def _sheet(dates: Sequence[CultureDate], back: tuple[str, str]) -> str:
    return render_template("talks/culture_print.html", rows=_cells(dates), back=back, made_on=reading.today())


def _cells(dates: Sequence[CultureDate]) -> list[Cells]:
    """The report's rows: only of people who may be named publicly, and counts from the head count alone."""
    reader, names = reading.reader(), _partner_names({one.association for one in dates})
    rows: list[Cells] = []
    for one in dates:
        view = disclose(one.record, STRANGER, clock.now())
        venue = view.venue
        rows.append(
            (
                one.held.on.isoformat(),
                f"{one.part.starts_wall:%H:%M}",
                one.held.minutes,
                reader.text(venue.name).text if venue else "",
                city_of(venue, reader) if venue else "",
                reader.text(view.title).text,
                ", ".join(person.name for person in view.people),
                one.held.present if one.held.present is not None else "",
                names.get(one.association, one.association),
                one.terms.valid_from.isoformat() if one.terms else "",
                "yes" if one.is_met else "no",
                _missing(one),
            )
        )
    return rows


def _partner_names(keys: set[str]) -> dict[str, str]:
    found = db.session.query(Partner.key, Partner.name).filter(Partner.key.in_(sorted(keys - {""})))
    return {row.key: row.name for row in found}
