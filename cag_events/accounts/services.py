"""Accounts: made by invitation, signed in by password, changed by administrators."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update

from cag_events import clock, keyring
from cag_events.accounts import passwords
from cag_events.accounts.models import Account, AccountToken
from cag_events.accounts.queries import count_admins, find_account, find_token, get_account_for, roles_given_by
from cag_events.accounts.sessions import end_sessions
from cag_events.db import count_rows_of, db, transaction
from cag_events.domain.errors import N_, NotAllowed, NotFound, Refused
from cag_events.outbox.facts import note
from cag_events.permissions import SYSTEM, Actor, Permission, Role, require

LIVES = {"reset": timedelta(hours=1), "invite": timedelta(days=7)}
TOLERANCE = timedelta(minutes=2)  # clocks jump


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """What is given about somebody who gets an account."""

    email: str
    name: str
    role: Role
    language: str = "sv"


def check_password(email: str, password: str) -> Account | None:
    """Return the account if the password is its own, else None; takes the same time for an unknown address."""
    account = find_account(email)
    stored = account.password_hash if account else None
    verdict = passwords.verify(stored, password[: passwords.MOST])
    if account is None or account.is_disabled or not verdict.is_right:
        return None
    if verdict.new_hash:
        with transaction():
            db.session.execute(update(Account).where(Account.id == account.id).values(password_hash=verdict.new_hash))
    return account


def add_account(new: NewAccount, *, by: Actor, password: str | None = None) -> Account:
    """Make an account; without a password its owner gets a link to choose one.

    Raises NotAllowed for a role that this person may not give, Refused account.known or password.…; notes
    account.made, and account.invited where there is no password.
    """
    email = new.email.strip().lower()
    if new.role not in roles_given_by(by):
        raise NotAllowed(Permission.ACCOUNT_INVITE)
    if password is not None:
        passwords.check(password, name=new.name, email=email)
    hashed = passwords.hash_password(password) if password is not None else None
    with transaction():
        if find_account(email):
            raise Refused("account.known", N_("There is already an account with this address."), field="email")
        account = Account(
            email=email,
            name=new.name,
            role=new.role,
            language=new.language,
            password_hash=hashed,
            created_at=clock.now(),
        )
        db.session.add(account)
        db.session.flush()
        note("account.made", account_id=account.id, by_id=by.account_id, role=new.role)
        if hashed is None:
            note("account.invited", account_id=account.id)
    return account


def invite_again(row_id: str, *, by: Actor) -> None:
    """Send the invitation of an account without a password once more. Raises NotFound; notes account.invited."""
    with transaction():
        require(by, Permission.ACCOUNT_INVITE)
        account = get_account_for(by, row_id)
        if account.password_hash is not None or account.is_disabled:
            raise Refused("account.has_password", N_("This account has a password already."))
        note("account.invited", account_id=account.id)


def ask_reset(email: str) -> None:
    """Let somebody choose a new password; the caller learns nothing. Notes account.reset_asked, account_id or None."""
    with transaction():
        account = find_account(email)
        known = account is not None and not account.is_disabled
        note("account.reset_asked", account_id=account.id if account is not None and known else None)


def make_token(account_id: int, purpose: str) -> str:
    """Make a one-time link's token, `reset` (1 hour) or `invite` (7 days); only its hash is kept.

    Earlier links go on working until one of them is used: a mail may be late.
    """
    token = keyring.new_token()
    with transaction():
        db.session.add(
            AccountToken(
                token_hash=keyring.token_hash(token, f"account.{purpose}"),
                account_id=account_id,
                purpose=purpose,
                expires_at=clock.now() + LIVES[purpose],
            )
        )
    return token


def account_of_token(token: str) -> Account:
    """Return whose one-time link this is. Raises NotFound for an unknown, used or expired one."""
    row = find_token(token)
    if row is None or clock.now() > row.expires_at + TOLERANCE:
        raise NotFound
    account = db.session.get(Account, row.account_id)
    if account is None or account.is_disabled:
        raise NotFound
    return account


def use_token(token: str, password: str) -> None:
    """Set the password of the link's account; the link, all others and all sessions are then dead.

    Raises NotFound, or Refused password.….
    """
    account = account_of_token(token)
    passwords.check(password, name=account.name, email=account.email)
    hashed = passwords.hash_password(password)
    with transaction():
        account = account_of_token(token)
        _keep_password(account.id, hashed)


def change_password(account_id: int, old: str, new: str) -> None:
    """Change one's own password; signs out everywhere. Raises Refused password.wrong (field `old`) or password.…."""
    account = db.session.get_one(Account, account_id)
    if not passwords.verify(account.password_hash, old[: passwords.MOST]).is_right:
        raise Refused("password.wrong", N_("That is not your present password."), field="old")
    passwords.check(new, name=account.name, email=account.email)
    hashed = passwords.hash_password(new)
    with transaction():
        _keep_password(account_id, hashed)


def set_password(email: str, password: str) -> None:
    """Set a password on the command line; signs out everywhere. Raises NotFound, or Refused password.…."""
    account = find_account(email)
    if account is None:
        raise NotFound
    passwords.check(password, name=account.name, email=account.email)
    hashed = passwords.hash_password(password)
    with transaction():
        _keep_password(account.id, hashed)


def set_language(account_id: int, language: str) -> None:
    """Choose the language of one's mails, and of own feeds without one. Notes account.language_changed."""
    with transaction():
        other = (Account.id == account_id, Account.language != language)
        if count_rows_of(update(Account).where(*other).values(language=language)):
            note("account.language_changed", account_id=account_id)


def change_account(row_id: str, *, name: str, role: Role, is_disabled: bool, by: Actor) -> None:
    """Rename an account, give it another role, disable it or enable it again; signs it out where its rights change.

    Notes account.changed and account.turned, which are logged, and account.disabled, which ends its calendar feeds.
    Raises NotFound, NotAllowed, Refused account.self or account.last_admin.
    """
    with transaction():
        require(by, Permission.ACCOUNT_EDIT)
        account = get_account_for(by, row_id)
        changes_rights = role is not account.role or is_disabled != account.is_disabled
        if changes_rights and account.id == by.account_id:
            raise Refused("account.self", N_("You cannot change your own role or disable yourself."), field="role")
        loses_admin = account.role is Role.ADMIN and (role is not Role.ADMIN or is_disabled)
        if loses_admin and not account.is_disabled and count_admins() <= 1:
            raise Refused("account.last_admin", N_("Somebody has to stay administrator."), field="role")
        role_before, is_other = account.role, (name, role) != (account.name, account.role)
        has_turned = is_disabled != account.is_disabled
        account.name, account.role, account.is_disabled = name, role, is_disabled
        if changes_rights:
            end_sessions(account.id)
            db.session.execute(delete(AccountToken).where(AccountToken.account_id == account.id))
        db.session.flush()
        if is_other:
            note("account.changed", account_id=account.id, by_id=by.account_id, role=role, role_before=role_before)
        if has_turned:
            note("account.turned", account_id=account.id, by_id=by.account_id, is_disabled=is_disabled)
        if is_disabled and changes_rights:
            note("account.disabled", account_id=account.id)


def change_by_email(email: str, *, role: Role | None = None, is_disabled: bool | None = None) -> None:
    """Change role or standing on the command line. Raises NotFound, Refused account.last_admin."""
    account = find_account(email)
    if account is None:
        raise NotFound
    change_account(
        account.row_id,
        name=account.name,
        role=role or account.role,
        is_disabled=account.is_disabled if is_disabled is None else is_disabled,
        by=SYSTEM,
    )


def sweep_tokens() -> int:
    """Forget one-time links that are over; returns how many."""
    with transaction():
        over = delete(AccountToken).where(AccountToken.expires_at < clock.now() - TOLERANCE)
        return count_rows_of(over)


def _keep_password(account_id: int, hashed: str) -> None:
    account = db.session.scalars(select(Account).where(Account.id == account_id).with_for_update()).one()
    account.password_hash = hashed
    db.session.execute(delete(AccountToken).where(AccountToken.account_id == account_id))
    end_sessions(account_id)
    db.session.flush()
