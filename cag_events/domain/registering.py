"""Whether one may register, and what one may ask for: pure rules, checked by the page and again under the lock."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import Mode, RegistrationMode
from cag_events.domain.lifecycle import Status
from cag_events.domain.seating import Phase, Pool, Proof

MODES = {Mode.ONSITE: (Mode.ONSITE,), Mode.ONLINE: (Mode.ONLINE,), Mode.HYBRID: (Mode.ONSITE, Mode.ONLINE)}


class Window(Protocol):
    """The part of an event that says whether registration is open, as its row and its record both have it."""

    @property
    def status(self) -> Status:
        """Where the event is in its life."""

    @property
    def ends_at(self) -> datetime | None:
        """Its last end."""


def capacities(mode: Mode, capacity: int, online_capacity: int) -> dict[Mode, int]:
    """Return the seats of each way to take part that an event in this mode has; ways without a seat are left out."""
    seats = {Mode.ONSITE: capacity, Mode.ONLINE: online_capacity}
    return {one: seats[one] for one in MODES[mode] if seats[one] > 0}


def joins_online(event_mode: Mode, mode: Mode) -> bool:
    """Tell whether somebody who takes part in this way comes online."""
    return event_mode is Mode.ONLINE or (event_mode is Mode.HYBRID and mode is Mode.ONLINE)


def find_obstacle(
    event: Window,
    how: RegistrationMode,
    opens_at: datetime | None,
    closes_at: datetime | None,
    at: datetime,
) -> Refused | None:
    """Return why nobody can register at an instant, None if one can."""
    if event.status is Status.CANCELLED:
        return Refused("registration.cancelled", N_("The event is cancelled."))
    if how is RegistrationMode.NONE:
        return Refused("registration.none", N_("You do not need to register for this event."))
    if event.status is Status.POSTPONED:
        return Refused(
            "registration.postponed", N_("The event is postponed. Registration opens again with the new date.")
        )
    if event.status is not Status.PUBLISHED:
        return Refused("registration.closed", N_("Registration is closed."))
    if opens_at is not None and at < opens_at:
        return Refused("registration.not_open", N_("Registration is not open yet."))
    if (closes_at is not None and at >= closes_at) or (event.ends_at is not None and at >= event.ends_at):
        return Refused("registration.closed", N_("Registration is closed."))
    return None


def opening_of(opens_at: datetime | None, phase: Phase) -> datetime | None:
    """Return when registration opens for those of a phase; None where it has no opening to be before."""
    return opens_at - timedelta(hours=phase.hours) if opens_at is not None else None


def first_opening(opens_at: datetime | None, phases: Collection[Phase]) -> datetime | None:
    """Return when registration opens for the first of all."""
    return opens_at - timedelta(hours=max((phase.hours for phase in phases), default=0)) if opens_at else None


def opening_for(
    opens_at: datetime | None, phases: Collection[Phase], *, is_member: bool, segment: str
) -> datetime | None:
    """Return when registration opens for somebody: a member or not, of a segment or of none ("")."""
    own = [phase for phase in phases if (phase.segment == segment if phase.segment else is_member)]
    return first_opening(opens_at, own)


def running_phases(opens_at: datetime | None, phases: Sequence[Phase], at: datetime) -> tuple[Phase, ...]:
    """Return the phases that have begun while registration is not open for everybody, the first to open first."""
    if opens_at is None or at >= opens_at:
        return ()
    begun = [phase for phase in phases if at >= opens_at - timedelta(hours=phase.hours)]
    return tuple(sorted(begun, key=lambda phase: -phase.hours))


def phase_refusal(running: Collection[Phase]) -> Refused | None:
    """Return what somebody is told who comes while registration is open for others alone; None if no phase runs."""
    if not running:
        return None
    if any(phase.segment for phase in running):
        text = N_(
            "Registration is not open for everybody yet. Say what you come as, if you are one of those it is for."
        )
        return Refused("registration.phase", text, field="segment")
    return Refused("registration.phase", N_("Registration is open for members. Sign in if you are one."))


def asks_segment(phases: Collection[Phase], *, is_member: bool) -> bool:
    """Tell whether, while these phases run, somebody must say what they come as."""
    return bool(phases) and not (is_member and any(not phase.segment for phase in phases))


def proof_for(segment: str, pools: Collection[Pool], mode: Mode) -> Proof:
    """Return what shows that somebody belongs to a segment: what its pool for this way to take part asks, else none."""
    own = [pool for pool in pools if pool.segment == segment]
    same = [pool for pool in own if pool.online is (mode is Mode.ONLINE)]
    return next((pool.proof for pool in same or own), Proof.NONE)


def is_at_domain(email: str, domains: Collection[str]) -> bool:
    """Tell whether an address is at one of these mail domains, or below one."""
    host = email.rpartition("@")[2].strip().rstrip(".").casefold()
    return any(host == domain or host.endswith(f".{domain}") for domain in (one.casefold() for one in domains))


def find_barrier(how: RegistrationMode, *, is_invited: bool, is_member: bool) -> Refused | None:
    """Return why this person cannot register where others may, None if they can."""
    if how is RegistrationMode.INVITE and not is_invited:
        return Refused("registration.invite", N_("This event is for those who are invited."))
    if how is RegistrationMode.MEMBERS and not is_member:
        return Refused("registration.members", N_("This event is for members. Sign in to register."))
    return None


def require_party(party: int, party_max: int) -> None:
    """Raise Refused registration.party where a party is larger than the event takes in one registration."""
    if not 1 <= party <= party_max:
        raise Refused(
            "registration.party",
            N_("One registration is for %(most)s people at most."),
            field="party",
            most=party_max,
        )


def choose_mode(wanted: Mode | None, offered: Collection[Mode]) -> Mode:
    """Return how a party takes part. Raises Refused registration.mode where it must choose."""
    if wanted is None and len(offered) == 1:
        return next(iter(offered))
    if wanted is None or wanted not in offered:
        raise Refused("registration.mode", N_("Choose how you want to take part."), field="mode")
    return wanted


def is_part_open(starts_at: datetime, closes_hours: int, at: datetime) -> bool:
    """Tell whether one can still register for a part of something that stands for days."""
    return at < starts_at - timedelta(hours=closes_hours)


def choose_occurrences(wanted: Collection[int], all_of_them: Collection[int], *, is_free: bool) -> tuple[int, ...]:
    """Return the occurrences that a party comes to: its choice where one may choose among several, else all of them.

    `is_free`: one may choose. Raises Refused registration.occurrence where nothing is chosen that exists.
    """
    if not all_of_them:
        raise Refused("registration.closed", N_("Registration is closed."))
    if not is_free or (len(all_of_them) == 1 and not wanted):
        return tuple(all_of_them)
    chosen = tuple(occurrence for occurrence in all_of_them if occurrence in wanted)
    if not chosen or len(chosen) != len(set(wanted)):
        raise Refused("registration.occurrence", N_("Choose at least one date."), field="occurrence")
    return chosen
