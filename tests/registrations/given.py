"""What the tests of groups, passing on, erasing and invitations share: mails that were written, links in them, rows."""

import re
from datetime import timedelta

from sqlalchemy import func, select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.outbox.delivery import follow_up
from cag_events.outbox.models import Message
from cag_events.registrations.services import make_link


def written() -> list[Message]:
    """The mails that follow from all that was noted, a moment later, in order."""
    with clock.fixed(clock.now() + timedelta(minutes=1)):
        while follow_up():
            continue
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def mail_to(email: str) -> Message:
    """The last mail to an address."""
    found = [mail for mail in written() if mail.to == email]
    assert found, f"nobody wrote to {email}"
    return found[-1]


def token_in(mail: Message, place: str) -> str:
    """The token of the link to a place in a mail."""
    found = re.search(rf"/{place}/([A-Za-z0-9_-]{{20,}})", mail.text or "")
    assert found, mail.text
    return found[1]


def link_token(registration_id: int) -> str:
    """A new manage link's token."""
    with transaction():
        return make_link(registration_id)


def count(model: object) -> int:
    """How many rows a table has."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0  # type: ignore[arg-type]
