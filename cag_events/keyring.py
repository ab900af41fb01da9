"""Encrypts, decrypts, hashes tokens and indexes blindly; nobody else holds a key.

Personal fields: AES-256-GCM, associated data = table, column and the row's random id, so that a value moved elsewhere
does not open. A ring of data keys lives outside the database; each event has a data key of its own, wrapped by the
ring, so that destroying it erases the event's registrations, in backups too.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app  # noqa: TID251 (the ring belongs to the application)

NONCE_BYTES = 12
KEY_BYTES = 32


class KeyMissing(Exception):
    """A key file is missing beside a database that has rows, or a value was sealed with a key that is gone."""


@dataclass(frozen=True, repr=False)
class Ring:
    """The data keys by id, the first encrypts; the index key; the secret key for signatures."""

    data: dict[str, bytes]
    index: bytes
    secret: bytes

    @property
    def newest(self) -> str:
        """The id of the key that encrypts."""
        return next(iter(self.data))


def new_key() -> bytes:
    """Make a data key."""
    return secrets.token_bytes(KEY_BYTES)


def seal_with(key: bytes, plain: str, context: str) -> bytes:
    """Encrypt a text under a key; `context` is bound to it and must be the same when it is opened."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain.encode(), context.encode())


def open_with(key: bytes, sealed: bytes, context: str) -> str:
    """Decrypt what seal_with() made. Raises KeyMissing if key or context differ."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode()).decode()
    except InvalidTag as fault:
        raise KeyMissing(f"cannot open {context.split(':', maxsplit=1)[0]}") from fault


def seal(plain: str, context: str) -> bytes:
    """Encrypt a text with the newest key of the ring; the key's id stands first."""
    ring = _ring()
    return ring.newest.encode() + b":" + seal_with(ring.data[ring.newest], plain, context)


def unseal(sealed: bytes, context: str) -> str:
    """Decrypt what seal() made, with whichever key of the ring it names."""
    key_id, _, rest = sealed.partition(b":")
    key = _ring().data.get(key_id.decode())
    if key is None:
        raise KeyMissing(f"no data key {key_id.decode()!r} in the ring")
    return open_with(key, rest, context)


def wrap(key: bytes, context: str) -> bytes:
    """Encrypt an event's data key with the ring."""
    return seal(base64.b64encode(key).decode(), context)


def unwrap(wrapped: bytes, context: str) -> bytes:
    """Return the event's data key that wrap() encrypted."""
    return base64.b64decode(unseal(wrapped, context))


def blind_index(value: str, purpose: str = "email") -> bytes:
    """Return an HMAC by which an encrypted value is found again; case and surrounding spaces do not count."""
    return hmac.digest(_ring().index, f"{purpose}\0{value.strip().casefold()}".encode(), "sha256")


def fingerprint(value: str, purpose: str) -> bytes:
    """Return an HMAC of a value by which it is seen whether it was changed; of the index key, which stays the same."""
    return hmac.digest(_ring().index, f"{purpose}\0{value}".encode(), "sha256")


def new_token() -> str:
    """Make a secret link's token: 256 bits, URL-safe."""
    return secrets.token_urlsafe(32)


def token_hash(token: str, purpose: str) -> bytes:
    """Return what is stored of a token; the purpose is part of it, so that one kind never works as another."""
    return hashlib.sha256(f"{purpose}\0{token}".encode()).digest()


def sign(value: str, purpose: str) -> str:
    """Return a URL-safe signature of a value for one purpose."""
    digest = hmac.digest(_ring().secret, f"{purpose}\0{value}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_signed(value: str, signature: str, purpose: str) -> bool:
    """Tell whether a signature is the value's, in constant time."""
    return hmac.compare_digest(sign(value, purpose).encode(), signature.encode("utf-8", "replace"))


def load_ring(instance: Path, *, secret: str, data: str, index: str, may_make: bool) -> Ring:
    """Return the ring from settings, or from key files in the instance folder, made once for a new installation.

    Raises KeyMissing where a file is missing and may not be made, since the database has rows sealed by it.
    """
    return Ring(
        data=_parse_ring(data or _key_file(instance / "data.key", may_make, prefix="1:")),
        index=_decode(index or _key_file(instance / "index.key", may_make)),
        secret=(secret or _key_file(instance / "secret.key", may_make)).encode(),
    )


def init_app(app: Flask, ring: Ring) -> None:
    """Give the application its ring."""
    app.extensions["cag_keyring"] = ring


def _ring() -> Ring:
    ring: Ring = current_app.extensions["cag_keyring"]
    return ring


def _parse_ring(value: str) -> dict[str, bytes]:
    ring: dict[str, bytes] = {}
    for part in value.split(","):
        key_id, sep, key = part.strip().partition(":")
        if not sep or not key_id.isalnum():
            raise KeyMissing("CAG_DATA_KEY: give id:key pairs, separated by commas")
        ring[key_id] = _decode(key)
    return ring


def _decode(key: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    except (binascii.Error, ValueError) as fault:
        raise KeyMissing("a key is not base64") from fault
    if len(raw) != KEY_BYTES:
        raise KeyMissing("a key must be 32 bytes in base64")
    return raw


def _key_file(path: Path, may_make: bool, prefix: str = "") -> str:
    if path.exists():
        return path.read_text("ascii").strip()
    if not may_make:
        raise KeyMissing(f"{path} is missing, but the database has rows that need it")
    value = prefix + secrets.token_urlsafe(KEY_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(value + "\n")
        file.flush()
        os.fsync(file.fileno())
    return value
