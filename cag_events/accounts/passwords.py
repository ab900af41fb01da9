"""Passwords: argon2, a few at a time, and the rules for new ones."""

import re
import threading
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cag_events.domain.errors import N_, Refused

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST, MOST = 12, 256  # characters
AT_ONCE = 4  # each takes 64 MiB
COMMON = Path(__file__).parent / "common_passwords.txt"
_places = threading.BoundedSemaphore(AT_ONCE)
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")


class Verdict(NamedTuple):
    """Whether a password is right, and the hash to keep from now on if the stored one is out of date."""

    is_right: bool
    new_hash: str | None = None


def hash_password(password: str) -> str:
    """Return what is stored of a password."""
    with _places:
        return _hasher().hash(password)


def verify(stored: str | None, password: str) -> Verdict:
    """Tell whether a password is the stored one; without a stored one the same work is done for nothing."""
    from argon2.exceptions import VerificationError  # noqa: PLC0415 (loads the C library; only sign-in needs it)

    with _places:
        try:
            _hasher().verify(stored or _dummy(), password)
        except VerificationError:
            return Verdict(is_right=False)
        if stored is None:
            return Verdict(is_right=False)
        if not _hasher().check_needs_rehash(stored):
            return Verdict(is_right=True)
        return Verdict(is_right=True, new_hash=_hasher().hash(password))


def check(password: str, *, name: str, email: str) -> None:
    """Raise Refused password.short, .long, .common or .own for a password that is easy to guess; no other rules."""
    if len(password) < LEAST:
        raise Refused(
            "password.short",
            N_("Use at least %(least)s characters: three or four words."),
            field="password",
            least=LEAST,
        )
    if len(password) > MOST:
        raise Refused("password.long", N_("Use at most %(most)s characters."), field="password", most=MOST)
    plain = password.casefold()
    if not _common().isdisjoint({plain, _EDGES.sub("", plain)}) or len(set(plain)) < 4:
        raise Refused("password.common", N_("This is one of the passwords that are tried first."), field="password")
    own = {email.casefold(), email.casefold().partition("@")[0], name.casefold(), name.casefold().replace(" ", "")}
    if not own.isdisjoint({plain, _EDGES.sub("", plain), plain.replace(" ", "")}):
        raise Refused("password.own", N_("Do not use your own name or address."), field="password")


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # noqa: PLC0415 (loads the C library; only sign-in needs it)

    return PasswordHasher()


@cache
def _dummy() -> str:
    return _hasher().hash("nobody has this password")


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text("utf-8").split())
