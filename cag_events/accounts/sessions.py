"""The sessions of people who are signed in, kept by the hash of their id."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError

from cag_events.accounts.models import Account, WebSession
from cag_events.db import count_rows_of, db, is_writing, transaction
from cag_events.permissions import Role
from cag_events.web.session import Person

IDLE = timedelta(hours=12)
IDLE_ADMIN = timedelta(hours=1)
ABSOLUTE = timedelta(days=7)
SEEN_SHARE = 12  # a session is noted as seen at most this many times within its idle limit


class Sessions:
    """Keeps the sessions in the table web_session."""

    def find(self, id_hash: bytes, now: datetime) -> Person | None:
        """Return whose session it is, unless it is unknown or over; notes at times that it was seen."""
        found = db.session.execute(
            select(WebSession, Account)
            .join(Account, Account.id == WebSession.account_id)
            .where(WebSession.id_hash == id_hash, ~Account.is_disabled)
        ).one_or_none()
        if found is None:
            return None
        row, account = found
        idle = idle_limit(account.role)
        if now - row.created_at >= ABSOLUTE or now - row.last_seen_at >= idle:
            return None
        person = Person(
            account_id=account.id,
            name=account.name,
            email=account.email,
            role=account.role,
            language=account.language,
            confirmed_at=row.confirmed_at,
        )
        if now - row.last_seen_at >= idle / SEEN_SHARE and not is_writing():
            self._see(id_hash, now)
        return person

    def open(self, id_hash: bytes, account_id: int, now: datetime) -> None:
        """Keep a new session; forgets those of the account that are over."""
        with transaction():
            db.session.execute(
                delete(WebSession).where(WebSession.account_id == account_id, WebSession.created_at < now - ABSOLUTE)
            )
            db.session.add(
                WebSession(id_hash=id_hash, account_id=account_id, created_at=now, last_seen_at=now, confirmed_at=now)
            )

    def close(self, id_hash: bytes) -> None:
        """Forget a session, so that a copied cookie is dead."""
        if db.session.get(WebSession, id_hash) is None:
            return  # of somebody who is not signed in
        with transaction():
            db.session.execute(delete(WebSession).where(WebSession.id_hash == id_hash))

    def confirm(self, id_hash: bytes, now: datetime) -> None:
        """Note that the password was given again."""
        with transaction():
            row = db.session.get(WebSession, id_hash)
            if row is not None:
                row.confirmed_at = now

    def _see(self, id_hash: bytes, now: datetime) -> None:
        try:
            with transaction():
                row = db.session.get(WebSession, id_hash)
                if row is not None:
                    row.last_seen_at = now
        except OperationalError:
            db.session.rollback()  # reading goes on when nothing can be written


def idle_limit(role: Role) -> timedelta:
    """Return after how long without a request a session ends."""
    return IDLE_ADMIN if role is Role.ADMIN else IDLE


def end_sessions(account_id: int) -> None:
    """Sign somebody out everywhere."""
    with transaction():
        db.session.execute(delete(WebSession).where(WebSession.account_id == account_id))


def sweep(now: datetime) -> int:
    """Forget the sessions that are over; returns how many."""
    with transaction():
        over = delete(WebSession).where(
            (WebSession.created_at < now - ABSOLUTE) | (WebSession.last_seen_at < now - IDLE)
        )
        return count_rows_of(over)
