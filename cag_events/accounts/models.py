"""The organisation, the people who sign in, their sessions and their one-time links."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import Id, Model, RowId, new_row_id, text_enum
from cag_events.domain.texts import Texts
from cag_events.domain.when import HOME
from cag_events.permissions import Role


class Organisation(Model):
    """The one organisation of this installation, as visitors see it."""

    __tablename__ = "organisation"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(100))
    name: Mapped[Texts]
    short: Mapped[str] = mapped_column(String(40), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    accessibility_contact: Mapped[str] = mapped_column(String(254), default="")
    privacy_contact: Mapped[str] = mapped_column(String(254), default="")
    about: Mapped[Texts] = mapped_column(default=dict)
    tz: Mapped[str] = mapped_column(String(64), default=HOME)
    title: Mapped[Texts] = mapped_column(default=dict)  # meta.title of a programme file
    notice: Mapped[Texts] = mapped_column(default=dict)  # shown on every page, as that a site is a demo
    locales: Mapped[list[str]] = mapped_column(default=list)
    extra_locales: Mapped[list[str]] = mapped_column(default=list)
    feed_entries: Mapped[int | None]  # the most that one calendar feed holds, where it differs from the program's own
    feed_bytes: Mapped[int | None]


class Account(Model):
    """Somebody who signs in; made by invitation only."""

    __tablename__ = "account"

    id: Mapped[Id]
    row_id: Mapped[RowId] = mapped_column(default=new_row_id)  # stands in addresses
    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(text_enum(Role))
    language: Mapped[str] = mapped_column(String(8), default="sv")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class WebSession(Model):
    """A browser that is signed in; the cookie holds the id, this row its hash."""

    __tablename__ = "web_session"

    id_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]  # written at most twelve times within the idle limit
    confirmed_at: Mapped[datetime]  # when the password was last given


class AccountToken(Model):
    """A one-time link of an account: a reset, or an invitation's first password."""

    __tablename__ = "account_token"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    expires_at: Mapped[datetime]
