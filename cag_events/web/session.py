"""The session: a random id in a cookie; for who is signed in a row with the id's hash, for all others no row at all.

The CSRF token is a MAC of the id. What else a session remembers, messages for the next page above all, travels in the
cookie, sealed and bound to the id. The cookie is set only where something asked for it, a form above all, so that pages
without a form touch no session.
"""

import base64
import binascii
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

from flask import Flask, Request, Response
from flask.globals import request_ctx
from flask.sessions import SessionInterface, SessionMixin
from flask_login import UserMixin

from cag_events import clock, keyring
from cag_events.permissions import Actor, Role

CSRF = "csrf_token"
CONFIRMED_MINUTES = 15
MOST_BYTES = 3000  # of what the cookie carries, sealed; browsers take 4096 in all
_ID = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, kw_only=True)
class Person(UserMixin):  # type: ignore[misc]
    """Somebody who is signed in, as plain values."""

    account_id: int
    name: str
    email: str
    role: Role
    language: str
    confirmed_at: datetime  # when the password was last given

    @property
    def actor(self) -> Actor:
        """The person as one who does something."""
        return Actor(account_id=self.account_id, role=self.role)

    def get_id(self) -> str:
        """The account's id, as Flask-Login wants it."""
        return str(self.account_id)


class SessionStore(Protocol):
    """Where sessions of people who are signed in are kept."""

    def find(self, id_hash: bytes, now: datetime) -> Person | None:
        """Return whose session it is, unless it is unknown or over; notes at times that it was seen."""
        ...

    def open(self, id_hash: bytes, account_id: int, now: datetime) -> None:
        """Keep a new session."""
        ...

    def close(self, id_hash: bytes) -> None:
        """Forget a session, so that a copied cookie is dead."""
        ...

    def confirm(self, id_hash: bytes, now: datetime) -> None:
        """Note that the password was given again."""
        ...


class LazySession(SessionMixin):
    """A session that reads its cookie only when something asks; see the module."""

    def __init__(self, cookie: str, store: SessionStore) -> None:
        self._cookie = cookie
        self._store = store
        self._values: dict[str, Any] = {}
        self._person: Person | None = None
        self._is_read = False
        self._is_looked_up = False
        self._id = ""
        self.new = False
        self.modified = False
        self.accessed = False
        self.is_wanted = False  # a cookie must be set

    @property
    def has_values(self) -> bool:
        """Whether the cookie carries more than the id, a message for the next page above all; reads nothing."""
        return "." in self._cookie

    @property
    def was_asked_who(self) -> bool:
        """Whether this request has looked up who is signed in."""
        return self._is_looked_up

    @property
    def id(self) -> str:
        """The random id; whoever asks for it wants the browser to keep it."""
        self._read()
        self.is_wanted = True
        return self._id

    @property
    def person(self) -> Person | None:
        """Who is signed in."""
        self._read()
        if not self._is_looked_up:
            self._is_looked_up = True
            if not self.new:
                self._person = self._store.find(_hash(self._id), clock.now())
        return self._person

    def sign_in(self, account_id: int) -> None:
        """Begin a signed-in session under a new id; what the old one remembered goes along."""
        self._replace()
        self._store.open(_hash(self._id), account_id, clock.now())

    def sign_out(self) -> None:
        """End the session: its row and what it remembered are gone, the next id is new."""
        self._replace()
        self._values.clear()

    def confirm(self) -> None:
        """Note that the password was given again just now."""
        self._store.confirm(_hash(self.id), clock.now())
        self._is_looked_up = False

    def cookie_value(self) -> str:
        """Return what the cookie holds: the id and, if there is anything to remember, it, sealed."""
        if not self._values:
            return self._id
        plain = json.dumps(self._values, ensure_ascii=False, separators=(",", ":"))
        sealed = keyring.seal(plain, f"session:{self._id}")
        value = f"{self._id}.{base64.urlsafe_b64encode(sealed).rstrip(b'=').decode()}"
        return value if len(value) <= MOST_BYTES else self._id

    def _replace(self) -> None:
        self._read()
        if not self.new:
            self._store.close(_hash(self._id))
        self._id = secrets.token_urlsafe(32)
        self._person, self._is_looked_up = None, False
        self.new, self.modified, self.is_wanted = False, True, True

    def _read(self) -> None:
        self.accessed = True
        if self._is_read:
            return
        self._is_read = True
        name, _, sealed = self._cookie.partition(".")
        if not _ID.fullmatch(name):
            self._id, self.new = secrets.token_urlsafe(32), True
            return
        self._id = name
        if sealed:
            self._values = _unsealed(sealed, name)

    def __contains__(self, key: object) -> bool:
        self._read()
        return key == CSRF or key in self._values

    def __getitem__(self, key: str) -> Any:
        if key == CSRF:
            return keyring.sign(self.id, "csrf")
        self._read()
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._read()
        self._values[key] = value
        self.modified = self.is_wanted = True

    def __delitem__(self, key: str) -> None:
        self._read()
        del self._values[key]
        self.modified = True

    def __iter__(self) -> Iterator[str]:
        self._read()
        return iter(self._values)

    def __len__(self) -> int:
        self._read()
        return len(self._values)


class Sessions(SessionInterface):
    """Opens a LazySession for each request and sets its cookie where that is needed."""

    def __init__(self, store: SessionStore, *, is_local: bool) -> None:
        self.store = store
        self.is_local = is_local
        self.cookie = "session" if is_local else "__Host-session"

    def open_session(self, app: Flask, request: Request) -> LazySession:  # noqa: ARG002 (Flask's signature)
        """Return the request's session; nothing is read yet."""
        return LazySession(request.cookies.get(self.cookie, ""), self.store)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:  # noqa: ARG002
        """Set the cookie if the session is new and wanted, or has changed."""
        known = cast("LazySession", session)
        if not known.accessed:
            return
        response.vary.add("Cookie")
        if known.modified or (known.new and known.is_wanted):
            response.set_cookie(
                self.cookie,
                known.cookie_value(),
                path="/",
                secure=not self.is_local,
                httponly=True,
                samesite="Lax",
            )


def current() -> LazySession:
    """Return the session of this request, for what Flask's own does not offer."""
    return cast("LazySession", request_ctx._session)  # Flask's own way to it counts as having read it


def recently_confirmed() -> bool:
    """Tell whether the person gave the password within the last 15 minutes."""
    person = current().person
    return person is not None and clock.now() - person.confirmed_at <= timedelta(minutes=CONFIRMED_MINUTES)


def init_app(app: Flask, store: SessionStore, *, is_local: bool) -> None:
    """Give the application its sessions."""
    app.session_interface = Sessions(store, is_local=is_local)


def _hash(session_id: str) -> bytes:
    return keyring.token_hash(session_id, "session")


def _unsealed(text: str, session_id: str) -> dict[str, Any]:
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        values = json.loads(keyring.unseal(sealed, f"session:{session_id}"))
    except (binascii.Error, ValueError, keyring.KeyMissing):
        return {}
    return values if isinstance(values, dict) else {}
