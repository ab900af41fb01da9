"""Registering for an event: seats, or a place in the queue, or waiting for an answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, null, select, type_coerce, union_all
from sqlalchemy.exc import IntegrityError

from cag_events import clock, keyring, outbox
from cag_events.audiences.models import Segment
from cag_events.db import db, transaction
from cag_events.domain.disclosure import Viewer, may_know
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.event import Mode, RegistrationMode
from cag_events.domain.registering import (
    capacities,
    choose_mode,
    choose_occurrences,
    find_barrier,
    find_obstacle,
    is_part_open,
    opening_for,
    phase_refusal,
    proof_for,
    require_party,
    running_phases,
)
from cag_events.domain.seating import Proof
from cag_events.domain.seats import IN_QUEUE, LIVE, Allocation, Status, allocate, entitled_segment
from cag_events.events.models import Event, Occurrence
from cag_events.events.queries import lock_event
from cag_events.events.seating import seating_of
from cag_events.events.timing import registration_window
from cag_events.permissions import Actor, Permission, may, require
from cag_events.registrations.codes import alias_code, alias_index, new_reference
from cag_events.registrations.models import FormAgain, Invitation, PoolCode, PoolCodeUse, Registration
from cag_events.registrations.queries.invitations import find_invitation, plus_of
from cag_events.registrations.queries.seats import living_of, lock_state
from cag_events.registrations.services.answers import filled, settle_new, written
from cag_events.registrations.services.links import make_link, may_mail_link
from cag_events.registrations.services.proof import find_code, is_shown
from cag_events.registrations.services.seats import add_occurrences, flush, hold_seats, party_max, require_key
from cag_events.web import throttle

CONSENT_TEXT = "2026-11"  # version of the words above the button; raised when they change
NO_WAITLIST = N_("All seats are taken, and there is no waiting list.")
WRONG_CODE = N_("We do not know this code, or as many as may have used it. Without a code you can get a general seat.")


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
    pool_code: str = ""  # of seats held for those who have it


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of it. `shown` is what the page may say: it follows from the event's state and never from whether the
    address was known, or is on a list for which seats are held; then it is offered: the mail tells. `token` opens the
    own page and is there for an alias alone, who gets no mail. `registration_id` 0: nothing was kept."""

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
        settle_new(event, registration, new.segment, new.answers)
        given = _allocate(event, new, registration, invitation, by)
        refusal, shown = given.refusal, given.shown
        if known is not None:
            if registration.form_key is not None and refusal is None:
                db.session.add(FormAgain(form_key=registration.form_key, registration_id=known.id, shown=shown))
            if may_mail_link(registration.email_index or b""):
                outbox.note("registration.again", registration_id=known.id)
        elif not given.is_kept:
            return Registered(0, shown)
        elif refusal is None:
            registration.status, registration.shown = given.status, shown
            _store(registration, given.segment, token)
            if given.code is not None:
                db.session.add(PoolCodeUse(registration_id=registration.id, code_id=given.code.id))
            add_occurrences(registration, given.occurrences)
            hold_seats(registration, IN_QUEUE if given.status is Status.PENDING else given.allocation)
            if invitation is not None:
                invitation.registration_id = registration.id
            outbox.note("registration.made", registration_id=registration.id)
    if refusal is not None:
        raise refusal
    return Registered((known or registration).id, shown, token)


def seal(event_id: int, new: NewRegistration) -> Registration:
    """Make the row, its texts encrypted: before the lock, since that takes time."""
    answers = filled(new.answers)
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
            answers=written(answers),
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
    wanted = {
        "form": registration.form_key,
        "event": registration.event_id,
        "address": registration.email_index,
        "live": list(LIVE),
    }
    found = [_Known(*row) for row in db.session.execute(_knowing(), wanted)]
    return next((one for one in found if one.shown is not None), found[0] if found else None)


@cache
def _knowing() -> CompoundSelect[Any]:
    """The statement, made once; what is asked for without a form's key or an address finds nothing, as NULL does."""
    form, shown = bindparam("form", type_=Registration.form_key.type), Registration.shown.type
    made = select(Registration.id, Registration.shown).where(Registration.form_key == form)
    met = select(FormAgain.registration_id, FormAgain.shown).where(FormAgain.form_key == form)
    same_address = select(Registration.id, type_coerce(null(), shown)).where(
        Registration.event_id == bindparam("event"),
        Registration.email_index == bindparam("address", type_=Registration.email_index.type),
        Registration.status.in_(bindparam("live", expanding=True)),
    )
    return union_all(made, met, same_address)


def _alias_token(new: NewRegistration) -> str | None:
    """The token of an alias's own page: the same when the same form is sent twice; None where there is an address."""
    if new.email is not None:
        return None
    return keyring.sign(new.idempotency_key, "alias-link") if new.idempotency_key else keyring.new_token()


@dataclass(frozen=True, slots=True)
class _Given:
    """To what a party comes, what it gets and what the page may say of it; as whom, and by which code.

    Where it hangs on a list for whom seats are held, the page says of everybody alike that the mail tells; then not
    `is_kept`: registration is open for those on the list alone, or full for all others, and the address is not on it.
    """

    occurrences: tuple[int, ...]
    allocation: Allocation
    status: Status
    shown: Status
    segment: str | None
    code: PoolCode | None
    refusal: Refused | None
    is_kept: bool


def _allocate(
    event: Event, new: NewRegistration, registration: Registration, invitation: Invitation | None, by: Actor
) -> _Given:
    """Check every rule once more under the lock; set how the party takes part and whether it has shown who it is."""
    how, now = event.registration_mode, clock.now()
    seating = seating_of(event)
    pools, phases = seating["pools"], seating["phases"]
    opens_at, closes_at = registration_window(event)
    seats = capacities(event.mode, event.capacity, event.online_capacity)
    mode = new.mode or next(iter(seats), Mode.ONSITE)
    typed = find_code(event.id, pools, new.pool_code) if new.pool_code else None
    segment = typed[1] if typed else new.segment or ""
    is_member = may(by, Permission.MEMBERS_SEE)
    proof = proof_for(segment, pools, mode)
    registration.is_proven = is_shown(
        event.id,
        pools,
        segment,
        mode,
        email=new.email,
        email_index=registration.email_index,
        has_code=typed is not None,
    )
    hangs_on_list = proof is Proof.LIST and new.email is not None
    is_believed = proof is Proof.NONE or registration.is_proven

    def find(as_whom: str) -> Refused | None:
        opening = opening_for(opens_at, phases, is_member=is_member, segment=as_whom)
        return find_obstacle(event, how, opening, closes_at, now)

    obstacle = find(segment if is_believed else "")
    is_early = obstacle is not None and hangs_on_list and find(segment) is None
    if obstacle is not None and not is_early:
        raise phase_refusal(running_phases(opens_at, phases, now)) or obstacle
    if invitation is not None and invitation.event_id != event.id:
        raise NotFound(event.id)
    if barrier := find_barrier(how, is_invited=invitation is not None, is_member=is_member):
        raise barrier
    if new.email is None and "alias" not in event.ask:
        raise Refused("registration.email", N_("Enter an e-mail address."), field="email")
    require_party(new.party, max(party_max(event), 1 + plus_of(invitation)) if invitation else party_max(event))
    state = lock_state(event)
    if not state.capacity:
        raise Refused("registration.closed", N_("Registration is closed."))
    mode = registration.mode = choose_mode(new.mode, state.capacity)
    offered = _open_parts(event, state.occurrences)
    occurrences = choose_occurrences(new.occurrences, offered, is_free=event.per_occurrence)
    entitled = entitled_segment(segment, mode, pools, is_proven=registration.is_proven)
    allocation = allocate(new.party, mode, occurrences, state, segment=entitled)
    others = (
        allocate(new.party, mode, occurrences, state),
        allocate(new.party, mode, occurrences, state, segment=segment),
    )
    is_secret = hangs_on_list and (find("") is not None or others[0].status is not others[1].status)
    pending = event.registration_mode is RegistrationMode.APPROVAL
    status = Status.PENDING if pending else allocation.status
    is_full = status is Status.WAITLISTED and not event.waitlist
    return _Given(
        occurrences=occurrences,
        allocation=allocation,
        status=status,
        shown=Status.OFFERED if is_secret else status,
        segment=segment or None,
        code=typed[0] if typed else None,
        refusal=_refusal(is_full=is_full and not is_secret, is_wrong_code=bool(new.pool_code) and typed is None),
        is_kept=not is_early and not (is_full and is_secret),
    )


def _refusal(*, is_full: bool, is_wrong_code: bool) -> Refused | None:
    """What is refused only once the try has been counted."""
    if is_wrong_code:
        return Refused("registration.pool_code", WRONG_CODE, field="pool_code")
    return Refused("registration.full", NO_WAITLIST) if is_full else None


def _open_parts(event: Event, occurrences: Collection[int]) -> tuple[int, ...]:
    """The parts that one can still come to: of what stands for days, each closes by itself."""
    occurrences = living_of(event, occurrences)
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
