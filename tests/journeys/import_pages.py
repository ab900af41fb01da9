"""The pages of imports, for the walk over all pages."""

from datetime import timedelta

from sqlalchemy import select

from cag_events import clock
from cag_events.accounts.models import Account
from cag_events.db import db, transaction
from cag_events.imports import known
from cag_events.imports.models import CalendarImport
from cag_events.imports.plans import plan_import
from cag_events.imports.reading import read_calendar
from cag_events.imports.services import keep_file, source_index, take_kept
from cag_events.permissions import Actor, Role
from tests.imports.given import calendar, entry
from tests.journeys.pages import Stop
from tests.journeys.stage import Stage


def import_stops(stage: Stage) -> list[Stop]:
    """What somebody sees who brings a calendar in."""
    fresh, done, over, terms = stage.ask(_make)
    page = "/{lang}/organise/import"
    periods, said = "/{lang}/organise/periods/import", "?kind=exam&country=&city=Uppsala"
    return [
        Stop(page, Role.ADMIN),
        Stop(page, Role.ADMIN, form=".bring", typed={"url": "http://127.0.0.1/a.ics"}, status=422),
        Stop(f"{page}/{fresh}", Role.ADMIN),
        Stop(f"{page}/{fresh}?page=2", Role.ADMIN),
        Stop(f"{page}/{done}", Role.ADMIN),
        Stop(f"{page}/{done}/report", Role.ADMIN),
        Stop(f"{page}/{over}", Role.ADMIN),
        Stop(f"{periods}/{terms}{said}", Role.ADMIN),
        Stop(f"{periods}/{over}{said}", Role.ADMIN),
    ]


def _make() -> tuple[str, str, str, str]:
    """A file that is looked at, one that was taken and has changed since, one whose day is over, one of periods."""
    account = db.session.scalars(select(Account).where(Account.email == "admin@example.org")).one()  # who walks
    by = Actor(account_id=account.id, role=Role.ADMIN)
    many = [entry(uid=f"n{number}@example.org", title=f"Evening {number}") for number in range(60)]
    left = [
        entry("DTSTART:rubbish", uid="bad"),
        entry("CLASS:PRIVATE", uid="private"),
        entry("RRULE:FREQ=DAILY", uid="r"),
    ]
    fresh = keep_file(calendar(*many), source="evenings.ics", place="evenings.ics", lang="sv", by=by).row_id
    old, new = calendar(*left, entry(uid="m")), calendar(*left, entry("SEQUENCE:1", uid="m", start="20261210T180000"))
    around = known.surroundings("sv", ("sv", "en"))
    for octets in (old, new):
        row = keep_file(octets, source="moved.ics", place="moved.ics", lang="sv", by=by)
        plan = plan_import(read_calendar(octets), around, source_index("moved.ics"), clock.now())
        if octets is old:
            take_kept(row.row_id, around, [one.key for one in plan.proposals if one.is_chosen], by=by)
    with transaction():
        db.session.get_one(CalendarImport, row.id).done_at = clock.now()
    over = keep_file(old, source="old.ics", place="old.ics", lang="sv", by=by).row_id
    with transaction():
        gone = db.session.scalars(select(CalendarImport).where(CalendarImport.row_id == over)).one()
        gone.expires_at = clock.now() - timedelta(minutes=1)
    days = calendar(entry("DTSTART;VALUE=DATE:20270115", title="Study day"), *left)
    terms = keep_file(days, source="terms.ics", place="terms.ics", lang="sv", by=by).row_id
    return fresh, row.row_id, over, terms
