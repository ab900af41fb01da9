"""Registering for an event: seats, or a place in the queue, or waiting for an answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import null, select, type_coerce, union_all
from sqlalchemy.exc import IntegrityError

from cag_events import clock, keyring, outbox
from cag_events.audiences.models import Segment
from cag_events.db import db, transaction
from cag_events.domain.disclosure import Viewer, may_know
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.event import Mode, RegistrationMode
from cag_events.domain.registering import (
    choose_mode,
    choose_occurrences,
    find_barrier,
    find_obstacle,
    is_part_open,
    require_party,
)
from cag_events.domain.seats import IN_QUEUE, LIVE, Allocation, Status, allocate
from cag_events.events.models import Event, Occurrence
from cag_events.events.queries import lock_event
from cag_events.events.timing import registration_window
from cag_events.permissions import Actor, Permission, may, require
from cag_events.registrations.codes import alias_code, alias_index, new_reference
from cag_events.registrations.models import FormAgain, Invitation, Registration
from cag_events.registrations.queries.people import find_invitation
from cag_events.registrations.queries.seats import lock_state
from cag_events.registrations.services.links import make_link, may_mail_link
from cag_events.registrations.services.seats import add_occurrences, flush, hold_seats, party_max, require_key
from cag_events.web import throttle

CONSENT_TEXT = "2026-11"  # version of the words above the button; raised when they change


@dataclass(frozen=True, kw_only=True)
class NewRegistration:
    """What a party tells when it registers. `email` None: an alias; `occurrences` empty: all of them."""

    name: str
    email: str | None
    language: str = "sv"  # of the page, and so of the mails
    party: int = 1
    mode: Mode | None = None  # None: the only way that there is
    occurrences: tuple[int, ...] = ()
    segment: str | None = None  # key
    answers: Mapping[str, Any] = field(default_factory=dict)  # by the names of the form's fields
    first_time: bool | None = None
    consent_photo: bool = False
    consent_contact: bool = False
    idempotency_key: str | None = None
    invitation: str | None = None  # token
    channel: str = "web"


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of it. `shown` is what the page may say: it follows from the event's state and never from whether the
    address was known. `token` opens the own page and is there for an alias alone, who gets no mail."""

    registration_id: int
    shown: Status
    token: str | None = None


def register(
    event_id: int, new: NewRegistration, *, by: Actor, limits: Sequence[tuple[throttle.Limit, str]] = ()
) -> Registered:
    """Give a party its seats, or a place in the queue, or keep its wish for an answer.

    The same idempotency key gives the first result again. An address already registered gets its link by mail once more
    and an answer like any other. `limits` are counted in the same unit. Raises NotFound, NotAllowed, TooMany or
    Refused registration.closed, .full, .party …
    Notes registration.made or registration.again.
    """
    registration, token = seal(event_id, new), _alias_token(new)
    refusal = None
    with transaction():
        if limits:
            throttle.spend(*limits)
        event = lock_event(event_id)
        registration.registered_at = registration.joined_at = clock.now()  # here: the queue's order is that of commits
        require(by, Permission.REGISTER)
        known = _find_known(registration)
        if known is not None and known.shown is not None:
            return Registered(known.id, known.shown, token)
        invitation = find_invitation(new.invitation, clock.now()) if new.invitation else None
        if not may_know(event, Viewer(circle=by.viewer.circle, invited=invitation is not None)):
            raise NotFound(event_id)
        require_key(event)
        registration.mode, occurrences, allocation = _allocate(event, new, invitation, by)
        pending = event.registration_mode is RegistrationMode.APPROVAL
        shown = Status.PENDING if pending else allocation.status
        if shown is Status.WAITLISTED and not event.waitlist:
            refusal = Refused("registration.full", N_("All seats are taken, and there is no waiting list."))
        if known is not None:
            if registration.form_key is not None and refusal is None:
                db.session.add(FormAgain(form_key=registration.form_key, registration_id=known.id, shown=shown))
            if may_mail_link(registration.email_index or b""):
                outbox.note("registration.again", registration_id=known.id)
        elif refusal is None:
            registration.status = registration.shown = shown
            _store(registration, new.segment, token)
            add_occurrences(registration, occurrences)
            hold_seats(registration, IN_QUEUE if pending else allocation)
            if invitation is not None:
                invitation.registration_id = registration.id
            outbox.note("registration.made", registration_id=registration.id)
    if refusal is not None:
        raise refusal
    return Registered((known or registration).id, shown, token)


def seal(event_id: int, new: NewRegistration) -> Registration:
    """Make the row, its texts encrypted: before the lock, since that takes time."""
    answers = {name: value for name, value in new.answers.items() if value not in ("", None, [], ())}
    now = clock.now()
    try:
        return Registration(
            event_id=event_id,
            code=new_reference(),
            party=new.party,
            mode=new.mode or Mode.ONSITE,
            language=new.language,
            name=new.name,
            email=new.email,
            email_index=keyring.blind_index(new.email) if new.email else None,
            answers=msgspec.json.encode(answers).decode() if answers else None,
            first_time=new.first_time,
            consent_photo=new.consent_photo,
            consent_contact=new.consent_contact,
            consent_text=CONSENT_TEXT,
            consent_channel=new.channel,
            consented_at=now,
            form_key=_form_key(event_id, new),
            registered_at=now,
            joined_at=now,
        )
    except IntegrityError as fault:  # a first data key for an event that does not exist
        raise NotFound(event_id) from fault


def _form_key(event_id: int, new: NewRegistration) -> bytes | None:
    """What a sent form is known by; with another address, to mend it, it is a new one."""
    if new.idempotency_key is None:
        return None
    return keyring.blind_index(f"{new.idempotency_key} {event_id} {new.email or ''}", "sent-form")


@dataclass(frozen=True, slots=True)
class _Known:
    """The registration that a form has made or met before (`shown`: what the page said), or that of its address."""

    id: int
    shown: Status | None


def _find_known(registration: Registration) -> _Known | None:
    """Find, in one statement, what the same form has led to, else the live registration of the same address."""
    made = select(Registration.id, Registration.shown).where(Registration.form_key == registration.form_key)
    met = select(FormAgain.registration_id, FormAgain.shown).where(FormAgain.form_key == registration.form_key)
    same_address = select(Registration.id, type_coerce(null(), Registration.shown.type)).where(
        Registration.event_id == registration.event_id,
        Registration.email_index == registration.email_index,
        Registration.status.in_(LIVE),
    )
    wanted = [
        *((made, met) if registration.form_key is not None else ()),
        *((same_address,) if registration.email_index is not None else ()),
    ]
    found = [_Known(*row) for row in db.session.execute(union_all(*wanted))] if wanted else []
    return next((one for one in found if one.shown is not None), found[0] if found else None)


def _alias_token(new: NewRegistration) -> str | None:
    """The token of an alias's own page: the same when the same form is sent twice; None where there is an address."""
    if new.email is not None:
        return None
    return keyring.sign(new.idempotency_key, "alias-link") if new.idempotency_key else keyring.new_token()


def _allocate(
    event: Event, new: NewRegistration, invitation: Invitation | None, by: Actor
) -> tuple[Mode, tuple[int, ...], Allocation]:
    """Check every rule once more under the lock; return how and to what the party comes, and what it gets."""
    how = event.registration_mode
    if obstacle := find_obstacle(event, how, *registration_window(event), clock.now()):
        raise obstacle
    if invitation is not None and invitation.event_id != event.id:
        raise NotFound(event.id)
    is_member = may(by, Permission.MEMBERS_SEE)
    if barrier := find_barrier(how, is_invited=invitation is not None, is_member=is_member):
        raise barrier
    if new.email is None and "alias" not in event.ask:
        raise Refused("registration.email", N_("Enter an e-mail address."), field="email")
    require_party(new.party, party_max(event))
    state = lock_state(event)
    if not state.capacity:
        raise Refused("registration.closed", N_("Registration is closed."))
    mode = choose_mode(new.mode, state.capacity)
    offered = _open_parts(event, state.occurrences)
    occurrences = choose_occurrences(new.occurrences, offered, is_free=event.per_occurrence)
    return mode, occurrences, allocate(new.party, mode, occurrences, state)


def _open_parts(event: Event, occurrences: Collection[int]) -> tuple[int, ...]:
    """The parts that one can still come to: of what stands for days, each closes by itself."""
    if event.run_from is None or not event.per_occurrence:
        return tuple(occurrences)
    starts = select(Occurrence.id, Occurrence.starts_at).where(Occurrence.event_id == event.id)
    now, hours = clock.now(), event.closes_hours or 0
    still = {row.id for row in db.session.execute(starts) if is_part_open(row.starts_at, hours, now)}
    return tuple(one for one in occurrences if one in still)


def _store(registration: Registration, segment: str | None, token: str | None) -> None:
    """Write the registration, and for an alias its code and its link."""
    if segment:
        registration.segment_id = db.session.scalar(select(Segment.id).where(Segment.key == segment))
    if registration.status is Status.CONFIRMED:
        registration.confirmed_at = registration.registered_at
    if token is not None:
        registration.alias_code = alias_index(alias_code(token))
    db.session.add(registration)
    flush()
    if token is not None:
        make_link(registration.id, token)
