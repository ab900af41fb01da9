"""Logs what the rooms below note as facts: they cannot know of the log."""

from sqlalchemy import select

from cag_events.accounts.models import Account
from cag_events.audit.services import Thing, record
from cag_events.db import db
from cag_events.permissions import SYSTEM, Actor, Role


def account_made(account_id: int, by_id: int | None, role: Role) -> None:
    """Log that somebody got an account."""
    record("account.made", by=_by(by_id), thing=_account(account_id), role=role.value)


def account_changed(account_id: int, by_id: int | None, role: Role, role_before: Role) -> None:
    """Log that an account got another role or name."""
    record(
        "account.changed",
        by=_by(by_id),
        thing=_account(account_id),
        role=role.value,
        role_before=role_before.value,
    )


def account_turned(account_id: int, by_id: int | None, *, is_disabled: bool) -> None:
    """Log that an account was disabled, or enabled again."""
    record("account.disabled" if is_disabled else "account.enabled", by=_by(by_id), thing=_account(account_id))


def _account(account_id: int) -> Thing:
    return Thing("account", db.session.scalars(select(Account.row_id).where(Account.id == account_id)).one())


def _by(account_id: int | None) -> Actor:
    return SYSTEM if account_id is None else Actor(account_id=account_id)
