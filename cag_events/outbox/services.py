"""What an administrator does with the outbox."""

from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.outbox.models import Delivery, Message
from cag_events.permissions import Actor, Permission, require


def resend(row_id: str, *, by: Actor) -> None:
    """Try a message that could not be delivered once more, with patience from now on.

    Raises NotAllowed, NotFound, Refused message.not_dead or .removed.
    """
    with transaction():
        require(by, Permission.MAIL_SEE)
        message = db.session.scalar(select(Message).where(Message.row_id == row_id).with_for_update())
        if message is None:
            raise NotFound(row_id)
        if message.state is not Delivery.DEAD:
            raise Refused("message.not_dead", N_("This mail is not waiting for help."))
        if message.to_sealed is None:
            raise Refused("message.removed", N_("The text of this mail has been deleted; it cannot be sent again."))
        now = clock.now()
        message.state, message.attempts, message.fault = Delivery.WAITING, 0, ""
        message.wanted_at = message.due_at = now
        message.claimed_until = None
