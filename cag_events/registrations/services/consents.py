"""Consents that people take back: no more news by mail, with one click from any mail that is news."""

from sqlalchemy import select

from cag_events import keyring
from cag_events.db import db, transaction
from cag_events.registrations.models import Registration
from cag_events.registrations.services.seats import log_change

NEWS = "news"  # purpose of the signature


def news_token(row_id: str) -> str:
    """Return what ends the news that a registration agreed to; nothing is stored, and it opens nothing else."""
    return f"{row_id}.{keyring.sign(row_id, NEWS)}"


def read_news_token(token: str) -> str | None:
    """Return the row id in such a token, None if we did not make it."""
    row_id, _, signature = token.partition(".")
    return row_id if row_id and keyring.is_signed(row_id, signature, NEWS) else None


def stop_news(row_id: str) -> None:
    """Take back the consent to news of whoever made a registration, at all events they registered for. Twice is once.

    Says nothing of whether there is such a registration still: what is deleted gets no news either.
    """
    with transaction():
        found = db.session.scalar(select(Registration).where(Registration.row_id == row_id))
        if found is None:
            return
        mine = Registration.id == found.id
        if found.email_index is not None:
            mine = Registration.email_index == found.email_index
        for registration in db.session.scalars(select(Registration).where(mine, Registration.consent_contact)):
            registration.consent_contact = False
            log_change(registration, "changed", fields=["consent_contact"])
