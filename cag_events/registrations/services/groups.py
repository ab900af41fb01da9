"""Parties by name: the leader fills in who comes along, says who stays when it shrinks, and lets a colleague help."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy import delete, func, select

from cag_events import clock, keyring, outbox
from cag_events.audiences.models import Segment
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, Refused
from cag_events.domain.inviting import Part
from cag_events.domain.seats import LIVE
from cag_events.events.models import Event
from cag_events.registrations.models import Delegate, PartyMember, Registration
from cag_events.registrations.services.links import may_mail_link
from cag_events.registrations.services.own import Changed, change
from cag_events.registrations.services.seats import lock_registration, log_change

MOST_HELPERS = 3  # of one registration


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one member of a party. `needs` None: the event does not ask, what is kept stays."""

    name: str
    needs: str | None = None


def name_members(registration_id: int, told: Mapping[int, Told]) -> int:
    """Store who comes along, by position from 2; an empty name takes one away. Returns how many have a name now.

    Raises Refused registration.gone, registration.over or group.position.
    """
    with transaction():
        event, registration = lock_registration(registration_id)
        _require_current(event, registration)
        if any(not 2 <= position <= registration.party for position in told):
            raise Refused("group.position", N_("Your party has become smaller since. Look at the names once more."))
        known = {row.position: row for row in _rows(registration_id)}
        changed = 0
        for position, one in sorted(told.items()):
            changed += _store(registration, position, one, known.get(position))
        db.session.flush()
        number = len(_rows(registration_id))
        if changed:
            log_change(registration, "named", people=number)
        return number


def keep_members(registration_id: int, staying: Collection[int], party: int) -> None:
    """Make a party smaller: `staying` are the positions of those who still come; the others' names are deleted.

    Raises Refused group.stay where more stay than there is room for, and what change() raises.
    """
    with transaction():
        event, registration = lock_registration(registration_id)
        _require_current(event, registration)
        if not 1 <= party < registration.party or len(staying) > party - 1:
            raise Refused(
                "group.stay", N_("Choose at most %(most)s beside yourself."), field="stay", most=max(party - 1, 0)
            )
        rows = _rows(registration_id)
        for row in rows:
            if row.position not in staying:
                db.session.delete(row)
        db.session.flush()
        for position, row in enumerate((row for row in rows if row.position in staying), start=2):
            row.position = position
            db.session.flush()
        change(registration_id, as_it_is(registration, party=party))


def fit_members(registration_id: int) -> None:
    """Delete the names for which a party that has become smaller has no room, within the unit that made it so."""
    party = select(Registration.party).where(Registration.id == registration_id).scalar_subquery()
    db.session.execute(
        delete(PartyMember).where(PartyMember.registration_id == registration_id, PartyMember.position > party),
        execution_options={"synchronize_session": False},
    )


def as_it_is(registration: Registration, **other: object) -> Changed:
    """Return what a party has told as it stands, but for what is given."""
    segment = select(Segment.key).where(Segment.id == registration.segment_id)
    values = {
        "name": registration.name or "",
        "party": registration.party,
        "segment": db.session.scalar(segment) if registration.segment_id else None,
        "answers": msgspec.json.decode(registration.answers) if registration.answers else {},
        "first_time": registration.first_time,
        "consent_photo": registration.consent_photo,
        "consent_contact": registration.consent_contact,
    }
    return Changed(**{**values, **other})


def add_helper(registration_id: int, email: str) -> None:
    """Have a colleague mailed a link of their own to the same registration.

    The address gets three links a day at most, and the answer is the same if it does not. Raises Refused group.helpers,
    registration.gone or registration.over. Notes registration.helper_added.
    """
    with transaction():
        event, registration = lock_registration(registration_id)
        _require_current(event, registration)
        helpers = select(func.count(Delegate.id)).where(
            Delegate.registration_id == registration_id, Delegate.part == Part.HELPER
        )
        if (db.session.scalar(helpers) or 0) >= MOST_HELPERS:
            raise Refused(
                "group.helpers",
                N_("You have let %(most)s people in already. End every other link first."),
                field="email",
                most=MOST_HELPERS,
            )
        index = keyring.blind_index(email)
        helper = Delegate(
            registration_id=registration_id,
            event_id=event.id,
            part=Part.HELPER,
            email=email,
            email_index=index,
            asked_at=clock.now(),
        )
        db.session.add(helper)
        db.session.flush()
        log_change(registration, "helper_added")
        if may_mail_link(index):
            outbox.note("registration.helper_added", delegate_id=helper.id)


def forget_helpers(registration_id: int) -> None:
    """Forget whom links were given to; their links are ended apart."""
    with transaction():
        db.session.execute(
            delete(Delegate).where(Delegate.registration_id == registration_id, Delegate.part == Part.HELPER)
        )


def _rows(registration_id: int) -> list[PartyMember]:
    query = select(PartyMember).where(PartyMember.registration_id == registration_id)
    return list(db.session.scalars(query.order_by(PartyMember.position)))


def _store(registration: Registration, position: int, told: Told, row: PartyMember | None) -> bool:
    """Store one member; tells whether anything differs."""
    needs = told.needs if told.needs is not None else (row.needs if row else None) or ""
    if not told.name:
        if row is not None:
            db.session.delete(row)
        return row is not None
    if row is None:
        row = PartyMember(registration_id=registration.id, event_id=registration.event_id, position=position)
        db.session.add(row)
    if (row.name, row.needs or "") == (told.name, needs):
        return False
    row.name, row.needs = told.name, needs or None
    return True


def _require_current(event: Event, registration: Registration) -> None:
    if registration.status not in LIVE:
        raise Refused("registration.gone", N_("This registration does not count any more."))
    if event.ends_at is not None and clock.now() >= event.ends_at:
        raise Refused("registration.over", N_("The event is over."))
