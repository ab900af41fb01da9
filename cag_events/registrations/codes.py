"""Secrets that people carry: an alias's six words, join links, and the short code by which people refer to a seat."""

import base64
import hashlib
import hmac
import re
import secrets
from functools import lru_cache
from pathlib import Path

from cag_events import keyring

WORDS = 6  # of 7,772: 77 bits
MANAGE = "manage"  # purpose of a manage link's token
INVITATION = "invitation"
ANSWER = "calendar-answer"
SUCCESSOR = "successor"  # of who is to take a seat that is passed on
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that are mistaken for each other
_NOT_WORDS = re.compile(r"[^a-z]+")


@lru_cache(maxsize=1)
def words() -> tuple[str, ...]:
    """Return the words that an alias's code is made of; those with a hyphen are left out, since people drop it."""
    lines = (Path(__file__).parent / "words.txt").read_text("ascii").splitlines()
    return tuple(line for line in lines if line.isalpha())


def new_reference() -> str:
    """Make a reference of six characters, for people to say aloud; it opens nothing."""
    return "".join(secrets.choice(_LETTERS) for _ in range(6))


def alias_code(token: str) -> str:
    """Return the six words that belong to the first link of an alias's registration.

    They follow from the token, so that its page can show them again although neither of them is kept.
    """
    known = words()
    number = int.from_bytes(hashlib.sha512(f"alias-code\0{token}".encode()).digest())
    chosen = []
    for _ in range(WORDS):
        number, index = divmod(number, len(known))
        chosen.append(known[index])
    return " ".join(chosen)


def alias_index(code: str) -> bytes:
    """Return what is kept of a code: an HMAC; case, signs and spaces between the words do not count."""
    return keyring.blind_index(" ".join(_NOT_WORDS.split(code.strip().casefold())).strip(), "alias-code")


def join_token(row_id: str) -> str:
    """Return the token of a registration's join link: nothing is stored, and it opens nothing else."""
    return f"{row_id}.{keyring.sign(row_id, 'join')}"


def read_join_token(token: str) -> str | None:
    """Return the row id that a join link names, None if we did not make it."""
    row_id, _, signature = token.partition(".")
    return row_id if keyring.is_signed(row_id, signature, "join") else None


def answer_code(to_index: bytes, uid: str) -> str:
    """Return what stands behind the plus in the address that one person's calendar answers to about one UID.

    32 letters and digits, in one case, since mail servers may change it: 160 bits. The same for ever, since calendars
    refuse an update from another organizer.
    """
    signed = keyring.sign(f"{to_index.hex()} {uid}", ANSWER)
    return base64.b32encode(base64.urlsafe_b64decode(signed + "=")[:20]).decode().lower()


def answer_key(code: str) -> bytes:
    """Return what is kept of such a code: a hash, by which it is found."""
    return keyring.token_hash(code.casefold(), ANSWER)


def is_code_of(code: str, index: bytes | None) -> bool:
    """Tell whether an alias's code is the one that an index was made of, in constant time."""
    return index is not None and hmac.compare_digest(alias_index(code), index)
