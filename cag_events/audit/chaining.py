"""How entries of the log hang together: what is hashed, and whether a chain still holds. Pure but for the key."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cag_events import keyring

BEGINNING = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What of an entry its hash covers."""

    seq: int
    at: datetime
    actor: str
    what: str
    thing_kind: str
    thing_key: str
    event_id: int | None
    digest: bytes


def hash_of(before: bytes, link: Link) -> bytes:
    """Return an entry's hash: of itself and of the entry before it."""
    parts = [
        before.hex(),
        link.seq,
        link.at.astimezone(UTC).isoformat(),
        link.actor,
        link.what,
        link.thing_kind,
        link.thing_key,
        link.event_id,
        link.digest.hex(),
    ]
    return keyring.fingerprint(_text(parts), "audit.entry")


def digest_of(row_id: str, facts: Mapping[str, Any], reason: str) -> bytes:
    """Return what stands for an entry's facts and reason in its hash."""
    return keyring.fingerprint(_text([row_id, facts, reason]), "audit.details")


def seal_of(seq: int, last: bytes, anchor_seq: int, anchor: bytes) -> bytes:
    """Return the seal of where the chain begins and ends: nobody without the key can shorten it."""
    return keyring.fingerprint(_text([seq, last.hex(), anchor_seq, anchor.hex()]), "audit.chain")


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
