"""Who has an account, and the organisation."""

from sqlalchemy import func, select

from cag_events import keyring
from cag_events.accounts.models import Account, AccountToken, Organisation
from cag_events.db import db, like
from cag_events.domain.errors import NotFound
from cag_events.permissions import INVITABLE, Actor, Role
from cag_events.web.organisation import Site


def load_site() -> Site | None:
    """Return the organisation as pages show it."""
    row = db.session.scalar(select(Organisation).limit(1))
    if row is None:
        return None
    return Site(
        name=row.name,
        short=row.short,
        notice=row.notice or {},
        title=row.title or {},
        about=row.about or {},
        email=row.email,
        city=row.city,
        country=row.country,
        tz=row.tz,
        accessibility_contact=row.accessibility_contact,
        privacy_contact=row.privacy_contact,
    )


def find_account(email: str) -> Account | None:
    """Return the account of an address."""
    return db.session.scalar(select(Account).where(Account.email == email.strip().lower()))


def get_account_for(actor: Actor, row_id: str) -> Account:
    """Return an account that this person may look after. Raises NotFound."""
    account = db.session.scalar(
        select(Account).where(Account.row_id == row_id, Account.role.in_(roles_given_by(actor)))
    )
    if account is None:
        raise NotFound
    return account


def list_accounts(actor: Actor, words: str = "") -> list[Account]:
    """Return the accounts that this person may look after, by name; those whose name or address holds the words."""
    query = select(Account).where(Account.role.in_(roles_given_by(actor))).order_by(Account.name, Account.id)
    if words:
        pattern = like(words)
        query = query.where(Account.name.ilike(pattern, escape="\\") | Account.email.ilike(pattern, escape="\\"))
    return list(db.session.scalars(query.limit(1000)))


def roles_given_by(actor: Actor) -> tuple[Role, ...]:
    """Return the roles that this person may give, in their usual order."""
    if actor.is_system:
        return tuple(Role)
    allowed = INVITABLE.get(actor.role, frozenset()) if actor.role else frozenset()
    return tuple(role for role in Role if role in allowed)


def count_admins() -> int:
    """Count the administrators who can sign in."""
    query = select(func.count()).where(
        Account.role == Role.ADMIN, ~Account.is_disabled, Account.password_hash.is_not(None)
    )
    return db.session.scalar(query) or 0


def find_token(token: str) -> AccountToken | None:
    """Return what is kept of a one-time link, whatever its purpose, expired or not."""
    hashes = [keyring.token_hash(token, f"account.{purpose}") for purpose in ("reset", "invite")]
    return db.session.scalar(select(AccountToken).where(AccountToken.token_hash.in_(hashes)))
