"""Whether one may register, and what one may ask for: pure rules, checked by the page and again under the lock."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol

from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import Mode, RegistrationMode
from cag_events.domain.lifecycle import Status

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
