"""What lists, exports and certificates say of a circle: its head, its leader, who has reached what it takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from cag_events.audiences.models import Contact, Partner
from cag_events.db import db
from cag_events.domain.event import EventView
from cag_events.domain.texts import pick
from cag_events.registrations.certificate import Certificate, certificate_of
from cag_events.studies.queries import MeetingRow, PartyRow, Sheet
from cag_events.web import dates
from cag_events.web.language import current_language
from cag_events.web.sheets import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of an association's list."""

    title: str
    association: str
    number: str
    leader: str
    approval: str


def head_of(sheet: Sheet) -> Head:
    """Return the head of a circle's lists, for the team."""
    study = sheet.study
    leader = next((person.name for person in sheet.record.people if person.key == study.leader), "")
    return Head(
        title=pick(sheet.record.title, current_language()).text,
        association=_name(Partner, study.association),
        number=study.number,
        leader=leader or _name(Contact, study.leader),
        approval=study.leader_approval,
    )


def _name(model: type[Partner] | type[Contact], key: str) -> str:
    return (db.session.scalar(select(model.name).where(model.key == key)) or "") if key else ""


def columns() -> list[str]:
    """Return the names of the columns of the hours export."""
    return [
        *(_("Circle"), _("Number"), _("Association"), _("Leader"), _("Leader's approval"), _("Meeting"), _("Date")),
        *(_("Start"), _("End"), _("Study minutes"), _("Study hours"), _("Participants"), _("Guests"), _("Attendance")),
    ]


def rows(sheet: Sheet, *, is_named: bool) -> Iterator[Sequence[Cell]]:
    """Yield a row for each meeting: counts alone; the leader is the only person in it, where `is_named`."""
    head = head_of(sheet)
    for row in sheet.meetings:
        part = row.part
        yield (
            *(head.title, head.number, head.association, head.leader if is_named else "", head.approval, row.number),
            *(f"{part.starts_wall:%Y-%m-%d}", f"{part.starts_wall:%H:%M}", f"{part.ends_wall:%H:%M}"),
            *(row.minutes, row.hours, row.participants, row.guests),
            _attendance(row),
        )


def _attendance(row: MeetingRow) -> str:
    if row.taken_at or row.participants:
        return str(_("taken"))
    if row.part.is_cancelled:
        return str(_("cancelled"))
    return str(_("missing") if row.is_over else _("to come"))


def has_reached(sheet: Sheet, party: PartyRow | None) -> bool:
    """Tell whether somebody gets a certificate: it is over, and they have come to what the terms ask of a person."""
    is_over = all(row.is_over or not row.minutes for row in sheet.meetings)
    return bool(sheet.study.certificates and is_over and party and party.came_to and party.is_counted)


def certificate(sheet: Sheet, party: PartyRow, name: str, view: EventView) -> Certificate:
    """Return somebody's certificate; the leader signs it by name where they may be named to its reader."""
    attended = [row for row in sheet.meetings if row.part.id in party.came_to]
    hours = ngettext("%(num)s study hour of 45 minutes", "%(num)s study hours of 45 minutes", party.hours)
    number = ngettext("%(num)s meeting", "%(num)s meetings", len(attended))
    partner = next((one for one in view.partners if one.key == sheet.study.association), None)
    facts = [(_("Extent"), f"{hours}, {number}")]
    if partner is not None:
        facts.append((_("In cooperation with"), pick(partner.name, current_language()).text))
    leader = next((person.name for person in view.people if person.key == sheet.study.leader), "")
    return certificate_of(
        view,
        name=name,
        dates=[row.part for row in attended],
        facts=facts,
        signers=[_("%(name)s, leader", name=leader)] if leader else [],
    )


def days_text(sheet: Sheet) -> str:
    """Return the first and last day of a circle in words."""
    days = [row.part.starts_wall.date() for row in sheet.meetings if not row.part.is_cancelled]
    return dates.run(min(days), max(days)).text if days else ""
