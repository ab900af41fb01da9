"""Deletes what the outbox no longer needs: texts and recipients of mails, facts that were followed up, mail files."""

from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import getaddresses
from pathlib import Path

from sqlalchemy import and_, delete, or_, select, update

from cag_events import clock
from cag_events.db import count_rows_of, db, transaction
from cag_events.domain.retention import FACT_DAYS, MAIL_DAYS
from cag_events.outbox.models import Delivery, Fact, Message

BATCH = 500  # rows in one writing unit
EMPTY = {
    **dict.fromkeys(("to_sealed", "subject_sealed", "text_sealed", "html_sealed", "calendar_sealed")),
    "to_index": b"",
}


def clear_messages() -> int:
    """Clear recipient, subject and texts of messages that were sent, or given up, long enough ago; returns how many.

    The rows stay, so that no mail goes out twice and the numbers hold.
    """
    before = clock.now() - timedelta(days=MAIL_DAYS)
    due = and_(
        Message.to_sealed.is_not(None),
        or_(
            and_(Message.state == Delivery.SENT, Message.sent_at <= before),
            and_(Message.state == Delivery.DEAD, Message.due_at <= before),  # when its next try would have been
        ),
    )
    done = 0
    while True:
        with transaction():
            ids = list(db.session.scalars(select(Message.id).where(due).order_by(Message.id).limit(BATCH)))
            if ids:
                db.session.execute(update(Message).where(Message.id.in_(ids)).values(**EMPTY))
        done += len(ids)
        if len(ids) < BATCH:
            return done


def delete_facts() -> int:
    """Delete facts that were followed up, or given up, long enough ago; returns how many."""
    before = clock.now() - timedelta(days=FACT_DAYS)
    with transaction():
        return count_rows_of(delete(Fact).where(Fact.handled_at <= before))


def list_old_files(folder: Path) -> list[Path]:
    """Return the mails kept as files that were written long enough ago, half-written ones too."""
    before = clock.now() - timedelta(days=MAIL_DAYS)
    found = [path for pattern in ("*.eml", ".*.part") for path in folder.glob(pattern)]
    return sorted(path for path in found if datetime.fromtimestamp(path.stat().st_mtime, UTC) <= before)


def delete_files_to(folder: Path, email: str) -> int:
    """Delete the mails kept as files that went to an address; returns how many."""
    done = 0
    for path in sorted(folder.glob("*.eml")):
        with path.open("rb") as file:
            header = BytesHeaderParser(policy=default).parse(file)
        if email.casefold() in {address.casefold() for _name, address in getaddresses([str(header["To"] or "")])}:
            path.unlink(missing_ok=True)
            done += 1
    return done
