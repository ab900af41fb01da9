"""The participants with the columns of the balance, to take along; what people wrote to be chosen is never in it."""

from collections.abc import Iterator

from flask.typing import ResponseReturnValue

from cag_events.domain.balance import Aims, Tally, tally
from cag_events.domain.coming import Asked, Coming, standing
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventRecord
from cag_events.domain.seats import Status
from cag_events.events.queries import get_record_of
from cag_events.kinds.workshop import seats_of
from cag_events.messages.queries.coming import first_day, list_asked
from cag_events.permissions import Permission
from cag_events.web import sheets, throttle
from cag_events.web.access import confirmed, needs
from cag_events.web.actor import actor
from cag_events.workshops.queries import KINDS, Applicant, frame_of, list_applicants
from cag_events.workshops.views.blueprint import bp

COLUMNS = (
    *("code", "name", "email", "organisation", "party", "status", "segment", "segment_aim", "segment_seats"),
    *("first_time", "language", "still_coming", "registered_at", "checked_in_at"),
)
LISTED = (Status.CONFIRMED, Status.WAITLISTED, Status.PENDING, Status.DECLINED)


@bp.get("/<lang>/organise/events/<key>/participants.csv")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def csv(key: str) -> ResponseReturnValue:
    """Take the participants along as CSV."""
    return sheets.csv_answer(f"participants-{key}", COLUMNS, _wanted(key))


@bp.get("/<lang>/organise/events/<key>/participants.xlsx")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def xlsx(key: str) -> ResponseReturnValue:
    """Take the participants along as a workbook."""
    return sheets.xlsx_answer(f"participants-{key}", COLUMNS, _wanted(key), "participants")


def _wanted(key: str) -> Iterator[list[str | int]]:
    throttle.spend((throttle.EXPORT_ACCOUNT, str(actor().account_id)))
    record = get_record_of(key)
    if record.kind not in KINDS:
        raise NotFound(key)
    found = [one for one in list_applicants(record.id, LISTED, opened=True) if not one.registration.is_removed]
    found.sort(key=lambda one: LISTED.index(one.registration.status))
    return _rows(record, found, list_asked(record.id))


def _rows(record: EventRecord, found: list[Applicant], asked: dict[int, Asked]) -> Iterator[list[str | int]]:
    aims = frame_of(record).aims(seats_of(record))
    chosen = tally(one.party for one in found if one.registration.status is Status.CONFIRMED)
    for one in found:
        yield _cells(record, one, asked.get(one.registration.id), aims, chosen)


def _cells(record: EventRecord, one: Applicant, asked: Asked | None, aims: Aims, chosen: Tally) -> list[str | int]:
    row, party, day = one.registration, one.party, first_day(record)
    has_seat = row.status is Status.CONFIRMED
    stands = standing(asked, day) if has_seat and day is not None else Coming.NOT_ASKED
    return [
        row.code,
        row.name or "",
        row.email or "",
        one.organisation,
        row.party,
        row.status.value,
        party.segment,
        aims.segments.get(party.segment, ""),
        chosen.segments.get(party.segment, 0),
        {True: "yes", False: "no", None: ""}[row.first_time],
        party.language,
        {Coming.YES: "yes", Coming.ASKED: "no answer", Coming.NOT_ASKED: ""}[stands],
        f"{row.registered_at:%Y-%m-%dT%H:%M:%SZ}",
        f"{row.checked_in_at:%Y-%m-%dT%H:%M:%SZ}" if row.checked_in_at else "",
    ]
