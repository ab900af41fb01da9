"""Seats in words: what is held for whom until when, who may register first, and why somebody waits still.

Numbers and rules, never anything about another person. Who may be told numbers follows from the event's safety level.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events import clock
from cag_events.domain.errors import N_
from cag_events.domain.event import EventRecord, EventView, Mode, Safety
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.queueing import Standing, Why, standing_of
from cag_events.domain.registering import opening_of, running_phases
from cag_events.domain.seating import Filling, Lapse, Proof
from cag_events.domain.seats import Status, is_held, release_of
from cag_events.domain.texts import Texts, pick
from cag_events.events import reading
from cag_events.registrations.models import Registration
from cag_events.registrations.queries import HeldSeats, find_segment, list_queue, list_segments, seat_state
from cag_events.web import dates
from cag_events.web.language import current_language

PROOFS = {
    Proof.DOMAIN: N_("They are for addresses at %(domains)s."),
    Proof.CODE: N_("They are for those who have a code."),
    Proof.LIST: N_("They are for addresses that are on the organizer's list. The mail that you get tells."),
}


def segment_names() -> Mapping[str, Texts]:
    """Return the names of the segments by key, kept until the programme changes."""
    return {one.key: one.name for one in reading.kept("segments", list_segments)}


def name_of(key: str, names: Mapping[str, Texts] | None = None) -> str:
    """Return a segment's name in the reader's language, or its key where it has none."""
    return pick((names or segment_names()).get(key), current_language()).text or key


def instant_text(at: datetime, tz: str) -> str:
    """Return an instant in words, in a zone: mån 23 nov 18.00."""
    return str(dates.moment(at, tz, year=False))


def held_words(view: EventView, held: Sequence[HeldSeats]) -> list[str]:
    """Return what is said of each pool: how many seats are held for whom until when, how many are free, the proof."""
    names = segment_names()
    return [" ".join(_held_sentences(view, one, names)) for one in held]


def _held_sentences(view: EventView, one: HeldSeats, names: Mapping[str, Texts]) -> list[str]:
    name = name_of(one.segment, names)
    facts = {"segment": name, "until": instant_text(one.until, view.tz) if one.until else ""}
    if view.shows_seat_numbers:
        text = (
            ngettext(
                "%(num)s seat is held for %(segment)s until %(until)s.",
                "%(num)s seats are held for %(segment)s until %(until)s.",
                one.seats,
                **facts,
            )
            if one.until
            else ngettext(
                "%(num)s seat is held for %(segment)s.", "%(num)s seats are held for %(segment)s.", one.seats, **facts
            )
        )
    elif one.until:
        text = _("Seats are held for %(segment)s until %(until)s.", **facts)
    else:
        text = _("Seats are held for %(segment)s.", **facts)
    found = [text]
    if view.mode is Mode.HYBRID:
        found.append(_("They are online.") if one.mode is Mode.ONLINE else _("They are on site."))
    if one.left is not None:
        found.append(ngettext("%(num)s of them is free.", "%(num)s of them are free.", one.left))
    if one.proof in PROOFS:
        domains = [d for pool in view.registration.pools if pool.segment == one.segment for d in pool.domains]
        found.append(_(PROOFS[one.proof], domains=dates.listing(domains)) if domains else _(PROOFS[one.proof]))
    return found


def phase_words(view: EventView, at: datetime) -> str:
    """Return who may register from when, "" where registration opens for all at once or is open for all."""
    seats = view.registration
    opens_at = seats.opens_at
    if opens_at is None or at >= opens_at or not seats.phases:
        return ""
    names = segment_names()
    parts = [
        _("%(who)s from %(when)s", who=_who(phase.segment, names), when=instant_text(opening, view.tz))
        for phase in sorted(seats.phases, key=lambda phase: -phase.hours)
        if (opening := opening_of(opens_at, phase)) is not None
    ]
    parts.append(_("everybody from %(when)s", when=instant_text(opens_at, view.tz)))
    text = _("Who may register when: %(parts)s.", parts=", ".join(parts))
    running = running_phases(opens_at, seats.phases, at)
    if not running:
        return str(text)
    whom = dates.listing(_who(phase.segment, names) for phase in running)
    now = _("Registration is open for %(whom)s now.", whom=whom)
    return f"{now} {text}"


def _who(segment: str, names: Mapping[str, Texts]) -> str:
    return name_of(segment, names) if segment else _("members")


def find_standing(registration_id: int, record: EventRecord) -> Standing | None:
    """Return a party's place in its event's queue and the reason, None if it does not wait."""
    queue = list_queue(record.id, record.registration.pools)
    now = clock.now()
    is_open = record.status is EventStatus.PUBLISHED and record.starts_at is not None and now < record.starts_at
    return standing_of(queue, seat_state(record), registration_id, is_open=is_open)


def standing_words(view: EventView, standing: Standing) -> list[str]:
    """Return a party's place and why it has no seat yet, in sentences for itself."""
    found = [_("Your place in the queue: %(num)s.", num=standing.place)]
    if standing.place_in_segment and standing.place_in_segment != standing.place:
        name = name_of(standing.segment)
        text = _("For the seats held for %(segment)s: %(num)s.", segment=name, num=standing.place_in_segment)
        found.append(text)
    found.append(reason_text(view, standing))
    if standing.moved_before:
        found.append(
            ngettext(
                "An organizer has moved %(num)s party ahead in this queue, and has noted why.",
                "An organizer has moved %(num)s parties ahead in this queue, and has noted why.",
                standing.moved_before,
            )
        )
    if standing.is_moved:
        found.append(_("An organizer has moved you forward in the queue."))
    return found


def reason_text(view: EventView, standing: Standing) -> str:
    """Return why a party waits, with numbers where they may be told."""
    tells = view.safety is not Safety.GUARDED and view.shows_seat_numbers
    if standing.why is Why.BEGUN:
        return str(_("No seats are passed on at the moment."))
    if standing.why is Why.TOO_LARGE:
        return str(_("There are more of you than seats. With fewer people you can have your turn."))
    if standing.why is Why.BEHIND:
        before = ngettext(
            "%(num)s party before you waits for the same seats.",
            "%(num)s parties before you wait for the same seats.",
            standing.before,
        )
        if not tells:
            return str(before)
        need = ngettext("It needs %(num)s seat.", "Together they need %(num)s seats.", standing.people_before)
        if standing.before == 1 and standing.people_before > 1:
            need = _("It needs %(num)s seats.", num=standing.people_before)
        return f"{before} {need}"
    if standing.why is Why.HELD:
        until = _next_release(view)
        if until is None:
            return str(_("You are next. The seats that are free are held for others."))
        when = instant_text(until, view.tz)
        return str(_("You are next. The seats that are free are held for others until %(when)s.", when=when))
    if standing.why is Why.TOO_FEW:
        if not tells:
            return str(_("You are next. Fewer seats are free than you need, and we never split a party."))
        return str(
            _(
                "You are next. You need %(party)s seats and %(free)s are free; we never split a party.",
                party=standing.party,
                free=standing.free,
            )
        )
    return str(_("You are next. All seats are taken at the moment."))


def desk_reason(standing: Standing) -> str:
    """Return why a party waits, for organizers."""
    if standing.why is Why.BEHIND:
        return str(
            ngettext("%(num)s party is before it.", "%(num)s parties are before it.", standing.before),
        )
    if standing.why is Why.TOO_FEW:
        text = _("Next. It needs %(party)s seats and %(free)s are free.", party=standing.party, free=standing.free)
        return str(text)
    words = {
        Why.FULL: N_("Next. All seats are taken."),
        Why.HELD: N_("Next. The seats that are free are held for others."),
        Why.TOO_LARGE: N_("Larger than all seats. Those behind it wait too, until you decide."),
        Why.BEGUN: N_("No seats are passed on at the moment."),
    }
    return str(_(words[standing.why]))


def _next_release(view: EventView) -> datetime | None:
    now = clock.now()
    pools = [pool for pool in view.registration.pools if is_held(pool, view.starts_at, now)]
    return min((at for pool in pools if (at := release_of(pool, view.starts_at))), default=None)


def queue_words(view: EventView) -> str:
    """Return how the queue of an event moves, for who waits in it."""
    rule = view.registration.queue
    if rule.filling is Filling.FILL:
        return str(_("If a seat is freed you get it in your turn, and a mail at once. You need do nothing."))
    return str(
        ngettext(
            "When it is your turn we offer you the seat by mail. You have %(num)s hour to take it.",
            "When it is your turn we offer you the seat by mail. You have %(num)s hours to take it.",
            rule.hours,
        )
    )


def unproven_words(view: EventView, segment: str | None, mode: Mode, *, is_proven: bool) -> str:
    """Return that a party could not be seen to be one of those for whom seats are held, for itself; else ""."""
    now = clock.now()
    asking = [
        pool
        for pool in view.registration.pools
        if pool.segment == segment
        and pool.proof is not Proof.NONE
        and pool.online is (mode is Mode.ONLINE)
        and is_held(pool, view.starts_at, now)
    ]
    if not asking or is_proven:
        return ""
    return str(
        _(
            "Seats are held for %(segment)s. We could not see that you are one of them: you wait for a general seat.",
            segment=name_of(asking[0].segment),
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnQueue:
    """What the own page says to who waits: place and reasons, how the queue moves; or an offer, and what follows."""

    words: tuple[str, ...]
    how: str
    then: str
    tz: str
    offered_until: datetime | None


def own_queue(registration: Registration, record: EventRecord, view: EventView) -> OwnQueue | None:
    """Return what somebody reads of the queue on their own page; None who neither waits nor has an offer."""
    if registration.status not in (Status.WAITLISTED, Status.OFFERED):
        return None
    standing = find_standing(registration.id, record) if registration.status is Status.WAITLISTED else None
    words = standing_words(view, standing) if standing else []
    segment = find_segment(registration.segment_id) if view.registration.pools else None
    if text := unproven_words(view, segment, registration.mode, is_proven=registration.is_proven):
        words.append(text)
    is_last = view.registration.queue.lapse is Lapse.OUT
    return OwnQueue(
        words=tuple(words),
        how=queue_words(view),
        then=lapse_words(is_last=is_last),
        tz=view.tz,
        offered_until=registration.offered_until if registration.status is Status.OFFERED else None,
    )


def lapse_words(*, is_last: bool) -> str:
    """Return what happens with who does not answer an offer."""
    if is_last:
        return str(_("If you do not answer, it goes to the next in line and you leave the queue."))
    return str(_("If you do not answer, it goes to the next in line and you go to the end of the queue, once."))
