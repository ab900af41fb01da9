"""Whether a party has shown what the pool of its segment asks for, and what organizers keep for that.

Codes are kept as hashes and addresses as blind indexes: nobody reads from the database who may have a held seat.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import Select, delete, func, select

from cag_events import clock, keyring, outbox
from cag_events.audiences.models import Segment
from cag_events.db import count_rows_of, db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.event import Mode
from cag_events.domain.registering import is_at_domain, proof_for
from cag_events.domain.seating import Pool, Proof
from cag_events.domain.seats import LIVE
from cag_events.events.models import Event
from cag_events.events.queries import lock_event
from cag_events.events.seating import seating_of
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.models import PoolAddress, PoolCode, PoolCodeUse, Registration

MOST_ADDRESSES: Final = 5_000
SHORTEST_CODE: Final = 6
ADDRESS: Final = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\"]+")


def code_hash(event_id: int, code: str) -> bytes:
    """Return what is kept of a code: capitals, spaces and hyphens do not matter."""
    folded = re.sub(r"[\s-]+", "", code).casefold()
    return keyring.blind_index(f"{event_id} {folded}", "pool-code")


def find_code(event_id: int, pools: Collection[Pool], code: str) -> tuple[PoolCode, str] | None:
    """Return the code that somebody has typed and its segment; none where as many as may have used it. Under lock."""
    found = db.session.execute(
        select(PoolCode, Segment.key)
        .join(Segment, Segment.id == PoolCode.segment_id)
        .where(PoolCode.event_id == event_id, PoolCode.code_hash == code_hash(event_id, code))
    ).first()
    if found is None or not any(pool.segment == found[1] and pool.proof is Proof.CODE for pool in pools):
        return None
    known: tuple[PoolCode, str] = (found[0], found[1])
    is_used_up = known[0].most_uses is not None and count_uses(known[0].id) >= known[0].most_uses
    return None if is_used_up else known


def count_uses(code_id: int) -> int:
    """Return how many parties that count have used a code; a withdrawal gives a use back."""
    used = (
        select(func.count())
        .select_from(PoolCodeUse)
        .join(Registration, Registration.id == PoolCodeUse.registration_id)
        .where(PoolCodeUse.code_id == code_id, Registration.status.in_(LIVE))
    )
    return db.session.scalar(used) or 0


def is_listed(event_id: int, segment: str, email_index: bytes | None) -> bool:
    """Tell whether an address is on the list of a segment's pool."""
    if email_index is None:
        return False
    query = (
        select(PoolAddress.email_index)
        .join(Segment, Segment.id == PoolAddress.segment_id)
        .where(PoolAddress.event_id == event_id, Segment.key == segment, PoolAddress.email_index == email_index)
    )
    return db.session.scalar(query) is not None


def is_shown(
    event_id: int,
    pools: Collection[Pool],
    segment: str,
    mode: Mode,
    *,
    email: str | None,
    email_index: bytes | None,
    has_code: bool,
) -> bool:
    """Tell whether somebody has shown what the pool of their segment asks for; where none asks, there is nothing to."""
    proof = proof_for(segment, pools, mode)
    if proof is Proof.DOMAIN:
        domains = [domain for pool in pools if pool.segment == segment for domain in pool.domains]
        return email is not None and is_at_domain(email, domains)
    if proof is Proof.LIST:
        return is_listed(event_id, segment, email_index)
    return proof is Proof.CODE and has_code


def prove(registration: Registration, pools: Sequence[Pool], *, keeps_code: bool = False) -> bool:
    """Look again whether a party that is stored shows what its pool asks for, and keep it; tell whether that changed.

    `keeps_code`: it is in the same segment as before, and a code that it has shown counts though it has ended since.
    """
    segment = db.session.scalar(select(Segment.key).where(Segment.id == registration.segment_id))
    before = registration.is_proven
    if segment is None:
        registration.is_proven = False
        return before
    has_code = (
        db.session.scalar(
            select(PoolCodeUse.code_id)
            .join(PoolCode, PoolCode.id == PoolCodeUse.code_id)
            .where(PoolCodeUse.registration_id == registration.id, PoolCode.segment_id == registration.segment_id)
        )
        is not None
    )
    if registration.consent_channel == "organizer":
        registration.is_proven = True  # the organizer, who registered them, has vouched for them
        return not before
    wants = proof_for(segment, pools, registration.mode)
    registration.is_proven = is_shown(
        registration.event_id,
        pools,
        segment,
        registration.mode,
        email=registration.email if wants is Proof.DOMAIN else None,
        email_index=registration.email_index,
        has_code=has_code or (keeps_code and before),
    )
    return registration.is_proven is not before


def add_code(event_id: int, segment: str, code: str, *, label: str, most_uses: int | None, by: Actor) -> None:
    """Keep a code that opens the seats held for a segment. Raises Refused pool.code where it is short or known."""
    with transaction():
        event = _for_desk(event_id, by)
        _require_pool(event, segment, Proof.CODE)
        if len(re.sub(r"[\s-]+", "", code)) < SHORTEST_CODE:
            raise Refused(
                "pool.code",
                N_("A code has at least %(least)s letters or digits, so that nobody guesses it."),
                field="code",
                least=SHORTEST_CODE,
            )
        known = select(PoolCode.id).where(
            PoolCode.event_id == event_id, PoolCode.code_hash == code_hash(event_id, code)
        )
        if db.session.scalar(known) is not None:
            raise Refused("pool.code", N_("This code is there already."), field="code")
        db.session.add(
            PoolCode(
                event_id=event_id,
                segment_id=_segment_id(segment),
                code_hash=code_hash(event_id, code),
                label=label,
                most_uses=most_uses,
                created_at=clock.now(),
            )
        )


def remove_code(event_id: int, name: str, *, by: Actor) -> None:
    """End a code, known by its hash in hexadecimal; who has used it keeps what they have."""
    with transaction():
        _for_desk(event_id, by)
        known = {one.hex(): one for one in db.session.scalars(_hashes(event_id))}
        if name in known:
            db.session.execute(delete(PoolCode).where(PoolCode.event_id == event_id, PoolCode.code_hash == known[name]))


def _hashes(event_id: int) -> Select[bytes]:
    return select(PoolCode.code_hash).where(PoolCode.event_id == event_id)


def read_addresses(text: str) -> tuple[list[str], list[str]]:
    """Return the addresses in a pasted text, each once, and the words that look like one that is wrong."""
    words = [word.strip("<>()\"'.") for word in re.split(r"[\s,;]+", text) if "@" in word]
    right = [word for word in words if ADDRESS.fullmatch(word)]
    return list(dict.fromkeys(word.casefold() for word in right)), [word for word in words if word not in right]


def set_addresses(event_id: int, segment: str, addresses: Collection[str], *, replaces: bool, by: Actor) -> int:
    """Keep for whom seats of a segment are held, as blind indexes; return how many are on the list now.

    Whoever waits and is on the list now gets their turn at the held seats. Raises Refused pool.addresses.
    """
    with transaction():
        event = _for_desk(event_id, by)
        _require_pool(event, segment, Proof.LIST)
        segment_id = _segment_id(segment)
        own = (PoolAddress.event_id == event_id, PoolAddress.segment_id == segment_id)
        if replaces:
            db.session.execute(delete(PoolAddress).where(*own))
        known = set(db.session.scalars(select(PoolAddress.email_index).where(*own)))
        wanted = {keyring.blind_index(address) for address in addresses} - known
        if len(known) + len(wanted) > MOST_ADDRESSES:
            raise Refused(
                "pool.addresses",
                N_("A list has %(most)s addresses at most."),
                field="addresses",
                most=MOST_ADDRESSES,
            )
        db.session.add_all(
            PoolAddress(event_id=event_id, segment_id=segment_id, email_index=index) for index in sorted(wanted)
        )
        db.session.flush()
        prove_all(event)
        outbox.note("seats.freed", event_id=event_id)
        return len(known) + len(wanted)


def prove_all(event: Event) -> None:
    """Look again at every party in a segment whose pool asks for proof, after what shows it was changed."""
    pools = seating_of(event)["pools"]
    asking = {pool.segment for pool in pools if pool.proof is not Proof.NONE}
    if not asking:
        return
    rows = db.session.scalars(
        select(Registration)
        .join(Segment, Segment.id == Registration.segment_id)
        .where(Registration.event_id == event.id, Registration.status.in_(LIVE), Segment.key.in_(asking))
        .where(Registration.name_sealed.is_not(None))
    )
    for registration in list(rows):
        prove(registration, pools, keeps_code=True)
    db.session.flush()


def forget_addresses(event_id: int) -> Counter[str]:
    """Delete the lists and codes of an event, within the unit; returns how many rows of each table."""
    return Counter(
        {
            model.__tablename__: count_rows_of(delete(model).where(model.event_id == event_id), synchronizes=False)
            for model in (PoolCode, PoolAddress)
        }
    )


def _for_desk(event_id: int, by: Actor) -> Event:
    require(by, Permission.ATTENDEES_EDIT)
    return lock_event(event_id)


def _require_pool(event: Event, segment: str, proof: Proof) -> None:
    if not any(pool.segment == segment and pool.proof is proof for pool in seating_of(event)["pools"]):
        raise NotFound(segment)


def _segment_id(key: str) -> int:
    found = db.session.scalar(select(Segment.id).where(Segment.key == key))
    if found is None:
        raise NotFound(key)
    return found
